/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Tests of the names of virtual disks.  The numbers are those that Debian's
 * library was seen to write, or examples and limits of xen-vbd-interface(7).
 */
#include "device/vdev.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include <libxl.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define UNTOUCHED 0xa5a5a5a5

static void names(void **state)
{
    static const struct {
        const char *vdev;
        uint32_t devid;
        unsigned int disk, partition;
    } rows[] = {
        { "xvda", 51712, 0, 0 },
        { "xvda1", 51713, 0, 1 },
        { "xvda15", 51727, 0, 15 },
        { "xvda16", 268435472, 0, 16 },
        { "xvda255", 268435711, 0, 255 },
        { "xvde1", 51777, 4, 1 },
        { "xvdp", 51952, 15, 0 },
        { "xvdp15", 51967, 15, 15 },
        { "xvdp16", 268439312, 15, 16 },
        { "xvdq", 268439552, 16, 0 },
        { "xvdz15", 268441871, 25, 15 },
        { "xvdz255", 268442111, 25, 255 },
        { "xvdaa", 268442112, 26, 0 },
        { "xvdaa1", 268442113, 26, 1 },
        { "xvdcv", 268460800, 99, 0 },
        { "xvdtq37", 268572709, 536, 37 },
        { "xvdzz", 268614912, 701, 0 },
        { "xvdaaa", 268615168, 702, 0 },
        { "xvdzzzz", 390100224, 475253, 0 },
        { "xvdbgqcf", 536866560, 1048559, 0 },
        { "xvdbgqcv", 536870656, 1048575, 0 },
        { "xvdbgqcv255", 536870911, 1048575, 255 },
        { "sda", 2048, 0, 0 },
        { "sdb", 2064, 1, 0 },
        { "sdb3", 2067, 1, 3 },
        { "sdf2", 2130, 5, 2 },
        { "sdp15", 2303, 15, 15 },
        { "hda", 768, 0, 0 },
        { "hda3", 771, 0, 3 },
        { "hda63", 831, 0, 63 },
        { "hdb", 832, 1, 0 },
        { "hdb63", 895, 1, 63 },
        { "hdc", 5632, 2, 0 },
        { "hdc2", 5634, 2, 2 },
        { "hdd63", 5759, 3, 63 },
        { "d0", 51712, 0, 0 },
        { "d0p0", 51712, 0, 0 },
        { "d1p2", 51730, 1, 2 },
        { "d01p01", 51729, 1, 1 },
        { "d3p0", 51760, 3, 0 },
        { "d5", 51792, 5, 0 },
        { "d9p5", 51861, 9, 5 },
        { "d15p16", 268439312, 15, 16 },
        { "d16", 268439552, 16, 0 },
        { "d536p37", 268572709, 536, 37 },
        { "d1048575p255", 536870911, 1048575, 255 },
        { "51712", 51712, 0, 0 },
        { "0xca00", 51712, 0, 0 },
        { "0XCA00", 51712, 0, 0 },
        { "0145000", 51712, 0, 0 },
        { "51967", 51967, 15, 15 },
        { "2303", 2303, 15, 15 },
        { "769", 769, 0, 1 },
        { "5759", 5759, 3, 63 },
        { "268435456", 268435456, 0, 0 },
        { "0x1fffffff", 536870911, 1048575, 255 },
        /* Reserved or deprecated. */
        { "0", 0, 0, 0 },
        { "010", 8, 8, 0 },
        { "767", 767, 767, 0 },
        { "896", 896, 896, 0 },
        { "2304", 2304, 2304, 0 },
        { "5760", 5760, 5760, 0 },
        { "51968", 51968, 51968, 0 },
        { "268435455", 268435455, 268435455, 0 },
        { "536870912", 536870912, 536870912, 0 },
        { "2147483647", 2147483647, 2147483647, 0 },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned int disk, partition;
        uint32_t devid;

        if (libxl__vdev_parse(rows[i].vdev, &devid, &disk, &partition))
            fail_msg("'%s' is refused", rows[i].vdev);
        if (devid != rows[i].devid || disk != rows[i].disk ||
            partition != rows[i].partition)
            fail_msg("'%s' is %u: disk %u, partition %u", rows[i].vdev, devid,
                     disk, partition);
    }
}

