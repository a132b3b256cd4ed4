/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What a guest may write: the nodes that creation gave it, and no others.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxl_utils.h>

#include "asks.h"
#include "guest.h"
#include "store.h"

#define DOMAIN "/local/domain/1"
#define FRONT  DOMAIN "/device/vbd/51712"
#define BACK   "/local/domain/0/backend/vbd/1/51712"

static int write_node(const char *path, const char *value)
{
    return fake_store_ask(1, XS_WRITE, path, value, strlen(value));
}

static void a_guest_writes_its_own_nodes(void **state)
{
    static const char *const own[] = {
        FRONT "/state",
        FRONT "/new/node",
        DOMAIN "/control/shutdown",
        DOMAIN "/data/x",
        DOMAIN "/device/suspend/event-channel",
    };
    uint32_t domid = guest_create(1, 1);
    size_t i;

    for (i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        assert_int_equal(write_node(own[i], "6"), 0);
        guest_node_is(own[i], "6");
    }
    assert_int_equal(fake_store_ask(1, XS_RM, FRONT, NULL, 0), 0);
    guest_node_is(FRONT "/state", NULL);
    /* Its parent is not the guest's. */
    assert_int_equal(fake_store_ask(1, XS_MKDIR, FRONT, NULL, 0), EACCES);
    guest_destroy(domid);
}

static void a_guest_writes_no_others(void **state)
{
    static const char *const others[] = {
        "/",
        "/libxl/1/device/vbd/51712/backend",
        BACK "/state",
        DOMAIN "/name",
        DOMAIN "/vm",
        DOMAIN "/memory/target",
        DOMAIN "/console/tty",
        DOMAIN "/console/limit",
        DOMAIN "/control/new",
        DOMAIN "/device/vbd/new",
        DOMAIN "/device/vif/0/mtu",
        "/local/domain/0/name",
        "/local/domain/2/data",
    };
    uint32_t domid = guest_create(1, 1), other = fake_create(guest_ctx, "h");
    char *before = fake_store_text(), *after;
    size_t i;

    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_int_not_equal(write_node(others[i], "6"), 0);
    after = fake_store_text();
    assert_string_equal(before, after);
    free(before);
    free(after);
    guest_destroy(other);
    guest_destroy(domid);
}

static void a_guest_gives_no_node_away(void **state)
{
    uint32_t domid = guest_create(1, 0);

    assert_int_equal(fake_store_ask(1, XS_SET_PERMS, FRONT "/state", "n0", 3),
                     EPERM);
    assert_int_equal(
        fake_store_ask(1, XS_SET_PERMS, FRONT "/state", "r1\0w2", 6), 0);
    assert_int_equal(fake_store_ask(2, XS_WRITE, FRONT "/state", "6", 1), 0);
    assert_int_equal(fake_store_ask(3, XS_WRITE, FRONT "/state", "6", 1),
                     EACCES);
    guest_destroy(domid);
}

static void what_is_no_path_is_refused(void **state)
{
    static const char *const bad[] = { "", "data", DOMAIN "/data/",
                                       DOMAIN "//data", DOMAIN "/data/a b" };
    uint32_t domid = guest_create(0, 0);
    char large[XENSTORE_PAYLOAD_MAX];
    size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(write_node(bad[i], ""), EINVAL);
    memset(large, '7', sizeof(large));
    assert_int_equal(
        fake_store_ask(1, XS_WRITE, DOMAIN "/data", large, sizeof(large)),
        E2BIG);
    guest_destroy(domid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(a_guest_writes_its_own_nodes),
        GUEST_TEST(a_guest_writes_no_others),
        GUEST_TEST(a_guest_gives_no_node_away),
        GUEST_TEST(what_is_no_path_is_refused),
    };

    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
