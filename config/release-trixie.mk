# Debian 13: Xen 4.20.
XEN_SERIES := 4.20
