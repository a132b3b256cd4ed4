/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What it costs to write nodes to xenstore over one connection and over
 * several, all requests of each sent together:
 *
 *   lanes CONNECTIONS NODES   prints the time in microseconds, with that of
 *                             making the connections
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <xen/io/xs_wire.h>
#include <xenstore_lib.h>

enum { MOST = 16, ROOM = 64 * 1024 };

static struct {
    int fd;
    char requests[ROOM];
    size_t size, count;
} lanes[MOST];

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static long now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000L + now.tv_nsec / 1000;
}

static int connected(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s",
             xs_daemon_socket());
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)))
        fail("connect");
    return fd;
}

static void add(int lane, enum xsd_sockmsg_type type, const char *data,
                size_t size)
{
    struct xsd_sockmsg header = { .type = type, .len = size };
    char *to = lanes[lane].requests + lanes[lane].size;

    memcpy(to, &header, sizeof(header));
    memcpy(to + sizeof(header), data, size);
    lanes[lane].size += sizeof(header) + size;
    lanes[lane].count++;
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

static void exchange(int lanes_used)
{
    struct xsd_sockmsg header;
    char answer[64];

    for (int i = 0; i < lanes_used; i++)
        if (write(lanes[i].fd, lanes[i].requests, lanes[i].size) < 0)
            fail("write");
    for (int i = 0; i < lanes_used; i++) {
        for (; lanes[i].count; lanes[i].count--) {
            get(lanes[i].fd, &header, sizeof(header));
            get(lanes[i].fd, answer, header.len);
            if (header.type == XS_ERROR) {
                fprintf(stderr, "%.*s\n", (int)header.len, answer);
                exit(1);
            }
        }
        lanes[i].size = 0;
    }
}

int main(int argc, char **argv)
{
    int used = argc > 2 ? atoi(argv[1]) : 0, nodes = used ? atoi(argv[2]) : 0;
    long start = now_us();
    char data[64];

    if (used < 1 || used > MOST || nodes < 1 || nodes > 200)
        return 2;
    for (int i = 0; i < used; i++)
        lanes[i].fd = connected();
    for (int i = 0; i < nodes; i++) {
        int path = snprintf(data, sizeof(data), "/lanes/%d/key%d", i % used, i);

        strcpy(data + path + 1, "value");
        add(i % used, XS_WRITE, data, path + 1 + strlen("value"));
    }
    exchange(used);
    printf("%ld\n", now_us() - start);
    add(0, XS_RM, "/lanes", sizeof("/lanes"));
    exchange(1);
    return 0;
}
