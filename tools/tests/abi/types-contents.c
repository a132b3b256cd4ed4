/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Random contents for the builtin types, and how they are printed.
 */
#include "types-test.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool fill_wide;

static uint64_t state;

/* splitmix64: the same numbers on every machine. */
static uint64_t next(void)
{
    uint64_t z = state += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

void random_seed(uint64_t seed)
{
    state = seed;
    next();
}

unsigned random_below(unsigned limit)
{
    return next() % limit;
}

int random_of(const libxl_enum_string_table *table)
{
    int count = 0;

    while (table[count].s)
        count++;
    return table[random_below(count)].v;
}

int random_enum(const libxl_enum_string_table *table)
{
    return fill_wide && !random_below(8) ? 77 : random_of(table);
}

/* Small, large, all ones or as it was. */
static uint64_t random_number(uint64_t old)
{
    switch (random_below(6)) {
    case 0:
        return old;
    case 1:
        return 0;
    case 2:
        return UINT64_MAX;
    case 3:
        return next();
    default:
        return random_below(1000);
    }
}

void fill_int32_t(int32_t *p)
{
    *p = random_number(*p);
}

void fill_uint8_t(uint8_t *p)
{
    *p = random_number(*p);
}

void fill_uint16_t(uint16_t *p)
{
    *p = random_number(*p);
}

void fill_uint32_t(uint32_t *p)
{
    *p = random_number(*p);
}

void fill_uint64_t(uint64_t *p)
{
    uint64_t old = *p;

    *p = random_number(old);
    if (!fill_wide && *p != old && *p >= INT64_MAX)
        *p = old;
}

void fill_bool(bool *p)
{
    *p = random_below(2);
}

static char *random_string(void)
{
    static const char *const strings[] = {
        "",
        "x",
        "name",
        "/dev/vg0/guest-1",
        "two words",
        "quote \" and \\",
        "tab\tline\nreturn\r",
        "\xc3\xa9\xe2\x82\xac",
        "\x01\x1f\x7f",
        "</script>",
        "{\"a\": [1]}",
        "null",
    };

    return strdup(strings[random_below(sizeof(strings) / sizeof(strings[0]))]);
}

void fill_string(char **p)
{
    if (random_below(3))
        *p = random_string();
}

/* The library must neither copy nor free it. */
void fill_lent_string(const char **p)
{
    *p = "lent";
}

void fill_defbool(libxl_defbool *p)
{
    if (random_below(3))
        libxl_defbool_set(p, random_below(2));
}

static void fill_bytes(uint8_t *bytes, size_t size)
{
    if (random_below(3))
        for (size_t i = 0; i < size; i++)
            bytes[i] = next();
}

void fill_uuid(libxl_uuid *p)
{
    fill_bytes(p->uuid, sizeof(p->uuid));
}

void fill_mac(libxl_mac *p)
{
    fill_bytes(*p, sizeof(*p));
}

void fill_hwcap(libxl_hwcap *p)
{
    fill_bytes((uint8_t *)*p, sizeof(*p));
}

void fill_ms_vm_genid(libxl_ms_vm_genid *p)
{
    fill_bytes(p->bytes, sizeof(p->bytes));
}

void fill_bitmap(libxl_bitmap *p)
{
    int bits = random_below(80);

    if (!random_below(3))
        return;
    libxl_bitmap_alloc(ctx, p, bits);
    for (int bit = 0; bit < bits; bit++)
        if (random_below(2))
            libxl_bitmap_set(p, bit);
    /* How long a map is that ends in zeroes cannot be told from JSON. */
    if (bits)
        libxl_bitmap_set(p, bits - 1);
}

void fill_string_list(libxl_string_list *p)
{
    int count = random_below(4);

    if (!random_below(3))
        return;
    *p = calloc(count + 1, sizeof(**p));
    for (int i = 0; i < count; i++)
        (*p)[i] = random_string();
}

void fill_key_value_list(libxl_key_value_list *p)
{
    int count = random_below(4);

    if (!random_below(3))
        return;
    *p = calloc(count * 2 + 1, sizeof(**p));
    for (int i = 0; i < count; i++) {
        (*p)[i * 2] = random_string();
        (*p)[i * 2 + 1] = random_below(4) ? random_string() : NULL;
    }
}

void fill_cpuid(libxl_cpuid_policy_list *p)
{
}

void fill_link(libxl_ev_link *p)
{
}

void dump_name(const char *name)
{
    printf(" %s=", name);
}

void dump_int32_t(const int32_t *p)
{
    printf("%" PRId32, *p);
}

void dump_uint8_t(const uint8_t *p)
{
    printf("%u", *p);
}

void dump_uint16_t(const uint16_t *p)
{
    printf("%u", *p);
}

void dump_uint32_t(const uint32_t *p)
{
    printf("%" PRIu32, *p);
}

void dump_uint64_t(const uint64_t *p)
{
    printf("%" PRIu64, *p);
}

void dump_bool(const bool *p)
{
    printf("%d", *p);
}

static void dump_quoted(const char *s)
{
    if (!s) {
        printf("NULL");
        return;
    }
    putchar('"');
    for (; *s; s++)
        if (*s < ' ')
            printf("\\%02x", (unsigned char)*s);
        else
            putchar(*s);
    putchar('"');
}

void dump_string(char *const *p)
{
    dump_quoted(*p);
}

void dump_lent_string(const char *const *p)
{
    dump_quoted(*p);
}

void dump_defbool(const libxl_defbool *p)
{
    printf("%s", libxl_defbool_to_string(*p));
}

static void dump_bytes(const void *p, size_t size)
{
    const uint8_t *bytes = p;

    for (size_t i = 0; i < size; i++)
        printf("%02x", bytes[i]);
}

void dump_uuid(const libxl_uuid *p)
{
    dump_bytes(p, sizeof(*p));
}

void dump_mac(const libxl_mac *p)
{
    dump_bytes(p, sizeof(*p));
}

void dump_hwcap(const libxl_hwcap *p)
{
    dump_bytes(p, sizeof(*p));
}

void dump_ms_vm_genid(const libxl_ms_vm_genid *p)
{
    dump_bytes(p, sizeof(*p));
}

void dump_bitmap(const libxl_bitmap *p)
{
    printf("%u:", p->size);
    dump_bytes(p->map, p->size);
}

void dump_string_list(const libxl_string_list *p)
{
    int count = libxl_string_list_length(p);

    for (int i = 0; i < count; i++)
        dump_quoted((*p)[i]);
}

void dump_key_value_list(const libxl_key_value_list *p)
{
    int count = libxl_key_value_list_length(p);

    for (int i = 0; i < count * 2; i++)
        dump_quoted((*p)[i]);
}

void dump_cpuid(const libxl_cpuid_policy_list *p)
{
    printf("%s", *p ? "set" : "NULL");
}

void dump_link(const libxl_ev_link *p)
{
}

/* Where a value starts behind a random colon, or NULL. */
static const char *random_value(const char *text)
{
    const char *at = text, *found = NULL;
    unsigned seen = 0;

    while ((at = strstr(at, "\": "))) {
        at += 3;
        if (!random_below(++seen))
            found = at;
    }
    return found;
}

/* Past a value; the text may be damaged already. */
static const char *end_of_value(const char *at)
{
    bool quoted = false;
    int depth = 0;

    for (; *at; at++) {
        if (quoted) {
            if (*at == '\\' && at[1])
                at++;
            else if (*at == '"')
                quoted = false;
        } else if (*at == '"') {
            quoted = true;
        } else if (*at == '{' || *at == '[') {
            depth++;
        } else if (*at == '}' || *at == ']') {
            if (!depth--)
                break;
        } else if (*at == ',' && !depth) {
            break;
        }
    }
    return at;
}

static char *splice(const char *text, const char *from, const char *to,
                    const char *put)
{
    char *result;

    if (asprintf(&result, "%.*s%s%s", (int)(from - text), text, put, to) < 0)
        abort();
    return result;
}

char *mutate_json(const char *text)
{
    /*
     * Not here, since libraries differ in them: fractions and exponents,
     * numbers inside of arrays, and names with something behind them.
     */
    static const char *const values[] = {
        "null",
        "true",
        "false",
        "0",
        "7",
        "-1",
        "255",
        "256",
        "70000",
        "4294967295",
        "4294967296",
        "-2147483649",
        "\"\"",
        "\"x\"",
        "\"True\"",
        "\"TRUE\"",
        "\"<default>\"",
        "[]",
        "[null]",
        "[\"x\"]",
        "[{}]",
        "{}",
        "{\"x\": 1}",
        "{\"x\": \"y\"}",
    };
    const char *at = random_value(text);
    size_t length = strlen(text);

    switch (at ? random_below(8) : 5 + random_below(3)) {
    case 5:
        at = text + random_below(length);
        return splice(text, at, at + 1, "");
    case 6:
        at = text + random_below(length);
        return splice(text, at, text + length, "");
    case 7:
        at = text + random_below(length);
        return splice(text, at, at, "\"");
    default:
        return splice(text, at, end_of_value(at),
                      values[random_below(sizeof(values) / sizeof(values[0]))]);
    }
}
