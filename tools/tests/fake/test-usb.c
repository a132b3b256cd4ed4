/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * USB controllers, and devices of the host at their ports.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxl_utils.h>

#include "guest.h"
#include "sysfs.h"

static libxl_domain_config config;

static void add_host_device(const char *name, const char *bus,
                            const char *address, const char *class)
{
    fake_device("usb", name, NULL);
    fake_device_file("usb", name, "busnum", bus);
    fake_device_file("usb", name, "devnum", address);
    fake_device_file("usb", name, "bDeviceClass", class);
}

/* 1-1 has two interfaces, 1-2 one, 2-1.4 one without a driver. */
static int set_up(void **state)
{
    int r = guest_set_up(state);

    fake_backends_are("/backend/vusb/", FAKE_BACKEND_GOOD);
    add_host_device("1-1", "1\n", "2\n", "00\n");
    fake_device("usb", "1-1:1.0", "usbhid");
    fake_device("usb", "1-1:1.1", "usbhid");
    add_host_device("1-2", "1\n", "3\n", "00\n");
    fake_device("usb", "1-2:1.0", "uas");
    add_host_device("1-3", "1\n", "4\n", "09\n");
    add_host_device("2-1.4", "2\n", "5\n", "00\n");
    fake_device("usb", "2-1.4:1.0", NULL);
    fake_driver("usb", "usbback");
    fake_config(&config, "g");
    return r;
}

static int tear_down(void **state)
{
    libxl_domain_config_dispose(&config);
    /* Debian's library leaves it, too. */
    fake_store_rm("/libxl/usbback");
    return guest_tear_down(state);
}

static void add_controller(int ports)
{
    libxl_device_usbctrl *added;

    config.usbctrls = realloc(config.usbctrls, (config.num_usbctrls + 1) *
                                                   sizeof(*config.usbctrls));
    added = &config.usbctrls[config.num_usbctrls++];
    libxl_device_usbctrl_init(added);
    added->ports = ports;
}

static libxl_device_usbdev device(int bus, int address, int ctrl, int port)
{
    libxl_device_usbdev usbdev;

    libxl_device_usbdev_init(&usbdev);
    /* xl leaves the type unset, too, where the configuration names none. */
    usbdev.u.hostdev.hostbus = bus;
    usbdev.u.hostdev.hostaddr = address;
    usbdev.ctrl = ctrl;
    usbdev.port = port;
    return usbdev;
}

static void add_device(int bus, int address, int ctrl, int port)
{
    config.usbdevs = realloc(config.usbdevs, (config.num_usbdevs + 1) *
                                                 sizeof(*config.usbdevs));
    config.usbdevs[config.num_usbdevs++] = device(bus, address, ctrl, port);
}

static uint32_t create(void)
{
    uint32_t domid;
    int rc = libxl_domain_create_new(guest_ctx, &config, &domid, NULL, NULL);

    if (rc)
        fail_msg("%d: %s", rc, fake_errors());
    return domid;
}

static void port_is(int ctrl, int port, const char *name)
{
    char path[128];

    snprintf(path, sizeof(path), "/local/domain/0/backend/vusb/1/%d/port/%d",
             ctrl, port);
    guest_node_is(path, name);
}

static int attach(uint32_t domid, int bus, int address, int ctrl, int port)
{
    libxl_device_usbdev usbdev = device(bus, address, ctrl, port);

    return libxl_device_usbdev_add(guest_ctx, domid, &usbdev, NULL);
}

static int detach(uint32_t domid, int ctrl, int port)
{
    libxl_device_usbdev usbdev = device(0, 0, ctrl, port);

    return libxl_device_usbdev_remove(guest_ctx, domid, &usbdev, NULL);
}

static void drivers_are(const char *one, const char *two, const char *four)
{
    fake_driver_is("usb", "1-1:1.0", one);
    fake_driver_is("usb", "1-1:1.1", one);
    fake_driver_is("usb", "1-2:1.0", two);
    fake_driver_is("usb", "2-1.4:1.0", four);
}

static void says(const char *word)
{
    if (!strstr(fake_errors(), word))
        fail_msg("no '%s' in: %s", word, fake_errors());
    fake_log_forget();
}

/* So many controllers and devices are stored. */
static void stored_has(uint32_t domid, int ctrls, int devs)
{
    libxl_domain_config stored;

    guest_stored(domid, &stored);
    assert_int_equal(stored.num_usbctrls, ctrls);
    assert_int_equal(stored.num_usbdevs, devs);
    libxl_domain_config_dispose(&stored);
}

