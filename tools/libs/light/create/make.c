/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Makes the domain in the hypervisor, sets its limits, and allocates the event
 * channels of its console and its xenstore ring.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

#include "base/log.h"
#include "create/creation.h"
#include "create/destroy.h"
#include "create/libxl_arm.h"
#include "domain/info.h"
#include "domain/userdata.h"

/* Pages that a guest may have beyond its RAM, as in Debian's library. */
#define SLACK_KB 1024

/* Few of the 32751 domids are in use, so a free one is found quickly. */
#define RANDOM_TRIES 100

static int cannot_make(struct libxl__creation *creation)
{
    const libxl_domain_config *config = &creation->config;
    libxl_gic_version gic = config->b_info.arch_arm.gic_version;

    if (errno == ENODEV && gic != LIBXL_GIC_VERSION_DEFAULT)
        libxl__error(creation->ctx,
                     "cannot create domain '%s': this host has no virtual "
                     "GIC%s: remove 'gic_version' from the configuration",
                     config->c_info.name, libxl_gic_version_to_string(gic));
    else if (errno == EINVAL && config->b_info.tee != LIBXL_TEE_TYPE_NONE)
        libxl__error(creation->ctx,
                     "cannot create domain '%s': this hypervisor has no 'tee' "
                     "\"%s\", or no more of it: remove it from the "
                     "configuration",
                     config->c_info.name,
                     libxl_tee_type_to_string(config->b_info.tee));
    else if (errno == EINVAL && gic == LIBXL_GIC_VERSION_DEFAULT &&
             config->b_info.max_vcpus > ARM_GICV2_MAX_VCPUS)
        /* Only the hypervisor knows yet which GIC this host has. */
        libxl__error_errno(creation->ctx,
                           "cannot create domain '%s': the hypervisor refuses "
                           "its %d vCPUs; on a host with a GICv2, set 'vcpus' "
                           "and 'maxvcpus' to %d at most",
                           config->c_info.name, config->b_info.max_vcpus,
                           ARM_GICV2_MAX_VCPUS);
    else
        libxl__error_errno(creation->ctx,
                           "cannot create domain '%s': the hypervisor refuses",
                           config->c_info.name);
    return errno == ENOMEM ? ERROR_NOMEM : ERROR_FAIL;
}

static uint32_t random_domid(void)
{
    uint32_t bits = 0;

    /* Let the hypervisor choose if there are no random bits. */
    if (getrandom(&bits, sizeof(bits), 0) != sizeof(bits))
        return 0;
    return 1 + bits % (DOMID_FIRST_RESERVED - 1);
}

/* INVALID_DOMID means any: the hypervisor chooses if it is asked for 0. */
static uint32_t wanted_domid(uint32_t asked)
{
    if (asked == (uint32_t)RANDOM_DOMID)
        return random_domid();
    return libxl__is_guest(asked) ? asked : 0;
}

/* Like xc_domain_create, but retries a random domid that is in use. */
static int call_hypervisor(struct libxl__creation *creation,
                           struct xen_domctl_createdomain *request,
                           uint32_t *domid_r)
{
    uint32_t asked = creation->config.c_info.domid, domid;
    int tries, r;

    for (tries = 0; tries < RANDOM_TRIES; tries++) {
        domid = wanted_domid(asked);
        r = xc_domain_create(creation->ctx->xch, &domid, request);
        if (!r)
            *domid_r = domid;
        if (!r || asked != (uint32_t)RANDOM_DOMID || errno != EEXIST)
            break;
    }
    return r;
}

#ifdef LIBXL_HAVE_BUILDINFO_LLC_COLORS
/*
 * The hypervisor takes colours only for a domain that is new.  It chooses them
 * if it is given none.
 */
static int set_colors(struct libxl__creation *creation)
{
    const libxl_domain_build_info *b_info = &creation->config.b_info;

    if (!xc_domain_set_llc_colors(creation->ctx->xch, creation->domid,
                                  b_info->llc_colors, b_info->num_llc_colors))
        return 0;
    if (errno == EOPNOTSUPP && !b_info->num_llc_colors)
        return 0;
    if (errno == EOPNOTSUPP)
        return libxl__fail(creation->ctx, ERROR_FAIL,
                           "domain '%s' asks for 'llc_colors': this hypervisor "
                           "does not colour caches, boot it with "
                           "'llc-coloring', or remove the option",
                           creation->config.c_info.name);
    return libxl__fail_errno(creation->ctx, ERROR_FAIL,
                             "domain '%s' asks for 'llc_colors' that the "
                             "hypervisor refuses",
                             creation->config.c_info.name);
}
#else
static int set_colors(struct libxl__creation *creation)
{
    return 0;
}
#endif

