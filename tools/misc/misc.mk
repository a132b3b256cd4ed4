# SPDX-License-Identifier: LGPL-2.1-only
#
# xen-arm-memmap: the one for the target, and one that runs on the building
# machine, in build/RELEASE/native-bin.

MISC := tools/misc
MEMMAP_SRC := $(wildcard $(MISC)/xen-arm-memmap.c $(MISC)/memmap/*.c) \
              $(ARM_SRC)
MEMMAP_LIBS := -lxlutil -lxenlight -lxentoollog -lfdt -lyajl
# The releases that --release accepts, and the default.
MEMMAP_RELEASES := $(foreach name,$(patsubst config/release-%,%,\
    $(sort $(wildcard config/release-*))),$(name)=$(call \
    release_fact,$(name),XEN_SERIES)) \
    $(if $(HEADERS),$(RELEASE)=$(LIGHT_SERIES))
MEMMAP_CFLAGS := -I$(LIGHT) -I$(LIGHT_GEN) -I$(MISC) \
    -DMEMMAP_RELEASES='"$(MEMMAP_RELEASES)"' -DMEMMAP_RELEASE='"$(RELEASE)"'

MEMMAP := $(B)/bin/xen-arm-memmap
MEMMAP_NATIVE := $(B)/native-bin/xen-arm-memmap
ALL += $(MEMMAP) $(if $(OFFLINE),,$(MEMMAP_NATIVE))

MEMMAP_FLAGS := $(B)/flags-memmap
$(MEMMAP_FLAGS): FORCE
	@$(call write_flags,$(TARGET_CC) $(CFLAGS) $(BASE_CFLAGS) $(MEMMAP_CFLAGS))

MEMMAP_OBJ := $(MEMMAP_SRC:%.c=$(B)/obj-misc/%.o)
$(B)/obj-misc/%.o: %.c $(GUEST_LAYOUT) $(MEMMAP_FLAGS) | $(SYSROOT_STAMP)
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(TARGET_CC) $(CFLAGS) $(BASE_CFLAGS) -fPIE -fstack-protector-strong \
	    -D_FORTIFY_SOURCE=2 $(MEMMAP_CFLAGS) -MMD -MP -c $< -o $@

# The target's libraries may need a newer C library than the compiler's own.
$(MEMMAP): $(MEMMAP_OBJ) $(LIGHT_SO)
	@mkdir -p $(@D)
	@echo "  LD    $@"
	@$(TARGET_CC) $(CFLAGS) -pie -Wl,-z,relro -Wl,-z,now -Wl,--as-needed \
	    -Wl,--unresolved-symbols=ignore-in-shared-libs \
	    -o $@ $(MEMMAP_OBJ) -L$(dir $(LIGHT_SO)) $(MEMMAP_LIBS)

# What reads xl.cfg on the building machine: Debian's own libraries for it, in
# a folder of their own, since their headers are not the target's.
ifeq ($(CROSS),yes)
NATIVE_XEN := build/native-xen
NATIVE_XEN_STAMP := build/native-xen.stamp
NATIVE_XEN_PACKAGES := libxen-dev libxenmisc$(call \
    release_fact,$(NATIVE_RELEASE),XEN_SERIES) libxenstore4 libxencall1 \
    libxendevicemodel1 libxenevtchn1 libxenforeignmemory1 libxengnttab1 \
    libxenhypfs1 libxentoolcore1 libxentoollog1 libnl-3-200 libnl-route-3-200 \
    libbz2-1.0 liblzma5 liblzo2-2 libzstd1 zlib1g
NATIVE_XEN_LIBDIR := $(NATIVE_XEN)/usr/lib/$(NATIVE_MULTIARCH)
NATIVE_XEN_CFLAGS := -isystem $(NATIVE_XEN)/usr/include
# An rpath of the old kind serves the libraries' own libraries as well.
NATIVE_XEN_LDFLAGS := -L$(NATIVE_XEN_LIBDIR) -L$(NATIVE_LIBDIR) \
    -Wl,--disable-new-dtags $(foreach dir,$(NATIVE_XEN) $(NATIVE_ROOT), \
    -Wl,-rpath,$(CURDIR)/$(dir)/usr/lib/$(NATIVE_MULTIARCH) \
    -Wl,-rpath,$(CURDIR)/$(dir)/lib/$(NATIVE_MULTIARCH))

$(NATIVE_XEN_STAMP): $(MISC)/misc.mk automation/apt-root
	automation/apt-root $(NATIVE_RELEASE) "$$(dpkg --print-architecture)" \
	    $(NATIVE_XEN) $(NATIVE_XEN_PACKAGES)
	touch $@

MEMMAP_NATIVE_CC ?= gcc
MEMMAP_NATIVE_OBJ := $(MEMMAP_SRC:%.c=$(B)/native-bin/obj/%.o)
$(B)/native-bin/obj/%.o: %.c $(GUEST_LAYOUT) $(MEMMAP_FLAGS) | \
    $(NATIVE_STAMP) $(NATIVE_XEN_STAMP)
	@mkdir -p $(@D)
	@echo "  CC    $< (native)"
	@$(MEMMAP_NATIVE_CC) $(CFLAGS) $(BASE_CFLAGS) $(MEMMAP_CFLAGS) \
	    $(NATIVE_XEN_CFLAGS) -isystem $(NATIVE_ROOT)/usr/include \
	    -MMD -MP -c $< -o $@

$(MEMMAP_NATIVE): $(MEMMAP_NATIVE_OBJ)
	@echo "  LD    $@"
	@$(MEMMAP_NATIVE_CC) $(CFLAGS) -o $@ $(MEMMAP_NATIVE_OBJ) \
	    $(NATIVE_XEN_LDFLAGS) -Wl,--as-needed $(MEMMAP_LIBS)
else
NATIVE_XEN_STAMP :=
NATIVE_XEN_CFLAGS :=
NATIVE_XEN_LDFLAGS :=
$(MEMMAP_NATIVE): $(MEMMAP)
	@mkdir -p $(@D)
	cp $< $@
endif

-include $(MEMMAP_OBJ:.o=.d) $(MEMMAP_NATIVE_OBJ:.o=.d)

.PHONY: install-misc
install: install-misc
install-misc: $(MEMMAP)
	mkdir -p $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1
	install $(MEMMAP) $(DESTDIR)$(PREFIX)/bin
	$(STRIP) $(DESTDIR)$(PREFIX)/bin/xen-arm-memmap
	install -m 644 docs/man/xen-arm-memmap.1 \
	    $(DESTDIR)$(PREFIX)/share/man/man1