static void devices_come_and_go_with_the_guest(void **state)
{
    uint32_t domid;

    add_controller(2);
    add_device(1, 2, -1, 0);
    add_device(2, 5, 0, 1);
    domid = create();
    port_is(0, 2, "1-1");
    port_is(0, 1, "2-1.4");
    drivers_are("usbback", "uas", "usbback");
    guest_node_is("/libxl/usbback/1-1/1-1@1_0/driver_path",
                  "sys/usb/drivers/usbhid");
    stored_has(domid, 1, 2);
    guest_destroy(domid);
    drivers_are("usbhid", "uas", NULL);
    guest_node_is("/libxl/usbback/1-1", NULL);
    assert_string_equal(fake_errors(), "");
}

static void controllers_are_added_where_ports_are_missing(void **state)
{
    libxl_domain_config stored;
    uint32_t domid;

    add_controller(1);
    add_device(1, 2, -1, 0);
    add_device(1, 3, -1, 0);
    domid = create();
    port_is(0, 1, "1-1");
    port_is(1, 1, "1-2");
    guest_stored(domid, &stored);
    assert_int_equal(stored.num_usbctrls, 2);
    assert_int_equal(stored.usbctrls[1].type, LIBXL_USBCTRL_TYPE_AUTO);
    assert_int_equal(stored.usbctrls[1].devid, 1);
    assert_int_equal(stored.usbdevs[0].type, LIBXL_USBDEV_TYPE_HOSTDEV);
    assert_int_equal(stored.usbdevs[1].ctrl, 1);
    assert_int_equal(stored.usbdevs[1].port, 1);
    libxl_domain_config_dispose(&stored);
    guest_destroy(domid);
}

static void devices_are_attached_and_detached(void **state)
{
    libxl_device_usbdev usbdev = device(1, 2, -1, 0), found;
    uint32_t domid = create();
    libxl_device_usbdev *list;
    int count;

    assert_int_equal(libxl_device_usbdev_add(guest_ctx, domid, &usbdev, NULL),
                     0);
    assert_int_equal(usbdev.ctrl, 0);
    assert_int_equal(usbdev.port, 1);
    assert_int_equal(attach(domid, 1, 3, 0, 8), 0);
    drivers_are("usbback", "usbback", NULL);
    stored_has(domid, 1, 2);

    list = libxl_device_usbdev_list(guest_ctx, domid, &count);
    assert_int_equal(count, 2);
    libxl_device_usbdev_list_free(list, count);
    assert_int_equal(
        libxl_ctrlport_to_device_usbdev(guest_ctx, domid, 0, 8, &found), 0);
    assert_int_equal(found.u.hostdev.hostbus, 1);
    assert_int_equal(found.u.hostdev.hostaddr, 3);
    assert_int_not_equal(
        libxl_ctrlport_to_device_usbdev(guest_ctx, domid, 0, 7, &found), 0);

    assert_int_equal(detach(domid, 0, 1), 0);
    drivers_are("usbhid", "usbback", NULL);
    stored_has(domid, 1, 1);
    assert_int_equal(detach(domid, 0, 1), ERROR_INVAL);
    says("port 1");
    guest_destroy(domid);
    drivers_are("usbhid", "uas", NULL);
}

static void a_controller_takes_its_devices_along(void **state)
{
    libxl_device_usbctrl ctrl;
    libxl_usbctrlinfo info;
    uint32_t domid = create();

    assert_int_equal(attach(domid, 1, 2, -1, 0), 0);
    assert_int_equal(libxl_devid_to_device_usbctrl(guest_ctx, domid, 0, &ctrl),
                     0);
    assert_int_equal(ctrl.type, LIBXL_USBCTRL_TYPE_PV);
    assert_int_equal(ctrl.version, 2);
    assert_int_equal(ctrl.ports, 8);
    assert_int_equal(
        libxl_device_usbctrl_getinfo(guest_ctx, domid, &ctrl, &info), 0);
    assert_int_equal(info.type, LIBXL_USBCTRL_TYPE_PV);
    assert_int_equal(info.ports, 8);
    assert_int_equal(info.version, 2);
    libxl_usbctrlinfo_dispose(&info);
    assert_int_equal(libxl_device_usbctrl_remove(guest_ctx, domid, &ctrl, NULL),
                     0);
    libxl_device_usbctrl_dispose(&ctrl);
    drivers_are("usbhid", "uas", NULL);
    stored_has(domid, 0, 0);
    guest_destroy(domid);
}