int libxl__make_do(struct libxl__creation *creation)
{
    const libxl_domain_config *config = &creation->config;
    const libxl_domain_build_info *b_info = &config->b_info;
    struct xen_domctl_createdomain request = {
        .flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap,
        .max_vcpus = b_info->max_vcpus,
        .max_evtchn_port = b_info->event_channels,
        .max_grant_frames = b_info->max_grant_frames,
        .max_maptrack_frames = b_info->max_maptrack_frames,
        .grant_opts = XEN_DOMCTL_GRANT_version(b_info->max_grant_version),
        .ssidref = config->c_info.ssidref,
        .cpupool_id = config->c_info.poolid,
    };
    xc_domaininfo_t info;
    uint32_t domid;
    int rc;

    if (libxl_defbool_val(b_info->vpmu))
        request.flags |= XEN_DOMCTL_CDF_vpmu;
    if (config->c_info.passthrough != LIBXL_PASSTHROUGH_DISABLED)
        request.flags |= XEN_DOMCTL_CDF_iommu;
    rc = libxl__arch_domain_prepare_config(creation, &request);
    if (rc)
        return rc;
    memcpy(request.handle, config->c_info.uuid.uuid, sizeof(request.handle));

    if (call_hypervisor(creation, &request, &domid))
        return cannot_make(creation);
    creation->domid = domid;
    creation->arch = request.arch;

    if (xc_domain_getinfolist(creation->ctx->xch, domid, 1, &info) != 1 ||
        info.domain != domid) {
        libxl__error_errno(creation->ctx,
                           "domain %" PRIu32 " is gone while it is created",
                           domid);
        libxl__make_undo(creation);
        return ERROR_FAIL;
    }
    creation->gpaddr_bits = info.gpaddr_bits;
    rc = set_colors(creation);
    if (rc)
        libxl__make_undo(creation);
    return rc;
}

void libxl__make_undo(struct libxl__creation *creation)
{
    /* What is left in xenstore can only be found while the domain is there. */
    if (creation->leaves_nodes ||
        libxl__domain_end(creation->gc, creation->domid))
        libxl__error(creation->ctx,
                     "domain %" PRIu32
                     " stays, paused and unfinished: once the "
                     "cause is gone, remove it by 'xl destroy %" PRIu32 "'",
                     creation->domid, creation->domid);
    else /* the configuration, and what others have stored */
        libxl__userdata_destroy(creation->gc, creation->domid, creation->uuid);
    creation->domid = INVALID_DOMID;
}

int libxl__limit_check(struct libxl__creation *creation, int r,
                       const char *what, uint64_t value, const char *unit)
{
    if (!r)
        return 0;
    libxl__error_errno(creation->ctx,
                       "cannot give domain '%s' %s of %" PRIu64 " %s",
                       creation->config.c_info.name, what, value, unit);
    return errno == ENOMEM ? ERROR_NOMEM : ERROR_FAIL;
}

int libxl__limits_do(struct libxl__creation *creation)
{
    const libxl_domain_build_info *b_info = &creation->config.b_info;
    xc_interface *xch = creation->ctx->xch;
    uint32_t domid = creation->domid;
    int rc;

    rc = libxl__limit_check(creation,
                            xc_domain_max_vcpus(xch, domid, b_info->max_vcpus),
                            "a number", b_info->max_vcpus, "vCPUs");
    if (rc)
        return rc;
    return libxl__limit_check(
        creation, xc_domain_setmaxmem(xch, domid, creation->ram_kb + SLACK_KB),
        "a memory limit", creation->ram_kb + SLACK_KB, "KiB");
}

int libxl__ports_do(struct libxl__creation *creation)
{
    evtchn_port_t *const ports[] = {
        &creation->store_port,
        &creation->console_port,
    };
    size_t i;
    int r;

    for (i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
        r = xc_evtchn_alloc_unbound(creation->ctx->xch, creation->domid, 0);
        if (r < 0)
            return libxl__fail_errno(
                creation->ctx, ERROR_FAIL,
                "cannot allocate an event channel for domain "
                "'%s': raise 'event_channels'",
                creation->config.c_info.name);
        *ports[i] = r;
    }
    return 0;
}
