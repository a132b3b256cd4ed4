# SPDX-License-Identifier: LGPL-2.1-only
#
# Debian's libvirt on our library, held against the same on Debian's.

LIBVIRT := tools/tests/libvirt
LIBVIRT_TREE := $(B)/libvirt/tree.tar.gz

$(LIBVIRT_TREE): $(LIBVIRT)/tree automation/apt-root
	$(LIBVIRT)/tree $(RELEASE) $@

.PHONY: check-libvirt
check-libvirt: $(LIGHT_SO) $(LIBVIRT_TREE)
	$(LIBVIRT)/run $(LIBVIRT_TREE)

RIG_CHECKS += check-libvirt
HELP += 'make check-libvirt  libvirt on our library, in the rig'
