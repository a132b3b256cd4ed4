# SPDX-License-Identifier: LGPL-2.1-only
#
# What shows that the planner of extended regions is right: slower than a test
# run may be, so not part of `make check`.  The figures are in docs/proofs.md.

PROOF := tools/tests/proof
PROOF_OUT := $(B)/proof
PROOF_NATIVE := $(B)/native/gcc
PROOF_OBJ = $(patsubst %.c,$(PROOF_NATIVE)/%.o,$(1))
PROOF_PROPERTY := tools/tests/property
PROOF_MODEL_SRC := $(PROOF_PROPERTY)/arm-model.c \
    $(addprefix tools/libs/light/arm/,addrmap.c regions.c error.c)
PROOF_ARM_OBJ := $(call PROOF_OBJ,$(ARM_SRC))
PROOF_UNIT_OBJ = $(call PROOF_OBJ,tools/tests/unit/arm-$(1).c \
    tools/tests/unit/arm-print.c) $(PROOF_ARM_OBJ)
PROOF_MODEL_OBJ := $(call PROOF_OBJ,$(PROOF_PROPERTY)/arm-random.c \
    $(PROOF_MODEL_SRC))
PROOF_UNITS := regions addrmap rules guest-map
# The sources as a release builds them, without sanitizers.
PROOF_FAST_CFLAGS := $(filter-out $(NATIVE_SANITIZE) -O1,$(NATIVE_CFLAGS)) -O2

$(PROOF_MODEL_OBJ): $(GUEST_LAYOUT)

# Instrumented without sanitizers: those have branches of their own.
PROOF_COVERAGE := $(PROOF_OUT)/coverage
PROOF_COVERED := tools/libs/light/arm/regions.c tools/libs/light/arm/addrmap.c
PROOF_COVERED_OBJ := $(patsubst %.c,$(PROOF_COVERAGE)/%.o, \
    $(notdir $(PROOF_COVERED)))
PROOF_COVERAGE_RUNS := $(PROOF_UNITS:%=$(PROOF_COVERAGE)/arm-%) \
    $(PROOF_COVERAGE)/arm-random

