/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Prints what a libxenlight makes of every public type: after init, as JSON
 * of random contents, read back, copied, disposed of, and read from JSON
 * that was damaged.  Run on two libraries, the outputs must be equal.  With
 * SHOW_TEXTS in the environment it prints each text that is read as well.
 *
 * No hypervisor is needed: the program brings the few functions of other
 * libraries along that opening a context asks for.
 */
#include "types-test.h"

#include <stdio.h>
#include <string.h>

#include <xentoollog.h>

/* What is before init, and must not be there afterwards. */
#define GARBAGE 0xa5

libxl_ctx *ctx;

static const char *type_name;

/* Stand-ins for libxenctrl's and libxenstore's; nothing uses the handles. */
static int handle;

void *xc_interface_open(void *logger, void *dombuild_logger, unsigned flags);
int xc_interface_close(void *xch);
void *xs_open(unsigned long flags);
void xs_close(void *xsh);

void *xc_interface_open(void *logger, void *dombuild_logger, unsigned flags)
{
    return &handle;
}

int xc_interface_close(void *xch)
{
    return 0;
}

void *xs_open(unsigned long flags)
{
    return &handle;
}

void xs_close(void *xsh)
{
}

static void *garbage(size_t size)
{
    void *p = malloc(size);

    return memset(p, GARBAGE, size);
}

static void print_json(const struct test_type *type, const char *what, void *p)
{
    char *json = type->to_json(p);

    printf("%s %s %s", type_name, what, json ? json : "NULL\n");
    free(json);
}

static void print_fields(const struct test_type *type, const char *what,
                         const void *p)
{
    printf("%s %s", type_name, what);
    type->dump(p);
    printf("\n");
}

static void test_init(const struct test_type *type)
{
    void *p = garbage(type->size);

    type->init(p);
    print_fields(type, "init", p);
    print_json(type, "init", p);
    type->dispose(p);

    memset(p, 0, type->size);
    print_json(type, "zero", p);

    for (int i = 0; type->key && type->keys[i].s; i++) {
        type->init(p);
        type->key(p, type->keys[i].v);
        print_fields(type, type->keys[i].s, p);
        print_json(type, type->keys[i].s, p);
        type->dispose(p);
    }
    free(p);
}

static void test_zeroed(const struct test_type *type, const void *p)
{
    const uint8_t *bytes = p;

    for (size_t i = 0; i < type->size; i++) {
        if (bytes[i]) {
            printf("%s dispose leaves byte %zu\n", type_name, i);
            return;
        }
    }
}

static void test_gen(const struct test_type *type, void *p)
{
    yajl_gen hand = yajl_gen_alloc(NULL);
    yajl_gen_status status = type->gen_json(hand, p);
    const unsigned char *text;
    size_t length;

    yajl_gen_get_buf(hand, &text, &length);
    printf("%s gen_json %d %.*s\n", type_name, status, (int)length, text);
    yajl_gen_free(hand);
}

static void test_copy(const struct test_type *type, void *p)
{
    void *copy = garbage(type->size);

    memset(copy, 0, type->size);
    type->copy(copy, p);
    print_fields(type, "copy", copy);
    type->dispose(copy);
    test_zeroed(type, copy);
    free(copy);
}

/* What a failed reading leaves is not part of the comparison. */
static void test_read(const struct test_type *type, const char *what,
                      const char *text)
{
    void *p = garbage(type->size);
    int rc;

    type->init(p);
    if (getenv("SHOW_TEXTS"))
        printf("%s\n", text);
    rc = type->from_json(p, text);
    printf("%s %s rc %d\n", type_name, what, rc);
    if (!rc)
        print_fields(type, what, p);
    type->dispose(p);
    free(p);
}

