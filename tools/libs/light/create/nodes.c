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
#include "device/qemu.h"
#include "domain/paths.h"

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
    /* Where the toolstack of a driver domain keeps its own. */
    if (libxl_defbool_val(creation->config.c_info.driver_domain)) {
        libxl__xs_add(changes, domain, "libxl", XS_INHERIT, "");
        libxl__xs_add(changes, domain, "device-model", XS_INHERIT, "");
    }
    libxl__xs_set_access(changes, domain, shown);
    libxl__xs_set_access(changes, libxl__sprintf(gc, "%s/control", domain),
                         shown);
}

/* What only the toolstack can change: it names the backends to remove. */
static void add_toolstacks(struct libxl__creation *creation,
                           struct libxl__xs_changes *changes)
{
    const char *keep = libxl__path_libxl(creation->gc, creation->domid);

    libxl__xs_renew(changes, keep, XS_INHERIT);
    libxl__xs_add(changes, keep, "type", XS_INHERIT, "pvh");
    libxl__xs_add(changes, keep, "dm-version", XS_INHERIT, "qemu_xen");
    libxl__devices_record_kept(&creation->devices, changes);
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

/* Each subtree with what must exist before the rest, side by side. */
static void record_subtrees(struct libxl__creation *creation,
                            struct libxl__xs_changes *changes)
{
    add_guests_own(creation, changes);
    add_toolstacks(creation, changes);
    add_vm(creation, changes);
}

/* Each device, and what is left of the domain's own nodes in any order. */
static void record_rest(struct libxl__creation *creation,
                        struct libxl__xs_changes *changes)
{
    libxl__devices_record_ends(&creation->devices, changes);
    libxl__xs_any_order(changes);
    add_domain(creation, changes);
}

/*
 * The nodes are on their way while the domain gets its limits, its kernel and
 * its memory; whoever needs them finishes the changes first.
 */
int libxl__nodes_do(struct libxl__creation *creation)
{
    int rc;

    libxl__devices_place(&creation->devices, creation->domid);
    record_subtrees(creation, &creation->changes);
    rc = libxl__xs_begin(&creation->changes);
    if (rc)
        libxl__nodes_undo(creation);
    return rc;
}

int libxl__details_do(struct libxl__creation *creation)
{
    record_rest(creation, &creation->changes);
    return libxl__xs_begin(&creation->changes);
}

void libxl__nodes_undo(struct libxl__creation *creation)
{
    struct libxl__devices devices =
        libxl__devices_select(&creation->devices, libxl__device_is_not_of_qemu);

    libxl__xs_finish(&creation->changes);
    libxl__devices_abandon(&devices);
    libxl__devices_erase_elsewhere(&creation->devices);
    if (libxl__paths_remove(creation->gc, creation->domid, creation->uuid,
                            NULL))
        creation->leaves_nodes = true;
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

/* The rings are where the builder put them, known only once it is done. */
int libxl__rings_do(struct libxl__creation *creation)
{
    record_rings(creation, &creation->changes);
    return libxl__xs_begin(&creation->changes);
}

/* xenconsoled and xenstored read the rings when the domain is introduced. */
int libxl__introduce_do(struct libxl__creation *creation)
{
    libxl__xs_introduce(&creation->changes, creation->domid,
                        creation->store_gfn, creation->store_port);
    return libxl__xs_send(&creation->changes);
}
