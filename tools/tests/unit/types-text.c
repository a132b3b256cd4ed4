/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Tests of the text of fields: there and back over types of each release,
 * and text that is no value.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "types-index.h"
#include "types-stubs.h"
#include "types/text.h"
#include "types/type.h"

#define NIC(field)  LIBXL__TYPE_DEVICE_NIC, offsetof(libxl_device_nic, field)
#define DISK(field) LIBXL__TYPE_DEVICE_DISK, offsetof(libxl_device_disk, field)
#define VTPM(field) LIBXL__TYPE_DEVICE_VTPM, offsetof(libxl_device_vtpm, field)
#define VFB(field)  LIBXL__TYPE_DEVICE_VFB, offsetof(libxl_device_vfb, field)
#define DOMAIN(field)                                                          \
    LIBXL__TYPE_DOMAIN_CONFIG, offsetof(libxl_domain_config, field)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

union any {
    libxl_device_nic nic;
    libxl_device_disk disk;
    libxl_device_vtpm vtpm;
    libxl_device_vfb vfb;
    libxl_domain_config domain;
};

/* NULL is a text too: of what is not there. */
static void assert_text(const char *text, const char *expected)
{
    if (expected && text)
        assert_string_equal(text, expected);
    else
        assert_ptr_equal(text, expected);
}

static void index_names_the_types(void **state)
{
    static const struct {
        unsigned int type;
        const char *name;
        size_t size;
    } rows[] = {
        { LIBXL__TYPE_DEVICE_NIC, "libxl_device_nic",
          sizeof(libxl_device_nic) },
        { LIBXL__TYPE_DEVICE_DISK, "libxl_device_disk",
          sizeof(libxl_device_disk) },
        { LIBXL__TYPE_DOMAIN_CONFIG, "libxl_domain_config",
          sizeof(libxl_domain_config) },
        { LIBXL__TYPE_DISK_FORMAT, "libxl_disk_format",
          sizeof(libxl_disk_format) },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct libxl__type *type = &libxl__types[rows[i].type];

        assert_string_equal(libxl__type_name(type), rows[i].name);
        assert_int_equal(type->size, rows[i].size);
    }
}

static bool has_field(unsigned int number, const char *name)
{
    const struct libxl__type *type = &libxl__types[number];

    for (int i = 0; i < type->count; i++)
        if (!strcmp(libxl__names + libxl__fields[type->first + i].name, name))
            return true;
    return false;
}

static void index_names_the_fields(void **state)
{
#ifdef LIBXL__HAS_DOMAIN_CONFIG_NUM_VIRTIOS
    bool has_virtios = true;
#else
    bool has_virtios = false;
#endif

    assert_int_equal(has_field(LIBXL__TYPE_DOMAIN_CONFIG, "num_virtios"),
                     has_virtios);
    assert_int_equal(LIBXL__HAS_DEVICE_NIC_MAC, 1);
    assert_int_equal(LIBXL__HAS_DOMAIN_BUILD_INFO_ARCH_ARM_GIC_VERSION, 1);
}

