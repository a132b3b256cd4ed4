/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The nodes of the guest's device tree, each written by a function of its
 * own; docs/guest-device-tree.md names the binding of each.  Addresses come
 * from the guest's map.  What is known only later is a placeholder here and
 * filled by tree.c.
 */
#ifndef ARM_NODES_H
#define ARM_NODES_H

#include "arm/addrmap.h"
#include "arm/dt_writer.h"
#include "arm/guest.h"

/* The properties of the open root node. */
void node_root(struct dt_writer *fdt, const struct arm_guest *guest);
/*
 * Placeholders: where the ramdisk starts and ends.  acpi_size is that of the
 * guest's ACPI tables, or 0.
 */
void node_chosen(struct dt_writer *fdt, const struct arm_guest *guest,
                 size_t acpi_size);
void node_cpus(struct dt_writer *fdt, const struct arm_guest *guest);
void node_psci(struct dt_writer *fdt);
void node_optee(struct dt_writer *fdt);
/* Placeholder: the "reg" of the bank's node. */
void node_memory(struct dt_writer *fdt, unsigned int bank);
void node_gic(struct dt_writer *fdt, const struct arm_guest *guest,
              const struct addrmap *map);
void node_timer(struct dt_writer *fdt, const struct arm_guest *guest);
/* Placeholder: "reg", the grant table and up to regions extended regions. */
void node_hypervisor(struct dt_writer *fdt, const struct arm_guest *guest,
                     unsigned int regions);
void node_vpl011(struct dt_writer *fdt, const struct addrmap *map);
/* For the virtio devices whose backends the guest grants pages to. */
void node_xen_iommu(struct dt_writer *fdt);
void node_virtio(struct dt_writer *fdt, const struct arm_virtio *virtio);

/* The name of a bank's node, for those who look for it; returns name. */
#define MEMORY_NODE_SIZE 32
const char *memory_node_name(unsigned int bank, char name[MEMORY_NODE_SIZE]);

/* A CPU's affinity as this hypervisor's virtual MPIDR gives it. */
uint32_t vcpu_affinity(unsigned int vcpu);

#endif
