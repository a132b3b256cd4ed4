/* SPDX-License-Identifier: LGPL-2.1-only */
#include "event-fakes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <libxl_event.h>
#include <xenctrl.h>
#include <xenstore.h>
#include <xentoollog.h>

#include "base/ctx.h"
#include "event/kept_names.h"

#define ROOM 64

struct fake_watch {
    char path[64];
    char token[16];
};

struct xs_handle {
    struct xs_handle *next;
    int pipe[2];
    struct fake_watch watches[ROOM];
    unsigned int watch_count;
    struct fake_watch changes[ROOM];
    unsigned int change_count;
    bool dead;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct xs_handle *handles;
static xc_domaininfo_t domains[ROOM];
static unsigned int domain_count, hypercalls;
static char message[1024];
bool fake_xen_fails, fake_guest_floods;

/* Of libxentoollog. */
void xtl_log(struct xentoollog_logger *logger, xentoollog_level level,
             int errnoval, const char *context, const char *format, ...)
{
    va_list al;

    pthread_mutex_lock(&lock);
    va_start(al, format);
    vsnprintf(message, sizeof(message), format, al);
    va_end(al);
    pthread_mutex_unlock(&lock);
}

const char *last_message(void)
{
    static char copy[sizeof(message)];

    pthread_mutex_lock(&lock);
    strcpy(copy, message);
    message[0] = '\0';
    pthread_mutex_unlock(&lock);
    return copy;
}

libxl_ctx *fake_ctx(void)
{
    static int logger;
    libxl_ctx *ctx;

    if (libxl_ctx_alloc(&ctx, LIBXL_VERSION, 0, (void *)&logger))
        abort();
    return ctx;
}

static void *try_lock(void *ctx)
{
    pthread_mutex_t *mutex = &((libxl_ctx *)ctx)->lock;
    struct timespec end;

    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += 5;
    if (pthread_mutex_timedlock(mutex, &end))
        return NULL;
    pthread_mutex_unlock(mutex);
    return ctx;
}

bool is_unlocked(libxl_ctx *ctx)
{
    pthread_t thread;
    void *got;

    if (pthread_create(&thread, NULL, try_lock, ctx) ||
        pthread_join(thread, &got))
        abort();
    return got;
}

/* Of the types room. */
void libxl_event_init(libxl_event *event)
{
    memset(event, 0, sizeof(*event));
}

void libxl_event_init_type(libxl_event *event, libxl_event_type type)
{
    event->type = type;
}

void libxl_event_dispose(libxl_event *event)
{
}

void libxl_version_info_dispose(libxl_version_info *info)
{
}

/* Of libxenctrl. */
xc_interface *xc_interface_open(xentoollog_logger *logger,
                                xentoollog_logger *dombuild_logger,
                                unsigned open_flags)
{
    return (xc_interface *)&domains;
}

int xc_interface_close(xc_interface *xch)
{
    return 0;
}

int xc_domain_getinfolist(xc_interface *xch, uint32_t first_domain,
                          unsigned int max_domains, xc_domaininfo_t *info)
{
    unsigned int i, count = 0;

    hypercalls++;
    if (fake_xen_fails) {
        errno = EPERM;
        return -1;
    }
    for (i = 0; i < domain_count && count < max_domains; i++) {
        if (domains[i].domain >= first_domain)
            info[count++] = domains[i];
    }
    return count;
}

void fake_domain(uint32_t domid, uint32_t flags)
{
    unsigned int at;

    fake_domain_gone(domid);
    for (at = 0; at < domain_count && domains[at].domain < domid; at++)
        ;
    memmove(&domains[at + 1], &domains[at],
            (domain_count - at) * sizeof(*domains));
    domain_count++;
    domains[at] = (xc_domaininfo_t) { .domain = domid, .flags = flags };
}

void fake_domain_gone(uint32_t domid)
{
    unsigned int i, kept = 0;

    for (i = 0; i < domain_count; i++) {
        if (domains[i].domain != domid)
            domains[kept++] = domains[i];
    }
    domain_count = kept;
}

void fake_domains_forget(void)
{
    domain_count = 0;
}

unsigned int fake_hypercalls(void)
{
    unsigned int count = hypercalls;

    hypercalls = 0;
    return count;
}

/* Names are not kept here: their file belongs to the host.  So nothing is
 * read or unwatched for them either. */
int libxl__kept_names_open(bool keeper)
{
    return -1;
}

bool libxl__kept_names_begin(int fd, uint32_t domid,
                             const xen_domain_handle_t uuid)
{
    abort();
}

void libxl__kept_names_set(int fd, uint32_t domid,
                           const xen_domain_handle_t uuid, const char *name)
{
    abort();
}

void libxl__kept_names_end(int fd, uint32_t domid)
{
    abort();
}

__attribute__((weak)) void *xs_read(struct xs_handle *xsh, xs_transaction_t t,
                                    const char *path, unsigned int *length)
{
    abort();
}

bool xs_unwatch(struct xs_handle *xsh, const char *path, const char *token)
{
    abort();
}

/* A test that commits changes has its own. */
__attribute__((weak)) xs_transaction_t
xs_transaction_start(struct xs_handle *xsh)
{
    abort();
}

__attribute__((weak)) bool xs_transaction_end(struct xs_handle *xsh,
                                              xs_transaction_t t, bool abandon)
{
    abort();
}

__attribute__((weak)) bool xs_write(struct xs_handle *xsh, xs_transaction_t t,
                                    const char *path, const void *data,
                                    unsigned int size)
{
    abort();
}

__attribute__((weak)) bool xs_rm(struct xs_handle *xsh, xs_transaction_t t,
                                 const char *path)
{
    abort();
}

__attribute__((weak)) bool
xs_set_permissions(struct xs_handle *xsh, xs_transaction_t t, const char *path,
                   struct xs_permissions *perms, unsigned int count)
{
    abort();
}

__attribute__((weak)) char **xs_directory(struct xs_handle *xsh,
                                          xs_transaction_t t, const char *path,
                                          unsigned int *count)
{
    abort();
}

/* Of libxenstore. */
struct xs_handle *xs_open(unsigned long flags)
{
    struct xs_handle *xsh = calloc(1, sizeof(*xsh));

