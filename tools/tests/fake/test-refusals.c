/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Guests that cannot be, or are not there yet: each is refused before or
 * during its creation, with an error that names the option, and leaves nothing.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxl_utils.h>

#include "host.h"
#include "types-index.h"

typedef void change(libxl_domain_config *config);

static void set_text(char **text, const char *value)
{
    free(*text);
    *text = strdup(value);
}

static void no_name(libxl_domain_config *config)
{
    set_text(&config->c_info.name, "");
}

static void slash(libxl_domain_config *config)
{
    set_text(&config->c_info.name, "a/b");
}

static void long_name(libxl_domain_config *config)
{
    char name[300] = "";

    memset(name, 'n', sizeof(name) - 1);
    set_text(&config->c_info.name, name);
}

static void taken_name(libxl_domain_config *config)
{
    set_text(&config->c_info.name, "Domain-0");
}

static void no_kernel(libxl_domain_config *config)
{
    free(config->b_info.kernel);
    config->b_info.kernel = NULL;
}

static void missing_kernel(libxl_domain_config *config)
{
    set_text(&config->b_info.kernel, "missing");
}

static void folder_kernel(libxl_domain_config *config)
{
    set_text(&config->b_info.kernel, "lib");
}

static void empty_kernel(libxl_domain_config *config)
{
    fake_file("empty", "", 0);
    set_text(&config->b_info.kernel, "empty");
}

static void other_kernel(libxl_domain_config *config)
{
    set_text(&config->b_info.kernel, "ramdisk");
}

static void short_kernel(libxl_domain_config *config)
{
    char image[64] = { 0 };

    memcpy(image + 56, "ARM\x64", 4);
    memcpy(image, "MZ", 2); /* with headers past the end of the file */
    memset(image + 60, 0x7f, 4);
    fake_file("short", image, sizeof(image));
    set_text(&config->b_info.kernel, "short");
}

static void missing_ramdisk(libxl_domain_config *config)
{
    set_text(&config->b_info.ramdisk, "missing");
}

static void missing_tree(libxl_domain_config *config)
{
    set_text(&config->b_info.device_tree, "missing");
}

static void hvm(libxl_domain_config *config)
{
    config->c_info.type = LIBXL_DOMAIN_TYPE_HVM;
}

static void no_hap(libxl_domain_config *config)
{
    libxl_defbool_set(&config->c_info.hap, false);
}

static void nested(libxl_domain_config *config)
{
    libxl_defbool_set(&config->b_info.nested_hvm, true);
}

static void trace(libxl_domain_config *config)
{
    config->b_info.vmtrace_buf_kb = 4;
}

static void video(libxl_domain_config *config)
{
    config->b_info.video_memkb = 4096;
}

static void disk(libxl_domain_config *config)
{
    config->disks = calloc(1, sizeof(*config->disks));
    libxl_device_disk_init(config->disks);
    config->num_disks = 1;
}

/* A second disk and a second interface, for one that is wrong. */
static libxl_device_disk *last_disk(libxl_domain_config *config)
{
    fake_config_devices(config, 2, 0);
    return &config->disks[1];
}

/* As "all,^0-3" on a host that has these four. */
static void no_cpu(libxl_domain_config *config)
{
    libxl_domain_build_info *b_info = &config->b_info;

    b_info->num_vcpu_hard_affinity = 1;
    b_info->vcpu_hard_affinity = calloc(1, sizeof(libxl_bitmap));
    libxl_bitmap_alloc(NULL, b_info->vcpu_hard_affinity, 8);
    libxl_bitmap_set(b_info->vcpu_hard_affinity, FAKE_CPUS);
}

static void same_disk(libxl_domain_config *config)
{
    set_text(&last_disk(config)->vdev, "d0p0");
}

static void no_target(libxl_domain_config *config)
{
    set_text(&last_disk(config)->pdev_path, "");
}

static void qcow2(libxl_domain_config *config)
{
    last_disk(config)->format = LIBXL_DISK_FORMAT_QCOW2;
}

static void no_medium(libxl_domain_config *config)
{
    no_target(config);
    config->disks[1].is_cdrom = config->disks[1].removable = 1;
    config->disks[1].format = LIBXL_DISK_FORMAT_EMPTY;
}

static void qdisk(libxl_domain_config *config)
{
    last_disk(config)->backend = LIBXL_DISK_BACKEND_QDISK;
}

static void standalone(libxl_domain_config *config)
{
    last_disk(config)->backend = LIBXL_DISK_BACKEND_STANDALONE;
}

