/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The nodes of the guest's device tree.  Owns names, bindings and interrupts;
 * no address is here.
 */
#include "arm/nodes.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "arm/guest_map.h"
#include "arm/slots.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The GIC's binding counts PPIs and SPIs from 0, the public header by INTID. */
#define FIRST_PPI 16
#define FIRST_SPI 32

/* The PPI's mask of CPUs it goes to.  The binding has room for eight. */
#define PPI_CPUS(mask) ((uint32_t)(mask) << 8)

/* sbsa-uart wants a speed; nothing in the emulated one depends on it. */
#define VPL011_BAUD_RATE 115200

static struct dt_interrupt ppi(unsigned int intid)
{
    return (struct dt_interrupt) {
        .type = 1,
        .number = intid - FIRST_PPI,
        .flags = PPI_CPUS(0xf) | DT_IRQ_TYPE_LEVEL_LOW,
    };
}

static struct dt_interrupt spi(unsigned int intid, uint32_t trigger)
{
    /* The mask means nothing for an SPI; other toolstacks write it too. */
    return (struct dt_interrupt) {
        .type = 0,
        .number = intid - FIRST_SPI,
        .flags = PPI_CPUS(0xf) | trigger,
    };
}

/* Asking for what is not in the map is a mistake of this room's own. */
static struct dt_range range_of(const struct addrmap *map, enum claim_kind kind)
{
    const struct claim *claim = addrmap_find(map, kind);

    assert(claim);
    return (struct dt_range) {
        .base = claim->first,
        .size = claim->last - claim->first + 1,
    };
}

/* "KIND-4.17" and "KIND": what it is in this version, and what it is. */
static void versioned_compatible(struct dt_writer *fdt,
                                 const struct arm_guest *guest,
                                 const char *kind)
{
    char exact[64];
    const char *compatible[] = { exact, kind };

    snprintf(exact, sizeof(exact), "%s-%u.%u", kind, guest->xen_major,
             guest->xen_minor);
    dt_writer_strings(fdt, "compatible", compatible, COUNT(compatible));
}

void node_root(struct dt_writer *fdt, const struct arm_guest *guest)
{
    char model[64];

    snprintf(model, sizeof(model), "XENVM-%u.%u", guest->xen_major,
             guest->xen_minor);
    dt_writer_string(fdt, "model", model);
    versioned_compatible(fdt, guest, "xen,xenvm");
    dt_writer_u32(fdt, "interrupt-parent", GUEST_PHANDLE_GIC);
    dt_writer_u32(fdt, "#address-cells", GUEST_ROOT_ADDRESS_CELLS);
    dt_writer_u32(fdt, "#size-cells", GUEST_ROOT_SIZE_CELLS);
}

/* For the guest's firmware: no binding of Linux, as in Debian's library. */
static void node_acpi(struct dt_writer *fdt, size_t size)
{
    static const char *const compatible[] = {
        "xen,guest-acpi",
        "multiboot,module",
    };
    const struct dt_range reg = { GUEST_ACPI_BASE, size };
    char name[32];

    snprintf(name, sizeof(name), "module@%" PRIx64, reg.base);
    dt_writer_begin(fdt, name);
    dt_writer_strings(fdt, "compatible", compatible, COUNT(compatible));
    dt_writer_reg(fdt, &reg, 1);
    dt_writer_end(fdt);
}

void node_chosen(struct dt_writer *fdt, const struct arm_guest *guest,
                 size_t acpi_size)
{
    dt_writer_begin(fdt, "chosen");
    if (guest->cmdline)
        dt_writer_string(fdt, "bootargs", guest->cmdline);
    if (guest->initrd) {
        dt_writer_u64(fdt, "linux,initrd-start", 0);
        dt_writer_u64(fdt, "linux,initrd-end", 0);
    }
    if (guest->has_rng_seed)
        dt_writer_bytes(fdt, "rng-seed", guest->rng_seed,
                        sizeof(guest->rng_seed));
    if (acpi_size)
        node_acpi(fdt, acpi_size);
    dt_writer_end(fdt);
}

/* Sixteen CPUs to a cluster: the most that a GICv3 SGI's target list names. */
uint32_t vcpu_affinity(unsigned int vcpu)
{
    return (vcpu / 16) << 8 | vcpu % 16;
}

