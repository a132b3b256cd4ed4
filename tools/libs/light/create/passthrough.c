/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Passes memory of devices (iomem), interrupts (irqs) and devices behind an
 * IOMMU (dtdev) through to a guest.
 */
#include <errno.h>
#include <inttypes.h>

#include "base/log.h"
#include "create/creation.h"

/* The option that needs the IOMMU, for messages. */
static const char *option_of(const libxl_domain_config *config)
{
    return config->num_dtdevs    ? "dtdev"
           : config->num_pcidevs ? "pci"
                                 : "passthrough";
}

/* What the IOMMU of this host does not do, or NULL. */
static const char *missing(const struct libxl__creation *creation)
{
    const uint32_t host = creation->host.capabilities;

    if (!(host & XEN_SYSCTL_PHYSCAP_directio))
        return "Xen uses no IOMMU of this host: remove it; a device that does "
               "no DMA needs only 'iomem', 'irqs' and 'device_tree'";
    switch (creation->config.c_info.passthrough) {
    case LIBXL_PASSTHROUGH_SYNC_PT:
        return "with 'passthrough' \"sync_pt\", which Xen does not have on "
               "Arm: set that to \"enabled\"";
    case LIBXL_PASSTHROUGH_SHARE_PT:
        if (!(host & XEN_SYSCTL_PHYSCAP_iommu_hap_pt_share))
            return "with 'passthrough' \"share_pt\", which the IOMMU of this "
                   "host cannot do: set that to \"enabled\"";
        return NULL;
    default:
        return NULL;
    }
}

int libxl__passthrough_check(struct libxl__creation *creation)
{
    const libxl_domain_config *config = &creation->config;
    const char *name = config->c_info.name, *why;
    int i;

    for (i = 0; i < config->num_dtdevs; i++) {
        const char *path = config->dtdevs[i].path;

        if (!path || *path != '/')
            return libxl__fail(creation->ctx, ERROR_INVAL,
                               "domain '%s' has the 'dtdev' \"%s\": it must "
                               "be a path of the host's device tree, from '/' "
                               "on",
                               name, path ? path : "");
    }
    if (config->c_info.passthrough == LIBXL_PASSTHROUGH_DISABLED) {
        if (!config->num_dtdevs && !config->num_pcidevs)
            return 0;
        return libxl__fail(creation->ctx, ERROR_INVAL,
                           "domain '%s' has '%s', but sets 'passthrough' to "
                           "\"disabled\": remove one of them",
                           name, option_of(config));
    }
    why = missing(creation);
    if (!why)
        return 0;
    return libxl__fail(creation->ctx, ERROR_INVAL,
                       "domain '%s' asks for '%s': %s", name, option_of(config),
                       why);
}

static int give_iomem(struct libxl__creation *creation,
                      const struct arm_iomem *iomem)
{
    uint64_t gfn = iomem->gfn == ARM_IOMEM_SAME_GFN ? iomem->mfn : iomem->gfn;
    xc_interface *xch = creation->ctx->xch;
    uint32_t domid = creation->domid;

    if (!xc_domain_iomem_permission(xch, domid, iomem->mfn, iomem->pages, 1) &&
        !xc_domain_memory_mapping(xch, domid, gfn, iomem->mfn, iomem->pages,
                                  DPCI_ADD_MAPPING))
        return 0;
    return libxl__fail_errno(
        creation->ctx, ERROR_FAIL,
        "domain '%s': cannot give 'iomem' \"%" PRIx64 ",%" PRIx64 "@%" PRIx64
        "\" to the guest: the "
        "hypervisor keeps these frames, or dom0 has no right "
        "to them",
        creation->config.c_info.name, iomem->mfn, iomem->pages, gfn);
}

static int give_irq(struct libxl__creation *creation, uint32_t irq)
{
    xc_interface *xch = creation->ctx->xch;
    uint32_t domid = creation->domid;

    if (irq <= UINT16_MAX && !xc_domain_irq_permission(xch, domid, irq, true) &&
        !xc_domain_bind_pt_spi_irq(xch, domid, irq, irq))
        return 0;
    return libxl__fail_errno(creation->ctx, ERROR_FAIL,
                             "domain '%s': cannot give 'irqs' %" PRIu32
                             " to the "
                             "guest: it is no free SPI of this machine",
                             creation->config.c_info.name, irq);
}

static int give_dtdev(struct libxl__creation *creation, int i)
{
    char *path = creation->config.dtdevs[i].path;

    if (!xc_assign_dt_device(creation->ctx->xch, creation->domid, path))
        return 0;
    return libxl__fail_errno(
        creation->ctx, ERROR_FAIL,
        "domain '%s': cannot assign 'dtdev' \"%s\" to the guest: it must be "
        "the path of a device in the host's device tree, behind an IOMMU that "
        "Xen uses, and of no other guest",
        creation->config.c_info.name, path);
}

/* Take the first count devices back. */
static void take_dtdevs(struct libxl__creation *creation, int count)
{
    while (count-- > 0) {
        char *path = creation->config.dtdevs[count].path;

        if (xc_deassign_dt_device(creation->ctx->xch, creation->domid, path))
            libxl__error_errno(creation->ctx,
                               "domain '%s': cannot take 'dtdev' \"%s\" back "
                               "from the guest",
                               creation->config.c_info.name, path);
    }
}

static int give_dtdevs(struct libxl__creation *creation)
{
    int i, rc = 0;

    for (i = 0; i < creation->config.num_dtdevs; i++) {
        rc = give_dtdev(creation, i);
        if (rc) {
            take_dtdevs(creation, i);
            break;
        }
    }
    return rc;
}

int libxl__passthrough_do(struct libxl__creation *creation)
{
    const libxl_domain_build_info *b_info = &creation->config.b_info;
    unsigned int i;
    int irq, rc;

    for (i = 0; i < creation->guest.nr_iomem; i++) {
        rc = give_iomem(creation, &creation->guest.iomem[i]);
        if (rc)
            return rc;
    }
    for (irq = 0; irq < b_info->num_irqs; irq++) {
        rc = give_irq(creation, b_info->irqs[irq]);
        if (rc)
            return rc;
    }
    return give_dtdevs(creation);
}

void libxl__passthrough_undo(struct libxl__creation *creation)
{
    take_dtdevs(creation, creation->config.num_dtdevs);
}
