/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * vTPMs, pvcalls, displays and sound cards, whose kinds are tables of nodes:
 * creation, lists, look-ups, also of what the guest has written; attach,
 * detach, and what is stored of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxl_utils.h>

#include "guest.h"

#define FRONT "/local/domain/1/device"
#define BACK  "/local/domain/0/backend"
#define KEPT  "/libxl/1/device"
#define UUID  "11111111-2222-3333-4444-555555555555"

/* A guest with a device of each kind. */
static uint32_t create(void)
{
    libxl_domain_config config;
    uint32_t domid = INVALID_DOMID;

    fake_config(&config, "g");
    fake_config_tables(&config);
    assert_int_equal(
        libxl_domain_create_new(guest_ctx, &config, &domid, NULL, NULL), 0);
    libxl_domain_config_dispose(&config);
    assert_string_equal(fake_errors(), "");
    return domid;
}

static void check_stored(uint32_t domid)
{
    libxl_domain_config config;

    guest_stored(domid, &config);
    assert_int_equal(config.num_vtpms, 1);
    assert_int_equal(config.vtpms->devid, 0);
    assert_false(libxl_uuid_is_nil(&config.vtpms->uuid));
    assert_int_equal(config.num_pvcallsifs, 1);
    assert_int_equal(config.pvcallsifs->devid, 0);
    assert_int_equal(config.num_vdispls, 1);
    assert_int_equal(config.vdispls->devid, 0);
    assert_int_equal(config.vdispls->num_connectors, 2);
    assert_int_equal(config.num_vsnds, 1);
    assert_int_equal(config.vsnds->devid, 0);
    assert_string_equal(config.vsnds->pcms->streams[1].unique_id, "in");
    assert_int_equal(config.num_vkbs, 1);
    assert_int_equal(config.vkbs->backend_type, LIBXL_VKB_BACKEND_LINUX);
    libxl_domain_config_dispose(&config);
}

static void a_guest_with_one_of_each(void **state)
{
    uint32_t domid = create();

    guest_node_is(BACK "/vtpm/1/0/state", "2");
    guest_node_is(BACK "/pvcalls/1/0/state", "2");
    guest_node_is(BACK "/vdispl/1/0/state", "2");
    guest_node_is(BACK "/vsnd/1/0/state", "2");
    guest_node_is(BACK "/vinput/1/0/state", "2");
    guest_node_is(FRONT "/vdispl/0/1/resolution", "800x600");
    guest_node_is(FRONT "/vsnd/0/0/1/channels-max", "2");
    check_stored(domid);
    guest_destroy(domid);
    assert_string_equal(fake_errors(), "");
}

/* A vTPM without a UUID gets one, and keeps it over a restart. */
static void a_vtpm_gets_a_uuid(void **state)
{
    libxl_device_vtpm vtpm, found;
    uint32_t domid = create();
    libxl_domain_config config;

    libxl_device_vtpm_init(&vtpm);
    assert_int_equal(libxl_device_vtpm_add(guest_ctx, domid, &vtpm, NULL), 0);
    assert_int_equal(vtpm.devid, 1);
    assert_int_equal(libxl_devid_to_device_vtpm(guest_ctx, domid, 1, &found),
                     0);
    assert_int_equal(libxl_uuid_compare(&found.uuid, &vtpm.uuid), 0);
    libxl_device_vtpm_dispose(&found);
    guest_stored(domid, &config);
    assert_int_equal(config.num_vtpms, 2);
    assert_int_equal(libxl_uuid_compare(&config.vtpms[1].uuid, &vtpm.uuid), 0);
    libxl_domain_config_dispose(&config);
    libxl_device_vtpm_dispose(&vtpm);
    guest_destroy(domid);
    assert_string_equal(fake_errors(), "");
}

static void a_vtpm_is_found(void **state)
{
    libxl_device_vtpm vtpm, *list;
    uint32_t domid = create();
    libxl_vtpminfo info;
    libxl_uuid uuid;
    int count;

    fake_store_write(FRONT "/vtpm/0/event-channel", "7");
    list = libxl_device_vtpm_list(guest_ctx, domid, &count);
    assert_int_equal(count, 1);
    assert_int_equal(libxl_device_vtpm_getinfo(guest_ctx, domid, list, &info),
                     0);
    libxl_device_vtpm_list_free(list, count);
    assert_string_equal(info.backend, BACK "/vtpm/1/0");
    assert_string_equal(info.frontend, FRONT "/vtpm/0");
    assert_int_equal(info.frontend_id, domid);
    assert_int_equal(info.state, 1);
    assert_int_equal(info.evtch, 7);
    assert_int_equal(info.rref, -1);
    libxl_uuid_from_string(&uuid, UUID);
    assert_int_equal(libxl_uuid_compare(&info.uuid, &uuid), 0);
    libxl_vtpminfo_dispose(&info);
    assert_int_equal(libxl_uuid_to_device_vtpm(guest_ctx, domid, &uuid, &vtpm),
                     0);
    assert_int_equal(vtpm.devid, 0);
    libxl_device_vtpm_dispose(&vtpm);
    uuid.uuid[0] = 0;
    assert_int_equal(libxl_uuid_to_device_vtpm(guest_ctx, domid, &uuid, &vtpm),
                     ERROR_FAIL);
    guest_destroy(domid);
    assert_string_equal(fake_errors(), "");
}

