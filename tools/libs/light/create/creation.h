/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * State of one domain creation.  The stages in create.c run in order; each
 * stores here what later stages need, and has an undo function if it leaves
 * anything.
 */
#ifndef LIBXL_CREATE_CREATION_H
#define LIBXL_CREATE_CREATION_H

#include <libxl.h>
#include <libxl_utils.h>
#include <xenctrl.h>
#include <xenguest.h>

#include "arm/irqmap.h"
#include "arm/slots.h"
#include "arm/tree.h"
#include "base/ctx.h"
#include "base/memory.h"
#include "base/xs_changes.h"
#include "device/device.h"

struct libxl__creation {
    libxl__gc *gc;
    libxl_ctx *ctx;

    /* The caller's configuration, never changed. */
    const libxl_domain_config *asked;
    const libxl_asyncprogress_how *console_how;

    /*
     * The same with all defaults filled in: only create/defaults.c writes it.
     */
    libxl_domain_config config;

    /* Of its name, or -1: create/checks.c. */
    int name_claim;

    /* Facts of the host: create/defaults.c. */
    xc_physinfo_t host;

    /* RAM that the guest starts with, at most 'maxmem': create/memory.c. */
    uint64_t ram_kb;

    /* For the tables of its addresses: create/memory.c. */
    uint64_t pool_kb;

    /* Its devices, whose configuration is in config: create/checks.c. */
    struct libxl__devices devices;

    /*
     * Interrupts in use, and slots of virtio devices: filled by
     * create/checks.c, counted by create/make.c, so that devices take their
     * slots in between.
     */
    struct irqmap irqs;
    struct arm_virtio virtio[ARM_SLOTS];

    /* From the hypervisor: create/make.c. */
    uint32_t domid;
    struct xen_arch_domainconfig arch;
    unsigned int gpaddr_bits;
    const char *uuid;  /* as text */
    bool leaves_nodes; /* it failed, and its nodes could not be removed */
    evtchn_port_t store_port;
    evtchn_port_t console_port;
    evtchn_port_t vuart_port; /* only with a vuart */

    /* Writer of its xenstore nodes. */
    struct libxl__xs_changes changes;

    /* What is loaded into the guest; NULL for none: create/bootloader.c. */
    struct {
        const char *kernel, *ramdisk, *cmdline;
        const char *option; /* that names the files, or NULL: their own */
    } files;

    /* The image that is loaded into the guest: create/build.c. */
    struct xc_dom_image *dom;
    struct arm_guest guest;
    struct arm_policy policy;   /* create/checks.c */
    struct arm_partial partial; /* the same: device_tree, or empty */
    struct arm_tree tree;       /* the builder borrows its bytes */
    xen_pfn_t store_gfn;
    xen_pfn_t console_gfn;
    xen_pfn_t vuart_gfn;
};

static inline uint64_t libxl__kb_to_pages(uint64_t kb)
{
    return kb >> (XC_PAGE_SHIFT - 10);
}

/*
 * The stages.  do_… returns 0 or an ERROR_… after it has logged the cause and
 * taken back what it began; undo_… takes back a do_… that succeeded, cannot
 * fail, and is logged only where something is left behind.
 */
int libxl__defaults_do(struct libxl__creation *creation);
int libxl__memory_choose(struct libxl__creation *creation);
int libxl__memory_claim(struct libxl__creation *creation, uint64_t pages);
int libxl__checks_do(struct libxl__creation *creation);
int libxl__make_do(struct libxl__creation *creation);
void libxl__make_undo(struct libxl__creation *creation);
/* Checks the result of setting a limit; what and unit are for the error. */
int libxl__limit_check(struct libxl__creation *creation, int r,
                       const char *what, uint64_t value, const char *unit);
int libxl__limits_do(struct libxl__creation *creation);
int libxl__ports_do(struct libxl__creation *creation);
int libxl__nodes_do(struct libxl__creation *creation);
void libxl__nodes_undo(struct libxl__creation *creation);
int libxl__details_do(struct libxl__creation *creation);
int libxl__placement_do(struct libxl__creation *creation);
int libxl__bootloader_do(struct libxl__creation *creation);
void libxl__bootloader_undo(struct libxl__creation *creation);
int libxl__image_do(struct libxl__creation *creation);
void libxl__image_undo(struct libxl__creation *creation);
int libxl__memory_do(struct libxl__creation *creation);
int libxl__boot_do(struct libxl__creation *creation);
int libxl__passthrough_check(struct libxl__creation *creation);
int libxl__passthrough_do(struct libxl__creation *creation);
void libxl__passthrough_undo(struct libxl__creation *creation);
int libxl__qemu_do(struct libxl__creation *creation);
void libxl__qemu_undo(struct libxl__creation *creation);
int libxl__connect_do(struct libxl__creation *creation);
void libxl__connect_undo(struct libxl__creation *creation);
int libxl__rings_do(struct libxl__creation *creation);
int libxl__introduce_do(struct libxl__creation *creation);
int libxl__store_do(struct libxl__creation *creation);
int libxl__console_do(struct libxl__creation *creation);

#endif
