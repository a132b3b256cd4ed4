/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Calls public functions about the host and its domains: see calls.h.  A map is
 * a list of bits such as 0,2 or 'none', '-' a null pointer.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "calls.h"

static void print_map(const char *name, const libxl_bitmap *map)
{
    int bit;

    printf("%s size %u bits", name, map->size);
    libxl_for_each_set_bit(bit, *map) printf(" %d", bit);
    printf("\n");
}

static void fill_map(libxl_bitmap *map, const char *list)
{
    const char *at = list;

    while (*at >= '0' && *at <= '9') {
        libxl_bitmap_set(map, atoi(at));
        at += strcspn(at, ",");
        at += *at == ',';
    }
}

/* A map for max CPUs, or NULL for '-'. */
static libxl_bitmap *cpu_map(libxl_bitmap *map, int i)
{
    libxl_bitmap_init(map);
    if (!string(i))
        return NULL;
    libxl_cpu_bitmap_alloc(ctx, map, 0);
    fill_map(map, string(i));
    return map;
}

/* Lists */

static void do_list_domain(void)
{
    int count = -7;
    libxl_dominfo *list = libxl_list_domain(ctx, &count);
    int i;

    for (i = 0; list && i < count; i++) {
        list[i].cpu_time = 0;
        printf("shutdown reason %d\n", list[i].shutdown_reason);
    }
    PRINT_LIST(dominfo, list, count);
}

static void do_domain_info(void)
{
    libxl_dominfo info;
    int rc;

    libxl_dominfo_init(&info);
    rc = libxl_domain_info(ctx, &info, number(0));
    print_rc(rc);
    info.cpu_time = 0;
    if (!rc)
        print_json(libxl_dominfo_to_json(ctx, &info));
    libxl_dominfo_dispose(&info);
    print_rc(libxl_domain_info(ctx, NULL, number(0)));
}

static void do_list_vm(void)
{
    int count = -7;
    libxl_vminfo *list = libxl_list_vm(ctx, &count);

    PRINT_LIST(vminfo, list, count);
}

static void do_list_vcpu(void)
{
    int count = -7, cpus = -7, i;
    libxl_vcpuinfo *list = libxl_list_vcpu(ctx, number(0), &count, &cpus);

    printf("cpus %d\n", list ? cpus : -1);
    for (i = 0; list && i < count; i++) {
        list[i].vcpu_time = 0;
        list[i].cpu = list[i].cpu == ~0U ? ~0U : 0;
        list[i].running = list[i].blocked = 0;
    }
    PRINT_LIST(vcpuinfo, list, count);
}

static void do_list_cpupool(void)
{
    int count = -7;
    libxl_cpupoolinfo *list = libxl_list_cpupool(ctx, &count);

    PRINT_LIST(cpupoolinfo, list, count);
}

static void do_cpu_topology(void)
{
    int count = -7;
    libxl_cputopology *list = libxl_get_cpu_topology(ctx, &count);

    PRINT_LIST(cputopology, list, count);
}

static void do_pci_topology(void)
{
    int count = -7;
    libxl_pcitopology *list = libxl_get_pci_topology(ctx, &count);

    PRINT_LIST(pcitopology, list, count);
}

static void do_numainfo(void)
{
    int count = -7;
    libxl_numainfo *list = libxl_get_numainfo(ctx, &count);

    PRINT_LIST(numainfo, list, count);
}

/* The host */

static void do_physinfo(void)
{
    libxl_physinfo info;

    libxl_physinfo_init(&info);
    print_rc(libxl_get_physinfo(ctx, &info));
    print_json(libxl_physinfo_to_json(ctx, &info));
    libxl_physinfo_dispose(&info);
}

static void do_version(void)
{
    const libxl_version_info *info = libxl_get_version_info(ctx);

    printf("same %d\n", info == libxl_get_version_info(ctx));
    if (info)
        print_json(libxl_version_info_to_json(ctx, (void *)info));
}

static void do_max_cpus(void)
{
    print_rc(libxl_get_max_cpus(ctx));
}

static void do_online_cpus(void)
{
    print_rc(libxl_get_online_cpus(ctx));
}

static void do_max_nodes(void)
{
    print_rc(libxl_get_max_nodes(ctx));
}

