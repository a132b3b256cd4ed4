# SPDX-License-Identifier: LGPL-2.1-only
#
# The fuzzer of the types room.  It runs for FUZZ_SECONDS and leaves
# what it finds as crash-* in build/RELEASE/fuzz.

FUZZ_SECONDS ?= 20
FUZZ_CC ?= clang
FUZZ_OUT := $(B)/fuzz
TYPES_FUZZ := $(FUZZ_OUT)/types-from-json

CHECKS += check-fuzz-types
HELP += 'make check-fuzz-types  hostile JSON for FUZZ_SECONDS, 20 s by default'

.PHONY: check-fuzz-types
check-fuzz-types: $(TYPES_FUZZ)
	@$(TYPES_FUZZ) -max_total_time=$(FUZZ_SECONDS) -max_len=16384 \
	    -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
	    -artifact_prefix=$(FUZZ_OUT)/ >$(TYPES_FUZZ).log 2>&1 || \
	    { grep -m 1 -A 20 ERROR $(TYPES_FUZZ).log; \
	      echo "check-fuzz-types: the rest is in $(TYPES_FUZZ).log"; exit 1; }
	@sed -n 's/^stat::number_of_executed_units: */check-fuzz-types: texts: /p' \
	    $(TYPES_FUZZ).log

$(TYPES_FUZZ): tools/tests/fuzz/types-from-json.c $(TYPES_SRC) $(TYPES_GEN) \
    tools/tests/unit/types-stubs.c tools/tests/abi/types-contents.c \
    $(ABI_OUT)/types-code.c $(TYPES_INCLUDE)/stamp | $(NATIVE_STAMP)
	@mkdir -p $(@D)
	$(FUZZ_CC) $(NATIVE_CFLAGS) $(TYPES_CFLAGS) -Wno-unused-function \
	    -fsanitize=fuzzer $(filter %.c,$^) $(NATIVE_LDFLAGS) \
	    -lyajl -luuid -o $@
