/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * A host to create domains on: the fake hypervisor, the fake xenstored, a
 * folder of its own as the working directory, and a logger that keeps what it
 * is told.  Nothing of the machine that the test runs on is touched.
 */
#ifndef FAKE_HOST_H
#define FAKE_HOST_H

#include <stdbool.h>

#include <libxl.h>

#include "xen.h"
#include "xenstored.h"

/* Before and after all tests of a program. */
int fake_host_start(void **state);
int fake_host_stop(void **state);

/* Before each test: everything is as after a boot, and the log is empty. */
int fake_host_reset(void **state);

/* For group_setup and group_teardown of each test. */
#define FAKE_TEST(name) cmocka_unit_test_setup(name, fake_host_reset)

libxl_ctx *fake_ctx(void);

/*
 * The errors since the last call of fake_log_forget, one a line; warnings
 * too where asked.
 */
const char *fake_errors(void);
const char *fake_warnings(void);
void fake_log_forget(void);

/* What must be as it was when a domain has come and gone. */
struct fake_rest {
    char *nodes;
    unsigned int domains, descriptors, files, builders;
    uint64_t claimed;
};

struct fake_rest fake_rest_take(void);

/* Frees both; prints what differs, and where. */
bool fake_rest_is_equal(struct fake_rest before, struct fake_rest after,
                        const char *where);

/* A configuration of a guest of 16 MiB; the caller disposes of it. */
void fake_config(libxl_domain_config *config, const char *name);

/*
 * One that asks for each thing that costs creation a step of its own; it needs
 * fake_xen.has_flask, and a cpupool "pool" with all CPUs from
 * fake_config_pool.
 */
void fake_config_everything(libxl_domain_config *config, const char *name);
void fake_config_pool(void);

/*
 * Adds disks from xvda on, of the file "disk", and network interfaces.  Their
 * scripts, scripts/block and scripts/vif-bridge, do nothing.
 */
void fake_config_devices(libxl_domain_config *config, unsigned int disks,
                         unsigned int nics);
void fake_disk(libxl_device_disk *disk, const char *vdev);

/*
 * Adds one device of each kind that is but a table of nodes: a vTPM, pvcalls, a
 * display of two connectors, a sound card of two streams.
 */
void fake_config_tables(libxl_domain_config *config);

/* Creates the guest of config, which must succeed, and disposes of config. */
uint32_t fake_create_of(libxl_ctx *ctx, libxl_domain_config *config);

/* The same of a guest of 16 MiB. */
uint32_t fake_create(libxl_ctx *ctx, const char *name);

/* The file of this content, in the working directory. */
void fake_file(const char *path, const void *content, size_t size);

/* Whether text has each of the words, which NULL ends. */
bool fake_has(const char *text, const char *const words[]);

#endif
