/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Reads arm-regions.conf(5): lines of NAME = VALUE.  The file is the
 * administrator's, but a slip of the pen must not become a guest without
 * memory to map: what is not understood to the last character is refused.
 */
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm/file.h"
#include "arm/paging_pool.h"
#include "arm/policy.h"

#define LINE_MAX_SIZE 200

struct reader {
    const char *file;
    const char *guest;
    unsigned int line;
    unsigned int seen; /* a bit for each row of settings[] */
    unsigned int nr_budgets;
    bool has_budget; /* one of them is not "none" */
    struct arm_policy policy;
    struct arm_error *error;
};

__attribute__((format(printf, 2, 3))) static int bad(struct reader *reader,
                                                     const char *format, ...)
{
    char cause[300];
    va_list args;

    va_start(args, format);
    vsnprintf(cause, sizeof(cause), format, args);
    va_end(args);
    return arm_error_set(reader->error, ARM_FAULT_CONFIG, "%.150s:%u: %s",
                         reader->file, reader->line, cause);
}

/* The value of a digit; 16 for other characters. */
static unsigned int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 16;
}

static unsigned int shift_of(char suffix)
{
    switch (suffix) {
    case 'K':
        return 10;
    case 'M':
        return 20;
    case 'G':
        return 30;
    case 'T':
        return 40;
    default:
        return 0;
    }
}

/* Decimal, or hexadecimal after 0x; then K, M, G, T or nothing. */
static int read_number(const char **at, uint64_t *number_r)
{
    const char *c = *at;
    unsigned int base = 10, shift;
    uint64_t number = 0;
    const char *first;

    if (c[0] == '0' && (c[1] == 'x' || c[1] == 'X')) {
        base = 16;
        c += 2;
    }
    for (first = c; digit_of(*c) < base; c++)
        if (__builtin_mul_overflow(number, base, &number) ||
            __builtin_add_overflow(number, digit_of(*c), &number))
            return -1;
    if (c == first)
        return -1;
    shift = shift_of(*c);
    if (shift) {
        if (number > UINT64_MAX >> shift)
            return -1;
        number <<= shift;
        c++;
    }
    *at = c;
    *number_r = number;
    return 0;
}

static int read_size(struct reader *reader, const char *name, const char *value,
                     uint64_t *size_r)
{
    if (!read_number(&value, size_r) && !*value)
        return 0;
    return bad(reader,
               "%s: this is no number below 2^64: write 64M, 16G or "
               "0x4000000",
               name);
}

