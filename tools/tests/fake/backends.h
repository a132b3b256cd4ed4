/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Backends of devices, for the fake xenstored: they see their directories, and
 * close when they are asked to, as the drivers of Linux do.  Every device of
 * every domain has one.
 */
#ifndef FAKE_BACKENDS_H
#define FAKE_BACKENDS_H

#include <stdbool.h>

/* What a backend does. */
struct fake_backend {
    /*
     * What it writes to its state when that is 1, and when that is 5; NULL:
     * nothing.
     */
    const char *seen, *closed;
    /* How much later; to something that is not there any more, never. */
    unsigned int delay_ms;
    /* The guest does not let go: only without a frontend does it close. */
    bool guest_holds;
};

/* One that does everything as it should, and at once. */
#define FAKE_BACKEND_GOOD                                                      \
    (struct fake_backend)                                                      \
    {                                                                          \
        .seen = "2", .closed = "6"                                             \
    }

/* Those whose path has this in it, such as "/vif/1/0"; the last one counts. */
void fake_backends_are(const char *part, struct fake_backend backend);

/* Of the store: forget what was said of backends; a node was written. */
void fake_backends_reset(void);
void fake_backends_notice(const char *path);

/*
 * Of the server: answer what is due, and return how many milliseconds may pass
 * until the next answer; -1: none waits.
 */
int fake_backends_answer(void);

#endif
