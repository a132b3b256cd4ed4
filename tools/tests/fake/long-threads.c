/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * long-threads SECONDS SEED: threads that share one context, as those of
 * libvirt do, do random things to the same guests.  The thread sanitizer looks
 * for races.  Each call must return, whatever it returns, and in the end all
 * is as it was.
 */
#include <execinfo.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <libxl_event.h>
#include <libxl_utils.h>

#include "guest.h"
#include "store.h"

#define THREADS      8
#define NAMES        5    /* guests that may be there at the same time */
#define SLOWEST      120  /* seconds that a call may take */
#define EVENT_PAUSES 2000 /* microseconds between two looks for events */

static unsigned int seconds, seed;
static atomic_bool over;

/* A thread, and what it does at the moment. */
struct worker {
    pthread_t thread;
    unsigned int seed;
    atomic_long since; /* second; 0: between two calls */
    _Atomic(const char *) doing;
};

static struct worker workers[THREADS];
static atomic_ulong done[32], refused[32];

static long now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec;
}

static unsigned int below(struct worker *worker, unsigned int end)
{
    return rand_r(&worker->seed) / 7 % end;
}

static const char *a_name(struct worker *worker)
{
    static const char *const names[NAMES] = { "g0", "g1", "g2", "g3", "g4" };

    return names[below(worker, NAMES)];
}

/* A guest that was there a moment ago, or a number that none has. */
static uint32_t a_guest(struct worker *worker)
{
    uint32_t domid;

    return libxl_name_to_domid(guest_ctx, a_name(worker), &domid) ? 77 : domid;
}

static int create(struct worker *worker)
{
    libxl_domain_config config;
    uint32_t domid;

    fake_config(&config, a_name(worker));
    fake_config_devices(&config, below(worker, 2), below(worker, 2));
    return guest_create_of(&config, &domid);
}

static int destroy(struct worker *worker)
{
    return libxl_domain_destroy(guest_ctx, a_guest(worker), NULL);
}

static int list(struct worker *worker)
{
    int count;
    libxl_dominfo *info = libxl_list_domain(guest_ctx, &count);

    libxl_dominfo_list_free(info, count);
    return info ? 0 : ERROR_FAIL;
}

static int list_vcpus(struct worker *worker)
{
    int count, cpus;
    libxl_vcpuinfo *info =
        libxl_list_vcpu(guest_ctx, a_guest(worker), &count, &cpus);

    libxl_vcpuinfo_list_free(info, info ? count : 0);
    return info ? 0 : ERROR_FAIL;
}

static int rename_guest(struct worker *worker)
{
    return libxl_domain_rename(guest_ctx, a_guest(worker), NULL,
                               a_name(worker));
}

static int pause_guest(struct worker *worker)
{
    return libxl_domain_pause(guest_ctx, a_guest(worker), NULL);
}

static int unpause(struct worker *worker)
{
    return libxl_domain_unpause(guest_ctx, a_guest(worker), NULL);
}

static int shut_down(struct worker *worker)
{
    return libxl_domain_shutdown(guest_ctx, a_guest(worker), NULL);
}

static int retrieve(struct worker *worker)
{
    libxl_domain_config config;
    int rc;

    libxl_domain_config_init(&config);
    rc = libxl_retrieve_domain_configuration(guest_ctx, a_guest(worker),
                                             &config, NULL);
    libxl_domain_config_dispose(&config);
    return rc;
}

static int plug_disk(struct worker *worker)
{
    libxl_device_disk disk;
    int rc;

    fake_disk(&disk, below(worker, 2) ? "xvdb" : "xvdc");
    if (below(worker, 2))
        rc = libxl_device_disk_add(guest_ctx, a_guest(worker), &disk, NULL);
    else
        rc = libxl_device_disk_destroy(guest_ctx, a_guest(worker), &disk, NULL);
    libxl_device_disk_dispose(&disk);
    return rc;
}

static int plug_nic(struct worker *worker)
{
    libxl_device_nic nic;
    int rc;

    libxl_device_nic_init(&nic);
    nic.devid = below(worker, 3);
    if (below(worker, 2))
        rc = libxl_device_nic_add(guest_ctx, a_guest(worker), &nic, NULL);
    else
        rc = libxl_device_nic_remove(guest_ctx, a_guest(worker), &nic, NULL);
    libxl_device_nic_dispose(&nic);
    return rc;
}

static int list_devices(struct worker *worker)
{
    uint32_t domid = a_guest(worker);
    int disk_count, nic_count;
    libxl_device_disk *disks =
        libxl_device_disk_list(guest_ctx, domid, &disk_count);
    libxl_device_nic *nics =
        libxl_device_nic_list(guest_ctx, domid, &nic_count);

    libxl_device_disk_list_free(disks, disks ? disk_count : 0);
    libxl_device_nic_list_free(nics, nics ? nic_count : 0);
    return disks && nics ? 0 : ERROR_FAIL;
}

static int set_memory(struct worker *worker)
{
    return libxl_set_memory_target(guest_ctx, a_guest(worker),
                                   12288 + below(worker, 4096), 0, 1);
}

static int get_memory(struct worker *worker)
{
    uint64_t target;

    return libxl_get_memory_target(guest_ctx, a_guest(worker), &target);
}

static int schedule(struct worker *worker)
{
    libxl_domain_sched_params params;
    uint32_t domid = a_guest(worker);
    int rc;

    libxl_domain_sched_params_init(&params);
    rc = libxl_domain_sched_params_get(guest_ctx, domid, &params);
    params.weight = 128 + below(worker, 128);
    if (!rc)
        rc = libxl_domain_sched_params_set(guest_ctx, domid, &params);
    libxl_domain_sched_params_dispose(&params);
    return rc;
}

