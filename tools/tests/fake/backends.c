/* SPDX-License-Identifier: LGPL-2.1-only */
#include "backends.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store.h"

#define RULES   16
#define ANSWERS 64
#define PATH    256

static struct {
    const char *part;
    struct fake_backend backend;
} rules[RULES];
static unsigned int rule_count;

/* States that are still to be written. */
static struct {
    char path[PATH];
    const char *value;
    long due_ms;
} answers[ANSWERS];
static unsigned int answer_count;

/* Those that have closed: without a new frontend they do nothing more. */
static char closed[ANSWERS][PATH];

static char *closed_at(const char *path)
{
    unsigned int i;

    for (i = 0; i < ANSWERS; i++)
        if (!strcmp(closed[i], path))
            return closed[i];
    return NULL;
}

static long now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void fake_backends_reset(void)
{
    rule_count = answer_count = 0;
    memset(closed, 0, sizeof(closed));
    fake_backends_are("/backend/", FAKE_BACKEND_GOOD);
}

void fake_backends_are(const char *part, struct fake_backend backend)
{
    pthread_mutex_lock(&fake_store_lock);
    if (rule_count == RULES)
        abort();
    rules[rule_count].part = part;
    rules[rule_count++].backend = backend;
    pthread_mutex_unlock(&fake_store_lock);
}

static const struct fake_backend *backend_at(const char *path)
{
    unsigned int i;

    for (i = rule_count; i-- > 0;)
        if (strstr(path, rules[i].part))
            return &rules[i].backend;
    return NULL;
}

/* The directory of the state at path has this node, of this value or any. */
static bool has_node(const char *path, const char *name, const char *value)
{
    char node[PATH], *found;
    bool has;

    snprintf(node, sizeof(node), "%.*s/%s", (int)(strrchr(path, '/') - path),
             path, name);
    found = fake_store_read(node);
    has = found && (!value || !strcmp(found, value));
    free(found);
    return has;
}

static bool has_frontend(const char *path)
{
    char node[PATH], *frontend;
    bool has;

    snprintf(node, sizeof(node), "%.*s/frontend",
             (int)(strrchr(path, '/') - path), path);
    frontend = fake_store_read(node);
    snprintf(node, sizeof(node), "%s/state", frontend ? frontend : "");
    free(frontend);
    frontend = fake_store_read(node);
    has = frontend != NULL;
    free(frontend);
    return has;
}

static void answer(const char *path, const char *value, unsigned int delay_ms)
{
    if (!value)
        return;
    if (answer_count == ANSWERS)
        abort();
    snprintf(answers[answer_count].path, PATH, "%s", path);
    answers[answer_count].value = value;
    answers[answer_count++].due_ms = now_ms() + delay_ms;
}

/* Room for one more that has closed; the oldest is forgotten for it. */
static char *closed_room(void)
{
    static unsigned int oldest;
    char *room = closed_at("");

    return room ? room : closed[oldest++ % ANSWERS];
}

/* The states of backends at path, or whose frontends are at path. */
static void notice(const char *path)
{
    const struct fake_backend *backend = backend_at(path);
    size_t length = strlen(path);
    char *was_closed = closed_at(path);
    unsigned int domid;
    int at = 0;

    /* Not of what a guest calls so, deeper in its own nodes. */
    sscanf(path, "/local/domain/%u/backend/%n", &domid, &at);
    if (!at || !backend || length < 6 || strcmp(path + length - 6, "/state"))
        return;
    if (has_node(path, "state", "1")) {
        if (was_closed)
            was_closed[0] = 0;
        /* One that finds no frontend fails for good. */
        if (has_frontend(path))
            answer(path, backend->seen, backend->delay_ms);
    } else if (has_node(path, "state", "5") &&
               !((backend->guest_holds || was_closed) && has_frontend(path))) {
        answer(path, backend->closed, backend->delay_ms);
    } else if (has_node(path, "state", "6") && !was_closed) {
        strcpy(closed_room(), path);
    }
}

void fake_backends_notice(const char *path)
{
    pthread_mutex_lock(&fake_store_lock);
    notice(path);
    pthread_mutex_unlock(&fake_store_lock);
}

int fake_backends_answer(void)
{
    long now = now_ms(), next = -1;
    unsigned int i;

    pthread_mutex_lock(&fake_store_lock);
    for (i = 0; i < answer_count;) {
        char path[PATH];
        const char *value = answers[i].value;

        if (answers[i].due_ms > now) {
            if (next < 0 || answers[i].due_ms - now < next)
                next = answers[i].due_ms - now;
            i++;
            continue;
        }
        strcpy(path, answers[i].path);
        answers[i] = answers[--answer_count];
        if (has_node(path, "state", NULL))
            fake_store_write(path, value);
    }
    pthread_mutex_unlock(&fake_store_lock);
    return next;
}