void node_cpus(struct dt_writer *fdt, const struct arm_guest *guest)
{
    dt_writer_begin(fdt, "cpus");
    dt_writer_u32(fdt, "#address-cells", 1);
    dt_writer_u32(fdt, "#size-cells", 0);
    for (unsigned int i = 0; i < guest->vcpus; i++) {
        char name[32];

        snprintf(name, sizeof(name), "cpu@%" PRIx32, vcpu_affinity(i));
        dt_writer_begin(fdt, name);
        dt_writer_string(fdt, "device_type", "cpu");
        dt_writer_string(fdt, "compatible",
                         guest->is_64bit ? "arm,armv8" : "arm,cortex-a15");
        dt_writer_string(fdt, "enable-method", "psci");
        dt_writer_u32(fdt, "reg", vcpu_affinity(i));
        dt_writer_end(fdt);
    }
    dt_writer_end(fdt);
}

void node_psci(struct dt_writer *fdt)
{
    static const char *const compatible[] = {
        "arm,psci-1.0",
        "arm,psci-0.2",
        "arm,psci",
    };

    dt_writer_begin(fdt, "psci");
    dt_writer_strings(fdt, "compatible", compatible, COUNT(compatible));
    dt_writer_string(fdt, "method", "hvc");
    /* For guests that know the first version of the binding alone. */
    dt_writer_u32(fdt, "cpu_off", PSCI_cpu_off);
    dt_writer_u32(fdt, "cpu_on", PSCI_cpu_on);
    dt_writer_end(fdt);
}

/* The hypervisor passes the guest's calls on to OP-TEE. */
void node_optee(struct dt_writer *fdt)
{
    dt_writer_begin(fdt, "firmware");
    dt_writer_begin(fdt, "optee");
    dt_writer_string(fdt, "compatible", "linaro,optee-tz");
    dt_writer_string(fdt, "method", "hvc");
    dt_writer_end(fdt);
    dt_writer_end(fdt);
}

const char *memory_node_name(unsigned int bank, char name[MEMORY_NODE_SIZE])
{
    snprintf(name, MEMORY_NODE_SIZE, "memory@%" PRIx64,
             arm_ram_windows[bank].base);
    return name;
}

void node_memory(struct dt_writer *fdt, unsigned int bank)
{
    char name[MEMORY_NODE_SIZE];

    dt_writer_begin(fdt, memory_node_name(bank, name));
    dt_writer_string(fdt, "device_type", "memory");
    fdt_property_reg_placeholder(fdt, 1);
    dt_writer_end(fdt);
}

void node_gic(struct dt_writer *fdt, const struct arm_guest *guest,
              const struct addrmap *map)
{
    static const char *const gic_v2[] = {
        "arm,cortex-a15-gic",
        "arm,cortex-a9-gic",
    };
    const bool v2 = guest->gic == ARM_GIC_V2;
    const struct dt_range reg[] = {
        range_of(map, CLAIM_GIC_DISTRIBUTOR),
        range_of(map, v2 ? CLAIM_GIC_CPU_INTERFACE : CLAIM_GIC_REDISTRIBUTORS),
    };
    char name[48];

    snprintf(name, sizeof(name), "interrupt-controller@%" PRIx64, reg[0].base);
    dt_writer_begin(fdt, name);
    if (v2)
        dt_writer_strings(fdt, "compatible", gic_v2, COUNT(gic_v2));
    else
        dt_writer_string(fdt, "compatible", "arm,gic-v3");
    dt_writer_u32(fdt, "#interrupt-cells", 3);
    dt_writer_u32(fdt, "#address-cells", 0);
    dt_writer_empty(fdt, "interrupt-controller");
    dt_writer_reg(fdt, reg, COUNT(reg));
    /* Old guests look for the first of these two. */
    dt_writer_u32(fdt, "linux,phandle", GUEST_PHANDLE_GIC);
    dt_writer_u32(fdt, "phandle", GUEST_PHANDLE_GIC);
    dt_writer_end(fdt);
}

void node_timer(struct dt_writer *fdt, const struct arm_guest *guest)
{
    const struct dt_interrupt interrupts[] = {
        ppi(GUEST_TIMER_PHYS_S_PPI),
        ppi(GUEST_TIMER_PHYS_NS_PPI),
        ppi(GUEST_TIMER_VIRT_PPI),
    };

    dt_writer_begin(fdt, "timer");
    dt_writer_string(fdt, "compatible",
                     guest->is_64bit ? "arm,armv8-timer" : "arm,armv7-timer");
    dt_writer_interrupts(fdt, interrupts, COUNT(interrupts));
    dt_writer_u32(fdt, "interrupt-parent", GUEST_PHANDLE_GIC);
    if (guest->clock_frequency)
        dt_writer_u32(fdt, "clock-frequency", guest->clock_frequency);
    dt_writer_end(fdt);
}

