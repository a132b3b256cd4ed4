# SPDX-License-Identifier: LGPL-2.1-only
#
# Figures of our library next to the distribution's, in the rig.

BENCH := tools/tests/bench
BENCH_PROGRAMS := $(addprefix $(B)/bench/bin/,timed floor lanes)

$(B)/bench/bin/floor $(B)/bench/bin/lanes: $(BENCH)/wire.c $(BENCH)/wire.h
$(B)/bench/bin/%: $(BENCH)/%.c | $(SYSROOT_STAMP)
	@mkdir -p $(@D)
	$(TARGET_CC) $(CFLAGS) $(BASE_CFLAGS) -o $@ $(filter %.c,$^) -Wl,--as-needed \
	    -lxenctrl -lxenguest -lxenstore -lxenforeignmemory \
	    $(SYSTEM_RPATH_LINK)

# libvirt.mk, which is read after this file, makes the archive.
.PHONY: bench bench-docs
bench: $(LIGHT_SO) $(BENCH_PROGRAMS) $(B)/libvirt/tree.tar.gz
	$(BENCH)/bench

bench-docs: $(LIGHT_SO) $(BENCH_PROGRAMS) $(B)/libvirt/tree.tar.gz
	$(BENCH)/bench --write

RIG_TARGETS += bench bench-docs
HELP += 'make bench        figures of creation, next to the distribution'"'"'s' \
        'make bench-docs   the same, written to docs/figures'
