# SPDX-License-Identifier: LGPL-2.1-only
#
# Unit tests of the event room, without Xen: by each compiler, and those with
# threads in them once more under the thread sanitizer.

EVENT_TESTS := queue ao wait wait-each child claim children file service
EVENT_SRC := $(addprefix tools/libs/light/, \
    $(addprefix event/,ao.c child.c claim.c death.c eject.c event.c exec.c osevent.c service.c wait.c \
        xs_watch.c) $(addprefix base/,file.c log.c log_file.c memory.c) \
    $(addprefix api/,context.c event.c file.c)) \
    tools/tests/unit/event-fakes.c
# Of other rooms, with the same fakes.
XS_TESTS := base-xs-changes base-xs-lanes create-nodes
XS_TEST_SRC := $(addprefix tools/libs/light/,$(addprefix base/,number.c \
    xenstore.c xs_changes.c xs_lanes.c))
EVENT_TEST_SRC := $(EVENT_TESTS:%=tools/tests/unit/event-%.c) \
    $(XS_TESTS:%=tools/tests/unit/%.c) $(XS_TEST_SRC)

# $(1): compiler
define event_tests
$(1)_EVENT_OBJ := $$(EVENT_SRC:%.c=$(B)/native/$(1)/%.o)
$(1)_EVENT_TESTS := $$(EVENT_TESTS:%=$(B)/native/$(1)/event-%)

$$($(1)_EVENT_OBJ) $$(EVENT_TEST_SRC:%.c=$(B)/native/$(1)/%.o): \
    NATIVE_CFLAGS += $$(TYPES_CFLAGS)
$$($(1)_EVENT_OBJ) $$(EVENT_TEST_SRC:%.c=$(B)/native/$(1)/%.o): \
    $(TYPES_INCLUDE)/stamp

$$($(1)_EVENT_TESTS): $(B)/native/$(1)/event-%: \
    $(B)/native/$(1)/tools/tests/unit/event-%.o $$($(1)_EVENT_OBJ)
	$(1) $$(NATIVE_LDFLAGS) -pthread $$^ -lcmocka -o $$@

$(1)_XS_TESTS := $$(XS_TESTS:%=$(B)/native/$(1)/%)
$(1)_XS_OBJ := $$(XS_TEST_SRC:%.c=$(B)/native/$(1)/%.o)
$(B)/native/$(1)/tools/tests/unit/create-nodes.o: $(GUEST_LAYOUT)
$$($(1)_XS_TESTS): $(B)/native/$(1)/%: $(B)/native/$(1)/tools/tests/unit/%.o \
    $$($(1)_EVENT_OBJ) $$($(1)_XS_OBJ)
	$(1) $$(NATIVE_LDFLAGS) -pthread $$(filter-out \
	    $$(if $$(filter %/base-xs-lanes,$$@),%/xs_lanes.o),$$^) -lcmocka -o $$@

CHECK_UNIT += $$($(1)_EVENT_TESTS) $$($(1)_XS_TESTS)
check-unit: $$($(1)_EVENT_TESTS) $$($(1)_XS_TESTS)
endef
$(foreach compiler,$(NATIVE_COMPILERS),\
    $(eval $(call event_tests,$(compiler))))

# setarch: the sanitizer cannot place its memory in every random layout.
THREAD_TESTS := ao child children queue service wait wait-each
THREAD_OUT := $(B)/native/threads
CHECK_THREADS := $(THREAD_TESTS:%=$(THREAD_OUT)/event-%)

$(CHECK_THREADS): $(THREAD_OUT)/event-%: tools/tests/unit/event-%.c \
    $(EVENT_SRC) $(wildcard tools/libs/light/base/*.h tools/libs/light/event/*.h) \
    tools/tests/unit/event-fakes.h $(TYPES_INCLUDE)/stamp | $(NATIVE_STAMP)
	@mkdir -p $(@D)
	gcc $(filter-out -fsanitize=% $(NATIVE_SANITIZE),$(NATIVE_CFLAGS)) \
	    $(TYPES_CFLAGS) -fsanitize=thread -pthread $< $(EVENT_SRC) \
	    $(filter-out $(NATIVE_SANITIZE),$(NATIVE_LDFLAGS)) -lcmocka -o $@

HELP += 'make check-threads  tests with threads, under the thread sanitizer'
CHECKS += check-threads
.PHONY: check-threads
check-threads: $(CHECK_THREADS)
	@setarch -R tools/tests/run-unit $(CHECK_THREADS)
