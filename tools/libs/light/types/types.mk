# SPDX-License-Identifier: LGPL-2.1-only
#
# What is generated from the public headers of the release: included by
# light.mk, which compiles it.

LIGHT_TYPES := $(LIGHT)/types
LIGHT_NOT_IMPLEMENTED := $(LIGHT)/not-implemented.txt

LIGHT_GEN_SRC += $(LIGHT_GEN)/types.c $(LIGHT_GEN)/not_implemented.c
LIGHT_MAP := $(LIGHT_GEN)/libxenlight.map
LIGHT_PUBLIC := $(LIGHT_GEN)/public.txt

# The symbol version, as the distribution's own library has it: VERS_4.17.0,
# libxenlight_4.20.0.  Headers alone have none: it is named like the newest one.
LIGHT_NODE = $(or $(shell $(TOOLS)readelf -W --dyn-syms \
    $(XEN_LIBDIR)/libxenlight.so $(if $(HEADERS),2>/dev/null) | \
    sed -n 's/.* libxl_ctx_alloc@@\([^ ]*\).*/\1/p'),$(if $(HEADERS),\
    libxenlight_$(LIGHT_VERSION)))

# The headers themselves: a newer stamp means newer packages.
LIGHT_PUBLIC_HEADERS := $(if $(SYSROOT_STAMP),$(SYSROOT_STAMP),\
    $(wildcard $(TARGET_INCLUDE)/libxl*.h $(TARGET_INCLUDE)/_libxl*.h))

$(LIGHT_MAP) $(LIGHT_PUBLIC) $(LIGHT_GEN)/not_implemented.c &: \
    $(LIGHT_TYPES)/abi.py $(LIGHT_TYPES)/headers.py \
    $(LIGHT_NOT_IMPLEMENTED) $(LIGHT_PUBLIC_HEADERS)
	@mkdir -p $(LIGHT_GEN)
	python3 -B $(LIGHT_TYPES)/abi.py $(LIGHT_GEN) '$(LIGHT_NODE)' \
	    $(LIGHT_NOT_IMPLEMENTED) $(TARGET_CC)

# Any source may include it.
LIGHT_TYPES_INDEX := $(LIGHT_GEN)/types-index.h
LIGHT_GEN_HDR += $(LIGHT_TYPES_INDEX)

$(LIGHT_GEN)/types.c $(LIGHT_TYPES_INDEX) &: \
    $(LIGHT_TYPES)/descriptors.py $(LIGHT_TYPES)/defaults.txt \
    $(LIGHT_TYPES)/headers.py $(LIGHT_PUBLIC_HEADERS)
	@mkdir -p $(LIGHT_GEN)
	python3 -B $(LIGHT_TYPES)/descriptors.py $(LIGHT_GEN) \
	    $(LIGHT_TYPES)/defaults.txt $(TARGET_CC)
