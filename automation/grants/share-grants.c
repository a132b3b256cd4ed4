/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * share-grants DOMID COUNT COMMAND...
 *
 * Shares COUNT fresh pages of this domain with domain DOMID, runs COMMAND with
 * the references in $GRANTS while they are shared, and then says how many of
 * the pages the other domain answered in.  Ends with COMMAND's exit code, or
 * with 1 when an answer is missing.
 */
#include "grants.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <linux/types.h>
#include <xen/gntalloc.h>

static volatile uint64_t *share(int fd, uint16_t domid, uint32_t count,
                                uint32_t *refs_r)
{
    struct ioctl_gntalloc_alloc_gref *request;
    void *pages;
    uint32_t i;

    request = calloc(1, sizeof(*request) + count * sizeof(uint32_t));
    if (!request)
        return NULL;
    request->domid = domid;
    request->flags = GNTALLOC_FLAG_WRITABLE;
    request->count = count;
    if (ioctl(fd, IOCTL_GNTALLOC_ALLOC_GREF, request)) {
        perror("share-grants: allocating grants");
        free(request);
        return NULL;
    }
    for (i = 0; i < count; i++)
        refs_r[i] = request->gref_ids[i];
    pages = mmap(NULL, (size_t)count * GRANT_PAGE, PROT_READ | PROT_WRITE,
                 MAP_SHARED, fd, (off_t)request->index);
    free(request);
    if (pages == MAP_FAILED) {
        perror("share-grants: mapping the shared pages");
        return NULL;
    }
    return pages;
}

int main(int argc, char **argv)
{
    static uint32_t refs[GRANTS_MOST];
    const size_t words = GRANT_PAGE / sizeof(uint64_t);
    volatile uint64_t *pages;
    size_t count, i, answered = 0;
    char *list;
    int fd, code;

    count = argc > 3 ? strtoul(argv[2], NULL, 10) : 0;
    if (!count || count > GRANTS_MOST) {
        fprintf(stderr,
                "usage: share-grants DOMID COUNT COMMAND..., with a "
                "count of 1 to %u\n",
                GRANTS_MOST);
        return 2;
    }
    fd = open("/dev/xen/gntalloc", O_RDWR);
    if (fd < 0) {
        perror("share-grants: /dev/xen/gntalloc");
        return 1;
    }
    pages =
        share(fd, (uint16_t)strtoul(argv[1], NULL, 10), (uint32_t)count, refs);
    if (!pages)
        return 1;
    for (i = 0; i < count; i++)
        pages[i * words] = grant_word(GRANT_QUESTION, i);

    list = grants_spell(refs, count);
    if (!list || setenv("GRANTS", list, 1))
        return 1;
    free(list);
    code = grants_run(argv + 3);

    for (i = 0; i < count; i++)
        answered += pages[i * words] == grant_word(GRANT_ANSWER, i);
    printf("%zu of %zu shared pages answered by domain %s\n", answered, count,
           argv[1]);
    if (!code && answered != count)
        code = 1;
    return code;
}