$(PROOF_COVERAGE)/%.o: tools/libs/light/arm/%.c $(GUEST_LAYOUT) \
    $(wildcard tools/libs/light/arm/*.h) | $(NATIVE_STAMP)
	@mkdir -p $(@D)
	gcc $(filter-out $(NATIVE_SANITIZE) -O1,$(NATIVE_CFLAGS)) -O0 \
	    --coverage -c $< -o $@

# $(1): program, $(2): its objects
define proof_coverage
$(PROOF_COVERAGE)/arm-$(1): $(PROOF_COVERED_OBJ) \
    $(filter-out $(call PROOF_OBJ,$(PROOF_COVERED)),$(2))
	gcc $$(NATIVE_LDFLAGS) --coverage $$^ -lcmocka -lfdt -o $$@
endef
$(foreach unit,$(PROOF_UNITS), \
    $(eval $(call proof_coverage,$(unit),$(call PROOF_UNIT_OBJ,$(unit)))))
$(eval $(call proof_coverage,random,$(PROOF_MODEL_OBJ)))

HELP += 'make coverage        branches of the planner that the tests take'
.PHONY: coverage
coverage: $(PROOF_COVERAGE_RUNS)
	@rm -f $(PROOF_COVERAGE)/*.gcda
	@set -e; for program in $^; do \
	    MAPS=100000 SEED=1 nice -n 19 $$program >$$program.log 2>&1 || \
	        { cat $$program.log; exit 1; }; \
	done
	@python3 -B $(PROOF)/coverage.py $(PROOF_COVERAGE) $(PROOF_COVERED)

PROOF_FUZZ := $(B)/fuzz/regions
PROOF_SEEDS := $(PROOF_FUZZ)-corpus
# Empty for a run from nothing.
PROOF_CORPUS ?= $(PROOF_SEEDS)
# Longer than the fuzzers of a test run, unless the caller says how long.  Not
# niced here: libFuzzer's limit for one input is of time on the wall.
PROOF_FUZZ_SECONDS = $(if $(filter file,$(origin \
    FUZZ_SECONDS)),60,$(FUZZ_SECONDS))

HELP += 'make fuzz-regions    the planner on maps that a fuzzer makes, for FUZZ_SECONDS'
.PHONY: fuzz-regions
fuzz-regions: $(PROOF_FUZZ) $(PROOF_SEEDS)
	@mkdir -p $(PROOF_FUZZ)-found
	@tools/tests/fuzz/timed $(PROOF_FUZZ) -max_len=512 \
	    -max_total_time=$(PROOF_FUZZ_SECONDS) -timeout=10 \
	    -print_final_stats=1 -artifact_prefix=$(B)/fuzz/ \
	    $(PROOF_FUZZ)-found $(PROOF_CORPUS) >$(PROOF_FUZZ).log || \
	    { tail -n 40 $(PROOF_FUZZ).log; exit 1; }
	@awk -f tools/tests/fuzz/progress.awk $(PROOF_FUZZ).log

HELP += 'make fuzz-partial    partial device trees that a fuzzer makes, for FUZZ_SECONDS'
.PHONY: fuzz-partial
fuzz-partial:
	@$(MAKE) --no-print-directory check-fuzz-arm \
	    ARM_FUZZ=$(B)/fuzz/arm-partial FUZZ_SECONDS=$(PROOF_FUZZ_SECONDS)
	@awk -f tools/tests/fuzz/progress.awk $(B)/fuzz/arm-partial.log

$(PROOF_SEEDS): $(PROOF)/regions.hex tools/tests/fuzz/corpus
	@rm -rf $@
	@tools/tests/fuzz/corpus unpack $< $@

$(PROOF_FUZZ): $(PROOF)/fuzz-regions.c $(PROOF_MODEL_SRC) \
    $(wildcard tools/libs/light/arm/*.h) $(GUEST_LAYOUT) | $(NATIVE_STAMP)
	@mkdir -p $(@D)
	$(FUZZ_CC) $(NATIVE_CFLAGS) -O2 -fsanitize=fuzzer -I$(PROOF_PROPERTY) \
	    -DREGIONS_MAX=8 '-DREGION_MIN_SIZE=(UINT64_C(6)<<20)' \
	    $(filter %.c,$^) $(NATIVE_LDFLAGS) -o $@

# Two halves at a time, of two seeds; MAPS and SEED as in check-property.
PROOF_LONG := $(PROOF_OUT)/arm-random
property-long: MAPS := $(or $(MAPS),100000000)
property-long: SEED := $(or $(SEED),1)

HELP += 'make property-long   10^8 random maps (MAPS=) against the model'
.PHONY: property-long
property-long: $(PROOF_LONG)
	@MAPS=$$(($(MAPS) / 2)) SEED=$(SEED) nice -n 19 $< & first=$$!; \
	MAPS=$$(($(MAPS) - $(MAPS) / 2)) SEED=$$(($(SEED) + 1)) nice -n 19 $<; \
	second=$$?; wait $$first && [ $$second = 0 ]

PROOF_COST := $(PROOF_OUT)/plan-cost

$(PROOF_LONG): $(PROOF_PROPERTY)/arm-random.c $(PROOF_MODEL_SRC)
$(PROOF_COST): $(PROOF)/plan-cost.c $(filter-out %model.c,$(PROOF_MODEL_SRC))
$(PROOF_LONG) $(PROOF_COST): $(wildcard tools/libs/light/arm/*.h) \
    $(GUEST_LAYOUT) | $(NATIVE_STAMP)
	@mkdir -p $(@D)
	gcc $(PROOF_FAST_CFLAGS) $(filter %.c,$^) -o $@

HELP += 'make instructions    what a plan costs, as callgrind counts it'
.PHONY: instructions
instructions: $(PROOF_COST)
	@nice -n 19 $(PROOF)/instructions $< $(PROOF_OUT)/callgrind

# Frama-C asks for 200 MB of packages: nothing else here needs it.  A file of our
# own lists the provers.
PROOF_PROVEN_regions := smaller,larger,window_last,unit_from,unit_behind
PROOF_PROVEN_regions := $(PROOF_PROVEN_regions),smallest,close_gap,keep
PROOF_PROVEN_regions := $(PROOF_PROVEN_regions),consider_gap,sweep
PROOF_PROVEN_regions := $(PROOF_PROVEN_regions),check_windows,regions_plan
PROOF_PROVEN_regions := $(PROOF_PROVEN_regions),splits,regions_bound
PROOF_PROVEN_addrmap := gpaddr_last
PROOF_WP := $(PROOF_OUT)/wp

HELP += 'make prove           the planner, for every input (Frama-C)'
.PHONY: prove
prove: prove-addrmap prove-regions

.PHONY: prove-setup
prove-setup:
	@mkdir -p $(PROOF_WP)
	@frama-c -version >/dev/null || { echo "prove: Frama-C is missing; on" \
	    "Debian: apt-get install frama-c-base why3 z3 cvc4"; exit 1; }
	@rm -f $(PROOF_WP)/why3.conf
	@why3 -C $(PROOF_WP)/why3.conf config detect >$(PROOF_WP)/provers 2>&1 || \
	    { cat $(PROOF_WP)/provers; exit 1; }

.PHONY: prove-addrmap prove-regions
prove-addrmap prove-regions: prove-%: prove-setup
	@python3 -B $(PROOF)/annotate.py tools/libs/light/arm/$*.c \
	    $(PROOF)/$*.acsl >$(PROOF_WP)/$*.c
	@WHY3CONFIG=$(PROOF_WP)/why3.conf nice -n 19 frama-c -c11 \
	    -cpp-extra-args="-Itools/libs/light -D_GNU_SOURCE" \
	    -wp -wp-rte -warn-unsigned-overflow -wp-prover z3,cvc4 -wp-par 2 \
	    -wp-timeout 90 -wp-fct $(PROOF_PROVEN_$*) $(PROOF_WP)/$*.c \
	    >$(PROOF_WP)/$*.log 2>&1 || { cat $(PROOF_WP)/$*.log; exit 1; }
	@sed -n 's/^\[wp\] Proved goals: */prove: $*.c: goals proven: /p' \
	    $(PROOF_WP)/$*.log
	@! grep '^\[wp\] \[\(Failed\|Timeout\|Unknown\)' $(PROOF_WP)/$*.log

# The limits of the small universes are those of check-property.
PROOF_SOURCES := tools/libs/light/arm/regions.c tools/libs/light/arm/addrmap.c \
    tools/libs/light/arm/regions.h
PROOF_2_2 := -DREGIONS_MAX=2 '-DREGION_MIN_SIZE=(UINT64_C(2)<<20)'
PROOF_1_4 := -DREGIONS_MAX=1 '-DREGION_MIN_SIZE=(UINT64_C(4)<<20)'
PROOF_EXHAUSTIVE = gcc -w $(PROOF_FAST_CFLAGS) $(1) \
    $(PROOF_PROPERTY)/arm-exhaustive.c $(PROOF_MODEL_SRC) \
    -o {program} && {program}

HELP += 'make mutate          which changes of the planner no test sees'
.PHONY: mutate
mutate: $(foreach unit,$(PROOF_UNITS),$(call PROOF_UNIT_OBJ,$(unit))) \
    $(PROOF_MODEL_OBJ)
	@mkdir -p $(PROOF_OUT)
	@MAPS=20000 SEED=1 SHRINK=0 nice -n 19 python3 -B $(PROOF)/mutate.py \
	    --cc "gcc $(NATIVE_CFLAGS)" \
	    --link "$(NATIVE_LDFLAGS) -lcmocka -lfdt" \
	    --build $(PROOF_NATIVE) --out $(PROOF_OUT)/mutate \
	    --equivalent $(PROOF)/equivalent.txt \
	    $(foreach unit,$(PROOF_UNITS), \
	        --test arm-$(unit) $(call PROOF_UNIT_OBJ,$(unit))) \
	    --test arm-random $(PROOF_MODEL_OBJ) \
	    --last exhaustive-2-2 "$(call PROOF_EXHAUSTIVE,$(PROOF_2_2))" \
	    --last exhaustive-1-4 "$(call PROOF_EXHAUSTIVE,$(PROOF_1_4))" \
	    --source $(PROOF_SOURCES)
