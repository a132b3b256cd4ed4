/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What a configuration leaves open.  This is the only file that fills
 * anything into a configuration, and it does so in the library's own copy:
 * the caller's stays as it was.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "arm/paging_pool.h"
#include "base/log.h"
#include "base/number.h"
#include "create/creation.h"
#include "create/defaults.h"
#include "domain/pool.h"

/* Sources: xl.cfg(5) and the comments in libxl.h, unless a line says more. */
#define DEFAULT_MEMORY_KB      (32 * 1024)
#define DEFAULT_EVENT_CHANNELS 1023

static void default_type(libxl_ctx *ctx, libxl_domain_config *config)
{
    if (config->c_info.type == LIBXL_DOMAIN_TYPE_PV)
        libxl__warn(ctx,
                    "domain '%s' is of type \"pv\"; guests on Arm are "
                    "\"pvh\": taking it as that, please set 'type' so",
                    config->c_info.name);
    config->c_info.type = LIBXL_DOMAIN_TYPE_PVH;
}

static void default_memory(libxl_domain_build_info *b_info)
{
    if (b_info->max_memkb == LIBXL_MEMKB_DEFAULT)
        b_info->max_memkb = DEFAULT_MEMORY_KB;
    if (b_info->target_memkb == LIBXL_MEMKB_DEFAULT)
        b_info->target_memkb = b_info->max_memkb;
    if (b_info->video_memkb == LIBXL_MEMKB_DEFAULT)
        b_info->video_memkb = 0;
}

static int default_vcpus(libxl_ctx *ctx, libxl_domain_build_info *b_info)
{
    int rc;

    /* vcpus=0 leaves an empty map; no vcpus at all leaves no map. */
    if (!b_info->max_vcpus && !b_info->avail_vcpus.size)
        b_info->max_vcpus = 1;
    if (b_info->avail_vcpus.size || b_info->max_vcpus < 1)
        return 0;
    rc = libxl_bitmap_alloc(ctx, &b_info->avail_vcpus, b_info->max_vcpus);
    if (rc)
        return rc;
    libxl_bitmap_set(&b_info->avail_vcpus, 0);
    return 0;
}

/* The newest version of grant tables that this hypervisor has. */
static void default_grants(libxl_domain_build_info *b_info,
                           const xc_physinfo_t *host)
{
    bool v2 = host->capabilities & XEN_SYSCTL_PHYSCAP_gnttab_v2;

    if (b_info->max_grant_version < 0)
        b_info->max_grant_version = v2 ? 2 : 1;
}

/* A hypervisor without XSM takes no label; Debian's library goes on, too. */
static int resolve_label(libxl_ctx *ctx, const char *name, const char *option,
                         char *label, uint32_t *ssidref_io)
{
    if (!label ||
        !xc_flask_context_to_sid(ctx->xch, label, strlen(label), ssidref_io))
        return 0;
    if (errno == ENOSYS) {
        libxl__warn(ctx,
                    "domain '%s' is created without '%s' \"%s\": this "
                    "hypervisor has no XSM",
                    name, option, label);
        return 0;
    }
    libxl__error_errno(ctx,
                       "domain '%s' asks for '%s' \"%s\", which the "
                       "hypervisor's policy does not know",
                       name, option, label);
    return ERROR_INVAL;
}

/* 'seclabel' is the domain's from the start, unless 'init_seclabel' is. */
static int resolve_labels(libxl_ctx *ctx, libxl_domain_config *config)
{
    libxl_domain_create_info *c_info = &config->c_info;
    libxl_domain_build_info *b_info = &config->b_info;
    int rc;

    rc = resolve_label(ctx, c_info->name,
                       b_info->exec_ssid_label ? "init_seclabel" : "seclabel",
                       c_info->ssid_label, &c_info->ssidref);
    if (rc)
        return rc;
    return resolve_label(ctx, c_info->name, "seclabel", b_info->exec_ssid_label,
                         &b_info->exec_ssidref);
}

