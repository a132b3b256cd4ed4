# SPDX-License-Identifier: LGPL-2.1-only
#
# Debian's libvirt on our library, held against the same on Debian's.

LIBVIRT := tools/tests/libvirt
LIBVIRT_TREE := $(B)/libvirt/tree.tar.gz
# See system.mk.
LIBVIRT_BIN := $(B)/system/bin
LIBVIRT_PROGRAMS := $(addprefix $(LIBVIRT_BIN)/,state guest-off guest-reset \
    guest-crash)

$(LIBVIRT_TREE): $(LIBVIRT)/tree automation/apt-root
	$(LIBVIRT)/tree $(RELEASE) $@

.PHONY: check-libvirt
check-libvirt: $(LIGHT_SO) $(LIBVIRT_TREE) $(LIBVIRT_PROGRAMS)
	$(LIBVIRT)/run $(LIBVIRT_TREE) $(LIBVIRT_BIN)

RIG_CHECKS += check-libvirt
HELP += 'make check-libvirt  libvirt on our library, in the rig'
