/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * QMP: a JSON text a line, each way.
 */
#include "device/qmp.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <libxl.h>
#include <libxl_json.h>

#include "base/log.h"

#ifndef QMP_DIRECTORY
#define QMP_DIRECTORY "/var/run/xen"
#endif

/* Debian's library waits as long: docs/debian-devices.md. */
#ifndef QMP_TIMEOUT_MS
#define QMP_TIMEOUT_MS 10000
#endif

/* More than any answer; a QEMU that sends without end is cut off. */
#define MOST_BYTES (8 << 20)

#define CHUNK 4096

char *libxl__qmp_path(libxl__gc *gc, const char *name, uint32_t domid)
{
    return libxl__sprintf(gc, QMP_DIRECTORY "/qmp-%s-%" PRIu32, name, domid);
}

/* Logs what is wrong with the answers of QEMU. */
static int complain(const struct libxl__qmp *qmp, int rc, const char *what)
{
    return libxl__fail(qmp->gc->ctx, rc, "the QEMU of domain %" PRIu32 " %s",
                       qmp->domid, what);
}

static int receive(struct libxl__qmp *qmp)
{
    int rc = libxl__wait_fd(qmp->gc, qmp->fd, qmp->deadline);
    ssize_t got;

    if (rc == ERROR_TIMEDOUT)
        return complain(qmp, rc, "does not answer");
    if (rc)
        return rc;
    if (qmp->total > MOST_BYTES)
        return complain(qmp, ERROR_PROTOCOL_ERROR_QMP,
                        "sends more than an answer is long");
    qmp->bytes = libxl__realloc(qmp->gc, qmp->bytes, qmp->count + CHUNK);
    got = recv(qmp->fd, qmp->bytes + qmp->count, CHUNK, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (got <= 0)
        return complain(qmp, ERROR_PROTOCOL_ERROR_QMP,
                        "has closed the connection");
    qmp->count += got;
    qmp->total += got;
    return 0;
}

/* The next text, a map. */
static int next_text(struct libxl__qmp *qmp, const struct libxl__json **json_r)
{
    struct libxl__json *json = NULL;
    const char *error;
    char *end, *line;
    int rc = 0;

    while (!rc &&
           !(end = qmp->count ? memchr(qmp->bytes, '\n', qmp->count) : NULL))
        rc = receive(qmp);
    if (rc)
        return rc;
    line = libxl__strndup(qmp->gc, qmp->bytes, end - qmp->bytes);
    qmp->count -= end + 1 - qmp->bytes;
    memmove(qmp->bytes, end + 1, qmp->count);
    if (libxl__json_read(qmp->gc, line, strlen(line), &json, &error) || !json ||
        json->kind != LIBXL__JSON_MAP)
        return complain(qmp, ERROR_PROTOCOL_ERROR_QMP,
                        "sends what is no answer of QMP");
    *json_r = json;
    return 0;
}

static int send_text(const struct libxl__qmp *qmp, const char *text)
{
    size_t size = strlen(text), sent = 0;
    ssize_t r;

    while (sent < size) {
        r = send(qmp->fd, text + sent, size - sent,
                 MSG_NOSIGNAL | MSG_DONTWAIT);
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return complain(qmp, ERROR_PROTOCOL_ERROR_QMP,
                            "does not take commands");
        sent += r;
    }
    return 0;
}

static void gen_text(yajl_gen hand, const char *text)
{
    yajl_gen_string(hand, (const unsigned char *)text, strlen(text));
}

/* {"execute":COMMAND,"id":ID,"arguments":{ARGUMENT:VALUE}} and its line end. */
static const char *command_text(struct libxl__qmp *qmp, const char *command,
                                const char *argument, const char *value)
{
    yajl_gen hand = yajl_gen_alloc(NULL);
    const unsigned char *bytes;
    const char *text;
    size_t size = 0;

    yajl_gen_map_open(hand);
    gen_text(hand, "execute");
    gen_text(hand, command);
    gen_text(hand, "id");
    yajl_gen_integer(hand, qmp->id);
    if (argument) {
        gen_text(hand, "arguments");
        yajl_gen_map_open(hand);
        gen_text(hand, argument);
        gen_text(hand, value);
        yajl_gen_map_close(hand);
    }
    yajl_gen_map_close(hand);
    /* It has no bytes if value is no UTF-8. */
    yajl_gen_get_buf(hand, &bytes, &size);
    text = libxl__sprintf(qmp->gc, "%.*s\r\n", (int)size, (const char *)bytes);
    yajl_gen_free(hand);
    return text;
}

/* Log why QEMU refuses a command. */
static int refused(const struct libxl__qmp *qmp, const char *command,
                   const struct libxl__json *error)
{
    static const struct {
        const char *class;
        int rc;
    } classes[] = {
        { "GenericError", ERROR_QMP_GENERIC_ERROR },
        { "CommandNotFound", ERROR_QMP_COMMAND_NOT_FOUND },
        { "DeviceNotActive", ERROR_QMP_DEVICE_NOT_ACTIVE },
        { "DeviceNotFound", ERROR_QMP_DEVICE_NOT_FOUND },
    };
    const struct libxl__json *class = libxl__json_get(error, "class");
    const struct libxl__json *words = libxl__json_get(error, "desc");
    int rc = ERROR_UNKNOWN_QMP_ERROR;
    size_t i;

    for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
        if (class && class->string && !strcmp(class->string, classes[i].class))
            rc = classes[i].rc;
    return libxl__fail(
        qmp->gc->ctx, rc, "the QEMU of domain %" PRIu32 " refuses '%s': %.400s",
        qmp->domid, command, words && words->string ? words->string : "");
}

int libxl__qmp_run(struct libxl__qmp *qmp, const char *command,
                   const char *argument, const char *value,
                   const struct libxl__json **result_r)
{
    const struct libxl__json *json, *id, *error, *result = NULL;
    int rc;

    qmp->id++;
    rc = send_text(qmp, command_text(qmp, command, argument, value));
    /* Events, and answers to others, are none of ours. */
    while (!rc && !result) {
        rc = next_text(qmp, &json);
        if (rc)
            break;
        id = libxl__json_get(json, "id");
        if (!id || id->kind != LIBXL__JSON_INTEGER || id->integer != qmp->id)
            continue;
        error = libxl__json_get(json, "error");
        result = libxl__json_get(json, "return");
        if (error)
            rc = refused(qmp, command, error);
        else if (!result)
            rc = complain(qmp, ERROR_PROTOCOL_ERROR_QMP,
                          "answers without an answer");
    }
    if (!rc && result_r)
        *result_r = result;
    return rc;
}

static int connect_to(struct libxl__qmp *qmp)
{
    const char *path = libxl__qmp_path(qmp->gc, "libxl", qmp->domid);
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    qmp->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (qmp->fd >= 0 &&
        !connect(qmp->fd, (struct sockaddr *)&address, sizeof(address)))
        return 0;
    return libxl__fail_errno(qmp->gc->ctx, ERROR_NOTFOUND,
                             "cannot reach the QEMU of domain %" PRIu32
                             " at '%s'",
                             qmp->domid, path);
}

int libxl__qmp_open(libxl__gc *gc, uint32_t domid, struct libxl__qmp *qmp_r)
{
    const struct libxl__json *greeting;
    int rc;

    *qmp_r = (struct libxl__qmp) {
        .gc = gc,
        .domid = domid,
        .deadline = libxl__deadline_in(QMP_TIMEOUT_MS),
    };
    rc = connect_to(qmp_r);
    if (!rc)
        rc = next_text(qmp_r, &greeting);
    if (!rc && !libxl__json_get(greeting, "QMP"))
        rc = complain(qmp_r, ERROR_PROTOCOL_ERROR_QMP, "does not speak QMP");
    if (!rc)
        rc = libxl__qmp_run(qmp_r, "qmp_capabilities", NULL, NULL, NULL);
    if (rc)
        libxl__qmp_close(qmp_r);
    return rc;
}

void libxl__qmp_close(struct libxl__qmp *qmp)
{
    if (qmp->fd >= 0)
        close(qmp->fd);
    qmp->fd = -1;
}
