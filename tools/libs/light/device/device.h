/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Devices of a domain: a frontend in the guest, a backend in dom0 or another
 * domain, and their nodes in xenstore.
 *
 * A kind of devices is one row of data and a few optional functions.  Each
 * step goes over all devices of a set: creation with twenty devices and
 * attaching one are the same code, and the backends and scripts of all devices
 * run side by side.
 *
 * /libxl/DOMID/device says which devices a domain has.  Nothing here acts on
 * what a guest can write.
 */
#ifndef LIBXL_DEVICE_DEVICE_H
#define LIBXL_DEVICE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libxl.h>

#include "base/memory.h"
#include "base/xenstore.h"
#include "base/xs_changes.h"
#include "event/child.h"

/* The domain that this library runs in. */
#define DEVICE_OWN_DOMID 0

/* Where a node of a device goes. */
enum {
    DEVICE_BACK = 1,  /* the backend's directory, and its copy below /libxl */
    DEVICE_FRONT = 2, /* the frontend's directory, with its permissions */
    DEVICE_FIXED = 4, /* the frontend's; the guest may only read it */
    DEVICE_GUEST = 8, /* the frontend's; the guest may change it */
    DEVICE_NONZERO = 16, /* of a key: only if it is not 0 or false */
};

struct libxl__device_node {
    const char *name, *value;
    unsigned int where; /* DEVICE_BACK… */
};

/* The nodes of one device, in the order in which they are written. */
struct libxl__device_nodes {
    libxl__gc *gc;
    struct libxl__device_node *list;
    size_t count, room;
};

/* A node that holds one field of the configuration: see types/text.h. */
struct libxl__device_key {
    const char *name;
    uint16_t offset; /* of the field in libxl_device_… */
    uint16_t where;
};