static void what_cannot_be_attached_is_named(void **state)
{
    uint32_t domid;

    add_controller(2);
    domid = create();
    assert_int_equal(attach(domid, 1, 9, -1, 0), ERROR_INVAL);
    says("'hostaddr' 9");
    assert_int_equal(attach(domid, 1, 4, -1, 0), ERROR_INVAL);
    says("hub");
    assert_int_equal(attach(domid, 1, 0, -1, 0), ERROR_INVAL);
    says("'hostaddr' 0");
    assert_int_equal(attach(domid, 1, 2, 7, 1), ERROR_INVAL);
    says("controller 7");
    assert_int_equal(attach(domid, 1, 2, 0, 3), ERROR_INVAL);
    says("has 2 ports");
    assert_int_equal(attach(domid, 1, 2, -1, 1), ERROR_INVAL);
    says("'controller'");
    assert_int_equal(attach(domid, 1, 2, 0, 1), 0);
    assert_int_equal(attach(domid, 1, 2, 0, 2), ERROR_INVAL);
    says("has the device '1-1' already");
    assert_int_equal(attach(domid, 1, 3, 0, 1), ERROR_INVAL);
    says("port 1 of controller 0 has a device already");
    stored_has(domid, 1, 1);
    guest_destroy(domid);
}

static void a_driver_that_refuses_leaves_all_as_it_was(void **state)
{
    uint32_t domid = create();

    fake_sysfs_refuse("usbback/bind");
    assert_int_equal(attach(domid, 1, 2, -1, 0), ERROR_FAIL);
    says("usbback/bind");
    fake_sysfs_refuse(NULL);
    drivers_are("usbhid", "uas", NULL);
    guest_node_is("/libxl/usbback/1-1", NULL);
    guest_node_is("/libxl/1/device/vusb/0", NULL);
    stored_has(domid, 0, 0);
    guest_destroy(domid);
}

static void refused(const char *word)
{
    uint32_t domid;

    assert_int_equal(
        libxl_domain_create_new(guest_ctx, &config, &domid, NULL, NULL),
        ERROR_FAIL);
    says(word);
    drivers_are("usbhid", "uas", NULL);
}

static void a_creation_that_fails_gives_devices_back(void **state)
{
    add_device(1, 2, -1, 0);
    setenv("LIBXL_DEBUG_FAIL_AFTER", "devices", 1);
    refused("'devices'");
    unsetenv("LIBXL_DEBUG_FAIL_AFTER");
    add_device(1, 3, -1, 0);
    fake_sysfs_refuse("uas/unbind");
    refused("uas/unbind");
    fake_sysfs_refuse(NULL);
}

static void what_a_guest_cannot_have_is_named(void **state)
{
    add_controller(32);
    refused("'ports' from 1 to 31");
    config.usbctrls[0].ports = 2;
    config.usbctrls[0].version = 3;
    refused("'version' 3");
    config.usbctrls[0].version = 0;
    config.usbctrls[0].type = LIBXL_USBCTRL_TYPE_DEVICEMODEL;
    refused("\"devicemodel\"");
    config.usbctrls[0].type = LIBXL_USBCTRL_TYPE_QUSB;
    refused("\"qusb\"");
    config.usbctrls[0].type = LIBXL_USBCTRL_TYPE_AUTO;
    add_device(1, 2, 0, 1);
    add_device(1, 3, 0, 1);
    refused("usbdev[0]: port 1 of controller 0 has a device already");
    config.usbdevs[1] = device(1, 2, 0, 2);
    refused("already");
}

static void without_usbback_the_driver_is_named(void **state)
{
    remove("sys/usb/drivers/usbback/bind");
    remove("sys/usb/drivers/usbback/unbind");
    remove("sys/usb/drivers/usbback");
    add_controller(2);
    refused("'usbback'");
    config.usbctrls[0].type = LIBXL_USBCTRL_TYPE_PV;
    add_device(1, 2, 0, 1);
    refused("'usbback'");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(devices_come_and_go_with_the_guest),
        TEST(controllers_are_added_where_ports_are_missing),
        TEST(devices_are_attached_and_detached),
        TEST(a_controller_takes_its_devices_along),
        TEST(what_cannot_be_attached_is_named),
        TEST(a_driver_that_refuses_leaves_all_as_it_was),
        TEST(a_creation_that_fails_gives_devices_back),
        TEST(what_a_guest_cannot_have_is_named),
        TEST(without_usbback_the_driver_is_named),
    };

    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
