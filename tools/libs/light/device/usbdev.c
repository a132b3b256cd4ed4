/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Attaches USB devices of the host to ports, and gives them back.
 */
#include "device/usbdev.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/number.h"
#include "device/host_usb.h"
#include "device/kinds.h"
#include "device/plug.h"
#include "device/usb_ports.h"
#include "domain/paths.h"
#include "domain/stored.h"

#define BACKENDS "/local/domain/0/backend/vusb"

static char *port_path(libxl__gc *gc, const struct libxl__device *ctrl,
                       const char *port)
{
    return libxl__sprintf(gc, "%s/port/%s", ctrl->backend_path, port);
}

static const char *port_name(libxl__gc *gc, int port)
{
    return libxl__sprintf(gc, "%d", port);
}

/*
 * The name of the device at a port; NULL: none.  Ports of a backend in another
 * domain are not believed.
 */
static const char *at_port(libxl__gc *gc, const struct libxl__device *ctrl,
                           const char *port)
{
    const char *name =
        libxl__device_is_elsewhere(ctrl)
            ? NULL
            : libxl__xs_read(gc, XBT_NULL, port_path(gc, ctrl, port));

    return name && *name ? name : NULL;
}

static int list_ports(libxl__gc *gc, const struct libxl__device *ctrl,
                      char ***ports_r, unsigned int *count_r)
{
    return libxl__xs_directory(
        gc, XBT_NULL, libxl__sprintf(gc, "%s/port", ctrl->backend_path),
        ports_r, count_r);
}

static void give_back(libxl__gc *gc, const struct libxl__device *ctrl,
                      const char *port, const char *name)
{
    libxl__xs_write(gc, XBT_NULL, port_path(gc, ctrl, port), "");
    libxl__host_usb_return(gc, name);
}

void libxl__usbdevs_release(libxl__gc *gc, const struct libxl__device *ctrl)
{
    unsigned int i, count;
    const char *name;
    char **ports;

    if (list_ports(gc, ctrl, &ports, &count))
        return;
    for (i = 0; i < count; i++) {
        name = at_port(gc, ctrl, ports[i]);
        if (name)
            give_back(gc, ctrl, ports[i], name);
    }
}

/* Whether any guest has the device, by the nodes that only dom0 writes. */
static bool is_attached(libxl__gc *gc, const char *name)
{
    struct libxl__device ctrl = { 0 };
    unsigned int i, j, k, domids_count, devids_count, ports_count;
    char **domids, **devids, **ports;
    const char *found;

    libxl__xs_directory(gc, XBT_NULL, BACKENDS, &domids, &domids_count);
    for (i = 0; i < domids_count; i++) {
        const char *folder = libxl__sprintf(gc, BACKENDS "/%s", domids[i]);

        libxl__xs_directory(gc, XBT_NULL, folder, &devids, &devids_count);
        for (j = 0; j < devids_count; j++) {
            ctrl.backend_path = libxl__sprintf(gc, "%s/%s", folder, devids[j]);
            list_ports(gc, &ctrl, &ports, &ports_count);
            for (k = 0; k < ports_count; k++) {
                found = at_port(gc, &ctrl, ports[k]);
                if (found && !strcmp(found, name))
                    return true;
            }
        }
    }
    return false;
}

static int find_free(libxl__gc *gc, const char *label,
                     const libxl_device_usbdev *usbdev, const char **name_r)
{
    int rc = libxl__host_usb_find(gc, label, usbdev, name_r);

    if (rc || !is_attached(gc, *name_r))
        return rc;
    return libxl__fail(gc->ctx, ERROR_INVAL,
                       "%s: a guest has the device '%s' already: detach it "
                       "there first",
                       label, *name_r);
}

/* A port that is to be written: empty, of a domain that is there. */
struct claim {
    uint32_t domid;
    const char *path, *label;
};

static int check_empty(libxl__gc *gc, xs_transaction_t t, void *opaque)
{
    struct claim *claim = opaque;
    const char *value;
    int rc = libxl__domain_present(gc, t, &claim->domid);

    if (!rc)
        rc = libxl__xs_find(gc, t, claim->path, &value);
    if (rc)
        return rc;
    return value && !*value
               ? 0
               : libxl__fail(gc->ctx, ERROR_INVAL,
                             "%s: the controller has no such port, or a device "
                             "at it: choose another 'port'",
                             claim->label);
}

static int claim_port(libxl__gc *gc, const struct libxl__device *ctrl,
                      struct claim *claim, const char *name)
{
    struct libxl__xs_changes changes;

    if (libxl__device_is_elsewhere(ctrl))
        return libxl__fail(gc->ctx, ERROR_INVAL,
                           "%s: the backend of controller %" PRIu32
                           " is in domain %" PRIu32 ", which has the devices "
                           "of dom0 not: choose another 'controller'",
                           claim->label, ctrl->devid, ctrl->backend_domid);
    libxl__xs_changes_init(&changes, gc);
    libxl__xs_put(&changes, claim->path, XS_INHERIT, name);
    return libxl__xs_commit(&changes, "attach a USB device", check_empty,
                            claim);
}

