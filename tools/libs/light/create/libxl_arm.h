/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Hooks of domain creation for what is specific to Arm.
 */
#ifndef LIBXL_ARM_H
#define LIBXL_ARM_H

#include <xenctrl.h>

#include "create/creation.h"

/*
 * Called before the domain exists: sets the GIC version and the number of SPIs.
 */
int libxl__arch_domain_prepare_config(struct libxl__creation *creation,
                                      struct xen_domctl_createdomain *request);

/*
 * Reads the administrator's file for the guest of that name; NULL is one that
 * has none as yet.  Logs its errors.
 */
int libxl__arch_read_policy(libxl_ctx *ctx, const char *name,
                            struct arm_policy *policy_r);

/* Called before that: reads the administrator's file into creation->policy. */
int libxl__arch_domain_read_policy(struct libxl__creation *creation);

/*
 * Called with that: reads the partial device tree and the options iomem, irqs
 * and vuart, and fills creation->irqs.  Refuses interrupts that clash.
 */
int libxl__arch_domain_fill_maps(struct libxl__creation *creation);

/*
 * Called after that and before the domain exists, for each virtio device in
 * the order of the configuration: takes a slot for entry index of the option
 * origin, a string that outlives creation.  wanted has grants, backend and
 * type.
 * On success *slot_r belongs to creation.
 */
int libxl__arch_domain_take_slot(struct libxl__creation *creation,
                                 const char *origin, int index,
                                 const struct arm_virtio *wanted,
                                 const struct arm_virtio **slot_r);

/*
 * Called after the kernel is parsed and before memory is populated: checks the
 * guest's address map and gives the builder a device tree with placeholders.
 */
int libxl__arch_domain_init_hw_description(struct libxl__creation *creation);

/*
 * Called after memory is populated and before it is written: computes the
 * extended regions and fills the placeholders.
 */
int libxl__arch_domain_finalise_hw_description(
    struct libxl__creation *creation);

/* Sets the event-channel interrupt to the one in the guest's device tree. */
int libxl__arch_domain_set_callback(struct libxl__creation *creation);

#endif
