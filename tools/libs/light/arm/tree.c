/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The two steps of the guest's device tree.  Owns the order of the nodes,
 * the size of the placeholders and what goes into them; what a node looks
 * like is nodes.c's.
 */
#include "arm/tree.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "arm/dt_writer.h"
#include "arm/guest_map.h"
#include "arm/nodes.h"

/* Of a node that a partial tree may have. */
#define PATH_SIZE ((ARM_PARTIAL_MAX_NAME + 1) * ARM_PARTIAL_MAX_DEPTH + 1)

static bool has_grants(const struct arm_guest *guest)
{
    for (unsigned int i = 0; i < guest->nr_virtio; i++)
        if (guest->virtio[i].grants)
            return true;
    return false;
}

/* That of the interrupt controller arm_partial_parse() has checked. */
static int check_phandles(const struct arm_guest *guest,
                          struct arm_error *error)
{
    char path[PATH_SIZE], text[ARM_NAME_SIZE];
    int node;

    if (!guest->partial || !has_grants(guest))
        return 0;
    node = fdt_node_offset_by_phandle(guest->partial->fdt, GUEST_PHANDLE_IOMMU);
    if (node < 0)
        return 0;
    if (fdt_get_path(guest->partial->fdt, node, path, sizeof(path)))
        strcpy(path, "/");
    return arm_error_set(error, ARM_FAULT_CONFIG,
                         "device_tree, node '%s': its phandle is %u, as that "
                         "of the guest's /xen_iommu: give the node another",
                         arm_name_text(path, text), GUEST_PHANDLE_IOMMU);
}

static int check_guest(const struct arm_guest *guest, struct arm_error *error)
{
    if (guest->vcpus == 0 || guest->vcpus > GUEST_MAX_VCPUS)
        return arm_error_set(error, ARM_FAULT_CONFIG,
                             "vcpus: %u; a guest has 1 to %u", guest->vcpus,
                             GUEST_MAX_VCPUS);
    if (guest->gic != ARM_GIC_V2 && guest->gic != ARM_GIC_V3)
        return arm_error_set(error, ARM_FAULT_BUG,
                             "no device tree for a GIC of version %d",
                             guest->gic);
    if (guest->gic == ARM_GIC_V2 && guest->vcpus > ARM_GICV2_MAX_VCPUS)
        return arm_error_set(error, ARM_FAULT_CONFIG,
                             "vcpus: %u; a guest with a GICv2 has %d at most: "
                             "lower 'vcpus' and 'maxvcpus'",
                             guest->vcpus, ARM_GICV2_MAX_VCPUS);
    if (guest->vpci)
        return arm_error_set(error, ARM_FAULT_CONFIG,
                             "pci: this library cannot describe it to a guest "
                             "yet; remove it from the configuration");
    return check_phandles(guest, error);
}

/* Only 64-bit guests use regions: others have no addresses to spare. */
static unsigned int regions_at_most(const struct arm_guest *guest,
                                    const struct addrmap *map)
{
    return guest->is_64bit ? arm_policy_bound(&guest->policy, arm_ram_windows,
                                              GUEST_RAM_BANKS, map)
                           : 0;
}

static void write_tree(struct dt_writer *fdt, const struct arm_guest *guest,
                       const struct addrmap *map, size_t acpi_size)
{
    dt_writer_begin(fdt, "");
    node_root(fdt, guest);
    node_chosen(fdt, guest, acpi_size);
    node_cpus(fdt, guest);
    node_psci(fdt);
    for (unsigned int bank = 0; bank < GUEST_RAM_BANKS; bank++)
        node_memory(fdt, bank);
    node_gic(fdt, guest, map);
    node_timer(fdt, guest);
    node_hypervisor(fdt, guest, regions_at_most(guest, map));
    if (guest->vuart)
        node_vpl011(fdt, map);
    if (guest->optee)
        node_optee(fdt);
    if (has_grants(guest))
        node_xen_iommu(fdt);
    for (unsigned int i = 0; i < guest->nr_virtio; i++)
        node_virtio(fdt, &guest->virtio[i]);
    if (guest->partial)
        arm_partial_write(guest->partial, fdt);
    dt_writer_end(fdt);
}

