/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Devices of a running domain: the functions that are the same for every kind.
 * The others are in device_NAME.c.
 */
#include "api/device.h"

#include <stdlib.h>
#include <string.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "device/kinds.h"
#include "device/plug.h"
#include "event/ao.h"
#include "types/type.h"

struct plug_job {
    uint32_t domid;
    const struct libxl__device_kind *kind;
    void *config, *asked; /* to attach; the job owns them */
    void *caller;         /* the caller's own, if it waits; or NULL */
    uint32_t devid;       /* to detach */
    enum libxl__detach how;
};

static void *copy_config(const struct libxl__type *type, const void *config)
{
    void *copy = libxl__zalloc_nogc(type->size);

    libxl__type_copy(type, copy, config);
    return copy;
}

static void free_config(const struct libxl__type *type, void *config)
{
    libxl__type_dispose(type, config);
    free(config);
}

static int attach_work(libxl__gc *gc, void *opaque)
{
    struct plug_job *job = opaque;
    const struct libxl__type *type = &libxl__types[job->kind->type];
    int rc = libxl__device_attach(gc, job->domid, job->kind, job->config,
                                  job->asked);

    if (!rc && job->caller && !job->kind->devid_of)
        memcpy((char *)job->caller + job->kind->devid,
               (char *)job->config + job->kind->devid, sizeof(libxl_devid));
    free_config(type, job->config);
    free_config(type, job->asked);
    return rc;
}

/*
 * Fill in *config in the caller's thread: the caller finds there what its
 * device got, and may free it as soon as this returns.
 */
int libxl__api_attach(libxl_ctx *ctx, uint32_t domid,
                      const struct libxl__device_kind *kind, void *config,
                      const libxl_asyncop_how *ao_how)
{
    const struct libxl__type *type = &libxl__types[kind->type];
    struct plug_job job = { .domid = domid, .kind = kind };
    struct libxl__devices devices;
    LIBXL__GC(gc, ctx);
    int rc;

    job.asked = copy_config(type, config);
    rc = libxl__devices_single(gc, domid, kind, config, &devices);
    if (rc) {
        free_config(type, job.asked);
        return rc;
    }
    job.config = copy_config(type, config);
    job.caller = ao_how ? NULL : config;
    return libxl__ao_run(ctx, domid, ao_how, attach_work, &job, sizeof(job));
}

static int detach_work(libxl__gc *gc, void *opaque)
{
    const struct plug_job *job = opaque;

    return libxl__device_detach(gc, job->domid, job->kind, job->devid,
                                job->how);
}

int libxl__api_detach(libxl_ctx *ctx, uint32_t domid,
                      const struct libxl__device_kind *kind, const void *config,
                      enum libxl__detach how, const libxl_asyncop_how *ao_how)
{
    struct plug_job job = {
        .domid = domid,
        .kind = kind,
        .devid = libxl__device_devid(kind, config),
        .how = how,
    };

    return libxl__ao_run(ctx, domid, ao_how, detach_work, &job, sizeof(job));
}

void *libxl__api_list(libxl_ctx *ctx, uint32_t domid,
                      const struct libxl__device_kind *kind, int *count_r)
{
    const struct libxl__type *type = &libxl__types[kind->type];
    struct libxl__devices devices;
    LIBXL__GC(gc, ctx);
    unsigned int i;
    char *list;
    int rc;

    *count_r = 0;
    if (libxl__devices_find(gc, domid, kind, &devices))
        return NULL;
    list = libxl__calloc_nogc(devices.count + 1, type->size);
    for (i = 0; i < devices.count; i++) {
        rc = libxl__device_read(gc, &devices.list[i], list + i * type->size);
        if (rc) {
            libxl__type_list_free(type, list, i + 1);
            return NULL;
        }
    }
    *count_r = devices.count;
    return list;
}

int libxl__api_find(libxl_ctx *ctx, uint32_t domid,
                    const struct libxl__device_kind *kind, uint32_t devid,
                    void *config_r)
{
    struct libxl__devices devices;
    LIBXL__GC(gc, ctx);
    int rc;

    libxl__type_init(&libxl__types[kind->type], config_r);
    rc = libxl__device_find(gc, domid, kind, devid, &devices);
    if (!rc)
        rc = libxl__device_read(gc, devices.list, config_r);
    /* It may have gone in between: nothing of it was there to read. */
    if (!rc && libxl__device_devid(kind, config_r) != devid)
        rc = ERROR_NOTFOUND;
    return rc;
}

