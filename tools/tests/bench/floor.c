/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The least that creating the tiny guest can cost: only the hypercalls and
 * the xenstore requests that such a guest needs, with no checks, no device
 * tree of its own making, no stored configuration and no monitor.  xenstored
 * works on its requests, which come over four connections, while the memory is
 * filled; it is not pushed aside for each answer.
 *
 *   floor help          does nothing: the process' own start
 *   floor KERNEL NAME   makes the guest, paused
 *   floor destroy DOMID takes it away, with its nodes
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xenctrl.h>

#include <xen/hvm/params.h>
#include <xenforeignmemory.h>
#include <xenguest.h>

#include "wire.h"

enum {
    PAGE = 4096,
    MEGABYTES = 16,
    RAM_FRAME = GUEST_RAM0_BASE >> 12,
    BLOCK_ORDER = 9, /* 2 MiB */
    TREE_FRAME = RAM_FRAME + 2048,
    CONSOLE_FRAME = GUEST_MAGIC_BASE >> 12,
    STORE_FRAME,
    MAGIC_FRAMES = 4,
    CONNECTIONS = 4,
};

static uint32_t domid;
static xc_interface *xch;
static evtchn_port_t store_port, console_port;
static int failed;

static void need(const char *what, int done)
{
    if (!done) {
        perror(what);
        failed = 1;
    }
}

static void make_domain(void)
{
    struct xen_domctl_createdomain create = {
        .flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap,
        .max_vcpus = 1,
        .max_evtchn_port = 1023,
        .max_grant_frames = 32,
        .max_maptrack_frames = 1024,
        .grant_opts = XEN_DOMCTL_GRANT_version(1),
        .arch.gic_version = XEN_DOMCTL_CONFIG_GIC_NATIVE,
    };
    struct xen_domctl size = {
        .cmd = XEN_DOMCTL_set_address_size,
        .u.address_size.size = 64,
    };
    xc_evtchn_port_or_error_t port;

    memset(create.handle, 0x5a, sizeof(create.handle));
    need("create", !xc_domain_create(xch, &domid, &create));
    if (failed)
        exit(1);
    size.domain = domid;
    need("64 bits", !xc_domctl(xch, &size));
    need("vcpus", !xc_domain_max_vcpus(xch, domid, 1));
    need("maxmem", !xc_domain_setmaxmem(xch, domid, (MEGABYTES + 1) << 10));
    need("pool", !xc_set_paging_mempool_size(xch, domid, 2 << 20));
    port = xc_evtchn_alloc_unbound(xch, domid, 0);
    need("port", port > 0);
    store_port = port;
    port = xc_evtchn_alloc_unbound(xch, domid, 0);
    need("port", port > 0);
    console_port = port;
}

static void fill_memory(const char *kernel)
{
    enum { BLOCKS = MEGABYTES / 2 };
    xen_pfn_t blocks[BLOCKS], magic[MAGIC_FRAMES];
    xen_pfn_t written[] = { RAM_FRAME, TREE_FRAME, CONSOLE_FRAME, STORE_FRAME };
    xenforeignmemory_handle *memory;
    unsigned char *map;
    int i, fd;

    for (i = 0; i < BLOCKS; i++)
        blocks[i] = RAM_FRAME + ((xen_pfn_t)i << BLOCK_ORDER);
    for (i = 0; i < MAGIC_FRAMES; i++)
        magic[i] = CONSOLE_FRAME + i;
    need("memory", !xc_domain_populate_physmap_exact(xch, domid, BLOCKS,
                                                     BLOCK_ORDER, 0, blocks));
    need("magic pages", !xc_domain_populate_physmap_exact(
                            xch, domid, MAGIC_FRAMES, 0, 0, magic));
    memory = xenforeignmemory_open(NULL, 0);
    map = xenforeignmemory_map(memory, domid, PROT_READ | PROT_WRITE, 4,
                               written, NULL);
    need("map", map != NULL);
    if (!map)
        return;
    memset(map, 0, 4 * PAGE);
    fd = open(kernel, O_RDONLY);
    need(kernel, read(fd, map, PAGE) > 0);
    close(fd);
    /* A device tree of this size takes as long to copy, whatever it says. */
    memset(map + PAGE, 0x5a, PAGE);
    xenforeignmemory_unmap(memory, map, 4);
    xenforeignmemory_close(memory);
}

