# SPDX-License-Identifier: LGPL-2.1-only
#
# The fuzzers of the types room.  Each runs for FUZZ_SECONDS.

FUZZ_SECONDS ?= 20
FUZZ_CC ?= clang
FUZZ_OUT := $(B)/fuzz
TYPES_FUZZERS := types-from-json types-text

CHECKS += check-fuzz-types
HELP += 'make check-fuzz-types  hostile JSON and xenstore nodes, FUZZ_SECONDS each'

.PHONY: check-fuzz-types
check-fuzz-types: $(TYPES_FUZZERS:%=$(FUZZ_OUT)/%)
	@tools/tests/fuzz/run $^ -max_total_time=$(FUZZ_SECONDS) -max_len=16384

$(FUZZ_OUT)/types-from-json: tools/tests/abi/types-contents.c \
    $(ABI_OUT)/types-code.c
$(TYPES_FUZZERS:%=$(FUZZ_OUT)/%): $(FUZZ_OUT)/%: tools/tests/fuzz/%.c \
    $(TYPES_SRC) $(TYPES_GEN) tools/tests/unit/types-stubs.c \
    $(TYPES_INCLUDE)/stamp tools/tests/fuzz/must.h | $(NATIVE_STAMP)
	@mkdir -p $(@D)
	$(FUZZ_CC) $(NATIVE_CFLAGS) $(TYPES_CFLAGS) -Wno-unused-function \
	    -fsanitize=fuzzer $(filter %.c,$^) $(NATIVE_LDFLAGS) \
	    -lyajl -luuid -o $@
