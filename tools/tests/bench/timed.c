/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * timed NAME COMMAND...: runs the command with its output dropped and prints
 * NAME, the microseconds from its start to its end, and those of a processor
 * that it and the programs that it waited for took.  Fails as it does.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static long long us_of(struct timeval time)
{
    return time.tv_sec * 1000000LL + time.tv_usec;
}

int main(int argc, char **argv)
{
    long long begin = now_us();
    struct rusage used;
    int status = 0;
    pid_t child;

    if (argc < 3)
        return 2;
    child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_RDWR);

        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &used) != child)
        return 1;
    printf("%s %lld %lld\n", argv[1], now_us() - begin,
           us_of(used.ru_utime) + us_of(used.ru_stime));
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
