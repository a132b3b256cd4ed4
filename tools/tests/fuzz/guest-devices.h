/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The devices of the hostile guest, as the toolstack knows them: attaches,
 * detaches and lists them.  They must be there exactly as the toolstack made
 * them, and the scripts of no others may run.
 */
#ifndef FUZZ_GUEST_DEVICES_H
#define FUZZ_GUEST_DEVICES_H

#include <stdbool.h>
#include <stdint.h>

#include <libxl.h>

/* What a new guest has: a disk, a vif, and, if asked, one of each table. */
void devices_configure(libxl_domain_config *config, bool tables);

/* Calls of the toolstack; argument chooses what and how. */
void devices_list(uint8_t argument);
void devices_attach_disk(uint8_t argument);
void devices_detach_disk(uint8_t argument);
void devices_attach_nic(uint8_t argument);
void devices_detach_nic(uint8_t argument);
void devices_change_table(uint8_t argument);

/* The stored configuration has the devices that the guest has. */
void devices_check_stored(const libxl_domain_config *config);

/*
 * Between them the guest is destroyed, with a script for each disk and vif,
 * which the toolstack gave.
 */
void devices_count_scripts(void);
void devices_check_scripts(void);

#endif
