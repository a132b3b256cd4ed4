/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What is written to xenstore for devices of each kind: printed, and held
 * against the files of device-nodes/.  With UPDATE in the environment the files
 * are written anew.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "device/device.h"
#include "host.h"
#include "sysfs.h"
#include "types-index.h"

#define FILES "tools/tests/fake/device-nodes"

#define DOMID 5

static char files[256];
static libxl_domain_config config;

static int set_up(void **state)
{
    int r = fake_host_reset(state);

    fake_domain_add(3, 0);
    fake_store_write("/local/domain/3/name", "driver");
    fake_config(&config, "g");
    return r;
}

static void print(struct libxl__xs_changes *changes, const char *title,
                  FILE *file)
{
    fprintf(file, "## %s\n", title);
    libxl__xs_print(changes, file);
    fputc('\n', file);
}

/* Leaves the consoles out where there are other devices. */
static void drop_consoles(struct libxl__devices *devices)
{
    if (!devices->list[devices->count - 1].config)
        return;
    while (!devices->list->config) {
        devices->list++;
        devices->count--;
    }
}

/* Both parts of what is recorded of the devices of the configuration. */
static void print_devices(libxl__gc *gc, FILE *file)
{
    struct libxl__xs_changes changes;
    struct libxl__devices devices;
    unsigned int i;

    assert_int_equal(libxl__devices_gather(gc, &config, &devices), 0);
    drop_consoles(&devices);
    for (i = 0; i < devices.count; i++)
        if (devices.list[i].kind->traits & DEVICE_SLOT)
            devices.list[i].kind->set_slot(devices.list[i].config,
                                           0x2000000 + i * 0x200, 33 + i);
    libxl__devices_place(&devices, DOMID);
    libxl__xs_changes_init(&changes, gc);
    libxl__devices_record_kept(&devices, &changes);
    print(&changes, "below /libxl", file);
    libxl__xs_changes_dispose(&changes);
    libxl__xs_changes_init(&changes, gc);
    libxl__devices_record_ends(&devices, &changes);
    print(&changes, "both ends", file);
    libxl__xs_changes_dispose(&changes);
}

static void compare(const char *printed, const char *name)
{
    char path[512], wanted[20000];
    size_t size = 0;
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s.txt", files, name);
    if (getenv("UPDATE")) {
        file = fopen(path, "w");
        assert_non_null(file);
        fputs(printed, file);
        fclose(file);
    }
    file = fopen(path, "r");
    assert_non_null(file);
    size = fread(wanted, 1, sizeof(wanted) - 1, file);
    fclose(file);
    wanted[size] = '\0';
    assert_string_equal(printed, wanted);
}

/* Disposes of the configuration. */
static void expect(const char *name)
{
    libxl_ctx *ctx = fake_ctx();
    char *printed;
    size_t size;
    FILE *file = open_memstream(&printed, &size);
    LIBXL__GC(gc, ctx);

    print_devices(gc, file);
    fclose(file);
    assert_string_equal(fake_errors(), "");
    compare(printed, name);
    free(printed);
    libxl__gc_dispose(gc);
    libxl_ctx_free(ctx);
    libxl_domain_config_dispose(&config);
}

static void replace(char **string, const char *value)
{
    free(*string);
    *string = strdup(value);
}

static void consoles(void **state)
{
    config.b_info.arch_arm.vuart = LIBXL_VUART_TYPE_SBSA_UART;
    expect("consoles");
}

static void a_disk(void **state)
{
    fake_config_devices(&config, 1, 0);
    expect("disk");
}

static void a_disk_that_is_read_only(void **state)
{
    fake_config_devices(&config, 1, 0);
    config.disks[0].readwrite = 0;
    replace(&config.disks[0].vdev, "sda1");
    expect("disk-read-only");
}

static void a_cdrom(void **state)
{
    fake_config_devices(&config, 1, 0);
    config.disks[0].readwrite = 0;
    config.disks[0].is_cdrom = 1;
    config.disks[0].removable = 1;
    replace(&config.disks[0].vdev, "hdc");
    expect("disk-cdrom");
}

