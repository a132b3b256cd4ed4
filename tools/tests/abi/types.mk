# SPDX-License-Identifier: LGPL-2.1-only
#
# Every public type of the library, held against the distribution's own; and
# what the tests of types on the building machine share.

# The same program on both libraries, under QEMU's user mode emulation.
ABI_TYPES_SRC := $(ABI)/types-test.c $(ABI)/types-contents.c \
                 $(ABI_OUT)/types-code.c
ABI_TYPES_PATH := $(SYSROOT)/usr/lib/$(HOST):$(SYSROOT)/lib/$(HOST)

CHECKS += $(if $(CROSS),check-types)
HELP += 'make check-types  every type against the distribution library'

.PHONY: check-types
check-types: $(ABI_OUT)/types-test $(LIGHT_SO)
	qemu-aarch64 -L $(SYSROOT) -E LD_LIBRARY_PATH=$(ABI_TYPES_PATH) \
	    $< >$(ABI_OUT)/types-reference.txt
	qemu-aarch64 -L $(SYSROOT) -E LD_LIBRARY_PATH=$(B)/lib:$(ABI_TYPES_PATH) \
	    $< >$(ABI_OUT)/types-ours.txt
	@diff -a $(ABI_OUT)/types-reference.txt $(ABI_OUT)/types-ours.txt \
	    >$(ABI_OUT)/types.diff || \
	    { head -n 20 $(ABI_OUT)/types.diff | cut -c 1-200; \
	      echo "check-types: the rest is in $(ABI_OUT)/types.diff"; exit 1; }
	@echo "check-types: `wc -l <$(ABI_OUT)/types-ours.txt` lines, all equal"

$(ABI_OUT)/types-code.c: $(ABI)/types-code.py $(LIGHT_TYPES)/headers.py \
    $(LIGHT_PUBLIC_HEADERS)
	@mkdir -p $(@D)
	python3 -B $(ABI)/types-code.py $(TARGET_CC) >$@

$(ABI_OUT)/types-test: $(ABI_TYPES_SRC) $(ABI)/types-test.h $(LIGHT_SO)
	$(TARGET_CC) $(CFLAGS) $(BASE_CFLAGS) -DHAVE_YAJL_YAJL_VERSION_H \
	    -Wno-unused-function -I$(ABI) -rdynamic $(ABI_TYPES_SRC) -o $@ \
	    $(ABI_LINK) -lxentoollog -lyajl

# The sources of the types room as the building machine compiles them.
TYPES_SRC := $(wildcard tools/libs/light/types/*.c) \
             $(addprefix tools/libs/light/base/,memory.c number.c)
TYPES_GEN := $(LIGHT_GEN)/types.c

# Xen's public headers alone, for the building machine.  What includes them may
# include what is made from them.
TYPES_INCLUDE := $(B)/native/xen-include
TYPES_CFLAGS := -isystem $(TYPES_INCLUDE) -DHAVE_YAJL_YAJL_VERSION_H -I$(ABI)

$(TYPES_INCLUDE)/stamp: $(LIGHT_PUBLIC_HEADERS) | $(LIGHT_TYPES_INDEX)
	@mkdir -p $(@D)
	cp -r $(TARGET_INCLUDE)/libxl*.h $(TARGET_INCLUDE)/_libxl*.h \
	    $(TARGET_INCLUDE)/xen*.h $(TARGET_INCLUDE)/xen $(@D)
	touch $@