static int keep_userdata(struct worker *worker)
{
    uint32_t domid = a_guest(worker);
    uint8_t *data = NULL;
    int length, rc;

    rc = libxl_userdata_store(guest_ctx, domid, "threads",
                              (const uint8_t *)"data", 4);
    if (!rc)
        rc = libxl_userdata_retrieve(guest_ctx, domid, "threads", &data,
                                     &length);
    free(data);
    return rc;
}

static int watch_death(struct worker *worker)
{
    libxl_evgen_domain_death *watch;
    int rc = libxl_evenable_domain_death(guest_ctx, a_guest(worker), 1, &watch);

    if (rc)
        return rc;
    usleep(below(worker, 50000));
    libxl_evdisable_domain_death(guest_ctx, watch);
    return 0;
}

/* The events of all watches, and of the operations that nobody waits for. */
static int take_events(struct worker *worker)
{
    libxl_event *event;
    int i;

    for (i = 0; i < 20; i++) {
        while (!libxl_event_check(guest_ctx, &event, LIBXL_EVENTMASK_ALL, NULL,
                                  NULL))
            libxl_event_free(guest_ctx, event);
        usleep(EVENT_PAUSES);
    }
    return 0;
}

/* Started, and sometimes aborted; its end is an event. */
static int destroy_later(struct worker *worker)
{
    libxl_asyncop_how how = { .u.for_event = 1 + rand_r(&worker->seed) };
    int rc = libxl_domain_destroy(guest_ctx, a_guest(worker), &how);

    if (!rc && below(worker, 2))
        libxl_ao_abort(guest_ctx, &how);
    return rc;
}

static const struct operation {
    const char *name;
    int (*run)(struct worker *worker);
} operations[] = {
    { "create", create },
    { "create", create },
    { "create", create },
    { "destroy", destroy },
    { "destroy later", destroy_later },
    { "list", list },
    { "list vcpus", list_vcpus },
    { "rename", rename_guest },
    { "pause", pause_guest },
    { "unpause", unpause },
    { "shut down", shut_down },
    { "retrieve", retrieve },
    { "plug a disk", plug_disk },
    { "plug a vif", plug_nic },
    { "list devices", list_devices },
    { "set memory", set_memory },
    { "get memory", get_memory },
    { "schedule", schedule },
    { "keep userdata", keep_userdata },
    { "watch death", watch_death },
    { "take events", take_events },
};

#define OPERATIONS (sizeof(operations) / sizeof(operations[0]))

static void *work(void *opaque)
{
    struct worker *worker = opaque;
    unsigned int index;

    while (!over) {
        index = below(worker, OPERATIONS);
        worker->doing = operations[index].name;
        worker->since = now();
        refused[index] += !!operations[index].run(worker);
        done[index]++;
        worker->since = 0;
    }
    return NULL;
}

/* Every fake is called with the lock of the store held: see fake.mk. */
void __cyg_profile_func_enter(void *function, void *caller);
void __cyg_profile_func_exit(void *function, void *caller);

void __cyg_profile_func_enter(void *function, void *caller)
{
    pthread_mutex_lock(&fake_store_lock);
}

void __cyg_profile_func_exit(void *function, void *caller)
{
    pthread_mutex_unlock(&fake_store_lock);
}

static void print_stack(int signal)
{
    void *frames[40];

    backtrace_symbols_fd(frames, backtrace(frames, 40), STDERR_FILENO);
}

/* Some call does not return: print the stacks of all threads, and end. */
static void give_up(void)
{
    unsigned int i;

    for (i = 0; i < THREADS; i++) {
        print_error("thread %u: '%s' for %ld s\n", i, workers[i].doing,
                    workers[i].since ? now() - workers[i].since : 0);
        pthread_kill(workers[i].thread, SIGUSR1);
        sleep(1);
    }
    abort();
}

static void watch_over_them(long end)
{
    unsigned int i;
    long since;

    while (now() < end) {
        sleep(1);
        for (i = 0; i < THREADS; i++) {
            since = workers[i].since;
            if (since && now() - since > SLOWEST)
                give_up();
        }
    }
}

static void report(void)
{
    size_t i;

    for (i = 0; i < OPERATIONS; i++)
        print_message("%8lu %s, of them refused: %lu\n", done[i],
                      operations[i].name, refused[i]);
}

static void destroy_all(void)
{
    libxl_event *event;
    libxl_dominfo *info;
    int i, count;

    info = libxl_list_domain(guest_ctx, &count);
    for (i = 0; i < count; i++)
        if (info[i].domid)
            libxl_domain_destroy(guest_ctx, info[i].domid, NULL);
    libxl_dominfo_list_free(info, count);
    while (
        !libxl_event_check(guest_ctx, &event, LIBXL_EVENTMASK_ALL, NULL, NULL))
        libxl_event_free(guest_ctx, event);
}

static void threads_share_a_context(void **state)
{
    unsigned int i;

    fake_xen.goes_on = true;
    signal(SIGUSR1, print_stack);
    for (i = 0; i < THREADS; i++) {
        workers[i].seed = seed * THREADS + i;
        assert_int_equal(
            pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    watch_over_them(now() + seconds);
    over = true;
    watch_over_them(now() + 3);
    for (i = 0; i < THREADS; i++)
        pthread_join(workers[i].thread, NULL);
    destroy_all();
    report();
    for (i = 0; i < OPERATIONS; i++)
        if (done[i] >= 100 && refused[i] == done[i])
            fail_msg("'%s' has never worked", operations[i].name);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = { GUEST_TEST(threads_share_a_context) };

    if (argc != 3)
        return 2;
    seconds = strtoul(argv[1], NULL, 10);
    seed = strtoul(argv[2], NULL, 10);
    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