static void a_disk_with_all_options(void **state)
{
    fake_config_devices(&config, 1, 0);
    replace(&config.disks[0].pdev_path, "iqn=one,portal=two");
    config.disks[0].script = strdup("block-own");
    config.disks[0].removable = 1;
    config.disks[0].direct_io_safe = true;
    libxl_defbool_set(&config.disks[0].discard_enable, false);
    libxl_defbool_set(&config.disks[0].trusted, false);
    expect("disk-options");
}

static void a_disk_of_another_domain(void **state)
{
    fake_config_devices(&config, 1, 0);
    replace(&config.disks[0].pdev_path, "/dev/not-here");
    config.disks[0].backend_domname = strdup("driver");
    expect("disk-elsewhere");
}

static void disks_of_qemu(void **state)
{
    fake_config_devices(&config, 2, 0);
    config.disks[0].format = LIBXL_DISK_FORMAT_QCOW2;
    config.disks[1].backend = LIBXL_DISK_BACKEND_QDISK;
    expect("disk-qdisk");
}

static void a_folder(void **state)
{
    config.num_p9s = 1;
    config.p9s = calloc(1, sizeof(*config.p9s));
    libxl_device_p9_init(config.p9s);
    config.p9s[0].tag = strdup("share");
    config.p9s[0].path = strdup("/srv/share");
    config.p9s[0].security_model = strdup("none");
    expect("p9");
}

#ifdef LIBXL_HAVE_XEN_9PFS
static void a_folder_of_the_daemon(void **state)
{
    config.num_p9s = 1;
    config.p9s = calloc(1, sizeof(*config.p9s));
    assert_int_equal(
        libxl_device_p9_from_json(NULL, config.p9s,
                                  "{\"type\": \"xen_9pfsd\","
                                  " \"path\": \"/srv\", \"max_space\": 9,"
                                  " \"auto_delete\": true}"),
        0);
    expect("p9-daemon");
}
#endif

static void add_vfb(const char *json)
{
    config.num_vfbs = config.num_vkbs = 1;
    config.vfbs = calloc(1, sizeof(*config.vfbs));
    config.vkbs = calloc(1, sizeof(*config.vkbs));
    assert_int_equal(libxl_device_vfb_from_json(NULL, config.vfbs, json), 0);
    libxl_device_vkb_init(config.vkbs);
}

static void a_framebuffer(void **state)
{
    add_vfb("{}");
    expect("vfb");
}

static void a_framebuffer_with_all_options(void **state)
{
    add_vfb("{\"vnc\": {\"listen\": \"::\", \"passwd\": \"secret\","
            " \"findunused\": \"False\"},"
            " \"sdl\": {\"enable\": \"True\", \"opengl\": \"True\","
            " \"display\": \":1\", \"xauthority\": \"/root/.Xauthority\"},"
            " \"keymap\": \"de\"}");
    expect("vfb-options");
}

static void channels(void **state)
{
    int i;

    config.num_channels = 2;
    config.channels = calloc(2, sizeof(*config.channels));
    for (i = 0; i < 2; i++)
        libxl_device_channel_init(&config.channels[i]);
    config.channels[0].name = strdup("org.one");
    config.channels[0].devid = 0;
    libxl_device_channel_init_connection(&config.channels[0],
                                         LIBXL_CHANNEL_CONNECTION_PTY);
    config.channels[1].name = strdup("org.two");
    libxl_device_channel_init_connection(&config.channels[1],
                                         LIBXL_CHANNEL_CONNECTION_SOCKET);
    config.channels[1].u.socket.path = strdup("/tmp/two.sock");
    expect("channels");
}

static void virtio_disks(void **state)
{
    int i;

    fake_config_devices(&config, 2, 0);
    for (i = 0; i < 2; i++) {
        config.disks[i].specification = LIBXL_DISK_SPECIFICATION_VIRTIO;
        config.disks[i].backend = LIBXL_DISK_BACKEND_STANDALONE;
    }
    config.disks[1].backend_domid = 3;
#ifdef LIBXL__HAS_DEVICE_DISK_GRANT_USAGE
    expect("virtio-disk-grants");
#else
    expect("virtio-disk");
#endif
}