static void do_map_alloc(void)
{
    libxl_bitmap map;

    libxl_bitmap_init(&map);
    print_rc(libxl_cpu_bitmap_alloc(ctx, &map, number(0)));
    print_map("cpus", &map);
    libxl_bitmap_dispose(&map);
    print_rc(libxl_node_bitmap_alloc(ctx, &map, number(0)));
    print_map("nodes", &map);
    libxl_bitmap_dispose(&map);
    print_rc(libxl_socket_bitmap_alloc(ctx, &map, number(0)));
    print_map("sockets", &map);
    libxl_bitmap_dispose(&map);
}

static void do_socketmap(void)
{
    libxl_bitmap map;

    libxl_bitmap_init(&map);
    libxl_socket_bitmap_alloc(ctx, &map, 0);
    print_rc(libxl_get_online_socketmap(ctx, &map));
    print_map("sockets", &map);
    libxl_bitmap_dispose(&map);
}

static void do_node_to_cpumap(void)
{
    libxl_bitmap map;

    libxl_bitmap_init(&map);
    libxl_cpu_bitmap_alloc(ctx, &map, 0);
    libxl_bitmap_set(&map, 5);
    print_rc(libxl_node_to_cpumap(ctx, number(0), &map));
    print_map("cpus", &map);
    libxl_bitmap_dispose(&map);
}

static void do_nodemap_to_cpumap(void)
{
    libxl_bitmap nodes, cpus;

    libxl_bitmap_init(&nodes);
    libxl_bitmap_init(&cpus);
    libxl_node_bitmap_alloc(ctx, &nodes, 0);
    libxl_cpu_bitmap_alloc(ctx, &cpus, 0);
    libxl_bitmap_set(&cpus, 5);
    fill_map(&nodes, arguments[0]);
    print_rc(libxl_nodemap_to_cpumap(ctx, &nodes, &cpus));
    print_map("cpus", &cpus);
    libxl_bitmap_dispose(&nodes);
    libxl_bitmap_dispose(&cpus);
}

static void do_cpumap_to_nodemap(void)
{
    libxl_bitmap nodes, cpus;

    libxl_bitmap_init(&nodes);
    libxl_node_bitmap_alloc(ctx, &nodes, 0);
    libxl_bitmap_set(&nodes, 5);
    cpu_map(&cpus, 0);
    print_rc(libxl_cpumap_to_nodemap(ctx, &cpus, &nodes));
    print_map("nodes", &nodes);
    libxl_bitmap_dispose(&nodes);
    libxl_bitmap_dispose(&cpus);
}

static void do_scheduler(void)
{
    print_rc(libxl_get_scheduler(ctx));
}

static void do_debug_keys(void)
{
    print_rc(libxl_send_debug_keys(ctx, arguments[0]));
}

static void do_set_parameters(void)
{
    char *at;

    for (at = arguments[0]; *at; at++)
        *at = *at == '+' ? ' ' : *at;
    print_rc(libxl_set_parameters(ctx, arguments[0]));
}

static void do_console_ring(void)
{
    libxl_xen_console_reader *reader;
    unsigned int lines = 0, sum = 0;
    char *line = NULL, *at;
    int rc;

    reader = libxl_xen_console_read_start(ctx, number(0));
    if (!reader) {
        printf("null\n");
        return;
    }
    while ((rc = libxl_xen_console_read_line(ctx, reader, &line)) > 0) {
        lines++;
        for (at = line; *at; at++)
            sum = sum * 31 + (unsigned char)*at;
        if (lines == 1)
            printf("first %s", line);
    }
    libxl_xen_console_read_finish(ctx, reader);
    printf("pieces %u sum %x end %d line %s\n", lines, sum, rc,
           line ? "kept" : "null");
}

static void do_tmem(void)
{
    char name[] = "weight", uuid[] = "0";

    print_text(libxl_tmem_list(ctx, 0, 0));
    print_rc(libxl_tmem_freeze(ctx, 0));
    print_rc(libxl_tmem_thaw(ctx, 0));
    print_rc(libxl_tmem_set(ctx, 0, name, 1));
    print_rc(libxl_tmem_shared_auth(ctx, 0, uuid, 1));
    print_rc(libxl_tmem_freeable(ctx));
}

