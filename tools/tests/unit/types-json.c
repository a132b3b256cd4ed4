/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Tests of types/json.h: JSON text as a tree of values.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <libxl.h>

#include "types/json.h"

static struct libxl__json *read_text(libxl__gc *gc, const char *text)
{
    struct libxl__json *json = NULL;
    const char *error = NULL;

    libxl__gc_init(gc, NULL);
    if (libxl__json_read(gc, text, strlen(text), &json, &error))
        assert_non_null(error);
    return json;
}

static void kinds(void **state)
{
    libxl__gc gc;
    const struct libxl__json *json = read_text(
        &gc, "{\"n\": null, \"b\": true, \"i\": -5, \"r\": 1.5, \"s\": \"x\", "
             "\"a\": [1, [2], {}], \"m\": {\"k\": false}} trailing");

    assert_int_equal(json->kind, LIBXL__JSON_MAP);
    assert_int_equal(json->count, 7);
    assert_int_equal(libxl__json_get(json, "n")->kind, LIBXL__JSON_NULL);
    assert_true(libxl__json_get(json, "b")->boolean);
    assert_true(libxl__json_get(json, "i")->negative);
    assert_int_equal(libxl__json_get(json, "i")->integer, 5);
    assert_int_equal(libxl__json_get(json, "r")->kind, LIBXL__JSON_REAL);
    assert_string_equal(libxl__json_get(json, "s")->string, "x");
    assert_int_equal(libxl__json_get(json, "a")->count, 3);
    assert_int_equal(libxl__json_get(json, "a")->child->next->child->integer,
                     2);
    assert_false(libxl__json_get(libxl__json_get(json, "m"), "k")->boolean);
    assert_null(libxl__json_get(json, "k"));
    assert_null(libxl__json_get(libxl__json_get(json, "a"), "k"));
    libxl__gc_dispose(&gc);
}

static void first_of_equal_keys(void **state)
{
    libxl__gc gc;
    const struct libxl__json *json = read_text(&gc, "{\"a\": 1, \"a\": 2}");

    assert_int_equal(libxl__json_get(json, "a")->integer, 1);
    libxl__gc_dispose(&gc);
}

static void numbers(void **state)
{
    static const struct {
        const char *text;
        enum libxl__json_kind kind;
        uint64_t integer;
        bool negative;
    } rows[] = {
        { "0", LIBXL__JSON_INTEGER, 0, false },
        { "-0", LIBXL__JSON_INTEGER, 0, false },
        { "18446744073709551615", LIBXL__JSON_INTEGER, UINT64_MAX, false },
        { "18446744073709551616", LIBXL__JSON_REAL, 0, false },
        { "-9223372036854775808", LIBXL__JSON_INTEGER, 1ull << 63, true },
        { "1e3", LIBXL__JSON_REAL, 0, false },
        { "7.0", LIBXL__JSON_REAL, 0, false },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        libxl__gc gc;
        const struct libxl__json *json = read_text(&gc, rows[i].text);

        assert_int_equal(json->kind, rows[i].kind);
        assert_int_equal(json->integer, rows[i].integer);
        assert_int_equal(json->negative, rows[i].negative);
        libxl__gc_dispose(&gc);
    }
}

static void ranges(void **state)
{
    struct libxl__json json = { .kind = LIBXL__JSON_INTEGER, .integer = 128 };
    int64_t value = 77;

    assert_int_equal(libxl__json_get_int(&json, -128, 127, &value), ERROR_FAIL);
    assert_int_equal(value, 77);
    json.negative = true;
    assert_int_equal(libxl__json_get_int(&json, -128, 127, &value), 0);
    assert_int_equal(value, -128);
    assert_int_equal(libxl__json_get_int(&json, 0, 255, &value), ERROR_FAIL);
    json.integer = 1ull << 63;
    assert_int_equal(libxl__json_get_int(&json, INT64_MIN, INT64_MAX, &value),
                     0);
    assert_true(value == INT64_MIN);
    json.negative = false;
    assert_int_equal(libxl__json_get_int(&json, INT64_MIN, INT64_MAX, &value),
                     ERROR_FAIL);
    assert_int_equal(libxl__json_get_int(&json, 0, UINT64_MAX, &value), 0);
    assert_true((uint64_t)value == 1ull << 63);
}

static void no_json(void **state)
{
    static const char *const texts[] = { "",       " ",        "{",   "[1,",
                                         "{1:2}",  "\"abc",    "nul", "-",
                                         "/**/ 1", "\"\xff\"", "]" };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        libxl__gc gc;

        assert_null(read_text(&gc, texts[i]));
        libxl__gc_dispose(&gc);
    }
}

/* A text of a few megabytes must not use up the stack. */
static void deep(void **state)
{
    static const size_t depths[] = { 33, 1000000 };
    const char *error;
    struct libxl__json *json = NULL;
    libxl__gc gc;

    for (size_t i = 0; i < sizeof(depths) / sizeof(depths[0]); i++) {
        char *text = malloc(depths[i]);

        memset(text, '[', depths[i]);
        libxl__gc_init(&gc, NULL);
        assert_int_equal(libxl__json_read(&gc, text, depths[i], &json, &error),
                         ERROR_FAIL);
        assert_string_equal(error, "it nests more than 32 deep");
        libxl__gc_dispose(&gc);
        free(text);
    }

    json = read_text(&gc, "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"
                          "]]]]]]]]]]]]]]]]");
    assert_non_null(json);
    libxl__gc_dispose(&gc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds),   cmocka_unit_test(first_of_equal_keys),
        cmocka_unit_test(numbers), cmocka_unit_test(ranges),
        cmocka_unit_test(no_json), cmocka_unit_test(deep),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
