/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The table of kinds.  Creation and destruction go through it in this order.
 */
#include "device/kinds.h"

#include <string.h>

#include "types-index.h"

const struct libxl__device_kind *const libxl__device_kinds[] = {
    &libxl__kind_console,
    &libxl__kind_vuart,
    &libxl__kind_disk,
    &libxl__kind_virtio_disk,
#ifdef LIBXL__HAS_DOMAIN_CONFIG_NUM_VIRTIOS
    &libxl__kind_virtio,
#endif
    &libxl__kind_nic,
    &libxl__kind_vtpm,
    &libxl__kind_pvcallsif,
    &libxl__kind_vdispl,
    &libxl__kind_vsnd,
    &libxl__kind_vkb,
    &libxl__kind_usbctrl,
    &libxl__kind_p9,
    &libxl__kind_vfb,
    &libxl__kind_channel,
    NULL,
};

const struct libxl__device_kind *libxl__device_kind_named(const char *name)
{
    const struct libxl__device_kind *const *kind = libxl__device_kinds;

    while (*kind && strcmp((*kind)->name, name))
        kind++;
    return *kind;
}

const struct libxl__device_kind *
libxl__device_kind_sibling(const struct libxl__device_kind *kind)
{
    const struct libxl__device_kind *const *at = libxl__device_kinds;

    while (*at != kind)
        at++;
    do {
        at = at[1] ? at + 1 : libxl__device_kinds;
    } while ((*at)->is_wanted || (*at)->list != kind->list);
    return *at;
}
