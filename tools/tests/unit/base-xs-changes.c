/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Tests of recording, committing and printing changes, base/xs_changes.c.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <libxl.h>

#include "base/xs_changes.h"
#include "event-fakes.h"

static libxl_ctx *ctx;
static libxl__gc gc[1];
static struct libxl__xs_changes changes;

static int set_up(void **state)
{
    ctx = fake_ctx();
    libxl__gc_init(gc, ctx);
    libxl__xs_changes_init(&changes, gc);
    last_message();
    return 0;
}

static int tear_down(void **state)
{
    libxl__xs_changes_dispose(&changes);
    libxl__xs_changes_dispose(&changes);
    libxl__gc_dispose(gc);
    libxl_ctx_free(ctx);
    return 0;
}

/* Nothing is sent here. */
const char *xs_daemon_socket(void)
{
    abort();
}

/* What a transaction was used for; xs_* are those of libxenstore. */
static char story[1000];
static unsigned int interferences, checks;
static int end_error = EAGAIN;

__attribute__((format(printf, 1, 2))) static void tell(const char *format, ...)
{
    size_t used = strlen(story);
    va_list ap;

    va_start(ap, format);
    vsnprintf(story + used, sizeof(story) - used, format, ap);
    va_end(ap);
}

xs_transaction_t xs_transaction_start(struct xs_handle *xsh)
{
    tell("start\n");
    return 7;
}

bool xs_transaction_end(struct xs_handle *xsh, xs_transaction_t t, bool abandon)
{
    tell(abandon ? "abort %u\n" : "end %u\n", t);
    errno = end_error;
    return abandon || !interferences || !interferences--;
}

bool xs_write(struct xs_handle *xsh, xs_transaction_t t, const char *path,
              const void *data, unsigned int size)
{
    tell("%u write %s '%.*s'\n", t, path, size, (const char *)data);
    errno = EACCES;
    return strcmp(path, "/refused");
}

bool xs_rm(struct xs_handle *xsh, xs_transaction_t t, const char *path)
{
    tell("%u remove %s\n", t, path);
    errno = EIO;
    if (!strcmp(path, "/gone") && interferences) {
        interferences--;
        return false;
    }
    errno = strcmp(path, "/missing") ? EACCES : ENOENT;
    return strcmp(path, "/missing") && strcmp(path, "/refused");
}

bool xs_set_permissions(struct xs_handle *xsh, xs_transaction_t t,
                        const char *path, struct xs_permissions *perms,
                        unsigned int count)
{
    tell("%u permissions %s", t, path);
    for (; count; count--, perms++)
        tell(" %d:%u", perms->perms, perms->id);
    tell("\n");
    errno = EINVAL;
    return strcmp(path, "/ended");
}

static int ended_check(libxl__gc *of, xs_transaction_t t, void *opaque)
{
    return checks++ ? ERROR_DOMAIN_NOTFOUND : 0;
}

/* Record another change the first time. */
static int check_once(libxl__gc *of, xs_transaction_t t, void *opaque)
{
    tell("%u check\n", t);
    if (!checks++)
        libxl__xs_put(&changes, "/checked", XS_INHERIT, "");
    return *(int *)opaque;
}

static void expect_commit(int rc, int check_rc, const char *wanted)
{
    story[0] = '\0';
    checks = 0;
    assert_int_equal(libxl__xs_commit(&changes, "do it", check_once, &check_rc),
                     rc);
    assert_string_equal(story, wanted);
    assert_int_equal(changes.count, 0);
}

static void a_commit_is_one_transaction(void **state)
{
    libxl__xs_renew(&changes, "/a", XS_SHOWN(3, 12));
    libxl__xs_add(&changes, "/a", "b", XS_OWNED(4), "1");
    libxl__xs_remove(&changes, "/missing");
    expect_commit(0, 0,
                  "start\n7 check\n7 remove /a\n7 write /a ''\n"
                  "7 permissions /a 0:3 1:12\n7 write /a/b '1'\n"
                  "7 permissions /a/b 0:4\n7 remove /missing\n"
                  "7 write /checked ''\nend 7\n");
}

static void a_commit_begins_anew_where_others_interfere(void **state)
{
    interferences = 1;
    libxl__xs_put(&changes, "/a", XS_INHERIT, "1");
    expect_commit(0, 0,
                  "start\n7 check\n7 write /a '1'\n7 write /checked ''\n"
                  "end 7\nstart\n7 check\n7 write /a '1'\nend 7\n");
}

static void a_commit_begins_anew_where_others_remove(void **state)
{
    interferences = 1;
    libxl__xs_remove(&changes, "/gone");
    expect_commit(0, 0,
                  "start\n7 check\n7 remove /gone\nabort 7\n"
                  "start\n7 check\n7 remove /gone\nend 7\n");
}

