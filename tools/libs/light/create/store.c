/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Stores the configuration of a new domain.
 */
#include "create/creation.h"
#include "device/usb_ports.h"
#include "domain/stored.h"

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
    rc = libxl__stored_write(creation->gc, creation->domid, creation->uuid,
                             &config);
    libxl_domain_config_dispose(&config);
    return rc;
}
