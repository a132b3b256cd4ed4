/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What a guest asks of the fake xenstored, which does it only where the guest
 * has access.  The library itself speaks for dom0, which has access everywhere.
 */
#ifndef FAKE_ASKS_H
#define FAKE_ASKS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Does XS_WRITE, XS_MKDIR, XS_RM or XS_SET_PERMS for domid, at an absolute
 * path.  Returns an errno value if it is refused.
 */
int fake_store_ask(uint32_t domid, uint32_t type, const char *path,
                   const void *value, size_t size);

/*
 * The path of one of the nodes that domid may write, counted by n over and
 * over, for the caller to free; NULL if there is none.
 */
char *fake_store_writable(uint32_t domid, unsigned int n);

#endif
