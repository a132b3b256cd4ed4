# SPDX-License-Identifier: LGPL-2.1-only
#
# Unit tests of the guest machine room, by each compiler.

ARM_TESTS := acpi addrmap kernel guest-map regions rules dt-writer tree map-text \
    linux-use dt-scan dt-bus tree-view tree-limits tree-check partial \
    partial-refs partial-irqs policy paging-pool irqmap slots
ARM_TEST_SRC := $(wildcard tools/tests/unit/arm-*.c)

# $(1): compiler
define arm_tests
$(1)_ARM_OBJ := $$(ARM_SRC:%.c=$(B)/native/$(1)/%.o)
$(1)_ARM_TESTS := $$(ARM_TESTS:%=$(B)/native/$(1)/arm-%)

$$($(1)_ARM_OBJ) $$(ARM_TEST_SRC:%.c=$(B)/native/$(1)/%.o): $(GUEST_LAYOUT)

$$($(1)_ARM_TESTS): $(B)/native/$(1)/arm-%: \
    $(B)/native/$(1)/tools/tests/unit/arm-%.o \
    $(B)/native/$(1)/tools/tests/unit/arm-print.o $$($(1)_ARM_OBJ)
	$(1) $$(NATIVE_LDFLAGS) $$^ -lcmocka -lfdt -o $$@

# Prints the tree on its standard input: see arm-trees/README.md.
$(B)/native/$(1)/arm-print: tools/tests/unit/arm-print.c | $$(NATIVE_STAMP)
	@mkdir -p $$(@D)
	$(1) $$(NATIVE_CFLAGS) -DPRINT_MAIN $$< $$(NATIVE_LDFLAGS) -lfdt -o $$@

CHECK_UNIT += $$($(1)_ARM_TESTS)
check-unit: $$($(1)_ARM_TESTS) $(B)/native/$(1)/arm-print
endef
$(foreach compiler,$(NATIVE_COMPILERS),$(eval $(call arm_tests,$(compiler))))