/* One of two words. */
static int read_choice(struct reader *reader, const char *name,
                       const char *value, const char *no, const char *yes,
                       bool *yes_r)
{
    if (strcmp(value, no) && strcmp(value, yes))
        return bad(reader, "%s: write '%s' or '%s'", name, no, yes);
    *yes_r = !strcmp(value, yes);
    return 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* For whichever of the two comes second. */
static int check_budget(struct reader *reader)
{
    if (reader->policy.regions_off && reader->has_budget)
        return bad(reader, "there is a map_budget and 'regions = off': without "
                           "regions there is nothing to map into, remove one "
                           "of the two");
    return 0;
}

static int set_regions(struct reader *reader, const char *value)
{
    if (read_choice(reader, "regions", value, "on", "off",
                    &reader->policy.regions_off))
        return -1;
    return check_budget(reader);
}

static int set_overlap(struct reader *reader, const char *value)
{
    return read_choice(reader, "overlap", value, "refuse", "warn",
                       &reader->policy.overlap_warns);
}

/* For whichever of the two comes second. */
static int check_sizes(struct reader *reader)
{
    const struct arm_policy *policy = &reader->policy;

    if (policy->max_size && policy->min_size > policy->max_size)
        return bad(reader, "min_size is larger than max_size: no region "
                           "could be both");
    return 0;
}

static int set_min_size(struct reader *reader, const char *value)
{
    uint64_t size;

    if (read_size(reader, "min_size", value, &size))
        return -1;
    if (size < REGION_MIN_SIZE)
        return bad(reader,
                   "min_size: no region is smaller than %" PRIu64
                   "M: write that, or more",
                   REGION_MIN_SIZE >> 20);
    reader->policy.min_size = size;
    return check_sizes(reader);
}

static int set_max_size(struct reader *reader, const char *value)
{
    uint64_t size;

    if (!strcmp(value, "none"))
        return 0;
    if (read_size(reader, "max_size", value, &size))
        return -1;
    if (size < REGION_MIN_SIZE || size % REGION_ALIGNMENT)
        return bad(reader,
                   "max_size: write 'none', or a multiple of %" PRIu64
                   "M that is at least %" PRIu64 "M; 'regions = off' is for "
                   "no regions at all",
                   REGION_ALIGNMENT >> 20, REGION_MIN_SIZE >> 20);
    reader->policy.max_size = size;
    return check_sizes(reader);
}

static int set_max_address(struct reader *reader, const char *value)
{
    uint64_t end;

    if (!strcmp(value, "none"))
        return 0;
    if (read_size(reader, "max_address", value, &end))
        return -1;
    if (end == 0)
        return bad(reader, "max_address: nothing lies below 0; 'regions = "
                           "off' is for no regions at all");
    reader->policy.max_address = end;
    return 0;
}

/* FIRST-LAST or START+SIZE. */
static int set_keep_free(struct reader *reader, const char *value)
{
    struct arm_policy *policy = &reader->policy;
    uint64_t first, other, last;
    char sign;

    if (policy->nr_keep_free == ARM_POLICY_MAX_KEEP_FREE)
        return bad(reader, "keep_free: more than %d ranges; join some",
                   ARM_POLICY_MAX_KEEP_FREE);
    if (read_number(&value, &first) || (*value != '-' && *value != '+'))
        goto no_range;
    sign = *value++;
    if (read_number(&value, &other) || *value)
        goto no_range;
    last = sign == '-' ? other : first + (other - 1);
    if (last < first || (sign == '+' && other == 0))
        return bad(reader,
                   "keep_free: the range is empty, or ends beyond 2^64: "
                   "write FIRST-LAST, both inside, or START+SIZE");
    policy->keep_free[policy->nr_keep_free++] =
        (struct arm_policy_range) { .first = first, .last = last };
    return 0;

no_range:
    return bad(reader, "keep_free: this is no range: write "
                       "0x80000000-0x8fffffff or 0x80000000+256M");
}

/* Cuts a word off the front of *rest_io; returns it. */
static const char *next_word(char **rest_io)
{
    char *word = *rest_io, *end = word;

    while (*end && !is_blank(*end))
        end++;
    while (is_blank(*end))
        *end++ = '\0';
    *rest_io = end;
    return word;
}

static int read_budget(struct reader *reader, const char *value,
                       uint64_t *budget_r)
{
    if (!strcmp(value, "none")) {
        *budget_r = 0;
        return 0;
    }
    if (read_size(reader, "map_budget", value, budget_r))
        return -1;
    if (*budget_r == 0 || *budget_r % REGION_ALIGNMENT)
        return bad(reader,
                   "map_budget: write 'none', or a multiple of %" PRIu64
                   "M that is not 0",
                   REGION_ALIGNMENT >> 20);
    if (*budget_r > ARM_POOL_MAX_SIZE)
        return bad(reader,
                   "map_budget: there is room for regions of %" PRIu64
                   "M in all: write no more",
                   (uint64_t)ARM_POOL_MAX_SIZE >> 20);
    reader->has_budget = true;
    return check_budget(reader);
}

/* SIZE, or SIZE PATTERN; the last line counts that matches the guest. */
static int set_map_budget(struct reader *reader, const char *value)
{
    char words[LINE_MAX_SIZE], *rest = strcpy(words, value);
    const char *size = next_word(&rest);
    const char *pattern = next_word(&rest);
    uint64_t budget;

    if (reader->nr_budgets++ == ARM_POLICY_MAX_BUDGETS)
        return bad(reader, "map_budget: more than %d lines; join some",
                   ARM_POLICY_MAX_BUDGETS);
    if (read_budget(reader, size, &budget))
        return -1;
    if (*rest)
        return bad(reader, "map_budget: there are words after the pattern; "
                           "write one on each line, and '?' for a blank in "
                           "a name");
    if (*pattern == '"' || *pattern == '\'')
        return bad(reader, "map_budget: write the pattern for the names of "
                           "guests without quotes, and none for all guests");
    if (!*pattern || !fnmatch(pattern, reader->guest, 0))
        reader->policy.map_budget = budget;
    return 0;
}

static const struct setting {
    const char *name;
    bool repeats;
    int (*set)(struct reader *reader, const char *value);
} settings[] = {
    { "regions", false, set_regions },
    { "min_size", false, set_min_size },
    { "max_size", false, set_max_size },
    { "max_address", false, set_max_address },
    { "keep_free", true, set_keep_free },
    { "map_budget", true, set_map_budget },
    { "overlap", false, set_overlap },
};

/* Cuts blanks off both ends, in place. */
static char *trim(char *text)
{
    char *end;

    while (is_blank(*text))
        text++;
    end = text + strlen(text);
    while (end > text && is_blank(end[-1]))
        *--end = '\0';
    return text;
}

static int read_setting(struct reader *reader, char *line)
{
    char *value = strchr(line, '=');
    const char *name;

    if (!value)
        return bad(reader, "there is no '=': write NAME = VALUE, or '#' "
                           "before a comment");
    *value++ = '\0';
    value = trim(value);
    name = trim(line);
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        if (strcmp(name, settings[i].name))
            continue;
        if (!settings[i].repeats && reader->seen & 1u << i)
            return bad(reader, "%s is set a second time: keep one of the two",
                       name);
        reader->seen |= 1u << i;
        return settings[i].set(reader, value);
    }
    return bad(reader,
               "there is no setting '%.40s': regions, min_size, max_size, "
               "max_address, keep_free, map_budget and overlap are",
               name);
}

