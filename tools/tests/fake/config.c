/* SPDX-License-Identifier: LGPL-2.1-only */
/* Configurations of guests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>
#include <libxl_utils.h>

#include "host.h"

void fake_config(libxl_domain_config *config, const char *name)
{
    libxl_domain_config_init(config);
    config->c_info.type = LIBXL_DOMAIN_TYPE_PVH;
    config->c_info.name = strdup(name);
    config->b_info.kernel = strdup("kernel");
    config->b_info.target_memkb = config->b_info.max_memkb = 16 * 1024;
}

/* A passed-through device at 256 MiB. */
static void write_partial_tree(const char *path)
{
    const fdt64_t reg[] = { cpu_to_fdt64(0x10000000), cpu_to_fdt64(0x1000) };
    char fdt[1024];

    assert_false(fdt_create(fdt, sizeof(fdt)) || fdt_finish_reservemap(fdt) ||
                 fdt_begin_node(fdt, "") || fdt_begin_node(fdt, "passthrough"));
    assert_false(fdt_property(fdt, "ranges", NULL, 0) ||
                 fdt_property_u32(fdt, "#address-cells", 2) ||
                 fdt_property_u32(fdt, "#size-cells", 2) ||
                 fdt_begin_node(fdt, "device") ||
                 fdt_property(fdt, "reg", reg, sizeof(reg)));
    assert_false(fdt_end_node(fdt) || fdt_end_node(fdt) || fdt_end_node(fdt) ||
                 fdt_finish(fdt));
    fake_file(path, fdt, fdt_totalsize(fdt));
}

void fake_config_pool(void)
{
    fake_xen.pools[0].cpus = 0;
    fake_xen.pools[3] = (struct fake_pool) { true, XEN_SCHEDULER_CREDIT2,
                                             (1 << FAKE_CPUS) - 1 };
    fake_store_write("/local/pool/3/name", "pool");
}

static libxl_bitmap map_of(uint8_t bits)
{
    libxl_bitmap map = { .size = 1, .map = calloc(1, 1) };

    map.map[0] = bits;
    return map;
}

static void add_machine(libxl_domain_build_info *b_info)
{
    b_info->arch_arm.vuart = LIBXL_VUART_TYPE_SBSA_UART;
    b_info->arch_arm.gic_version = LIBXL_GIC_VERSION_V3;
    b_info->num_iomem = 2;
    b_info->iomem = calloc(2, sizeof(*b_info->iomem));
    b_info->iomem[0] =
        (libxl_iomem_range) { .start = 0x9010, .number = 1, .gfn = 0x10000 };
    libxl_iomem_range_init(&b_info->iomem[1]);
    b_info->iomem[1].start = 0x30000;
    b_info->iomem[1].number = 2;
    b_info->num_irqs = 2;
    b_info->irqs = calloc(2, sizeof(*b_info->irqs));
    b_info->irqs[0] = 40;
    b_info->irqs[1] = 41;
    write_partial_tree("partial.dtb");
    b_info->device_tree = strdup("partial.dtb");
}

static void add_placement(libxl_domain_build_info *b_info)
{
    b_info->max_vcpus = 3;
    b_info->avail_vcpus = map_of(0x3);
    b_info->num_vcpu_hard_affinity = 2;
    b_info->vcpu_hard_affinity = calloc(2, sizeof(libxl_bitmap));
    b_info->vcpu_hard_affinity[0] = map_of(0x1);
    b_info->vcpu_hard_affinity[1] = map_of(0x2);
    b_info->num_vcpu_soft_affinity = 1;
    b_info->vcpu_soft_affinity = calloc(1, sizeof(libxl_bitmap));
    b_info->vcpu_soft_affinity[0] = map_of(0x1);
    b_info->cpumap = map_of(0xc);
    b_info->nodemap = map_of(0x2);
    b_info->sched_params.weight = 300;
}

static char **pairs(const char *key, const char *value)
{
    char **list = calloc(5, sizeof(*list));

    list[0] = strdup(key);
    list[1] = value ? strdup(value) : NULL;
    return list;
}

