/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Loads the kernel, its ramdisk and the device tree into the guest's memory, by
 * libxenguest's builder.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arm/kernel.h"
#include "base/log.h"
#include "create/creation.h"
#include "create/libxl_arm.h"

/* Check a file first: the builder's own errors do not name the option. */
static int check_file(struct libxl__creation *creation, const char *option,
                      const char *path)
{
    const char *name = creation->config.c_info.name;
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int rc = ERROR_FAIL;

    if (fd < 0 || fstat(fd, &st)) {
        libxl__error_errno(creation->ctx,
                           "domain '%s': cannot open '%s', which '%s' names",
                           name, path, option);
        goto out;
    }
    if (!S_ISREG(st.st_mode)) {
        libxl__error(creation->ctx,
                     "domain '%s': '%s', which '%s' names, is not a file", name,
                     path, option);
        goto out;
    }
    if (!st.st_size) {
        libxl__error(creation->ctx,
                     "domain '%s': the file '%s', which '%s' names, is empty",
                     name, path, option);
        goto out;
    }
    rc = 0;

out:
    if (fd >= 0)
        close(fd);
    return rc;
}

/*
 * Check the result of a step of the builder; what and path are for the error.
 */
static int step(struct libxl__creation *creation, int r, const char *what,
                const char *path)
{
    if (!r)
        return 0;
    libxl__error(creation->ctx, "domain '%s': %s '%s'",
                 creation->config.c_info.name, what, path);
    return ERROR_FAIL;
}

static int load_files(struct libxl__creation *creation)
{
    const char *kernel = creation->files.kernel;
    const char *ramdisk = creation->files.ramdisk;
    const char *option = creation->files.option;
    int rc;

    rc = check_file(creation, option ?: "kernel", kernel);
    if (rc)
        return rc;
    rc = step(creation, xc_dom_kernel_file(creation->dom, kernel),
              "cannot load the kernel", kernel);
    if (rc || !ramdisk || !*ramdisk)
        return rc;
    rc = check_file(creation, option ?: "ramdisk", ramdisk);
    if (rc)
        return rc;
    return step(creation, xc_dom_module_file(creation->dom, ramdisk, NULL),
                "cannot load the ramdisk", ramdisk);
}

/* Check the kernel, which the builder has uncompressed if necessary. */
static int check_kernel(struct libxl__creation *creation)
{
    const struct xc_dom_image *dom = creation->dom;
    struct arm_error error = { 0 };

    if (!arm_kernel_check(dom->kernel_blob, dom->kernel_size, &error))
        return 0;
    libxl__error(creation->ctx, "domain '%s': '%s': %s",
                 creation->config.c_info.name, creation->files.kernel,
                 error.message);
    return ERROR_FAIL;
}

int libxl__image_do(struct libxl__creation *creation)
{
    const libxl_domain_build_info *b_info = &creation->config.b_info;
    const char *kernel = creation->files.kernel;
    xc_interface *xch = creation->ctx->xch;
    struct xc_dom_image *dom;
    int rc;

    dom = xc_dom_allocate(xch, creation->files.cmdline, NULL);
    if (!dom) {
        libxl__error_errno(creation->ctx,
                           "domain '%s': cannot start the "
                           "domain builder",
                           creation->config.c_info.name);
        return ERROR_FAIL;
    }
    creation->dom = dom;
    dom->container_type = XC_DOM_HVM_CONTAINER;
    dom->flags = 0;
    dom->console_evtchn = creation->console_port;
    dom->console_domid = 0;
    dom->xenstore_evtchn = creation->store_port;
    dom->xenstore_domid = 0;
    dom->claim_enabled = libxl_defbool_val(b_info->claim_mode);
    dom->max_vcpus = b_info->max_vcpus;

    rc = load_files(creation);
    libxl__bootloader_undo(creation); /* the builder has its files */
    if (rc)
        goto out;
    rc = step(creation, xc_dom_boot_xen_init(dom, xch, creation->domid),
              "the builder does not know this hypervisor, for kernel", kernel);
    if (rc)
        goto out;
    rc = step(creation, xc_dom_rambase_init(dom, GUEST_RAM_BASE),
              "the builder refuses the guest's memory map, for kernel", kernel);
    if (rc)
        goto out;
    rc = step(creation, xc_dom_parse_image(dom),
              "not a Linux Image or zImage for Arm, or damaged: the kernel",
              kernel);
    if (rc)
        goto out;
    rc = check_kernel(creation);
    if (rc)
        goto out;
    rc = libxl__arch_domain_init_hw_description(creation);

out:
    if (rc)
        libxl__image_undo(creation);
    return rc;
}

void libxl__image_undo(struct libxl__creation *creation)
{
    if (creation->dom)
        xc_dom_release(creation->dom);
    creation->dom = NULL;
    arm_tree_dispose(&creation->tree);
    arm_partial_dispose(&creation->partial);
    creation->guest.partial = NULL;
}

static int start_vuart(struct libxl__creation *creation)
{
    if (!creation->guest.vuart)
        return 0;
    creation->vuart_gfn = creation->dom->vuart_gfn;
    if (!xc_dom_vuart_init(creation->ctx->xch, XEN_DOMCTL_VUART_TYPE_VPL011,
                           creation->domid, 0, creation->vuart_gfn,
                           &creation->vuart_port))
        return 0;
    libxl__error_errno(creation->ctx,
                       "domain '%s': cannot start the 'vuart': the hypervisor "
                       "has none, remove it from the configuration",
                       creation->config.c_info.name);
    return ERROR_FAIL;
}

int libxl__boot_do(struct libxl__creation *creation)
{
    const char *kernel = creation->files.kernel;
    struct xc_dom_image *dom = creation->dom;
    int rc;

    rc = libxl__arch_domain_finalise_hw_description(creation);
    if (rc)
        return rc;
    rc = step(creation, xc_dom_build_image(dom),
              "cannot write to the guest's memory the kernel", kernel);
    if (rc)
        return rc;
    rc = step(creation, xc_dom_boot_image(dom),
              "cannot set the first vCPU up for the kernel", kernel);
    if (rc)
        return rc;
    rc = step(creation, xc_dom_gnttab_init(dom),
              "cannot set the grant table up for the kernel", kernel);
    if (rc)
        return rc;
    rc = libxl__arch_domain_set_callback(creation);
    if (rc)
        return rc;
    rc = start_vuart(creation);
    if (rc)
        return rc;

    creation->store_gfn = dom->xenstore_pfn;
    creation->console_gfn = dom->console_pfn;
    libxl__image_undo(creation);
    return libxl__memory_claim(creation, 0);
}
