/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Tests of the ACPI tables, read as a guest does: from the RSDP on, by the
 * offsets of the specification, for every number of vCPUs.
 */
#include <stdio.h>
#include <stdlib.h>

#include "arm-test.h"
#include "arm/acpi.h"
#include "arm/nodes.h"

#define BASE GUEST_ACPI_BASE

static uint64_t number(const uint8_t *bytes, size_t size)
{
    uint64_t value = 0;

    while (size > 0)
        value = value << 8 | bytes[--size];
    return value;
}

static bool sums_up(const uint8_t *bytes, size_t size)
{
    uint8_t sum = 0;

    for (size_t i = 0; i < size; i++)
        sum += bytes[i];
    return sum == 0;
}

static struct arm_acpi make(unsigned int vcpus, enum arm_gic gic)
{
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct arm_acpi acpi;

    guest.vcpus = vcpus;
    guest.gic = gic;
    guest.acpi = true;
    arm_acpi_create(&guest, &acpi, &error);
    assert_ok(error);
    return acpi;
}

/* The whole table at an address, which is as a guest finds it. */
static const uint8_t *table(const struct arm_acpi *acpi, uint64_t address,
                            const char *signature, size_t *size_r)
{
    const uint8_t *bytes = (const uint8_t *)acpi->tables + (address - BASE);

    assert_in_range(address, BASE, BASE + acpi->size - 36);
    assert_int_equal(address % 8, 0);
    *size_r = number(bytes + 4, 4);
    assert_in_range(*size_r, 36, acpi->size - (address - BASE));
    assert_memory_equal(bytes, signature, 4);
    assert_true(sums_up(bytes, *size_r));
    return bytes;
}

/* The table that entry index of the XSDT names. */
static const uint8_t *entry(const struct arm_acpi *acpi, unsigned int index,
                            const char *signature, size_t *size_r)
{
    const uint8_t *rsdp = acpi->tables, *xsdt;

    assert_memory_equal(rsdp, "RSD PTR ", 8);
    assert_true(sums_up(rsdp, 20));
    assert_true(sums_up(rsdp, number(rsdp + 20, 4)));
    xsdt = table(acpi, number(rsdp + 24, 8), "XSDT", size_r);
    assert_int_equal(*size_r, 36 + 3 * 8);
    return table(acpi, number(xsdt + 36 + 8 * index, 8), signature, size_r);
}

static void check_madt(const struct arm_acpi *acpi, unsigned int vcpus, bool v2)
{
    unsigned int cpus = 0, distributors = 0, redistributors = 0;
    size_t size, length;
    const uint8_t *madt = entry(acpi, 0, "APIC", &size);

    for (const uint8_t *at = madt + 44; at < madt + size; at += length) {
        length = at[1];
        assert_in_range(length, 2, madt + size - at);
        switch (at[0]) {
        case 0x0b:
            assert_int_equal(length, 76);
            assert_int_equal(number(at + 4, 4), cpus);
            assert_int_equal(number(at + 8, 4), cpus);
            assert_int_equal(number(at + 12, 4), 1);
            assert_int_equal(number(at + 32, 8), v2 ? GUEST_GICC_BASE : 0);
            assert_int_equal(number(at + 68, 8), vcpu_affinity(cpus));
            cpus++;
            break;
        case 0x0c:
            assert_int_equal(number(at + 8, 8), GUEST_GICD_BASE);
            assert_int_equal(at[20], v2 ? 2 : 3);
            distributors++;
            break;
        default:
            assert_int_equal(at[0], 0x0e);
            assert_int_equal(number(at + 4, 8), GUEST_GICV3_GICR0_BASE);
            redistributors++;
        }
    }
    assert_int_equal(cpus, vcpus);
    assert_int_equal(distributors, 1);
    assert_int_equal(redistributors, v2 ? 0 : 1);
}

static void check_others(const struct arm_acpi *acpi)
{
    size_t size;
    const uint8_t *gtdt = entry(acpi, 1, "GTDT", &size), *fadt, *dsdt;

    assert_int_equal(size, 96);
    assert_int_equal(number(gtdt + 56, 4), GUEST_TIMER_PHYS_NS_PPI);
    assert_int_equal(number(gtdt + 64, 4), GUEST_TIMER_VIRT_PPI);
    fadt = entry(acpi, 2, "FACP", &size);
    assert_int_equal(size, 276);
    assert_int_equal(number(fadt + 112, 4), 1 << 20);
    assert_int_equal(number(fadt + 129, 2), 3);
    dsdt = table(acpi, number(fadt + 40, 4), "DSDT", &size);
    /* Scope, three bytes of length that counts itself, then what iasl has. */
    assert_int_equal(dsdt[36], 0x10);
    assert_int_equal(
        size, 36 + 1 + ((dsdt[37] & 0xf) | dsdt[38] << 4 | dsdt[39] << 12));
    assert_memory_equal(dsdt + 40, "_SB_\x5b\x83\x20PR00", 11);
    assert_memory_equal(dsdt + size - 35, "\x5b\x83\x21PR7F\x7f", 8);
}

static void a_guest_finds_all_by_the_rsdp(void **state)
{
    for (unsigned int vcpus = 1; vcpus <= GUEST_MAX_VCPUS; vcpus++)
        for (int gic = ARM_GIC_V2; gic <= ARM_GIC_V3; gic++) {
            struct arm_acpi acpi = make(vcpus, gic);

            assert_in_range(acpi.size, 1, GUEST_ACPI_SIZE);
            check_madt(&acpi, vcpus, gic == ARM_GIC_V2);
            check_others(&acpi);
            arm_acpi_dispose(&acpi);
            arm_acpi_dispose(&acpi);
        }
}

/* The tables of Debian's library, without the bytes that are its own. */
static size_t read_debians(enum arm_gic gic, uint8_t *bytes, size_t room)
{
    char path[80];
    size_t size = 0;
    unsigned int byte;
    FILE *file;

    snprintf(path, sizeof(path),
             "tools/tests/unit/arm-acpi/two-vcpus-gicv%d.hex", gic);
    file = fopen(path, "r");
    assert_non_null(file);
    while (size < room && fscanf(file, "%2x", &byte) == 1)
        bytes[size++] = byte;
    fclose(file);
    return size;
}

/*
 * Both checksums of the RSDP; the checksum and what follows the OEM's table in
 * the header of the DSDT, which names iasl.
 */
static void mask(uint8_t *bytes, size_t dsdt)
{
    bytes[8] = bytes[32] = bytes[dsdt + 9] = 0;
    memset(bytes + dsdt + 24, 0, 12);
}

static void two_vcpus_equal_debians(void **state)
{
    for (int gic = ARM_GIC_V2; gic <= ARM_GIC_V3; gic++) {
        struct arm_acpi acpi = make(2, gic);
        uint8_t debians[8192];
        size_t size = read_debians(gic, debians, sizeof(debians)), ignored;
        uint64_t dsdt = number(entry(&acpi, 2, "FACP", &ignored) + 40, 4);

        assert_int_equal(acpi.size, size);
        mask(acpi.tables, dsdt - BASE);
        mask(debians, dsdt - BASE);
        assert_memory_equal(acpi.tables, debians, size);
        arm_acpi_dispose(&acpi);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_vcpus_equal_debians),
        cmocka_unit_test(a_guest_finds_all_by_the_rsdp),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
