/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What programs that call public functions share: one call for each line of
 * standard input, which prints what it gave back.  Run with two libraries in
 * turn, the output shows where they differ.  They know nothing of what is
 * right.
 *
 * A line is a name of the program's table and its arguments.  Numbers are
 * taken as strtoll takes them; '-' is a null pointer where a string is due.
 * Each call is made in a process and with a context of its own, which it may
 * end with a signal.
 */
#ifndef CALLS_H
#define CALLS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libxl.h>

enum { MAX_ARGUMENTS = 6 };

static libxl_ctx *ctx;
static char *arguments[MAX_ARGUMENTS];

static inline long long number(int i)
{
    return arguments[i] ? strtoll(arguments[i], NULL, 0) : 0;
}

static inline char *string(int i)
{
    return arguments[i] && strcmp(arguments[i], "-") ? arguments[i] : NULL;
}

static inline const char *error_name(int rc)
{
    const char *name = rc < 0 ? libxl_error_to_string(rc) : NULL;

    return name ? name : "";
}

static inline void print_rc(int rc)
{
    printf("rc %d %s\n", rc, error_name(rc));
}

/* Takes text, which the caller of the library owns. */
static inline void print_text(char *text)
{
    printf("text %s\n", text ? text : "(null)");
    free(text);
}

static inline void print_json(char *json)
{
    printf("%s", json ? json : "(null)\n");
    free(json);
}

#define PRINT_LIST(type, list, count)                                          \
    do {                                                                       \
        int item_;                                                             \
                                                                               \
        printf("count %d%s\n", (list) ? (count) : -1, (list) ? "" : " null");  \
        for (item_ = 0; (list) && item_ < (count); item_++)                    \
            print_json(libxl_##type##_to_json(ctx, &(list)[item_]));           \
        if (list)                                                              \
            libxl_##type##_list_free(list, count);                             \
    } while (0)

struct call {
    const char *name;
    void (*run)(void);
};

static inline const struct call *find_call(const struct call *calls,
                                           const char *name)
{
    while (calls->name && strcmp(calls->name, name))
        calls++;
    return calls->name ? calls : NULL;
}

static inline void make_call(const struct call *call)
{
    xentoollog_logger_stdiostream *logger =
        xtl_createlogger_stdiostream(stderr, XTL_PROGRESS, 0);

    if (libxl_ctx_alloc(&ctx, LIBXL_VERSION, 0, (void *)logger)) {
        printf("no context\n");
        return;
    }
    call->run();
    libxl_ctx_free(ctx);
    xtl_logger_destroy((void *)logger);
}

/* In order with what the library writes to standard error. */
static inline void call_in_child(const struct call *call)
{
    int status = 0;
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        make_call(call);
        fflush(stdout);
        _exit(0);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        printf("no process\n");
    else if (WIFSIGNALED(status))
        printf("signal %d\n", WTERMSIG(status));
}

/* Splits line and makes the call it names; 0 if there is one. */
static inline int run_line(const struct call *calls, char *line)
{
    char *name = strtok(line, " \n");
    const struct call *call;
    int n;

    if (!name || *name == '#')
        return 0;
    memset(arguments, 0, sizeof(arguments));
    printf("== %s", name);
    for (n = 0; n < MAX_ARGUMENTS; n++) {
        arguments[n] = strtok(NULL, " \n");
        if (!arguments[n])
            break;
        printf(" %s", arguments[n]);
    }
    printf("\n");
    call = find_call(calls, name);
    if (!call) {
        fprintf(stderr, "no call '%s'\n", name);
        return 1;
    }
    call_in_child(call);
    return 0;
}

/* calls ends with one that has no name. */
static inline int run_lines(const struct call *calls)
{
    char line[512];
    int failed = 0;

    while (fgets(line, sizeof(line), stdin))
        failed |= run_line(calls, line);
    return failed;
}

#endif
