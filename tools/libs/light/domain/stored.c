/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Writes the stored configuration of a domain, and reads it back updated.
 */
#include "domain/stored.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <libxl_utils.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/xenstore.h"
#include "domain/info.h"
#include "domain/memory.h"
#include "base/number.h"
#include "domain/name.h"
#include "domain/pool.h"
#include "domain/scheduler.h"
#include "domain/userdata.h"

int libxl__stored_write(libxl__gc *gc, uint32_t domid, const char *uuid,
                        const libxl_domain_config *config)
{
    /* The public prototype is not const, but the function only reads. */
    char *json =
        libxl_domain_config_to_json(gc->ctx, (libxl_domain_config *)config);
    int rc;

    if (!json)
        return libxl__fail(
            gc->ctx, ERROR_FAIL,
            "cannot write the configuration of domain '%s' as JSON",
            config->c_info.name);
    rc = libxl__userdata_store(gc, domid, uuid, LIBXL__USERDATA_CONFIG, json,
                               strlen(json) + 1);
    free(json);
    return rc;
}

static int read_stored(libxl__gc *gc, uint32_t domid, const char *uuid,
                       libxl_domain_config *config)
{
    char *json;
    size_t size;
    int rc;

    rc = libxl__userdata_retrieve(gc, domid, uuid, LIBXL__USERDATA_CONFIG,
                                  &json, &size);
    if (rc)
        return rc;
    if (!size)
        return libxl__fail(gc->ctx, ERROR_JSON_CONFIG_EMPTY,
                           "no configuration is stored for domain "
                           "%" PRIu32,
                           domid);
    libxl__gc_adopt(gc, json);
    /* Older files have no terminating zero byte. */
    return libxl_domain_config_from_json(gc->ctx, config,
                                         libxl__strndup(gc, json, size));
}

/*
 * A domain that started with less than its 'maxmem', because the host had no
 * more, keeps asking for it.
 */
static int update_memory(libxl__gc *gc, uint32_t domid,
                         libxl_domain_config *config)
{
    libxl_domain_build_info *b_info = &config->b_info;
    struct libxl__memory memory;
    int rc = libxl__memory_read(gc, XBT_NULL, domid, &memory);

    if (rc)
        return rc;
    b_info->target_memkb = memory.target_kb + b_info->video_memkb;
    if (b_info->max_memkb == LIBXL_MEMKB_DEFAULT ||
        b_info->max_memkb < memory.maximum_kb)
        b_info->max_memkb = memory.maximum_kb;
    return 0;
}

static int update_vcpus(libxl__gc *gc, uint32_t domid,
                        const xc_domaininfo_t *info,
                        libxl_domain_config *config)
{
    libxl_domain_build_info *b_info = &config->b_info;
    unsigned int vcpu, vcpus = info->max_vcpu_id + 1;
    const char *state;
    int rc;

    /* If the configuration did not set a vCPU count, do not report one. */
    if (!b_info->max_vcpus)
        return 0;
    libxl_bitmap_dispose(&b_info->avail_vcpus);
    libxl_bitmap_init(&b_info->avail_vcpus);
    rc = libxl_bitmap_alloc(gc->ctx, &b_info->avail_vcpus, vcpus);
    if (rc)
        return rc;
    b_info->max_vcpus = vcpus;
    /* A guest starts on its first vCPU, even if that was set offline. */
    libxl_bitmap_set(&b_info->avail_vcpus, 0);
    for (vcpu = 1; vcpu < vcpus; vcpu++) {
        rc = libxl__xs_find(gc, XBT_NULL,
                            libxl__sprintf(gc, "%s/cpu/%u/availability",
                                           libxl__xs_domain_path(gc, domid),
                                           vcpu),
                            &state);
        if (rc)
            return rc;
        if (state && !strcmp(state, "online"))
            libxl_bitmap_set(&b_info->avail_vcpus, vcpu);
    }
    return 0;
}

