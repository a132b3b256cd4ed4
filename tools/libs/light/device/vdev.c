/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Names of virtual disks.
 *
 * The numbers are those of xen-vbd-interface(7), "Concrete encoding".  Debian's
 * library takes some names that this page does not have ("hd", "xvda+1", "")
 * and does not take one that it has ("d0"); here the page decides.
 */
#include "device/vdev.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxl.h>

#define XVD "xvd"

/* base | (disk - first) << partition_bits | partition */
struct encoding {
    const char *prefix;
    uint32_t base;
    uint32_t first;
    uint32_t disks;
    unsigned int partition_bits;
};

/* The first one that has room for disk and partition is used. */
static const struct encoding encodings[] = {
    { XVD, 202 << 8, 0, 16, 4 },     /* xvda to xvdp */
    { XVD, 1 << 28, 0, 1 << 20, 8 }, /* all others */
    { "sd", 8 << 8, 0, 16, 4 },      /* sda to sdp */
    { "hd", 3 << 8, 0, 2, 6 },       /* hda and hdb */
    { "hd", 22 << 8, 2, 2, 6 },      /* hdc and hdd */
};
#define ENCODINGS_END (encodings + sizeof(encodings) / sizeof(encodings[0]))

/* No disk or partition has this number: a larger one need not be exact. */
#define TOO_MANY (1 << 20)

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Parses decimal digits and moves *text after them. */
static bool parse_digits(const char **text, uint32_t *value_r)
{
    uint32_t value = 0;

    if (!is_digit(**text))
        return false;
    for (; is_digit(**text); ++*text)
        value = value < TOO_MANY ? value * 10 + (**text - '0') : value;
    *value_r = value;
    return true;
}

/* Parses "a", "z", "aa" …, which are 0, 25, 26 …, in the same way. */
static bool parse_letters(const char **text, uint32_t *value_r)
{
    uint32_t value = 0;

    for (; **text >= 'a' && **text <= 'z'; ++*text)
        value = value <= TOO_MANY ? value * 26 + (**text - 'a') + 1 : value;
    if (!value)
        return false;
    *value_r = value - 1;
    return true;
}

static int encode(const char *prefix, uint32_t disk, uint32_t partition,
                  uint32_t *devid_r)
{
    const struct encoding *e;

    for (e = encodings; e < ENCODINGS_END; e++) {
        if (strcmp(e->prefix, prefix) || disk < e->first ||
            disk - e->first >= e->disks || partition >> e->partition_bits)
            continue;
        *devid_r = e->base | (disk - e->first) << e->partition_bits | partition;
        return 0;
    }
    return ERROR_INVAL;
}

/* Returns the encoding that the number is of, or NULL. */
static const struct encoding *decode(uint32_t devid, uint32_t *disk_r,
                                     uint32_t *partition_r)
{
    const struct encoding *e;

    *disk_r = devid;
    *partition_r = 0;
    for (e = encodings; e < ENCODINGS_END; e++) {
        uint32_t number = devid - e->base;

        if (devid < e->base || number >= e->disks << e->partition_bits)
            continue;
        *disk_r = e->first + (number >> e->partition_bits);
        *partition_r = number & ((1 << e->partition_bits) - 1);
        return e;
    }
    return NULL;
}

/* Parses what follows the prefix: letters, and a partition from 1 on. */
static int parse_name(const char *prefix, const char *text, uint32_t *devid_r)
{
    uint32_t disk, partition = 0;

    if (!parse_letters(&text, &disk))
        return ERROR_INVAL;
    if (*text && (*text == '0' || !parse_digits(&text, &partition) || *text))
        return ERROR_INVAL;
    return encode(prefix, disk, partition, devid_r);
}

/* Parses "d5" or "d5p1", less the 'd'. */
static int parse_dp(const char *text, uint32_t *devid_r)
{
    uint32_t disk, partition = 0;

    if (!parse_digits(&text, &disk))
        return ERROR_INVAL;
    if (*text && (*text++ != 'p' || !parse_digits(&text, &partition) || *text))
        return ERROR_INVAL;
    return encode(XVD, disk, partition, devid_r);
}

/* Parses decimal, hexadecimal and octal, as in C; text starts with a digit. */
static int parse_number(const char *text, uint32_t *devid_r)
{
    unsigned long long value;
    char *end;

    value = strtoull(text, &end, 0);
    if (*end || value > INT32_MAX)
        return ERROR_INVAL;
    *devid_r = value;
    return 0;
}

static int parse_devid(const char *vdev, uint32_t *devid_r)
{
    const struct encoding *e;

    if (is_digit(*vdev))
        return parse_number(vdev, devid_r);
    if (*vdev == 'd')
        return parse_dp(vdev + 1, devid_r);
    for (e = encodings; e < ENCODINGS_END; e++) {
        size_t length = strlen(e->prefix);

        if (!strncmp(vdev, e->prefix, length))
            return parse_name(e->prefix, vdev + length, devid_r);
    }
    return ERROR_INVAL;
}

int libxl__vdev_parse(const char *vdev, uint32_t *devid_r, unsigned int *disk_r,
                      unsigned int *partition_r)
{
    uint32_t devid, disk, partition;
    int rc = vdev ? parse_devid(vdev, &devid) : ERROR_INVAL;

    if (rc)
        return rc;
    decode(devid, &disk, &partition);
    *devid_r = devid;
    if (disk_r)
        *disk_r = disk;
    if (partition_r)
        *partition_r = partition;
    return 0;
}

/* The letters of disk, which parse_letters reads back, end before end. */
static const char *letters(uint32_t disk, char *end)
{
    *--end = '\0';
    for (disk++; disk; disk = (disk - 1) / 26)
        *--end = 'a' + (disk - 1) % 26;
    return end;
}

void libxl__vdev_name(uint32_t devid, char name[LIBXL__VDEV_NAME_SIZE])
{
    char number[LIBXL__VDEV_NAME_SIZE] = "", disk_letters[8];
    uint32_t disk, partition, parsed;
    const struct encoding *e = decode(devid, &disk, &partition);

    if (e) {
        if (partition)
            snprintf(number, sizeof(number), "%" PRIu32, partition);
        snprintf(name, LIBXL__VDEV_NAME_SIZE, "%s%s%s", e->prefix,
                 letters(disk, disk_letters + sizeof(disk_letters)), number);
    }
    /* The number of a small disk in the encoding of all others has no name. */
    if (!e || parse_devid(name, &parsed) || parsed != devid)
        snprintf(name, LIBXL__VDEV_NAME_SIZE, "%" PRIu32, devid);
}