static void set_param(uint32_t param, uint64_t value)
{
    need("parameter", !xc_hvm_param_set(xch, domid, param, value));
}

static void start_vcpu(void)
{
    static vcpu_guest_context_any_t context;

    context.c.user_regs.pc64 = GUEST_RAM0_BASE;
    context.c.user_regs.x0 = (uint64_t)TREE_FRAME << 12;
    context.c.user_regs.cpsr = PSR_GUEST64_INIT;
    context.c.sctlr = SCTLR_GUEST_INIT;
    context.c.flags = VGCF_online;
    need("vcpu", !xc_vcpu_setcontext(xch, domid, 0, &context));
    set_param(HVM_PARAM_CALLBACK_IRQ,
              (2ULL << 56) | (8 << 8) | GUEST_EVTCHN_PPI);
    set_param(HVM_PARAM_CONSOLE_PFN, CONSOLE_FRAME);
    set_param(HVM_PARAM_CONSOLE_EVTCHN, console_port);
    set_param(HVM_PARAM_STORE_PFN, STORE_FRAME);
    set_param(HVM_PARAM_STORE_EVTCHN, store_port);
    need("grant table", !xc_dom_gnttab_seed(xch, domid, true, CONSOLE_FRAME,
                                            STORE_FRAME, 0, 0));
}

/*
 * '%d' is the guest's number.  A path without '=' is a folder, which is the
 * guest's own when '!' leads; '+' lets the guest read it and all below.
 */
static const char *const nodes[] = {
    "+/local/domain/%d",
    "/local/domain/%d/name=floor",
    "/local/domain/%d/domid=1",
    "/local/domain/%d/vm=/vm/5a5a5a5a-5a5a-5a5a-5a5a-5a5a5a5a%d",
    "/local/domain/%d/cpu/0/availability=online",
    "/local/domain/%d/memory/static-max=16384",
    "/local/domain/%d/memory/target=16384",
    "/local/domain/%d/memory/videoram=0",
    "!/local/domain/%d/device/suspend/event-channel",
    "!/local/domain/%d/control/shutdown",
    "!/local/domain/%d/control/feature-poweroff",
    "!/local/domain/%d/control/feature-reboot",
    "!/local/domain/%d/control/feature-suspend",
    "!/local/domain/%d/control/sysrq",
    "/local/domain/%d/control/platform-feature-multiprocessor-suspend=1",
    "/local/domain/%d/control/platform-feature-xs_reset_watches=1",
    "!/local/domain/%d/data",
    "!/local/domain/%d/drivers",
    "!/local/domain/%d/feature",
    "!/local/domain/%d/attr",
    "!/local/domain/%d/error",
    "/local/domain/%d/store/port=1",
    "/local/domain/%d/store/ring-ref=233473",
    "/local/domain/%d/console/port=2",
    "/local/domain/%d/console/ring-ref=233472",
    "/local/domain/%d/console/backend=/local/domain/0/backend/console/%d/0",
    "/local/domain/%d/console/backend-id=0",
    "/local/domain/%d/console/limit=1048576",
    "/local/domain/%d/console/type=xenconsoled",
    "/local/domain/%d/console/output=pty",
    "!/local/domain/%d/console/tty",
    "+/local/domain/0/backend/console/%d/0",
    "/local/domain/0/backend/console/%d/0/frontend=/local/domain/%d/console",
    "/local/domain/0/backend/console/%d/0/frontend-id=1",
    "/local/domain/0/backend/console/%d/0/online=1",
    "/local/domain/0/backend/console/%d/0/state=1",
    "/local/domain/0/backend/console/%d/0/protocol=vt100",
    "+/vm/5a5a5a5a-5a5a-5a5a-5a5a-5a5a5a5a%d",
    "/vm/5a5a5a5a-5a5a-5a5a-5a5a-5a5a5a5a%d/name=floor",
    "/vm/5a5a5a5a-5a5a-5a5a-5a5a-5a5a5a5a%d/uuid=5a5a5a5a",
    "/vm/5a5a5a5a-5a5a-5a5a-5a5a-5a5a5a5a%d/start_time=1.00",
    "/libxl/%d/device/console/0/frontend=/local/domain/%d/console",
    "/libxl/%d/device/console/0/backend=/local/domain/0/backend/console/%d/0",
    "/libxl/%d/device/console/0/frontend-id=1",
    "/libxl/%d/device/console/0/online=1",
    "/libxl/%d/device/console/0/state=1",
    "/libxl/%d/device/console/0/protocol=vt100",
    "/libxl/%d/type=pvh",
    "/libxl/%d/dm-version=qemu_xen",
};