/* The port is chosen; the controller is connected. */
static int attach(libxl__gc *gc, uint32_t domid, const char *label,
                  const libxl_device_usbdev *usbdev)
{
    const char *name, *port = port_name(gc, usbdev->port);
    struct claim claim = { .domid = domid, .label = label };
    struct libxl__devices found;
    int rc = libxl__device_find(gc, domid, &libxl__kind_usbctrl, usbdev->ctrl,
                                &found);

    if (rc == ERROR_NOTFOUND)
        return libxl__fail(gc->ctx, rc, "%s: the domain has no controller %d",
                           label, usbdev->ctrl);
    if (!rc)
        rc = find_free(gc, label, usbdev, &name);
    if (rc)
        return rc;
    claim.path = port_path(gc, found.list, port);
    rc = claim_port(gc, found.list, &claim, name);
    if (rc)
        return rc;
    rc = libxl__host_usb_lend(gc, name);
    if (rc)
        give_back(gc, found.list, port, name);
    return rc;
}

static char *label_of(libxl__gc *gc, const libxl_domain_config *config, int i)
{
    return libxl__sprintf(gc, "domain '%s': usbdev[%d]", config->c_info.name,
                          i);
}

int libxl__usbdevs_place(libxl__gc *gc, const libxl_domain_config *asked,
                         libxl_domain_config *config)
{
    const char *name;
    int i, rc = 0;

    for (i = 0; i < config->num_usbdevs; i++)
        config->usbdevs[i] = asked->usbdevs[i];
    libxl__usb_number_controllers(config);
    for (i = 0; i < config->num_usbdevs && !rc; i++) {
        const char *label = label_of(gc, config, i);

        rc = find_free(gc, label, &config->usbdevs[i], &name);
        if (!rc)
            rc = libxl__usb_choose_port(gc, label, config, i);
    }
    return rc;
}

int libxl__usbdevs_connect(libxl__gc *gc, uint32_t domid,
                           const libxl_domain_config *config)
{
    int i, rc = 0;

    for (i = 0; i < config->num_usbdevs && !rc; i++)
        rc = attach(gc, domid, label_of(gc, config, i), &config->usbdevs[i]);
    return rc;
}

/* Reads the controllers and devices that a domain has. */
static int read_state(libxl__gc *gc, uint32_t domid, libxl_domain_config *now)
{
    struct libxl__devices found;
    unsigned int i;
    int rc = libxl__devices_find(gc, domid, &libxl__kind_usbctrl, &found);

    if (rc)
        return rc;
    now->usbctrls = libxl__calloc_nogc(found.count + 1, sizeof(*now->usbctrls));
    for (i = 0; i < found.count && !rc; i++)
        rc = libxl__device_read(gc, &found.list[i],
                                &now->usbctrls[now->num_usbctrls++]);
    if (rc)
        return rc;
    return libxl__usbdevs_list(gc, domid, &now->usbdevs, &now->num_usbdevs);
}

/* A controller was added at the end of what the domain has now. */
static int attach_controller(libxl__gc *gc, uint32_t domid,
                             const libxl_device_usbctrl *added)
{
    libxl_device_usbctrl config;
    int rc;

    libxl_device_usbctrl_copy(gc->ctx, &config, added);
    rc = libxl__device_attach(gc, domid, &libxl__kind_usbctrl, &config, added);
    libxl_device_usbctrl_dispose(&config);
    return rc;
}

static int append_stored(libxl__gc *gc, libxl_domain_config *config,
                         void *opaque)
{
    const libxl_device_usbdev *usbdev = opaque;

    libxl__usb_forget(config, usbdev->ctrl, usbdev->port);
    libxl__usb_append(config, usbdev);
    return 0;
}

/* usbdev is the last one in now, and gets its port there. */
static int attach_to(libxl__gc *gc, uint32_t domid, libxl_domain_config *now,
                     libxl_device_usbdev *usbdev)
{
    const char *label = libxl__sprintf(gc, "domain %" PRIu32 ": usbdev", domid);
    int last = now->num_usbdevs - 1, had = now->num_usbctrls;
    const char *name;
    int rc = find_free(gc, label, usbdev, &name);

    if (!rc)
        rc = libxl__usb_choose_port(gc, label, now, last);
    if (!rc && now->num_usbctrls > had)
        rc = attach_controller(gc, domid, &now->usbctrls[had]);
    if (rc)
        return rc;
    *usbdev = now->usbdevs[last];
    rc = attach(gc, domid, label, usbdev);
    if (!rc) {
        rc = libxl__stored_change(gc, domid, append_stored, usbdev);
        if (rc)
            libxl__usbdev_detach(gc, domid, usbdev->ctrl, usbdev->port);
    }
    if (rc && now->num_usbctrls > had)
        libxl__device_detach(gc, domid, &libxl__kind_usbctrl, usbdev->ctrl,
                             DETACH_FORCED);
    return rc;
}