int libxl__api_find_field(libxl_ctx *ctx, uint32_t domid,
                          const struct libxl__device_kind *kind, size_t offset,
                          size_t size, const void *wanted, void *config_r)
{
    const struct libxl__type *type = &libxl__types[kind->type];
    int i, count, rc = ERROR_FAIL;
    char *list = libxl__api_list(ctx, domid, kind, &count);

    libxl__type_init(type, config_r);
    for (i = 0; i < count && rc; i++) {
        const char *config = list + i * type->size;

        if (memcmp(config + offset, wanted, size))
            continue;
        libxl__type_copy(type, config_r, config);
        rc = 0;
    }
    libxl__type_list_free(type, list, count);
    return rc;
}

int libxl__api_getinfo(libxl_ctx *ctx, uint32_t domid,
                       const struct libxl__device_kind *kind, uint32_t devid,
                       void *info_r)
{
    struct libxl__devices devices;
    LIBXL__GC(gc, ctx);
    int rc = libxl__device_find(gc, domid, kind, devid, &devices);

    return rc ? rc : libxl__device_getinfo(gc, devices.list, info_r);
}

static int serve_work(libxl__gc *gc, void *opaque)
{
    return libxl__devices_serve(gc);
}

int libxl_device_events_handler(libxl_ctx *ctx, const libxl_asyncop_how *ao_how)
{
    return libxl__ao_run(ctx, 0, ao_how, serve_work, NULL, 0);
}

#define ADD(name)                                                              \
    int libxl_device_##name##_add(libxl_ctx *ctx, uint32_t domid,              \
                                  libxl_device_##name *name,                   \
                                  const libxl_asyncop_how *ao_how)             \
    {                                                                          \
        return libxl__api_attach(ctx, domid, &libxl__kind_##name, name,        \
                                 ao_how);                                      \
    }

#define REMOVE(name)                                                           \
    int libxl_device_##name##_remove(libxl_ctx *ctx, uint32_t domid,           \
                                     libxl_device_##name *name,                \
                                     const libxl_asyncop_how *ao_how)          \
    {                                                                          \
        return libxl__api_detach(ctx, domid, &libxl__kind_##name, name,        \
                                 DETACH_SOON, ao_how);                         \
    }                                                                          \
                                                                               \
    int libxl_device_##name##_destroy(libxl_ctx *ctx, uint32_t domid,          \
                                      libxl_device_##name *name,               \
                                      const libxl_asyncop_how *ao_how)         \
    {                                                                          \
        return libxl__api_detach(ctx, domid, &libxl__kind_##name, name,        \
                                 DETACH_FORCED, ao_how);                       \
    }

#define LIST(name)                                                             \
    libxl_device_##name *libxl_device_##name##_list(libxl_ctx *ctx,            \
                                                    uint32_t domid, int *num)  \
    {                                                                          \
        return libxl__api_list(ctx, domid, &libxl__kind_##name, num);          \
    }

#define GETINFO(name)                                                          \
    int libxl_device_##name##_getinfo(libxl_ctx *ctx, uint32_t domid,          \
                                      const libxl_device_##name *name,         \
                                      libxl_##name##info *info)                \
    {                                                                          \
        return libxl__api_getinfo(                                             \
            ctx, domid, &libxl__kind_##name,                                   \
            libxl__device_devid(&libxl__kind_##name, name), info);             \
    }

/* Of a kind whose devices are numbered from 0. */
#define NUMBERED(name)                                                         \
    int libxl_devid_to_device_##name(libxl_ctx *ctx, uint32_t domid,           \
                                     int devid, libxl_device_##name *name)     \
    {                                                                          \
        return libxl__api_find(ctx, domid, &libxl__kind_##name, devid, name);  \
    }

#define DEVICE(name)                                                           \
    ADD(name)                                                                  \
    REMOVE(name)                                                               \
    LIST(name)                                                                 \
    GETINFO(name)

DEVICE(disk)

DEVICE(nic)
NUMBERED(nic)

DEVICE(vtpm)
NUMBERED(vtpm)

REMOVE(pvcallsif)

REMOVE(p9)

#ifdef LIBXL_HAVE_XEN_9PFS
int libxl_device_9pfs_add(libxl_ctx *ctx, uint32_t domid, libxl_device_p9 *p9,
                          const libxl_asyncop_how *ao_how)
{
    return libxl__api_attach(ctx, domid, &libxl__kind_p9, p9, ao_how);
}
#endif

DEVICE(vdispl)
NUMBERED(vdispl)

DEVICE(vsnd)
NUMBERED(vsnd)

DEVICE(vkb)
NUMBERED(vkb)

DEVICE(usbctrl)
NUMBERED(usbctrl)

ADD(vfb)
REMOVE(vfb)

LIST(channel)
GETINFO(channel)
