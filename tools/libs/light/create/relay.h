/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The terminals of a bootloader: one that it runs on, and one for the user,
 * whose client opens it as a domain's console.  What either writes is carried
 * to the other, and what the bootloader writes to a log as well.
 */
#ifndef LIBXL_CREATE_RELAY_H
#define LIBXL_CREATE_RELAY_H

#include <poll.h>

#include "base/memory.h"
#include "event/child.h"
#include "event/wait.h"

/* A pseudo-terminal in raw mode: both ends are open, so neither hangs up. */
struct libxl__pty {
    int master, slave;
    const char *path; /* of the slave */
};

struct libxl__flow {
    char data[16384];
    size_t count;
};

enum { RELAY_BOOTLOADER, RELAY_USER, RELAY_NODES, RELAY_FDS };

struct libxl__relay {
    uint32_t domid;
    struct libxl__pty bootloader, user;
    struct libxl__flow to_user, to_bootloader;
    libxl__connection nodes; /* hears of the removal of the domain's nodes */
    int log;
    size_t log_left; /* how much more goes to the log */
    char words[256]; /* the last that the bootloader has written */
    size_t words_length;
    struct pollfd fds[RELAY_FDS];
    struct libxl__child_company company;
};

/*
 * Open the terminals, and the log at log_path, which begins anew.  The company
 * then serves them while the bootloader of domain domid runs, and ends it if
 * the domain is destroyed.  Logs its errors; libxl__relay_close must follow in
 * any case.
 */
int libxl__relay_open(libxl__gc *gc, uint32_t domid, const char *log_path,
                      struct libxl__relay *relay);

/* Carry what the bootloader has left behind when it ended. */
void libxl__relay_drain(libxl__gc *gc, struct libxl__relay *relay);

/*
 * Return the last line of what the bootloader has written, fit for a message;
 * empty if there is none.
 */
const char *libxl__relay_words(libxl__gc *gc, const struct libxl__relay *relay);

void libxl__relay_close(struct libxl__relay *relay);

#endif
