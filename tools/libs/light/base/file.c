/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Reads and writes whole files.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

static int read_all(int fd, char **data_r, size_t *size_r)
{
    size_t room = 0, size = 0;
    char *data = NULL;
    ssize_t got;
    int error = 0;

    do {
        if (size == room) {
            room = room ? room * 2 : 4096;
            data = libxl__realloc_nogc(data, room);
        }
        got = read(fd, data + size, room - size);
        if (got < 0 && errno != EINTR)
            error = errno;
        size += got > 0 ? got : 0;
        if (size > INT_MAX)
            error = EFBIG;
    } while (got && !error);
    if (error || !size) {
        free(data);
        data = NULL;
    }
    if (error)
        return error;
    *data_r = data;
    *size_r = size;
    return 0;
}

/* O_NONBLOCK: opening a pipe must not block. */
int libxl__file_read(const char *path, char **data_r, size_t *size_r)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    int error;

    if (fd < 0)
        return errno;
    if (fstat(fd, &st))
        error = errno;
    else if (!S_ISREG(st.st_mode))
        error = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
    else
        error = read_all(fd, data_r, size_r);
    close(fd);
    return error;
}

int libxl__file_write(int fd, const void *data, size_t size)
{
    const char *from = data;
    ssize_t put;

    while (size) {
        put = write(fd, from, size);
        if (put < 0 && errno != EINTR)
            return errno;
        if (put > 0) {
            from += put;
            size -= put;
        }
    }
    return 0;
}
