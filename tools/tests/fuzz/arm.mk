# SPDX-License-Identifier: LGPL-2.1-only
#
# The fuzzers of the guest machine room.  Each starts from the files of the
# folder of its name: device trees as source, which dtc compiles, text, and
# what earlier runs found, packed into a .hex file (see tools/tests/README.md).
# Each runs for FUZZ_SECONDS.

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
	@for fuzzer in $(ARM_FUZZ); do \
	    name=$$(basename $$fuzzer); \
	    corpus=$(FUZZ_OUT)/corpus/$$name; \
	    mkdir -p $$corpus; \
	    for seed in tools/tests/fuzz/$$name/*; do \
	        case $$seed in \
	        *.dts) dtc -q -I dts -O dtb \
	            -o $$corpus/$$(basename $$seed .dts).dtb $$seed;; \
	        *.hex) tools/tests/fuzz/corpus unpack $$seed $$corpus;; \
	        *) cp $$seed $$corpus;; \
	        esac || exit 1; \
	    done; \
	    tools/tests/fuzz/timed $$fuzzer -max_total_time=$(FUZZ_SECONDS) -max_len=8192 \
	        -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
	        -artifact_prefix=$(FUZZ_OUT)/$$name- $$corpus \
	        >$$fuzzer.log || \
	        { grep -m 1 -A 20 ERROR $$fuzzer.log; \
	          echo "check-fuzz-arm: the rest is in $$fuzzer.log"; exit 1; }; \
	    sed -n "s/.*stat::number_of_executed_units: */$$name: inputs: /p" \
	        $$fuzzer.log; \
	done