static void do_flask(void)
{
    char context[] = "system_u:system_r:domU_t";
    size_t length = 0;
    uint32_t sid = 7;
    char *buffer = NULL;

    print_rc(libxl_flask_context_to_sid(ctx, context, sizeof(context), &sid));
    printf("sid %u\n", sid);
    print_rc(libxl_flask_sid_to_context(ctx, 1, &buffer, &length));
    printf("length %zu\n", length);
    free(buffer);
    print_rc(libxl_flask_getenforce(ctx));
    print_rc(libxl_flask_setenforce(ctx, 0));
    print_rc(libxl_flask_loadpolicy(ctx, context, sizeof(context)));
}

/* Memory */

static void do_free_memory(void)
{
    uint64_t kb = 7;
    uint32_t old = 7;

    print_rc(libxl_get_free_memory(ctx, &kb));
    printf("kb %llu\n", (unsigned long long)kb);
    print_rc(libxl_get_free_memory_0x040700(ctx, &old));
    printf("kb %u\n", old);
}

static void do_setmaxmem(void)
{
    print_rc(libxl_domain_setmaxmem(ctx, number(0), number(1)));
}

static void do_set_target(void)
{
    print_rc(libxl_set_memory_target(ctx, number(0), number(1), number(2),
                                     number(3)));
}

static void do_get_target(void)
{
    uint64_t kb = 7;
    uint32_t old = 7;

    print_rc(libxl_get_memory_target(ctx, number(0), &kb));
    printf("kb %llu\n", (unsigned long long)kb);
    print_rc(libxl_get_memory_target_0x040700(ctx, number(0), &old));
    printf("kb %u\n", old);
}

/* need_memory TYPE MAX_KB TARGET_KB SHADOW_KB VCPUS */
static void do_need_memory(void)
{
    libxl_domain_config config;
    libxl_domain_build_info *build = &config.b_info;
    uint64_t kb = 7;
    uint32_t old = 7;

    libxl_domain_config_init(&config);
    config.c_info.type = number(0);
    config.c_info.name = strdup("need");
    libxl_domain_build_info_init_type(build, number(0));
    if (string(1))
        build->max_memkb = number(1);
    if (string(2))
        build->target_memkb = number(2);
    if (string(3))
        build->shadow_memkb = number(3);
    build->max_vcpus = number(4);
    print_rc(libxl_domain_need_memory_0x041200(ctx, build, &kb));
    printf("kb %llu\n", (unsigned long long)kb);
    print_rc(libxl_domain_need_memory_0x040700(ctx, build, &old));
    printf("kb %u\n", old);
    kb = 7;
    print_rc(libxl_domain_need_memory(ctx, &config, -1, &kb));
    printf("kb %llu max %lld target %lld shadow %lld vcpus %d\n",
           (unsigned long long)kb, (long long)build->max_memkb,
           (long long)build->target_memkb, (long long)build->shadow_memkb,
           build->max_vcpus);
    if (string(5))
        print_json(libxl_domain_config_to_json(ctx, &config));
    libxl_domain_config_dispose(&config);
}

static void do_wait_free(void)
{
    print_rc(libxl_wait_for_free_memory(ctx, number(0), number(1), number(2)));
}

static void do_wait_target(void)
{
    print_rc(libxl_wait_for_memory_target(ctx, number(0), number(1)));
}

static void do_shadow_memory(void)
{
    printf("kb %lu\n", libxl_get_required_shadow_memory(number(0), number(1)));
}

/* vCPUs */

static void do_affinity(void)
{
    libxl_bitmap hard, soft;

    print_rc(libxl_set_vcpuaffinity(ctx, number(0), number(1),
                                    cpu_map(&hard, 2), cpu_map(&soft, 3)));
    libxl_bitmap_dispose(&hard);
    libxl_bitmap_dispose(&soft);
}

static void do_affinity_force(void)
{
    libxl_bitmap hard, soft;

    print_rc(libxl_set_vcpuaffinity_force(
        ctx, number(0), number(1), cpu_map(&hard, 2), cpu_map(&soft, 3)));
    libxl_bitmap_dispose(&hard);
    libxl_bitmap_dispose(&soft);
}

static void do_affinity_all(void)
{
    libxl_bitmap hard, soft;

    print_rc(libxl_set_vcpuaffinity_all(ctx, number(0), number(1),
                                        cpu_map(&hard, 2), cpu_map(&soft, 3)));
    libxl_bitmap_dispose(&hard);
    libxl_bitmap_dispose(&soft);
}

