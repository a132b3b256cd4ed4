/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Guests with disks and network interfaces: creation and destruction, what is
 * stored, lists and look-ups, also of what the guest has written.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>
#include <libxl_utils.h>
#include <xen/io/xs_wire.h>

#include "guest.h"

#define FRONT  "/local/domain/1/device"
#define BACK   "/local/domain/0/backend"
#define ERRORS "/local/domain/0/error/backend"
#define KEPT   "/libxl/1/device"
#define XVDA   51712
#define MAC_OF "%02x:%02x:%02x:%02x:%02x:%02x"

static void check_disk_nodes(void)
{
    guest_node_is(FRONT "/vbd/51712/backend", BACK "/vbd/1/51712");
    guest_node_is(FRONT "/vbd/51712/virtual-device", "51712");
    guest_node_is(FRONT "/vbd/51712/state", "1");
    guest_node_is(BACK "/vbd/1/51712/frontend", FRONT "/vbd/51712");
    guest_node_is(BACK "/vbd/1/51712/params", "disk");
    guest_node_is(BACK "/vbd/1/51712/script", "/proc/self/cwd/scripts/block");
    guest_node_is(BACK "/vbd/1/51712/mode", "w");
    guest_node_is(BACK "/vbd/1/51712/state", "2");
    guest_node_is(KEPT "/vbd/51712/backend", BACK "/vbd/1/51712");
    guest_node_is(KEPT "/vbd/51712/dev", "xvda");
    guest_node_is(KEPT "/vbd/51712/state", "1");
}

static void check_nic_nodes(void)
{
    guest_node_is(FRONT "/vif/0/backend", BACK "/vif/1/0");
    guest_node_is(FRONT "/vif/0/handle", "0");
    guest_node_is(FRONT "/vif/0/mtu", "1500");
    guest_node_is(BACK "/vif/1/0/bridge", "xenbr0");
    guest_node_is(BACK "/vif/1/0/state", "2");
    guest_node_is(BACK "/vif/1/0/mtu", NULL);
    guest_node_is(KEPT "/vif/0/backend", BACK "/vif/1/0");
}

/* What was asked for, and the address that the interface got. */
static void check_stored(uint32_t domid)
{
    static const libxl_mac none;
    libxl_domain_config config;
    char mac[32];

    guest_stored(domid, &config);
    assert_int_equal(config.num_disks, 1);
    assert_string_equal(config.disks[0].pdev_path, "disk");
    assert_string_equal(config.disks[0].vdev, "xvda");
    assert_null(config.disks[0].script);
    assert_true(config.disks[0].readwrite);
    assert_int_equal(config.num_nics, 1);
    assert_int_equal(config.nics[0].devid, 0);
    assert_null(config.nics[0].bridge);
    assert_null(config.nics[0].script);
    assert_memory_not_equal(config.nics[0].mac, none, sizeof(none));
    snprintf(mac, sizeof(mac), MAC_OF, config.nics[0].mac[0],
             config.nics[0].mac[1], config.nics[0].mac[2],
             config.nics[0].mac[3], config.nics[0].mac[4],
             config.nics[0].mac[5]);
    guest_node_is(FRONT "/vif/0/mac", mac);
    libxl_domain_config_dispose(&config);
}

static void a_guest_with_a_disk_and_an_interface(void **state)
{
    uint32_t domid;

    guest_script("block", "");
    guest_script("vif-bridge", "");
    domid = guest_create(1, 1);
    check_disk_nodes();
    check_nic_nodes();
    check_stored(domid);
    assert_true(fake_has(
        guest_file("script.log"),
        (const char *const[]) {
            "block add vbd backend/vbd/1/51712 backend "
            "script=/proc/self/cwd/scripts/block",
            "vif-bridge online type_if=vif vif backend/vif/1/0 backend "
            "script=/proc/self/cwd/scripts/vif-bridge vif=vif1.0 netdev=\n",
            NULL }));
    guest_destroy(domid);
    assert_true(fake_has(
        guest_file("script.log"),
        (const char *const[]) { "block remove vbd",
                                "vif-bridge offline type_if=vif vif", NULL }));
    assert_string_equal(fake_errors(), "");
}

