/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Options of xl.cfg(5), read by libxlutil's parser: what xl refuses is refused
 * here, and what xl passes over with a warning is passed over here.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm/paging_pool.h"
#include "memmap/config.h"
#include "memmap/devices.h"
#include "memmap/file.h"
#include "memmap/kernel.h"

#define MAX_FILE_SIZE  (1u << 20)
#define DEFAULT_MEMORY 32 /* MiB, as libxl.h has it */
#define REFUSE(...)    arm_error_set(error, ARM_FAULT_CONFIG, __VA_ARGS__)
#define NO_MEMORY()    arm_error_set(error, ARM_FAULT_NOMEM, "no memory")

/* The file and the further lines as one text for the parser. */
static char *gather(const char *path, char *const *lines, size_t nr_lines,
                    size_t *size_r, struct arm_error *error)
{
    size_t size;
    char *text = memmap_file_read(path, MAX_FILE_SIZE, &size);

    if (!text) {
        arm_error_set(error, ARM_FAULT_CONFIG, "cannot read it: %s",
                      errno == EFBIG ? "larger than 1 MiB: no xl.cfg"
                                     : strerror(errno));
        return NULL;
    }
    for (size_t i = 0; i < nr_lines; i++) {
        size_t more = strlen(lines[i]);
        char *longer = realloc(text, size + more + 2);

        if (!longer) {
            free(text);
            NO_MEMORY();
            return NULL;
        }
        text = longer;
        text[size++] = '\n';
        memcpy(text + size, lines[i], more + 1);
        size += more;
    }
    *size_r = size;
    return text;
}

/* A number that the option may leave out. */
static int read_number(const XLU_Config *xlu, const char *option, long *number,
                       long max, struct arm_error *error)
{
    long value;

    if (xlu_cfg_get_long(xlu, option, &value, 0))
        return 0;
    if (value < 0 || value > max)
        return REFUSE("%s=%ld: give a number from 0 to %ld", option, value,
                      max);
    *number = value;
    return 0;
}

static int read_memory(const XLU_Config *xlu, struct arm_guest *guest,
                       struct arm_error *error)
{
    const long max = GUEST_RAM_MAX >> 20;
    long memory = -1, maxmem = -1;

    if (read_number(xlu, "memory", &memory, max, error) ||
        read_number(xlu, "maxmem", &maxmem, max, error))
        return -1;
    if (memory < 0)
        memory = maxmem < 0 ? DEFAULT_MEMORY : maxmem;
    if (maxmem >= 0 && maxmem < memory)
        return REFUSE("memory=%ld and maxmem=%ld: raise maxmem or lower memory",
                      memory, maxmem);
    if (memory == 0)
        return REFUSE("memory=0: give the guest at least 1 MiB");
    /* A guest starts with all of maxmem, and gives back the rest. */
    if (maxmem < 0)
        maxmem = memory;
    guest->ram_pages = (uint64_t)maxmem << (20 - ARM_PAGE_SHIFT);
    return 0;
}

static int read_vcpus(const XLU_Config *xlu, struct arm_guest *guest,
                      struct arm_error *error)
{
    long vcpus = 1, maxvcpus = -1;

    if (read_number(xlu, "vcpus", &vcpus, GUEST_MAX_VCPUS, error) ||
        read_number(xlu, "maxvcpus", &maxvcpus, GUEST_MAX_VCPUS, error))
        return -1;
    if (maxvcpus >= 0 && maxvcpus < vcpus)
        return REFUSE("maxvcpus=%ld is less than vcpus=%ld: raise maxvcpus or "
                      "lower vcpus",
                      maxvcpus, vcpus);
    if (vcpus == 0)
        return REFUSE("vcpus=0: give the guest at least one");
    guest->vcpus = maxvcpus >= 0 ? maxvcpus : vcpus;
    return 0;
}

/* After memory and vCPUs, which the default is made from. */
static int read_pool(const XLU_Config *xlu, struct memmap_config *config,
                     struct arm_error *error)
{
    const struct arm_guest *guest = &config->guest;
    long pool = -1;

    if (read_number(xlu, "shadow_memory", &pool, INT32_MAX, error))
        return -1;
    config->pool_kb =
        pool < 0 ? arm_pool_default_kb(
                       guest->vcpus, guest->ram_pages << (ARM_PAGE_SHIFT - 10))
                 : (uint64_t)pool << 10;
    return 0;
}

/* A hexadecimal number as scanf(3) takes it; NULL when there is none. */
static const char *read_hex(const char *text, uint64_t *number)
{
    char *end;

    *number = strtoull(text, &end, 16);
    return end == text ? NULL : end;
}