static void do_set_nodeaffinity(void)
{
    libxl_bitmap nodes;

    libxl_bitmap_init(&nodes);
    libxl_node_bitmap_alloc(ctx, &nodes, 0);
    fill_map(&nodes, arguments[1]);
    print_rc(libxl_domain_set_nodeaffinity(ctx, number(0), &nodes));
    libxl_bitmap_dispose(&nodes);
}

static void do_get_nodeaffinity(void)
{
    libxl_bitmap nodes;

    libxl_bitmap_init(&nodes);
    libxl_node_bitmap_alloc(ctx, &nodes, 0);
    print_rc(libxl_domain_get_nodeaffinity(ctx, number(0), &nodes));
    print_map("nodes", &nodes);
    libxl_bitmap_dispose(&nodes);
}

static void do_vcpuonline(void)
{
    libxl_bitmap vcpus;

    libxl_bitmap_init(&vcpus);
    libxl_bitmap_alloc(ctx, &vcpus, 64);
    fill_map(&vcpus, arguments[1]);
    print_rc(libxl_set_vcpuonline(ctx, number(0), &vcpus, NULL));
    libxl_bitmap_dispose(&vcpus);
}

/* Schedulers */

static void do_credit_get(void)
{
    libxl_sched_credit_params params;

    libxl_sched_credit_params_init(&params);
    print_rc(libxl_sched_credit_params_get(ctx, number(0), &params));
    printf("%d %d %d\n", params.tslice_ms, params.ratelimit_us,
           params.vcpu_migr_delay_us);
}

static void do_credit_set(void)
{
    libxl_sched_credit_params params;

    libxl_sched_credit_params_init(&params);
    params.tslice_ms = number(1);
    params.ratelimit_us = number(2);
    params.vcpu_migr_delay_us = number(3);
    print_rc(libxl_sched_credit_params_set(ctx, number(0), &params));
    printf("%d %d %d\n", params.tslice_ms, params.ratelimit_us,
           params.vcpu_migr_delay_us);
}

static void do_credit2_get(void)
{
    libxl_sched_credit2_params params;

    libxl_sched_credit2_params_init(&params);
    print_rc(libxl_sched_credit2_params_get(ctx, number(0), &params));
    printf("%d\n", params.ratelimit_us);
}

static void do_credit2_set(void)
{
    libxl_sched_credit2_params params;

    libxl_sched_credit2_params_init(&params);
    params.ratelimit_us = number(1);
    print_rc(libxl_sched_credit2_params_set(ctx, number(0), &params));
    printf("%d\n", params.ratelimit_us);
}

static void do_sched_get(void)
{
    libxl_domain_sched_params params;

    libxl_domain_sched_params_init(&params);
    print_rc(libxl_domain_sched_params_get(ctx, number(0), &params));
    print_json(libxl_domain_sched_params_to_json(ctx, &params));
    libxl_domain_sched_params_dispose(&params);
}

/* sched_set DOMID SCHEDULER WEIGHT CAP PERIOD BUDGET */
static void do_sched_set(void)
{
    libxl_domain_sched_params params;

    libxl_domain_sched_params_init(&params);
    params.sched = number(1);
    params.weight = string(2) ? number(2) : -1;
    params.cap = string(3) ? number(3) : -1;
    params.period = string(4) ? number(4) : -1;
    params.budget = string(5) ? number(5) : -1;
    print_rc(libxl_domain_sched_params_set(ctx, number(0), &params));
    libxl_domain_sched_params_dispose(&params);
}

static void do_vcpu_sched_get(void)
{
    libxl_vcpu_sched_params params;
    int rc;

    libxl_vcpu_sched_params_init(&params);
    if (string(1)) {
        params.num_vcpus = 1;
        params.vcpus = calloc(1, sizeof(*params.vcpus));
        libxl_sched_params_init(&params.vcpus[0]);
        params.vcpus[0].vcpuid = number(1);
        rc = libxl_vcpu_sched_params_get(ctx, number(0), &params);
    } else {
        rc = libxl_vcpu_sched_params_get_all(ctx, number(0), &params);
    }
    print_rc(rc);
    if (!rc)
        print_json(libxl_vcpu_sched_params_to_json(ctx, &params));
    libxl_vcpu_sched_params_dispose(&params);
}

