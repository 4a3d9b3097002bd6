# SPDX-License-Identifier: GPL-2.0-only
# The lab: everything below build/lab out of Debian's packages.

L := $(BUILD)/lab
LAB_KIND := $(if $(filter 1,$(XEN_DEBUG)),debug,release)
LAB_XEN := $(L)/xen-pv32$(if $(filter 1,$(XEN_DEBUG)),-debug)
MACHINE ?= pv32
export XEN_DEBUG

$(L)/debs.sha256: tests/lab/fetch
	$(Q)tests/lab/fetch $(CURDIR)/$(L)
$(LAB_XEN): tests/lab/build-xen
	$(Q)mkdir -p $(L)
	$(Q)tests/lab/build-xen $(CURDIR)/$(L) $(LAB_KIND)
$(L)/lab-mem: tests/lab/dom0-mem.c
	$(call say,HOSTCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) -std=gnu11 -O2 $(WARN) -static $< -o $@
# Benchmarks ask it in dom0 what a domain has used.
$(L)/lab-stat: tests/lab/dom0-stat.c vmi-xen/lib/counters.h rom/include/layout.h
	$(call say,HOSTCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) -std=gnu11 -O2 $(WARN) -Irom/include -Ivmi-xen -static $< -o $@ \
		$(addprefix -lxen,ctrl call foreignmemory devicemodel evtchn gnttab toollog toolcore)
$(L)/dom0.cpio: tests/lab/build-dom0 tests/lab/dom0-init tests/lab/dom0-lab-lib $(L)/lab-mem $(L)/debs.sha256
	$(Q)echo 'lab: building the dom0 image'
	$(Q)tests/lab/build-dom0 $(L)

$(L)/probe.elf: $(BUILD)/pv32/tests/lab/probe.o
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(LD) -m elf_i386 -nostdlib --build-id=none --no-warn-rwx-segments \
		-N -Ttext=0xc0001000 --section-start=.note.Xen=0xc0000000 $< -o $@

$(L)/no-vmi.bin: $(BUILD)/pv32/tests/lab/no-vmi.o
	$(Q)mkdir -p $(@D)
	$(Q)$(LD) -m elf_i386 -Ttext=0x100000 --oformat binary $< -o $@

LAB_NEEDS += $(L)/probe.elf $(L)/no-vmi.bin
LAB_NEEDS += $(LAB_XEN) $(L)/dom0.cpio

.PHONY: lab
lab: deps
	$(Q)$(MAKE) $(LAB_XEN) $(L)/dom0.cpio $(L)/probe.elf

shell: lab
	$(Q)tests/lab/run --machine $(MACHINE) --shell $(LAB_FILES:%=--file %)
LAB_NEEDS += $(ADAPTER)

# The same by the other compiler and with DEBUG=1, so that both stay good.
CLANG_ADAPTER := $(BUILD)/clang/vmi-xen/vmi.elf
$(CLANG_ADAPTER): FORCE
	$(Q)$(MAKE) CC=clang DEBUG=1 BUILD=$(BUILD)/clang $@
FORCE:
LAB_NEEDS += $(CLANG_ADAPTER)
HOST_TAP += tests/tools/test-tools
LAB_TAP += tests/lab/test-lab tests/lab/test-ends tests/lab/test-first-light \
	tests/lab/test-determinism tests/lab/test-eyes tests/lab/test-audit

# The main job in front of the user; DEMO=auto needs no keyboard.
DEMO_KERNEL := $(BUILD)/guests/linux-6.1-pae/bzImage
DEMO_RUN := tests/lab/demo --kernel $(DEMO_KERNEL) --initrd $(IMAGE)
demo: deps
	$(Q)$(MAKE) build-all build-lab build-demo
	$(Q)$(DEMO_RUN) $(if $(filter auto,$(DEMO)),--auto)
.PHONY: build-demo
build-demo: $(DEMO_KERNEL) $(IMAGE)
LAB_NEEDS += $(DEMO_KERNEL) $(IMAGE)
LAB_TAP += '$(DEMO_RUN) --tap' tests/lab/test-control

# Disks and networks of a real guest; see test-devices.
DEVICES_NEED := $(BUILD)/guests/linux-6.1-pae/bzImage $(BUILD)/image/initramfs.gz \
	$(BUILD)/image/disktest $(BUILD)/image/nettest
LAB_TAP += tests/lab/test-devices
LAB_NEEDS += $(DEVICES_NEED)
BENCH_NEEDS += $(DEVICES_NEED) $(L)/lab-stat