/* What a guest makes of its own nodes is shown only where it is a number. */
static void a_display_is_as_it_was_asked_for(void **state)
{
    libxl_device_vdispl vdispl;
    uint32_t domid = create();
    libxl_vdisplinfo info;

    fake_store_write(FRONT "/vdispl/0/0/unique-id", "spoilt");
    fake_store_write(FRONT "/vdispl/0/0/resolution", "1x1");
    fake_store_write(FRONT "/vdispl/0/2/unique-id", "another");
    fake_store_write(FRONT "/vdispl/0/1/req-ring-ref", "8");
    fake_store_write(FRONT "/vdispl/0/1/evt-event-channel", "9");
    fake_store_write(FRONT "/vdispl/0/1/evt-ring-ref", "99999999999");
    assert_int_equal(libxl_devid_to_device_vdispl(guest_ctx, domid, 0, &vdispl),
                     0);
    assert_true(vdispl.be_alloc);
    assert_int_equal(vdispl.num_connectors, 2);
    assert_string_equal(vdispl.connectors[0].unique_id, "left");
    assert_int_equal(vdispl.connectors[0].width, 1920);
    assert_int_equal(
        libxl_device_vdispl_getinfo(guest_ctx, domid, &vdispl, &info), 0);
    libxl_device_vdispl_dispose(&vdispl);
    assert_true(info.be_alloc);
    assert_int_equal(info.num_connectors, 2);
    assert_string_equal(info.connectors[0].unique_id, "left");
    assert_int_equal(info.connectors[0].height, 1080);
    assert_int_equal(info.connectors[0].req_rref, -1);
    assert_int_equal(info.connectors[1].req_rref, 8);
    assert_int_equal(info.connectors[1].evt_evtch, 9);
    assert_int_equal(info.connectors[1].evt_rref, -1);
    libxl_vdisplinfo_dispose(&info);
    guest_destroy(domid);
    assert_string_equal(fake_errors(), "");
}

static void a_sound_card_is_as_it_was_asked_for(void **state)
{
    libxl_device_vsnd *list;
    uint32_t domid = create();
    libxl_vsndinfo info;
    int count;

    fake_store_write(FRONT "/vsnd/0/0/1/event-channel", "8");
    fake_store_write(FRONT "/vsnd/0/0/name", "spoilt");
    list = libxl_device_vsnd_list(guest_ctx, domid, &count);
    assert_int_equal(count, 1);
    assert_string_equal(list->pcms->name, "PCM");
    assert_int_equal(list->params.sample_formats[1],
                     LIBXL_VSND_PCM_FORMAT_F32_BE);
    assert_int_equal(libxl_device_vsnd_getinfo(guest_ctx, domid, list, &info),
                     0);
    libxl_device_vsnd_list_free(list, count);
    assert_int_equal(info.num_vsnd_pcms, 1);
    assert_int_equal(info.pcms->num_vsnd_streams, 2);
    assert_int_equal(info.pcms->streams[0].req_evtch, -1);
    assert_int_equal(info.pcms->streams[1].req_evtch, 8);
    libxl_vsndinfo_dispose(&info);
    guest_destroy(domid);
    assert_string_equal(fake_errors(), "");
}

/* The kind of its backend is read back from where that is. */
static void a_keyboard_is_found(void **state)
{
    libxl_device_vkb vkb, added;
    uint32_t domid = create();
    libxl_vkbinfo info;

    libxl_device_vkb_init(&added);
    added.backend_type = LIBXL_VKB_BACKEND_QEMU;
    assert_int_equal(libxl_device_vkb_add(guest_ctx, domid, &added, NULL), 0);
    guest_node_is(BACK "/vkbd/1/1/state", "2");
    guest_node_is(BACK "/vkbd/1/1/feature-abs-pointer", NULL);
    fake_store_write(FRONT "/vkbd/1/page-gref", "8");
    assert_int_equal(libxl_devid_to_device_vkb(guest_ctx, domid, 1, &vkb), 0);
    assert_int_equal(vkb.backend_type, LIBXL_VKB_BACKEND_QEMU);
    assert_int_equal(libxl_device_vkb_getinfo(guest_ctx, domid, &vkb, &info),
                     0);
    assert_string_equal(info.backend, BACK "/vkbd/1/1");
    assert_int_equal(info.rref, 8);
    libxl_vkbinfo_dispose(&info);
    libxl_device_vkb_dispose(&vkb);
    assert_int_equal(libxl_devid_to_device_vkb(guest_ctx, domid, 0, &vkb), 0);
    assert_int_equal(vkb.backend_type, LIBXL_VKB_BACKEND_LINUX);
    assert_true(vkb.feature_abs_pointer && !vkb.feature_raw_pointer);
    assert_int_equal(vkb.width, 1920);
    libxl_device_vkb_dispose(&vkb);
    assert_int_equal(libxl_device_vkb_remove(guest_ctx, domid, &added, NULL),
                     0);
    guest_node_is(KEPT "/vkbd/1", NULL);
    guest_destroy(domid);
    assert_string_equal(fake_errors(), "");
}