/* vcpu_sched_set DOMID SCHEDULER VCPU PERIOD BUDGET EXTRATIME */
static void do_vcpu_sched_set(void)
{
    libxl_vcpu_sched_params params;

    libxl_vcpu_sched_params_init(&params);
    params.sched = number(1);
    params.num_vcpus = 1;
    params.vcpus = calloc(1, sizeof(*params.vcpus));
    libxl_sched_params_init(&params.vcpus[0]);
    params.vcpus[0].period = string(3) ? number(3) : -1;
    params.vcpus[0].budget = string(4) ? number(4) : -1;
    params.vcpus[0].extratime = string(5) ? number(5) : -1;
    if (string(2)) {
        params.vcpus[0].vcpuid = number(2);
        print_rc(libxl_vcpu_sched_params_set(ctx, number(0), &params));
    } else {
        print_rc(libxl_vcpu_sched_params_set_all(ctx, number(0), &params));
    }
    libxl_vcpu_sched_params_dispose(&params);
}

/* cpupools */

static void do_freecpus(void)
{
    libxl_bitmap cpus;

    libxl_bitmap_init(&cpus);
    print_rc(libxl_get_freecpus(ctx, &cpus));
    print_map("cpus", &cpus);
    libxl_bitmap_dispose(&cpus);
}

/* cpupool_create NAME SCHEDULER CPUS [ID] */
static void do_cpupool_create(void)
{
    uint32_t id = string(3) ? number(3) : LIBXL_CPUPOOL_POOLID_ANY;
    libxl_bitmap cpus;
    libxl_uuid uuid;

    libxl_uuid_generate(&uuid);
    cpu_map(&cpus, 2);
    print_rc(libxl_cpupool_create(ctx, string(0), number(1), cpus, &uuid, &id));
    printf("id %d\n", (int)id);
    libxl_bitmap_dispose(&cpus);
}

static void do_cpupool_destroy(void)
{
    print_rc(libxl_cpupool_destroy(ctx, number(0)));
}

static void do_cpupool_rename(void)
{
    print_rc(libxl_cpupool_rename(ctx, arguments[1], number(0)));
}

static void do_cpupool_info(void)
{
    libxl_cpupoolinfo info;
    int rc;

    libxl_cpupoolinfo_init(&info);
    rc = libxl_cpupool_info(ctx, &info, number(0));
    print_rc(rc);
    if (!rc)
        print_json(libxl_cpupoolinfo_to_json(ctx, &info));
    libxl_cpupoolinfo_dispose(&info);
}

static void do_cpupool_add(void)
{
    print_rc(libxl_cpupool_cpuadd(ctx, number(0), number(1)));
}

static void do_cpupool_remove(void)
{
    print_rc(libxl_cpupool_cpuremove(ctx, number(0), number(1)));
}

static void do_cpupool_add_node(void)
{
    int cpus = -7;

    print_rc(libxl_cpupool_cpuadd_node(ctx, number(0), number(1), &cpus));
    printf("cpus %d\n", cpus);
}

static void do_cpupool_remove_node(void)
{
    int cpus = -7;

    print_rc(libxl_cpupool_cpuremove_node(ctx, number(0), number(1), &cpus));
    printf("cpus %d\n", cpus);
}

static void do_cpupool_add_map(void)
{
    libxl_bitmap cpus;

    cpu_map(&cpus, 1);
    print_rc(libxl_cpupool_cpuadd_cpumap(ctx, number(0), &cpus));
    libxl_bitmap_dispose(&cpus);
}

static void do_cpupool_remove_map(void)
{
    libxl_bitmap cpus;

    cpu_map(&cpus, 1);
    print_rc(libxl_cpupool_cpuremove_cpumap(ctx, number(0), &cpus));
    libxl_bitmap_dispose(&cpus);
}

static void do_cpupool_move(void)
{
    print_rc(libxl_cpupool_movedomain(ctx, number(0), number(1)));
}

static void do_cpupool_qualifier(void)
{
    int was_name = -7;
    uint32_t id = 77;

    print_rc(libxl_cpupool_qualifier_to_cpupoolid(ctx, arguments[0], &id,
                                                  &was_name));
    printf("id %d name %d\n", (int)id, was_name);
}

static void do_cpupool_by_name(void)
{
    uint32_t id = 77;

    print_rc(libxl_name_to_cpupoolid(ctx, arguments[0], &id));
    printf("id %d\n", (int)id);
}

static void do_cpupool_name(void)
{
    print_text(libxl_cpupoolid_to_name(ctx, number(0)));
    print_rc(libxl_cpupoolid_is_valid(ctx, number(0)));
}

