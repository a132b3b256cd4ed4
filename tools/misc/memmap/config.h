/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * A guest's xl.cfg as the guest machine room needs it.  Owns
 * how xl reads the options that matter to the guest's addresses; the rest of
 * the file it passes over.
 */
#ifndef MEMMAP_CONFIG_H
#define MEMMAP_CONFIG_H

#include <libxlutil.h>

#include "arm/error.h"
#include "arm/guest.h"
#include "arm/irqmap.h"
#include "arm/slots.h"
#include "memmap/machine.h"

struct memmap_config {
    struct arm_guest guest; /* borrows from what follows */
    char *name;             /* of the guest, printable; never NULL */
    char *given_name;       /* the same as it stands there */
    uint64_t pool_kb;       /* the paging pool, without a map_budget */
    char *cmdline;
    struct arm_iomem *iomem;
    struct arm_partial partial; /* of device_tree, if has_partial */
    bool has_partial;
    struct irqmap irqs; /* names of partial */
    struct arm_virtio virtio[ARM_SLOTS];
    char *types[ARM_SLOTS]; /* of virtio */
    bool backend_is_named;  /* so that its number is not known here */
    bool gic_is_hosts;      /* gic_version is not set: that of the machine */
};

enum memmap_config_result {
    MEMMAP_CONFIG_READ,
    MEMMAP_CONFIG_REFUSED, /* no toolstack would make this guest */
    MEMMAP_CONFIG_UNREADABLE,
};

/*
 * Reads the file at path and then more lines, as `xl create` takes them.
 * The parser writes syntax errors to stderr immediately.  *machine gets
 * what the guest's kernel tells, unless it is known.  On success *config_r
 * is for memmap_config_dispose(); it has no GIC and no address width as yet.
 * Else *error is set.
 */
enum memmap_config_result
memmap_config_read(const char *path, char *const *lines, size_t nr_lines,
                   struct memmap_machine *machine,
                   struct memmap_config *config_r, struct arm_error *error);

/*
 * The facts that the configuration leaves to the machine.  From then on the
 * guest borrows from *config, which stays where it is.
 */
void memmap_config_place(struct memmap_config *config,
                         const struct memmap_machine *machine);

void memmap_config_dispose(struct memmap_config *config);

#endif
