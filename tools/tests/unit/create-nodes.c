/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Tests of what is written to xenstore when a domain is created, preserved and
 * destroyed: printed, and held against the files of create-nodes/.  With
 * UPDATE in the environment the files are written anew.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "create/nodes.c"
#include "create/preserve.c"
#include "device/kind_console.c"
#include "device/nodes.c"
#include "domain/paths.c"

#include "event-fakes.h"

#define FILES "tools/tests/unit/create-nodes/"
#define UUID  "11111111-2222-3333-4444-555555555555"

static libxl_ctx *ctx;
static libxl__gc gc[1];
static struct libxl__creation creation;
static uint8_t vcpu_bits[16];
static char *printed;
static size_t printed_size;
static FILE *printer;

/* Time stands still. */
int gettimeofday(struct timeval *now, void *zone)
{
    *now = (struct timeval) { .tv_sec = 1700000000, .tv_usec = 250000 };
    return 0;
}

const char *xs_daemon_socket(void)
{
    abort();
}

/* Of the room types: only driver_domain is asked for. */
static bool is_driver;

bool libxl_defbool_val(libxl_defbool db)
{
    return is_driver;
}

int libxl_bitmap_test(const libxl_bitmap *bitmap, int bit)
{
    return bitmap->map[bit / 8] >> bit % 8 & 1;
}

const char *libxl__field_text(libxl__gc *of, unsigned int type, size_t offset,
                              const void *p)
{
    abort();
}

/* What undoing the nodes calls. */
bool libxl__device_is_not_of_qemu(const struct libxl__device *device)
{
    abort();
}

void libxl__devices_abandon(const struct libxl__devices *devices)
{
    abort();
}

/* What else domain/paths.c calls: no other domain is there. */
xc_domaininfo_t *libxl__domain_list(libxl__gc *of, unsigned int *count_r)
{
    abort();
}

int libxl_uuid_from_string(libxl_uuid *uuid, const char *in)
{
    return -1;
}

/* What else create/preserve.c calls. */
int libxl__domain_uuid(libxl__gc *of, uint32_t domid, const char **uuid_r)
{
    abort();
}

const char *libxl__name_read(libxl__gc *of, uint32_t domid)
{
    abort();
}

int libxl__name_change(libxl__gc *of, uint32_t domid, const char *old_name,
                       const char *new_name)
{
    abort();
}

int libxl__userdata_move(libxl__gc *of, uint32_t domid, const char *old_uuid,
                         const char *new_uuid)
{
    abort();
}

int xc_domain_sethandle(xc_interface *xch, uint32_t domid,
                        xen_domain_handle_t handle)
{
    abort();
}

/* Directories of xenstore: a path and its entries in turn, NULL at the end. */
static const char *const *directories;

char **xs_directory(struct xs_handle *xsh, xs_transaction_t t, const char *path,
                    unsigned int *count)
{
    const char *const *row = directories;
    char *names, **list = calloc(1, 1000);

    names = (char *)(list + 10);
    for (*count = 0; *row; row += 2) {
        if (strcmp(row[0], path))
            continue;
        list[(*count)++] = strcpy(names, row[1]);
        names += strlen(names) + 1;
    }
    if (*count)
        return list;
    free(list);
    errno = ENOENT;
    return NULL;
}

void *xs_read(struct xs_handle *xsh, xs_transaction_t t, const char *path,
              unsigned int *length)
{
    errno = ENOENT;
    return strcmp(path, "/local/domain/5/vm") ? NULL : strdup("/vm/" UUID);
}

static struct libxl__device consoles[] = {
    { .kind = &libxl__kind_console, .backend = "console" },
    { .kind = &libxl__kind_vuart, .backend = "vuart" },
};

static int set_up(void **state)
{
    ctx = fake_ctx();
    libxl__gc_init(gc, ctx);
    creation = (struct libxl__creation) {
        .gc = gc,
        .ctx = ctx,
        .domid = 5,
        .uuid = UUID,
        .store_port = 1,
        .console_port = 2,
        .store_gfn = 0x39001,
        .console_gfn = 0x39000,
        .ram_kb = 16384,
    };
    creation.config.c_info.name = (char *)"guest";
    is_driver = false;
    creation.config.b_info.max_vcpus = 1;
    creation.config.b_info.max_memkb = 16384;
    creation.ram_kb = 16384;
    creation.config.b_info.target_memkb = 16384;
    creation.config.b_info.avail_vcpus.size = sizeof(vcpu_bits);
    creation.config.b_info.avail_vcpus.map = vcpu_bits;
    memset(vcpu_bits, 0, sizeof(vcpu_bits));
    vcpu_bits[0] = 1;
    creation.devices = (struct libxl__devices) { gc, 5, consoles, 1 };
    libxl__xs_changes_init(&creation.changes, gc);
    printer = open_memstream(&printed, &printed_size);
    return 0;
}

static int tear_down(void **state)
{
    libxl__xs_changes_dispose(&creation.changes);
    libxl__gc_dispose(gc);
    libxl_ctx_free(ctx);
    free(printed);
    return 0;
}

