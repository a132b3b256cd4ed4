/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Tests of the public types where the library is better than earlier ones, or
 * where it is told from them by nothing but memory: check-types compares the
 * rest with the distribution's library.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "types-stubs.h"

static void no_ctx_needed(void **state)
{
    libxl_device_nic nic;
    char *json;

    assert_int_equal(libxl_device_nic_from_json(NULL, &nic, "{\"mtu\": 9000}"),
                     0);
    json = libxl_device_nic_to_json(NULL, &nic);
    assert_string_equal(json, "{\n    \"mtu\": 9000\n}\n");
    free(json);
    libxl_device_nic_dispose(&nic);
}

static void dispose_is_idempotent(void **state)
{
    libxl_device_nic nic;

    libxl_device_nic_dispose(NULL);
    libxl_device_nic_init(&nic);
    nic.model = strdup("x");
    libxl_device_nic_dispose(&nic);
    assert_null(nic.model);
    libxl_device_nic_dispose(&nic);

    libxl_bitmap_dispose(NULL);
    libxl_string_list_dispose(NULL);
    libxl_key_value_list_dispose(NULL);
    libxl_dominfo_list_free(NULL, 3);
}

static void copy_owns_its_memory(void **state)
{
    libxl_domain_config config, copy;

    memset(&copy, 0xa5, sizeof(copy));
    libxl_domain_config_init(&config);
    libxl_domain_build_info_init_type(&config.b_info, LIBXL_DOMAIN_TYPE_PVH);
    config.b_info.u.pvh.pvshim_path = strdup("shim");
    config.num_nics = 2;
    config.nics = calloc(2, sizeof(*config.nics));
    libxl_device_nic_init(&config.nics[0]);
    libxl_device_nic_init(&config.nics[1]);
    config.nics[1].bridge = strdup("xenbr0");
    /* A count without a list, as an unfinished caller leaves it. */
    config.num_disks = 3;

    libxl_domain_config_copy(NULL, &copy, &config);
    assert_int_equal(copy.num_nics, 2);
    assert_int_equal(copy.num_disks, 0);
    libxl_domain_config_dispose(&config);
    assert_string_equal(copy.nics[1].bridge, "xenbr0");
    assert_string_equal(copy.b_info.u.pvh.pvshim_path, "shim");
    libxl_domain_config_dispose(&copy);
}

static void list_free(void **state)
{
    libxl_dominfo *list = calloc(2, sizeof(*list));

    libxl_dominfo_init(&list[0]);
    libxl_dominfo_init(&list[1]);
    list[1].ssid_label = strdup("label");
    libxl_dominfo_list_free(list, 2);
}

static void other_key_replaces_member(void **state)
{
    libxl_domain_build_info info;

    libxl_domain_build_info_init(&info);
    libxl_domain_build_info_init_type(&info, LIBXL_DOMAIN_TYPE_PVH);
    info.u.pvh.pvshim_path = strdup("shim");
    libxl_domain_build_info_init_type(&info, LIBXL_DOMAIN_TYPE_HVM);
    assert_int_equal(info.type, LIBXL_DOMAIN_TYPE_HVM);
    assert_null(info.u.hvm.firmware);
    assert_true(info.u.hvm.mmio_hole_memkb == LIBXL_MEMKB_DEFAULT);
    libxl_domain_build_info_dispose(&info);
}

/* The whole range of a uint64_t comes back, and no more than that. */
static void whole_range(void **state)
{
    libxl_device_nic nic;

    assert_int_equal(libxl_device_nic_from_json(NULL, &nic,
                                                "{\"rate_bytes_per_interval\": "
                                                "18446744073709551615}"),
                     0);
    assert_true(nic.rate_bytes_per_interval == UINT64_MAX);
    libxl_device_nic_dispose(&nic);
}

