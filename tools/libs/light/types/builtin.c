/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The small builtin types: defbool, MAC address, hardware capabilities,
 * generation id and CPUID policy; and the string helpers of libxl_utils.h.
 * Bitmaps, lists and UUIDs have files of their own.
 */
#include "types/builtin.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <libxl_utils.h>

#include "base/log.h"
#include "types/json.h"

/* libxl_defbool's value: 0 is what zeroed memory means. */
#define DEFBOOL_DEFAULT 0
#define DEFBOOL_TRUE    1
#define DEFBOOL_FALSE   (-1)

static const char defbool_default[] = "<default>";
static const char defbool_true[] = "True";
static const char defbool_false[] = "False";

/* JSON has shown the first four words alone since it exists. */
#define HWCAP_IN_JSON 4

/* "00:16:3e:00:00:00" */
#define MAC_LENGTH 17

static bool is_zero(const void *p, size_t size)
{
    const uint8_t *bytes = p;

    for (size_t i = 0; i < size; i++)
        if (bytes[i])
            return false;
    return true;
}

static yajl_gen_status gen_string(yajl_gen hand, const char *s)
{
    return yajl_gen_string(hand, (const unsigned char *)s, strlen(s));
}

yajl_gen_status libxl__uint64_gen_json(yajl_gen hand, uint64_t val)
{
    char digits[24];
    int length = snprintf(digits, sizeof(digits), "%" PRIu64, val);

    return yajl_gen_number(hand, digits, length);
}

void libxl_defbool_set(libxl_defbool *db, bool b)
{
    db->val = b ? DEFBOOL_TRUE : DEFBOOL_FALSE;
}

void libxl_defbool_unset(libxl_defbool *db)
{
    db->val = DEFBOOL_DEFAULT;
}

void libxl_defbool_setdefault(libxl_defbool *db, bool b)
{
    if (libxl_defbool_is_default(*db))
        libxl_defbool_set(db, b);
}

bool libxl_defbool_is_default(libxl_defbool db)
{
    return db.val == DEFBOOL_DEFAULT;
}

bool libxl_defbool_val(libxl_defbool db)
{
    /* Part of the interface: the caller is to ask is_default first. */
    assert(!libxl_defbool_is_default(db));
    return db.val > 0;
}

const char *libxl_defbool_to_string(libxl_defbool b)
{
    if (libxl_defbool_is_default(b))
        return defbool_default;
    return libxl_defbool_val(b) ? defbool_true : defbool_false;
}

yajl_gen_status libxl_defbool_gen_json(yajl_gen hand, libxl_defbool *p)
{
    return gen_string(hand, libxl_defbool_to_string(*p));
}

static void defbool_copy(void *dst, const void *src)
{
    memcpy(dst, src, sizeof(libxl_defbool));
}

static bool defbool_is_default(const void *p)
{
    return libxl_defbool_is_default(*(const libxl_defbool *)p);
}

static yajl_gen_status defbool_gen_json(yajl_gen hand, const void *p)
{
    return libxl_defbool_gen_json(hand, (libxl_defbool *)p);
}

static int defbool_parse_json(const struct libxl__json *json, void *p)
{
    if (json->kind != LIBXL__JSON_STRING)
        return LIBXL__JSON_OTHER_KIND;
    if (!strcmp(json->string, defbool_default))
        libxl_defbool_unset(p);
    else if (!strcmp(json->string, defbool_true))
        libxl_defbool_set(p, true);
    else if (!strcmp(json->string, defbool_false))
        libxl_defbool_set(p, false);
    else
        return ERROR_FAIL;
    return 0;
}

static const char *defbool_text(libxl__gc *gc, const void *p)
{
    return libxl_defbool_val(*(const libxl_defbool *)p) ? "1" : "0";
}

static bool defbool_parse_text(const char *text, void *p)
{
    if (strcmp(text, "0") && strcmp(text, "1"))
        return false;
    libxl_defbool_set(p, *text == '1');
    return true;
}

const struct libxl__builtin libxl__builtin_defbool = {
    .copy = defbool_copy,
    .is_default = defbool_is_default,
    .gen_json = defbool_gen_json,
    .parse_json = defbool_parse_json,
    .text = defbool_text,
    .parse_text = defbool_parse_text,
};

void libxl_mac_copy(libxl_ctx *ctx, libxl_mac *dst, const libxl_mac *src)
{
    memcpy(dst, src, sizeof(*dst));
}

