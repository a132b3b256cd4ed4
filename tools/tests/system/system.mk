# SPDX-License-Identifier: LGPL-2.1-only
#
# The tests that need Xen: every script of this folder in the dom0 of an
# emulated machine.  Each C file here is a program for that dom0.

SYSTEM := tools/tests/system
SYSTEM_PROGRAMS := $(patsubst $(SYSTEM)/%.c,$(B)/system/bin/%,\
    $(wildcard $(SYSTEM)/*.c))
SYSTEM_LIBS := -lxenlight -lxlutil -lxenctrl -lxenstore -lxenevtchn \
    -lxenforeignmemory -lxentoollog -lfdt -pthread
comma := ,
# Where the linker finds the libraries that libraries need.
SYSTEM_RPATH_LINK = $(if $(SYSROOT_STAMP),\
    -Wl$(comma)-rpath-link$(comma)$(SYSROOT)/usr/lib/$(HOST))

# Linked against the release's own library, which ours replaces at run time.
$(B)/system/bin/%: $(SYSTEM)/%.c | $(SYSROOT_STAMP)
	@mkdir -p $(@D) $(B)/obj/system
	$(TARGET_CC) $(CFLAGS) $(BASE_CFLAGS) -MMD -MP -MF $(B)/obj/system/$(@F).d -o $@ $< \
	    -Wl,--as-needed -Wl,--allow-shlib-undefined $(SYSTEM_LIBS) \
	    $(SYSTEM_RPATH_LINK)

-include $(SYSTEM_PROGRAMS:$(B)/system/bin/%=$(B)/obj/system/%.d)

# Guests that end by themselves.
SYSTEM_GUESTS := $(addprefix $(B)/system/bin/guest-,off reset crash)
$(B)/system/bin/guest-off: ACTION := 1
$(B)/system/bin/guest-reset: ACTION := 2
$(B)/system/bin/guest-crash: ACTION := 3
$(SYSTEM_GUESTS): $(SYSTEM)/guest.S | $(SYSROOT_STAMP)
	@mkdir -p $(@D)
	$(TARGET_CC) -DACTION=$(ACTION) -c -o $@.o $<
	$(TOOLS)objcopy -O binary $@.o $@
	rm $@.o

# The stages of creation, each of which is made to fail.
SYSTEM_STAGES := $(B)/system/stages
$(SYSTEM_STAGES): $(LIGHT)/create/create.c
	@mkdir -p $(@D)
	sed -n 's/^    { "\([a-z]*\)", libxl__[a-z_]*_do.*/\1/p' $< >$@
	test -s $@

# What shares and maps grants.
SYSTEM_GRANTS := $(B)/system/bin/share-grants $(B)/system/bin/map-grants
$(SYSTEM_GRANTS): $(B)/system/bin/%: $(B)/grants/%
	@mkdir -p $(@D)
	cp $< $@

# A guest that maps grants at addresses it is given.  Without sections of its own
# for data: the image is the one section, wherever it is put.
BACKEND := $(SYSTEM)/backend
SYSTEM_BACKEND := $(B)/system/bin/backend
$(SYSTEM_BACKEND): $(wildcard $(BACKEND)/*) automation/grants/grants.h \
                   | $(SYSROOT_STAMP)
	@mkdir -p $(@D)
	$(TARGET_CC) $(BASE_CFLAGS) -O2 -ffreestanding -fno-pic -mcmodel=tiny \
	    -mgeneral-regs-only -mstrict-align -fno-stack-protector \
	    -nostdlib -static -Wl,--build-id=none,-Ttext=0,-e,0,-N \
	    -Wl,--no-warn-rwx-segments \
	    -o $@.elf $(BACKEND)/start.S $(BACKEND)/backend.c
	$(TOOLS)objcopy -O binary $@.elf $@
	rm $@.elf

# Kills the program that it is loaded into.
SYSTEM_KILLER := $(B)/system/bin/killer.so
$(SYSTEM_KILLER): $(SYSTEM)/killer/killer.c | $(SYSROOT_STAMP)
	@mkdir -p $(@D)
	$(TARGET_CC) $(CFLAGS) $(BASE_CFLAGS) -Wno-missing-prototypes -fPIC \
	    -shared -o $@ $< -ldl -pthread

# What a guest may leave.
STATE := $(SYSTEM)/state
SYSTEM_STATE := $(B)/system/bin/state
$(SYSTEM_STATE): $(wildcard $(STATE)/*) | $(SYSROOT_STAMP)
	@mkdir -p $(@D)
	$(TARGET_CC) $(CFLAGS) $(BASE_CFLAGS) -o $@ $(wildcard $(STATE)/*.c) \
	    -lxenctrl $(SYSTEM_RPATH_LINK)

# A 32-bit guest.
SYSTEM_GUEST32 := $(B)/system/bin/linux32 $(B)/system/bin/initrd32
$(SYSTEM_GUEST32) &: automation/guest32-image automation/rootfs/guest-init
	automation/guest32-image $(RELEASE) $(B)/system/bin

# A Debian guest, made when its test is asked for.
SYSTEM_DEBIAN := $(B)/debian-guest/disk $(B)/debian-guest/initrd
$(SYSTEM_DEBIAN) &: automation/debian-image $(shell find automation/debian -type f)
	automation/debian-image $(RELEASE) $(B)/debian-guest

# Debian's pygrub and a guest for it, made when its test is asked for.
SYSTEM_PYGRUB := $(B)/pygrub/disk
$(SYSTEM_PYGRUB): automation/pygrub-image | $(SYSROOT_STAMP)
	automation/dom0-image $(RELEASE)
	automation/pygrub-image $(RELEASE) $(B)/pygrub

SYSTEM_PARTS := $(SYSTEM_PROGRAMS) $(SYSTEM_GUESTS) $(SYSTEM_GRANTS) \
    $(SYSTEM_GUEST32) $(SYSTEM_BACKEND) $(SYSTEM_STAGES) \
    $(SYSTEM_KILLER) $(SYSTEM_STATE)

.PHONY: check-system
check-system: $(LIGHT_SO) $(SYSTEM_PARTS)
	$(SYSTEM)/run $(SYSTEM_OPTIONS)

.PHONY: check-debian
check-debian: $(LIGHT_SO) $(SYSTEM_PARTS) $(SYSTEM_DEBIAN)
	cp $(B)/debian-guest/initrd $(B)/system/bin/debian-initrd
	$(SYSTEM)/run --boot debian $(SYSTEM_OPTIONS) debian-guest.sh

.PHONY: check-pygrub
check-pygrub: $(LIGHT_SO) $(SYSTEM_PARTS) $(SYSTEM_PYGRUB)
	$(SYSTEM)/run --boot pygrub $(SYSTEM_OPTIONS) bootloader.sh pygrub.sh

.PHONY: check-pairs
check-pairs: $(LIGHT_SO) $(SYSTEM_PARTS)
	$(SYSTEM)/run --boot pairs $(SYSTEM_OPTIONS) compare.sh

.PHONY: check-package
check-package: deb $(LIGHT_SO) $(SYSTEM_PARTS) $(LIBVIRT_TREE)
	automation/dpkg-image $(RELEASE) $(B)/package
	$(SYSTEM)/run --boot package $(SYSTEM_OPTIONS) package.sh \
	    package-programs.sh

.PHONY: check-driver
check-driver: $(LIGHT_SO) $(SYSTEM_PARTS)
	$(SYSTEM)/run --boot driver $(SYSTEM_OPTIONS) driver-domain.sh

.PHONY: check-failing
check-failing: $(LIGHT_SO) $(SYSTEM_PARTS)
	$(SYSTEM)/run --boot failing $(SYSTEM_OPTIONS) failing.sh

# Whether the comparison can fail.
.PHONY: check-system-mutants
check-system-mutants: $(LIGHT_SO) $(SYSTEM_PARTS)
	$(SYSTEM)/mutants

RIG_CHECKS += check-system
RIG_TARGETS += check-system-mutants check-debian check-driver check-pairs \
    check-pygrub check-package check-failing
HELP += 'make check-system  the tests that boot Xen (SYSTEM_OPTIONS=…)' \
        'make check-debian  a Debian guest from its own disk, on both libraries' \
        'make check-pygrub  bootloaders, and a guest that pygrub boots' \
        'make check-pairs   guests in which each two values of pairs.txt meet' \
        'make check-package  our Debian package comes and goes while guests run' \
        'make check-failing  whatever fails of a creation with devices, in the rig' \
        'make check-driver  a driver domain that serves a disk and a vif' \
        'make check-system-mutants  whether the comparison can fail'
