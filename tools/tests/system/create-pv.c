/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Creates a paused guest as libvirt's driver does: with what it boots where
 * the configuration of a PV guest once had it.
 *
 *   create-pv NAME KERNEL RAMDISK
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxl.h>
#include <libxl_utils.h>

enum { MEMORY_KB = 64 * 1024, VCPUS = 2 };

static int fill_in(libxl_ctx *ctx, libxl_domain_config *config, char **words)
{
    libxl_domain_build_info *b_info = &config->b_info;

    config->c_info.type = LIBXL_DOMAIN_TYPE_PV;
    config->c_info.name = strdup(words[0]);
    libxl_uuid_generate(&config->c_info.uuid);
    libxl_domain_build_info_init_type(b_info, LIBXL_DOMAIN_TYPE_PV);
    b_info->max_memkb = b_info->target_memkb = MEMORY_KB;
    b_info->video_memkb = 0;
    b_info->max_vcpus = VCPUS;
    b_info->u.pv.kernel = strdup(words[1]);
    b_info->u.pv.ramdisk = strdup(words[2]);
    b_info->u.pv.cmdline = strdup("console=hvc0");
    if (libxl_cpu_bitmap_alloc(ctx, &b_info->avail_vcpus, VCPUS))
        return -1;
    libxl_bitmap_set_any(&b_info->avail_vcpus);
    return 0;
}

int main(int argc, char **argv)
{
    xentoollog_logger_stdiostream *logger =
        xtl_createlogger_stdiostream(stderr, XTL_PROGRESS, 0);
    libxl_domain_config config;
    libxl_ctx *ctx;
    uint32_t domid;
    int rc;

    if (argc < 4 || libxl_ctx_alloc(&ctx, LIBXL_VERSION, 0, (void *)logger))
        return 2;
    libxl_domain_config_init(&config);
    rc = fill_in(ctx, &config, argv + 1);
    if (!rc)
        rc = libxl_domain_create_new(ctx, &config, &domid, NULL, NULL);
    libxl_domain_config_dispose(&config);
    libxl_ctx_free(ctx);
    xtl_logger_destroy((void *)logger);
    return rc != 0;
}
