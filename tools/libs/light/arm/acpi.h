/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The ACPI tables of a guest, which describe its CPUs, interrupt controller and
 * timer once more; docs/guest-device-tree.md says how a guest finds them.
 */
#ifndef ARM_ACPI_H
#define ARM_ACPI_H

#include <stddef.h>

#include "arm/error.h"
#include "arm/guest.h"

/* To be written to guest memory at GUEST_ACPI_BASE; the RSDP is first. */
struct arm_acpi {
    void *tables;
    size_t size;
};

/*
 * Makes the tables of a guest whose device tree arm_tree_create() takes.  On
 * success *acpi_r is for arm_acpi_dispose(); else it is untouched.
 */
int arm_acpi_create(const struct arm_guest *guest, struct arm_acpi *acpi_r,
                    struct arm_error *error);

/* Accepts NULL and what was disposed already. */
void arm_acpi_dispose(struct arm_acpi *acpi);

#endif
