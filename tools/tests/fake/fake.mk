# SPDX-License-Identifier: LGPL-2.1-only
#
# The whole library, without a hypervisor: linked with fakes of libxenctrl and
# libxenguest and with a xenstored of the test's own, to which the real
# libxenstore speaks.

FAKE := tools/tests/fake
FAKE_SRC := $(addprefix $(FAKE)/,asks.c backends.c builder.c calls.c config.c failures.c guest.c host.c store.c sysfs.c tree.c xen.c xen-host.c \
    xen-sched.c xenstored.c)
FAKE_TESTS := $(patsubst $(FAKE)/test-%.c,%,$(wildcard $(FAKE)/test-*.c))
FAKE_TEST_SRC := $(FAKE_TESTS:%=$(FAKE)/test-%.c)
FAKE_LIGHT_SRC := $(wildcard $(LIGHT)/*.c $(LIGHT)/*/*.c)
FAKE_ALL_SRC := $(FAKE_LIGHT_SRC) $(FAKE_SRC) $(FAKE_TEST_SRC)

# The public headers as an Arm64 host reads them, on any machine: what they ask
# of the compiler's architecture, they ask of a macro of our own.
FAKE_INCLUDE := $(B)/fake/include
$(FAKE_INCLUDE)/stamp: $(TYPES_INCLUDE)/stamp
	@mkdir -p $(@D)
	cp -r $(TYPES_INCLUDE)/. $(@D)
	find $(@D) -name '*.h' | xargs sed -i \
	    -e 's/\b__aarch64__\b/FAKE_ARM64/g' \
	    -e 's/\b__\(x86_64\|i386\|arm\)__\b/FAKE_NO_\1/g'
	touch $@

# Every place of the machine that the library knows is in the folder that the
# test runs in.
FAKE_CFLAGS := -isystem $(FAKE_INCLUDE) -DFAKE_ARM64 \
    -DHAVE_YAJL_YAJL_VERSION_H -DUSERDATA_DIR='"lib"' \
    -DNAMES_FILE='"run/libxl-names"' -DSCRIPTS_FILE='"run/libxl-scripts"' \
    -DDOMID_HISTORY_FILE='"run/domid-history"' -DLOG_DIRECTORY='"log"' \
    -DARM_POLICY_FILE='"etc/arm-regions.conf"' -DSYSFS_BUS='"sys"' \
    -DSCRIPT_DIR='"/proc/self/cwd/scripts"' -DSTATE_TIMEOUT_MS=1000 \
    -DSCRIPT_TIMEOUT_MS=2000 -DQEMU_PROGRAM='"bin/qemu"' \
    -DDAEMON_TIMEOUT_MS=4000 -DQMP_TIMEOUT_MS=4000 -DQMP_DIRECTORY='"run"' -DXENBUS_DEVICE='"xenbus"' -DLIBXL_PRIVATE_BINDIR='"bin"'
FAKE_FLAGS := $(B)/flags-fake
$(FAKE_FLAGS): FORCE
	@$(call write_flags,$(NATIVE_CFLAGS) $(FAKE_CFLAGS))

FAKE_LIBS := -lxenstore -lxentoolcore -lxentoollog -lcmocka -lfdt -lyajl -luuid

# $(1): compiler
define fake_tests
$(1)_FAKE_OBJ := $$(FAKE_LIGHT_SRC:%.c=$(B)/fake/$(1)/%.o) \
    $$(FAKE_SRC:%.c=$(B)/fake/$(1)/%.o) \
    $(B)/fake/$(1)/gen/types.o $(B)/fake/$(1)/gen/not_implemented.o
$(1)_FAKE_TESTS := $$(FAKE_TESTS:%=$(B)/fake/$(1)/fake-%)

$(B)/fake/$(1)/%.o: %.c $(FAKE_INCLUDE)/stamp $(LIGHT_GEN_HDR) \
    $(FAKE_FLAGS) \
    | $$(NATIVE_STAMP)
	@mkdir -p $$(@D)
	@echo "  CC    $$< (fake, $(1))"
	@$(1) $$(NATIVE_CFLAGS) $$(FAKE_CFLAGS) -MMD -MP -c $$< -o $$@

