/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * xen-arm-memmap: the guest physical addresses of a guest on Arm before it is
 * created, and whether the extended regions of a finished device tree are
 * safe.  Owns the command line; see xen-arm-memmap(1).
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "memmap/check.h"
#include "memmap/file.h"
#include "memmap/policy.h"
#include "memmap/report.h"

#define PROGRAM "xen-arm-memmap"

/* Exit codes that scripts may rely on. */
enum { EXIT_SAFE = 0, EXIT_FAULTS = 1, EXIT_UNREADABLE = 2 };

static const char usage_text[] =
    "Usage: " PROGRAM " [OPTION]... GUEST.CFG [OPTION=VALUE]...\n"
    "       " PROGRAM " [OPTION]... --check FILE.DTB [GUEST.CFG "
    "[OPTION=VALUE]...]\n"
    "\n"
    "Shows where a guest on Arm will have its RAM, its devices and its "
    "extended\nregions.  With no option for output: as a table.\n"
    "\n"
    "  --json            as JSON\n"
    "  --svg FILE        as a drawing\n"
    "  --dtb FILE        the device tree that the guest will get\n"
    "  --check FILE      whether the regions in that device tree are safe;\n"
    "                    a configuration adds the memory passed through\n"
    "  --policy FILE     the administrator's settings, in place of those in\n"
    "                    " ARM_POLICY_FILE "\n"
    "\n"
    "--svg and --dtb take - for standard output.  What is not told by these "
    "is asked\nof the Xen host, and assumed where there is none:\n"
    "\n"
    "  --gpaddr-bits N   width of guest physical addresses\n"
    "  --gic 2|3         the host's interrupt controller\n"
    "  --release NAME    a Debian release or a version of Xen\n"
    "  --bits 32|64      of the guest's kernel, if its file is not here\n"
    "\n"
    "  --help            this text\n";

struct options {
    bool json;
    const char *svg, *dtb, *check;
    const char *policy; /* NULL: the host's, if it has one */
    struct memmap_machine machine;
    const char *config; /* NULL: none */
    char **lines;       /* further lines of the configuration */
    size_t nr_lines;
};

static void tell(const char *about, const char *kind, const char *text)
{
    char *shown = memmap_printable(about), *message = memmap_printable(text);

    fprintf(stderr, PROGRAM ": %s%s%s%s\n", shown ? shown : "",
            shown ? ": " : "", kind, message ? message : "no memory");
    free(shown);
    free(message);
}

static int complain(const char *about, const char *text)
{
    tell(about, "", text);
    return EXIT_UNREADABLE;
}

static bool parse_number(const char *text, unsigned long min, unsigned long max,
                         unsigned int *number)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    if (end == text || *end || value < min || value > max)
        return false;
    *number = value;
    return true;
}

static int parse_gic(struct memmap_machine *machine, const char *text)
{
    unsigned int version;

    if (!parse_number(text[0] == 'v' ? text + 1 : text, 2, 3, &version))
        return complain("--gic", "give 2 or 3");
    machine->gic = version == 2 ? ARM_GIC_V2 : ARM_GIC_V3;
    return 0;
}

static int parse_release(struct memmap_machine *machine, const char *text)
{
    char message[200];

    if (memmap_machine_release(machine, text))
        return 0;
    snprintf(message, sizeof(message),
             "'%.40s' is none that is known here: give a version of Xen like "
             "4.17, or a name of %s",
             text, memmap_releases);
    return complain("--release", message);
}

static int parse_option(struct options *options, int option)
{
    struct memmap_machine *machine = &options->machine;

    switch (option) {
    case 'j':
        options->json = true;
        return 0;
    case 's':
        options->svg = optarg;
        return 0;
    case 'd':
        options->dtb = optarg;
        return 0;
    case 'c':
        options->check = optarg;
        return 0;
    case 'p':
        options->policy = optarg;
        return 0;
    case 'g':
        return parse_gic(machine, optarg);
    case 'r':
        return parse_release(machine, optarg);
    case 'a':
        return parse_number(optarg, 1, 64, &machine->gpaddr_bits)
                   ? 0
                   : complain("--gpaddr-bits", "give a number from 1 to 64");
    case 'b':
        return parse_number(optarg, 32, 64, &machine->kernel_bits) &&
                       machine->kernel_bits % 32 == 0
                   ? 0
                   : complain("--bits", "give 32 or 64");
    default:
        fputs("See '" PROGRAM " --help'.\n", stderr);
        return EXIT_UNREADABLE;
    }
}