static void names_of_numbers(void **state)
{
    static const struct {
        uint32_t devid;
        const char *name;
    } rows[] = {
        { 51712, "xvda" },
        { 51727, "xvda15" },
        { 51967, "xvdp15" },
        { 268435472, "xvda16" },
        { 268439552, "xvdq" },
        { 268442112, "xvdaa" },
        { 268614912, "xvdzz" },
        { 268615168, "xvdaaa" },
        { 536870911, "xvdbgqcv255" },
        { 2067, "sdb3" },
        { 771, "hda3" },
        { 5759, "hdd63" },
        /* What no name has. */
        { 268435456, "268435456" },
        { 0, "0" },
        { 5760, "5760" },
        { UINT32_MAX, "4294967295" },
    };
    char name[LIBXL__VDEV_NAME_SIZE];

    for (size_t i = 0; i < COUNT(rows); i++) {
        libxl__vdev_name(rows[i].devid, name);
        assert_string_equal(name, rows[i].name);
    }
}

static void junk(void **state)
{
    static const char *const rows[] = {
        NULL,
        "",
        " ",
        "xvd",
        "xvd1",
        "xvda0",
        "xvda00",
        "xvda01",
        "xvda256",
        "xvda999999",
        "xvda4294967297",
        "xvda18446744073709551617",
        "xvdbgqcw",
        "xvdbgqcva",
        "xvdmwlqkww",
        "xvdzzzzz",
        "xvdzzzzzzzzzzzzzzzzzzzz",
        "xvdA",
        "xvda-1",
        "xvda+1",
        "xvda 1",
        "xvda1 ",
        "xvda1x",
        "xvda1p1",
        "xvd\303\251",
        " xvda",
        "XVDA",
        "xvda:cdrom",
        "/dev/xvda",
        "xv",
        "vda",
        "sd",
        "sda0",
        "sda16",
        "sdq",
        "sdaa",
        "hd",
        "hda0",
        "hda64",
        "hde",
        "hdaa",
        "h",
        "s",
        "d",
        "dp",
        "dp0",
        "da",
        "d0p",
        "d0p0 ",
        "d0q1",
        "d0p1x",
        "d0x",
        "d-1",
        "d0p-1",
        "d+1",
        "d 1",
        "d0p256",
        "d1048575p256",
        "d1048576",
        "d4294967296",
        "d0p4294967296",
        "d0p18446744073709551616",
        "d99999999999999999999",
        "0x",
        "0xg",
        "08",
        "1x",
        "1 ",
        " 1",
        "+1",
        "-1",
        "2147483648",
        "4294967296",
        "18446744073709551616",
        "99999999999999999999999",
        "cdrom",
        "fd0",
        "a",
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned int disk = UNTOUCHED, partition = UNTOUCHED;
        uint32_t devid = UNTOUCHED;

        if (libxl__vdev_parse(rows[i], &devid, &disk, &partition) !=
            ERROR_INVAL)
            fail_msg("'%s' is taken for %u", rows[i], devid);
        assert_int_equal(devid, UNTOUCHED);
        assert_int_equal(disk, UNTOUCHED);
        assert_int_equal(partition, UNTOUCHED);
    }
}

/* Writes the letters of a disk before end, and returns where they start. */
static char *letters(unsigned int disk, char *end)
{
    *--end = '\0';
    for (disk++; disk; disk = (disk - 1) / 26)
        *--end = 'a' + (disk - 1) % 26;
    return end;
}

/* Every disk, by its letters and by its number, is another devid. */
static void every_disk(void **state)
{
    uint32_t last = 0;

    for (unsigned int disk = 0; disk < 1 << 20; disk++) {
        static const unsigned int partitions[] = { 0, 1, 15, 16, 255 };
        unsigned int partition = partitions[disk % COUNT(partitions)];
        unsigned int seen_disk, seen_partition;
        uint32_t devid, same;
        char text[16], name[40], dp[40], named[LIBXL__VDEV_NAME_SIZE];
        const char *disk_name = letters(disk, text + sizeof(text));

        if (partition)
            snprintf(name, sizeof(name), "xvd%s%u", disk_name, partition);
        else
            snprintf(name, sizeof(name), "xvd%s", disk_name);
        snprintf(dp, sizeof(dp), "d%up%u", disk, partition);
        assert_int_equal(
            libxl__vdev_parse(name, &devid, &seen_disk, &seen_partition), 0);
        assert_int_equal(seen_disk, disk);
        assert_int_equal(seen_partition, partition);
        assert_int_equal(libxl__vdev_parse(dp, &same, NULL, NULL), 0);
        assert_int_equal(same, devid);
        libxl__vdev_name(devid, named);
        assert_string_equal(named, name);
        if (disk >= 16) {
            assert_true(devid > last);
            last = devid;
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(names_of_numbers),
        cmocka_unit_test(junk),
        cmocka_unit_test(every_disk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