/* A value that is out of range names its key, and nothing of it stays. */
static void failure(void **state)
{
    static const struct {
        const char *text;
        const char *key;
    } rows[] = {
        { "{\"model\": \"x\", \"mtu\": 2147483648}", "'mtu'" },
        { "{\"devid\": -2147483649, \"model\": \"x\"}", "'devid'" },
        { "{\"rate_interval_usecs\": -1}", "'rate_interval_usecs'" },
        { "{\"ip\": \"x\", \"nictype\": \"vip\"}", "'nictype'" },
        { "{\"trusted\": \"True, \"}", "'trusted'" },
        { "{\"mac\": \"00:11:22:33:44:55:66\"}", "'mac'" },
        { "{\"mac\": \"00:11:22:33:44\"}", "'mac'" },
        { "{\"mac\": \"00:11:22:33:44:5g\"}", "'mac'" },
        { "{\"mac\": \"00-11-22-33-44-55\"}", "'mac'" },
        { "{\"mtu\": ", "premature EOF" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        libxl_device_nic nic, empty;

        last_message();
        assert_int_equal(libxl_device_nic_from_json(NULL, &nic, rows[i].text),
                         ERROR_FAIL);
        if (!strstr(last_message(), rows[i].key))
            fail_msg("no %s in the message for %s", rows[i].key, rows[i].text);
        libxl_device_nic_init(&empty);
        assert_memory_equal(&nic, &empty, sizeof(nic));
    }
}

/* The innermost key is named, wherever it stands. */
static void failure_inside(void **state)
{
    libxl_domain_config config;

    assert_int_equal(
        libxl_domain_config_from_json(
            NULL, &config,
            "{\"c_info\": {\"name\": \"x\", \"xsdata\": {\"a\": \"b\"}}, "
            "\"nics\": [{\"model\": \"y\"}, {\"mtu\": 1, \"devid\": "
            "99999999999}]}"),
        ERROR_FAIL);
    assert_non_null(strstr(last_message(), "'devid'"));
    assert_null(config.c_info.name);
    assert_int_equal(config.num_nics, 0);
}

/* An enum is told from text of its own: it stays as it was. */
static void enum_failure(void **state)
{
    libxl_disk_format format = LIBXL_DISK_FORMAT_QED;

    assert_int_equal(libxl_disk_format_from_json(NULL, &format, "\"zip\""),
                     ERROR_FAIL);
    assert_int_equal(libxl_disk_format_from_string("zip", &format), ERROR_FAIL);
    assert_int_equal(format, LIBXL_DISK_FORMAT_QED);
    assert_int_equal(libxl_disk_format_from_string("QCow2", &format), 0);
    assert_int_equal(format, LIBXL_DISK_FORMAT_QCOW2);
}

static void bitmap_json(void **state)
{
    static const struct {
        const char *text;
        int rc;
        int count;
    } rows[] = {
        { "[0, 9]", 0, 2 },
        { "[9, 0]", 0, 2 },
        { "[9, 9]", 0, 1 },
        { "[]", 0, 0 },
        { "[-1]", ERROR_FAIL, 0 },
        { "[1048575]", 0, 1 },
        { "[1048576]", ERROR_FAIL, 0 },
        { "[99999999999999999999]", ERROR_FAIL, 0 },
        { "[1, null]", ERROR_FAIL, 0 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        libxl_vcpuinfo info;
        char text[80];

        snprintf(text, sizeof(text), "{\"cpumap\": %s}", rows[i].text);
        assert_int_equal(libxl_vcpuinfo_from_json(NULL, &info, text),
                         rows[i].rc);
        assert_int_equal(libxl_bitmap_count_set(&info.cpumap), rows[i].count);
        libxl_vcpuinfo_dispose(&info);
    }
}

static void bitmap_edges(void **state)
{
    libxl_bitmap map;

    assert_int_equal(libxl_bitmap_alloc(NULL, &map, -1), ERROR_INVAL);
    assert_int_equal(libxl_bitmap_alloc(NULL, &map, 9), 0);
    assert_int_equal(map.size, 2);
    libxl_bitmap_set(&map, 15);
    libxl_bitmap_set(&map, 16);
    libxl_bitmap_set(&map, -1);
    libxl_bitmap_reset(&map, 16);
    assert_true(libxl_bitmap_test(&map, 15));
    assert_false(libxl_bitmap_test(&map, 16));
    assert_false(libxl_bitmap_test(&map, -1));
    assert_int_equal(libxl_bitmap_count_set(&map), 1);
    libxl_bitmap_dispose(&map);
}

static void genid(void **state)
{
    libxl_ms_vm_genid a, b;

    assert_int_equal(libxl_ms_vm_genid_generate(NULL, &a), 0);
    assert_int_equal(libxl_ms_vm_genid_generate(NULL, &b), 0);
    assert_false(libxl_ms_vm_genid_is_zero(&a));
    assert_memory_not_equal(&a, &b, sizeof(a));
    libxl_ms_vm_genid_copy(NULL, &b, &a);
    assert_memory_equal(&a, &b, sizeof(a));
}

static void deprecated_conflict(void **state)
{
    libxl_domain_build_info info;

    libxl_domain_build_info_init(&info);
    libxl_domain_build_info_init_type(&info, LIBXL_DOMAIN_TYPE_HVM);
    info.timer_mode = 1;
    info.u.hvm.timer_mode = 2;
    assert_int_equal(libxl__domain_build_info_copy_deprecated(NULL, &info),
                     ERROR_INVAL);
    assert_non_null(strstr(last_message(), "'timer_mode'"));
    libxl_domain_build_info_dispose(&info);
}

static void deprecated_over_empty_list(void **state)
{
    libxl_domain_build_info info;

    libxl_domain_build_info_init(&info);
    libxl_domain_build_info_init_type(&info, LIBXL_DOMAIN_TYPE_PV);
    info.bootloader_args = calloc(1, sizeof(char *));
    info.u.pv.bootloader_args = calloc(2, sizeof(char *));
    info.u.pv.bootloader_args[0] = strdup("x");
    assert_int_equal(libxl__domain_build_info_copy_deprecated(NULL, &info), 0);
    assert_int_equal(libxl_string_list_length(&info.bootloader_args), 1);
    assert_null(info.u.pv.bootloader_args);
    libxl_domain_build_info_dispose(&info);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_ctx_needed),
        cmocka_unit_test(dispose_is_idempotent),
        cmocka_unit_test(copy_owns_its_memory),
        cmocka_unit_test(list_free),
        cmocka_unit_test(other_key_replaces_member),
        cmocka_unit_test(whole_range),
        cmocka_unit_test(failure),
        cmocka_unit_test(failure_inside),
        cmocka_unit_test(enum_failure),
        cmocka_unit_test(bitmap_json),
        cmocka_unit_test(bitmap_edges),
        cmocka_unit_test(genid),
        cmocka_unit_test(deprecated_conflict),
        cmocka_unit_test(deprecated_over_empty_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