static void a_guest_with_many_devices(void **state)
{
    libxl_domain_config config;
    uint32_t domid = guest_create(4, 4);
    int i;

    guest_node_is(BACK "/vbd/1/51760/state", "2");
    guest_node_is(BACK "/vif/1/3/state", "2");
    guest_has(domid, 4, 4);
    guest_stored(domid, &config);
    for (i = 0; i < 4; i++)
        assert_int_equal(config.nics[i].devid, i);
    libxl_domain_config_dispose(&config);
    guest_destroy(domid);
    assert_string_equal(fake_errors(), "");
}

/* It is a disk as others are, but part of the guest's machine. */
static void a_guest_with_a_virtio_disk(void **state)
{
    libxl_domain_config config;
    libxl_device_disk *disks;
    uint32_t domid;
    int count;

    fake_config(&config, "g");
    fake_config_devices(&config, 2, 0);
    config.disks[1].specification = LIBXL_DISK_SPECIFICATION_VIRTIO;
    assert_int_equal(
        libxl_domain_create_new(guest_ctx, &config, &domid, NULL, NULL), 0);
    libxl_domain_config_dispose(&config);
    guest_node_is(BACK "/virtio_disk/1/51728/base", "33554432");
    guest_node_is(BACK "/virtio_disk/1/51728/irq", "33");
    guest_node_is(BACK "/virtio_disk/1/51728/state", "2");
    assert_true(fdt_path_offset(fake_xen.tree, "/virtio@2000000") > 0);
    disks = libxl_device_disk_list(guest_ctx, domid, &count);
    assert_int_equal(count, 2);
    assert_int_equal(disks[1].specification, LIBXL_DISK_SPECIFICATION_VIRTIO);
    assert_int_equal(disks[1].base, 0x2000000);
    libxl_device_disk_list_free(disks, count);
    guest_has(domid, 2, 0);
    guest_destroy(domid);
    assert_string_equal(fake_errors(), "");
}

/* The second guest's devices stay when the first one's go. */
static void another_guest_keeps_its_devices(void **state)
{
    libxl_domain_config config;
    uint32_t domid = guest_create(1, 1), other;

    fake_config(&config, "other");
    fake_config_devices(&config, 1, 1);
    assert_int_equal(
        libxl_domain_create_new(guest_ctx, &config, &other, NULL, NULL), 0);
    libxl_domain_config_dispose(&config);
    guest_destroy(domid);
    guest_node_is(BACK "/vbd/2/51712/state", "2");
    guest_node_is(BACK "/vif/2/0/state", "2");
    guest_has(other, 1, 1);
    guest_destroy(other);
}

/* Of a driver domain nothing is kept either; its scripts are its own. */
static void devices_of_another_domain_leave_nothing(void **state)
{
    libxl_domain_config config;
    uint32_t driver = guest_create(0, 0), domid;
    struct fake_rest rest = fake_rest_take();
    int i;

    guest_script("block", "");
    guest_script("vif-bridge", "");
    fake_config(&config, "other");
    fake_config_devices(&config, 2, 2);
    for (i = 0; i < 2; i++) {
        config.disks[i].backend_domname = strdup("g");
        config.nics[i].backend_domid = driver;
    }
    assert_int_equal(
        libxl_domain_create_new(guest_ctx, &config, &domid, NULL, NULL), 0);
    libxl_domain_config_dispose(&config);
    guest_node_is("/local/domain/1/backend/vbd/2/51712/state", "2");
    guest_node_is("/local/domain/1/backend/vif/2/1/state", "2");
    guest_node_is("/local/domain/2/device/vif/1/backend-id", "1");
    guest_destroy(domid);
    assert_true(fake_rest_is_equal(rest, fake_rest_take(), "in the driver"));
    assert_string_equal(guest_file("script.log"), "");
    guest_destroy(driver);
}