static bool is_stdout(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

static int check_options(struct options *options)
{
    bool output = options->json || options->svg || options->dtb;

    if (options->check && output)
        return complain("--check", "prints what it finds; leave out --json, "
                                   "--svg and --dtb");
    if (options->check && options->policy)
        return complain("--policy", "is for guests yet to be created: a tree "
                                    "is checked against the rules alone");
    if (options->json + is_stdout(options->svg) + is_stdout(options->dtb) > 1)
        return complain(NULL, "only one of --json, --svg - and --dtb - can go "
                              "to standard output");
    if (!options->config && !options->check)
        return complain(NULL, "which xl.cfg?  See '" PROGRAM " --help'");
    for (size_t i = 0; i < options->nr_lines; i++)
        if (!strchr(options->lines[i], '='))
            return complain(options->lines[i],
                            "only OPTION=VALUE may follow the xl.cfg");
    return 0;
}

/* Returns 0, or what the program ends with; --help ends it at once. */
static int parse_options(struct options *options, int argc, char **argv)
{
    static const struct option names[] = {
        { "json", no_argument, NULL, 'j' },
        { "svg", required_argument, NULL, 's' },
        { "dtb", required_argument, NULL, 'd' },
        { "check", required_argument, NULL, 'c' },
        { "policy", required_argument, NULL, 'p' },
        { "gpaddr-bits", required_argument, NULL, 'a' },
        { "gic", required_argument, NULL, 'g' },
        { "release", required_argument, NULL, 'r' },
        { "bits", required_argument, NULL, 'b' },
        { "help", no_argument, NULL, 'h' },
        { NULL },
    };
    int option, rc;

    while ((option = getopt_long(argc, argv, "h", names, NULL)) != -1) {
        if (option == 'h') {
            fputs(usage_text, stdout);
            exit(EXIT_SUCCESS);
        }
        rc = parse_option(options, option);
        if (rc)
            return rc;
    }
    if (optind < argc)
        options->config = argv[optind++];
    options->lines = argv + optind;
    options->nr_lines = argc - optind;
    return check_options(options);
}

static FILE *open_output(const char *path)
{
    return is_stdout(path) ? stdout : fopen(path, "we");
}

/* A file that is not whole is an error, and so is a full disk at its end. */
static int close_output(FILE *file, const char *path, int rc)
{
    bool bad = ferror(file) || fflush(file);

    if (file != stdout && fclose(file))
        bad = true;
    if (rc)
        return complain(path, "no memory");
    return bad ? complain(path, strerror(errno)) : 0;
}

static int write_svg(const char *path, const struct memmap_report *report)
{
    FILE *file = open_output(path);

    if (!file)
        return complain(path, strerror(errno));
    return close_output(file, path, memmap_write_svg(file, report));
}

static int write_dtb(const char *path, const struct memmap_report *report)
{
    const struct arm_tree *tree = &report->plan->tree;
    FILE *file = open_output(path);

    if (!file)
        return complain(path, strerror(errno));
    if (report->config->guest.initrd)
        fputs(PROGRAM ": where the ramdisk will be is known only when the "
                      "guest is built: linux,initrd-start and -end are 0\n",
              stderr);
    if (report->config->backend_is_named)
        fputs(PROGRAM ": the number of a disk's backend domain is known only "
                      "when the guest is built: iommus has 0\n",
              stderr);
    fwrite(tree->fdt, 1, fdt_totalsize(tree->fdt), file);
    return close_output(file, path, 0);
}

static int write_reports(const struct options *options,
                         const struct memmap_report *report)
{
    int rc = 0;

    if (options->svg)
        rc = write_svg(options->svg, report);
    if (!rc && options->dtb)
        rc = write_dtb(options->dtb, report);
    if (rc)
        return rc;
    if (options->json)
        return close_output(stdout, "standard output",
                            memmap_write_json(stdout, report));
    if (!options->svg && !options->dtb) {
        memmap_write_table(stdout, report);
        return close_output(stdout, "standard output", 0);
    }
    return 0;
}

static int show_plan(const struct options *options,
                     const struct memmap_config *config,
                     const struct memmap_plan *plan)
{
    const char *policy = options->policy ? options->policy : ARM_POLICY_FILE;
    char *path = memmap_printable(options->config);
    char *policy_path = memmap_printable(policy);
    struct memmap_report report = {
        .path = path,
        .config = config,
        .machine = &options->machine,
        .plan = plan,
    };
    int rc;

    if (memmap_policy_matters(&config->guest.policy))
        report.policy = policy_path;
    for (size_t i = 0; memmap_warning(&report, i); i++)
        tell(options->config, "warning: ", memmap_warning(&report, i));
    rc = path && policy_path ? write_reports(options, &report)
                             : complain(NULL, "no memory");
    free(policy_path);
    free(path);
    return rc;
}

static int show(const struct options *options, struct memmap_config *config)
{
    struct arm_error error = { 0 };
    struct memmap_plan plan = { 0 };
    int rc;

    memmap_config_place(config, &options->machine);
    if (memmap_policy_read(options->policy, config->given_name,
                           &config->guest.policy, &error))
        return complain(NULL, error.message);
    if (memmap_plan_make(&config->guest, config->pool_kb, &plan, &error)) {
        complain(options->config, error.message);
        return error.fault == ARM_FAULT_CONFIG ? EXIT_FAULTS : EXIT_UNREADABLE;
    }
    rc = show_plan(options, config, &plan);
    memmap_plan_dispose(&plan);
    return rc;
}

static int check(const struct options *options, struct memmap_config *config)
{
    struct arm_error error = { 0 };
    int faults =
        memmap_check(options->check, config, &options->machine, &error);

    if (faults < 0)
        return complain(options->check, error.message);
    return faults ? EXIT_FAULTS : EXIT_SAFE;
}

/* A tree cannot be judged by a configuration that nobody would take. */
static int config_failed(const struct options *options,
                         enum memmap_config_result result,
                         const struct arm_error *error)
{
    complain(options->config, error->message);
    return result == MEMMAP_CONFIG_REFUSED && !options->check ? EXIT_FAULTS
                                                              : EXIT_UNREADABLE;
}

int main(int argc, char **argv)
{
    enum memmap_config_result result = MEMMAP_CONFIG_READ;
    struct memmap_config config = { 0 };
    struct arm_error error = { 0 };
    struct options options = { 0 };
    int rc = parse_options(&options, argc, argv);

    if (rc)
        return rc;
    if (options.config)
        result =
            memmap_config_read(options.config, options.lines, options.nr_lines,
                               &options.machine, &config, &error);
    if (result != MEMMAP_CONFIG_READ)
        return config_failed(&options, result, &error);
    if (!options.check)
        memmap_machine_ask(&options.machine);
    memmap_machine_assume(&options.machine);
    rc = options.check ? check(&options, options.config ? &config : NULL)
                       : show(&options, &config);
    memmap_config_dispose(&config);
    return rc;
}