static void test_contents(const struct test_type *type, uint64_t seed)
{
    void *p = garbage(type->size);
    char *json;

    random_seed(seed);
    fill_wide = seed % 2;
    type->init(p);
    type->fill(p);
    print_json(type, "to_json", p);
    test_gen(type, p);
    test_copy(type, p);
    json = type->to_json(p);
    if (!fill_wide) {
        test_read(type, "from_json", json);
        for (int i = 0; i < 10; i++) {
            char *damaged = mutate_json(json);

            test_read(type, "damaged", damaged);
            free(damaged);
        }
    }
    free(json);
    type->dispose(p);
    test_zeroed(type, p);
    free(p);
}

static void test_enum(const struct test_enum *e)
{
    static const char *const texts[] = { "null",   "5",  "{}", "\"\"",
                                         "\"zz\"", "zz", "" };
    const libxl_enum_string_table *row = e->table;

    printf("%s", e->name);
    for (; row->s; row++) {
        int value = 77, rc = e->from_string(row->s, &value);
        char *json = e->to_json(row->v);

        printf(" %s=%d %s %d %d %s", row->s, row->v, e->to_string(row->v), rc,
               value, json);
        value = 77;
        rc = e->from_json(&value, json);
        printf(" %d %d\n", rc, value);
        free(json);
    }
    printf(" end %d", row->v);

    int value = 77, rc = e->from_string("no such name", &value);
    printf(" %d %d %s\n", rc, value,
           e->to_string(77) ? e->to_string(77) : "NULL");
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        rc = e->from_json(&value, texts[i]);
        printf("%s '%s' %d %d\n", e->name, texts[i], rc, value);
    }
}

/* Fields of a union that stand outside of it today. */
static void test_deprecated(uint64_t seed)
{
    libxl_domain_build_info info;

    random_seed(seed);
    fill_wide = true;
    libxl_domain_build_info_init(&info);
    for (int i = 0; test_types[i].name; i++)
        if (!strcmp(test_types[i].name, "libxl_domain_build_info"))
            test_types[i].fill(&info);
    if (random_below(2)) {
        libxl_string_list_dispose(&info.bootloader_args);
        free(info.bootloader);
        free(info.kernel);
        free(info.cmdline);
        free(info.ramdisk);
        info.bootloader = info.kernel = info.cmdline = info.ramdisk = NULL;
        libxl_defbool_unset(&info.apic);
        libxl_defbool_unset(&info.nested_hvm);
        info.timer_mode = LIBXL_TIMER_MODE_DEFAULT;
    }

    int rc = libxl__domain_build_info_copy_deprecated(ctx, &info);
    printf("deprecated %s", rc ? "fails\n" : "");
    if (!rc) {
        char *json = libxl_domain_build_info_to_json(ctx, &info);

        printf("%s", json);
        free(json);
    }
    libxl_domain_build_info_dispose(&info);
}

static void test_bitmaps(uint64_t seed)
{
    libxl_bitmap a, b, both;
    char *hex;

    random_seed(seed);
    libxl_bitmap_init(&a);
    libxl_bitmap_init(&b);
    fill_bitmap(&a);
    fill_bitmap(&b);
    libxl_bitmap_reset(&a, random_below(90));
    printf("bitmap full %d empty %d set %d bit %d %d", libxl_bitmap_is_full(&a),
           libxl_bitmap_is_empty(&a), libxl_bitmap_count_set(&a),
           libxl_bitmap_test(&a, random_below(90)), libxl_bitmap_test(&a, -1));
    hex = libxl_bitmap_to_hex_string(ctx, &a);
    printf(" %s\n", hex);
    free(hex);

    libxl_bitmap_init(&both);
    printf("bitmap or %d ", libxl_bitmap_or(ctx, &both, &a, &b));
    dump_bitmap(&both);
    libxl_bitmap_dispose(&both);
    printf(" and %d ", libxl_bitmap_and(ctx, &both, &a, &b));
    dump_bitmap(&both);
    libxl_bitmap_copy(ctx, &both, &both);
    printf("\n");
    libxl_bitmap_dispose(&both);
    libxl_bitmap_dispose(&a);
    libxl_bitmap_dispose(&b);
}

