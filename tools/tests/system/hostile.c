/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Does to the frontend directories of a guest what a hostile guest may do.  The
 * guest sleeps; this program speaks to xenstored in its place, by the ring that
 * the guest has for that.  So xenstored takes what it takes from that guest,
 * and refuses the rest.
 *
 *   hostile DOMID MODE [PATH=VALUE]... DIRECTORY...
 *
 * The directories are relative to that of the guest.  MODE is what all keys
 * there become: missing, gone (with the directories), empty, long, binary,
 * numbers, elsewhere (PATH=VALUE are what they become then), directories;
 * 'states' changes the states, and 'everything' all of this, until SIGTERM or
 * the end of the guest.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sys/mman.h>
#include <unistd.h>

#include <xenctrl.h>
#include <xenforeignmemory.h>
#include <xenstore.h>

#include <xen/hvm/params.h>
#include <xen/io/xs_wire.h>

#define PAGE_BYTES   4096
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The largest that xenstored takes from a guest, less than its own limit. */
#define LONG_BYTES 1900

struct guest {
    uint32_t domid;
    struct xs_handle *xs; /* dom0's own */
    struct xenstore_domain_interface *ring;
    bool is_gone;
    uint32_t sent, answered;
    unsigned long taken, refused;
    struct xsd_sockmsg header; /* of the answer that is coming */
    uint32_t header_bytes, body_left;
};

static const char *const keys[] = {
    "backend",
    "backend-id",
    "state",
    "virtual-device",
    "device-type",
    "trusted",
    "handle",
    "mac",
    "mtu",
    "event-channel",
    "ring-ref",
    "tx-ring-ref",
    "rx-ring-ref",
    "protocol",
    "online",
    "script",
    "params",
    "frontend",
    "frontend-id",
    "hotplug-status",
    "physical-device",
    "multi-queue-num-queues",
};

static const char *const numbers[] = {
    "-1",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "99999999999999999999999999",
    "0x7fffffffffffffff",
    "1e9",
    "0",
    " 4",
    "4 and more",
    "%s%n",
};

static const char *const states[] = { "1", "2", "3", "4", "5", "6", "7", "8" };

static volatile sig_atomic_t is_ended;

static void end(int number)
{
    is_ended = 1;
}

static void count_answer(struct guest *guest)
{
    if (guest->header.type == XS_WATCH_EVENT)
        return;
    guest->answered++;
    if (guest->header.type == XS_ERROR)
        guest->refused++;
    else
        guest->taken++;
}

/*
 * An answer is one only with its last byte: xenstored writes header and body
 * apart, and what stays in the ring is the next program's.
 */
static void take_answer(struct guest *guest, uint8_t byte)
{
    if (guest->body_left) {
        guest->body_left--;
    } else {
        ((uint8_t *)&guest->header)[guest->header_bytes++] = byte;
        if (guest->header_bytes < sizeof(guest->header))
            return;
        guest->header_bytes = 0;
        guest->body_left = guest->header.len;
    }
    if (!guest->body_left)
        count_answer(guest);
}

/*
 * xenstored looks at all rings once a request of dom0 has woken it, so the
 * guest's event channel is not needed.
 */
static void turn(struct guest *guest)
{
    struct xenstore_domain_interface *ring = guest->ring;
    XENSTORE_RING_IDX at = ring->rsp_cons, last;

    if (!xs_is_domain_introduced(guest->xs, guest->domid))
        guest->is_gone = true;
    last = __atomic_load_n(&ring->rsp_prod, __ATOMIC_ACQUIRE);
    while (at != last)
        take_answer(guest, ring->rsp[MASK_XENSTORE_IDX(at++)]);
    __atomic_store_n(&ring->rsp_cons, at, __ATOMIC_RELEASE);
}

static void put(struct guest *guest, const void *data, size_t size)
{
    struct xenstore_domain_interface *ring = guest->ring;
    const char *bytes = data;
    XENSTORE_RING_IDX at = ring->req_prod;

    while (size && !guest->is_gone) {
        if (at - __atomic_load_n(&ring->req_cons, __ATOMIC_ACQUIRE) ==
            XENSTORE_RING_SIZE) {
            turn(guest);
            continue;
        }
        ring->req[MASK_XENSTORE_IDX(at++)] = *bytes++;
        size--;
        __atomic_store_n(&ring->req_prod, at, __ATOMIC_RELEASE);
    }
}

static void request(struct guest *guest, uint32_t type, const char *directory,
                    const char *key, const void *value, size_t size)
{
    char path[512];
    int length = snprintf(path, sizeof(path), "%s%s%s", directory,
                          key ? "/" : "", key ? key : "") +
                 1;
    struct xsd_sockmsg header = { .type = type, .len = length + size };

    put(guest, &header, sizeof(header));
    put(guest, path, length);
    put(guest, value, size);
    guest->sent++;
}

static void write_text(struct guest *guest, const char *directory,
                       const char *key, const char *text)
{
    request(guest, XS_WRITE, directory, key, text, strlen(text));
}