/* All '%d' of a row become the guest's number. */
static void fill_in(char *text, size_t room, const char *from)
{
    size_t at = 0;

    while (*from && at + 12 < room) {
        if (from[0] == '%' && from[1] == 'd') {
            at += snprintf(text + at, room - at, "%u", domid);
            from += 2;
        } else {
            text[at++] = *from++;
        }
    }
    text[at] = '\0';
}

/* A row's requests, one after the other over one connection. */
static void add_node(const char *row, int connection)
{
    char text[256], *path = text, *value, *end;

    fill_in(text, sizeof(text) - 16, row);
    if (*path == '+' || *path == '!')
        path++;
    end = path + strlen(path);
    value = strchr(path, '=');
    if (value)
        *value = '\0';
    wire_add(connection, value ? XS_WRITE : XS_MKDIR, path,
             end - path + !value);
    if (*row == '+' || *row == '!') {
        end += 1 + sprintf(end + 1, *row == '+' ? "n0" : "n%u", domid) + 1;
        if (*row == '+')
            end += sprintf(end, "r%u", domid) + 1;
        wire_add(connection, XS_SET_PERMS, path, end - path);
    }
}

static void send_nodes(void)
{
    size_t i;

    for (i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
        add_node(nodes[i], i % CONNECTIONS);
    wire_send();
}

static void introduce(void)
{
    char text[64];
    int size = sprintf(text, "%u%c%u%c%u", domid, 0, (unsigned int)STORE_FRAME,
                       0, store_port);

    wire_add(0, XS_INTRODUCE, text, size + 1);
    wire_send();
}

/* Everything of it in xenstore is in these directories. */
static const char *const directories[] = {
    "/local/domain/0/backend/console/%d",
    "/local/domain/%d",
    "/vm/5a5a5a5a-5a5a-5a5a-5a5a-5a5a5a5a%d",
    "/libxl/%d",
};

static void destroy(void)
{
    char path[64];
    size_t i;

    need("pause", !xc_domain_pause(xch, domid));
    for (i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
        fill_in(path, sizeof(path), directories[i]);
        wire_add(i % CONNECTIONS, XS_RM, path, strlen(path) + 1);
    }
    wire_send();
    need("destroy", !xc_domain_destroy(xch, domid));
    wire_finish();
}

int main(int argc, char **argv)
{
    const struct sched_param none = { 0 };

    if (argc < 2 || !strcmp(argv[1], "help"))
        return 0;
    sched_setscheduler(0, SCHED_BATCH, &none);
    xch = xc_interface_open(NULL, NULL, 0);
    if (!xch)
        return 1;
    wire_connect(CONNECTIONS);
    if (!strcmp(argv[1], "destroy") && argc == 3) {
        domid = strtoul(argv[2], NULL, 10);
        destroy();
        return failed;
    }
    make_domain();
    send_nodes();
    fill_memory(argv[1]);
    start_vcpu();
    wire_finish();
    introduce();
    wire_finish();
    xc_interface_close(xch);
    printf("%u\n", domid);
    return failed;
}