static void there_and_back(void **state)
{
    static const struct {
        unsigned int type;
        size_t offset;
        const char *text;
    } rows[] = {
        { NIC(backend_domid), "0" },
        { NIC(backend_domid), "4294967295" },
        { NIC(devid), "-1" },
        { NIC(devid), "2147483647" },
        { NIC(devid), "-2147483648" },
        { NIC(mtu), "1500" },
        { NIC(rate_bytes_per_interval), "18446744073709551615" },
        { NIC(rate_interval_usecs), "50000" },
        { NIC(mac), "00:16:3e:12:34:56" },
        { NIC(mac), "00:00:00:00:00:01" },
        { NIC(mac), "ff:ff:ff:ff:ff:ff" },
        { NIC(mac), NULL },
        { NIC(bridge), "xenbr0" },
        { NIC(bridge), "" },
        { NIC(bridge), NULL },
        { NIC(gatewaydev), "eth0\n" },
        { NIC(nictype), "vif" },
        { NIC(nictype), "vif_ioemu" },
        { DISK(backend_domid), "7" },
        { DISK(vdev), "xvda" },
        { DISK(backend), "unknown" },
        { DISK(backend), "qdisk" },
        { DISK(format), "qcow2" },
        { DISK(removable), "1" },
        { DISK(direct_io_safe), "0" },
        { DISK(direct_io_safe), "1" },
        { DISK(discard_enable), "0" },
        { DISK(discard_enable), "1" },
        { DISK(discard_enable), NULL },
        { DISK(colo_port), "-5" },
        { DISK(trusted), "1" },
        { DISK(base), "33554432" },
        { DISK(specification), "virtio" },
        { VTPM(devid), "3" },
        { VTPM(uuid), "5b9cb5f4-0b6f-4bd2-9ba4-4f24a3a4a0a2" },
        { VTPM(uuid), NULL },
        { VFB(devid), "0" },
        { VFB(vnc.enable), "1" },
        { VFB(vnc.listen), "127.0.0.1" },
        { VFB(vnc.display), "12" },
        { VFB(vnc.findunused), "0" },
        { VFB(sdl.enable), "1" },
        { VFB(sdl.xauthority), "/root/.Xauthority" },
        { VFB(keymap), "de" },
        { DOMAIN(c_info.type), "pvh" },
        { DOMAIN(c_info.name), "guest" },
        { DOMAIN(b_info.max_vcpus), "3" },
        { DOMAIN(b_info.arch_arm.gic_version), "v3" },
        { DOMAIN(on_reboot), "restart" },
    };
    LIBXL__GC(gc, NULL);

    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct libxl__type *type = &libxl__types[rows[i].type];
        union any thing, untouched;

        libxl__type_init(type, &thing);
        libxl__type_init(type, &untouched);
        assert_int_equal(libxl__field_parse(gc, rows[i].type, rows[i].offset,
                                            &thing, rows[i].text),
                         0);
        assert_text(libxl__field_text(gc, rows[i].type, rows[i].offset, &thing),
                    rows[i].text);
        /* Back to NULL, all else is as it was. */
        if (!libxl__field_parse(gc, rows[i].type, rows[i].offset, &thing, NULL))
            assert_memory_equal(&thing, &untouched, type->size);
        libxl__type_dispose(type, &thing);
    }
}

/* The values, and not only that both directions agree. */
static void values(void **state)
{
    libxl_device_nic nic;
    libxl_device_disk disk;
    LIBXL__GC(gc, NULL);

    libxl_device_nic_init(&nic);
    libxl_device_disk_init(&disk);
    assert_int_equal(
        libxl__field_parse(gc, NIC(mac), &nic, "00:16:3E:12:34:5f"), 0);
    assert_memory_equal(nic.mac, "\x00\x16\x3e\x12\x34\x5f", 6);
    assert_int_equal(libxl__field_parse(gc, NIC(devid), &nic, "-12"), 0);
    assert_int_equal(nic.devid, -12);
    assert_int_equal(libxl__field_parse(gc, NIC(nictype), &nic, "vif"), 0);
    assert_int_equal(nic.nictype, LIBXL_NIC_TYPE_VIF);
    assert_int_equal(libxl__field_parse(gc, DISK(format), &disk, "raw"), 0);
    assert_int_equal(disk.format, LIBXL_DISK_FORMAT_RAW);
    assert_int_equal(libxl__field_parse(gc, DISK(direct_io_safe), &disk, "1"),
                     0);
    assert_true(disk.direct_io_safe);
    assert_int_equal(libxl__field_parse(gc, DISK(discard_enable), &disk, "0"),
                     0);
    assert_false(libxl_defbool_val(disk.discard_enable));
    assert_int_equal(libxl__field_parse(gc, DISK(discard_enable), &disk, NULL),
                     0);
    assert_true(libxl_defbool_is_default(disk.discard_enable));
    libxl_device_nic_dispose(&nic);
    libxl_device_disk_dispose(&disk);
}

/* What init leaves, and an enum whose value has no name. */
static void defaults(void **state)
{
    libxl_device_nic nic;
    libxl_device_disk disk;
    libxl_device_vtpm vtpm;
    LIBXL__GC(gc, NULL);

    libxl_device_nic_init(&nic);
    libxl_device_disk_init(&disk);
    libxl_device_vtpm_init(&vtpm);
    assert_text(libxl__field_text(gc, NIC(devid), &nic), "-1");
    assert_text(libxl__field_text(gc, NIC(mac), &nic), NULL);
    assert_text(libxl__field_text(gc, NIC(bridge), &nic), NULL);
    assert_text(libxl__field_text(gc, DISK(discard_enable), &disk), NULL);
    assert_text(libxl__field_text(gc, DISK(format), &disk), "unknown");
    assert_text(libxl__field_text(gc, VTPM(uuid), &vtpm), NULL);
    disk.format = 99;
    assert_text(libxl__field_text(gc, DISK(format), &disk), NULL);
}