/* As a guest that a malicious administrator of it has. */
static void write_junk(void)
{
    static const char *const names[] = {
        "state",   "event-channel", "ring-ref", "tx-ring-ref", "rx-ring-ref",
        "backend", "backend-id",    "mac",      "handle",      "virtual-device",
    };
    static const char *const values[] = { "3000000000", "99999999999", "x", "",
                                          "3 " };
    char path[128];
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), FRONT "/vbd/51712/%s", names[i]);
        fake_store_write(path, values[i % 5]);
        snprintf(path, sizeof(path), FRONT "/vif/0/%s", names[i]);
        fake_store_write(path, values[(i + 1) % 5]);
    }
    fake_store_write(FRONT "/vbd/51728/backend", BACK "/vbd/2/51728");
    fake_store_write(FRONT "/vif/junk/backend", "");
}

static void check_disk_info(uint32_t domid, int number)
{
    libxl_device_disk disk;
    libxl_diskinfo info;

    assert_int_equal(libxl_vdev_to_device_disk(guest_ctx, domid, "xvda", &disk),
                     0);
    assert_string_equal(disk.pdev_path, "disk");
    assert_string_equal(disk.vdev, "xvda");
    assert_int_equal(disk.backend, LIBXL_DISK_BACKEND_PHY);
    assert_true(disk.readwrite);
    assert_int_equal(libxl_device_disk_getinfo(guest_ctx, domid, &disk, &info),
                     0);
    assert_string_equal(info.backend, BACK "/vbd/1/51712");
    assert_string_equal(info.frontend, FRONT "/vbd/51712");
    assert_int_equal(info.frontend_id, domid);
    assert_int_equal(info.backend_id, 0);
    assert_int_equal(info.devid, XVDA);
    assert_int_equal(info.state, number);
    assert_int_equal(info.evtch, -1);
    assert_int_equal(info.rref, -1);
    libxl_diskinfo_dispose(&info);
    libxl_device_disk_dispose(&disk);
}

static void check_nic_info(uint32_t domid, int number)
{
    libxl_device_nic nic, same;
    libxl_nicinfo info;
    char mac[32];

    assert_int_equal(libxl_devid_to_device_nic(guest_ctx, domid, 0, &nic), 0);
    assert_string_equal(nic.bridge, "xenbr0");
    assert_int_equal(nic.nictype, LIBXL_NIC_TYPE_VIF);
    snprintf(mac, sizeof(mac), MAC_OF, nic.mac[0], nic.mac[1], nic.mac[2],
             nic.mac[3], nic.mac[4], nic.mac[5]);
    assert_int_equal(libxl_mac_to_device_nic(guest_ctx, domid, mac, &same), 0);
    assert_int_equal(same.devid, 0);
    libxl_device_nic_dispose(&same);
    assert_int_equal(libxl_device_nic_getinfo(guest_ctx, domid, &nic, &info),
                     0);
    assert_string_equal(info.backend, BACK "/vif/1/0");
    assert_string_equal(info.frontend, FRONT "/vif/0");
    assert_int_equal(info.devid, 0);
    assert_int_equal(info.state, number);
    assert_int_equal(info.evtch, -1);
    assert_int_equal(info.rref_tx, -1);
    assert_int_equal(info.rref_rx, -1);
    libxl_nicinfo_dispose(&info);
    libxl_device_nic_dispose(&nic);
}

static void check_lists(uint32_t domid)
{
    libxl_device_disk *disks;
    libxl_device_nic *nics;
    int count;

    disks = libxl_device_disk_list(guest_ctx, domid, &count);
    assert_int_equal(count, 1);
    assert_string_equal(disks[0].vdev, "xvda");
    libxl_device_disk_list_free(disks, count);
    nics = libxl_device_nic_list(guest_ctx, domid, &count);
    assert_int_equal(count, 1);
    assert_int_equal(nics[0].devid, 0);
    libxl_device_nic_list_free(nics, count);
}

static void devices_are_found_whatever_the_guest_writes(void **state)
{
    uint32_t domid = guest_create(1, 1);

    check_lists(domid);
    check_disk_info(domid, 1);
    check_nic_info(domid, 1);
    write_junk();
    check_lists(domid);
    check_disk_info(domid, -1);
    check_nic_info(domid, -1);
    fake_store_rm(FRONT);
    check_lists(domid);
    check_disk_info(domid, -1);
    check_nic_info(domid, -1);
    guest_has(domid, 1, 1);
    guest_destroy(domid);
    assert_string_equal(fake_errors(), "");
}