static void transport(libxl_domain_config *config)
{
    last_disk(config)->transport = LIBXL_DISK_TRANSPORT_MMIO;
}

static void virtio_target(libxl_domain_config *config)
{
    set_text(&last_disk(config)->pdev_path, "missing");
    config->disks[1].specification = LIBXL_DISK_SPECIFICATION_VIRTIO;
}

static void same_devid(libxl_domain_config *config)
{
    fake_config_devices(config, 0, 2);
    config->nics[0].devid = config->nics[1].devid = 3;
}

static void nic(libxl_domain_config *config)
{
    config->nics = calloc(1, sizeof(*config->nics));
    libxl_device_nic_init(config->nics);
    config->nics->nictype = LIBXL_NIC_TYPE_VIF_IOEMU;
    config->num_nics = 1;
}

static void no_pixels(libxl_domain_config *config)
{
    fake_config_tables(config);
    config->vdispls->connectors[1].height = 0;
}

static void same_connector(libxl_domain_config *config)
{
    fake_config_tables(config);
    set_text(&config->vdispls->connectors[1].unique_id, "left");
}

static void same_stream(libxl_domain_config *config)
{
    fake_config_tables(config);
    set_text(&config->vsnds->pcms->streams[1].unique_id, "out");
}

static void no_channel(libxl_domain_config *config)
{
    fake_config_tables(config);
    config->vsnds->pcms->streams[1].params.channels_min = 3;
}

static void no_rate(libxl_domain_config *config)
{
    fake_config_tables(config);
    config->vsnds->params.sample_rates[1] = 0;
}

static void unknown_format(libxl_domain_config *config)
{
    fake_config_tables(config);
    config->vsnds->params.sample_formats[0] = 99;
}

static void same_uuid(libxl_domain_config *config)
{
    fake_config_tables(config);
    config->num_vtpms = 2;
    config->vtpms = realloc(config->vtpms, 2 * sizeof(*config->vtpms));
    config->vtpms[1] = config->vtpms[0];
}

static void add_vfb(libxl_domain_config *config)
{
    config->num_vfbs++;
    config->vfbs =
        realloc(config->vfbs, config->num_vfbs * sizeof(*config->vfbs));
    libxl_device_vfb_init(&config->vfbs[config->num_vfbs - 1]);
}

static void two_vfbs(libxl_domain_config *config)
{
    add_vfb(config);
    add_vfb(config);
}

static void two_displays(libxl_domain_config *config)
{
    add_vfb(config);
    config->vfbs->vnc.listen = strdup("[::]:1");
    config->vfbs->vnc.display = 2;
}

static void add_channel(libxl_domain_config *config)
{
    config->num_channels = 1;
    config->channels = calloc(1, sizeof(*config->channels));
    libxl_device_channel_init(config->channels);
    libxl_device_channel_init_connection(config->channels,
                                         LIBXL_CHANNEL_CONNECTION_PTY);
    config->channels->name = strdup("org.one");
}

static void nameless(libxl_domain_config *config)
{
    add_channel(config);
    config->channels->name[0] = 0;
}

static void unconnected(libxl_domain_config *config)
{
    add_channel(config);
    config->channels->connection = LIBXL_CHANNEL_CONNECTION_UNKNOWN;
}

static void pathless(libxl_domain_config *config)
{
    add_channel(config);
    libxl_device_channel_init_connection(config->channels,
                                         LIBXL_CHANNEL_CONNECTION_SOCKET);
}

static void no_backend_type(libxl_domain_config *config)
{
    fake_config_tables(config);
    config->vkbs->backend_type = 99;
}

static void same_keyboard(libxl_domain_config *config)
{
    fake_config_tables(config);
    config->num_vkbs = 2;
    config->vkbs = realloc(config->vkbs, 2 * sizeof(*config->vkbs));
    config->vkbs[1] = config->vkbs[0];
    config->vkbs[1].unique_id = strdup(config->vkbs[0].unique_id);
}

static void unknown_backend(libxl_domain_config *config)
{
    fake_config_tables(config);
    config->pvcallsifs->backend_domname = strdup("nosuch");
}

#ifdef LIBXL__HAS_DOMAIN_CONFIG_NUM_VIRTIOS
static void add_virtio(libxl_domain_config *config, const char *type)
{
    config->num_virtios = 1;
    config->virtios = calloc(1, sizeof(*config->virtios));
    libxl_device_virtio_init(config->virtios);
    config->virtios->type = type ? strdup(type) : NULL;
}

