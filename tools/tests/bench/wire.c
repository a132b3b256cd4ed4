/* SPDX-License-Identifier: LGPL-2.1-only */
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <xenstore_lib.h>

enum { ROOM = 64 * 1024 };

static struct {
    int fd;
    char requests[ROOM];
    size_t size, count;
} lanes[WIRE_MOST];

static int lanes_used;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

void wire_connect(int connections)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    snprintf(address.sun_path, sizeof(address.sun_path), "%s",
             xs_daemon_socket());
    for (lanes_used = 0; lanes_used < connections; lanes_used++) {
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);

        if (connect(fd, (struct sockaddr *)&address, sizeof(address)))
            fail("connect");
        lanes[lanes_used].fd = fd;
    }
}

void wire_add(int number, enum xsd_sockmsg_type type, const char *data,
              size_t size)
{
    struct xsd_sockmsg header = { .type = type, .len = size };
    char *to = lanes[number].requests + lanes[number].size;

    if (lanes[number].size + sizeof(header) + size > ROOM)
        abort();
    memcpy(to, &header, sizeof(header));
    memcpy(to + sizeof(header), data, size);
    lanes[number].size += sizeof(header) + size;
    lanes[number].count++;
}

void wire_send(void)
{
    for (int i = 0; i < lanes_used; i++) {
        if (write(lanes[i].fd, lanes[i].requests, lanes[i].size) < 0)
            fail("write");
        lanes[i].size = 0;
    }
}

static void get(int fd, void *data, size_t size)
{
    char *to = data;
    ssize_t got;

    for (; size; to += got, size -= got) {
        got = read(fd, to, size);
        if (got <= 0)
            fail("read");
    }
}

void wire_finish(void)
{
    struct xsd_sockmsg header;
    char answer[64];

    for (int i = 0; i < lanes_used; i++) {
        for (; lanes[i].count; lanes[i].count--) {
            get(lanes[i].fd, &header, sizeof(header));
            get(lanes[i].fd, answer, header.len);
            if (header.type == XS_ERROR) {
                fprintf(stderr, "%.*s\n", (int)header.len, answer);
                exit(1);
            }
        }
    }
}
