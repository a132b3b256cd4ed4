# SPDX-License-Identifier: LGPL-2.1-only
#
# The fuzzers of the guest machine room.  Each starts from the files of the
# folder of its name (see run), and runs for FUZZ_SECONDS.

FUZZ_SECONDS ?= 20
FUZZ_CC ?= clang
FUZZ_OUT := $(B)/fuzz
ARM_FUZZ := $(addprefix $(FUZZ_OUT)/,arm-partial arm-policy arm-kernel)

CHECKS += check-fuzz-arm
HELP += 'make check-fuzz-arm  hostile partial trees, policy files, kernels'

$(ARM_FUZZ): $(FUZZ_OUT)/%: tools/tests/fuzz/%.c $(ARM_SRC) \
    $(wildcard tools/libs/light/arm/*.h) $(GUEST_LAYOUT) \
    tools/tests/fuzz/must.h | $(NATIVE_STAMP)
	@mkdir -p $(@D)
	$(FUZZ_CC) $(NATIVE_CFLAGS) -fsanitize=fuzzer $(filter %.c,$^) \
	    $(NATIVE_LDFLAGS) -lfdt -o $@

.PHONY: check-fuzz-arm
check-fuzz-arm: $(ARM_FUZZ)
	@tools/tests/fuzz/run $(ARM_FUZZ) -max_total_time=$(FUZZ_SECONDS) \
	    -max_len=8192
