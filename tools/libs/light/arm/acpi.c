/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The tables of a guest.  Offsets, types and flags are those of the ACPI
 * specification, 6.4, in the section that each function names; what it leaves
 * open is as in Debian's library.
 */
#include "arm/acpi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm/acpi_writer.h"
#include "arm/nodes.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Enough for GUEST_MAX_VCPUS with each table at its largest. */
#define TABLES_ROOM (32 << 10)

#define RSDP_SIZE             36
#define RSDP_SIZE_1           20 /* in ACPI 1.0: the first checksum's */
#define RSDP_SIGNATURE        UINT64_C(0x2052545020445352) /* "RSD PTR " */
#define RSDP_OEM              0x6e6558                     /* "Xen" */
#define FADT_SIZE             276
#define FADT_HARDWARE_REDUCED (1 << 20)
#define FADT_PSCI             (1 << 0)
#define FADT_PSCI_BY_HVC      (1 << 1)
#define GTDT_SIZE             96
#define TIMER_ALWAYS_ON       (1 << 2) /* active high, by level */
#define NO_ADDRESS            UINT64_MAX

#define MADT_SIZE    44
#define MADT_GICC    0x0b
#define MADT_GICD    0x0c
#define MADT_GICR    0x0e
#define GICC_SIZE    76 /* of ACPI 5.1 */
#define GICD_SIZE    24
#define GICR_SIZE    16
#define GICC_ENABLED (1 << 0)

#define AML_SCOPE     "\x10"
#define AML_PROCESSOR "\x5b\x83"
/* A processor's register block means nothing on Arm. */
#define PROCESSOR_BLOCK      0xb010
#define PROCESSOR_BLOCK_SIZE 6

/* Tables that others refer to. */
struct addresses {
    uint64_t xsdt, madt, gtdt, fadt, dsdt;
};

/* 5.2.5.3.  It is where the guest's device tree says, and first of all. */
static void write_rsdp(struct acpi_writer *acpi, uint64_t xsdt)
{
    const struct acpi_field fields[] = {
        { 0, 8, RSDP_SIGNATURE },
        { 9, 3, RSDP_OEM },
        { 15, 1, 2 /* its revision */ },
        { 20, 4, RSDP_SIZE },
        { 24, 8, xsdt },
    };

    acpi_add(acpi, RSDP_SIZE, fields, COUNT(fields));
    acpi_set_checksum(acpi, 0, RSDP_SIZE_1, 8);
    acpi_set_checksum(acpi, 0, RSDP_SIZE, 32);
}

/* 5.2.8 */
static uint64_t write_xsdt(struct acpi_writer *acpi, const struct addresses *at)
{
    const struct acpi_field fields[] = {
        { 0, 8, at->madt },
        { 8, 8, at->gtdt },
        { 16, 8, at->fadt },
    };
    uint64_t xsdt = acpi_begin(acpi, "XSDT", 1);

    acpi_add(acpi, 24, fields, COUNT(fields));
    acpi_end(acpi);
    return xsdt;
}

/* 5.2.25 */
static uint64_t write_gtdt(struct acpi_writer *acpi)
{
    const struct acpi_field fields[] = {
        { 36, 8, NO_ADDRESS }, /* of the counter's control */
        { 56, 4, GUEST_TIMER_PHYS_NS_PPI },
        { 60, 4, TIMER_ALWAYS_ON },
        { 64, 4, GUEST_TIMER_VIRT_PPI },
        { 68, 4, TIMER_ALWAYS_ON },
        { 80, 8, NO_ADDRESS }, /* of the counter itself */
    };
    uint64_t gtdt = acpi_begin(acpi, "GTDT", 2);

    acpi_rest(acpi, GTDT_SIZE, fields, COUNT(fields));
    acpi_end(acpi);
    return gtdt;
}

/* 5.2.12.14 */
static void write_gicc(struct acpi_writer *acpi, enum arm_gic gic,
                       unsigned int vcpu)
{
    const struct acpi_field fields[] = {
        { 0, 1, MADT_GICC },
        { 1, 1, GICC_SIZE },
        { 4, 4, vcpu }, /* CPU interface */
        { 8, 4, vcpu }, /* the _UID in the DSDT */
        { 12, 4, GICC_ENABLED },
        { 32, 8, gic == ARM_GIC_V2 ? GUEST_GICC_BASE : 0 },
        { 68, 8, vcpu_affinity(vcpu) },
    };

    acpi_add(acpi, GICC_SIZE, fields, COUNT(fields));
}

