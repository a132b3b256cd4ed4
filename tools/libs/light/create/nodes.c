/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The xenstore nodes of a new domain, as xenstore-paths(7) and xen/io
 * describe them: what the guest may know, what it may write, and what the
 * toolstack keeps for itself.
 */
#include <inttypes.h>
#include <sys/time.h>

#include "base/xenstore.h"
#include "base/xs_changes.h"
#include "create/creation.h"
#include "domain/paths.h"

/* How many bytes of output xenconsoled keeps for a console, in its terms. */
#define CONSOLE_LIMIT "1048576"

/*
 * The chains that make the directories, each with what must exist before the
 * rest is written.
 */
static void add_vm(struct libxl__creation *creation,
                   struct libxl__xs_changes *changes)
{
    const char *vm = libxl__path_vm(creation->gc, creation->uuid);
    struct timeval now;

    gettimeofday(&now, NULL);
    libxl__xs_renew(changes, vm, XS_SHOWN(0, creation->domid));
    libxl__xs_add(changes, vm, "name", XS_INHERIT,
                  creation->config.c_info.name);
    libxl__xs_add(changes, vm, "uuid", XS_INHERIT, creation->uuid);
    libxl__xs_addf(changes, vm, "start_time", XS_INHERIT, "%jd.%02d",
                   (intmax_t)now.tv_sec, (int)(now.tv_usec / 10000));
}

/*
 * Nodes made while the guest owns the domain's directory become the guest's
 * too: one request a node instead of two.  The guest does not run yet, and
 * xenstored does not know it.
 */
static void add_guests_own(struct libxl__creation *creation,
                           struct libxl__xs_changes *changes)
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
    struct libxl__xs_access shown = XS_SHOWN(0, creation->domid);
    size_t i;

    libxl__xs_renew(changes, domain, XS_OWNED(creation->domid));
    for (i = 0; i < sizeof(guest_writes) / sizeof(guest_writes[0]); i++)
        libxl__xs_add(changes, domain, guest_writes[i], XS_INHERIT, "");
    libxl__xs_set_access(changes, domain, shown);
    libxl__xs_set_access(changes, libxl__sprintf(gc, "%s/control", domain),
                         shown);
}

/* A console that xenconsoled serves: "console", or "vuart" where asked for. */
struct console {
    const char *kind;
    const char *frontend; /* below the domain's own node */
    bool is_first;
};