static void add_nic(int devid)
{
    static const libxl_mac mac = { 0x00, 0x16, 0x3e, 0x01, 0x02, 0x03 };

    fake_config_devices(&config, 0, 1);
    memcpy(config.nics[0].mac, mac, sizeof(mac));
    config.nics[0].devid = devid;
}

static void an_interface(void **state)
{
    add_nic(-1);
    expect("vif");
}

static void an_interface_with_all_options(void **state)
{
    libxl_device_nic *nic;

    add_nic(2);
    nic = config.nics;
    nic->mtu = 9000;
    nic->bridge = strdup("br7");
    nic->script = strdup("/opt/vif-own");
    nic->ifname = strdup("uplink");
    nic->ip = strdup("10.0.0.2 10.0.0.3");
    nic->gatewaydev = strdup("eth7");
    nic->rate_bytes_per_interval = 50000;
    nic->rate_interval_usecs = 20000;
    libxl_defbool_set(&nic->trusted, false);
    expect("vif-options");
}

static void an_interface_of_another_domain(void **state)
{
    add_nic(0);
    config.nics[0].backend_domid = 3;
    expect("vif-elsewhere");
}

static void tables(void **state)
{
    fake_config_tables(&config);
    expect("tables");
}

static void tables_of_another_domain(void **state)
{
    fake_config_tables(&config);
    config.vtpms->backend_domid = config.vdispls->backend_domid = 3;
    config.vdispls->be_alloc = false;
    config.vsnds->devid = 7;
    config.num_pvcallsifs = 0;
    expect("tables-elsewhere");
}

static void usb_controllers(void **state)
{
    int i;

    config.num_usbctrls = 2;
    config.usbctrls = calloc(2, sizeof(*config.usbctrls));
    for (i = 0; i < 2; i++)
        libxl_device_usbctrl_init(&config.usbctrls[i]);
    fake_driver("usb", "usbback");
    config.usbctrls[0].ports = 2;
    config.usbctrls[0].version = 1;
    config.usbctrls[1].type = LIBXL_USBCTRL_TYPE_PV;
    config.usbctrls[1].backend_domid = 3;
    expect("usbctrl");
}

#ifdef LIBXL__HAS_DOMAIN_CONFIG_NUM_VIRTIOS
static void virtio_devices(void **state)
{
    int i;

    config.num_virtios = 2;
    config.virtios = calloc(2, sizeof(*config.virtios));
    for (i = 0; i < 2; i++)
        libxl_device_virtio_init(&config.virtios[i]);
    config.virtios[0].type = strdup("virtio,device22");
    config.virtios[1].type = strdup("virtio,device");
    config.virtios[1].backend_domid = 3;
    expect("virtio");
}
#endif

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    char folder[200];
    const struct CMUnitTest tests[] = {
        TEST(consoles),
        TEST(a_disk),
        TEST(a_disk_that_is_read_only),
        TEST(a_cdrom),
        TEST(a_disk_with_all_options),
        TEST(a_disk_of_another_domain),
        TEST(disks_of_qemu),
        TEST(a_folder),
#ifdef LIBXL_HAVE_XEN_9PFS
        TEST(a_folder_of_the_daemon),
#endif
        TEST(a_framebuffer),
        TEST(a_framebuffer_with_all_options),
        TEST(channels),
        TEST(virtio_disks),
        TEST(an_interface),
        TEST(an_interface_with_all_options),
        TEST(an_interface_of_another_domain),
        TEST(tables),
        TEST(tables_of_another_domain),
        TEST(usb_controllers),
#ifdef LIBXL__HAS_DOMAIN_CONFIG_NUM_VIRTIOS
        TEST(virtio_devices),
#endif
    };

    /* The tests run in a folder of their own. */
    if (!getcwd(folder, sizeof(folder)))
        return 1;
    snprintf(files, sizeof(files), "%s/" FILES, folder);
    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
