/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The operations of the builtin types, for their descriptors.
 */
#ifndef LIBXL_TYPES_BUILTIN_H
#define LIBXL_TYPES_BUILTIN_H

#include "types/type.h"

extern const struct libxl__builtin libxl__builtin_defbool;
extern const struct libxl__builtin libxl__builtin_uuid;
extern const struct libxl__builtin libxl__builtin_mac;
extern const struct libxl__builtin libxl__builtin_hwcap;
extern const struct libxl__builtin libxl__builtin_ms_vm_genid;
extern const struct libxl__builtin libxl__builtin_bitmap;
extern const struct libxl__builtin libxl__builtin_string_list;
extern const struct libxl__builtin libxl__builtin_key_value_list;
extern const struct libxl__builtin libxl__builtin_cpuid_policy_list;

#endif
