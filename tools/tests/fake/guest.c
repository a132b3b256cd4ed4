/* SPDX-License-Identifier: LGPL-2.1-only */
#include "guest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <libxl_utils.h>

libxl_ctx *guest_ctx;
struct fake_rest guest_rest;

int guest_set_up(void **state)
{
    int r = fake_host_reset(state);

    guest_rest = fake_rest_take();
    guest_ctx = fake_ctx();
    return r;
}

int guest_tear_down(void **state)
{
    libxl_ctx_free(guest_ctx);
    return !fake_rest_is_equal(guest_rest, fake_rest_take(), "in the end");
}

int guest_create_of(libxl_domain_config *config, uint32_t *domid_r)
{
    int rc = libxl_domain_create_new(guest_ctx, config, domid_r, NULL, NULL);

    libxl_domain_config_dispose(config);
    return rc;
}

uint32_t guest_create(unsigned int disks, unsigned int nics)
{
    libxl_domain_config config;
    uint32_t domid = INVALID_DOMID;

    fake_config(&config, "g");
    fake_config_devices(&config, disks, nics);
    if (guest_create_of(&config, &domid) || *fake_errors())
        fail_msg("'g' is not created: %s", fake_errors());
    return domid;
}

void guest_destroy(uint32_t domid)
{
    assert_int_equal(libxl_domain_destroy(guest_ctx, domid, NULL), 0);
}

void guest_node_is(const char *path, const char *value)
{
    char *found = fake_store_read(path);

    if (!found != !value || (found && strcmp(found, value)))
        fail_msg("%s is '%s' and not '%s'", path, found ? found : "missing",
                 value ? value : "missing");
    free(found);
}

void guest_stored(uint32_t domid, libxl_domain_config *config)
{
    libxl_domain_config_init(config);
    assert_int_equal(
        libxl_retrieve_domain_configuration(guest_ctx, domid, config, NULL), 0);
}

void guest_has(uint32_t domid, int disks, int nics)
{
    libxl_domain_config config;

    guest_stored(domid, &config);
    assert_int_equal(config.num_disks, disks);
    assert_int_equal(config.num_nics, nics);
    libxl_domain_config_dispose(&config);
}

void guest_script(const char *name, const char *body)
{
    char path[64], text[1024];
    int size = snprintf(text, sizeof(text),
                        "#!/bin/sh\n"
                        "echo \"${0##*/} $* $XENBUS_TYPE $XENBUS_PATH "
                        "$XENBUS_BASE_PATH script=$script vif=$vif "
                        "netdev=$netdev\" >>script.log\n%s\n",
                        body);

    snprintf(path, sizeof(path), "scripts/%s", name);
    unlink(path);
    fake_file(path, text, size);
    assert_int_equal(chmod(path, 0700), 0);
}

const char *guest_file(const char *path)
{
    static char text[4096];
    FILE *file = fopen(path, "r");
    size_t size = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

    text[size] = '\0';
    if (file)
        fclose(file);
    return text;
}
