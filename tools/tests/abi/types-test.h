/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What the generated and the written part of the types test share.  The same
 * program runs on two libraries; what it prints must be equal.
 */
#ifndef TYPES_TEST_H
#define TYPES_TEST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include <libxl.h>
#include <libxl_event.h>
#include <libxl_json.h>
#include <libxl_utils.h>

struct test_type {
    const char *name;
    size_t size;
    void (*init)(void *p);
    void (*dispose)(void *p);
    void (*copy)(void *dst, const void *src);
    char *(*to_json)(void *p);
    int (*from_json)(void *p, const char *s);
    yajl_gen_status (*gen_json)(yajl_gen hand, void *p);
    void (*fill)(void *p);
    void (*dump)(const void *p);
    /* NULL without a keyed union. */
    void (*key)(void *p, int key);
    const libxl_enum_string_table *keys;
};

struct test_enum {
    const char *name;
    const libxl_enum_string_table *table;
    char *(*to_json)(int value);
    int (*from_json)(int *value, const char *s);
    const char *(*to_string)(int value);
    int (*from_string)(const char *s, int *value);
};

extern const struct test_type test_types[];
extern const struct test_enum test_enums[];

extern libxl_ctx *ctx;

/* Numbers above 2^63 are written, and are not read back by every library. */
extern bool fill_wide;

void random_seed(uint64_t seed);
unsigned random_below(unsigned limit);

/* A value of the table. */
int random_of(const libxl_enum_string_table *table);

/* The same, or, with fill_wide, now and then one that it does not have. */
int random_enum(const libxl_enum_string_table *table);

/* Random contents for an initialised value. */
void fill_int32_t(int32_t *p);
void fill_uint8_t(uint8_t *p);
void fill_uint16_t(uint16_t *p);
void fill_uint32_t(uint32_t *p);
void fill_uint64_t(uint64_t *p);
void fill_bool(bool *p);
void fill_string(char **p);
void fill_lent_string(const char **p);
void fill_defbool(libxl_defbool *p);
void fill_uuid(libxl_uuid *p);
void fill_mac(libxl_mac *p);
void fill_hwcap(libxl_hwcap *p);
void fill_ms_vm_genid(libxl_ms_vm_genid *p);
void fill_bitmap(libxl_bitmap *p);
void fill_string_list(libxl_string_list *p);
void fill_key_value_list(libxl_key_value_list *p);
void fill_cpuid(libxl_cpuid_policy_list *p);
void fill_link(libxl_ev_link *p);

/* " NAME=" and the value behind it. */
void dump_name(const char *name);
void dump_int32_t(const int32_t *p);
void dump_uint8_t(const uint8_t *p);
void dump_uint16_t(const uint16_t *p);
void dump_uint32_t(const uint32_t *p);
void dump_uint64_t(const uint64_t *p);
void dump_bool(const bool *p);
void dump_string(char *const *p);
void dump_lent_string(const char *const *p);
void dump_defbool(const libxl_defbool *p);
void dump_uuid(const libxl_uuid *p);
void dump_mac(const libxl_mac *p);
void dump_hwcap(const libxl_hwcap *p);
void dump_ms_vm_genid(const libxl_ms_vm_genid *p);
void dump_bitmap(const libxl_bitmap *p);
void dump_string_list(const libxl_string_list *p);
void dump_key_value_list(const libxl_key_value_list *p);
void dump_cpuid(const libxl_cpuid_policy_list *p);
void dump_link(const libxl_ev_link *p);

/* JSON text with something in it changed at random; the caller frees it. */
char *mutate_json(const char *text);

#endif
