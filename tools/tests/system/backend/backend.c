/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * A guest without an operating system that maps grants where it is told to,
 * as no kernel would.  It reads lines from its console and answers each:
 *
 *   map DOMID REFERENCE COUNT FIRST STEP MOST
 *       maps the COUNT pages from that reference on, in turn, at the guest
 *       physical address FIRST, at FIRST + STEP and so on, MOST of them or
 *       until the hypervisor refuses, and says how many were mapped, the
 *       status of the one that was not, and whether the first and the last
 *       hold what share-grants wrote (automation/grants)
 *   unmap
 *       unmaps what the last 'map' mapped
 *
 * Numbers are decimal.  It runs without an MMU, which is right for an emulated
 * machine: on a real one its memory would not be cached and the hypervisor's
 * would.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Else the numbers of hypercalls are those of old. */
#define __XEN_INTERFACE_VERSION__ __XEN_LATEST_INTERFACE_VERSION__
#include <xen/xen.h>
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/io/console.h>
#include <xen/sched.h>

#include "../../../../automation/grants/grants.h"
#include "scratch.h"

enum { LINE_MOST = 128, PAGE_BITS = 12 };

/* What was mapped last. */
struct mapping {
    uint64_t domid, ref, count, first, step, most;
    uint64_t mapped;
    grant_handle_t *handles;
};

struct console {
    volatile struct xencons_interface *ring;
    evtchn_port_t port;
};

long hypercall(long number, long a, long b, long c);
void backend_main(void);

/* The compiler calls these for structs. */
void *memset(void *to, int byte, size_t size)
{
    volatile char *bytes = to;

    while (size--)
        *bytes++ = (char)byte;
    return to;
}

void *memcpy(void *to, const void *from, size_t size)
{
    volatile char *bytes = to;
    const char *source = from;

    while (size--)
        *bytes++ = *source++;
    return to;
}

static uint64_t own_param(uint32_t index)
{
    struct xen_hvm_param param = { .domid = DOMID_SELF, .index = index };

    hypercall(__HYPERVISOR_hvm_op, HVMOP_get_param, (long)&param, 0);
    return param.value;
}

static void wait_a_little(void)
{
    hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0);
}

static void barrier(void)
{
    __asm__ volatile("dmb ish" ::: "memory");
}

static void notify(const struct console *console)
{
    struct evtchn_send send = { .port = console->port };

    hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, (long)&send, 0);
}

static void put(const struct console *console, const char *text)
{
    volatile struct xencons_interface *ring = console->ring;

    for (; *text; text++) {
        while (ring->out_prod - ring->out_cons >= sizeof(ring->out))
            wait_a_little();
        ring->out[MASK_XENCONS_IDX(ring->out_prod, ring->out)] = *text;
        barrier();
        ring->out_prod = ring->out_prod + 1;
    }
    notify(console);
}

static void put_number(const struct console *console, int64_t number)
{
    char digits[24], *at = digits + sizeof(digits) - 1;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

    *at = '\0';
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (number < 0)
        *--at = '-';
    put(console, at);
}

static char get(const struct console *console)
{
    volatile struct xencons_interface *ring = console->ring;
    char byte;

    while (ring->in_prod == ring->in_cons)
        wait_a_little();
    barrier();
    byte = ring->in[MASK_XENCONS_IDX(ring->in_cons, ring->in)];
    ring->in_cons = ring->in_cons + 1;
    notify(console);
    return byte;
}

/* A line that is not empty, without its end; what does not fit is dropped. */
static void get_line(const struct console *console, char line[LINE_MOST])
{
    size_t length = 0;
    char byte;

    for (;;) {
        byte = get(console);
        if (byte != '\n' && byte != '\r') {
            if (length < LINE_MOST - 1)
                line[length++] = byte;
        } else if (length) {
            break;
        }
    }
    line[length] = '\0';
}

static uint64_t number_at(const char **text)
{
    uint64_t number = 0;

    while (**text == ' ')
        ++*text;
    while (**text >= '0' && **text <= '9')
        number = number * 10 + (uint64_t)(*(*text)++ - '0');
    return number;
}

static int16_t map_one(struct mapping *mapping)
{
    struct gnttab_map_grant_ref request = {
        .host_addr = mapping->first + mapping->mapped * mapping->step,
        .flags = GNTMAP_host_map,
        .dom = (domid_t)mapping->domid,
        .ref = (grant_ref_t)(mapping->ref + mapping->mapped % mapping->count),
        .status = GNTST_general_error,
    };

    hypercall(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref,
              (long)&request, 1);
    if (request.status == GNTST_okay)
        mapping->handles[mapping->mapped++] = request.handle;
    return request.status;
}

static uint64_t unmap_all(struct mapping *mapping)
{
    uint64_t unmapped = 0;

    while (mapping->mapped) {
        struct gnttab_unmap_grant_ref request = {
            .host_addr = mapping->first + --mapping->mapped * mapping->step,
            .handle = mapping->handles[mapping->mapped],
            .status = GNTST_general_error,
        };

        hypercall(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref,
                  (long)&request, 1);
        unmapped += request.status == GNTST_okay;
    }
    return unmapped;
}

/* Whether a shared page is there, by what share-grants writes into each. */
static int holds_page(const struct mapping *mapping, uint64_t index)
{
    uint64_t address = mapping->first + index * mapping->step;

    return *(volatile uint64_t *)address >> 56 == GRANT_QUESTION;
}

static void do_map(const struct console *console, struct mapping *mapping,
                   const char *text)
{
    int16_t status = GNTST_okay;

    mapping->domid = number_at(&text);
    mapping->ref = number_at(&text);
    mapping->count = number_at(&text);
    mapping->first = number_at(&text);
    mapping->step = number_at(&text);
    mapping->most = number_at(&text);
    mapping->mapped = 0;
    while (mapping->mapped < mapping->most && status == GNTST_okay)
        status = map_one(mapping);

    put(console, "test: mapped ");
    put_number(console, (int64_t)mapping->mapped);
    put(console, " status ");
    put_number(console, status);
    put(console, mapping->mapped && holds_page(mapping, 0) &&
                         holds_page(mapping, mapping->mapped - 1)
                     ? " read\r\n"
                     : " unread\r\n");
}

void backend_main(void)
{
    const struct console console = {
        .ring = (void *)(own_param(HVM_PARAM_CONSOLE_PFN) << PAGE_BITS),
        .port = (evtchn_port_t)own_param(HVM_PARAM_CONSOLE_EVTCHN),
    };
    struct mapping mapping = { .handles = (void *)(uintptr_t)SCRATCH_BASE };
    char line[LINE_MOST];

    put(&console, "test: ready\r\n");
    for (;;) {
        get_line(&console, line);
        if (line[0] == 'm') {
            do_map(&console, &mapping, line + sizeof("map"));
        } else {
            put(&console, "test: unmapped ");
            put_number(&console, (int64_t)unmap_all(&mapping));
            put(&console, "\r\n");
        }
    }
}