static void mac_print(const uint8_t *mac, char text[MAC_LENGTH + 1])
{
    snprintf(text, MAC_LENGTH + 1, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0],
             mac[1], mac[2], mac[3], mac[4], mac[5]);
}

yajl_gen_status libxl_mac_gen_json(yajl_gen hand, libxl_mac *p)
{
    char text[MAC_LENGTH + 1];

    mac_print(*p, text);
    return gen_string(hand, text);
}

static void mac_copy(void *dst, const void *src)
{
    libxl_mac_copy(NULL, dst, src);
}

static bool mac_is_default(const void *p)
{
    return is_zero(p, sizeof(libxl_mac));
}

static yajl_gen_status mac_gen_json(yajl_gen hand, const void *p)
{
    return libxl_mac_gen_json(hand, (libxl_mac *)p);
}

static const char *mac_text(libxl__gc *gc, const void *p)
{
    char *text = libxl__zalloc(gc, MAC_LENGTH + 1);

    mac_print(p, text);
    return text;
}

static bool mac_parse_text(const char *text, void *p)
{
    static const char hex[] = "0123456789abcdefABCDEF";
    uint8_t *mac = p;

    if (strlen(text) != MAC_LENGTH)
        return false;
    for (int i = 0; i < MAC_LENGTH; i++)
        if (i % 3 == 2 ? text[i] != ':' : !strchr(hex, text[i]))
            return false;
    for (int i = 0; i < MAC_LENGTH; i += 3)
        *mac++ = strtoul(text + i, NULL, 16);
    return true;
}

static int mac_parse_json(const struct libxl__json *json, void *p)
{
    if (json->kind != LIBXL__JSON_STRING)
        return LIBXL__JSON_OTHER_KIND;
    return mac_parse_text(json->string, p) ? 0 : ERROR_FAIL;
}

const struct libxl__builtin libxl__builtin_mac = {
    .copy = mac_copy,
    .is_default = mac_is_default,
    .gen_json = mac_gen_json,
    .parse_json = mac_parse_json,
    .text = mac_text,
    .parse_text = mac_parse_text,
};

void libxl_hwcap_copy(libxl_ctx *ctx, libxl_hwcap *dst, const libxl_hwcap *src)
{
    memcpy(dst, src, sizeof(*dst));
}

yajl_gen_status libxl_hwcap_gen_json(yajl_gen hand, libxl_hwcap *p)
{
    yajl_gen_status status = yajl_gen_array_open(hand);

    for (int i = 0; i < HWCAP_IN_JSON && status == yajl_gen_status_ok; i++)
        status = yajl_gen_integer(hand, (*p)[i]);
    if (status == yajl_gen_status_ok)
        status = yajl_gen_array_close(hand);
    return status;
}

static void hwcap_copy(void *dst, const void *src)
{
    libxl_hwcap_copy(NULL, dst, src);
}

/* Zeroes are capabilities too: they are always written. */
static bool hwcap_is_default(const void *p)
{
    return false;
}

static yajl_gen_status hwcap_gen_json(yajl_gen hand, const void *p)
{
    return libxl_hwcap_gen_json(hand, (libxl_hwcap *)p);
}

static int hwcap_parse_json(const struct libxl__json *json, void *p)
{
    const struct libxl__json *element = json->child;
    uint32_t *words = *(libxl_hwcap *)p;

    if (json->kind != LIBXL__JSON_ARRAY)
        return LIBXL__JSON_OTHER_KIND;
    if (json->count < HWCAP_IN_JSON)
        return ERROR_FAIL;
    for (int i = 0; i < HWCAP_IN_JSON; i++, element = element->next) {
        int64_t value;

        if (element->kind != LIBXL__JSON_INTEGER ||
            libxl__json_get_int(element, 0, UINT32_MAX, &value))
            return ERROR_FAIL;
        words[i] = value;
    }
    return 0;
}

const struct libxl__builtin libxl__builtin_hwcap = {
    .copy = hwcap_copy,
    .is_default = hwcap_is_default,
    .gen_json = hwcap_gen_json,
    .parse_json = hwcap_parse_json,
};

int libxl_ms_vm_genid_generate(libxl_ctx *ctx, libxl_ms_vm_genid *id)
{
    libxl_ms_vm_genid random;

    if (getrandom(&random, sizeof(random), 0) != sizeof(random)) {
        libxl__error_errno(ctx, "no random bytes for a generation id");
        return ERROR_FAIL;
    }
    *id = random;
    return 0;
}

