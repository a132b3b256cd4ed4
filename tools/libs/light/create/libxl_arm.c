/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Ties the guest machine of arm/ to a domain under creation: turns the
 * domain's configuration and what the hypervisor said into the plain facts
 * that arm/ works on, and its findings into log messages and error codes.
 * Addresses, nodes and rules stand in arm/.
 */
#include "create/libxl_arm.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include <xen/hvm/params.h>

#include "base/file.h"
#include "base/log.h"

/* The guest type of a 64-bit kernel, as XENVER_capabilities spells it. */
#define GUEST_TYPE_64 "xen-3.0-aarch64"

/* Logs what is wrong with a domain; returns the code for it. */
static int log_fault(libxl_ctx *ctx, const char *name,
                     const struct arm_error *error)
{
    libxl__error(ctx, "domain '%s': %s", name, error->message);
    switch (error->fault) {
    case ARM_FAULT_CONFIG:
        return ERROR_INVAL;
    case ARM_FAULT_NOMEM:
        return ERROR_NOMEM;
    default:
        return ERROR_FAIL;
    }
}

static int arm_failed(struct libxl__creation *creation,
                      const struct arm_error *error)
{
    return log_fault(creation->ctx, creation->config.c_info.name, error);
}

static uint16_t choose_tee(libxl_tee_type tee)
{
    switch (tee) {
    case LIBXL_TEE_TYPE_OPTEE:
        return XEN_DOMCTL_CONFIG_TEE_OPTEE;
#ifdef LIBXL_HAVE_BUILDINFO_ARCH_ARM_TEE_FFA
    case LIBXL_TEE_TYPE_FFA:
        return XEN_DOMCTL_CONFIG_TEE_FFA;
#endif
    default:
        return XEN_DOMCTL_CONFIG_TEE_NONE;
    }
}

#ifdef LIBXL_HAVE_BUILDINFO_ARCH_ARM_SVE_VL
/* Lengths of SVE vectors are counted in units of so many bits. */
#define SVE_UNIT 128

static int choose_sve(struct libxl__creation *creation, uint8_t *units_r)
{
    libxl_sve_type asked = creation->config.b_info.arch_arm.sve_vl;
    int most =
        creation->host.arch_capabilities & XEN_SYSCTL_PHYSCAP_ARM_SVE_MASK;
    int units = asked == LIBXL_SVE_TYPE_HW ? most : asked / SVE_UNIT;

    if (asked != LIBXL_SVE_TYPE_DISABLED && !most)
        return libxl__fail(creation->ctx, ERROR_FAIL,
                           "domain '%s' asks for 'sve': this host, or its "
                           "hypervisor, has no SVE, remove it from the "
                           "configuration",
                           creation->config.c_info.name);
    if (units > most)
        return libxl__fail(creation->ctx, ERROR_INVAL,
                           "domain '%s' asks for 'sve' \"%d\": vectors of "
                           "this host have %d bits, set it to no more",
                           creation->config.c_info.name, asked,
                           most * SVE_UNIT);
    *units_r = units;
    return 0;
}
#endif

int libxl__arch_domain_prepare_config(struct libxl__creation *creation,
                                      struct xen_domctl_createdomain *request)
{
    const libxl_domain_build_info *b_info = &creation->config.b_info;
    struct arm_error error = { 0 };
    uint32_t nr_spis = 0;

#ifdef LIBXL_HAVE_BUILDINFO_ARCH_NR_SPIS
    nr_spis = b_info->arch_arm.nr_spis;
#endif
    if (irqmap_count_spis(&creation->irqs, nr_spis, &request->arch.nr_spis,
                          &error))
        return arm_failed(creation, &error);
    switch (b_info->arch_arm.gic_version) {
    case LIBXL_GIC_VERSION_V2:
        request->arch.gic_version = XEN_DOMCTL_CONFIG_GIC_V2;
        break;
    case LIBXL_GIC_VERSION_V3:
        request->arch.gic_version = XEN_DOMCTL_CONFIG_GIC_V3;
        break;
    default:
        request->arch.gic_version = XEN_DOMCTL_CONFIG_GIC_NATIVE;
    }
    request->arch.tee_type = choose_tee(b_info->tee);
#ifdef LIBXL_HAVE_BUILDINFO_ARCH_ARM_SVE_VL
    return choose_sve(creation, &request->arch.sve_vl);
#else
    return 0;
#endif
}

int libxl__arch_read_policy(libxl_ctx *ctx, const char *name,
                            struct arm_policy *policy_r)
{
    const char *guest = name ? name : "";
    struct arm_error error = { 0 };

