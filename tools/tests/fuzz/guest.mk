# SPDX-License-Identifier: LGPL-2.1-only
#
# The fuzzers of what guests write, and of what programs answer that a guest may
# have taken over: the whole library, which tells the fuzzer where it has been,
# on the fakes, which do not.  Each starts from the files of the folder of its
# name (see run), and runs for FUZZ_SECONDS.

GUEST_FUZZ := $(FUZZ_OUT)/guest-nodes
ANSWERS_FUZZ := $(addprefix $(FUZZ_OUT)/,answers-qemu answers-loader)
GUEST_FUZZ_OBJ := $(B)/fuzz/guest-objects

GUEST_FUZZ_CFLAGS := $(NATIVE_CFLAGS) \
    $(filter-out -DSTATE_TIMEOUT_MS=%,$(FAKE_CFLAGS)) -Itools/tests \
    -include tools/tests/fuzz/guest-timeouts.h

GUEST_FUZZ_FLAGS := $(B)/flags-fuzz-guest
$(GUEST_FUZZ_FLAGS): FORCE
	@$(call write_flags,$(FUZZ_CC) $(GUEST_FUZZ_CFLAGS))

GUEST_FUZZ_LIGHT := $(FAKE_LIGHT_SRC) $(LIGHT_GEN)/types.c \
    $(LIGHT_GEN)/not_implemented.c
GUEST_FUZZ_SRC := $(GUEST_FUZZ_LIGHT) $(FAKE_SRC) \
    $(wildcard tools/tests/fuzz/guest-*.c tools/tests/fuzz/answers*.c)
GUEST_FUZZ_OBJS := $(GUEST_FUZZ_SRC:%.c=$(GUEST_FUZZ_OBJ)/%.o)

$(GUEST_FUZZ_LIGHT:%.c=$(GUEST_FUZZ_OBJ)/%.o): \
    GUEST_FUZZ_HOOKS := -fsanitize=fuzzer-no-link
$(GUEST_FUZZ_OBJS): $(GUEST_FUZZ_OBJ)/%.o: %.c $(FAKE_INCLUDE)/stamp \
    $(LIGHT_GEN_HDR) $(GUEST_FUZZ_FLAGS) | $(NATIVE_STAMP)
	@mkdir -p $(@D)
	@echo "  CC    $< (fuzz)"
	@$(FUZZ_CC) $(GUEST_FUZZ_CFLAGS) $(GUEST_FUZZ_HOOKS) -MMD -MP -c $< -o $@

# Programs that the library runs are checked, or played: see the files.
$(GUEST_FUZZ): $(filter $(GUEST_FUZZ_OBJ)/tools/tests/fuzz/guest-%.o,$(GUEST_FUZZ_OBJS))
$(GUEST_FUZZ): GUEST_FUZZ_WRAP := libxl__children_start
$(ANSWERS_FUZZ): $(FUZZ_OUT)/%: $(GUEST_FUZZ_OBJ)/tools/tests/fuzz/%.o \
    $(GUEST_FUZZ_OBJ)/tools/tests/fuzz/answers.o
$(FUZZ_OUT)/answers-qemu: GUEST_FUZZ_WRAP := connect libxl__daemon_start
$(FUZZ_OUT)/answers-loader: GUEST_FUZZ_WRAP := libxl__child_run libxl__children_start
$(GUEST_FUZZ) $(ANSWERS_FUZZ): \
    $(filter-out $(GUEST_FUZZ_OBJ)/tools/tests/fuzz/%,$(GUEST_FUZZ_OBJS)) \
    | $(NATIVE_XEN_STAMP)
	@echo "  LD    $@"
	@$(FUZZ_CC) $(NATIVE_LDFLAGS) $(NATIVE_XEN_LDFLAGS) -fsanitize=fuzzer \
	    -pthread $^ $(addprefix -Wl$(comma)--wrap=,libxl__file_write \
	    $(GUEST_FUZZ_WRAP)) $(FAKE_LIBS) -o $@

-include $(GUEST_FUZZ_OBJS:.o=.d)

CHECKS += check-fuzz-guest check-fuzz-answers
HELP += 'make check-fuzz-guest  hostile guests in xenstore, for FUZZ_SECONDS'
HELP += 'make check-fuzz-answers  hostile QEMUs and bootloaders, FUZZ_SECONDS each'

.PHONY: check-fuzz-guest
check-fuzz-guest: $(GUEST_FUZZ)
	@tools/tests/fuzz/run $< -max_total_time=$(FUZZ_SECONDS) -max_len=128 \
	    -len_control=0 -timeout=20

.PHONY: check-fuzz-answers
check-fuzz-answers: $(ANSWERS_FUZZ)
	@tools/tests/fuzz/run $^ -max_total_time=$(FUZZ_SECONDS) -max_len=4096 \
	    -timeout=20