static const struct console consoles[] = {
    { "console", "console", true },
    { "vuart", "vuart/0", false },
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

/* The keys of both ends, the state last. */
static void add_console_keys(struct libxl__creation *creation,
                             struct libxl__xs_changes *changes,
                             const struct console *console,
                             const char *directory)
{
    const char *const keys[][2] = {
        { "frontend", frontend_of(creation, console) },
        { "frontend-id",
          libxl__sprintf(creation->gc, "%" PRIu32, creation->domid) },
        { "online", "1" },
        { "protocol", "vt100" },
        { "state", "1" },
    };
    size_t i;

    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        libxl__xs_add(changes, directory, keys[i][0], XS_INHERIT, keys[i][1]);
}

/* What only the toolstack can change: it names the backends to remove. */
static void add_toolstacks(struct libxl__creation *creation,
                           struct libxl__xs_changes *changes)
{
    libxl__gc *gc = creation->gc;
    const char *keep = libxl__path_libxl(gc, creation->domid);
    size_t i;

    libxl__xs_renew(changes, keep, XS_INHERIT);
    libxl__xs_add(changes, keep, "type", XS_INHERIT, "pvh");
    libxl__xs_add(changes, keep, "dm-version", XS_INHERIT, "qemu_xen");
    for (i = 0; i < nr_consoles(creation); i++) {
        const char *device =
            libxl__path_device(gc, creation->domid, consoles[i].kind, 0);

        add_console_keys(creation, changes, &consoles[i], device);
        libxl__xs_add(changes, device, "backend", XS_INHERIT,
                      backend_of(creation, &consoles[i]));
    }
}

static void add_frontend(struct libxl__creation *creation,
                         struct libxl__xs_changes *changes,
                         const struct console *console)
{
    const char *frontend = frontend_of(creation, console);

    libxl__xs_add(changes, frontend, "backend", XS_INHERIT,
                  backend_of(creation, console));
    libxl__xs_add(changes, frontend, "limit", XS_INHERIT, CONSOLE_LIMIT);
    libxl__xs_add(changes, frontend, "type", XS_INHERIT, "xenconsoled");
    if (!console->is_first)
        return;
    libxl__xs_add(changes, frontend, "backend-id", XS_SHOWN(creation->domid, 0),
                  "0");
    libxl__xs_add(changes, frontend, "output", XS_INHERIT, "pty");
}

/*
 * The order within a device: what is below /libxl was sent before, so that a
 * destroy finds the backend of a creation that was killed; then the frontend,
 * since a backend reads it as soon as it sees its own directory; then the
 * backend, its state last of all.
 */
static void add_consoles(struct libxl__creation *creation,
                         struct libxl__xs_changes *changes)
{
    size_t i;

    for (i = 0; i < nr_consoles(creation); i++) {
        const char *backend = backend_of(creation, &consoles[i]);

        libxl__xs_chain(changes);
        add_frontend(creation, changes, &consoles[i]);
        libxl__xs_remove(changes, backend);
        libxl__xs_put(changes, backend, XS_SHOWN(0, creation->domid), "");
        add_console_keys(creation, changes, &consoles[i], backend);
    }
}

static void add_memory(struct libxl__creation *creation,
                       struct libxl__xs_changes *changes, const char *domain)
{
    const libxl_domain_build_info *b_info = &creation->config.b_info;

    libxl__xs_addf(changes, domain, "memory/static-max", XS_INHERIT, "%" PRIu64,
                   creation->ram_kb);
    libxl__xs_addf(changes, domain, "memory/target", XS_INHERIT, "%" PRIu64,
                   b_info->target_memkb);
    libxl__xs_addf(changes, domain, "memory/videoram", XS_INHERIT, "%" PRIu64,
                   b_info->video_memkb);
}

static void add_vcpus(struct libxl__creation *creation,
                      struct libxl__xs_changes *changes, const char *domain)
{
    const libxl_domain_build_info *b_info = &creation->config.b_info;
    int i;

    for (i = 0; i < b_info->max_vcpus; i++)
        libxl__xs_add(
            changes, domain,
            libxl__sprintf(creation->gc, "cpu/%d/availability", i), XS_INHERIT,
            libxl_bitmap_test(&b_info->avail_vcpus, i) ? "online" : "offline");
}

static void add_pairs(struct libxl__creation *creation,
                      struct libxl__xs_changes *changes, const char *directory,
                      libxl_key_value_list pairs)
{
    int i;

    for (i = 0; pairs && pairs[i]; i += 2)
        libxl__xs_add(changes, directory, pairs[i], XS_INHERIT,
                      pairs[i + 1] ? pairs[i + 1] : "");
}

/* What the guest may read of itself. */
static void add_domain(struct libxl__creation *creation,
                       struct libxl__xs_changes *changes)
{
    const libxl_domain_create_info *c_info = &creation->config.c_info;
    libxl__gc *gc = creation->gc;
    const char *domain = libxl__xs_domain_path(gc, creation->domid);

    libxl__xs_add(changes, domain, "vm", XS_INHERIT,
                  libxl__path_vm(gc, creation->uuid));
    libxl__xs_add(changes, domain, "name", XS_INHERIT, c_info->name);
    libxl__xs_addf(changes, domain, "domid", XS_INHERIT, "%" PRIu32,
                   creation->domid);
    add_vcpus(creation, changes, domain);
    add_memory(creation, changes, domain);
    libxl__xs_add(changes, domain, "device/suspend/event-channel",
                  XS_OWNED(creation->domid), "");
    libxl__xs_add(changes, domain,
                  "control/platform-feature-multiprocessor-suspend", XS_INHERIT,
                  "1");
    libxl__xs_add(changes, domain, "control/platform-feature-xs_reset_watches",
                  XS_INHERIT, "1");
    add_pairs(creation, changes, domain, c_info->xsdata);
    add_pairs(creation, changes, libxl__sprintf(gc, "%s/platform", domain),
              c_info->platformdata);
}

/*
 * First each subtree with what must exist before the rest, side by side; then
 * each console, and what is left of the domain's own nodes in any order.
 */
static void record_subtrees(struct libxl__creation *creation,
                            struct libxl__xs_changes *changes)
{
    add_guests_own(creation, changes);
    add_toolstacks(creation, changes);
    add_vm(creation, changes);
}

static void record_rest(struct libxl__creation *creation,
                        struct libxl__xs_changes *changes)
{
    add_consoles(creation, changes);
    libxl__xs_any_order(changes);
    add_domain(creation, changes);
}

int libxl__nodes_do(struct libxl__creation *creation)
{
    int rc;

    record_subtrees(creation, &creation->changes);
    rc = libxl__xs_send(&creation->changes);
    if (rc)
        goto out;
    record_rest(creation, &creation->changes);
    rc = libxl__xs_send(&creation->changes);

out:
    if (rc)
        libxl__nodes_undo(creation);
    return rc;
}

void libxl__nodes_undo(struct libxl__creation *creation)
{
    libxl__paths_remove(creation->gc, creation->domid, creation->uuid, NULL);
}

/* Where xenconsoled or xenstored finds a ring of the guest. */
static void add_ring(struct libxl__creation *creation,
                     struct libxl__xs_changes *changes, const char *directory,
                     evtchn_port_t port, xen_pfn_t gfn)
{
    libxl__gc *gc = creation->gc;
    const char *path = libxl__sprintf(
        gc, "%s/%s", libxl__xs_domain_path(gc, creation->domid), directory);

    libxl__xs_chain(changes);
    libxl__xs_addf(changes, path, "port", XS_INHERIT, "%" PRIu32, port);
    libxl__xs_addf(changes, path, "ring-ref", XS_INHERIT, "%" PRIu64,
                   (uint64_t)gfn);
}

static void record_rings(struct libxl__creation *creation,
                         struct libxl__xs_changes *changes)
{
    add_ring(creation, changes, "store", creation->store_port,
             creation->store_gfn);
    add_ring(creation, changes, "console", creation->console_port,
             creation->console_gfn);
    if (creation->guest.vuart)
        add_ring(creation, changes, "vuart/0", creation->vuart_port,
                 creation->vuart_gfn);
}

/*
 * The rings are where the builder put them, known only once it is done.
 * xenconsoled and xenstored read them when the domain is introduced.
 */
int libxl__rings_do(struct libxl__creation *creation)
{
    int rc;

    record_rings(creation, &creation->changes);
    rc = libxl__xs_send(&creation->changes);
    if (rc)
        return rc;
    libxl__xs_introduce(&creation->changes, creation->domid,
                        creation->store_gfn, creation->store_port);
    return libxl__xs_send(&creation->changes);
}
