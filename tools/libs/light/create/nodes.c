/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The xenstore nodes of a new domain, as xenstore-paths(7) and xen/io
 * describe them: what the guest may know, what it may write, and what the
 * toolstack keeps for itself.
 */
#include <inttypes.h>
#include <sys/time.h>

#include "base/xenstore.h"
#include "create/creation.h"
#include "domain/paths.h"
#include "domain/xstree.h"

/* How many bytes of output xenconsoled keeps for a console, in its terms. */
#define CONSOLE_LIMIT "1048576"

static void add_vm(struct libxl__creation *creation,
                   struct libxl__xs_tree *tree)
{
    const char *vm = libxl__path_vm(creation->gc, creation->uuid);
    struct timeval now;

    gettimeofday(&now, NULL);
    libxl__xs_tree_renew(tree, XS_GUEST_READS, vm);
    libxl__xs_tree_add(tree, XS_INHERIT, vm, "name",
                       creation->config.c_info.name);
    libxl__xs_tree_add(tree, XS_INHERIT, vm, "uuid", creation->uuid);
    libxl__xs_tree_addf(tree, XS_INHERIT, vm, "start_time", "%jd.%02d",
                        (intmax_t)now.tv_sec, (int)(now.tv_usec / 10000));
}

/*
 * What is made while the domain's own node is the guest's becomes the guest's
 * too: one request a node instead of two.  The guest does not run yet, and
 * xenstored does not know it.
 */
static void add_guests_own(struct libxl__creation *creation,
                           struct libxl__xs_tree *tree)
{
    static const char *const guest_writes[] = {
        "control/shutdown",
        "control/feature-poweroff",
        "control/feature-reboot",
        "control/feature-suspend",
        "control/sysrq",
        "data",
        "drivers",
        "feature",
        "attr",
        "error",
    };
    libxl__gc *gc = creation->gc;
    const char *domain = libxl__xs_domain_path(gc, creation->domid);
    size_t i;

    libxl__xs_tree_renew(tree, XS_GUEST_OWNS, domain);
    for (i = 0; i < sizeof(guest_writes) / sizeof(guest_writes[0]); i++)
        libxl__xs_tree_add(tree, XS_INHERIT, domain, guest_writes[i], "");
    libxl__xs_tree_access(tree, XS_GUEST_READS, domain);
    libxl__xs_tree_access(tree, XS_GUEST_READS,
                          libxl__sprintf(gc, "%s/control", domain));
}

/* A console that xenconsoled serves: "console", or "vuart" where asked for. */
struct console {
    const char *kind;
    const char *frontend; /* below the domain's own node */
};

static const struct console consoles[] = {
    { "console", "console" },
    { "vuart", "vuart/0" },
};

static size_t nr_consoles(const struct libxl__creation *creation)
{
    return creation->config.b_info.arch_arm.vuart == LIBXL_VUART_TYPE_UNKNOWN
               ? 1
               : 2;
}

static const char *frontend_of(struct libxl__creation *creation,
                               const struct console *console)
{
    return libxl__sprintf(creation->gc, "%s/%s",
                          libxl__xs_domain_path(creation->gc, creation->domid),
                          console->frontend);
}

static const char *backend_of(struct libxl__creation *creation,
                              const struct console *console)
{
    return libxl__path_backend(creation->gc, console->kind, creation->domid, 0);
}

/* What both ends have. */
static void add_console_keys(struct libxl__creation *creation,
                             struct libxl__xs_tree *tree,
                             const struct console *console,
                             const char *directory)
{
    const char *const keys[][2] = {
        { "frontend", frontend_of(creation, console) },
        { "frontend-id",
          libxl__sprintf(creation->gc, "%" PRIu32, creation->domid) },
        { "online", "1" },
        { "state", "1" },
        { "protocol", "vt100" },
    };
    size_t i;

    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        libxl__xs_tree_add(tree, XS_INHERIT, directory, keys[i][0], keys[i][1]);
}

