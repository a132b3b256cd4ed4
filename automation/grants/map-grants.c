/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * map-grants [--times N] DOMID REFERENCES COMMAND...
 *
 * Maps the pages that domain DOMID shares under these references, checks what
 * share-grants (or this program before) wrote into each, answers in each, and
 * runs COMMAND while they are mapped.  Ends with COMMAND's exit code, or with 1
 * when a page is wrong.  With --times it maps the same pages again, to other
 * addresses, until they are mapped N times or the kernel refuses.
 */
#include "grants.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/types.h>
/* gntdev.h takes two of its types from these. */
#include <xen/xen.h>
#include <xen/grant_table.h>
#include <xen/gntdev.h>

static volatile uint64_t *map(int fd, uint32_t domid, const uint32_t *refs,
                              size_t count)
{
    struct ioctl_gntdev_map_grant_ref *request;
    void *pages;
    size_t i;

    request = calloc(1, sizeof(*request) + count * sizeof(request->refs[0]));
    if (!request)
        return NULL;
    request->count = (uint32_t)count;
    for (i = 0; i < count; i++) {
        request->refs[i].domid = domid;
        request->refs[i].ref = refs[i];
    }
    if (ioctl(fd, IOCTL_GNTDEV_MAP_GRANT_REF, request)) {
        perror("map-grants: naming the grants");
        free(request);
        return NULL;
    }
    pages = mmap(NULL, count * GRANT_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
                 fd, (off_t)request->index);
    free(request);
    if (pages == MAP_FAILED) {
        perror("map-grants: mapping the grants");
        return NULL;
    }
    return pages;
}

/* The guest physical address of a mapped page; 0 when the kernel hides it. */
static uint64_t guest_address(volatile void *page)
{
    const uint64_t present = 1ull << 63, frame = (1ull << 55) - 1;
    uint64_t entry = 0;
    int fd = open("/proc/self/pagemap", O_RDONLY);

    if (fd < 0)
        return 0;
    if (pread(fd, &entry, sizeof(entry),
              (off_t)((uintptr_t)page / GRANT_PAGE * sizeof(entry))) !=
        sizeof(entry))
        entry = 0;
    close(fd);
    return entry & present ? (entry & frame) * GRANT_PAGE : 0;
}

static void print_addresses(volatile uint64_t *pages, size_t count)
{
    uint64_t address, lowest = UINT64_MAX, highest = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        address = guest_address(pages + i * (GRANT_PAGE / sizeof(*pages)));
        lowest = address < lowest ? address : lowest;
        highest = address > highest ? address : highest;
    }
    printf("at guest addresses %" PRIx64 "-%" PRIx64 "\n", lowest,
           highest + GRANT_PAGE - 1);
}

/* Maps the pages some more times; the kernel unmaps them when we end. */
static void map_again(int fd, uint32_t domid, const uint32_t *refs,
                      size_t count, unsigned long times)
{
    unsigned long done = 1;

    while (done < times && map(fd, domid, refs, count))
        done++;
    printf("mapped %lu times, %lu pages\n", done, done * count);
}

int main(int argc, char **argv)
{
    static uint32_t refs[GRANTS_MOST];
    const size_t words = GRANT_PAGE / sizeof(uint64_t);
    volatile uint64_t *pages;
    unsigned long times = 1;
    size_t count, i, good = 0;
    uint32_t domid;
    int fd, code;

    if (argc > 2 && !strcmp(argv[1], "--times")) {
        times = strtoul(argv[2], NULL, 10);
        argc -= 2;
        argv += 2;
    }
    count = argc > 3 ? grants_read(argv[2], refs, GRANTS_MOST) : 0;
    if (!count) {
        fprintf(stderr, "usage: map-grants [--times N] DOMID REFERENCES "
                        "COMMAND..., with references like 8-507,600\n");
        return 2;
    }
    fd = open("/dev/xen/gntdev", O_RDWR);
    if (fd < 0) {
        perror("map-grants: /dev/xen/gntdev");
        return 1;
    }
    domid = (uint32_t)strtoul(argv[1], NULL, 10);
    pages = map(fd, domid, refs, count);
    if (!pages)
        return 1;
    for (i = 0; i < count; i++) {
        good += pages[i * words] == grant_word(GRANT_QUESTION, i) ||
                pages[i * words] == grant_word(GRANT_ANSWER, i);
        pages[i * words] = grant_word(GRANT_ANSWER, i);
    }
    printf("%zu of %zu pages of domain %s mapped and read\n", good, count,
           argv[1]);
    print_addresses(pages, count);
    if (times > 1)
        map_again(fd, domid, refs, count, times);
    fflush(stdout);
    code = grants_run(argv + 3);
    if (!code && good != count)
        code = 1;
    return code;
}
