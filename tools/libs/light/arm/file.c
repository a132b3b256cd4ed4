/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Reads a whole file.  A pipe must not make a creation wait for ever, hence
 * O_NONBLOCK, which means nothing to a file.
 */
#include "arm/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Read one byte more than max, to notice larger files. */
static int read_all(int fd, char *bytes, size_t room, size_t *size_r)
{
    size_t size = 0;

    while (size < room) {
        ssize_t got = read(fd, bytes + size, room - size);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno;
        if (got == 0)
            break;
        size += got;
    }
    *size_r = size;
    return 0;
}

int arm_file_read(const char *path, size_t max, char **bytes_r, size_t *size_r)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    char *bytes = NULL;
    struct stat st;
    size_t size = 0;
    int r;

    if (fd < 0)
        return errno;
    if (fstat(fd, &st)) {
        r = errno;
        goto out;
    }
    r = S_ISREG(st.st_mode) ? 0 : EINVAL;
    if (!r && st.st_size > (off_t)max)
        r = EFBIG;
    if (r)
        goto out;

    bytes = malloc(max + 1);
    r = bytes ? read_all(fd, bytes, max + 1, &size) : ENOMEM;
    if (!r && size > max)
        r = EFBIG;
    if (r)
        goto out;

    bytes[size] = '\0';
    *bytes_r = bytes;
    *size_r = size;
    bytes = NULL;

out:
    free(bytes);
    close(fd);
    return r;
}