static void a_commit_begins_anew_where_others_destroy(void **state)
{
    interferences = 1;
    end_error = ENOMEM;
    libxl__xs_remove(&changes, "/a");
    expect_commit(0, 0,
                  "start\n7 check\n7 remove /a\n7 write /checked ''\n"
                  "end 7\nstart\n7 check\n7 remove /a\nend 7\n");
    end_error = EAGAIN;
}

static void a_domain_that_ends_meanwhile_fails_the_check(void **state)
{
    story[0] = '\0';
    checks = 0;
    libxl__xs_put(&changes, "/ended", XS_OWNED(1), "");
    assert_int_equal(libxl__xs_commit(&changes, "do it", ended_check, NULL),
                     ERROR_DOMAIN_NOTFOUND);
    assert_string_equal(story, "start\n7 write /ended ''\n"
                               "7 permissions /ended 0:1\nabort 7\n"
                               "start\nabort 7\n");
}

static void permissions_that_are_refused_twice_are_an_error(void **state)
{
    libxl__xs_put(&changes, "/ended", XS_OWNED(1), "");
    expect_commit(ERROR_FAIL, 0,
                  "start\n7 check\n7 write /ended ''\n"
                  "7 permissions /ended 0:1\nabort 7\n"
                  "start\n7 check\n7 write /ended ''\n"
                  "7 permissions /ended 0:1\nabort 7\n");
    assert_string_equal(last_message(), "cannot change '/ended' in xenstore");
}

static void a_commit_does_not_begin_anew_for_ever(void **state)
{
    int rc = 0;

    interferences = 1000;
    end_error = ENOMEM;
    libxl__xs_remove(&changes, "/a");
    assert_int_equal(libxl__xs_commit(&changes, "do it", check_once, &rc),
                     ERROR_FAIL);
    assert_string_equal(last_message(), "cannot do it");
    assert_int_equal(interferences, 1000 - 51);
    end_error = EAGAIN;
    interferences = 1000;
    libxl__xs_remove(&changes, "/gone");
    assert_int_equal(libxl__xs_commit(&changes, "do it", check_once, &rc),
                     ERROR_FAIL);
    assert_string_equal(last_message(), "cannot do it");
    assert_int_equal(interferences, 1000 - 51);
    interferences = 0;
}

static void a_commit_does_nothing_where_its_check_fails(void **state)
{
    libxl__xs_put(&changes, "/a", XS_INHERIT, "1");
    expect_commit(ERROR_INVAL, ERROR_INVAL, "start\n7 check\nabort 7\n");
}

static void a_commit_is_given_up_at_the_first_refusal(void **state)
{
    libxl__xs_remove(&changes, "/refused");
    libxl__xs_put(&changes, "/a", XS_INHERIT, "1");
    expect_commit(ERROR_FAIL, 0,
                  "start\n7 check\n7 remove /refused\nabort 7\n");
    assert_string_equal(last_message(), "cannot change '/refused' in xenstore");
}

/* The value of a commit may be as long as that of a send. */
static void a_commit_has_4096_bytes_at_most(void **state)
{
    char value[4096];

    memset(value, 'x', sizeof(value));
    value[sizeof(value) - 2] = '\0';
    libxl__xs_put(&changes, "/a", XS_INHERIT, value);
    expect_commit(ERROR_INVAL, 0, "start\n7 check\nabort 7\n");
    last_message();
}

static void changes_are_printed_chain_by_chain(void **state)
{
    char *text;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    libxl__xs_renew(&changes, "/a", XS_SHOWN(3, 12));
    libxl__xs_chain(&changes);
    libxl__xs_addf(&changes, "/a", "b", XS_OWNED(4), "%d", 1);
    libxl__xs_any_order(&changes);
    libxl__xs_put(&changes, "/c", XS_OWNED(4), "");
    libxl__xs_put(&changes, "/d", XS_INHERIT, "");
    libxl__xs_chain(&changes);
    libxl__xs_introduce(&changes, 5, 9, 1);
    libxl__xs_print(&changes, file);
    fclose(file);
    assert_string_equal(text,
                        "remove /a\nwrite /a \"\"\npermissions /a n3 r12\n\n"
                        "write /a/b \"1\"\npermissions /a/b n4\n\n"
                        "write /c \"\"\npermissions /c n4\n\n"
                        "write /d \"\"\n\nintroduce 5 9 1\n");
    free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_commit_is_one_transaction),
        TEST(a_commit_begins_anew_where_others_interfere),
        TEST(a_commit_begins_anew_where_others_destroy),
        TEST(a_domain_that_ends_meanwhile_fails_the_check),
        TEST(permissions_that_are_refused_twice_are_an_error),
        TEST(a_commit_begins_anew_where_others_remove),
        TEST(a_commit_does_not_begin_anew_for_ever),
        TEST(a_commit_does_nothing_where_its_check_fails),
        TEST(a_commit_is_given_up_at_the_first_refusal),
        TEST(a_commit_has_4096_bytes_at_most),
        TEST(changes_are_printed_chain_by_chain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