static const char *one_of(const char *const *list, size_t count)
{
    return list[(size_t)random() % count];
}

static void write_long(struct guest *guest, const char *directory,
                       const char *key)
{
    char value[LONG_BYTES];

    memset(value, '7', sizeof(value));
    request(guest, XS_WRITE, directory, key, value, sizeof(value));
}

static void write_binary(struct guest *guest, const char *directory,
                         const char *key)
{
    uint8_t value[64];
    size_t i;

    for (i = 0; i < sizeof(value); i++)
        value[i] = random();
    request(guest, XS_WRITE, directory, key, value,
            (size_t)random() % sizeof(value));
}

static void make_directories(struct guest *guest, const char *directory,
                             const char *key)
{
    char path[256];

    snprintf(path, sizeof(path), "%s/%s", directory, key);
    write_text(guest, path, "0/1/2/3", "4");
    write_text(guest, path, "state", "4");
}

/* What becomes of one key. */
static void spoil(struct guest *guest, const char *mode, const char *directory,
                  const char *key)
{
    if (!strcmp(mode, "missing"))
        request(guest, XS_RM, directory, key, NULL, 0);
    else if (!strcmp(mode, "empty"))
        write_text(guest, directory, key, "");
    else if (!strcmp(mode, "long"))
        write_long(guest, directory, key);
    else if (!strcmp(mode, "binary"))
        write_binary(guest, directory, key);
    else if (!strcmp(mode, "numbers"))
        write_text(guest, directory, key, one_of(numbers, COUNT(numbers)));
    else if (!strcmp(mode, "directories"))
        make_directories(guest, directory, key);
    else if (!strcmp(mode, "states"))
        write_text(guest, directory, "state", one_of(states, COUNT(states)));
}

/* The other modes, of one key. */
static const char *const modes[] = { "missing", "empty",   "long",
                                     "binary",  "numbers", "directories",
                                     "states",  "states" };

static void spoil_at_random(struct guest *guest, char **directories, int count)
{
    const char *directory = directories[random() % count];

    if (random() % 2000)
        spoil(guest, one_of(modes, COUNT(modes)), directory,
              one_of(keys, COUNT(keys)));
    else
        request(guest, XS_RM, directory, NULL, NULL, 0);
}

static void spoil_all(struct guest *guest, const char *mode, char **words,
                      int count)
{
    char *value;
    size_t key;
    int i;

    for (i = 0; i < count; i++) {
        value = strchr(words[i], '=');
        if (value) {
            *value++ = 0;
            write_text(guest, words[i], NULL, value);
        } else if (!strcmp(mode, "gone")) {
            request(guest, XS_RM, words[i], NULL, NULL, 0);
        } else {
            for (key = 0; key < COUNT(keys); key++)
                spoil(guest, mode, words[i], keys[key]);
        }
    }
}

/* Until all requests are answered. */
static void finish(struct guest *guest)
{
    while (!guest->is_gone && guest->answered < guest->sent)
        turn(guest);
}

static bool attach(struct guest *guest)
{
    xc_interface *xch = xc_interface_open(NULL, NULL, 0);
    xenforeignmemory_handle *memory = xenforeignmemory_open(NULL, 0);
    uint64_t frame;
    xen_pfn_t page;

    guest->xs = xs_open(0);
    if (!xch || !memory || !guest->xs ||
        xc_hvm_param_get(xch, guest->domid, HVM_PARAM_STORE_PFN, &frame))
        return false;
    page = frame;
    guest->ring = xenforeignmemory_map(memory, guest->domid,
                                       PROT_READ | PROT_WRITE, 1, &page, NULL);
    return guest->ring;
}

int main(int argc, char **argv)
{
    struct guest guest = { 0 };
    struct timespec from, to;
    bool is_endless;
    double seconds;

    if (argc < 4)
        return 2;
    guest.domid = strtoul(argv[1], NULL, 10);
    if (!attach(&guest)) {
        perror("hostile: cannot map the ring of the guest");
        return 1;
    }
    signal(SIGTERM, end);
    is_endless = !strcmp(argv[2], "states") || !strcmp(argv[2], "everything");
    clock_gettime(CLOCK_MONOTONIC, &from);
    if (!is_endless)
        spoil_all(&guest, argv[2], argv + 3, argc - 3);
    while (is_endless && !is_ended && !guest.is_gone) {
        if (!strcmp(argv[2], "states"))
            spoil(&guest, "states", argv[3 + random() % (argc - 3)], NULL);
        else
            spoil_at_random(&guest, argv + 3, argc - 3);
    }
    finish(&guest);
    clock_gettime(CLOCK_MONOTONIC, &to);
    seconds = to.tv_sec - from.tv_sec + (to.tv_nsec - from.tv_nsec) / 1e9;
    printf("%lu taken, %lu refused in %.1f s\n", guest.taken, guest.refused,
           seconds);
    return guest.taken ? 0 : 1;
}
