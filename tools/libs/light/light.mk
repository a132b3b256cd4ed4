# SPDX-License-Identifier: LGPL-2.1-only
#
# libxenlight.so: all sources of tools/libs/light, generated ones included.

LIGHT := tools/libs/light
LIGHT_GEN := $(B)/gen

# The version comes from the development package; SONAME and symbol version
# follow from it.  Headers alone have none: then it is the name of the release.
LIGHT_VERSION = $(or $(shell sed -n 's/^Version: //p' \
    $(XEN_LIBDIR)/pkgconfig/xenlight.pc $(if $(HEADERS),2>/dev/null)),$(if \
    $(HEADERS),$(RELEASE).0))
LIGHT_SERIES = $(basename $(LIGHT_VERSION))
# Where Debian has the programs that only the tools of one release run.
LIGHT_PRIVATE_BINDIR ?= /usr/lib/xen-$(LIGHT_SERIES)/bin
LIGHT_SO := $(B)/lib/libxenlight.so

include $(LIGHT)/types/types.mk
include $(LIGHT)/create/fields.mk
include $(LIGHT)/device/kinds.mk

LIGHT_SRC := $(wildcard $(LIGHT)/*.c $(LIGHT)/*/*.c)
LIGHT_OBJ := $(LIGHT_SRC:%.c=$(B)/obj/%.o) \
             $(LIGHT_GEN_SRC:$(LIGHT_GEN)/%.c=$(B)/obj/gen/%.o)
# What is new in headers of another release: functions that no source defines
# get stubs, and fields are refused if they are set.  Both are listed.
ifneq ($(HEADERS),)
LIGHT_NEW := $(LIGHT_GEN)/new.c
LIGHT_NEW_OBJ := $(B)/obj/gen/new.o
$(LIGHT_NEW): $(LIGHT_OBJ) $(LIGHT_TYPES)/abi.py $(FIELDS_INC)
	$(TOOLS)nm -g --defined-only $(LIGHT_OBJ) >$@.defined
	@python3 -B $(LIGHT_TYPES)/abi.py --new $@.defined $(TARGET_CC) >$@
	@$(FIELDS_PY) new $(FIELDS) $(TARGET_CC)
endif

# The public headers say nothing of visibility: the version script does.
# Expanded late: the version comes from the packages.
LIGHT_CFLAGS = $(BASE_CFLAGS) -fPIC -fno-semantic-interposition -pthread \
                -ffunction-sections -fdata-sections \
                -fstack-protector-strong -D_FORTIFY_SOURCE=2 \
                -DHAVE_YAJL_YAJL_VERSION_H -DHAVE_LIBYAJL -I$(LIGHT) -I$(LIGHT_GEN) \
                -DLIBXL_PRIVATE_BINDIR='"$(LIGHT_PRIVATE_BINDIR)"' \
                -DXEN_UTILS_PACKAGE='"xen-utils-$(LIGHT_SERIES)"'
LIGHT_LDFLAGS := -shared -pthread -Wl,--gc-sections -Wl,-z,relro -Wl,-z,now \
                 -Wl,--no-undefined -Wl,--as-needed -Wl,-Bsymbolic-functions
LIGHT_LIBS := -lxenguest -lxenctrl -lxenhypfs -lxenevtchn -lxenstore \
              -lxentoolcore -lxentoollog -lfdt -lyajl -luuid

ALL += $(LIGHT_SO)

# Changed flags compile everything again.
LIGHT_FLAGS := $(B)/flags-light
$(LIGHT_FLAGS): FORCE | $(SYSROOT_STAMP)
	@$(call write_flags,$(TARGET_CC) $(CFLAGS) $(LIGHT_CFLAGS))

$(B)/obj/%.o: %.c $(LIGHT_GEN_HDR) $(LIGHT_FLAGS) | $(SYSROOT_STAMP)
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(TARGET_CC) $(CFLAGS) $(LIGHT_CFLAGS) -MMD -MP -c $< -o $@

$(B)/obj/gen/%.o: $(LIGHT_GEN)/%.c $(LIGHT_GEN_HDR) $(LIGHT_FLAGS) | $(SYSROOT_STAMP)
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(TARGET_CC) $(CFLAGS) $(LIGHT_CFLAGS) -MMD -MP -c $< -o $@

$(LIGHT_SO): $(LIGHT_OBJ) $(LIGHT_NEW_OBJ) $(LIGHT_MAP)
	@mkdir -p $(@D)
	@echo "  LD    $@"
	@$(TARGET_CC) $(CFLAGS) $(LIGHT_LDFLAGS) \
	    -Wl,-soname,libxenlight.so.$(LIGHT_SERIES) \
	    -Wl,--version-script=$(LIGHT_MAP) \
	    -o $(@D)/libxenlight.so.$(LIGHT_VERSION) $(LIGHT_OBJ) $(LIGHT_NEW_OBJ) \
	    $(if $(HEADERS),$(addprefix -L,$(XEN_LIBDIR))) $(LIGHT_LIBS)
	@ln -sf libxenlight.so.$(LIGHT_VERSION) \
	    $(@D)/libxenlight.so.$(LIGHT_SERIES)
	@ln -sf libxenlight.so.$(LIGHT_SERIES) $@

# A package that strips by itself sets STRIP to 'true'.
PREFIX ?= /usr
LIBDIR ?= $(PREFIX)/lib/$(HOST)
STRIP ?= $(TOOLS)strip --strip-unneeded
LIGHT_LIBDIR = $(DESTDIR)$(LIBDIR)

.PHONY: install-light
install: install-light
install-light: $(LIGHT_SO)
	mkdir -p $(LIGHT_LIBDIR)/pkgconfig
	install -m 644 $(dir $(LIGHT_SO))libxenlight.so.$(LIGHT_VERSION) \
	    $(LIGHT_LIBDIR)
	$(STRIP) $(LIGHT_LIBDIR)/libxenlight.so.$(LIGHT_VERSION)
	ln -sf libxenlight.so.$(LIGHT_VERSION) \
	    $(LIGHT_LIBDIR)/libxenlight.so.$(LIGHT_SERIES)
	ln -sf libxenlight.so.$(LIGHT_SERIES) $(LIGHT_LIBDIR)/libxenlight.so
	sed 's,@PREFIX@,$(PREFIX),; s,@LIBDIR@,$(LIBDIR),; s,@VERSION@,$(LIGHT_VERSION),' \
	    $(LIGHT)/xenlight.pc.in >$(LIGHT_LIBDIR)/pkgconfig/xenlight.pc
	mkdir -p $(DESTDIR)/etc/xen $(DESTDIR)$(PREFIX)/share/man/man5
# The administrator's own settings stay.
	test -e $(DESTDIR)/etc/xen/arm-regions.conf || \
	    install -m 644 $(LIGHT)/arm-regions.conf $(DESTDIR)/etc/xen
	install -m 644 docs/man/arm-regions.conf.5 \
	    $(DESTDIR)$(PREFIX)/share/man/man5

-include $(LIGHT_OBJ:.o=.d)