int libxl__usbdev_attach(libxl__gc *gc, uint32_t domid,
                         libxl_device_usbdev *usbdev)
{
    libxl_domain_config now;
    int rc;

    libxl_domain_config_init(&now);
    rc = read_state(gc, domid, &now);
    if (!rc) {
        libxl__usb_append(&now, usbdev);
        rc = attach_to(gc, domid, &now, usbdev);
    }
    libxl_domain_config_dispose(&now);
    return rc;
}

static int remove_stored(libxl__gc *gc, libxl_domain_config *config,
                         void *opaque)
{
    const libxl_device_usbdev *usbdev = opaque;

    libxl__usb_forget(config, usbdev->ctrl, usbdev->port);
    return 0;
}

int libxl__usbdev_detach(libxl__gc *gc, uint32_t domid, int ctrl, int port)
{
    libxl_device_usbdev usbdev = { .ctrl = ctrl, .port = port };
    const char *name = NULL;
    struct libxl__devices found;
    int rc = libxl__device_find(gc, domid, &libxl__kind_usbctrl, ctrl, &found);

    if (rc && rc != ERROR_NOTFOUND)
        return rc;
    if (!rc)
        name = at_port(gc, found.list, port_name(gc, port));
    if (!name)
        return libxl__fail(gc->ctx, ERROR_INVAL,
                           "domain %" PRIu32 " has no USB device at port %d of "
                           "controller %d, see 'xl usb-list'",
                           domid, port, ctrl);
    give_back(gc, found.list, port_name(gc, port), name);
    return libxl__stored_change(gc, domid, remove_stored, &usbdev);
}

/* Appends the devices of a controller to config. */
static int list_controller(libxl__gc *gc, const struct libxl__device *ctrl,
                           libxl_domain_config *config)
{
    libxl_device_usbdev usbdev;
    unsigned int i, count;
    const char *name;
    char **ports;
    uint32_t port;
    int rc = list_ports(gc, ctrl, &ports, &count);

    for (i = 0; i < count && !rc; i++) {
        name = at_port(gc, ctrl, ports[i]);
        if (!name || !libxl__number_parse_u32(ports[i], &port))
            continue;
        libxl_device_usbdev_init(&usbdev);
        libxl_device_usbdev_init_type(&usbdev, LIBXL_USBDEV_TYPE_HOSTDEV);
        usbdev.ctrl = ctrl->devid;
        usbdev.port = port;
        libxl__host_usb_numbers(gc, name, &usbdev);
        libxl__usb_append(config, &usbdev);
    }
    return rc;
}

int libxl__usbdevs_list(libxl__gc *gc, uint32_t domid,
                        libxl_device_usbdev **list_r, int *count_r)
{
    libxl_domain_config config = { 0 };
    struct libxl__devices found;
    unsigned int i;
    int rc = libxl__devices_find(gc, domid, &libxl__kind_usbctrl, &found);

    for (i = 0; !rc && i < found.count; i++)
        rc = list_controller(gc, &found.list[i], &config);
    if (rc) {
        free(config.usbdevs);
        return rc;
    }
    *list_r = config.usbdevs;
    *count_r = config.num_usbdevs;
    return 0;
}

int libxl__usbdev_find(libxl__gc *gc, uint32_t domid, int ctrl, int port,
                       libxl_device_usbdev *usbdev_r)
{
    libxl_device_usbdev *list;
    int i, count, rc = libxl__usbdevs_list(gc, domid, &list, &count);

    if (rc)
        return rc;
    rc = ERROR_NOTFOUND;
    for (i = 0; i < count && rc; i++) {
        if (list[i].ctrl != ctrl || list[i].port != port)
            continue;
        *usbdev_r = list[i];
        rc = 0;
    }
    free(list);
    return rc;
}

static bool has_device(const libxl_device_usbdev *list, int count,
                       const libxl_device_usbdev *wanted)
{
    int i;

    for (i = 0; i < count; i++)
        if (list[i].ctrl == wanted->ctrl && list[i].port == wanted->port)
            return true;
    return false;
}

int libxl__usbdevs_drop_absent(libxl__gc *gc, uint32_t domid,
                               libxl_domain_config *config)
{
    libxl_device_usbdev *list;
    int i, count, kept = 0, rc;

    if (!config->num_usbdevs)
        return 0;
    rc = libxl__usbdevs_list(gc, domid, &list, &count);
    if (rc)
        return rc;
    for (i = 0; i < config->num_usbdevs; i++)
        if (has_device(list, count, &config->usbdevs[i]))
            config->usbdevs[kept++] = config->usbdevs[i];
    config->num_usbdevs = kept;
    free(list);
    return 0;
}