/* Linux in dom0 notes what a guest has made of its devices. */
static void what_went_wrong_is_forgotten(void **state)
{
    uint32_t domid = guest_create(1, 1);
    libxl_device_disk disk;

    fake_store_write(ERRORS "/vbd/1/51712/error", "22 saw state 9");
    fake_store_write(ERRORS "/vif/1/0/error", "22 saw state 9");
    fake_store_write(ERRORS "/vif/2/0/error", "another guest's");
    assert_int_equal(libxl_vdev_to_device_disk(guest_ctx, domid, "xvda", &disk),
                     0);
    assert_int_equal(libxl_device_disk_destroy(guest_ctx, domid, &disk, NULL),
                     0);
    libxl_device_disk_dispose(&disk);
    guest_node_is(ERRORS "/vbd", NULL);
    guest_node_is(ERRORS "/vif/1/0/error", "22 saw state 9");
    guest_destroy(domid);
    guest_node_is(ERRORS "/vif/1", NULL);
    guest_node_is(ERRORS "/vif/2/0/error", "another guest's");
    fake_store_rm("/local/domain/0/error");

    /* The last one that has errors. */
    domid = guest_create(1, 1);
    fake_store_write(ERRORS "/vbd/1/51712/error", "22 saw state 9");
    guest_destroy(domid);
    guest_node_is("/local/domain/0/error", NULL);
    assert_string_equal(fake_errors(), "");
}

static void what_is_not_there_is_not_found(void **state)
{
    uint32_t domid = guest_create(1, 1);
    libxl_device_disk disk;
    libxl_device_nic nic;
    libxl_diskinfo diskinfo;
    libxl_nicinfo nicinfo;
    int count = -1;

    assert_true(libxl_vdev_to_device_disk(guest_ctx, domid, "xvdb", &disk));
    libxl_device_disk_dispose(&disk);
    assert_true(libxl_vdev_to_device_disk(guest_ctx, domid, "no", &disk));
    libxl_device_disk_dispose(&disk);
    fake_disk(&disk, "xvdb");
    assert_true(libxl_device_disk_getinfo(guest_ctx, domid, &disk, &diskinfo));
    libxl_device_disk_dispose(&disk);
    assert_true(libxl_devid_to_device_nic(guest_ctx, domid, 1, &nic));
    libxl_device_nic_dispose(&nic);
    assert_true(libxl_devid_to_device_nic(guest_ctx, domid, -1, &nic));
    libxl_device_nic_dispose(&nic);
    assert_true(libxl_mac_to_device_nic(guest_ctx, domid, "00:16:3e:0", &nic));
    libxl_device_nic_dispose(&nic);
    assert_true(
        libxl_mac_to_device_nic(guest_ctx, domid, "00:16:3f:00:00:01", &nic));
    libxl_device_nic_dispose(&nic);
    libxl_device_nic_init(&nic);
    assert_true(libxl_device_nic_getinfo(guest_ctx, domid, &nic, &nicinfo));
    libxl_device_nic_dispose(&nic);
    libxl_device_disk_list_free(libxl_device_disk_list(guest_ctx, 99, &count),
                                0);
    assert_int_equal(count, 0);
    guest_destroy(domid);
}

/* Nothing of a guest may be left if it is not created. */
static void refuse(const char *word)
{
    struct fake_rest before = fake_rest_take();
    libxl_domain_config config;
    uint32_t domid;

    fake_config(&config, "g");
    fake_config_devices(&config, 2, 2);
    fake_log_forget();
    assert_true(
        libxl_domain_create_new(guest_ctx, &config, &domid, NULL, NULL));
    libxl_domain_config_dispose(&config);
    if (!strstr(fake_errors(), word))
        fail_msg("no word of %s in: %s", word, fake_errors());
    assert_true(fake_rest_is_equal(before, fake_rest_take(), word));
}

