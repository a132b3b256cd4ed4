# SPDX-License-Identifier: LGPL-2.1-only
#
# The planner of extended regions against a reference model: random maps, and
# every map of a small universe.
#
#   make check-property [MAPS=N] [SEED=N]
#   make exhaustive

ARM_PROPERTY := tools/tests/property
ARM_MODEL_SRC := $(ARM_PROPERTY)/arm-model.c tools/libs/light/arm/addrmap.c \
                 tools/libs/light/arm/regions.c tools/libs/light/arm/error.c
ARM_MODEL_HDR := $(ARM_PROPERTY)/arm-model.h $(wildcard \
                 tools/libs/light/arm/*.h)

# The limits of the small universes: at most this many, of at least these MiB.
ARM_UNIVERSES := 2-2 1-4

define arm_property
$(B)/native/$(1)/property/arm-random: $(ARM_PROPERTY)/arm-random.c \
    $(ARM_MODEL_SRC) $(ARM_MODEL_HDR) $(GUEST_LAYOUT) | $$(NATIVE_STAMP)
	@mkdir -p $$(@D)
	$(1) $$(NATIVE_CFLAGS) -O2 $$(NATIVE_LDFLAGS) $$(filter %.c,$$^) -o $$@

$(B)/native/$(1)/property/arm-exhaustive-%: \
    $(ARM_PROPERTY)/arm-exhaustive.c \
    $(ARM_MODEL_SRC) $(ARM_MODEL_HDR) $(GUEST_LAYOUT) | $$(NATIVE_STAMP)
	@mkdir -p $$(@D)
	$(1) $$(NATIVE_CFLAGS) -O2 \
	    -DREGIONS_MAX=$$(firstword $$(subst -, ,$$*)) \
	    '-DREGION_MIN_SIZE=(UINT64_C($$(lastword $$(subst -, ,$$*)))<<20)' \
	    $$(NATIVE_LDFLAGS) $$(filter %.c,$$^) -o $$@

ARM_PROPERTIES += $(B)/native/$(1)/property/arm-random \
    $$(ARM_UNIVERSES:%=$(B)/native/$(1)/property/arm-exhaustive-%)
endef
$(foreach compiler,$(NATIVE_COMPILERS),$(eval $(call arm_property,$(compiler))))

HELP += 'make check-property   the region planner against a reference model'
CHECKS += check-property
.PHONY: check-property
check-property: $(ARM_PROPERTIES)
	@set -e; passed=0; \
	for program in $^; do \
	    echo "$$program:"; MAPS=$(MAPS) SEED=$(SEED) $$program; \
	    passed=$$((passed + 1)); \
	done; \
	echo "property: $$passed passed, 0 failed"

HELP += 'make exhaustive       of these, every map of a small universe alone'
.PHONY: exhaustive
exhaustive: $(filter $(B)/native/gcc/%,$(filter-out %/arm-random,$(ARM_PROPERTIES)))
	@set -e; for program in $^; do $$program; done
