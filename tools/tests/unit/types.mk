# SPDX-License-Identifier: LGPL-2.1-only
#
# Unit tests of the types room, by each compiler; and the program of
# check-types once more, on the building machine under sanitizers, where it
# shows what is leaked or read past its end.

TYPES_TESTS := json text values
TYPES_TEST_SRC := $(wildcard tools/tests/unit/types-*.c)

# $(1): compiler
define types_tests
$(1)_TYPES_OBJ := $$(TYPES_SRC:%.c=$(B)/native/$(1)/%.o) \
    $(B)/native/$(1)/tools/tests/unit/types-stubs.o \
    $(B)/native/$(1)/gen/types.o
$(1)_TYPES_TESTS := $$(TYPES_TESTS:%=$(B)/native/$(1)/types-%)
$(1)_TYPES_RUN := tools/tests/abi/types-test tools/tests/abi/types-contents
$(1)_TYPES_RUN := $$($(1)_TYPES_RUN:%=$(B)/native/$(1)/%.o) \
    $(B)/native/$(1)/gen/types-code.o

$$($(1)_TYPES_OBJ) $$($(1)_TYPES_RUN) \
    $$(TYPES_TEST_SRC:%.c=$(B)/native/$(1)/%.o): \
    NATIVE_CFLAGS += $$(TYPES_CFLAGS)
$$($(1)_TYPES_OBJ) $$($(1)_TYPES_RUN) \
    $$(TYPES_TEST_SRC:%.c=$(B)/native/$(1)/%.o): $(TYPES_INCLUDE)/stamp

$(B)/native/$(1)/gen/types.o: $(TYPES_GEN) | $$(NATIVE_STAMP)
	@mkdir -p $$(@D)
	$(1) $$(NATIVE_CFLAGS) -MMD -MP -c $$< -o $$@

$(B)/native/$(1)/gen/types-code.o: $(ABI_OUT)/types-code.c | $$(NATIVE_STAMP)
	@mkdir -p $$(@D)
	$(1) $$(NATIVE_CFLAGS) -Wno-unused-function -MMD -MP -c $$< -o $$@

$$($(1)_TYPES_TESTS): $(B)/native/$(1)/types-%: \
    $(B)/native/$(1)/tools/tests/unit/types-%.o $$($(1)_TYPES_OBJ)
	$(1) $$(NATIVE_LDFLAGS) $$^ -lcmocka -lyajl -luuid -o $$@

$(B)/native/$(1)/types-run: $$($(1)_TYPES_RUN) $$($(1)_TYPES_OBJ)
	$(1) $$(NATIVE_LDFLAGS) $$^ -lyajl -luuid -o $$@

CHECK_UNIT += $$($(1)_TYPES_TESTS)
check-unit: $$($(1)_TYPES_TESTS)
check-types-native: $(B)/native/$(1)/types-run
endef
$(foreach compiler,$(NATIVE_COMPILERS),\
    $(eval $(call types_tests,$(compiler))))

CHECKS += check-types-native
HELP += 'make check-types-native  every type, here, with sanitizers'
.PHONY: check-types-native
check-types-native:
	for compiler in $(NATIVE_COMPILERS); do \
	    $(B)/native/$$compiler/types-run 6 >$(B)/native/types.txt || exit 1; \
	done
	@echo "check-types-native: nothing leaked, nothing read astray"
