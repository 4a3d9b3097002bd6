# SPDX-License-Identifier: GPL-2.0-only
# The dom0 side: the program vmi-xen, what is installed, and their tests.

XLC_PURE := $(addprefix xl-config/,report.c uuid.c text.c conf.c args.c file.c \
	bundle.c rewrite.c kernel.c unpack.c json.c findings.c) vmi-xen/boot/bzimage.c
XLC_SRCS := $(XLC_PURE) $(addprefix xl-config/,main.c commands.c config.c bootloader.c create.c check.c list.c \
	prepare.c host.c domain.c counters.c leave.c state.c watch.c run-xl.c tell.c \
	xen-context.c)
XLC_PURE_LIBS := -lxlutil -lxenlight -lz -llzma
XLC_LIBS := $(XLC_PURE_LIBS) -lxenstore -lxenforeignmemory -lxentoollog

XEN_FIRMWARE_DIR := $(shell pkg-config --variable=xenfirmwaredir xenlight 2>/dev/null)
$(BUILD)/tools/xl-config/host.o: TOOLS_CFLAGS += -DXEN_FIRMWARE_DIR='"$(XEN_FIRMWARE_DIR)"'

# Not by $(call tool): build/tools/vmi-xen is the folder of its objects.
XLC_PROGRAM := $(BUILD)/bin/vmi-xen
$(XLC_PROGRAM): $(patsubst %.c,$(BUILD)/tools/%.o,$(XLC_SRCS))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) -pie $(LDFLAGS) $^ $(XLC_LIBS) -o $@
TOOLS += $(XLC_PROGRAM)

$(eval $(call unit-test,xlconf,$(XLC_PURE),$(XLC_PURE_LIBS)))
$(eval $(call unit-test,xlconf-files,tests/mock/scratch-folder.c tests/mock/vmi-image.c $(filter-out xl-config/main.c,$(XLC_SRCS)),$(XLC_LIBS)))
$(eval $(call unit-test,xlconf-run,tests/mock/scratch-folder.c tests/mock/vmi-image.c $(filter-out xl-config/main.c,$(XLC_SRCS)),$(XLC_LIBS)))

# What the packages build and test.
.PHONY: build-dom0 check-dom0
build-dom0: $(XLC_PROGRAM) $$(ADAPTER) $$(ROM_IMAGES)
DOM0_TESTS = $(filter %/test-xlconf %/test-xlconf-files %/test-xlconf-run %/test-bzimage %/test-romparse,$(UNIT_TESTS))
check-dom0: $$(DOM0_TESTS)
	$(Q)tests/run-tests $(DOM0_TESTS)

# make install, by the FHS; the packages are made by it too.
SYSCONFDIR ?= /etc
SBINDIR := $(PREFIX)/sbin
DATADIR := $(PREFIX)/share
MANDIR := $(DATADIR)/man
EXAMPLES := $(wildcard xl-config/examples/*) xl-config/xen-xl-vmi.patch
MAN_PAGES := $(wildcard doc/man/*.[1-8])
ROM_IMAGES = $(sort $(filter %.rom,$(ALL)))
DEST = $(DESTDIR)$(1)

.PHONY: install install-dom0 install-data install-doc
install: deps
	$(Q)$(MAKE) install-dom0 install-data install-doc

# The program, its front end for xl, the adapter.
install-dom0: $(XLC_PROGRAM) $$(ADAPTER)
	install -d $(call DEST,$(SBINDIR)) $(call DEST,$(LIBDIR)/vmi-xen) \
		$(call DEST,$(DATADIR)/bash-completion/completions) \
		$(call DEST,$(SYSCONFDIR)/grub.d)
	install -m 755 $(XLC_PROGRAM) $(call DEST,$(SBINDIR)/vmi-xen)
	ln -sf vmi-xen $(call DEST,$(SBINDIR)/xl-vmi)
	install -m 644 $(ADAPTER) $(call DEST,$(LIBDIR)/vmi-xen/vmi.elf)
	objcopy --strip-debug $(call DEST,$(LIBDIR)/vmi-xen/vmi.elf)
	install -m 644 xl-config/completion.bash \
		$(call DEST,$(DATADIR)/bash-completion/completions/vmi-xen)
	install -m 755 xl-config/grub.d/21_linux_xen_vmi $(call DEST,$(SYSCONFDIR)/grub.d/)

# Option ROMs for other machines than ours.
install-data: $$(ROM_IMAGES)
	install -d $(call DEST,$(DATADIR)/vmi-xen)
	for rom in $(ROM_IMAGES); do \
		install -m 644 $$rom $(call DEST,$(DATADIR)/vmi-xen/) || exit 1; done

install-doc:
	install -d $(call DEST,$(DATADIR)/doc/vmi-xen/examples)
	install -m 644 README.md doc/status.md $(call DEST,$(DATADIR)/doc/vmi-xen/)
	cp -p $(EXAMPLES) $(call DEST,$(DATADIR)/doc/vmi-xen/examples/)
	for page in $(MAN_PAGES); do \
		install -D -m 644 $$page \
			$(call DEST,$(MANDIR)/man)$${page##*.}/$${page##*/} || exit 1; done