int arm_tree_create(const struct arm_guest *guest, struct arm_tree *tree_r,
                    struct arm_error *error)
{
    uint64_t bank_pages[GUEST_RAM_BANKS];
    struct addrmap map = { 0 };
    struct dt_writer fdt;
    struct arm_tree tree = { 0 };
    int rc = -1;

    /* The RAM as it will be: an overlap is refused before any is populated. */
    if (check_guest(guest, error) ||
        arm_ram_spread(guest->ram_pages, bank_pages, error) ||
        arm_guest_map(guest, bank_pages, &map, error) ||
        (guest->acpi && arm_acpi_create(guest, &tree.acpi, error)))
        goto out;

    dt_writer_init(&fdt);
    write_tree(&fdt, guest, &map, tree.acpi.size);
    if (dt_writer_finish(&fdt, &tree.fdt, &tree.size, error))
        goto out;

    *tree_r = tree;
    rc = 0;

out:
    if (rc)
        arm_acpi_dispose(&tree.acpi);
    addrmap_dispose(&map);
    return rc;
}

void arm_tree_dispose(struct arm_tree *tree)
{
    if (!tree)
        return;

    free(tree->fdt);
    arm_acpi_dispose(&tree->acpi);
    *tree = (struct arm_tree) { 0 };
}

static int fill_chosen(void *fdt, const struct arm_guest *guest,
                       const struct arm_placement *placement)
{
    int node = fdt_path_offset(fdt, "/chosen"), res;

    if (node < 0 || !guest->initrd)
        return node < 0 ? node : 0;
    res = fdt_setprop_inplace_u64(fdt, node, "linux,initrd-start",
                                  placement->initrd_start);
    return res ? res
               : fdt_setprop_inplace_u64(fdt, node, "linux,initrd-end",
                                         placement->initrd_end);
}

/* A bank without RAM has no node. */
static int fill_memory(void *fdt, unsigned int bank, uint64_t pages)
{
    char path[1 + MEMORY_NODE_SIZE] = "/";
    fdt64_t reg[] = {
        cpu_to_fdt64(arm_ram_windows[bank].base),
        cpu_to_fdt64(pages << ARM_PAGE_SHIFT),
    };
    int node;

    memory_node_name(bank, path + 1);
    node = fdt_path_offset(fdt, path);
    if (node < 0)
        return node;
    return pages ? fdt_setprop_inplace(fdt, node, "reg", reg, sizeof(reg))
                 : fdt_del_node(fdt, node);
}

/* Entry 0 is the grant table, always; the regions follow. */
static int fill_hypervisor(void *fdt, const struct addrmap *map,
                           const struct region_plan *plan)
{
    const struct claim *grants = addrmap_find(map, CLAIM_GRANT_TABLE);
    fdt64_t reg[2 * (1 + REGIONS_MAX)], *cell = reg;
    int node = fdt_path_offset(fdt, "/hypervisor"), room, size;

    *cell++ = cpu_to_fdt64(grants->first);
    *cell++ = cpu_to_fdt64(grants->last - grants->first + 1);
    for (unsigned int i = 0; i < plan->count; i++) {
        *cell++ = cpu_to_fdt64(plan->region[i].base);
        *cell++ = cpu_to_fdt64(plan->region[i].size);
    }
    size = (char *)cell - (char *)reg;

    if (node < 0)
        return node;
    if (!fdt_getprop(fdt, node, "reg", &room))
        return room;
    /* Growing would need room that the tree was not given. */
    if (size > room)
        return -FDT_ERR_NOSPACE;
    return fdt_setprop(fdt, node, "reg", reg, size);
}

static int fill_tree(void *fdt, size_t size, const struct arm_guest *guest,
                     const struct arm_placement *placement,
                     const struct addrmap *map, const struct region_plan *plan)
{
    int res = fdt_totalsize(fdt) > size ? -FDT_ERR_TRUNCATED : 0;

    if (!res)
        res = fill_chosen(fdt, guest, placement);
    for (unsigned int bank = 0; !res && bank < GUEST_RAM_BANKS; bank++)
        res = fill_memory(fdt, bank, placement->bank_pages[bank]);
    if (!res)
        res = fill_hypervisor(fdt, map, plan);
    if (!res)
        res = fdt_pack(fdt);
    if (!res)
        memset((char *)fdt + fdt_totalsize(fdt), 0, size - fdt_totalsize(fdt));
    return res;
}