void node_hypervisor(struct dt_writer *fdt, const struct arm_guest *guest,
                     unsigned int regions)
{
    const struct dt_interrupt evtchn = ppi(GUEST_EVTCHN_PPI);

    dt_writer_begin(fdt, "hypervisor");
    versioned_compatible(fdt, guest, "xen,xen");
    fdt_property_reg_placeholder(fdt, 1 + regions);
    dt_writer_interrupts(fdt, &evtchn, 1);
    dt_writer_u32(fdt, "interrupt-parent", GUEST_PHANDLE_GIC);
    dt_writer_end(fdt);
}

void node_vpl011(struct dt_writer *fdt, const struct addrmap *map)
{
    const struct dt_range reg = range_of(map, CLAIM_UART);
    const struct dt_interrupt interrupt =
        spi(GUEST_VPL011_SPI, DT_IRQ_TYPE_LEVEL_HIGH);

    dt_writer_begin(fdt, "sbsa-pl011");
    dt_writer_string(fdt, "compatible", "arm,sbsa-uart");
    dt_writer_reg(fdt, &reg, 1);
    dt_writer_interrupts(fdt, &interrupt, 1);
    dt_writer_u32(fdt, "interrupt-parent", GUEST_PHANDLE_GIC);
    dt_writer_u32(fdt, "current-speed", VPL011_BAUD_RATE);
    dt_writer_end(fdt);
}

void node_xen_iommu(struct dt_writer *fdt)
{
    dt_writer_begin(fdt, "xen_iommu");
    dt_writer_string(fdt, "compatible", "xen,grant-dma");
    dt_writer_u32(fdt, "#iommu-cells", 1);
    dt_writer_u32(fdt, "phandle", GUEST_PHANDLE_IOMMU);
    dt_writer_end(fdt);
}

/* i2c/i2c-virtio.yaml */
static void node_virtio_i2c(struct dt_writer *fdt, const char *type)
{
    dt_writer_begin(fdt, "i2c");
    dt_writer_string(fdt, "compatible", type);
    dt_writer_end(fdt);
}

/* gpio/gpio-virtio.yaml */
static void node_virtio_gpio(struct dt_writer *fdt, const char *type)
{
    dt_writer_begin(fdt, "gpio");
    dt_writer_string(fdt, "compatible", type);
    dt_writer_empty(fdt, "gpio-controller");
    dt_writer_u32(fdt, "#gpio-cells", 2);
    dt_writer_empty(fdt, "interrupt-controller");
    dt_writer_u32(fdt, "#interrupt-cells", 2);
    dt_writer_end(fdt);
}

/* Types with a binding of their own; others have only that of virtio/mmio. */
static const struct {
    const char *type;
    void (*write)(struct dt_writer *fdt, const char *type);
} virtio_bindings[] = {
    { "virtio,device22", node_virtio_i2c },
    { "virtio,device29", node_virtio_gpio },
};

static void node_virtio_type(struct dt_writer *fdt, const char *type)
{
    for (size_t i = 0; type && i < COUNT(virtio_bindings); i++)
        if (!strcmp(virtio_bindings[i].type, type))
            virtio_bindings[i].write(fdt, type);
}

void node_virtio(struct dt_writer *fdt, const struct arm_virtio *virtio)
{
    const struct dt_range reg = { virtio->base, ARM_SLOT_SIZE };
    const struct dt_interrupt interrupt =
        spi(virtio->irq, DT_IRQ_TYPE_EDGE_RISING);
    char name[32];

    snprintf(name, sizeof(name), "virtio@%" PRIx64, virtio->base);
    dt_writer_begin(fdt, name);
    dt_writer_string(fdt, "compatible", "virtio,mmio");
    dt_writer_reg(fdt, &reg, 1);
    dt_writer_interrupts(fdt, &interrupt, 1);
    dt_writer_u32(fdt, "interrupt-parent", GUEST_PHANDLE_GIC);
    dt_writer_empty(fdt, "dma-coherent");
    if (virtio->grants)
        dt_writer_u64(fdt, "iommus",
                      (uint64_t)GUEST_PHANDLE_IOMMU << 32 | virtio->backend);
    node_virtio_type(fdt, virtio->type);
    dt_writer_end(fdt);
}