/* Names */

static void do_domid(void)
{
    uint32_t domid = 77;

    print_rc(libxl_name_to_domid(ctx, arguments[0], &domid));
    printf("domid %d\n", (int)domid);
}

static void do_qualifier(void)
{
    uint32_t domid = 77;

    print_rc(libxl_domain_qualifier_to_domid(ctx, arguments[0], &domid));
    printf("domid %d\n", (int)domid);
}

static void do_domname(void)
{
    print_text(libxl_domid_to_name(ctx, number(0)));
}

static void do_stubdom(void)
{
    uint32_t target = 77;

    print_rc(libxl_get_stubdom_id(ctx, number(0)));
    print_rc(libxl_is_stubdom(ctx, number(0), &target));
    printf("target %d\n", (int)target);
    print_rc(libxl_is_stubdom(ctx, number(0), NULL));
}

static void do_valid_guest(void)
{
    print_rc(libxl_domid_valid_guest(number(0)));
}

static void do_start_time(void)
{
    printf("time %u\n", libxl_vm_get_start_time(ctx, number(0)));
}

static void do_clear_history(void)
{
    print_rc(libxl_clear_domid_history(ctx));
}

/* Lifecycle */

static void do_pause(void)
{
    print_rc(libxl_domain_pause(ctx, number(0), NULL));
}

static void do_unpause(void)
{
    print_rc(libxl_domain_unpause(ctx, number(0), NULL));
}

static void do_rename(void)
{
    print_rc(libxl_domain_rename(ctx, number(0), string(1), string(2)));
}

static void do_shutdown(void)
{
    print_rc(libxl_domain_shutdown(ctx, number(0), NULL));
}

static void do_reboot(void)
{
    print_rc(libxl_domain_reboot(ctx, number(0), NULL));
}

static void do_trigger(void)
{
    print_rc(libxl_send_trigger(ctx, number(0), number(1), number(2), NULL));
}

static void do_sysrq(void)
{
    print_rc(libxl_send_sysrq(ctx, number(0), arguments[1][0]));
}

static void do_core_dump(void)
{
    print_rc(libxl_domain_core_dump(ctx, number(0), string(1), NULL));
}

static void do_tty(void)
{
    char *path = NULL;

    print_rc(
        libxl_console_get_tty(ctx, number(0), number(1), number(2), &path));
    print_text(path);
    path = NULL;
    print_rc(libxl_primary_console_get_tty(ctx, number(0), &path));
    print_text(path);
}

/* What is left over of saving and restoring */

/* Debian's library writes a header before it fails. */
static void do_suspend(void)
{
    int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

    print_rc(libxl_domain_suspend(ctx, number(0), fd, number(1), NULL));
    close(fd);
}

static void do_suspend_only(void)
{
    print_rc(libxl_domain_suspend_only(ctx, number(0), NULL));
}

static void do_resume(void)
{
    print_rc(libxl_domain_resume(ctx, number(0), number(1), NULL));
}

static void do_remus_start(void)
{
    libxl_domain_remus_info info;

    libxl_domain_remus_info_init(&info);
    print_rc(libxl_domain_remus_start(ctx, &info, number(0), STDOUT_FILENO, -1,
                                      NULL));
    libxl_domain_remus_info_dispose(&info);
}

/* A domain that has no name of its own: neither call may come that far. */
static void do_soft_reset(void)
{
    libxl_domain_config config;

    libxl_domain_config_init(&config);
    config.c_info.type = LIBXL_DOMAIN_TYPE_PVH;
    config.c_info.name = strdup("reset");
    libxl_domain_build_info_init_type(&config.b_info, config.c_info.type);
    print_rc(libxl_domain_soft_reset(ctx, &config, number(0), NULL, NULL));
    libxl_domain_config_dispose(&config);
}

static void do_restore(void)
{
    libxl_domain_restore_params params;
    libxl_domain_config config;
    uint32_t domid = 77;

    libxl_domain_restore_params_init(&params);
    libxl_domain_config_init(&config);
    config.c_info.type = LIBXL_DOMAIN_TYPE_PVH;
    config.c_info.name = strdup("restored");
    libxl_domain_build_info_init_type(&config.b_info, config.c_info.type);
    print_rc(libxl_domain_create_restore(ctx, &config, &domid, STDIN_FILENO, -1,
                                         &params, NULL, NULL));
    printf("domid %d\n", (int)domid);
    libxl_domain_config_dispose(&config);
    libxl_domain_restore_params_dispose(&params);
}

