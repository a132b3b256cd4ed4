/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The facts about one guest that the guest machine room needs.  Plain facts
 * only: no toolstack context, no handles.  The domain room fills it once, after
 * the kernel image was parsed and before memory is populated; nothing in
 * here changes afterwards, and strings and arrays are borrowed from the
 * caller, who keeps them until arm_tree_finalise() is done.
 */
#ifndef ARM_GUEST_H
#define ARM_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "arm/partial.h"
#include "arm/policy.h"

#include "guest-layout.h"

#define ARM_PAGE_SHIFT    12
#define ARM_RNG_SEED_SIZE 128

/* A GICv2 has as many CPU interfaces: GICv2 specification, 1.2. */
#define ARM_GICV2_MAX_VCPUS 8

/* An iomem entry without "@GFN": mapped at its machine frame. */
#define ARM_IOMEM_SAME_GFN (~UINT64_C(0))

enum arm_gic {
    ARM_GIC_V2 = 2,
    ARM_GIC_V3 = 3,
};

/* One entry of the option iomem, in the order of the configuration. */
struct arm_iomem {
    uint64_t mfn;   /* first machine frame */
    uint64_t pages; /* how many */
    uint64_t gfn;   /* first guest frame, or ARM_IOMEM_SAME_GFN */
};

/* A virtio device in its slot, as arm_slot_take() of slots.h gives it. */
struct arm_virtio {
    uint64_t base;      /* guest physical, of the slot */
    uint32_t irq;       /* INTID */
    bool grants;        /* the guest grants its pages to the backend … */
    uint16_t backend;   /* … which is this domain */
    const char *origin; /* the option, "disk" */
    int index;          /* which entry of it */
    const char *type;   /* such as "virtio,device22"; NULL: the guest asks */
};

struct arm_guest {
    /* From the hypervisor. */
    unsigned int xen_major, xen_minor; /* XENVER_version */
    unsigned int gpaddr_bits;          /* getdomaininfo of this domain */
    enum arm_gic gic;         /* as createdomain gave it, never "native" */
    uint32_t clock_frequency; /* as createdomain gave it; 0: no property */

    /* From the kernel image: its guest type, xen-3.0-aarch64 or -armv7l. */
    bool is_64bit;

    /* From the configuration. */
    unsigned int vcpus;  /* max_vcpus, not the ones online at start */
    uint64_t ram_pages;  /* what the builder will populate, all banks */
    const char *cmdline; /* NULL: no bootargs */
    bool initrd;         /* there is a ramdisk */
    bool vuart;          /* vuart = "sbsa_uart" */
    bool optee;          /* tee = "optee" */
    bool acpi;           /* ACPI tables in the window for them */
    bool vpci;           /* a virtual PCI host bridge */
    const struct arm_iomem *iomem;
    unsigned int nr_iomem;
    const struct arm_partial *partial; /* device_tree; NULL: none */
    const struct arm_virtio *virtio;   /* by their slots, in ascending order */
    unsigned int nr_virtio;

    /* From the administrator. */
    struct arm_policy policy;

    /* From getrandom(2); has_rng_seed false leaves the property out. */
    bool has_rng_seed;
    uint8_t rng_seed[ARM_RNG_SEED_SIZE];
};

/* Known only after memory is populated: xc_dom_boot_mem_init(). */
struct arm_placement {
    uint64_t bank_pages[GUEST_RAM_BANKS]; /* dom->rambank_size */
    uint64_t initrd_start;                /* dom->modules[0].seg.vstart */
    uint64_t initrd_end;                  /* … and vend: whole pages */
};

#endif
