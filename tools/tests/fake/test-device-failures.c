/* SPDX-License-Identifier: LGPL-2.1-only */
/* The same as test-failures.c for devices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxl_event.h>
#include <libxl_utils.h>

#include "failures.h"

static int attach_disk(libxl_ctx *ctx, uint32_t domid)
{
    libxl_device_disk disk;
    int rc;

    fake_disk(&disk, "xvdb");
    rc = libxl_device_disk_add(ctx, domid, &disk, NULL);
    libxl_device_disk_dispose(&disk);
    return rc;
}

static int detach_disk(libxl_ctx *ctx, uint32_t domid)
{
    libxl_device_disk disk;
    int rc;

    fake_disk(&disk, "xvdb");
    rc = libxl_device_disk_remove(ctx, domid, &disk, NULL);
    libxl_device_disk_dispose(&disk);
    return rc;
}

static int detach_nic(libxl_ctx *ctx, uint32_t domid)
{
    libxl_device_nic nic;
    int rc;

    libxl_device_nic_init(&nic);
    nic.devid = 0;
    rc = libxl_device_nic_destroy(ctx, domid, &nic, NULL);
    libxl_device_nic_dispose(&nic);
    return rc;
}

static int attach_display(libxl_ctx *ctx, uint32_t domid)
{
    libxl_device_vdispl vdispl;
    int rc =
        libxl_device_vdispl_from_json(ctx, &vdispl,
                                      "{\"connectors\": [{\"unique_id\": "
                                      "\"a\", \"width\": 1, \"height\": 1}]}");

    if (!rc)
        rc = libxl_device_vdispl_add(ctx, domid, &vdispl, NULL);
    libxl_device_vdispl_dispose(&vdispl);
    return rc;
}

static int detach_display(libxl_ctx *ctx, uint32_t domid)
{
    libxl_device_vdispl vdispl;
    int rc;

    libxl_device_vdispl_init(&vdispl);
    vdispl.devid = 0;
    rc = libxl_device_vdispl_remove(ctx, domid, &vdispl, NULL);
    libxl_device_vdispl_dispose(&vdispl);
    return rc;
}

static int watch_disks(libxl_ctx *ctx, uint32_t domid)
{
    libxl_evgen_disk_eject *first, *second;
    int rc = libxl_evenable_disk_eject(ctx, domid, "xvda", 0, &first);

    if (rc)
        return rc;
    rc = libxl_evenable_disk_eject(ctx, domid, "xvdb", 0, &second);
    libxl_evdisable_disk_eject(ctx, first);
    if (!rc)
        libxl_evdisable_disk_eject(ctx, second);
    return rc;
}

/* A device that cannot be asked to go is taken away all the same. */
#define FORCED "/state", "/online", "/device/v", "/gatewaydev"

static const struct operation operations[] = {
    { "destroy with devices",
      failures_destroy,
      { "xc_domain_pause", "xc_domain_getinfolist", FORCED },
      .disks = 1,
      .nics = 1,
      .takes_away = true },
    { "attach a disk", attach_disk, .revert = detach_disk },
    { "detach a disk", detach_disk, .disks = 2, .takes_away = true },
    { "attach a display", attach_display, .revert = detach_display },
    { "watch disks", watch_disks, { "/device/vbd/51712/eject" }, .disks = 2 },
    { "detach a network interface by force",
      detach_nic,
      { FORCED },
      .nics = 1,
      .takes_away = true },
};

static void fill_devices(libxl_domain_config *config, const char *name)
{
    fake_config(config, name);
    fake_config_devices(config, 0, 1);
}

static void fill_tables(libxl_domain_config *config, const char *name)
{
    fake_config(config, name);
    fake_config_tables(config);
}

static const struct creation creations[] = {
    { { "create with devices" }, fill_devices },
    { { "create with tables of nodes" }, fill_tables },
};

static void whatever_fails_a_second_try_mends(void **state)
{
    failures_check_operations(operations,
                              sizeof(operations) / sizeof(operations[0]));
}

static void whatever_fails_nothing_is_left_of_a_creation(void **state)
{
    failures_check_creations(creations,
                             sizeof(creations) / sizeof(creations[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_fails_nothing_is_left_of_a_creation),
        cmocka_unit_test(whatever_fails_a_second_try_mends),
    };

    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
