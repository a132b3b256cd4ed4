/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Prints the events of domains, until all of them are dead, or what an
 * asynchronous operation tells, until it is over:
 *
 *   event-watch WAY watch DOMID...
 *   event-watch WAY destroy|pause|unpause DOMID
 *   event-watch WAY create|abort KERNEL
 *
 * WAY is how it learns of them:
 *
 *   wait      libxl_event_wait
 *   poll      beforepoll, poll, afterpoll, and libxl_event_check
 *   hooks     descriptors that the library registers with us, and check
 *   occurs    as poll, but events come by the event_occurs hook
 *   both      as hooks, but events come by the event_occurs hook
 *
 * With occurs and both, operations tell their end by a callback, too.  The
 * domains are numbered as they stand on the command line, so that the output
 * is the same for every library that works in the same way.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxl_event.h>
#include <libxl_utils.h>

static const char *way;
static bool uses_hooks, uses_occurs;
static libxl_ctx *ctx;
static unsigned int left; /* until the program is done */

/* The domains that the last two events of the operation named. */
static uint32_t console_domid = INVALID_DOMID, complete_domid = INVALID_DOMID;

static void handle(const libxl_event *event)
{
    unsigned int number = event->for_user;

    switch (event->type) {
    case LIBXL_EVENT_TYPE_DOMAIN_SHUTDOWN:
        printf("domain %u: shut down, reason %d\n", number,
               event->u.domain_shutdown.shutdown_reason);
        break;
    case LIBXL_EVENT_TYPE_DOMAIN_DEATH:
        printf("domain %u: dead\n", number);
        left--;
        break;
    case LIBXL_EVENT_TYPE_DOMAIN_CREATE_CONSOLE_AVAILABLE:
        printf("operation %u: console available\n", number);
        console_domid = event->domid;
        break;
    case LIBXL_EVENT_TYPE_OPERATION_COMPLETE:
        printf("operation %u: complete, rc %d\n", number,
               event->u.operation_complete.rc);
        complete_domid = event->domid;
        left--;
        break;
    default:
        printf("event of type %d\n", event->type);
    }
}

static void on_event(void *user, libxl_event *event)
{
    handle(event);
    libxl_event_free(ctx, event);
}

static void on_done(libxl_ctx *of, int rc, void *user)
{
    printf("operation %d: complete, rc %d\n", *(int *)user, rc);
    left--;
}

static void on_progress(libxl_ctx *of, libxl_event *event, void *user)
{
    on_event(user, event);
}

/* The application's side of libxl_osevent_hooks. */
static struct pollfd fds[16];
static void *for_libxl[16];
static int fd_count;

static int fd_register(void *user, int fd, void **for_app, short events,
                       void *registration)
{
    fds[fd_count] = (struct pollfd) { .fd = fd, .events = events };
    for_libxl[fd_count++] = registration;
    *for_app = registration;
    return 0;
}

static int find(void *registration)
{
    int i;

    for (i = 0; i < fd_count && for_libxl[i] != registration; i++)
        ;
    return i;
}

static int fd_modify(void *user, int fd, void **for_app, short events)
{
    fds[find(*for_app)].events = events;
    return 0;
}

static void fd_deregister(void *user, int fd, void *for_app)
{
    int i = find(for_app);

    if (i == fd_count) {
        printf("descriptor %d was never registered\n", fd);
        exit(1);
    }
    fds[i] = fds[--fd_count];
    for_libxl[i] = for_libxl[fd_count];
}

/* Timeouts that the library wants at once; it may want no other here. */
static void *timeouts[16];
static int timeout_count;

static int timeout_register(void *user, void **for_app, struct timeval at,
                            void *registration)
{
    *for_app = registration;
    return 0;
}

static int timeout_modify(void *user, void **for_app, struct timeval at)
{
    timeouts[timeout_count++] = *for_app;
    return 0;
}

static const libxl_osevent_hooks os_hooks = {
    .fd_register = fd_register,
    .fd_modify = fd_modify,
    .fd_deregister = fd_deregister,
    .timeout_register = timeout_register,
    .timeout_modify = timeout_modify,
};

static void turn_of_hooks(void)
{
    struct pollfd ready;
    void *registration;
    int i;

    poll(fds, fd_count, timeout_count ? 0 : -1);
    while (timeout_count)
        libxl_osevent_occurred_timeout(ctx, timeouts[--timeout_count]);
    for (i = 0; i < fd_count; i++) {
        ready = fds[i];
        registration = for_libxl[i];
        fds[i].revents = 0;
        if (ready.revents)
            libxl_osevent_occurred_fd(ctx, registration, ready.fd, ready.events,
                                      ready.revents);
    }
}

static void turn_of_poll(void)
{
    static struct pollfd all[64];
    int count = 64, timeout = -1;
    struct timeval now;

    gettimeofday(&now, NULL);
    if (libxl_osevent_beforepoll(ctx, &count, all, &timeout, now))
        exit(1);
    poll(all, count, timeout);
    gettimeofday(&now, NULL);
    libxl_osevent_afterpoll(ctx, count, all, now);
}

static void turn_of_wait(void)
{
    libxl_event *event;
    int rc = libxl_event_wait(ctx, &event, LIBXL_EVENTMASK_ALL, NULL, NULL);

    if (rc) {
        printf("libxl_event_wait: %d\n", rc);
        exit(1);
    }
    handle(event);
    libxl_event_free(ctx, event);
}