static void test_strings(void)
{
    static const char *const names[] = { "/a/b", "/a/b/", "a", "", "/", "//" };
    static const char *const uuids[] = {
        "12345678-9abc-def0-1234-56789ABCDEF0",
        "123456789abcdef0123456789abcdef0",
        "",
        "x",
        " 12345678-9abc-def0-1234-56789ABCDEF0",
        "12345678-9abc-def0-1234-56789ABCDEF0x",
    };
    libxl_uuid uuid, other;
    char *copy;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char *base = libxl_basename(names[i]);

        printf("basename '%s' '%s'\n", names[i], base);
        libxl_string_copy(ctx, &copy, &base);
        printf("copy '%s'\n", copy);
        free(copy);
        free(base);
    }
    for (size_t i = 0; i < sizeof(uuids) / sizeof(uuids[0]); i++) {
        libxl_uuid_clear(&uuid);
        printf("uuid '%s' %d ", uuids[i],
               libxl_uuid_from_string(&uuid, uuids[i]));
        dump_uuid(&uuid);
        libxl_uuid_copy(ctx, &other, &uuid);
        other.uuid[3] ^= 0x80;
        printf(" %d %d %d %d\n", libxl_uuid_is_nil(&uuid),
               libxl_uuid_compare(&uuid, &other),
               libxl_uuid_compare(&other, &uuid),
               libxl_uuid_compare(&uuid, &uuid));
    }
    libxl_uuid_generate(&uuid);
    libxl_uuid_generate(&other);
    printf("uuid version %x variant %x equal %d\n", uuid.uuid[6] >> 4,
           uuid.uuid[8] >> 6, libxl_uuid_compare(&uuid, &other) == 0);
}

static void test_defbool(void)
{
    for (int value = -2; value <= 2; value++) {
        libxl_defbool b = { value };

        printf("defbool %d %s %d", value, libxl_defbool_to_string(b),
               libxl_defbool_is_default(b));
        if (value)
            printf(" %d", libxl_defbool_val(b));
        libxl_defbool_setdefault(&b, true);
        printf(" %d", b.val);
        libxl_defbool_unset(&b);
        printf(" %d", b.val);
        libxl_defbool_setdefault(&b, false);
        printf(" %d\n", b.val);
    }
}

static void test_cpuid(void)
{
    static const char *const configs[] = { "host", "host,tm=0", "x", "" };
    libxl_cpuid_policy_list policy = NULL;
    char config[64];

    for (size_t i = 0; i < sizeof(configs) / sizeof(configs[0]); i++) {
        snprintf(config, sizeof(config), "%s", configs[i]);
        printf("cpuid '%s' %d %d %d\n", configs[i],
               libxl_cpuid_parse_config(&policy, configs[i]),
               libxl_cpuid_parse_config_xend(&policy, config), policy != NULL);
    }
    libxl_cpuid_dispose(&policy);
}

int main(int argc, char **argv)
{
    xentoollog_logger *logger =
        (xentoollog_logger *)xtl_createlogger_stdiostream(stderr,
                                                          XTL_CRITICAL + 1, 0);
    int seeds = argc > 1 ? atoi(argv[1]) : 20;

    if (libxl_ctx_alloc(&ctx, LIBXL_VERSION, 0, logger)) {
        fprintf(stderr, "types-test: no context\n");
        return 1;
    }
    for (const struct test_enum *e = test_enums; e->name; e++)
        test_enum(e);
    for (const struct test_type *type = test_types; type->name; type++) {
        type_name = type->name;
        test_init(type);
        for (int seed = 0; seed < seeds; seed++)
            test_contents(type, seed);
    }
    for (int seed = 0; seed < seeds * 4; seed++) {
        test_deprecated(seed);
        test_bitmaps(seed);
    }
    test_strings();
    test_defbool();
    test_cpuid();
    libxl_ctx_free(ctx);
    xtl_logger_destroy(logger);
    return 0;
}