# The Debian packages; and a root folder with them installed, as a tar: what
# the lab puts into dom0.  Built by the tests that want it (it takes longer than
# they do), by way of this makefile.
PACKAGES := $(BUILD)/packages
PACKAGE_INPUTS := $(XLC_SRCS) $(wildcard xl-config/*.h) $(wildcard debian/* debian/*/*) $(EXAMPLES) \
	$(MAN_PAGES) README.md doc/status.md xl-config/completion.bash \
	$(wildcard xl-config/grub.d/* tests/packages/*)

.PHONY: packages
packages: deps
	$(Q)$(if $(filter 1,$(CHROOT)),tests/packages/build --chroot $(PACKAGES)-chroot,$(MAKE) $(PACKAGES)/installed.tar)
$(PACKAGES)/installed.tar: $(PACKAGE_INPUTS) $$(ADAPTER) $$(ROM_IMAGES)
	$(call say,DEB,$(@D))
	$(Q)tests/packages/build $(@D)
	$(Q)tests/packages/install $(@D)/tree $(@D)/*.deb >$(@D)/install.log 2>&1 || \
		{ cat $(@D)/install.log; exit 1; }
	$(Q)fakeroot tar -C $(@D)/tree --exclude=./var \
		--exclude=./usr/lib/xen-common -cf $@ .
HOST_NEEDS += $(XLC_PROGRAM) $(ADAPTER) $(ROMS)
HOST_TAP += tests/packages/test-packages

# Xen's own xl with our patch, for the lab.
$(L)/xl-vmi: tests/lab/build-xl xl-config/xen-xl-vmi.patch $(L)/debs.sha256 | $(LAB_XEN)
	$(call say,XL,$@)
	$(Q)tests/lab/build-xl $(L)

# pygrub and pvgrub, for the lab.
$(L)/boot.tar: tests/lab/build-boot tests/lab/debs.py tests/lab/build-dom0 $(L)/debs.sha256
	$(call say,BOOT,$@)
	$(Q)tests/lab/build-boot $(L)

# libvirt's daemon and virsh, for the lab.
$(L)/libvirt.tar: tests/lab/build-libvirt tests/lab/debs.py tests/lab/build-dom0 $(L)/debs.sha256
	$(call say,LIBVIRT,$@)
	$(Q)tests/lab/build-libvirt $(L)

LAB_NEEDS += $(XLC_PROGRAM) $(L)/libvirt.tar $(L)/xl-vmi $(L)/boot.tar $(I)/up.gz \
	$(BUILD)/guests/linux-6.1-pae/bzImage $(BUILD)/guests/linux-6.1-nopae/bzImage
LAB_TAP += tests/lab/test-toolstack tests/lab/test-toolstack-disk tests/lab/test-toolstack-life \
	tests/lab/test-toolstack-linux tests/lab/test-libvirt