/* Number of the pool that the configuration names; false if there is none. */
static bool find_pool(libxl__gc *gc, const libxl_domain_create_info *c_info,
                      uint32_t *poolid_r)
{
    if (c_info->pool_name)
        return libxl__number_parse_u32(c_info->pool_name, poolid_r) ||
               !libxl__pool_find_name(gc, c_info->pool_name, poolid_r);
    *poolid_r = c_info->poolid;
    return true;
}

static void drop_maps(libxl_bitmap **maps, int *count)
{
    while (*count > 0)
        libxl_bitmap_dispose(&(*maps)[--*count]);
    free(*maps);
    *maps = NULL;
}

/*
 * A domain that was moved to another cpupool restarts there: the first may be
 * gone, and another scheduler takes other parameters.  Its affinity named CPUs
 * of the first.
 */
static void update_pool(libxl__gc *gc, uint32_t current,
                        libxl_domain_config *config)
{
    libxl_domain_create_info *c_info = &config->c_info;
    libxl_domain_build_info *b_info = &config->b_info;
    const char *name;
    uint32_t stored;

    if (find_pool(gc, c_info, &stored) && stored == current)
        return;
    name = libxl__xs_read(gc, XBT_NULL, libxl__pool_path(gc, current, "name"));
    free(c_info->pool_name);
    c_info->pool_name = name ? libxl__strdup_nogc(name) : NULL;
    c_info->poolid = current;
    libxl_bitmap_dispose(&b_info->cpumap);
    libxl_bitmap_init(&b_info->cpumap);
    drop_maps(&b_info->vcpu_hard_affinity, &b_info->num_vcpu_hard_affinity);
    drop_maps(&b_info->vcpu_soft_affinity, &b_info->num_vcpu_soft_affinity);
}

int libxl__stored_config(libxl__gc *gc, uint32_t domid,
                         libxl_domain_config *config)
{
    xc_domaininfo_t info;
    const char *name;
    int rc;

    rc = libxl__domain_info(gc, domid, &info);
    if (rc)
        return rc;
    rc = read_stored(gc, domid, libxl__uuid_text(gc, info.handle), config);
    if (rc)
        return rc;

    rc = libxl__xs_find(gc, XBT_NULL, libxl__name_path(gc, domid), &name);
    if (rc)
        return rc;
    if (name) {
        free(config->c_info.name);
        config->c_info.name = libxl__strdup_nogc(name);
    }
    memcpy(config->c_info.uuid.uuid, info.handle, sizeof(info.handle));
    if (domid != 0)
        update_pool(gc, info.cpupool, config);
    rc = update_memory(gc, domid, config);
    if (rc)
        return rc;
    rc = update_vcpus(gc, domid, &info, config);
    if (rc)
        return rc;
    return libxl__sched_params_get(gc->ctx, domid,
                                   &config->b_info.sched_params);
}

int libxl__stored_read(libxl__gc *gc, uint32_t domid,
                       libxl_domain_config *config)
{
    const char *uuid;
    int rc = libxl__domain_uuid(gc, domid, &uuid);

    return rc ? rc : read_stored(gc, domid, uuid, config);
}

int libxl__stored_change(libxl__gc *gc, uint32_t domid,
                         int (*change)(libxl__gc *gc,
                                       libxl_domain_config *config,
                                       void *opaque),
                         void *opaque)
{
    libxl_domain_config config;
    const char *uuid;
    int lock = -1;
    int rc;

    libxl_domain_config_init(&config);
    rc = libxl__domain_uuid(gc, domid, &uuid);
    if (!rc)
        rc = libxl__userdata_lock(gc, domid, uuid, LIBXL__USERDATA_CONFIG,
                                  &lock);
    if (!rc)
        rc = read_stored(gc, domid, uuid, &config);
    if (!rc)
        rc = change(gc, &config, opaque);
    if (!rc)
        rc = libxl__stored_write(gc, domid, uuid, &config);
    libxl__userdata_unlock(lock);
    libxl_domain_config_dispose(&config);
    return rc;
}