$(B)/fake/$(1)/gen/%.o: $(LIGHT_GEN)/%.c $(FAKE_INCLUDE)/stamp $(FAKE_FLAGS) \
    | $$(NATIVE_STAMP)
	@mkdir -p $$(@D)
	@echo "  CC    $$< (fake, $(1))"
	@$(1) $$(NATIVE_CFLAGS) $$(FAKE_CFLAGS) -MMD -MP -c $$< -o $$@

$$($(1)_FAKE_TESTS): $(B)/fake/$(1)/fake-%: \
    $(B)/fake/$(1)/$(FAKE)/test-%.o $$($(1)_FAKE_OBJ) | $$(NATIVE_XEN_STAMP)
	@echo "  LD    $$@"
	@$(1) $$(NATIVE_LDFLAGS) $$(NATIVE_XEN_LDFLAGS) -pthread $$^ \
	    -Wl,--wrap=libxl__file_write \
	    $$(FAKE_LIBS) -o $$@

CHECK_FAKE += $$($(1)_FAKE_TESTS)
.SECONDARY: $$($(1)_FAKE_OBJ)
endef
$(foreach compiler,$(NATIVE_COMPILERS),\
    $(eval $(call fake_tests,$(compiler))))

-include $(foreach compiler,$(NATIVE_COMPILERS),\
    $(FAKE_ALL_SRC:%.c=$(B)/fake/$(compiler)/%.d) \
    $(B)/fake/$(compiler)/gen/types.d $(B)/fake/$(compiler)/gen/not_implemented.d)

HELP += 'make check-fake   the library on a fake hypervisor and xenstored'
CHECKS += check-fake
.PHONY: check-fake
check-fake: $(CHECK_FAKE)
	@tools/tests/run-unit $(sort $(CHECK_FAKE))

# Threads that share a context, under the thread sanitizer: see long-threads.c.
# Every function of the fakes takes a lock, by the hooks that gcc calls there.
FAKE_THREADS := $(B)/fake/threads
FAKE_THREADS_SECONDS ?= 1800
SEED ?= 1
FAKE_XEN_SRC := $(filter $(FAKE)/xen.c $(FAKE)/xen-% $(FAKE)/builder.c \
    $(FAKE)/sysfs.c,$(FAKE_SRC))
FAKE_THREADS_SRC := $(FAKE_LIGHT_SRC) $(FAKE_SRC) $(FAKE)/long-threads.c \
    $(LIGHT_GEN)/types.c $(LIGHT_GEN)/not_implemented.c
FAKE_THREADS_OBJ := $(patsubst %.c,$(FAKE_THREADS)/%.o,$(FAKE_THREADS_SRC))
$(FAKE_XEN_SRC:%.c=$(FAKE_THREADS)/%.o): \
    FAKE_HOOKS := -finstrument-functions
$(FAKE_THREADS_OBJ): $(FAKE_THREADS)/%.o: %.c $(FAKE_INCLUDE)/stamp \
    $(LIGHT_GEN_HDR) $(FAKE_FLAGS) | $(NATIVE_STAMP)
	@mkdir -p $(@D)
	@echo "  CC    $< (fake, threads)"
	@gcc $(filter-out -fsanitize=% $(NATIVE_SANITIZE),$(NATIVE_CFLAGS)) \
	    $(FAKE_CFLAGS) -fsanitize=thread -Wno-tsan $(FAKE_HOOKS) -MMD -MP \
	    -c $< -o $@

$(FAKE_THREADS)/long-threads: $(FAKE_THREADS_OBJ) | $(NATIVE_XEN_STAMP)
	@echo "  LD    $@"
	@gcc $(filter-out $(NATIVE_SANITIZE),$(NATIVE_LDFLAGS)) \
	    $(NATIVE_XEN_LDFLAGS) -fsanitize=thread -pthread -rdynamic $^ \
	    -Wl,--wrap=libxl__file_write $(FAKE_LIBS) -o $@

-include $(FAKE_THREADS_OBJ:.o=.d)

HELP += 'make threads-long  threads share a context, under the thread sanitizer'
.PHONY: threads-long
threads-long: $(FAKE_THREADS)/long-threads
	setarch -R $< $(FAKE_THREADS_SECONDS) $(SEED)
