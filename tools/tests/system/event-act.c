/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Does to a domain, past every toolstack, what makes events:
 *
 *   event-act shutdown DOMID REASON   as if the guest had ended so
 *   event-act resume DOMID            takes that back
 *   event-act hold DOMID              keeps a page of it until it is killed,
 *                                     so that a destroyed domain goes on dying
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xenctrl.h>
#include <xenforeignmemory.h>
#include <xenstore.h>

/* The first frame of the memory of every Arm guest. */
#define GUEST_FRAME 0x40000

static int hold(uint32_t domid)
{
    xenforeignmemory_handle *memory = xenforeignmemory_open(NULL, 0);
    const xen_pfn_t frame = GUEST_FRAME;

    if (!memory ||
        !xenforeignmemory_map(memory, domid, PROT_READ, 1, &frame, NULL))
        return 1;
    printf("held\n");
    fflush(stdout);
    for (;;)
        pause();
}

static int resume(xc_interface *xch, uint32_t domid)
{
    struct xs_handle *xsh = xs_open(0);
    struct xen_domctl domctl = {
        .cmd = XEN_DOMCTL_resumedomain,
        .domain = domid,
    };

    return xc_domctl(xch, &domctl) || !xs_resume_domain(xsh, domid);
}

int main(int argc, char **argv)
{
    xc_interface *xch = xc_interface_open(NULL, NULL, 0);
    uint32_t domid;

    if (!xch || argc < 3)
        return 1;
    domid = atoi(argv[2]);
    if (!strcmp(argv[1], "shutdown") && argc > 3)
        return xc_domain_shutdown(xch, domid, atoi(argv[3])) != 0;
    if (!strcmp(argv[1], "resume"))
        return resume(xch, domid);
    if (!strcmp(argv[1], "hold"))
        return hold(domid);
    return 1;
}
