# SPDX-License-Identifier: LGPL-2.1-only
#
# Tests of xen-arm-memmap by each compiler, with sanitizers; its pictures; and
# its fuzzer.

MEMMAP_TESTS := tools/tests/memmap

define memmap_program
$(1)_MEMMAP_OBJ := $$(MEMMAP_SRC:%.c=$(B)/native/$(1)/%.o)
$$($(1)_MEMMAP_OBJ): $(GUEST_LAYOUT) | $$(NATIVE_XEN_STAMP)
$(B)/native/$(1)/tools/misc/%.o: NATIVE_CFLAGS += $$(MEMMAP_CFLAGS) \
    $$(NATIVE_XEN_CFLAGS)
$(B)/native/$(1)/xen-arm-memmap: $$($(1)_MEMMAP_OBJ)
	$(1) $$(NATIVE_SANITIZE) -o $$@ $$^ $$(NATIVE_XEN_LDFLAGS) \
	    -L$$(NATIVE_LIBDIR) $$(MEMMAP_LIBS)

MEMMAP_CHECKED += $(B)/native/$(1)/xen-arm-memmap
check-memmap: $(B)/native/$(1)/arm-print
endef
$(foreach compiler,$(NATIVE_COMPILERS), \
    $(eval $(call memmap_program,$(compiler))))

HELP += 'make check-memmap   xen-arm-memmap as its users call it' \
        'make pictures       draws docs/pictures/ again'
CHECKS += check-memmap
.PHONY: check-memmap pictures
check-memmap: $(MEMMAP_CHECKED)
	@set -e; for program in $(MEMMAP_CHECKED); do \
	    echo "$$program:"; \
	    $(MEMMAP_TESTS)/run $$program $$(dirname $$program)/arm-print; \
	done

pictures: $(MEMMAP_NATIVE)
	for config in docs/pictures/*.cfg; do \
	    $(MEMMAP_NATIVE) --gpaddr-bits 44 --gic 3 --release 4.17 --bits 64 \
	        --svg $${config%.cfg}.svg $$config || exit 1; \
	done

MEMMAP_FUZZ := $(B)/fuzz/memmap-tree

HELP += 'make check-fuzz-memmap  hostile device trees for FUZZ_SECONDS'
CHECKS += check-fuzz-memmap
.PHONY: check-fuzz-memmap
check-fuzz-memmap: $(MEMMAP_FUZZ)
	@SEEDS=$(MEMMAP_TESTS)/trees tools/tests/fuzz/run $< \
	    -max_total_time=$(FUZZ_SECONDS) -max_len=16384

$(MEMMAP_FUZZ): tools/tests/fuzz/memmap-tree.c tools/tests/fuzz/must.h \
    $(ARM_SRC) $(GUEST_LAYOUT) \
    | $(NATIVE_STAMP)
	@mkdir -p $(@D)
	$(FUZZ_CC) $(NATIVE_CFLAGS) -fsanitize=fuzzer \
	    $(filter %.c,$^) $(NATIVE_LDFLAGS) -lfdt -o $@

HELP += 'make check-memmap-rig   the same on a Xen host'
RIG_CHECKS += check-memmap-rig
.PHONY: check-memmap-rig
check-memmap-rig: $(MEMMAP) $(LIGHT_SO) \
    $(B)/native/$(firstword $(NATIVE_COMPILERS))/arm-print
	RELEASE=$(RELEASE) $(MEMMAP_TESTS)/rig $(MEMMAP) $(lastword $^)