/* The address sanitizer reports what is not freed, or freed too early. */
static void string_is_replaced(void **state)
{
    libxl_device_nic nic;
    const char *text;
    LIBXL__GC(gc, NULL);

    libxl_device_nic_init(&nic);
    nic.bridge = strdup("xenbr0");
    assert_int_equal(libxl__field_parse(gc, NIC(bridge), &nic, "xenbr1"), 0);
    assert_string_equal(nic.bridge, "xenbr1");
    text = libxl__field_text(gc, NIC(bridge), &nic);
    assert_int_equal(libxl__field_parse(gc, NIC(bridge), &nic, text), 0);
    assert_string_equal(nic.bridge, "xenbr1");
    assert_int_equal(libxl__field_parse(gc, NIC(bridge), &nic, NULL), 0);
    assert_null(nic.bridge);
    libxl_device_nic_dispose(&nic);
}

static void junk(void **state)
{
    static const struct {
        unsigned int type;
        size_t offset;
        const char *text;
    } rows[] = {
        { NIC(backend_domid), NULL },
        { NIC(backend_domid), "" },
        { NIC(backend_domid), "-1" },
        { NIC(backend_domid), "-0" },
        { NIC(backend_domid), "+1" },
        { NIC(backend_domid), "4294967296" },
        { NIC(backend_domid), "0x1" },
        { NIC(backend_domid), "1 " },
        { NIC(backend_domid), " 1" },
        { NIC(backend_domid), "1.0" },
        { NIC(backend_domid), "one" },
        { NIC(devid), NULL },
        { NIC(devid), "" },
        { NIC(devid), "-" },
        { NIC(devid), "--1" },
        { NIC(devid), "- 1" },
        { NIC(devid), "1-" },
        { NIC(devid), "2147483648" },
        { NIC(devid), "-2147483649" },
        { NIC(devid), "-18446744073709551615" },
        { NIC(devid), "-99999999999999999999" },
        { NIC(rate_bytes_per_interval), "18446744073709551616" },
        { NIC(rate_bytes_per_interval), "-1" },
        { NIC(rate_interval_usecs), "4294967296" },
        { NIC(mac), "" },
        { NIC(mac), "00:16:3e:12:34" },
        { NIC(mac), "00:16:3e:12:34:56:78" },
        { NIC(mac), "00:16:3e:12:34:5g" },
        { NIC(mac), "00-16-3e-12-34-56" },
        { NIC(mac), "0:16:3e:12:34:56:" },
        { NIC(mac), "00:16:3e:12:34: 6" },
        { NIC(nictype), NULL },
        { NIC(nictype), "" },
        { NIC(nictype), "vip" },
        { NIC(nictype), "vif " },
        { NIC(nictype), "1" },
        { DISK(direct_io_safe), NULL },
        { DISK(direct_io_safe), "" },
        { DISK(direct_io_safe), "2" },
        { DISK(direct_io_safe), "true" },
        { DISK(direct_io_safe), "-1" },
        { DISK(direct_io_safe), "256" },
        { DISK(direct_io_safe), "01" },
        { DISK(discard_enable), "" },
        { DISK(discard_enable), "2" },
        { DISK(discard_enable), "-1" },
        { DISK(discard_enable), "01" },
        { DISK(discard_enable), "True" },
        { VTPM(uuid), "" },
        { VTPM(uuid), "5b9cb5f4-0b6f-4bd2-9ba4-4f24a3a4a0a" },
        { VTPM(uuid), "5b9cb5f4-0b6f-4bd2-9ba4-4f24a3a4a0a2f" },
        { VTPM(uuid), "5b9cb5f40b6f4bd29ba44f24a3a4a0a2" },
        { VTPM(uuid), "5b9cb5f4-0b6f-4bd2-9ba4-4f24a3a4a0ag" },
        { VFB(vnc.display), "12a" },
    };
    LIBXL__GC(gc, NULL);

    last_message();
    for (size_t i = 0; i < COUNT(rows); i++) {
        union any thing, before;

        memset(&thing, 0xa5, sizeof(thing));
        memcpy(&before, &thing, sizeof(before));
        if (libxl__field_parse(gc, rows[i].type, rows[i].offset, &thing,
                               rows[i].text) != ERROR_INVAL)
            fail_msg("row %zu: '%s' is taken", i, rows[i].text);
        assert_memory_equal(&thing, &before, sizeof(before));
    }
    assert_string_equal(last_message(), "");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(index_names_the_types),
        cmocka_unit_test(index_names_the_fields),
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(values),
        cmocka_unit_test(defaults),
        cmocka_unit_test(string_is_replaced),
        cmocka_unit_test(junk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
