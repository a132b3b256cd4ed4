/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The hooks by which creating a domain asks the Arm side for what is Arm's.
 */
#ifndef LIBXL_ARM_H
#define LIBXL_ARM_H

#include <xenctrl.h>

#include "create/creation.h"

/* Before the domain exists: the GIC version and the number of SPIs. */
int libxl__arch_domain_prepare_config(struct libxl__creation *creation,
                                      struct xen_domctl_createdomain *request);

/* Before that: reads the administrator's file, for guest.policy. */
int libxl__arch_domain_read_policy(struct libxl__creation *creation);

/*
 * After the kernel was parsed and before memory is populated: checks the
 * guest's address map and gives the builder a device tree with placeholders.
 */
int libxl__arch_domain_init_hw_description(struct libxl__creation *creation);

/*
 * After memory is populated and before it is written: computes the extended
 * regions and fills the placeholders.
 */
int libxl__arch_domain_finalise_hw_description(
    struct libxl__creation *creation);

/* The interrupt by which the guest hears of events, as its tree tells it. */
int libxl__arch_domain_set_callback(struct libxl__creation *creation);

#endif
