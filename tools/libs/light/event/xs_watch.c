/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Sets a watch and waits for its first event.
 */
#include "event/xs_watch.h"

#include <stdlib.h>
#include <string.h>

bool libxl__xs_watch(struct xs_handle *xsh, const char *path, const char *token)
{
    unsigned int count;
    bool is_own = false;
    char **event;

    if (!xs_watch(xsh, path, token))
        return false;
    while (!is_own) {
        event = xs_read_watch(xsh, &count);
        if (!event)
            return false;
        is_own = !strcmp(event[XS_WATCH_TOKEN], token);
        free(event);
    }
    return true;
}
