# SPDX-License-Identifier: LGPL-2.1-only
#
# What tests that run on the building machine itself are built with: two
# compilers, sanitizers, and libraries of a folder of our own.  A room adds
# its programs and its targets in its own folder's .mk file; `make check`
# makes all of CHECKS.

# The oldest release everywhere: its libraries run on newer systems too.
NATIVE_RELEASE := bookworm
NATIVE_ROOT := build/native
NATIVE_STAMP := build/native.stamp
NATIVE_COMPILERS ?= gcc clang
NATIVE_MULTIARCH := $(shell dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null \
    || gcc -print-multiarch)
NATIVE_LIBDIR := $(NATIVE_ROOT)/usr/lib/$(NATIVE_MULTIARCH)
NATIVE_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all
NATIVE_CFLAGS := $(BASE_CFLAGS) -O1 -g -fno-omit-frame-pointer \
    $(NATIVE_SANITIZE) -isystem $(NATIVE_ROOT)/usr/include \
    -Itools/libs/light -I$(B)/gen
NATIVE_LDFLAGS := $(NATIVE_SANITIZE) -L$(NATIVE_LIBDIR) \
    -Wl,-rpath,$(CURDIR)/$(NATIVE_LIBDIR) \
    -Wl,-rpath,$(CURDIR)/$(NATIVE_ROOT)/lib/$(NATIVE_MULTIARCH)

$(NATIVE_STAMP): automation/native-root automation/apt-root
	automation/native-root $(NATIVE_RELEASE) $(NATIVE_ROOT)
	touch $@

HELP += 'make check        every test that needs no emulated machine'

NATIVE_FLAGS := $(B)/flags-native
$(NATIVE_FLAGS): FORCE
	@$(call write_flags,$(NATIVE_CFLAGS))

# Any source of ours, by the compiler that names the folder.
define native_objects
$(B)/native/$(1)/%.o: %.c $(NATIVE_FLAGS) | $$(NATIVE_STAMP)
	@mkdir -p $$(@D)
	$(1) $$(NATIVE_CFLAGS) -MMD -MP -c $$< -o $$@
endef
$(foreach compiler,$(NATIVE_COMPILERS), \
    $(eval $(call native_objects,$(compiler))))
NATIVE_SRC := $(wildcard tools/libs/light/*/*.c tools/misc/*.c \
    tools/misc/*/*.c tools/tests/*/*.c)
-include $(foreach compiler,$(NATIVE_COMPILERS),\
    $(NATIVE_SRC:%.c=$(B)/native/$(compiler)/%.d) \
    $(B)/native/$(compiler)/gen/types.d $(B)/native/$(compiler)/gen/types-code.d)

# A room adds its programs to CHECK_UNIT and to what check-unit depends on.
# They run in the top folder.
HELP += 'make check-unit   unit tests, by gcc and clang, with sanitizers'
CHECKS += check-unit
.PHONY: check-unit
check-unit:
	@tools/tests/run-unit $(sort $(CHECK_UNIT))