/* 5.2.12.15 and 5.2.12.17 */
static void write_gicd(struct acpi_writer *acpi, enum arm_gic gic)
{
    const struct acpi_field distributor[] = {
        { 0, 1, MADT_GICD },
        { 1, 1, GICD_SIZE },
        { 8, 8, gic == ARM_GIC_V2 ? GUEST_GICD_BASE : GUEST_GICV3_GICD_BASE },
        { 20, 1, gic },
    };
    const struct acpi_field redistributors[] = {
        { 0, 1, MADT_GICR },
        { 1, 1, GICR_SIZE },
        { 4, 8, GUEST_GICV3_GICR0_BASE },
        { 12, 4, GUEST_GICV3_GICR0_SIZE },
    };

    acpi_add(acpi, GICD_SIZE, distributor, COUNT(distributor));
    if (gic == ARM_GIC_V3)
        acpi_add(acpi, GICR_SIZE, redistributors, COUNT(redistributors));
}

/* 5.2.12 */
static uint64_t write_madt(struct acpi_writer *acpi,
                           const struct arm_guest *guest)
{
    uint64_t madt = acpi_begin(acpi, "APIC", 3);

    acpi_rest(acpi, MADT_SIZE, NULL, 0);
    for (unsigned int i = 0; i < guest->vcpus; i++)
        write_gicc(acpi, guest->gic, i);
    write_gicd(acpi, guest->gic);
    acpi_end(acpi);
    return madt;
}

/* 5.2.9: version 5.1, the first one that knows of Arm. */
static uint64_t write_fadt(struct acpi_writer *acpi, uint64_t dsdt)
{
    const struct acpi_field fields[] = {
        { 40, 4, dsdt },
        { 112, 4, FADT_HARDWARE_REDUCED },
        { 129, 2, FADT_PSCI | FADT_PSCI_BY_HVC },
        { 131, 1, 1 /* the minor version */ },
    };
    uint64_t fadt = acpi_begin(acpi, "FACP", 5);

    acpi_rest(acpi, FADT_SIZE, fields, COUNT(fields));
    acpi_end(acpi);
    return fadt;
}

/* 19.6.109 and 8.4; the CPUs of this guest are those that the MADT lists. */
static uint64_t write_dsdt(struct acpi_writer *acpi)
{
    uint64_t dsdt = acpi_begin(acpi, "DSDT", 3);
    size_t scope = aml_begin(acpi, AML_SCOPE), processor;

    acpi_add_bytes(acpi, "_SB_", 4);
    for (unsigned int i = 0; i < GUEST_MAX_VCPUS; i++) {
        const struct acpi_field fields[] = {
            { 0, 1, i },
            { 1, 4, PROCESSOR_BLOCK },
            { 5, 1, PROCESSOR_BLOCK_SIZE },
        };
        char name[12];

        snprintf(name, sizeof(name), "PR%02X", i);
        processor = aml_begin(acpi, AML_PROCESSOR);
        acpi_add_bytes(acpi, name, 4);
        acpi_add(acpi, 6, fields, COUNT(fields));
        aml_name_text(acpi, "_HID", "ACPI0007");
        aml_name_number(acpi, "_UID", i);
        aml_end(acpi, processor);
    }
    aml_end(acpi, scope);
    acpi_end(acpi);
    return dsdt;
}

/* Uses the addresses at, and sets them to what they have become. */
static void write_tables(struct acpi_writer *acpi,
                         const struct arm_guest *guest, struct addresses *at)
{
    write_rsdp(acpi, at->xsdt);
    at->xsdt = write_xsdt(acpi, at);
    at->gtdt = write_gtdt(acpi);
    at->madt = write_madt(acpi, guest);
    at->fadt = write_fadt(acpi, at->dsdt);
    at->dsdt = write_dsdt(acpi);
    acpi_align(acpi);
}

int arm_acpi_create(const struct arm_guest *guest, struct arm_acpi *acpi_r,
                    struct arm_error *error)
{
    struct acpi_writer acpi;
    struct addresses at = { 0 };
    uint8_t *bytes = malloc(TABLES_ROOM);

    if (!bytes)
        return arm_error_set(error, ARM_FAULT_NOMEM,
                             "no memory for the guest's ACPI tables");
    /* Tables refer to later ones: the first pass finds where they are. */
    for (int pass = 0; pass < 2; pass++) {
        memset(bytes, 0, TABLES_ROOM);
        acpi = (struct acpi_writer) {
            .base = GUEST_ACPI_BASE,
            .bytes = bytes,
            .room = TABLES_ROOM,
        };
        write_tables(&acpi, guest, &at);
    }
    if (acpi.full) {
        free(bytes);
        return arm_error_set(error, ARM_FAULT_BUG,
                             "the ACPI tables of %u vCPUs need more than %d "
                             "bytes",
                             guest->vcpus, TABLES_ROOM);
    }
    *acpi_r = (struct arm_acpi) { .tables = bytes, .size = acpi.size };
    return 0;
}

void arm_acpi_dispose(struct arm_acpi *acpi)
{
    if (!acpi)
        return;
    free(acpi->tables);
    *acpi = (struct arm_acpi) { 0 };
}