/* size bytes without the end of the line. */
static int read_line(struct reader *reader, const char *text, size_t size)
{
    char line[LINE_MAX_SIZE], *start;
    const char *comment = memchr(text, '#', size);

    if (comment)
        size = comment - text;
    if (size >= sizeof(line))
        return bad(reader, "the line has more than %zu characters",
                   sizeof(line) - 1);
    for (size_t i = 0; i < size; i++)
        if (!is_blank(text[i]) && (text[i] < ' ' || text[i] > '~'))
            return bad(reader,
                       "character %zu is not plain text: remove it, or write "
                       "it in a comment",
                       i + 1);
    memcpy(line, text, size);
    line[size] = '\0';
    start = trim(line);
    return *start ? read_setting(reader, start) : 0;
}

int arm_policy_parse(const char *file, const char *text, size_t size,
                     const char *guest, struct arm_policy *policy_r,
                     struct arm_error *error)
{
    struct reader reader = { .file = file, .guest = guest, .error = error };
    struct arm_policy *policy = &reader.policy;
    const char *end = text + size;

    while (text < end) {
        const char *newline = memchr(text, '\n', end - text);
        const char *stop = newline ? newline : end;

        reader.line++;
        if (read_line(&reader, text, stop - text))
            return -1;
        text = newline ? newline + 1 : end;
    }
    policy->restricts = policy->regions_off || policy->min_size ||
                        policy->max_address || policy->nr_keep_free;
    *policy_r = *policy;
    return 0;
}

int arm_policy_read(const char *file, const char *guest,
                    struct arm_policy *policy_r, struct arm_error *error)
{
    size_t size;
    char *text;
    int r = arm_file_read(file, ARM_POLICY_MAX_SIZE, &text, &size);

    if (r == ENOENT || r == ENOTDIR) {
        *policy_r = (struct arm_policy) { 0 };
        return 0;
    }
    if (r == EFBIG)
        return arm_error_set(error, ARM_FAULT_CONFIG,
                             "%.150s: larger than %d bytes", file,
                             ARM_POLICY_MAX_SIZE);
    if (r)
        return arm_error_set(error,
                             r == ENOMEM ? ARM_FAULT_NOMEM : ARM_FAULT_CONFIG,
                             "%.150s: cannot read it: %s", file,
                             r == EINVAL ? "it is not a file" : strerror(r));
    r = arm_policy_parse(file, text, size, guest, policy_r, error);
    free(text);
    return r;
}