static void add_backends(struct libxl__creation *creation,
                         struct libxl__xs_tree *tree)
{
    size_t i;

    for (i = 0; i < nr_consoles(creation); i++) {
        const char *backend = backend_of(creation, &consoles[i]);

        libxl__xs_tree_renew(tree, XS_GUEST_READS, backend);
        add_console_keys(creation, tree, &consoles[i], backend);
    }
}

/* What only the toolstack can change, the consoles' keys once more. */
static void add_toolstacks(struct libxl__creation *creation,
                           struct libxl__xs_tree *tree)
{
    libxl__gc *gc = creation->gc;
    const char *keep = libxl__path_libxl(gc, creation->domid);
    size_t i;

    libxl__xs_tree_renew(tree, XS_INHERIT, keep);
    libxl__xs_tree_add(tree, XS_INHERIT, keep, "type", "pvh");
    libxl__xs_tree_add(tree, XS_INHERIT, keep, "dm-version", "qemu_xen");
    for (i = 0; i < nr_consoles(creation); i++) {
        const char *device =
            libxl__path_device(gc, creation->domid, consoles[i].kind, 0);

        add_console_keys(creation, tree, &consoles[i], device);
        libxl__xs_tree_add(tree, XS_INHERIT, device, "backend",
                           backend_of(creation, &consoles[i]));
    }
}

static void add_memory(struct libxl__creation *creation,
                       struct libxl__xs_tree *tree, const char *domain)
{
    const libxl_domain_build_info *b_info = &creation->config.b_info;

    libxl__xs_tree_addf(tree, XS_INHERIT, domain, "memory/static-max",
                        "%" PRIu64, creation->ram_kb);
    libxl__xs_tree_addf(tree, XS_INHERIT, domain, "memory/target", "%" PRIu64,
                        b_info->target_memkb);
    libxl__xs_tree_addf(tree, XS_INHERIT, domain, "memory/videoram", "%" PRIu64,
                        b_info->video_memkb);
}

static void add_vcpus(struct libxl__creation *creation,
                      struct libxl__xs_tree *tree, const char *domain)
{
    const libxl_domain_build_info *b_info = &creation->config.b_info;
    int i;

    for (i = 0; i < b_info->max_vcpus; i++)
        libxl__xs_tree_add(
            tree, XS_INHERIT, domain,
            libxl__sprintf(creation->gc, "cpu/%d/availability", i),
            libxl_bitmap_test(&b_info->avail_vcpus, i) ? "online" : "offline");
}

static void add_pairs(struct libxl__creation *creation,
                      struct libxl__xs_tree *tree, const char *directory,
                      libxl_key_value_list pairs)
{
    int i;

    for (i = 0; pairs && pairs[i]; i += 2)
        libxl__xs_tree_add(tree, XS_INHERIT, directory, pairs[i],
                           pairs[i + 1] ? pairs[i + 1] : "");
}

static void add_frontends(struct libxl__creation *creation,
                          struct libxl__xs_tree *tree)
{
    const char *first = frontend_of(creation, &consoles[0]);
    size_t i;

    for (i = 0; i < nr_consoles(creation); i++) {
        const char *frontend = frontend_of(creation, &consoles[i]);

        libxl__xs_tree_add(tree, XS_INHERIT, frontend, "backend",
                           backend_of(creation, &consoles[i]));
        libxl__xs_tree_add(tree, XS_INHERIT, frontend, "limit", CONSOLE_LIMIT);
        libxl__xs_tree_add(tree, XS_INHERIT, frontend, "type", "xenconsoled");
    }
    libxl__xs_tree_add(tree, XS_GUEST_SHOWS, first, "backend-id", "0");
    libxl__xs_tree_add(tree, XS_INHERIT, first, "output", "pty");
}

