/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What a guest's address map depends on besides its configuration: the
 * hypervisor and the hardware.  Given by options, else by the Xen host that
 * this program runs on, else assumed, and then said so.
 */
#ifndef MEMMAP_MACHINE_H
#define MEMMAP_MACHINE_H

#include <stdbool.h>

#include "arm/guest.h"

/* Assumptions where there is no Xen host to ask. */
#define ASSUMED_GPADDR_BITS 40 /* the windows for RAM end there */
#define ASSUMED_GIC         ARM_GIC_V3

/* A fact of 0 is not known. */
struct memmap_machine {
    unsigned int gpaddr_bits;
    enum arm_gic gic; /* of the host: what gic_version="default" becomes */
    unsigned int xen_major, xen_minor;
    unsigned int kernel_bits; /* 32 or 64; from the kernel's file if there */

    bool assumed_gpaddr_bits, assumed_gic, assumed_xen, assumed_kernel;
};

/* Fills what is not known from the Xen host, if this is one. */
void memmap_machine_ask(struct memmap_machine *machine);

/* Fills the rest with what this program was built for. */
void memmap_machine_assume(struct memmap_machine *machine);

/*
 * A Debian release by name, or a version of Xen: "bookworm", "4.17".  False
 * for what is neither.
 */
bool memmap_machine_release(struct memmap_machine *machine, const char *name);

/* The names that the above knows, for people. */
extern const char memmap_releases[];

#endif