bool libxl_ms_vm_genid_is_zero(const libxl_ms_vm_genid *id)
{
    return is_zero(id, sizeof(*id));
}

void libxl_ms_vm_genid_copy(libxl_ctx *ctx, libxl_ms_vm_genid *dst,
                            const libxl_ms_vm_genid *src)
{
    memcpy(dst, src, sizeof(*dst));
}

yajl_gen_status libxl_ms_vm_genid_gen_json(yajl_gen hand, libxl_ms_vm_genid *p)
{
    yajl_gen_status status = yajl_gen_array_open(hand);

    for (int i = 0; i < LIBXL_MS_VM_GENID_LEN && status == yajl_gen_status_ok;
         i++)
        status = yajl_gen_integer(hand, p->bytes[i]);
    if (status == yajl_gen_status_ok)
        status = yajl_gen_array_close(hand);
    return status;
}

static void ms_vm_genid_copy(void *dst, const void *src)
{
    libxl_ms_vm_genid_copy(NULL, dst, src);
}

static bool ms_vm_genid_is_default(const void *p)
{
    return libxl_ms_vm_genid_is_zero(p);
}

static yajl_gen_status ms_vm_genid_gen_json(yajl_gen hand, const void *p)
{
    return libxl_ms_vm_genid_gen_json(hand, (libxl_ms_vm_genid *)p);
}

/* A generation id that cannot be read must not become another one. */
static int ms_vm_genid_parse_json(const struct libxl__json *json, void *p)
{
    const struct libxl__json *element = json->child;
    libxl_ms_vm_genid *id = p;

    if (json->kind != LIBXL__JSON_ARRAY || json->count != LIBXL_MS_VM_GENID_LEN)
        return ERROR_FAIL;
    for (int i = 0; i < json->count; i++, element = element->next) {
        int64_t value;

        if (element->kind != LIBXL__JSON_INTEGER ||
            libxl__json_get_int(element, 0, UINT8_MAX, &value))
            return ERROR_FAIL;
        id->bytes[i] = value;
    }
    return 0;
}

const struct libxl__builtin libxl__builtin_ms_vm_genid = {
    .copy = ms_vm_genid_copy,
    .is_default = ms_vm_genid_is_default,
    .gen_json = ms_vm_genid_gen_json,
    .parse_json = ms_vm_genid_parse_json,
};

/*
 * CPUID is an instruction of x86.  Configurations that speak of it are
 * accepted on Arm and have no effect: the policy is always the empty one.
 */
void libxl_cpuid_dispose(libxl_cpuid_policy_list *cpuid_list)
{
}

int libxl_cpuid_policy_list_length(const libxl_cpuid_policy_list *l)
{
    return 0;
}

void libxl_cpuid_policy_list_copy(libxl_ctx *ctx, libxl_cpuid_policy_list *dst,
                                  const libxl_cpuid_policy_list *src)
{
    *dst = NULL;
}

int libxl_cpuid_parse_config(libxl_cpuid_policy_list *cpuid, const char *str)
{
    return 0;
}

int libxl_cpuid_parse_config_xend(libxl_cpuid_policy_list *cpuid,
                                  const char *str)
{
    return 0;
}

yajl_gen_status libxl_cpuid_policy_list_gen_json(yajl_gen hand,
                                                 libxl_cpuid_policy_list *p)
{
    return yajl_gen_status_ok;
}

static void cpuid_copy(void *dst, const void *src)
{
    libxl_cpuid_policy_list_copy(NULL, dst, src);
}

static bool cpuid_is_default(const void *p)
{
    return true;
}

static yajl_gen_status cpuid_gen_json(yajl_gen hand, const void *p)
{
    return libxl_cpuid_policy_list_gen_json(hand, (void *)p);
}

static int cpuid_parse_json(const struct libxl__json *json, void *p)
{
    return 0;
}

const struct libxl__builtin libxl__builtin_cpuid_policy_list = {
    .copy = cpuid_copy,
    .is_default = cpuid_is_default,
    .gen_json = cpuid_gen_json,
    .parse_json = cpuid_parse_json,
};

/* Return what follows the last slash; "." for an empty name. */
char *libxl_basename(const char *name)
{
    const char *slash = strrchr(name, '/');

    if (!*name)
        return libxl__strdup_nogc(".");
    return libxl__strdup_nogc(slash ? slash + 1 : name);
}

void libxl_string_copy(libxl_ctx *ctx, char **dst, char *const *src)
{
    *dst = *src ? libxl__strdup_nogc(*src) : NULL;
}
