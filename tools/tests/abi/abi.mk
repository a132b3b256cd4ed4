# SPDX-License-Identifier: LGPL-2.1-only
#
# The library's binary interface, held against the public headers and against
# the distribution's own library.

ABI := tools/tests/abi
ABI_OUT := $(B)/tests/abi
# Only in a sysroot is there a library to compare with for certain.
ABI_REFERENCE = $(if $(CROSS),$(SYSROOT)/usr/lib/$(HOST)/libxenlight.so)
# A C++ compiler for the target; clang needs no package of its own for that.
TARGET_CXX ?= clang++ $(if $(CROSS),--target=$(HOST) \
    --sysroot=$(CURDIR)/$(SYSROOT)) -nostdinc++ -nostdlib++
ABI_LINK := -L$(B)/lib -Wl,--allow-shlib-undefined -lxenlight

CHECKS += check-abi
HELP += 'make check-abi    exported symbols against the public headers'

.PHONY: check-abi
check-abi: $(LIGHT_SO) $(ABI_OUT)/link-all-c $(ABI_OUT)/link-all-c++
	python3 -B $(ABI)/check-abi.py --readelf $(TOOLS)readelf \
	    --library $(LIGHT_SO) --public $(LIGHT_PUBLIC) \
	    --version $(LIGHT_VERSION) --symbol-version $(LIGHT_NODE) \
	    --not-implemented $(LIGHT_NOT_IMPLEMENTED) \
	    $(if $(ABI_REFERENCE),--reference $(ABI_REFERENCE))

$(ABI_OUT)/link-all.c: $(ABI)/link-all.py $(LIGHT_PUBLIC)
	@mkdir -p $(@D)
	python3 -B $(ABI)/link-all.py $(LIGHT_PUBLIC) >$@

# Without -Werror for what the headers themselves may be warned of.
$(ABI_OUT)/link-all-c: $(ABI_OUT)/link-all.c $(LIGHT_SO)
	$(TARGET_CC) -DHAVE_YAJL_YAJL_VERSION_H $< -o $@ $(ABI_LINK)

$(ABI_OUT)/link-all-c++: $(ABI_OUT)/link-all.c $(LIGHT_SO)
	$(TARGET_CXX) -DHAVE_YAJL_YAJL_VERSION_H -x c++ $< -x none -o $@ \
	    $(ABI_LINK)

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
	    -Wno-unused-function -I$(ABI) -rdynamic $(ABI_TYPES_SRC) -o $@ $(ABI_LINK) \
	    -lxentoollog -lyajl
