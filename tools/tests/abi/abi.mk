# SPDX-License-Identifier: LGPL-2.1-only
#
# The library's binary interface, held against the public headers and against
# the distribution's own library.

ABI := tools/tests/abi
ABI_OUT := $(B)/tests/abi
# Only in a sysroot is there a library to compare with for certain.
ABI_REFERENCE = $(if $(CROSS),$(XEN_LIBDIR)/libxenlight.so)
# A C++ compiler for the target; clang needs no package of its own for that.
TARGET_CXX ?= clang++ $(if $(CROSS),--target=$(HOST) \
    --sysroot=$(abspath $(SYSROOT)) --gcc-toolchain=/usr) \
    -nostdinc++ -nostdlib++
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