#ifdef LIBXL_HAVE_CONSOLE_ADD_XENSTORE
static void do_console_add(void)
{
    print_rc(libxl_console_add_xenstore(ctx, number(0), number(1), number(2),
                                        number(3), NULL));
}
#endif

static const struct call calls[] = {
    { "list_domain", do_list_domain },
    { "domain_info", do_domain_info },
    { "list_vm", do_list_vm },
    { "list_vcpu", do_list_vcpu },
    { "list_cpupool", do_list_cpupool },
    { "cpu_topology", do_cpu_topology },
    { "pci_topology", do_pci_topology },
    { "numainfo", do_numainfo },
    { "physinfo", do_physinfo },
    { "version", do_version },
    { "max_cpus", do_max_cpus },
    { "online_cpus", do_online_cpus },
    { "max_nodes", do_max_nodes },
    { "map_alloc", do_map_alloc },
    { "socketmap", do_socketmap },
    { "node_to_cpumap", do_node_to_cpumap },
    { "nodemap_to_cpumap", do_nodemap_to_cpumap },
    { "cpumap_to_nodemap", do_cpumap_to_nodemap },
    { "scheduler", do_scheduler },
    { "debug_keys", do_debug_keys },
    { "set_parameters", do_set_parameters },
    { "console_ring", do_console_ring },
    { "tmem", do_tmem },
    { "flask", do_flask },
    { "free_memory", do_free_memory },
    { "setmaxmem", do_setmaxmem },
    { "set_target", do_set_target },
    { "get_target", do_get_target },
    { "need_memory", do_need_memory },
    { "wait_free", do_wait_free },
    { "wait_target", do_wait_target },
    { "shadow_memory", do_shadow_memory },
    { "affinity", do_affinity },
    { "affinity_force", do_affinity_force },
    { "affinity_all", do_affinity_all },
    { "set_nodeaffinity", do_set_nodeaffinity },
    { "get_nodeaffinity", do_get_nodeaffinity },
    { "vcpuonline", do_vcpuonline },
    { "credit_get", do_credit_get },
    { "credit_set", do_credit_set },
    { "credit2_get", do_credit2_get },
    { "credit2_set", do_credit2_set },
    { "sched_get", do_sched_get },
    { "sched_set", do_sched_set },
    { "vcpu_sched_get", do_vcpu_sched_get },
    { "vcpu_sched_set", do_vcpu_sched_set },
    { "freecpus", do_freecpus },
    { "cpupool_create", do_cpupool_create },
    { "cpupool_destroy", do_cpupool_destroy },
    { "cpupool_rename", do_cpupool_rename },
    { "cpupool_info", do_cpupool_info },
    { "cpupool_add", do_cpupool_add },
    { "cpupool_remove", do_cpupool_remove },
    { "cpupool_add_node", do_cpupool_add_node },
    { "cpupool_remove_node", do_cpupool_remove_node },
    { "cpupool_add_map", do_cpupool_add_map },
    { "cpupool_remove_map", do_cpupool_remove_map },
    { "cpupool_move", do_cpupool_move },
    { "cpupool_qualifier", do_cpupool_qualifier },
    { "cpupool_by_name", do_cpupool_by_name },
    { "cpupool_name", do_cpupool_name },
    { "domid", do_domid },
    { "qualifier", do_qualifier },
    { "domname", do_domname },
    { "stubdom", do_stubdom },
    { "valid_guest", do_valid_guest },
    { "start_time", do_start_time },
    { "clear_history", do_clear_history },
    { "pause", do_pause },
    { "unpause", do_unpause },
    { "rename", do_rename },
    { "shutdown", do_shutdown },
    { "reboot", do_reboot },
    { "trigger", do_trigger },
    { "sysrq", do_sysrq },
    { "core_dump", do_core_dump },
    { "tty", do_tty },
    { "suspend", do_suspend },
    { "suspend_only", do_suspend_only },
    { "resume", do_resume },
    { "remus_start", do_remus_start },
    { "soft_reset", do_soft_reset },
    { "restore", do_restore },
#ifdef LIBXL_HAVE_CONSOLE_ADD_XENSTORE
    { "console_add", do_console_add },
#endif
    { NULL },
};

int main(void)
{
    return run_lines(calls);
}