static bool parse_iomem(const char *text, struct arm_iomem *iomem)
{
    iomem->gfn = ARM_IOMEM_SAME_GFN;
    text = read_hex(text, &iomem->mfn);
    if (!text || *text != ',')
        return false;
    text = read_hex(text + 1, &iomem->pages);
    if (text && *text == '@')
        text = read_hex(text + 1, &iomem->gfn);
    return text && *text == '\0';
}

static int read_iomem(const XLU_Config *xlu, struct memmap_config *config,
                      struct arm_error *error)
{
    XLU_ConfigList *list;
    int count;

    if (xlu_cfg_get_list(xlu, "iomem", &list, &count, 0) || count == 0)
        return 0;
    config->iomem = calloc(count, sizeof(*config->iomem));
    if (!config->iomem)
        return NO_MEMORY();
    for (int i = 0; i < count; i++) {
        const char *text = xlu_cfg_get_listitem(list, i);

        if (!text || !parse_iomem(text, &config->iomem[i]))
            return REFUSE("iomem[%d]=\"%.80s\": write \"START,PAGES\" or "
                          "\"START,PAGES@GFN\", page numbers in hexadecimal",
                          i, text ? text : "[…]");
    }
    config->guest.iomem = config->iomem;
    config->guest.nr_iomem = count;
    return 0;
}

static int read_gic(const XLU_Config *xlu, struct memmap_config *config,
                    struct arm_error *error)
{
    libxl_gic_version version = LIBXL_GIC_VERSION_DEFAULT;
    const char *text;

    if (!xlu_cfg_get_string(xlu, "gic_version", &text, 0) &&
        libxl_gic_version_from_string(text, &version))
        return REFUSE("gic_version=\"%.80s\": write \"v2\", \"v3\" or "
                      "\"default\"",
                      text);
    config->gic_is_hosts = version == LIBXL_GIC_VERSION_DEFAULT;
    config->guest.gic =
        version == LIBXL_GIC_VERSION_V2 ? ARM_GIC_V2 : ARM_GIC_V3;
    return 0;
}

static int read_vuart(const XLU_Config *xlu, struct arm_guest *guest,
                      struct arm_error *error)
{
    libxl_vuart_type type = LIBXL_VUART_TYPE_UNKNOWN;
    const char *text;

    if (!xlu_cfg_get_string(xlu, "vuart", &text, 0) &&
        libxl_vuart_type_from_string(text, &type))
        return REFUSE("vuart=\"%.80s\": the one there is, is \"sbsa_uart\"",
                      text);
    guest->vuart = type == LIBXL_VUART_TYPE_SBSA_UART;
    return 0;
}

static bool has_entries(const XLU_Config *xlu, const char *option)
{
    int count = 0;

    return !xlu_cfg_get_list(xlu, option, NULL, &count, 1) && count > 0;
}

/* The numbers of irqs; *irqs_r is for free(), also on failure. */
static int read_numbers(const XLU_Config *xlu, uint32_t **irqs_r,
                        size_t *nr_irqs_r, struct arm_error *error)
{
    XLU_ConfigList *list;
    int count;

    if (xlu_cfg_get_list(xlu, "irqs", &list, &count, 0) || count == 0)
        return 0;
    *irqs_r = calloc(count, sizeof(**irqs_r));
    if (!*irqs_r)
        return NO_MEMORY();
    *nr_irqs_r = count;
    for (int i = 0; i < count; i++) {
        const char *text = xlu_cfg_get_listitem(list, i);
        unsigned long number = 0;
        char *end = NULL;

        if (text)
            number = strtoul(text, &end, 10);
        if (end == text || *end || number > UINT32_MAX)
            return REFUSE("irqs[%d]=\"%.80s\": give the number of an "
                          "interrupt",
                          i, text ? text : "[…]");
        (*irqs_r)[i] = number;
    }
    return 0;
}

/* Which interrupts are in use, before devices take theirs. */
static int read_irqs(const XLU_Config *xlu, struct memmap_config *config,
                     struct arm_error *error)
{
    struct irq_guest guest = {
        .vuart = config->guest.vuart,
        .described = config->partial.irqs,
    };
    uint32_t *irqs = NULL;
    int rc = read_numbers(xlu, &irqs, &guest.nr_irqs, error);

    guest.irqs = irqs;
    if (!rc)
        rc = irqmap_fill(&config->irqs, &guest, error);
    free(irqs);
    return rc;
}

static int read_devices(XLU_Config *xlu, struct memmap_config *config,
                        struct arm_error *error)
{
    struct arm_guest *guest = &config->guest;
    libxl_defbool acpi = { 0 };

    xlu_cfg_get_defbool(xlu, "acpi", &acpi, 0);
    libxl_defbool_setdefault(&acpi, false);
    guest->acpi = libxl_defbool_val(acpi);
    guest->vpci = has_entries(xlu, "pci");
    return memmap_devices_read(xlu, config, error);
}

static int read_partial(const XLU_Config *xlu, struct memmap_config *config,
                        struct arm_error *error)
{
    const char *file;