static void no_type(libxl_domain_config *config)
{
    add_virtio(config, NULL);
}

static void bad_type(libxl_domain_config *config)
{
    add_virtio(config, "virtio,deviceXY");
}
#endif

static void tee(libxl_domain_config *config)
{
    config->b_info.tee = LIBXL_TEE_TYPE_OPTEE;
}

static void no_boot_disk(libxl_domain_config *config)
{
    set_text(&config->b_info.bootloader, "pygrub");
}

static void sparse_boot_disk(libxl_domain_config *config)
{
    no_boot_disk(config);
    fake_config_devices(config, 1, 0);
    config->disks[0].format = LIBXL_DISK_FORMAT_QCOW2;
}

static void missing_bootloader(libxl_domain_config *config)
{
    set_text(&config->b_info.bootloader, "nosuchloader");
    fake_config_devices(config, 1, 0);
}

static void many_vcpus(libxl_domain_config *config)
{
    config->b_info.max_vcpus = 129;
}

static void gicv2_vcpus(libxl_domain_config *config)
{
    config->b_info.max_vcpus = 9;
    config->b_info.arch_arm.gic_version = LIBXL_GIC_VERSION_V2;
}

static void gicv2(libxl_domain_config *config)
{
    config->b_info.arch_arm.gic_version = LIBXL_GIC_VERSION_V2;
}

static void no_first_vcpu(libxl_domain_config *config)
{
    config->b_info.max_vcpus = 2;
    libxl_bitmap_alloc(NULL, &config->b_info.avail_vcpus, 2);
    libxl_bitmap_set(&config->b_info.avail_vcpus, 1);
}

static void little_memory(libxl_domain_config *config)
{
    config->b_info.target_memkb = config->b_info.max_memkb = 512;
}

static void endless_memory(libxl_domain_config *config)
{
    config->b_info.target_memkb = config->b_info.max_memkb = UINT64_C(2) << 30;
}

static void more_than_free(libxl_domain_config *config)
{
    config->b_info.target_memkb = config->b_info.max_memkb = 5 << 20;
}

static void unknown_label(libxl_domain_config *config)
{
    fake_xen.has_flask = true;
    set_text(&config->c_info.ssid_label, "unknown");
}

static void unknown_pool(libxl_domain_config *config)
{
    set_text(&config->c_info.pool_name, "unknown");
}

static void two_kernels(libxl_domain_config *config)
{
    libxl_domain_build_info *b_info = &config->b_info;

    config->c_info.type = LIBXL_DOMAIN_TYPE_PV;
    libxl_domain_build_info_init_type(b_info, LIBXL_DOMAIN_TYPE_PV);
    b_info->u.pv.kernel = strdup("another");
}

static void bad_policy(libxl_domain_config *config)
{
    fake_file("etc/arm-regions.conf", "nonsense\n", 9);
}

/* Both at 256 MiB. */
static void overlap(libxl_domain_config *config)
{
    config->b_info.num_iomem = 2;
    config->b_info.iomem = calloc(2, sizeof(*config->b_info.iomem));
    config->b_info.iomem[0] =
        (libxl_iomem_range) { .start = 1, .number = 1, .gfn = 0x10000 };
    config->b_info.iomem[1] =
        (libxl_iomem_range) { .start = 2, .number = 1, .gfn = 0x10000 };
}

static void large_irq(libxl_domain_config *config)
{
    config->b_info.num_irqs = 1;
    config->b_info.irqs = calloc(1, sizeof(*config->b_info.irqs));
    config->b_info.irqs[0] = 70000;
}

