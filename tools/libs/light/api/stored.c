/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Data stored for a domain: its configuration, and files of applications.
 */
#include <inttypes.h>
#include <stdlib.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "base/log.h"
#include "base/memory.h"
#include "domain/info.h"
#include "device/plug.h"
#include "domain/stored.h"
#include "domain/userdata.h"
#include "event/ao.h"

int libxl_userdata_store(libxl_ctx *ctx, uint32_t domid,
                         const char *userdata_userid, const uint8_t *data,
                         int datalen)
{
    LIBXL__GC(gc, ctx);
    xc_domaininfo_t info;
    const char *uuid;
    int rc = libxl__domain_uuid(gc, domid, &uuid);

    if (!rc)
        rc = libxl__userdata_store(gc, domid, uuid, userdata_userid, data,
                                   datalen);
    if (rc)
        return rc;
    /* A destroy that has looked for the files already does not see this one. */
    rc = libxl__domain_info(gc, domid, &info);
    if (!rc && datalen && info.flags & XEN_DOMINF_dying)
        rc = libxl__fail(ctx, ERROR_DOMAIN_NOTFOUND,
                         "cannot store '%s' for domain %" PRIu32
                         ": it is being destroyed",
                         userdata_userid, domid);
    if (rc == ERROR_DOMAIN_NOTFOUND)
        libxl__userdata_store(gc, domid, uuid, userdata_userid, NULL, 0);
    return rc;
}

/* A file that does not exist is an empty one. */
int libxl_userdata_retrieve(libxl_ctx *ctx, uint32_t domid,
                            const char *userdata_userid, uint8_t **data_r,
                            int *datalen_r)
{
    LIBXL__GC(gc, ctx);
    const char *uuid;
    size_t size;
    char *data;
    int rc = libxl__domain_uuid(gc, domid, &uuid);

    if (!rc)
        rc = libxl__userdata_retrieve(gc, domid, uuid, userdata_userid, &data,
                                      &size);
    if (rc)
        return rc;
    if (data_r)
        *data_r = (uint8_t *)data;
    else
        free(data);
    if (datalen_r)
        *datalen_r = size;
    return 0;
}

int libxl_userdata_unlink(libxl_ctx *ctx, uint32_t domid,
                          const char *userdata_userid)
{
    return libxl_userdata_store(ctx, domid, userdata_userid, NULL, 0);
}

struct retrieve_job {
    uint32_t domid;
    libxl_domain_config *config;
};

static int retrieve_work(libxl__gc *gc, void *opaque)
{
    const struct retrieve_job *job = opaque;
    int rc = libxl__stored_config(gc, job->domid, job->config);

    if (rc || !job->domid)
        return rc;
    return libxl__devices_drop_absent(gc, job->domid, job->config);
}

int libxl_retrieve_domain_configuration(libxl_ctx *ctx, uint32_t domid,
                                        libxl_domain_config *d_config,
                                        const libxl_asyncop_how *ao_how)
{
    struct retrieve_job job = { .domid = domid, .config = d_config };

    return libxl__ao_run(ctx, domid, ao_how, retrieve_work, &job, sizeof(job));
}