void fake_config_everything(libxl_domain_config *config, const char *name)
{
    libxl_domain_create_info *c_info = &config->c_info;
    libxl_domain_build_info *b_info = &config->b_info;

    fake_config(config, name);
    c_info->ssid_label = strdup("a_label");
    c_info->pool_name = strdup("pool");
    c_info->xsdata = pairs("vm-data/a", "one");
    c_info->platformdata = pairs("acpi_s3", "1");
    b_info->ramdisk = strdup("ramdisk");
    b_info->cmdline = strdup("console=hvc0");
    b_info->max_grant_frames = 64;
    libxl_defbool_set(&b_info->claim_mode, true);
    libxl_defbool_set(&b_info->vpmu, true);
    add_machine(b_info);
    add_placement(b_info);
}

void fake_disk(libxl_device_disk *disk, const char *vdev)
{
    libxl_device_disk_init(disk);
    disk->pdev_path = strdup("disk");
    disk->vdev = strdup(vdev);
    disk->format = LIBXL_DISK_FORMAT_RAW;
    disk->readwrite = 1;
}

void fake_config_devices(libxl_domain_config *config, unsigned int disks,
                         unsigned int nics)
{
    char vdev[] = "xvda";
    unsigned int i;

    config->num_disks = disks;
    config->disks = calloc(disks, sizeof(*config->disks));
    for (i = 0; i < disks; i++, vdev[3]++)
        fake_disk(&config->disks[i], vdev);
    config->num_nics = nics;
    config->nics = calloc(nics, sizeof(*config->nics));
    for (i = 0; i < nics; i++)
        libxl_device_nic_init(&config->nics[i]);
}

#define ADD_JSON(type, list, json)                                             \
    do {                                                                       \
        config->num_##list = 1;                                                \
        config->list = calloc(1, sizeof(*config->list));                       \
        assert_int_equal(                                                      \
            libxl_device_##type##_from_json(NULL, config->list, json), 0);     \
    } while (0)

void fake_config_tables(libxl_domain_config *config)
{
    ADD_JSON(vtpm, vtpms,
             "{\"uuid\": \"11111111-2222-3333-4444-555555555555\"}");
    ADD_JSON(pvcallsif, pvcallsifs, "{}");
    ADD_JSON(vdispl, vdispls,
             "{\"be_alloc\": true, \"connectors\": ["
             "{\"unique_id\": \"left\", \"width\": 1920, \"height\": 1080},"
             "{\"unique_id\": \"right\", \"width\": 800, \"height\": 600}]}");
    ADD_JSON(vsnd, vsnds,
             "{\"short_name\": \"Card\", \"long_name\": \"A sound card\","
             " \"params\": {\"sample_rates\": [8000, 44100],"
             " \"sample_formats\": [\"s16_le\", \"f32_be\"],"
             " \"channels_min\": 1, \"channels_max\": 8,"
             " \"buffer_size\": 4096}, \"pcms\": [{\"name\": \"PCM\","
             " \"params\": {\"sample_rates\": [8000]}, \"streams\": ["
             "{\"unique_id\": \"out\", \"type\": \"P\"},"
             "{\"unique_id\": \"in\", \"type\": \"C\","
             " \"params\": {\"channels_max\": 2}}]}]}");
    ADD_JSON(vkb, vkbs,
             "{\"backend_type\": \"linux\", \"unique_id\": \"keys\","
             " \"feature_abs_pointer\": true, \"width\": 1920,"
             " \"height\": 1080}");
}

uint32_t fake_create_of(libxl_ctx *ctx, libxl_domain_config *config)
{
    uint32_t domid = INVALID_DOMID;

    if (libxl_domain_create_new(ctx, config, &domid, NULL, NULL))
        fail_msg("'%s' is not created: %s", config->c_info.name, fake_errors());
    libxl_domain_config_dispose(config);
    return domid;
}

uint32_t fake_create(libxl_ctx *ctx, const char *name)
{
    libxl_domain_config config;

    fake_config(&config, name);
    return fake_create_of(ctx, &config);
}