/* What the guest may read of itself. */
static void add_domain(struct libxl__creation *creation,
                       struct libxl__xs_tree *tree)
{
    const libxl_domain_create_info *c_info = &creation->config.c_info;
    libxl__gc *gc = creation->gc;
    const char *domain = libxl__xs_domain_path(gc, creation->domid);

    libxl__xs_tree_add(tree, XS_INHERIT, domain, "vm",
                       libxl__path_vm(gc, creation->uuid));
    libxl__xs_tree_add(tree, XS_INHERIT, domain, "name", c_info->name);
    libxl__xs_tree_addf(tree, XS_INHERIT, domain, "domid", "%" PRIu32,
                        creation->domid);
    add_vcpus(creation, tree, domain);
    add_memory(creation, tree, domain);
    add_frontends(creation, tree);
    libxl__xs_tree_add(tree, XS_GUEST_OWNS, domain,
                       "device/suspend/event-channel", "");
    libxl__xs_tree_add(tree, XS_INHERIT, domain,
                       "control/platform-feature-multiprocessor-suspend", "1");
    libxl__xs_tree_add(tree, XS_INHERIT, domain,
                       "control/platform-feature-xs_reset_watches", "1");
    add_pairs(creation, tree, domain, c_info->xsdata);
    add_pairs(creation, tree, libxl__sprintf(gc, "%s/platform", domain),
              c_info->platformdata);
}

/*
 * First each subtree with what has to be there before the rest, one beside
 * the other; then what is left of the domain's own, in any order.
 */
int libxl__nodes_do(struct libxl__creation *creation)
{
    struct libxl__xs_tree tree = {
        .batch = &creation->batch,
        .domid = creation->domid,
    };
    int rc;

    add_guests_own(creation, &tree);
    add_toolstacks(creation, &tree);
    add_backends(creation, &tree);
    add_vm(creation, &tree);
    rc = libxl__xs_batch_send(&creation->batch);
    if (rc)
        goto out;
    tree.unordered = true;
    add_domain(creation, &tree);
    rc = libxl__xs_batch_send(&creation->batch);

out:
    if (rc)
        libxl__nodes_undo(creation);
    return rc;
}

void libxl__nodes_undo(struct libxl__creation *creation)
{
    libxl__paths_remove(creation->gc, creation->domid, creation->uuid);
}

/* One ring of the guest: where xenconsoled or xenstored finds it. */
static void add_ring(struct libxl__creation *creation, const char *directory,
                     evtchn_port_t port, xen_pfn_t gfn)
{
    libxl__gc *gc = creation->gc;
    const char *path = libxl__sprintf(
        gc, "%s/%s", libxl__xs_domain_path(gc, creation->domid), directory);

    libxl__xs_batch_chain(&creation->batch);
    libxl__xs_batch_write(&creation->batch, libxl__sprintf(gc, "%s/port", path),
                          libxl__sprintf(gc, "%" PRIu32, port));
    libxl__xs_batch_write(&creation->batch,
                          libxl__sprintf(gc, "%s/ring-ref", path),
                          libxl__sprintf(gc, "%" PRIu64, (uint64_t)gfn));
}

/*
 * The rings are where the builder put them: known only once it is done.
 * Nobody looks for them before the domain is introduced.
 */
int libxl__rings_do(struct libxl__creation *creation)
{
    int rc;

    add_ring(creation, "store", creation->store_port, creation->store_gfn);
    add_ring(creation, "console", creation->console_port,
             creation->console_gfn);
    if (creation->guest.vuart)
        add_ring(creation, "vuart/0", creation->vuart_port,
                 creation->vuart_gfn);
    rc = libxl__xs_batch_send(&creation->batch);
    if (rc)
        return rc;
    libxl__xs_batch_introduce(&creation->batch, creation->domid,
                              creation->store_gfn, creation->store_port);
    return libxl__xs_batch_send(&creation->batch);
}