static void write_warning(struct arm_report *report,
                          const struct arm_guest *guest)
{
    const struct region_plan *plan = &report->regions;
    uint64_t smallest =
        guest->policy.min_size ? guest->policy.min_size : REGION_MIN_SIZE;

    if (plan->dropped > 0)
        snprintf(report->warning, sizeof(report->warning),
                 "%zu extended regions of %" PRIu64 " MiB in all are left "
                 "out: a guest can have %d",
                 plan->dropped, plan->dropped_bytes >> 20, REGIONS_MAX);
    else if (plan->count == 0 && guest->is_64bit && !guest->policy.regions_off)
        snprintf(
            report->warning, sizeof(report->warning),
            "no extended regions: RAM%s and passed-through memory leave no "
            "%" PRIu64 " MiB free in the RAM windows below 2^%u; the "
            "guest will map foreign pages in place of its own RAM",
            guest->policy.restricts ? ", the administrator's limits" : "",
            smallest >> 20, guest->gpaddr_bits);
}

uint64_t arm_report_room(const struct arm_report *report)
{
    uint64_t room = 0;

    for (unsigned int i = 0; i < report->regions.count; i++)
        room += report->regions.region[i].size;
    return room;
}

static void write_budget(struct arm_report *report,
                         const struct arm_guest *guest)
{
    uint64_t budget = guest->policy.map_budget, room = arm_report_room(report);

    if (guest->is_64bit && budget > room)
        snprintf(report->budget, sizeof(report->budget),
                 "the extended regions have %" PRIu64 " MiB, less than the "
                 "administrator's map_budget of %" PRIu64 " MiB: the paging "
                 "pool is larger than it need be",
                 room >> 20, budget >> 20);
}

/* Linux 6.12 looks for the regions only if it boots by the device tree. */
static void write_acpi(struct arm_report *report, const struct arm_guest *guest)
{
    if (guest->acpi && report->regions.count > 0)
        snprintf(report->acpi, sizeof(report->acpi),
                 "acpi: if it boots by its ACPI tables, Linux leaves the "
                 "extended regions alone and maps foreign pages in place of "
                 "its own RAM");
}

/* Report overlaps that the policy tolerates as a warning. */
static void write_overlap(struct arm_report *report,
                          const struct arm_guest *guest,
                          const struct addrmap *map)
{
    struct arm_error error = { 0 };
    size_t count;

    if (!guest->policy.overlap_warns)
        return;
    count = addrmap_overlaps(map, &error);
    if (count == 1)
        snprintf(report->overlap, sizeof(report->overlap), "%s", error.message);
    else if (count > 1)
        snprintf(report->overlap, sizeof(report->overlap),
                 "%s; and %zu more such overlap%s", error.message, count - 1,
                 count == 2 ? "" : "s");
}

int arm_tree_finalise(void *fdt, size_t size, const struct arm_guest *guest,
                      const struct arm_placement *placement,
                      struct arm_report *report_r, struct arm_error *error)
{
    struct arm_report report = { 0 };
    struct addrmap map = { 0 };
    int rc = -1, res;

    if (arm_guest_map(guest, placement->bank_pages, &map, error))
        goto out;
    if (guest->is_64bit &&
        arm_policy_plan(&guest->policy, guest->gpaddr_bits, arm_ram_windows,
                        GUEST_RAM_BANKS, &map, &report.regions, error))
        goto out;

    res = fill_tree(fdt, size, guest, placement, &map, &report.regions);
    if (res) {
        arm_error_set(error, ARM_FAULT_BUG,
                      "filling the guest's device tree: %s", fdt_strerror(res));
        goto out;
    }

    write_warning(&report, guest);
    write_budget(&report, guest);
    write_overlap(&report, guest, &map);
    write_acpi(&report, guest);
    *report_r = report;
    rc = 0;

out:
    addrmap_dispose(&map);
    return rc;
}
