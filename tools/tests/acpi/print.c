/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Prints the ACPI tables of a guest: print VCPUS GIC.
 */
#include <stdio.h>
#include <stdlib.h>

#include "arm/acpi.h"

int main(int argc, char **argv)
{
    struct arm_guest guest = { 0 };
    struct arm_error error = { 0 };
    struct arm_acpi acpi;

    if (argc < 3)
        return 2;
    guest.vcpus = atoi(argv[1]);
    guest.gic = atoi(argv[2]);
    if (arm_acpi_create(&guest, &acpi, &error))
        return 1;
    fwrite(acpi.tables, 1, acpi.size, stdout);
    arm_acpi_dispose(&acpi);
    return fflush(stdout) != 0;
}
