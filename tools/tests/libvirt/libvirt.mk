# SPDX-License-Identifier: LGPL-2.1-only
#
# Debian's libvirt on our library, held against the same on Debian's.

LIBVIRT := tools/tests/libvirt
LIBVIRT_TREE := $(B)/libvirt/tree.tar.gz
# See system.mk.
LIBVIRT_BIN := $(B)/system/bin
LIBVIRT_PROGRAMS := $(addprefix $(LIBVIRT_BIN)/,state guest-off guest-reset \
    guest-crash)
# How long check-libvirt-long goes on, and which commands it gives.
MINUTES ?= 60
SEED ?= 1

$(LIBVIRT_TREE): $(LIBVIRT)/tree automation/apt-root
	$(LIBVIRT)/tree $(RELEASE) $@

.PHONY: check-libvirt check-libvirt-long
check-libvirt check-libvirt-long: $(LIGHT_SO) $(LIBVIRT_TREE) $(LIBVIRT_PROGRAMS)

check-libvirt:
	$(LIBVIRT)/run $(LIBVIRT_TREE) $(LIBVIRT_BIN)

check-libvirt-long:
	$(LIBVIRT)/run --long $(LIBVIRT_TREE) $(LIBVIRT_BIN) $(MINUTES) $(SEED)

RIG_CHECKS += check-libvirt
RIG_TARGETS += check-libvirt-long
HELP += 'make check-libvirt  libvirt on our library, in the rig' \
        'make check-libvirt-long  clients give random commands (MINUTES, SEED)'
