/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Prints what the library's file helpers do in the current folder, and what
 * libxl_create_logfile does for the name it is given.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxl_utils.h>

static libxl_ctx *ctx;

static void contents(const char *path)
{
    int length = 77, r;
    void *data = NULL;

    r = libxl_read_file_contents(ctx, path, &data, &length);
    printf("contents of %s: %d, length %d, '%.*s'\n", path, r, length,
           length == 77 ? 0 : length, data ? (char *)data : "none");
    free(data);
}

static void exactly(void)
{
    int fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
    char text[8] = "";

    printf("write: %d\n", libxl_write_exactly(ctx, fd, "hello", 5, "f", "w"));
    lseek(fd, 0, SEEK_SET);
    printf("read: %d", libxl_read_exactly(ctx, fd, text, 3, "f", "w"));
    printf(" '%s'\n", text);
    printf("read nothing: %d\n", libxl_read_exactly(ctx, fd, text, 0, "f", 0));
    printf("read too much: %d\n", libxl_read_exactly(ctx, fd, text, 5, "f", 0));
    printf("read nowhere: %d\n", libxl_read_exactly(ctx, -1, text, 5, "f", 0));
    printf("write nowhere: %d\n", libxl_write_exactly(ctx, -1, text, 5, 0, 0));
    close(fd);
    fd = open("/dev/full", O_WRONLY);
    printf("write too much: %d\n",
           libxl_write_exactly(ctx, fd, "a", 1, "f", 0));
    close(fd);
}

static void flags(void)
{
    int pipes[2], on;

    printf("pipe: %d", libxl_pipe(ctx, pipes));
    printf(" flags %d %d\n", fcntl(pipes[0], F_GETFD),
           fcntl(pipes[1], F_GETFL));
    for (on = 1; on >= 0; on--) {
        printf("close on exec: %d", libxl_fd_set_cloexec(ctx, pipes[0], on));
        printf(" flags %d\n", fcntl(pipes[0], F_GETFD));
        printf("nonblocking: %d", libxl_fd_set_nonblock(ctx, pipes[1], on));
        printf(" flags %d\n", fcntl(pipes[1], F_GETFL));
    }
    errno = 0;
    printf("no descriptor: %d", libxl_fd_set_cloexec(ctx, 77, 1));
    printf(" %d", errno);
    printf(" %d", libxl_fd_set_nonblock(ctx, 77, 1));
    printf(" %d\n", errno);
}

int main(int argc, char **argv)
{
    xentoollog_logger *logger =
        (xentoollog_logger *)xtl_createlogger_stdiostream(stderr, XTL_PROGRESS,
                                                          0);
    char *name;
    int i, rc;

    if (libxl_ctx_alloc(&ctx, LIBXL_VERSION, 0, logger))
        return 1;
    contents("file");
    exactly();
    contents("file");
    contents("empty");
    flags();
    for (i = 1; i < argc; i++) {
        rc = libxl_create_logfile(ctx, argv[i], &name);
        printf("log %s: %d %s\n", argv[i], rc, rc ? "" : name);
        if (!rc)
            free(name);
    }
    libxl_ctx_free(ctx);
    xtl_logger_destroy(logger);
    return 0;
}