static void a_guest_without_a_backend_is_not_created(void **state)
{
    const char *late;

    fake_backends_are("/vif/1/1", (struct fake_backend) { 0 });
    refuse("no backend has answered at '" BACK "/vif/1/1'");
    /* It is asked to close once, and waited for once. */
    late = strstr(fake_warnings(), "has not closed");
    assert_non_null(late);
    assert_null(strstr(late + 1, "has not closed"));
    fake_backends_are("/vif/1/1",
                      (struct fake_backend) { .seen = "junk", .closed = "6" });
    refuse("vif[1]");
    fake_backends_are("/vif/1/1",
                      (struct fake_backend) { .seen = "6", .closed = "6" });
    refuse("has closed");
    fake_backends_are("/vif/1/1",
                      (struct fake_backend) { .seen = "2", .closed = "junk" });
    guest_script("block", "exit 1");
    refuse("disk[0]");
}

/* What the scripts have done is taken back. */
static void a_creation_that_fails_later_runs_the_scripts(void **state)
{
    guest_script("block", "");
    guest_script("vif-bridge", "");
    setenv("LIBXL_DEBUG_FAIL_AFTER", "store", 1);
    refuse("'store'");
    unsetenv("LIBXL_DEBUG_FAIL_AFTER");
    assert_true(fake_has(guest_file("script.log"),
                         (const char *const[]) { "block add", "block remove",
                                                 "offline", NULL }));
}

static void a_backend_may_take_its_time(void **state)
{
    fake_backends_are("/backend/", (struct fake_backend) {
                                       .seen = "2",
                                       .closed = "6",
                                       .delay_ms = 100,
                                   });
    guest_destroy(guest_create(2, 2));
}

/* The guest is gone all the same, and its devices too. */
static void a_backend_that_does_not_close_is_removed(void **state)
{
    uint32_t domid = guest_create(2, 2);

    guest_script("vif-bridge", "");
    fake_backends_are("/vif/1/0", (struct fake_backend) { .seen = "2" });
    guest_destroy(domid);
    assert_non_null(strstr(guest_file("script.log"), "vif=vif1.0"));
    assert_non_null(
        strstr(fake_warnings(), "has not closed '" BACK "/vif/1/0'"));
    assert_null(strstr(fake_warnings(), "/vif/1/1"));
}

/* The scripts of a destroyed guest need not work. */
static void a_script_does_not_keep_a_guest(void **state)
{
    uint32_t domid = guest_create(1, 1);

    guest_script("block", "exit 3");
    guest_script("vif-bridge", "sleep 20");
    guest_destroy(domid);
    assert_true(fake_has(
        fake_errors(),
        (const char *const[]) { "exit status 3", "did not end within", NULL }));
}

/* Another program detaches the disk when it has been found. */
static void take_disk(uint32_t type, const char *path)
{
    if (type == XS_DIRECTORY && !strcmp(path, "/libxl/1/device/vbd/51712"))
        fake_store_rm("/libxl/1/device/vbd");
}

static void that_goes_is_not_found(void **state)
{
    uint32_t domid = guest_create(1, 0);
    libxl_device_disk disk;

    fake_store_hook = take_disk;
    assert_int_equal(libxl_vdev_to_device_disk(guest_ctx, domid, "xvda", &disk),
                     ERROR_NOTFOUND);
    fake_store_hook = NULL;
    libxl_device_disk_dispose(&disk);
    guest_destroy(domid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(a_guest_with_a_disk_and_an_interface),
        GUEST_TEST(a_guest_with_many_devices),
        GUEST_TEST(a_guest_with_a_virtio_disk),
        GUEST_TEST(another_guest_keeps_its_devices),
        GUEST_TEST(devices_of_another_domain_leave_nothing),
        GUEST_TEST(devices_are_found_whatever_the_guest_writes),
        GUEST_TEST(what_went_wrong_is_forgotten),
        GUEST_TEST(what_is_not_there_is_not_found),
        GUEST_TEST(a_guest_without_a_backend_is_not_created),
        GUEST_TEST(a_creation_that_fails_later_runs_the_scripts),
        GUEST_TEST(a_backend_may_take_its_time),
        GUEST_TEST(a_backend_that_does_not_close_is_removed),
        GUEST_TEST(a_script_does_not_keep_a_guest),
        GUEST_TEST(that_goes_is_not_found),
    };

    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