static const struct {
    change *change;
    const char *words[4];
} refusals[] = {
    { no_name, { "no name", "'name'" } },
    { slash, { "'a/b'", "slash" } },
    { long_name, { "299 bytes" } },
    { taken_name, { "'Domain-0'", "already" } },
    { no_kernel, { "'g'", "no kernel" } },
    { missing_kernel, { "'missing'", "'kernel'", "No such file" } },
    { folder_kernel, { "'lib'", "'kernel'", "is not a file" } },
    { empty_kernel, { "'empty'", "empty" } },
    { other_kernel, { "'ramdisk'", "not a Linux Image" } },
    { short_kernel, { "'short'", "cut short" } },
    { missing_ramdisk, { "'missing'", "'ramdisk'" } },
    { missing_tree, { "missing", "device_tree" } },
    { hvm, { "\"hvm\"" } },
    { no_hap, { "'hap'" } },
    { nested, { "'nestedhvm'" } },
    { no_cpu, { "vCPU 0 ", "no CPU of its cpupool is in its hard affinity" } },
    { trace, { "'vmtrace_buf_kb'" } },
    { video, { "'videoram'" } },
    { disk, { "domain 'g': disk[0] has the 'vdev' ''" } },
    { same_disk, { "disk[1] has the 'vdev' of domain 'g': disk[0]", "xvda" } },
    { no_target, { "disk[1] has no 'target'" } },
    { qcow2, { "disk[1] needs QEMU", "'bin/qemu'", "install the package" } },
    { no_medium, { "disk[1] needs QEMU", "device_model_override" } },
    { qdisk, { "disk[1] needs QEMU", "device_model_override" } },
    { standalone, { "disk[1]", "'backendtype'", "'specification'" } },
    { transport, { "disk[1]", "'transport'", "'specification'" } },
    { virtio_target, { "disk[1] cannot use 'missing'" } },
    { same_devid, { "vif[1] has the 'devid' of domain 'g': vif[0]" } },
    { nic, { "vif[0] is an emulated interface", "'type'" } },
    { no_pixels, { "vdispl[0] has a connector 'right' of 800x0 pixels" } },
    { same_connector, { "vdispl[0] has the unique id 'left'" } },
    { same_stream, { "vsnd[0] has the unique id 'out'" } },
    { no_channel, { "vsnd[0] stream 1 of PCM 0", "'channels-min' 3" } },
    { no_rate, { "vsnd[0] card has a sample rate of 0" } },
    { unknown_format, { "vsnd[0] card has a sample format", "99" } },
    { same_uuid, { "vtpm[1] has the unique id '11111111", "vtpm[0]" } },
    { no_backend_type, { "vkb[0] has no backend type", "'linux'" } },
    { same_keyboard, { "vkb[1] has the unique id 'keys'", "vkb[0]" } },
    { add_vfb, { "vfb[0] needs QEMU", "install the package" } },
    { two_vfbs, { "vfb[1] is one too many" } },
    { two_displays, { "vfb[0] has a display", "[::]:1", "'vncdisplay'" } },
    { add_channel, { "channel[0] needs QEMU", "install the package" } },
    { nameless, { "channel[0] has no 'name'" } },
    { unconnected, { "channel[0] has no 'connection'" } },
    { pathless, { "channel[0]", "'path'" } },
    { unknown_backend, { "pvcalls[0]", "'nosuch'" } },
#ifdef LIBXL__HAS_DOMAIN_CONFIG_NUM_VIRTIOS
    { no_type, { "virtio[0] has the 'type' ''" } },
    { bad_type, { "virtio[0] has the 'type' 'virtio,deviceXY'" } },
#endif
    { tee, { "'tee' \"optee\"" } },
    { no_boot_disk, { "'bootloader'", "no disk to boot from" } },
    { sparse_boot_disk, { "'bootloader'", "cannot read its first disk" } },
    { missing_bootloader, { "cannot run", "nosuchloader" } },
    { many_vcpus, { "129 vCPUs", "'vcpus'" } },
    { gicv2_vcpus, { "9 vCPUs", "'gic_version'" } },
    { gicv2, { "GICv2", "'gic_version'" } },
    { no_first_vcpu, { "first vCPU" } },
    { little_memory, { "512 KiB", "'memory'" } },
    { endless_memory, { "'g'", "MiB" } },
    { more_than_free, { "5142 MiB", "free" } },
    { unknown_label, { "'seclabel'", "\"unknown\"" } },
    { unknown_pool, { "'pool'", "\"unknown\"" } },
    { two_kernels, { "twice" } },
    { bad_policy, { "arm-regions.conf" } },
    { overlap, { "iomem" } },
    { large_irq, { "70000" } },
};

static void who_asks_for_too_much_is_told_the_option(void **state)
{
    libxl_domain_config config;
    struct fake_rest before;
    uint32_t domid;
    libxl_ctx *ctx;
    size_t i;

    for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        fake_host_reset(NULL);
        before = fake_rest_take();
        ctx = fake_ctx();
        fake_config(&config, "g");
        refusals[i].change(&config);
        assert_int_not_equal(
            libxl_domain_create_new(ctx, &config, &domid, NULL, NULL), 0);
        libxl_domain_config_dispose(&config);
        libxl_ctx_free(ctx);
        if (!fake_has(fake_errors(), refusals[i].words))
            fail_msg("no '%s' in: %s", refusals[i].words[0], fake_errors());
        assert_true(
            fake_rest_is_equal(before, fake_rest_take(), refusals[i].words[0]));
    }
}

