/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What it costs to write nodes to xenstore over one connection and over
 * several, all requests of each sent together:
 *
 *   lanes CONNECTIONS NODES   prints the time in microseconds, with that of
 *                             making the connections
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "wire.h"

static long now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000L + now.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
    int used = argc > 2 ? atoi(argv[1]) : 0, nodes = used ? atoi(argv[2]) : 0;
    long start = now_us();
    char data[64];

    if (used < 1 || used > WIRE_MOST || nodes < 1 || nodes > 200)
        return 2;
    wire_connect(used);
    for (int i = 0; i < nodes; i++) {
        int path = snprintf(data, sizeof(data), "/lanes/%d/key%d", i % used, i);

        strcpy(data + path + 1, "value");
        wire_add(i % used, XS_WRITE, data, path + 1 + strlen("value"));
    }
    wire_send();
    wire_finish();
    printf("%ld\n", now_us() - start);
    wire_add(0, XS_RM, "/lanes", sizeof("/lanes"));
    wire_send();
    wire_finish();
    return 0;
}
