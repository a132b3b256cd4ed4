/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Asks libxenlight about the host, and dom0's own device tree about the GIC.
 * On a machine without Xen all of that is silent.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxl.h>
#include <xentoollog.h>

#include "arm/tree_view.h"
#include "memmap/file.h"
#include "memmap/machine.h"

/* "NAME=4.17 …" and the version that was built for, from config/. */
const char memmap_releases[] = MEMMAP_RELEASES;

/* dom0's own tree: its GIC is of the host's version. */
#define DOM0_TREE "/sys/firmware/fdt"

/* How XENVER_capabilities names guests of this architecture. */
#define ARM_GUESTS "-aarch64"

static void ignore_fault(void *opaque, const char *text)
{
}

static enum arm_gic gic_of_dom0(void)
{
    struct tree_faults faults = { .report = ignore_fault };
    struct arm_error error = { 0 };
    struct tree_view view;
    enum arm_gic gic = 0;
    size_t size;
    void *fdt = memmap_file_read(DOM0_TREE, TREE_VIEW_MAX_SIZE, &size);

    if (fdt && !tree_view_read(fdt, size, &view, &faults, &error)) {
        gic = view.gic;
        tree_view_dispose(&view);
    }
    free(fdt);
    return gic;
}

static void ask_xen(struct memmap_machine *machine, libxl_ctx *ctx)
{
    const libxl_version_info *version = libxl_get_version_info(ctx);
    libxl_dominfo dom0;

    /* An x86 host knows nothing of guests on Arm. */
    if (!version || !version->capabilities ||
        !strstr(version->capabilities, ARM_GUESTS))
        return;
    if (!machine->xen_major) {
        machine->xen_major = version->xen_version_major;
        machine->xen_minor = version->xen_version_minor;
    }
    libxl_dominfo_init(&dom0);
    if (!machine->gpaddr_bits && !libxl_domain_info(ctx, &dom0, 0))
        machine->gpaddr_bits = dom0.gpaddr_bits;
    libxl_dominfo_dispose(&dom0);
    if (!machine->gic)
        machine->gic = gic_of_dom0();
}

void memmap_machine_ask(struct memmap_machine *machine)
{
    xentoollog_logger_stdiostream *logger;
    libxl_ctx *ctx = NULL;

    if (machine->gpaddr_bits && machine->gic && machine->xen_major)
        return;
    /* Without Xen, this is not an error. */
    logger = xtl_createlogger_stdiostream(stderr, XTL_CRITICAL, 0);
    if (!logger)
        return;
    if (!libxl_ctx_alloc(&ctx, LIBXL_VERSION, 0, (xentoollog_logger *)logger))
        ask_xen(machine, ctx);
    libxl_ctx_free(ctx);
    xtl_logger_destroy((xentoollog_logger *)logger);
}

void memmap_machine_assume(struct memmap_machine *machine)
{
    if (!machine->gpaddr_bits) {
        machine->gpaddr_bits = ASSUMED_GPADDR_BITS;
        machine->assumed_gpaddr_bits = true;
    }
    if (!machine->gic) {
        machine->gic = ASSUMED_GIC;
        machine->assumed_gic = true;
    }
    if (!machine->xen_major)
        machine->assumed_xen = memmap_machine_release(machine, MEMMAP_RELEASE);
    if (!machine->kernel_bits) {
        machine->kernel_bits = 64;
        machine->assumed_kernel = true;
    }
}

static bool parse_version(struct memmap_machine *machine, const char *text)
{
    unsigned int major, minor;
    int end = 0;

    if (!isdigit((unsigned char)*text) ||
        sscanf(text, "%3u.%3u%n", &major, &minor, &end) != 2 ||
        (text[end] != '\0' && text[end] != ' ') || major == 0)
        return false;
    machine->xen_major = major;
    machine->xen_minor = minor;
    return true;
}

bool memmap_machine_release(struct memmap_machine *machine, const char *name)
{
    size_t length = strlen(name);
    const char *at = memmap_releases;

    while (length > 0 && (at = strstr(at, name))) {
        if ((at == memmap_releases || at[-1] == ' ') && at[length] == '=')
            return parse_version(machine, at + length + 1);
        at += length;
    }
    return parse_version(machine, name);
}
