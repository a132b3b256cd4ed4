/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Fuzzes what a QEMU sends over QMP: a guest that has taken it over may choose
 * it.  The first byte of the input is 'm' for a command to its monitor, or 'd'
 * for the start of a guest with a display.  The rest is all that QEMU sends
 * before it closes the connection.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "answers.h"
#include "device/daemon.h"
#include "fake/host.h"
#include "must.h"

/* What QEMU sends, and its end of the connection. */
static const uint8_t *sent;
static size_t sent_size;
static int qemu_fd = -1;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int __real_connect(int fd, const struct sockaddr *address, socklen_t length);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length);
int __wrap_libxl__daemon_start(libxl__gc *gc,
                               const struct libxl__daemon *daemon);

/* All that QEMU sends is there before it is asked for anything. */
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length)
{
    const struct sockaddr_un *to = (const struct sockaddr_un *)address;
    int ends[2];

    if (strncmp(to->sun_path, "run/qmp-", strlen("run/qmp-")))
        return __real_connect(fd, address, length);
    must(qemu_fd < 0);
    must(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
                     ends));
    must(write(ends[1], sent, sent_size) == (ssize_t)sent_size);
    must(!shutdown(ends[1], SHUT_WR));
    must(dup3(ends[0], fd, O_CLOEXEC) == fd);
    close(ends[0]);
    qemu_fd = ends[1];
    return 0;
}

/* It runs at once. */
int __wrap_libxl__daemon_start(libxl__gc *gc,
                               const struct libxl__daemon *daemon)
{
    int rc = daemon->ask(gc, daemon->opaque);

    close(qemu_fd);
    qemu_fd = -1;
    return rc;
}

static int ask_monitor(libxl_ctx *ctx, void *opaque)
{
    char *output = NULL;
    int rc = libxl_qemu_monitor_command(ctx, 1, "info", &output, NULL);

    must(!rc == !!output);
    free(output);
    close(qemu_fd);
    qemu_fd = -1;
    return rc;
}

static int try_display(void)
{
    libxl_domain_config config;
    int rc;

    fake_config(&config, "g");
    config.b_info.device_model = strdup("/bin/true"); /* is never run */
    config.num_vfbs = 1;
    config.vfbs = calloc(1, sizeof(*config.vfbs));
    must(!libxl_device_vfb_from_json(NULL, config.vfbs,
                                     "{\"vnc\": {\"passwd\": \"secret\"}}"));
    rc = answers_try(answers_create, &config);
    libxl_domain_config_dispose(&config);
    return rc;
}

/* Whether QEMU has sent these bytes. */
static bool has_sent(const char *text)
{
    return memmem(sent, sent_size, text, strlen(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int rc;

    if (!size || (*data != 'm' && *data != 'd'))
        return -1;
    sent = data + 1;
    sent_size = size - 1;
    rc = *data == 'm' ? answers_try(ask_monitor, NULL) : try_display();
    must(rc || (has_sent("QMP") && has_sent("return")));
    return 0;
}