    if (pipe2(xsh->pipe, O_CLOEXEC | O_NONBLOCK))
        abort();
    pthread_mutex_lock(&lock);
    xsh->next = handles;
    handles = xsh;
    pthread_mutex_unlock(&lock);
    return xsh;
}

void xs_close(struct xs_handle *xsh)
{
    struct xs_handle **link;

    pthread_mutex_lock(&lock);
    for (link = &handles; *link != xsh; link = &(*link)->next)
        ;
    *link = xsh->next;
    pthread_mutex_unlock(&lock);
    close(xsh->pipe[0]);
    if (!xsh->dead)
        close(xsh->pipe[1]);
    free(xsh);
}

void xs_daemon_destroy_postfork(struct xs_handle *xsh)
{
    xs_close(xsh);
}

int xs_fileno(struct xs_handle *xsh)
{
    return xsh->pipe[0];
}

/* As xenstored does, it drops an event like one that waits to be sent. */
static void tell(struct xs_handle *xsh, const struct fake_watch *watch)
{
    unsigned int i;

    for (i = 0; i < xsh->change_count; i++)
        if (!strcmp(xsh->changes[i].token, watch->token))
            return;
    xsh->changes[xsh->change_count++] = *watch;
    if (write(xsh->pipe[1], "", 1) != 1)
        abort();
}

bool xs_watch(struct xs_handle *xsh, const char *path, const char *token)
{
    struct fake_watch *watch;

    pthread_mutex_lock(&lock);
    watch = &xsh->watches[xsh->watch_count++];
    snprintf(watch->path, sizeof(watch->path), "%s", path);
    snprintf(watch->token, sizeof(watch->token), "%s", token);
    tell(xsh, watch);
    pthread_mutex_unlock(&lock);
    return true;
}

char **xs_check_watch(struct xs_handle *xsh)
{
    char **result = NULL, byte;

    pthread_mutex_lock(&lock);
    if (fake_guest_floods && xsh->watch_count)
        tell(xsh, &xsh->watches[0]);
    if (xsh->change_count && read(xsh->pipe[0], &byte, 1) == 1) {
        result = calloc(1, 2 * sizeof(char *) + sizeof(struct fake_watch));
        memcpy(result + 2, &xsh->changes[0], sizeof(struct fake_watch));
        result[XS_WATCH_PATH] = (char *)(result + 2);
        result[XS_WATCH_TOKEN] =
            result[XS_WATCH_PATH] + offsetof(struct fake_watch, token);
        memmove(&xsh->changes[0], &xsh->changes[1],
                --xsh->change_count * sizeof(xsh->changes[0]));
    }
    errno = xsh->dead ? EIO : EAGAIN;
    pthread_mutex_unlock(&lock);
    return result;
}

/* Nothing is asked for before it is there. */
char **xs_read_watch(struct xs_handle *xsh, unsigned int *num)
{
    *num = 2;
    return xs_check_watch(xsh);
}

void fake_change(const char *path)
{
    struct xs_handle *xsh;
    unsigned int i;

    pthread_mutex_lock(&lock);
    for (xsh = handles; xsh; xsh = xsh->next) {
        for (i = 0; i < xsh->watch_count; i++) {
            if (!strcmp(xsh->watches[i].path, path))
                tell(xsh, &xsh->watches[i]);
        }
    }
    pthread_mutex_unlock(&lock);
}

void fake_xenstored_dies(void)
{
    struct xs_handle *xsh;

    pthread_mutex_lock(&lock);
    for (xsh = handles; xsh; xsh = xsh->next) {
        close(xsh->pipe[1]);
        xsh->dead = true;
    }
    pthread_mutex_unlock(&lock);
}

unsigned int fake_connections(void)
{
    struct xs_handle *xsh;
    unsigned int count = 0;

    pthread_mutex_lock(&lock);
    for (xsh = handles; xsh; xsh = xsh->next)
        count++;
    pthread_mutex_unlock(&lock);
    return count;
}

unsigned int open_descriptors(void)
{
    DIR *directory = opendir("/proc/self/fd");
    unsigned int count = 0;

    while (readdir(directory))
        count++;
    closedir(directory);
    return count - 3; /* ".", ".." and the folder itself */
}
