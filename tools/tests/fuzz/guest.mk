# SPDX-License-Identifier: LGPL-2.1-only
#
# The fuzzer of what guests write: the whole library, which tells the fuzzer
# where it has been, on the fakes, which do not.  It starts from
# guest-nodes/found.hex.

GUEST_FUZZ := $(FUZZ_OUT)/guest-nodes
GUEST_FUZZ_OBJ := $(B)/fuzz/guest-objects

GUEST_FUZZ_CFLAGS := $(NATIVE_CFLAGS) \
    $(filter-out -DSTATE_TIMEOUT_MS=%,$(FAKE_CFLAGS)) -Itools/tests \
    -include tools/tests/fuzz/guest-timeouts.h

GUEST_FUZZ_FLAGS := $(B)/flags-fuzz-guest
$(GUEST_FUZZ_FLAGS): FORCE
	@$(call write_flags,$(FUZZ_CC) $(GUEST_FUZZ_CFLAGS))

GUEST_FUZZ_LIGHT := $(FAKE_LIGHT_SRC) $(LIGHT_GEN)/types.c \
    $(LIGHT_GEN)/not_implemented.c
GUEST_FUZZ_SRC := $(GUEST_FUZZ_LIGHT) $(FAKE_SRC) \
    $(wildcard tools/tests/fuzz/guest-*.c)
GUEST_FUZZ_OBJS := $(GUEST_FUZZ_SRC:%.c=$(GUEST_FUZZ_OBJ)/%.o)

$(GUEST_FUZZ_LIGHT:%.c=$(GUEST_FUZZ_OBJ)/%.o): \
    GUEST_FUZZ_HOOKS := -fsanitize=fuzzer-no-link
$(GUEST_FUZZ_OBJS): $(GUEST_FUZZ_OBJ)/%.o: %.c $(FAKE_INCLUDE)/stamp \
    $(LIGHT_GEN_HDR) $(GUEST_FUZZ_FLAGS) | $(NATIVE_STAMP)
	@mkdir -p $(@D)
	@echo "  CC    $< (fuzz)"
	@$(FUZZ_CC) $(GUEST_FUZZ_CFLAGS) $(GUEST_FUZZ_HOOKS) -MMD -MP -c $< -o $@

# Programs that the library runs are checked instead: see guest-devices.c.
$(GUEST_FUZZ): $(GUEST_FUZZ_OBJS) | $(NATIVE_XEN_STAMP)
	@echo "  LD    $@"
	@$(FUZZ_CC) $(NATIVE_LDFLAGS) $(NATIVE_XEN_LDFLAGS) -fsanitize=fuzzer \
	    -pthread $^ -Wl,--wrap=libxl__file_write \
	    -Wl,--wrap=libxl__children_start $(FAKE_LIBS) -o $@

-include $(GUEST_FUZZ_OBJS:.o=.d)

CHECKS += check-fuzz-guest
HELP += 'make check-fuzz-guest  hostile guests in xenstore, for FUZZ_SECONDS'

# The fuzzer works in a folder of its own, so every path is absolute.
.PHONY: check-fuzz-guest
check-fuzz-guest: $(GUEST_FUZZ)
	@corpus=$(abspath $(FUZZ_OUT))/corpus/guest-nodes; mkdir -p $$corpus; \
	tools/tests/fuzz/corpus unpack tools/tests/fuzz/guest-nodes/found.hex \
	    $$corpus || exit 1; \
	tools/tests/fuzz/timed $< -max_total_time=$(FUZZ_SECONDS) -max_len=128 -len_control=0 \
	    -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
	    -artifact_prefix=$(abspath $(FUZZ_OUT))/guest-nodes- $$corpus \
	    >$<.log || \
	    { grep -m 1 -B 5 -A 20 ERROR $<.log; \
	      echo "check-fuzz-guest: the rest is in $<.log"; exit 1; }; \
	sed -n "s/.*stat::number_of_executed_units: */guest-nodes: inputs: /p" \
	    $<.log
