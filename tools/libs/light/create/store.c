/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Stores the configuration of a new domain.
 */
#include "create/creation.h"
#include "device/usb_ports.h"
#include "domain/stored.h"

/* As Debian's library: a disk that is attached later has no such field. */
static void keep_disks(libxl_domain_config *config)
{
    int i;

    for (i = 0; i < config->num_disks; i++)
        libxl_defbool_setdefault(&config->disks[i].colo_restore_enable, false);
}

/*
 * Stores what the caller asked for: defaults may differ when the domain is
 * created again, on another host or with another release.  The exceptions
 * are what the domain keeps: its UUID.
 */
int libxl__store_do(struct libxl__creation *creation)
{
    libxl_domain_config config;
    int rc;

    libxl_domain_config_init(&config);
    libxl_domain_config_copy(creation->ctx, &config, creation->asked);
    libxl_uuid_copy(creation->ctx, &config.c_info.uuid,
                    &creation->config.c_info.uuid);
    config.b_info.video_memkb = creation->config.b_info.video_memkb;
    libxl__usb_keep(&creation->config, &config);
    libxl__devices_keep(&creation->devices, &creation->config, &config);
    keep_disks(&config);
    rc = libxl__stored_write(creation->gc, creation->domid, creation->uuid,
                             &config);
    libxl_domain_config_dispose(&config);
    return rc;
}
