# SPDX-License-Identifier: LGPL-2.1-only
#
# The guest machine room, which builds anywhere: its sources, and the guest's
# address layout and interrupts, as the target's public headers give them: a
# header that needs none of Xen's.

ARM_SRC := $(wildcard tools/libs/light/arm/*.c)

GUEST_LAYOUT := $(B)/gen/guest-layout.h
LIGHT_GEN_HDR += $(GUEST_LAYOUT)

$(GUEST_LAYOUT): xen/include/guest-layout.awk | $(SYSROOT_STAMP)
	@mkdir -p $(@D)
	printf '#include <xen/xen.h>\n#include <xen/device_tree_defs.h>\n' | \
	    $(TARGET_CC) -E -dM -D__XEN_TOOLS__ -x c - >$@.macros
	LC_ALL=C sort $@.macros | awk -f $< >$@
	rm $@.macros