/* Attaches what the configuration has a second time, and removes both. */
static void devices_come_and_go(void **state)
{
    libxl_domain_config config;
    uint32_t domid = create();
    struct fake_rest before = fake_rest_take();

    fake_config(&config, "g");
    fake_config_tables(&config);
    config.vdispls->connectors[0].unique_id[0] = 'L';
    config.vdispls->connectors[1].unique_id[0] = 'R';
    config.vsnds->pcms->streams[0].unique_id[0] = 'O';
    config.vsnds->pcms->streams[1].unique_id[0] = 'I';
    assert_int_equal(
        libxl_device_vdispl_add(guest_ctx, domid, config.vdispls, NULL), 0);
    assert_int_equal(
        libxl_device_vsnd_add(guest_ctx, domid, config.vsnds, NULL), 0);
    assert_int_equal(config.vsnds->devid, 1);
    assert_int_equal(
        libxl_device_vdispl_remove(guest_ctx, domid, config.vdispls, NULL), 0);
    assert_int_equal(
        libxl_device_vsnd_destroy(guest_ctx, domid, config.vsnds, NULL), 0);
    assert_true(fake_rest_is_equal(before, fake_rest_take(), "after a detach"));
    config.vtpms->devid = config.pvcallsifs->devid = config.vdispls->devid =
        config.vsnds->devid = 0;
    assert_int_equal(
        libxl_device_vtpm_remove(guest_ctx, domid, config.vtpms, NULL), 0);
    assert_int_equal(libxl_device_pvcallsif_remove(guest_ctx, domid,
                                                   config.pvcallsifs, NULL),
                     0);
    assert_int_equal(
        libxl_device_vdispl_destroy(guest_ctx, domid, config.vdispls, NULL), 0);
    assert_int_equal(
        libxl_device_vsnd_remove(guest_ctx, domid, config.vsnds, NULL), 0);
    libxl_domain_config_dispose(&config);
    guest_node_is(KEPT "/vdispl", NULL);
    guest_node_is(FRONT "/vsnd", NULL);
    guest_stored(domid, &config);
    assert_int_equal(config.num_vtpms + config.num_pvcallsifs +
                         config.num_vdispls + config.num_vsnds,
                     0);
    libxl_domain_config_dispose(&config);
    assert_string_equal(fake_errors(), "");
    guest_destroy(domid);
}

/* Those of the configuration, once more. */
static void an_id_is_attached_once(void **state)
{
    const char *const words[] = { "vtpm", "'" UUID "'", "vtpm 0", NULL };
    const char *const more[] = { "vdispl", "'left'", "vdispl 0", NULL };
    libxl_domain_config config;
    uint32_t domid = create();
    struct fake_rest before = fake_rest_take();

    fake_config(&config, "g");
    fake_config_tables(&config);
    assert_int_equal(
        libxl_device_vtpm_add(guest_ctx, domid, config.vtpms, NULL),
        ERROR_INVAL);
    assert_true(fake_has(fake_errors(), words));
    assert_int_equal(
        libxl_device_vdispl_add(guest_ctx, domid, config.vdispls, NULL),
        ERROR_INVAL);
    assert_true(fake_has(fake_errors(), more));
    libxl_domain_config_dispose(&config);
    assert_true(fake_rest_is_equal(before, fake_rest_take(), "refused"));
    guest_destroy(domid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(a_guest_with_one_of_each),
        GUEST_TEST(a_vtpm_gets_a_uuid),
        GUEST_TEST(a_vtpm_is_found),
        GUEST_TEST(a_display_is_as_it_was_asked_for),
        GUEST_TEST(a_sound_card_is_as_it_was_asked_for),
        GUEST_TEST(a_keyboard_is_found),
        GUEST_TEST(devices_come_and_go),
        GUEST_TEST(an_id_is_attached_once),
    };

    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