#define DEVICE_KEY(type, name, field, where)                                   \
    {                                                                          \
        name, offsetof(libxl_device_##type, field), where                      \
    }

/* What _getinfo returns about a device: a libxl_…info. */
struct libxl__device_info {
    uint16_t type; /* LIBXL__TYPE_… */
    uint16_t backend, backend_id, frontend, frontend_id, devid;

    /* Nodes of the frontend, each an int, up to one without a name. */
    const struct libxl__device_key *numbers;
};

/* A node of the frontend that holds a number, and its field of libxl_… */
#define DEVICE_NUMBER(info, name, field)                                       \
    {                                                                          \
        name, offsetof(libxl_##info, field), DEVICE_FRONT                      \
    }

#define DEVICE_INFO(TYPE, info, nodes)                                         \
    {                                                                          \
        .type = LIBXL__TYPE_##TYPE,                                            \
        .backend = offsetof(libxl_##info, backend),                            \
        .backend_id = offsetof(libxl_##info, backend_id),                      \
        .frontend = offsetof(libxl_##info, frontend),                          \
        .frontend_id = offsetof(libxl_##info, frontend_id),                    \
        .devid = offsetof(libxl_##info, devid), .numbers = nodes,              \
    }

/* Traits of a kind. */
enum {
    DEVICE_XENBUS = 1, /* the backend goes through xenbus states */
    DEVICE_BARE = 2,   /* the frontend's directory exists before the device */
    DEVICE_SLOT = 4,   /* a virtio device: see create/libxl_arm.h */
    DEVICE_STORED = 8, /* its nodes are the guest's: read the stored config */
    DEVICE_QEMU = 16,  /* QEMU serves it, and starts for it: see qemu.h */
};

enum libxl__device_action { DEVICE_COMES, DEVICE_GOES };

struct libxl__device;

/* What is the same for all devices of a kind.  Functions may be NULL. */
struct libxl__device_kind {
    const char *option; /* in xl.cfg(5), for messages */
    const char *name;   /* in xenstore, of the frontend and /libxl */

    /*
     * The frontend's directory below the domain's, of the only device of its
     * kind; NULL: device/NAME/DEVID.
     */
    const char *frontend;
    unsigned int traits;

    /* The public type, and its array in libxl_domain_config; see DEVICE_OF. */
    uint16_t type; /* LIBXL__TYPE_… */
    uint16_t list, count;
    uint16_t backend_domid, backend_domname, devid;

    uint32_t first_devid; /* the lowest devid; those below are of others */

    const struct libxl__device_key *keys; /* up to one without a name */

    struct libxl__device_info info;

    /* Whether a domain has the device, of a kind without an array. */
    bool (*is_wanted)(const libxl_domain_config *config);

    /* Whether an element is of this kind, where kinds share an array. */
    bool (*is_of_kind)(const void *config);

    /* The devid, where no field holds it; DEVICE_ANY: there is none. */
    uint32_t (*devid_of)(const void *config);

    /*
     * The names by which a backend knows the device or its parts, "" where one
     * has none; NULL past the last.
     */
    const char *(*unique_id)(libxl__gc *gc, const void *config, int index);

    /*
     * Fills in what the configuration leaves open, and refuses what cannot be.
     */
    int (*prepare)(libxl__gc *gc, struct libxl__device *device);

    /* Adds the nodes that are not simply a field. */
    void (*add_nodes)(const struct libxl__device *device,
                      struct libxl__device_nodes *nodes);

    /* Reads back what add_nodes wrote: one node of the backend's. */
    void (*read_node)(libxl__gc *gc, void *config, const char *name,
                      const char *value);

    /*
     * Fills in what else _getinfo returns; config is that of the device, as
     * libxl__device_read gives it.
     */
    void (*more_info)(libxl__gc *gc, const struct libxl__device *device,
                      const void *config, void *info);

    /* Takes back what the device has of the host, before its backend closes. */
    void (*release)(libxl__gc *gc, const struct libxl__device *device);

    /* How the hotplug script is called, of a device that has one. */
    void (*script)(libxl__gc *gc, const struct libxl__device *device,
                   enum libxl__device_action action, libxl__child_spec *spec);

    /*
     * Of DEVICE_SLOT: whether the guest grants its pages; what the guest's
     * device tree says about its type; what it gets.
     */
    bool (*uses_grants)(const struct libxl__device *device);
    const char *(*slot_type)(const void *config);
    void (*set_slot)(void *config, uint64_t base, uint32_t irq);

    /*
     * Copies to the configuration that is stored what a restart must keep, but
     * for the devid.
     */
    void (*keep)(const void *config, void *stored);
};

/* The members from type on, of a kind with an array. */
#define DEVICE_OF(NAME, name, array)                                           \
    .type = LIBXL__TYPE_DEVICE_##NAME,                                         \
    .list = offsetof(libxl_domain_config, array),                              \
    .count = offsetof(libxl_domain_config, num_##array),                       \
    .backend_domid = offsetof(libxl_device_##name, backend_domid),             \
    .backend_domname = offsetof(libxl_device_##name, backend_domname)

/* Every kind, up to NULL. */
extern const struct libxl__device_kind *const libxl__device_kinds[];

/* NULL if no kind has that name in xenstore. */
const struct libxl__device_kind *libxl__device_kind_named(const char *name);

/* The next kind that shares the array of kind, in turn; or kind itself. */
const struct libxl__device_kind *
libxl__device_kind_sibling(const struct libxl__device_kind *kind);

struct libxl__device {
    const struct libxl__device_kind *kind;
    void *config;      /* libxl_device_…, or NULL: the kind has no array */
    const char *label; /* for messages: "domain 'g': vif[0]" */
    int index;         /* in the array */
    uint32_t domid;
    uint32_t devid; /* DEVICE_ANY until prepared */
    uint32_t backend_domid;
    const char *backend; /* name of the backend in xenstore */
    const char *script;  /* path of its hotplug script, or NULL */

    /* Directories in xenstore: libxl__devices_place. */
    const char *frontend_path, *backend_path, *kept_path;
};

#define DEVICE_ANY UINT32_MAX

/* Devices of one domain.  The memory is that of gc. */
struct libxl__devices {
    libxl__gc *gc;
    uint32_t domid;
    struct libxl__device *list;
    unsigned int count;
};

/* Whether the backend is in another domain than this library. */
bool libxl__device_is_elsewhere(const struct libxl__device *device);

/* A set of those that is_wanted chooses, or the first of them, or NULL. */
struct libxl__devices
libxl__devices_select(const struct libxl__devices *devices,
                      bool (*is_wanted)(const struct libxl__device *device));
const struct libxl__device *
libxl__devices_first(const struct libxl__devices *devices,
                     bool (*is_wanted)(const struct libxl__device *device));

/* Appends a copy of device to a set, and returns it. */
struct libxl__device *libxl__devices_add(struct libxl__devices *devices,
                                         const struct libxl__device *device);

/*
 * Collects every device of config, prepares it, and writes back what it fills
 * in.  config must outlive the set.
 */
int libxl__devices_gather(libxl__gc *gc, libxl_domain_config *config,
                          struct libxl__devices *devices_r);

/* The same for those of one kind, which are appended to a set. */
int libxl__devices_gather_kind(struct libxl__devices *devices,
                               const struct libxl__device_kind *kind,
                               libxl_domain_config *config);

/*
 * Copies to stored, a copy of the configuration that was asked for, what a
 * restart of the domain must keep of its devices; config is that of the set.
 */
void libxl__devices_keep(const struct libxl__devices *devices,
                         const libxl_domain_config *config,
                         libxl_domain_config *stored);

/* The same for one device. */
void libxl__device_keep(const struct libxl__device_kind *kind,
                        const void *config, void *stored);

/* Collects one device, that of a struct libxl_device_…, for domain domid. */
int libxl__devices_single(libxl__gc *gc, uint32_t domid,
                          const struct libxl__device_kind *kind, void *config,
                          struct libxl__devices *devices_r);

/*
 * Collects the devices that domid has, from /libxl: those of all kinds that
 * share the array of kind, or with NULL of all kinds whose backends go through
 * xenbus states. Their config is NULL: see libxl__device_read.
 */
int libxl__devices_find(libxl__gc *gc, uint32_t domid,
                        const struct libxl__device_kind *kind,
                        struct libxl__devices *devices_r);

/* Finds one device.  Returns ERROR_NOTFOUND, not logged, if it is not there. */
int libxl__device_find(libxl__gc *gc, uint32_t domid,
                       const struct libxl__device_kind *kind, uint32_t devid,
                       struct libxl__devices *devices_r);

/*
 * Reads the numbers that a frontend has written to the nodes in keys, below its
 * directory and prefix; -1 where there is none that an int holds.
 */
void libxl__device_front_numbers(libxl__gc *gc,
                                 const struct libxl__device *device,
                                 const char *prefix,
                                 const struct libxl__device_key *keys,
                                 void *info_r);

/* The devid of a device by its configuration; DEVICE_ANY: none given. */
uint32_t libxl__device_devid(const struct libxl__device_kind *kind,
                             const void *config);

/*
 * Reads the configuration of a device back from /libxl, or of DEVICE_STORED
 * from the stored configuration; initialises it.
 */
int libxl__device_read(libxl__gc *gc, const struct libxl__device *device,
                       void *config_r);

/*
 * Fills in *info_r, a libxl_…info, for a device that was found.  On failure it
 * is as its init leaves it.
 */
int libxl__device_getinfo(libxl__gc *gc, const struct libxl__device *device,
                          void *info_r);

/* Gives device its number, in its configuration as well. */
void libxl__device_number(struct libxl__device *device, uint32_t devid);

/* The devid that the next device of a kind gets. */
int libxl__device_next_devid(libxl__gc *gc, xs_transaction_t t, uint32_t domid,
                             const struct libxl__device_kind *kind,
                             uint32_t *devid_r);

/* Sets the domain, once it is known, and the directories in xenstore. */
void libxl__devices_place(struct libxl__devices *devices, uint32_t domid);

/*
 * Record the nodes below /libxl, which must be made before the others, so that
 * a destroy finds the backends of a creation that was killed.
 */
void libxl__devices_record_kept(const struct libxl__devices *devices,
                                struct libxl__xs_changes *changes);

/*
 * Record the directories of both ends: of each device one chain, the frontend
 * first, since a backend reads it as soon as it sees its own directory, and the
 * backend's state last of all.
 */
void libxl__devices_record_ends(const struct libxl__devices *devices,
                                struct libxl__xs_changes *changes);

/*
 * Removes all nodes of the devices in one transaction, with the directories
 * above them that have no other entry.
 */
int libxl__devices_erase(const struct libxl__devices *devices);

/*
 * The same for devices whose backend is in another domain, before the nodes of
 * the whole domain are removed: see libxl__paths_remove.
 */
int libxl__devices_erase_elsewhere(const struct libxl__devices *devices);

/*
 * Waits until each backend has seen its device, and runs the script of that
 * device then.  If anything fails, logs it and takes back what was done, but
 * for the nodes.
 */
int libxl__devices_connect(const struct libxl__devices *devices);

/*
 * Asks the backends of devices whose scripts have not run to close, and waits
 * for it: a backend that has just seen its device goes on to write nodes, also
 * when they have been removed.
 */
void libxl__devices_abandon(const struct libxl__devices *devices);

enum libxl__detach {
    DETACH_ASKED,  /* only if the guest lets go of the device */
    DETACH_SOON,   /* ask the guest, and do not wait for it for ever */
    DETACH_FORCED, /* do not ask */
};

/*
 * Asks the backends to close, and runs the script of each once it has.  With
 * DETACH_FORCED, takes the frontend away and goes on after the time-out.
 * Otherwise returns ERROR_TIMEDOUT, logged, if the guest or the backend does
 * not let go, and no script has run for that device; with DETACH_SOON, it is
 * logged as a device that is removed all the same, and the caller must force it
 * then.
 */
int libxl__devices_disconnect(const struct libxl__devices *devices,
                              enum libxl__detach how);

/*
 * Runs the scripts of all devices side by side, and logs each failure with the
 * words that the script left.
 */
int libxl__devices_run_scripts(const struct libxl__devices *devices,
                               enum libxl__device_action action);

/*
 * Serves the backends of the domain that this process runs in, which is not
 * the toolstack's: runs their scripts when devices come and go.  Returns only
 * with an error, or ERROR_ABORTED.
 */
int libxl__devices_serve(libxl__gc *gc);

/* Appends a node; does nothing if value is NULL. */
void libxl__device_node(struct libxl__device_nodes *nodes, unsigned int where,
                        const char *name, const char *value);

/* The same with prefix, such as "0/", before its name. */
void libxl__device_node_in(struct libxl__device_nodes *nodes,
                           unsigned int where, const char *prefix,
                           const char *name, const char *value);

void libxl__device_nodef(struct libxl__device_nodes *nodes, unsigned int where,
                         const char *name, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The field that numbers a device of this kind. */
static inline const char *
libxl__device_number_field(const struct libxl__device_kind *kind)
{
    return kind->devid_of ? "vdev" : "devid";
}

/* "xvdb" of a disk; the number of any other device. */
char *libxl__device_name(libxl__gc *gc, const struct libxl__device_kind *kind,
                         uint32_t devid);

/* "domain 1: disk xvdb", the label of a device outside of a configuration. */
char *libxl__device_label(libxl__gc *gc, uint32_t domid,
                          const struct libxl__device_kind *kind,
                          uint32_t devid);

/* Logs the device's label and the reason, and returns ERROR_INVAL. */
int libxl__device_refuse(libxl__gc *gc, const struct libxl__device *device,
                         const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
