/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * A domain's configuration as it is stored: written when the domain is
 * created, read and brought up to date when somebody asks for it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "event/ao.h"
#include "base/ctx.h"
#include "base/log.h"
#include "base/xenstore.h"
#include "create/creation.h"
#include "domain/info.h"
#include "domain/userdata.h"

/*
 * What is stored is what the caller asked for: defaults may be others when
 * the domain is created again, on another host or with another release.
 * The UUID is the exception, the domain keeps it.
 */
int libxl__store_do(struct libxl__creation *creation)
{
    libxl__gc *gc = creation->gc;
    libxl_domain_config config;
    char *json;
    int rc;

    libxl_domain_config_init(&config);
    libxl_domain_config_copy(creation->ctx, &config, creation->asked);
    libxl_uuid_copy(creation->ctx, &config.c_info.uuid,
                    &creation->config.c_info.uuid);
    config.b_info.video_memkb = creation->config.b_info.video_memkb;
    json = libxl_domain_config_to_json(creation->ctx, &config);
    libxl_domain_config_dispose(&config);
    if (!json) {
        libxl__error(creation->ctx,
                     "cannot write the configuration of domain "
                     "'%s' as JSON",
                     creation->config.c_info.name);
        return ERROR_FAIL;
    }
    rc = libxl__userdata_store(gc, creation->domid, creation->uuid,
                               LIBXL__USERDATA_CONFIG, json, strlen(json) + 1);
    free(json);
    return rc;
}

void libxl__store_undo(struct libxl__creation *creation)
{
    libxl__userdata_destroy(creation->gc, creation->domid, creation->uuid);
}

static int read_stored(libxl__gc *gc, uint32_t domid, const char *uuid,
                       libxl_domain_config *config)
{
    void *json;
    int size;
    int rc;

    rc = libxl__userdata_retrieve(gc, domid, uuid, LIBXL__USERDATA_CONFIG,
                                  &json, &size);
    if (rc)
        return rc;
    if (!size) {
        libxl__error(gc->ctx,
                     "no configuration is stored for domain "
                     "%" PRIu32,
                     domid);
        return ERROR_JSON_CONFIG_EMPTY;
    }
    libxl__gc_adopt(gc, json);
    /* Older files end without the zero byte. */
    return libxl_domain_config_from_json(gc->ctx, config,
                                         libxl__strndup(gc, json, size));
}

static int update_memory(libxl__gc *gc, uint32_t domid,
                         libxl_domain_config *config)
{
    const char *domain = libxl__xs_domain_path(gc, domid);
    uint32_t target, maximum;
    int rc;

    rc = libxl__xs_read_u32(
        gc, XBT_NULL, libxl__sprintf(gc, "%s/memory/target", domain), &target);
    if (rc)
        return rc;
    rc = libxl__xs_read_u32(gc, XBT_NULL,
                            libxl__sprintf(gc, "%s/memory/static-max", domain),
                            &maximum);
    if (rc)
        return rc;
    config->b_info.target_memkb = target + config->b_info.video_memkb;
    config->b_info.max_memkb = maximum;
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

    /* Who asked for no number of vCPUs is told of none. */
    if (!b_info->max_vcpus)
        return 0;
    libxl_bitmap_dispose(&b_info->avail_vcpus);
    libxl_bitmap_init(&b_info->avail_vcpus);
    rc = libxl_bitmap_alloc(gc->ctx, &b_info->avail_vcpus, vcpus);
    if (rc)
        return rc;
    b_info->max_vcpus = vcpus;
    for (vcpu = 0; vcpu < vcpus; vcpu++) {
        state = libxl__xs_readf(gc, XBT_NULL, "%s/cpu/%u/availability",
                                libxl__xs_domain_path(gc, domid), vcpu);
        if (state && !strcmp(state, "online"))
            libxl_bitmap_set(&b_info->avail_vcpus, vcpu);
    }
    return 0;
}

struct retrieve_job {
    uint32_t domid;
    libxl_domain_config *config;
};

/* Brings what was stored up to date with the domain as it is now. */
static int retrieve_work(libxl__gc *gc, void *opaque)
{
    const struct retrieve_job *job = opaque;
    libxl_domain_config *config = job->config;
    xc_domaininfo_t info;
    char *name;
    int rc;

    rc = libxl__domain_info(gc, job->domid, &info);
    if (rc)
        return rc;
    rc = read_stored(gc, job->domid, libxl__uuid_text(gc, info.handle), config);
    if (rc)
        return rc;

    name = libxl_domid_to_name(gc->ctx, job->domid);
    if (name) {
        free(config->c_info.name);
        config->c_info.name = name;
    }
    memcpy(config->c_info.uuid.uuid, info.handle, sizeof(info.handle));
    if (job->domid == 0)
        return 0;
    rc = update_memory(gc, job->domid, config);
    if (rc)
        return rc;
    rc = update_vcpus(gc, job->domid, &info, config);
    if (rc)
        return rc;
    return libxl_domain_sched_params_get(gc->ctx, job->domid,
                                         &config->b_info.sched_params);
}

int libxl_retrieve_domain_configuration(libxl_ctx *ctx, uint32_t domid,
                                        libxl_domain_config *d_config,
                                        const libxl_asyncop_how *ao_how)
{
    struct retrieve_job job = { .domid = domid, .config = d_config };

    return libxl__ao_run(ctx, domid, ao_how, retrieve_work, &job, sizeof(job));
}