static void print(struct libxl__xs_changes *changes, const char *title)
{
    fprintf(printer, "## %s\n", title);
    libxl__xs_print(changes, printer);
    fputc('\n', printer);
    changes->count = changes->size = changes->chains = 0;
}

static void expect_file(const char *name)
{
    char path[100], wanted[20000];
    size_t size;
    FILE *file;

    fclose(printer);
    snprintf(path, sizeof(path), FILES "%s.txt", name);
    if (getenv("UPDATE")) {
        file = fopen(path, "w");
        fputs(printed, file);
        fclose(file);
    }
    file = fopen(path, "r");
    assert_non_null(file);
    size = fread(wanted, 1, sizeof(wanted) - 1, file);
    fclose(file);
    wanted[size] = '\0';
    assert_string_equal(printed, wanted);
}

static void expect_creation(const char *name)
{
    libxl__devices_place(&creation.devices, 5);
    record_subtrees(&creation, &creation.changes);
    print(&creation.changes, "first");
    record_rest(&creation, &creation.changes);
    print(&creation.changes, "then");
    record_rings(&creation, &creation.changes);
    print(&creation.changes, "with the rings");
    expect_file(name);
}

static void a_plain_guest(void **state)
{
    expect_creation("plain");
}

static void a_guest_with_vuart(void **state)
{
    creation.config.b_info.arch_arm.vuart = LIBXL_VUART_TYPE_SBSA_UART;
    creation.devices.count = 2;
    creation.guest.vuart = true;
    creation.vuart_port = 3;
    creation.vuart_gfn = 0x22000;
    expect_creation("vuart");
}

static void a_guest_with_two_of_four_vcpus(void **state)
{
    creation.config.b_info.max_vcpus = 4;
    vcpu_bits[0] = 3;
    expect_creation("vcpus");
}

static void a_guest_with_nodes_of_the_callers(void **state)
{
    char *xsdata[] = { (char *)"vm-data/a", (char *)"1", (char *)"b", NULL,
                       NULL };
    char *platform[] = { (char *)"acpi", (char *)"0", NULL };

    creation.config.c_info.xsdata = xsdata;
    creation.config.c_info.platformdata = platform;
    expect_creation("data");
}

static void a_driver_domain(void **state)
{
    is_driver = true;
    expect_creation("driver");
}

static void a_preserved_guest(void **state)
{
    record_move(&creation.changes, 5, "/vm/" UUID,
                "99999999-2222-3333-4444-555555555555", "guest-preserved",
                "1700000000.25");
    print(&creation.changes, "committed");
    expect_file("preserve");
}

static void expect_removal(const char *const *rows, const char *uuid,
                           const char *name)
{
    struct removal removal = { .domid = 5, .uuid = uuid };

    directories = rows;
    libxl__xs_changes_init(&removal.changes, gc);
    assert_int_equal(record_removal(gc, XBT_NULL, &removal), 0);
    print(&removal.changes, removal.shared ? "committed" : "sent");
    expect_file(name);
    libxl__xs_changes_dispose(&removal.changes);
}

/* Another guest has a console, none a vuart. */
static void a_destroyed_guest(void **state)
{
    static const char *const rows[] = {
        "/libxl/5/device",
        "console",
        "/libxl/5/device",
        "vuart",
        "/local/domain/0/backend",
        "console",
        "/local/domain/0/backend",
        "vuart",
        "/local/domain/0/backend/console",
        "5",
        "/local/domain/0/backend/console",
        "4",
        "/local/domain/0/backend/vuart",
        "5",
        NULL,
    };

    expect_removal(rows, UUID, "destroy");
}

static void a_guest_is_destroyed_beside_another(void **state)
{
    static const char *const rows[] = {
        "/libxl/5/device",
        "console",
        "/local/domain/0/backend",
        "console",
        "/local/domain/0/backend/console",
        "4",
        "/local/domain/0/backend/console",
        "5",
        NULL,
    };

    expect_removal(rows, UUID, "destroy-beside");
}

static void the_last_guest_is_destroyed(void **state)
{
    static const char *const rows[] = {
        "/libxl/5/device",
        "console",
        "/local/domain/0/backend",
        "console",
        "/local/domain/0/backend/console",
        "5",
        NULL,
    };

    expect_removal(rows, NULL, "destroy-last");
}

/* Preserving it was killed: the hypervisor has another UUID than xenstore. */
static void a_guest_preserved_by_half_is_destroyed(void **state)
{
    static const char *const rows[] = { NULL };

    expect_removal(rows, "99999999-2222-3333-4444-555555555555",
                   "destroy-preserved");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_plain_guest),
        TEST(a_guest_with_vuart),
        TEST(a_guest_with_two_of_four_vcpus),
        TEST(a_guest_with_nodes_of_the_callers),
        TEST(a_driver_domain),
        TEST(a_preserved_guest),
        TEST(a_destroyed_guest),
        TEST(a_guest_is_destroyed_beside_another),
        TEST(the_last_guest_is_destroyed),
        TEST(a_guest_preserved_by_half_is_destroyed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