static int resolve_pool(libxl__gc *gc, libxl_domain_create_info *c_info)
{
    if (!c_info->pool_name ||
        libxl__number_parse_u32(c_info->pool_name, &c_info->poolid) ||
        !libxl__pool_find_name(gc, c_info->pool_name, &c_info->poolid))
        return 0;
    libxl__error(gc->ctx,
                 "domain '%s' asks for 'pool' \"%s\": there is no such "
                 "cpupool",
                 c_info->name, c_info->pool_name);
    return ERROR_INVAL;
}

/* xl.cfg(5): the guest's IOMMU is on if it has devices that need it. */
static void default_passthrough(libxl_domain_config *config)
{
    if (config->c_info.passthrough != LIBXL_PASSTHROUGH_DEFAULT)
        return;
    config->c_info.passthrough = config->num_pcidevs || config->num_dtdevs
                                     ? LIBXL_PASSTHROUGH_ENABLED
                                     : LIBXL_PASSTHROUGH_DISABLED;
}

int libxl__defaults_fill(libxl__gc *gc, const libxl_domain_config *asked,
                         libxl_domain_config *config, xc_physinfo_t *host_r)
{
    libxl_ctx *ctx = gc->ctx;
    libxl_domain_create_info *c_info = &config->c_info;
    libxl_domain_build_info *b_info = &config->b_info;
    int rc;

    if (xc_physinfo(ctx->xch, host_r)) {
        libxl__error_errno(ctx, "cannot query the hypervisor about the host");
        return ERROR_FAIL;
    }
    libxl_domain_config_copy(ctx, config, asked);
    /* libvirt fills in the kernel where PV guests once had it. */
    rc = libxl__domain_build_info_copy_deprecated(ctx, b_info);
    if (rc) {
        libxl__error(ctx,
                     "domain '%s' has a kernel, a ramdisk or another option "
                     "twice: as a PV guest's, and differently as its own",
                     c_info->name);
        return rc;
    }
    default_type(ctx, config);
    default_passthrough(config);
    libxl_defbool_setdefault(&c_info->hap, true);
    libxl_defbool_setdefault(&c_info->run_hotplug_scripts, true);
    libxl_defbool_setdefault(&c_info->driver_domain, false);
    if (libxl_uuid_is_nil(&c_info->uuid))
        libxl_uuid_generate(&c_info->uuid);

    rc = resolve_labels(ctx, config);
    if (rc)
        return rc;
    rc = resolve_pool(gc, c_info);
    if (rc)
        return rc;
    rc = default_vcpus(ctx, b_info);
    if (rc)
        return rc;
    default_memory(b_info);
    default_grants(b_info, host_r);
    if (b_info->shadow_memkb == LIBXL_MEMKB_DEFAULT)
        b_info->shadow_memkb =
            arm_pool_default_kb(b_info->max_vcpus, b_info->max_memkb);
    if (!b_info->event_channels)
        b_info->event_channels = DEFAULT_EVENT_CHANNELS;
    libxl_defbool_setdefault(&b_info->claim_mode, false);
    libxl_defbool_setdefault(&b_info->acpi, false);
    libxl_defbool_setdefault(&b_info->vpmu, false);
    libxl_defbool_setdefault(&b_info->nested_hvm, false);
    return 0;
}

int libxl__defaults_do(struct libxl__creation *creation)
{
    libxl_domain_config *config = &creation->config;
    int rc = libxl__defaults_fill(creation->gc, creation->asked, config,
                                  &creation->host);

    if (rc)
        return rc;
    creation->uuid = libxl__sprintf(creation->gc, LIBXL_UUID_FMT,
                                    LIBXL_UUID_BYTES(config->c_info.uuid));
    /* Here, since Debian's library returns ERROR_INVAL for these faults. */
    return libxl__passthrough_check(creation);
}
