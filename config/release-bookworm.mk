# Debian 12: Xen 4.17.  The version numbers themselves are read from the
# development package, not written here.
XEN_SERIES := 4.17
