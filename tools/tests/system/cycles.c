/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Creates and destroys a guest many times with one context, and says whether
 * the process grew meanwhile: its memory in use, its resident set, its
 * descriptors and its threads.
 *
 *   cycles KERNEL COUNT IMAGE DISK-SCRIPT VIF-SCRIPT
 *
 * The guest has a disk and a vif, and a second disk is attached and detached in
 * every tenth cycle.
 */
#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxl.h>
#include <libxl_utils.h>

static const char *kernel, *image, *disk_script, *vif_script;

/* The first cycles fill caches and buffers that stay. */
enum { WARM_UP = 20, PLUG_EACH = 10 };

struct size {
    long heap_bytes, resident_pages, descriptors, threads;
};

static long count_entries(const char *path)
{
    DIR *dir = opendir(path);
    long count = 0;

    while (dir && readdir(dir))
        count++;
    if (dir)
        closedir(dir);
    return count;
}

static struct size own_size(void)
{
    struct size size = { .heap_bytes = mallinfo2().uordblks,
                         .descriptors = count_entries("/proc/self/fd"),
                         .threads = count_entries("/proc/self/task") };
    FILE *statm = fopen("/proc/self/statm", "r");

    if (!statm || fscanf(statm, "%*d %ld", &size.resident_pages) != 1)
        size.resident_pages = -1;
    if (statm)
        fclose(statm);
    return size;
}

static void make_disk(libxl_device_disk *disk, const char *vdev)
{
    libxl_device_disk_init(disk);
    disk->vdev = strdup(vdev);
    disk->pdev_path = strdup(image);
    disk->script = strdup(disk_script);
    disk->format = LIBXL_DISK_FORMAT_RAW;
    disk->readwrite = 1;
}

static void add_devices(libxl_domain_config *config)
{
    config->disks = calloc(1, sizeof(*config->disks));
    config->num_disks = 1;
    make_disk(config->disks, "xvda");
    config->nics = calloc(1, sizeof(*config->nics));
    config->num_nics = 1;
    libxl_device_nic_init(config->nics);
    config->nics->script = strdup(vif_script);
}

static int plug_disk(libxl_ctx *ctx, uint32_t domid)
{
    libxl_device_disk disk;
    int rc;

    make_disk(&disk, "xvdb");
    rc = libxl_device_disk_add(ctx, domid, &disk, NULL);
    if (!rc)
        rc = libxl_device_disk_destroy(ctx, domid, &disk, NULL);
    libxl_device_disk_dispose(&disk);
    return rc;
}

static int one_cycle(libxl_ctx *ctx, int number)
{
    libxl_domain_config config;
    uint32_t domid = INVALID_DOMID;
    int rc;

    libxl_domain_config_init(&config);
    config.c_info.type = LIBXL_DOMAIN_TYPE_PVH;
    config.c_info.name = strdup("again");
    libxl_uuid_generate(&config.c_info.uuid);
    libxl_domain_build_info_init_type(&config.b_info, LIBXL_DOMAIN_TYPE_PVH);
    config.b_info.kernel = strdup(kernel);
    config.b_info.max_memkb = config.b_info.target_memkb = 16 << 10;
    add_devices(&config);
    rc = libxl_domain_create_new(ctx, &config, &domid, NULL, NULL);
    libxl_domain_config_dispose(&config);
    if (!rc && number % PLUG_EACH == 0)
        rc = plug_disk(ctx, domid);
    if (domid != (uint32_t)INVALID_DOMID &&
        libxl_domain_destroy(ctx, domid, NULL))
        return ERROR_FAIL;
    return rc;
}

static void judge(const char *what, long before, long after, long allowed)
{
    if (after - before > allowed)
        printf("not ok %s of the process: from %ld to %ld\n", what, before,
               after);
    else
        printf("ok the process does not grow: %s from %ld to %ld\n", what,
               before, after);
}

int main(int argc, char **argv)
{
    int count = argc == 6 ? atoi(argv[2]) : 0, i, rc = 0;
    struct size before = { 0 }, after;
    libxl_ctx *ctx = NULL;
    xentoollog_logger *logger =
        (xentoollog_logger *)xtl_createlogger_stdiostream(stderr, XTL_WARN, 0);

    if (count <= 0) {
        fprintf(stderr,
                "usage: cycles KERNEL COUNT IMAGE DISK-SCRIPT VIF-SCRIPT\n");
        return 2;
    }
    kernel = argv[1];
    image = argv[3];
    disk_script = argv[4];
    vif_script = argv[5];
    if (libxl_ctx_alloc(&ctx, LIBXL_VERSION, 0, logger))
        return 1;
    for (i = 0; i < count && !rc; i++) {
        if (i == WARM_UP)
            before = own_size();
        rc = one_cycle(ctx, i);
    }
    after = own_size();
    libxl_ctx_free(ctx);
    xtl_logger_destroy(logger);
    if (rc) {
        printf("not ok one process: cycle %d ended with %d\n", i, rc);
        return 0;
    }
    printf("ok one process creates and destroys a guest %d times\n", count);
    judge("heap bytes", before.heap_bytes, after.heap_bytes, 1024);
    judge("resident pages", before.resident_pages, after.resident_pages, 16);
    judge("descriptors", before.descriptors, after.descriptors, 0);
    judge("threads", before.threads, after.threads, 0);
    return 0;
}
