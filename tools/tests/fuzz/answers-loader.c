/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Fuzzes what a bootloader answers and writes to its terminal: pygrub reads the
 * disk of the guest, which may choose both.  The first byte of the input is how
 * the bootloader ends, the second how much of what follows it writes to its
 * terminal.  The rest is its answer.
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answers.h"
#include "event/child.h"
#include "fake/host.h"
#include "must.h"

/* Of the first byte: one that ends well, with an exit status, by a signal. */
enum { ENDS_WELL, EXITS, IS_KILLED };

/* Of the second byte: the library keeps the last 256 bytes. */
#define WORDS_UNIT 4
#define PIECE      100

static struct {
    int status;
    const uint8_t *words, *answer;
    size_t words_size, answer_size;
} loader;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int __wrap_libxl__child_run(libxl__gc *gc, const libxl__child_spec *spec,
                            int *status_r);
void __wrap_libxl__children_start(libxl__children *children, unsigned int index,
                                  const libxl__child_spec *spec);

static void write_to(const char *path, int flags, const uint8_t *data,
                     size_t size)
{
    int fd = open(path, flags | O_CLOEXEC | O_NOCTTY);

    must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    close(fd);
}

static const char *output_of(const libxl__child_spec *spec)
{
    static const char option[] = "--output=";
    const char *const *argv = spec->argv;

    while (*argv && strncmp(*argv, option, strlen(option)))
        argv++;
    must(*argv);
    return *argv + strlen(option);
}

/* It writes piece by piece, and the library serves its terminal. */
static int write_words(libxl__gc *gc, const libxl__child_spec *spec)
{
    const struct libxl__child_company *company = spec->company;
    size_t at, size;
    int rc = 0;

    for (at = 0; !rc && at < loader.words_size; at += size) {
        size = loader.words_size - at;
        size = size < PIECE ? size : PIECE;
        write_to(spec->terminal, O_RDWR, loader.words + at, size);
        if (poll(company->fds, company->count, 0) > 0)
            rc = company->serve(gc, company->user);
    }
    return rc;
}

int __wrap_libxl__child_run(libxl__gc *gc, const libxl__child_spec *spec,
                            int *status_r)
{
    write_to(output_of(spec), O_WRONLY, loader.answer, loader.answer_size);
    *status_r = loader.status;
    return write_words(gc, spec);
}

/* The script of its disk does nothing. */
void __wrap_libxl__children_start(libxl__children *children, unsigned int index,
                                  const libxl__child_spec *spec)
{
}

static void set_up(const uint8_t *data, size_t size)
{
    unsigned int how = data[0] / 4;

    switch (data[0] % 4) {
    case EXITS:
        loader.status = (int)how << 8;
        break;
    case IS_KILLED:
        loader.status = (int)how;
        break;
    default:
        loader.status = 0;
    }
    loader.words = data + 2;
    loader.words_size =
        data[1] * WORDS_UNIT < size - 2 ? data[1] * WORDS_UNIT : size - 2;
    loader.answer = loader.words + loader.words_size;
    loader.answer_size = size - 2 - loader.words_size;
}

/* Whether the answer names a kernel, if not where. */
static bool names_kernel(void)
{
    return memmem(loader.answer, loader.answer_size, "kernel ", 7);
}

/* Those of a message are some that the bootloader has written. */
static void must_quote_words(const char *message)
{
    static const char before[] = "its last words: \"";
    const char *quoted = strstr(message, before), *end;
    size_t i;

    for (i = 0; i < loader.words_size; i++)
        if (loader.words[i] != '\n' && !isprint(loader.words[i]))
            return; /* control characters are quoted as blanks */
    if (!quoted)
        return;
    quoted += strlen(before);
    end = strstr(quoted, "\"\n");
    must(end && memmem(loader.words, loader.words_size, quoted, end - quoted));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    libxl_domain_config config;
    int rc;

    if (size < 2)
        return -1;
    set_up(data, size);
    fake_config(&config, "g");
    fake_config_devices(&config, 1, 0);
    free(config.b_info.kernel);
    config.b_info.kernel = NULL;
    config.b_info.bootloader = strdup("loader");
    rc = answers_try(answers_create, &config);
    libxl_domain_config_dispose(&config);
    must_quote_words(fake_errors());
    must(rc || (!loader.status && names_kernel()));
    return 0;
}
