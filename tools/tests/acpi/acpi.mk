# SPDX-License-Identifier: LGPL-2.1-only
#
# The guest's ACPI tables, as iasl reads them.

ACPI_PRINT := $(B)/native/$(firstword $(NATIVE_COMPILERS))/acpi-print
$(ACPI_PRINT): tools/tests/acpi/print.c $(ARM_SRC) $(GUEST_LAYOUT) \
    | $(NATIVE_STAMP)
	@mkdir -p $(@D)
	$(firstword $(NATIVE_COMPILERS)) $(NATIVE_CFLAGS) $(filter %.c,$^) \
	    $(NATIVE_LDFLAGS) -lfdt -o $@

CHECKS += check-acpi
HELP += 'make check-acpi    what iasl says of the ACPI tables'
.PHONY: check-acpi
check-acpi: $(ACPI_PRINT)
	@python3 -B tools/tests/acpi/check $(ACPI_PRINT)
