# SPDX-License-Identifier: LGPL-2.1-only
#
# make [RELEASE=bookworm|trixie]   the library, under build/RELEASE
# make install DESTDIR=D           the library under D/usr/lib/aarch64-linux-gnu
# make help                        every target
#
# The rules of a room are in that room's own .mk file.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

-include build/config.mk
build/config.mk: configure
	./configure $(or $(CONFIGURED),$(if $(RELEASE),--release=$(RELEASE)))

ifneq ($(HOST),)

# What has headers of its own may be any release, built with the newest Debian's
# other packages.
DEBIAN_RELEASE := $(if $(HEADERS),$(NEWEST),$(RELEASE))
ifeq ($(wildcard config/release-$(DEBIAN_RELEASE)),)
$(error no release '$(RELEASE)': config/release-$(RELEASE) is not there)
endif
# release_fact(RELEASE,NAME): one value of config/release-RELEASE.
release_fact = $(shell . ./config/release-$(1) && echo "$$$(2)")

B := build/$(RELEASE)

# The packages to compile against: those of configure's --sysroot, the machine's
# own on arm64, else a folder of Debian arm64 packages.
SYSROOT_STAMP :=
# Not empty: nothing may be fetched.
OFFLINE := $(SYSROOT)
ifeq ($(SYSROOT)$(CROSS),yes)
SYSROOT := $(B)/sysroot
SYSROOT_STAMP := $(B)/sysroot.stamp
$(SYSROOT_STAMP): automation/sysroot automation/apt-root \
                  config/release-$(DEBIAN_RELEASE)
	automation/sysroot $(DEBIAN_RELEASE) $(SYSROOT)
	touch $@
endif
XEN_LIBDIR := $(or $(XEN_LIBDIR),$(if $(HEADERS),,$(SYSROOT)/usr/lib/$(HOST)))
TARGET_INCLUDE := $(or $(HEADERS),$(SYSROOT)/usr/include)
# Debian's cross compiler prefers the C library of its own machine, whose symbols
# that of an older release may lack.
OWN_LIBC := $(if $(SYSROOT_STAMP)$(wildcard $(SYSROOT:%=%/usr/include/$(HOST))),\
    -B$(abspath $(SYSROOT))/usr/lib/$(HOST)/ \
    -isystem $(abspath $(SYSROOT))/usr/include/$(HOST) \
    -isystem $(abspath $(SYSROOT))/usr/include)
TARGET_CC := $(CC) $(if $(SYSROOT),--sysroot=$(abspath $(SYSROOT))) \
    $(if $(HEADERS),-isystem $(HEADERS)) $(OWN_LIBC)

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wno-unused-parameter -Wno-missing-field-initializers -Werror
# A toolstack waits more than it computes: small code is read in faster.
CFLAGS ?= -Os -g
BASE_CFLAGS := -std=gnu11 -D_GNU_SOURCE $(WARNINGS)

HELP := 'make              build the library for RELEASE (bookworm or trixie)' \
        'make install      install it below DESTDIR' \
        'make compile_commands.json  what clangd reads' \
        'make clean        remove build/RELEASE, keeping what was downloaded'

# The number of this make: others may run beside it.
OWN_PID := $(shell echo $$PPID)
# write_flags(TEXT): the target is newer than what it was only if TEXT differs.
write_flags = $(shell mkdir -p $(@D))$(file >$@.$(OWN_PID),$(1)) \
    cmp -s $@.$(OWN_PID) $@ && rm $@.$(OWN_PID) || mv $@.$(OWN_PID) $@

include tools/tests/native.mk
include $(sort $(wildcard tools/libs/*/*.mk tools/misc/*.mk \
                          tools/tests/*/*.mk docs/*.mk automation/*.mk \
                          debian/*.mk))

.PHONY: all check install clean help FORCE compile_commands.json
all: $(ALL)

check: $(CHECKS)

# What boots Xen is in RIG_CHECKS or RIG_TARGETS, what is tested each time in
# CHECKS; the rest, but for BUILD_TARGETS, takes longer.
BUILD_TARGETS := install clean deb grants list-checks list-rig-checks \
                 compile_commands.json
help:
	@printf '%s\n' $(HELP) | sort | awk -v build='$(BUILD_TARGETS)' \
	    -v fast='check $(CHECKS)' -v rig='$(RIG_CHECKS) $(RIG_TARGETS)' \
	    -f automation/help.awk

# For clangd: one entry a source.
compile_commands.json: $(LIGHT_GEN_HDR)
	@python3 -B automation/compile-commands $@ \
	    '$(TARGET_CC) $(CFLAGS) '$(call quoted,$(LIGHT_CFLAGS)) $(LIGHT_SRC) -- \
	    '$(TARGET_CC) $(CFLAGS) '$(call quoted,$(BASE_CFLAGS) $(MEMMAP_CFLAGS)) \
	    $(filter-out $(ARM_SRC),$(MEMMAP_SRC))
# One word for the shell.
quoted = '$(subst ','\'',$(1))'

clean:
	find $(B) -mindepth 1 -maxdepth 1 ! -name 'sysroot*' -exec rm -rf {} +

endif
