/* SPDX-License-Identifier: LGPL-2.1-only */
#include "event/claim.h"

#include <fcntl.h>
#include <unistd.h>

/* Scripts have the descriptors below this one for themselves. */
#define KEPT_FD 99

enum byte { OF_RUNNER, OF_PROGRAM };

static struct flock lock_of(const struct libxl__claim *claim, enum byte byte,
                            int type)
{
    return (struct flock) {
        .l_type = type,
        .l_whence = SEEK_SET,
        .l_start = (off_t)(claim->number * 2 + byte),
        .l_len = 1,
    };
}

static int open_file(const struct libxl__claim *claim)
{
    return open(claim->file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

/* The lock goes with the open file, so other threads may open and close it. */
int libxl__claim_open(const struct libxl__claim *claim)
{
    struct flock lock = lock_of(claim, OF_RUNNER, F_RDLCK);
    int fd = open_file(claim);

    if (fd >= 0)
        fcntl(fd, F_OFD_SETLK, &lock);
    return fd;
}

/*
 * The lock goes with the process: exec keeps it, children do not get it.  It
 * would go when any descriptor of the file is closed, so it comes last.
 */
void libxl__claim_keep(const struct libxl__claim *claim)
{
    struct flock lock = lock_of(claim, OF_PROGRAM, F_RDLCK);
    int fd = open_file(claim), kept;

    if (fd < 0)
        return;
    kept = fcntl(fd, F_DUPFD, KEPT_FD);
    close(fd);
    if (kept >= 0)
        fcntl(kept, F_SETLK, &lock);
}

/* The process that has locked a byte; -1 if it is no process's lock; or 0. */
static pid_t holder_of(int fd, const struct libxl__claim *claim, enum byte byte)
{
    struct flock lock = lock_of(claim, byte, F_WRLCK);

    if (fcntl(fd, F_OFD_GETLK, &lock) || lock.l_type == F_UNLCK)
        return 0;
    return lock.l_pid;
}

pid_t libxl__claim_stray(const struct libxl__claim *claim)
{
    int fd = open_file(claim);
    pid_t program;

    if (fd < 0)
        return 0;
    /* In this order: a program that starts meanwhile has a runner. */
    program = holder_of(fd, claim, OF_PROGRAM);
    if (holder_of(fd, claim, OF_RUNNER))
        program = 0;
    close(fd);
    return program > 0 ? program : 0;
}