    if (xlu_cfg_get_string(xlu, "device_tree", &file, 0))
        return 0;
    if (arm_partial_read(file, &config->partial, error))
        return -1;
    config->has_partial = true;
    return 0;
}

/* xl makes one line of root and extra, or takes cmdline instead of both. */
static int read_cmdline(const XLU_Config *xlu, struct memmap_config *config,
                        struct arm_error *error)
{
    const char *line = NULL, *root = NULL, *extra = NULL;
    int size = 0;

    xlu_cfg_get_string(xlu, "cmdline", &line, 0);
    xlu_cfg_get_string(xlu, "root", &root, 0);
    xlu_cfg_get_string(xlu, "extra", &extra, 0);
    if (line)
        size = asprintf(&config->cmdline, "%s", line);
    else if (root)
        size = asprintf(&config->cmdline, "root=%s%s%s", root, extra ? " " : "",
                        extra ? extra : "");
    else if (extra)
        size = asprintf(&config->cmdline, "%s", extra);
    if (size < 0) {
        config->cmdline = NULL;
        return NO_MEMORY();
    }
    config->guest.cmdline = config->cmdline;
    return 0;
}

static int read_options(XLU_Config *xlu, struct memmap_machine *machine,
                        struct memmap_config *config, struct arm_error *error)
{
    const char *name = "guest", *kernel, *ramdisk = "";

    xlu_cfg_get_string(xlu, "name", &name, 0);
    config->name = memmap_printable(name);
    config->given_name = strdup(name);
    if (!config->name || !config->given_name)
        return NO_MEMORY();
    if (!machine->kernel_bits && !xlu_cfg_get_string(xlu, "kernel", &kernel, 0))
        machine->kernel_bits = memmap_kernel_bits(kernel);
    xlu_cfg_get_string(xlu, "ramdisk", &ramdisk, 0);
    config->guest.initrd = *ramdisk != '\0';

    if (read_memory(xlu, &config->guest, error) ||
        read_vcpus(xlu, &config->guest, error) ||
        read_pool(xlu, config, error) || read_gic(xlu, config, error) ||
        read_vuart(xlu, &config->guest, error) ||
        read_iomem(xlu, config, error) || read_partial(xlu, config, error) ||
        read_irqs(xlu, config, error) || read_devices(xlu, config, error))
        return -1;
    return read_cmdline(xlu, config, error);
}

enum memmap_config_result
memmap_config_read(const char *path, char *const *lines, size_t nr_lines,
                   struct memmap_machine *machine,
                   struct memmap_config *config_r, struct arm_error *error)
{
    enum memmap_config_result result = MEMMAP_CONFIG_UNREADABLE;
    struct memmap_config config = { 0 };
    XLU_Config *xlu = NULL;
    size_t size;
    char *text = gather(path, lines, nr_lines, &size, error);

    if (!text)
        goto out;
    xlu = xlu_cfg_init(stderr, path);
    if (!xlu) {
        NO_MEMORY();
        goto out;
    }
    /* The parser would write its bytes to the terminal. */
    if (memchr(text, '\0', size)) {
        REFUSE("not a text, so no xl.cfg; a device tree follows --check");
        goto out;
    }
    if (xlu_cfg_readdata(xlu, text, size)) {
        REFUSE("not in the syntax of xl.cfg(5)%s",
               nr_lines ? "; a text is in quotes, and those in others for the "
                          "shell: 'name=\"guest\"'"
                        : "");
        goto out;
    }
    if (read_options(xlu, machine, &config, error)) {
        result = MEMMAP_CONFIG_REFUSED;
        goto out;
    }
    *config_r = config;
    config = (struct memmap_config) { 0 };
    result = MEMMAP_CONFIG_READ;

out:
    memmap_config_dispose(&config);
    if (xlu)
        xlu_cfg_destroy(xlu);
    free(text);
    return result;
}

void memmap_config_place(struct memmap_config *config,
                         const struct memmap_machine *machine)
{
    struct arm_guest *guest = &config->guest;

    guest->xen_major = machine->xen_major;
    guest->xen_minor = machine->xen_minor;
    guest->gpaddr_bits = machine->gpaddr_bits;
    guest->is_64bit = machine->kernel_bits == 64;
    if (config->gic_is_hosts)
        guest->gic = machine->gic;
    /* By now the configuration is where it stays. */
    guest->partial = config->has_partial ? &config->partial : NULL;
    guest->virtio = config->virtio;
}

void memmap_config_dispose(struct memmap_config *config)
{
    if (!config)
        return;

    free(config->name);
    free(config->given_name);
    free(config->cmdline);
    free(config->iomem);
    for (unsigned int i = 0; i < ARM_SLOTS; i++)
        free(config->types[i]);
    arm_partial_dispose(&config->partial);
    *config = (struct memmap_config) { 0 };
}