    return arm_policy_read(ARM_POLICY_FILE, guest, policy_r, &error)
               ? log_fault(ctx, guest, &error)
               : 0;
}

int libxl__arch_domain_read_policy(struct libxl__creation *creation)
{
    return libxl__arch_read_policy(creation->ctx, creation->config.c_info.name,
                                   &creation->policy);
}

static void describe_iomem(struct libxl__creation *creation)
{
    const libxl_domain_build_info *b_info = &creation->config.b_info;
    struct arm_iomem *iomem =
        libxl__calloc(creation->gc, b_info->num_iomem, sizeof(*iomem));
    int i;

    for (i = 0; i < b_info->num_iomem; i++)
        iomem[i] = (struct arm_iomem) {
            .mfn = b_info->iomem[i].start,
            .pages = b_info->iomem[i].number,
            .gfn = b_info->iomem[i].gfn,
        };
    creation->guest.iomem = iomem;
    creation->guest.nr_iomem = b_info->num_iomem;
}

static int describe_partial(struct libxl__creation *creation)
{
    const char *tree = creation->config.b_info.device_tree;
    struct arm_error error = { 0 };

    if (!tree)
        return 0;
    if (arm_partial_read(tree, &creation->partial, &error))
        return arm_failed(creation, &error);
    creation->guest.partial = &creation->partial;
    if (creation->partial.warning[0])
        libxl__warn(creation->ctx, "domain '%s': %s",
                    creation->config.c_info.name, creation->partial.warning);
    return 0;
}

int libxl__arch_domain_fill_maps(struct libxl__creation *creation)
{
    const libxl_domain_build_info *b_info = &creation->config.b_info;
    struct irq_guest guest = {
        .vuart = b_info->arch_arm.vuart == LIBXL_VUART_TYPE_SBSA_UART,
        .irqs = b_info->irqs,
        .nr_irqs = b_info->num_irqs,
    };
    struct arm_error error = { 0 };
    int rc = describe_partial(creation);

    if (rc)
        return rc;
    guest.described = creation->partial.irqs;
    describe_iomem(creation);
    return irqmap_fill(&creation->irqs, &guest, &error)
               ? arm_failed(creation, &error)
               : 0;
}

int libxl__arch_domain_take_slot(struct libxl__creation *creation,
                                 const char *origin, int index,
                                 const struct arm_virtio *wanted,
                                 const struct arm_virtio **slot_r)
{
    struct arm_virtio slot;
    struct arm_error error = { 0 };

    if (arm_slot_take(&creation->irqs, &creation->guest, origin, index, &slot,
                      &error))
        return arm_failed(creation, &error);
    slot.grants = wanted->grants;
    slot.backend = wanted->backend;
    slot.type = wanted->type;
    creation->virtio[creation->guest.nr_virtio] = slot;
    *slot_r = &creation->virtio[creation->guest.nr_virtio++];
    return 0;
}

static void describe_guest(struct libxl__creation *creation)
{
    const libxl_domain_build_info *b_info = &creation->config.b_info;
    const struct xc_dom_image *dom = creation->dom;
    struct arm_guest *guest = &creation->guest;

    *guest = (struct arm_guest) {
        .xen_major = dom->xen_version >> 16,
        .xen_minor = dom->xen_version & 0xffff,
        .gpaddr_bits = creation->gpaddr_bits,
        .gic = creation->arch.gic_version == XEN_DOMCTL_CONFIG_GIC_V2
                   ? ARM_GIC_V2
                   : ARM_GIC_V3,
        .clock_frequency = creation->arch.clock_frequency,
        .is_64bit = !strcmp(dom->guest_type, GUEST_TYPE_64),
        .vcpus = b_info->max_vcpus,
        .ram_pages = libxl__kb_to_pages(creation->ram_kb),
        .cmdline = creation->files.cmdline,
        .initrd = dom->num_modules > 0,
        .vuart = b_info->arch_arm.vuart == LIBXL_VUART_TYPE_SBSA_UART,
        .optee = b_info->tee == LIBXL_TEE_TYPE_OPTEE,
        .acpi = libxl_defbool_val(b_info->acpi),
        .iomem = guest->iomem,
        .nr_iomem = guest->nr_iomem,
        .partial = guest->partial,
        .virtio = creation->virtio,
        .nr_virtio = guest->nr_virtio,
        .policy = creation->policy,
    };
    guest->has_rng_seed = getrandom(guest->rng_seed, sizeof(guest->rng_seed),
                                    0) == sizeof(guest->rng_seed);
    if (!guest->has_rng_seed)
        libxl__warn(creation->ctx,
                    "domain '%s' gets no random seed: the "
                    "kernel has none to give",
                    creation->config.c_info.name);
}

