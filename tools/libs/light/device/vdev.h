/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Names of virtual disks, "xvda1", and the numbers that xenstore has for them,
 * as xen-vbd-interface(7) defines both.
 */
#ifndef LIBXL_DEVICE_VDEV_H
#define LIBXL_DEVICE_VDEV_H

#include <stdint.h>

/*
 * Parses vdev:
 *
 *   xvda, xvda1, xvdaa    up to disk 1048575 and partition 255
 *   sda, sda1             up to disk 15 (sdp) and partition 15
 *   hda, hda1             up to disk 3 (hdd) and partition 63
 *   d0, d0p0, d5p1        what xvda, xvda and xvdf1 are
 *   51712, 0xca00, 0145000  the number itself, up to INT32_MAX
 *
 * Stores the number, and the disk and partition that it encodes; partition 0 is
 * the whole disk.  A number that encodes neither is a whole disk of that
 * number. disk_r and partition_r may be NULL.
 *
 * Returns ERROR_INVAL, logs nothing and stores nothing if vdev is none of
 * these, or NULL.
 */
int libxl__vdev_parse(const char *vdev, uint32_t *devid_r, unsigned int *disk_r,
                      unsigned int *partition_r);

/*
 * Stores the name that is parsed as devid, "xvda1"; the number itself if there
 * is none.
 */
enum { LIBXL__VDEV_NAME_SIZE = 16 };
void libxl__vdev_name(uint32_t devid, char name[LIBXL__VDEV_NAME_SIZE]);

#endif
