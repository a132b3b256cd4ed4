/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Guests, and those that have devices: what is stored of them, nodes, scripts.
 * Before and after each test, fixed: nothing may be left of it.
 */
#ifndef FAKE_GUEST_H
#define FAKE_GUEST_H

#include "backends.h"
#include "host.h"

/* The context of the test that runs, and what must be there after it. */
extern libxl_ctx *guest_ctx;
extern struct fake_rest guest_rest;

int guest_set_up(void **state);
int guest_tear_down(void **state);

#define GUEST_TEST(name)                                                       \
    cmocka_unit_test_setup_teardown(name, guest_set_up, guest_tear_down)

/* As libxl_domain_create_new; disposes of the configuration. */
int guest_create_of(libxl_domain_config *config, uint32_t *domid_r);

/* Creates "g", and destroys it. */
uint32_t guest_create(unsigned int disks, unsigned int nics);
void guest_destroy(uint32_t domid);

/* Fails the test unless the node has this value; NULL: unless it is missing. */
void guest_node_is(const char *path, const char *value);

/* What is stored of the guest; the caller disposes of it. */
void guest_stored(uint32_t domid, libxl_domain_config *config);

/* Fails the test unless the stored configuration has so many of each. */
void guest_has(uint32_t domid, int disks, int nics);

/*
 * Makes scripts/NAME a script of sh that writes its name, arguments and
 * environment to the file script.log, and then does what body says.
 */
void guest_script(const char *name, const char *body);

/* What is in a file of the working directory, up to the next call. */
const char *guest_file(const char *path);

#endif