int libxl__arch_domain_init_hw_description(struct libxl__creation *creation)
{
    struct arm_error error = { 0 };

    describe_guest(creation);
    if (arm_tree_create(&creation->guest, &creation->tree, &error))
        return arm_failed(creation, &error);
    if (xc_dom_devicetree_mem(creation->dom, creation->tree.fdt,
                              creation->tree.size)) {
        libxl__error_errno(creation->ctx,
                           "domain '%s': the builder does not take the device "
                           "tree",
                           creation->config.c_info.name);
        return ERROR_FAIL;
    }
    if (creation->guest.acpi)
        creation->dom->acpi_modules[0] = (struct xc_hvm_firmware_module) {
            .data = creation->tree.acpi.tables,
            .length = creation->tree.acpi.size,
            .guest_addr_out = GUEST_ACPI_BASE,
        };
    return 0;
}

/*
 * LIBXL_DEBUG_DUMP_DTB=FILE keeps the finished tree for people to look at.
 * That it cannot be written is no reason to refuse the guest.
 */
static void dump_tree(struct libxl__creation *creation)
{
    const char *path = secure_getenv("LIBXL_DEBUG_DUMP_DTB");
    const struct xc_dom_image *dom = creation->dom;
    int fd, error;

    if (!path || !*path)
        return;
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    error = fd < 0 ? errno
                   : libxl__file_write(fd, dom->devicetree_blob,
                                       dom->devicetree_size);
    if (error)
        libxl__log(creation->ctx, XTL_WARN, error,
                   "cannot write the device tree to '%s', which "
                   "LIBXL_DEBUG_DUMP_DTB names",
                   path);
    if (fd >= 0)
        close(fd);
}

int libxl__arch_domain_finalise_hw_description(struct libxl__creation *creation)
{
    struct xc_dom_image *dom = creation->dom;
    struct arm_placement placement = { { 0 } };
    struct arm_report report;
    struct arm_error error = { 0 };
    unsigned int i;

    for (i = 0; i < GUEST_RAM_BANKS; i++)
        placement.bank_pages[i] = dom->rambank_size[i];
    if (dom->num_modules > 0) {
        placement.initrd_start = dom->modules[0].seg.vstart;
        placement.initrd_end = dom->modules[0].seg.vend;
    }
    if (arm_tree_finalise(dom->devicetree_blob, dom->devicetree_size,
                          &creation->guest, &placement, &report, &error))
        return arm_failed(creation, &error);

    if (report.warning[0])
        libxl__warn(creation->ctx, "domain '%s': %s",
                    creation->config.c_info.name, report.warning);
    if (report.overlap[0])
        libxl__warn(creation->ctx, "domain '%s': %s",
                    creation->config.c_info.name, report.overlap);
    if (report.budget[0])
        libxl__warn(creation->ctx, "domain '%s': %s",
                    creation->config.c_info.name, report.budget);
    if (report.acpi[0])
        libxl__warn(creation->ctx, "domain '%s': %s",
                    creation->config.c_info.name, report.acpi);
    for (i = 0; i < report.regions.count; i++)
        libxl__debug(
            creation->ctx,
            "domain '%s': extended region %u: %#" PRIx64 " to "
            "%#" PRIx64,
            creation->config.c_info.name, i + 1, report.regions.region[i].base,
            report.regions.region[i].base + report.regions.region[i].size - 1);
    dump_tree(creation);
    return 0;
}

/* The format of the parameter: xen/hvm/params.h. */
int libxl__arch_domain_set_callback(struct libxl__creation *creation)
{
    uint64_t callback = (uint64_t)HVM_PARAM_CALLBACK_TYPE_PPI << 56 |
                        HVM_PARAM_CALLBACK_TYPE_PPI_FLAG_LOW_LEVEL << 8 |
                        GUEST_EVTCHN_PPI;

    if (!xc_hvm_param_set(creation->ctx->xch, creation->domid,
                          HVM_PARAM_CALLBACK_IRQ, callback))
        return 0;
    libxl__error_errno(creation->ctx,
                       "domain '%s': cannot set the event-channel interrupt",
                       creation->config.c_info.name);
    return ERROR_FAIL;
}