static void pv(libxl_domain_config *config)
{
    config->c_info.type = LIBXL_DOMAIN_TYPE_PV;
    libxl_domain_build_info_init_type(&config->b_info, LIBXL_DOMAIN_TYPE_PV);
}

static void any_label(libxl_domain_config *config)
{
    set_text(&config->c_info.ssid_label, "any");
}

static void soft_affinity_elsewhere(libxl_domain_config *config)
{
    libxl_domain_build_info *b_info = &config->b_info;

    b_info->num_vcpu_soft_affinity = b_info->num_vcpu_hard_affinity = 1;
    b_info->vcpu_soft_affinity = calloc(1, sizeof(libxl_bitmap));
    b_info->vcpu_hard_affinity = calloc(1, sizeof(libxl_bitmap));
    libxl_bitmap_alloc(NULL, b_info->vcpu_soft_affinity, 8);
    libxl_bitmap_alloc(NULL, b_info->vcpu_hard_affinity, 8);
    libxl_bitmap_set(b_info->vcpu_soft_affinity, 1);
    libxl_bitmap_set(b_info->vcpu_hard_affinity, 0);
}

/* Guests that are created, with a warning. */
static const struct {
    change *change;
    const char *words[4];
} warnings[] = {
    { pv, { "\"pv\"", "\"pvh\"" } },
    { any_label, { "'seclabel'", "\"any\"", "no XSM" } },
    { soft_affinity_elsewhere, { "soft affinity" } },
};

static void what_is_not_as_asked_is_a_warning(void **state)
{
    libxl_domain_config config;
    uint32_t domid;
    libxl_ctx *ctx;
    size_t i;

    for (i = 0; i < sizeof(warnings) / sizeof(warnings[0]); i++) {
        fake_host_reset(NULL);
        ctx = fake_ctx();
        fake_config(&config, "g");
        warnings[i].change(&config);
        assert_int_equal(
            libxl_domain_create_new(ctx, &config, &domid, NULL, NULL), 0);
        libxl_domain_config_dispose(&config);
        libxl_ctx_free(ctx);
        if (!fake_has(fake_warnings(), warnings[i].words))
            fail_msg("no '%s' in: %s", warnings[i].words[0], fake_warnings());
    }
}

/* Errors of the hypervisor whose text depends on what it says. */
static const struct {
    change *change;
    const char *call;
    int error, rc;
    const char *words[4];
} hypervisor_refuses[] = {
    { NULL, "xc_domain_create", ENOMEM, ERROR_FAIL, { "'g'", "Cannot alloc" } },
    { NULL, "xc_domain_max_vcpus", ENOMEM, ERROR_FAIL, { "vCPUs" } },
    { NULL, "xc_domain_setmaxmem", EPERM, ERROR_FAIL, { "memory limit" } },
    { NULL,
      "xc_evtchn_alloc_unbound",
      ENOSPC,
      ERROR_FAIL,
      { "event channel" } },
    { NULL, "xc_dom_boot_mem_init", ENOMEM, ERROR_FAIL, { "16 MiB" } },
    { NULL, "xc_hvm_param_set", EPERM, ERROR_FAIL, { "interrupt" } },
};

static void what_the_hypervisor_refuses_is_named(void **state)
{
    libxl_domain_config config;
    uint32_t domid;
    libxl_ctx *ctx;
    size_t i;

    for (i = 0; i < sizeof(hypervisor_refuses) / sizeof(hypervisor_refuses[0]);
         i++) {
        fake_host_reset(NULL);
        ctx = fake_ctx();
        fake_xen_refuse(hypervisor_refuses[i].call,
                        hypervisor_refuses[i].error);
        fake_config(&config, "g");
        assert_int_equal(
            libxl_domain_create_new(ctx, &config, &domid, NULL, NULL),
            hypervisor_refuses[i].rc);
        libxl_domain_config_dispose(&config);
        libxl_ctx_free(ctx);
        if (!fake_has(fake_errors(), hypervisor_refuses[i].words))
            fail_msg("no '%s' in: %s", hypervisor_refuses[i].words[0],
                     fake_errors());
        assert_int_equal(fake_domain_count(), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_asks_for_too_much_is_told_the_option),
        cmocka_unit_test(what_is_not_as_asked_is_a_warning),
        cmocka_unit_test(what_the_hypervisor_refuses_is_named),
    };

    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
