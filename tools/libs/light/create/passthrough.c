/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Passes memory of devices (iomem) and interrupts (irqs) through to a guest.
 */
#include <errno.h>
#include <inttypes.h>

#include "base/log.h"
#include "create/creation.h"

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
    return 0;
}
