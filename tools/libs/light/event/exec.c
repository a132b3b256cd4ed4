/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Other threads may have held any lock at the time of the fork: the child makes
 * only system calls.
 */
#include "event/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "event/service.h"

#define ERROR_FD 3

static size_t count_strings(const char *const *strings)
{
    size_t count = 0;

    while (strings && strings[count])
        count++;
    return count;
}

const char **libxl__exec_environment(libxl__gc *gc, const char *const *add)
{
    const char *const *own = (const char *const *)environ;
    size_t own_count = count_strings(own), add_count = count_strings(add);
    const char **merged =
        libxl__calloc(gc, own_count + add_count + 1, sizeof(*merged));
    size_t count = 0, i, j, length;

    for (i = 0; i < own_count; i++) {
        length = strcspn(own[i], "=") + 1;
        for (j = 0; j < add_count && strncmp(own[i], add[j], length); j++)
            ;
        if (j == add_count)
            merged[count++] = own[i];
    }
    for (j = 0; j < add_count; j++)
        merged[count++] = add[j];
    return merged;
}

_Noreturn void libxl__exec_become(const libxl__child_spec *spec,
                                  const char **env, int error_fd)
{
    const char *const *argv = spec->argv;
    const char *terminal = spec->terminal;
    struct sigaction standard = { .sa_handler = SIG_DFL };
    sigset_t none;
    int number, error;

    /* The first terminal that a session's leader opens is the session's. */
    if (terminal)
        setsid();
    else
        setpgid(0, 0);
    for (number = 1; number < NSIG; number++)
        sigaction(number, &standard, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);

    if (spec->service)
        libxl__service_become(spec->service, env);
    if (error_fd != ERROR_FD)
        error_fd = dup3(error_fd, ERROR_FD, O_CLOEXEC);
    closefrom(ERROR_FD + 1);
    if (spec->claim)
        libxl__claim_keep(spec->claim);
    close(STDIN_FILENO);
    if (open(terminal ?: "/dev/null", O_RDWR) == STDIN_FILENO &&
        dup2(STDIN_FILENO, STDOUT_FILENO) >= 0 &&
        (!terminal || dup2(STDIN_FILENO, STDERR_FILENO) >= 0))
        execvpe(argv[0], (char *const *)argv, (char *const *)env);

    error = errno;
    if (write(error_fd, &error, sizeof(error)) < 0)
        _exit(126);
    _exit(127);
}