/* What is in the queue already wakes no poll, in every library. */
static void check(void)
{
    libxl_event *event;

    while (!libxl_event_check(ctx, &event, LIBXL_EVENTMASK_ALL, NULL, NULL)) {
        if (uses_occurs)
            printf("this should have come by the hook:\n");
        handle(event);
        libxl_event_free(ctx, event);
    }
}

static void loop(void)
{
    printf("ready\n");
    check();
    while (left) {
        if (!strcmp(way, "wait"))
            turn_of_wait();
        else if (uses_hooks)
            turn_of_hooks();
        else
            turn_of_poll();
        check();
    }
}

static int watch(char **domids, int count)
{
    libxl_evgen_domain_death **evgens = calloc(count, sizeof(*evgens));
    int i, rc;

    left = count;
    for (i = 0; i < count; i++) {
        rc = libxl_evenable_domain_death(ctx, atoi(domids[i]), i, &evgens[i]);
        if (rc)
            printf("libxl_evenable_domain_death: %d\n", rc);
    }
    loop();
    for (i = 0; i < count; i++)
        libxl_evdisable_domain_death(ctx, evgens[i]);
    free(evgens);
    return 0;
}

static libxl_asyncop_how how_of(int *number)
{
    libxl_asyncop_how how = { 0 };

    if (uses_occurs) {
        how.callback = on_done;
        how.u.for_callback = number;
    } else {
        how.u.for_event = *number;
    }
    return how;
}

typedef int operation(libxl_ctx *, uint32_t, const libxl_asyncop_how *);

static int operate(const char *name, operation *start, uint32_t domid)
{
    int number = 1, rc;
    libxl_asyncop_how how = how_of(&number);

    left = 1;
    rc = start(ctx, domid, &how);
    printf("%s: %d\n", name, rc);
    if (!rc)
        loop();
    printf("abort afterwards: %d\n", libxl_ao_abort(ctx, &how));
    return 0;
}

static const char *named(uint32_t domid, uint32_t created)
{
    return domid == created                   ? "it"
           : domid == (uint32_t)INVALID_DOMID ? "none"
           : domid == 0                       ? "domain 0"
                                              : "another";
}

static int create(const char *kernel, bool aborts)
{
    libxl_asyncprogress_how progress = { .for_event = 3 };
    libxl_domain_config config;
    uint32_t domid = aborts ? 30000 : INVALID_DOMID;
    int number = 2, rc;
    libxl_asyncop_how how = how_of(&number);

    libxl_domain_config_init(&config);
    config.c_info.type = LIBXL_DOMAIN_TYPE_PVH;
    config.c_info.name = strdup("event-watch");
    libxl_uuid_generate(&config.c_info.uuid);
    libxl_domain_build_info_init_type(&config.b_info, config.c_info.type);
    config.b_info.kernel = strdup(kernel);
    config.b_info.max_memkb = config.b_info.target_memkb = 16 << 10;
    if (uses_occurs)
        progress.callback = on_progress;

    left = 1;
    rc = libxl_domain_create_new(ctx, &config, &domid, &how, &progress);
    printf("libxl_domain_create_new: %d\n", rc);
    if (aborts)
        printf("libxl_ao_abort: %d\n", libxl_ao_abort(ctx, &how));
    if (!rc)
        loop();
    printf("there is %s domain\n",
           domid == (uint32_t)INVALID_DOMID ? "no" : "a");
    if (domid != (uint32_t)INVALID_DOMID)
        printf("the events named %s and %s\nlibxl_domain_destroy: %d\n",
               named(console_domid, domid), named(complete_domid, domid),
               libxl_domain_destroy(ctx, domid, NULL));
    libxl_domain_config_dispose(&config);
    return 0;
}

int main(int argc, char **argv)
{
    static const libxl_event_hooks hooks = {
        .event_occurs_mask = LIBXL_EVENTMASK_ALL,
        .event_occurs = on_event,
    };
    xentoollog_logger *logger;
    int result = 1;

    if (argc < 4)
        return 1;
    setvbuf(stdout, NULL, _IOLBF, 0);
    logger = (xentoollog_logger *)xtl_createlogger_stdiostream(stderr,
                                                               XTL_PROGRESS, 0);
    if (libxl_ctx_alloc(&ctx, LIBXL_VERSION, 0, logger))
        return 1;
    way = argv[1];
    uses_hooks = !strcmp(way, "hooks") || !strcmp(way, "both");
    uses_occurs = !strcmp(way, "occurs") || !strcmp(way, "both");
    if (uses_hooks)
        libxl_osevent_register_hooks(ctx, &os_hooks, NULL);
    if (uses_occurs)
        libxl_event_register_callbacks(ctx, &hooks, NULL);

    if (!strcmp(argv[2], "watch"))
        result = watch(argv + 3, argc - 3);
    else if (!strcmp(argv[2], "destroy"))
        result = operate(argv[2], libxl_domain_destroy, atoi(argv[3]));
    else if (!strcmp(argv[2], "unpause"))
        result = operate(argv[2], libxl_domain_unpause, atoi(argv[3]));
    else if (!strcmp(argv[2], "pause"))
        result = operate(argv[2], libxl_domain_pause, atoi(argv[3]));
    else if (!strcmp(argv[2], "create"))
        result = create(argv[3], false);
    else if (!strcmp(argv[2], "abort"))
        result = create(argv[3], true);
    libxl_ctx_free(ctx);
    if (uses_hooks)
        printf("%d descriptors are still registered\n", fd_count);
    xtl_logger_destroy(logger);
    return result;
}
