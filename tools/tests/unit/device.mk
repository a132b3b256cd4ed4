# SPDX-License-Identifier: LGPL-2.1-only
#
# Unit tests of the device room, by each compiler: of the modules that need
# nothing of Xen but its headers.

DEVICE_TESTS := vdev
DEVICE_TEST_SRC := $(DEVICE_TESTS:%=tools/libs/light/device/%.c) \
    $(DEVICE_TESTS:%=tools/tests/unit/device-%.c)

# $(1): compiler
define device_tests
$(1)_DEVICE_TESTS := $$(DEVICE_TESTS:%=$(B)/native/$(1)/device-%)

$$(DEVICE_TEST_SRC:%.c=$(B)/native/$(1)/%.o): NATIVE_CFLAGS += $$(TYPES_CFLAGS)
$$(DEVICE_TEST_SRC:%.c=$(B)/native/$(1)/%.o): $(TYPES_INCLUDE)/stamp

$$($(1)_DEVICE_TESTS): $(B)/native/$(1)/device-%: \
    $(B)/native/$(1)/tools/tests/unit/device-%.o \
    $(B)/native/$(1)/tools/libs/light/device/%.o
	$(1) $$(NATIVE_LDFLAGS) $$^ -lcmocka -o $$@

CHECK_UNIT += $$($(1)_DEVICE_TESTS)
check-unit: $$($(1)_DEVICE_TESTS)
endef
$(foreach compiler,$(NATIVE_COMPILERS),\
    $(eval $(call device_tests,$(compiler))))
