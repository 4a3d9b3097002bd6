# SPDX-License-Identifier: GPL-2.0-only
# The conformance guest: one set of sources, built for both kinds of page tables.

GUEST_SRCS := $(addprefix tests/guest/,head.S entry.S invoke.S native.S \
	main.c console.c acpi.c tap.c traps.c vmi.c contract.c mm.c irq.c user.c user-code.S \
	pte.c space.c mutants.c mutant-calls.S \
	test-rom.c test-flags.c test-io.c test-time.c test-apic.c \
	test-user.c test-cpu.c test-desc.c test-lazy.c test-mmu.c test-fault.c test-space.c test-before.c \
	eyes.c test-cost.c bench.c bench-entry.S bench-space.c \
	test-stack.c test-irq.c test-smp.c test-life.c test-guard.c test-ports.c) \
	vmi-xen/lib/printf.c vmi-xen/lib/string.c

# $(eval $(call guest-variant,NAME,PAE,SPLIT)): the kernel at SPLIT GB
define guest-variant
GUEST_OBJS_$(1) := $(patsubst %,$(BUILD)/pv32/guest-$(1)/%.o,$(basename $(GUEST_SRCS)))
$(BUILD)/pv32/guest-$(1)/%.o: GUEST_FLAGS := -DGUEST_PAE=$(2) -DGUEST_SPLIT=$(3) -DGUEST_NAME='"$(1)"' -Itests/guest \
	$(if $(findstring clang,$(CC)),,-fno-toplevel-reorder)
$(BUILD)/pv32/guest-$(1)/%.o: %.c Makefile
	$$(call say,CC,$$<)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(PV32_CFLAGS) $$(GUEST_FLAGS) -c $$< -o $$@
$(BUILD)/pv32/guest-$(1)/%.o: %.S Makefile
	$$(call say,AS,$$<)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(PV32_ASFLAGS) $$(filter-out -f%,$$(GUEST_FLAGS)) -c $$< -o $$@
$(BUILD)/guest/$(1).lds: tests/guest/guest.lds.S tests/guest/layout-guest.h
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(PV32_ASFLAGS) -DGUEST_SPLIT=$(3) -Itests/guest -P -E -Ui386 -Ulinux -x assembler-with-cpp $$< -o $$@
$(BUILD)/guest/$(1).elf: $(BUILD)/guest/$(1).lds $$(GUEST_OBJS_$(1))
	$$(call say,LD,$$@)
	$$(Q)$$(LD) -m elf_i386 -nostdlib --build-id=none -z noexecstack \
		--no-warn-rwx-segments -T $$< $$(GUEST_OBJS_$(1)) -o $$@
$(BUILD)/guest/$(1): $(BUILD)/guest/$(1).elf $(BUILD)/pv32/guest-$(1)/tests/guest/setup.o tests/guest/mkimage
	$$(call say,IMAGE,$$@)
	$$(Q)$$(LD) -m elf_i386 -Ttext=0 --oformat binary -e 0 $(BUILD)/pv32/guest-$(1)/tests/guest/setup.o -o $$@.setup
	$$(Q)objcopy -O binary $$< $$@.kernel
	$$(Q)tests/guest/mkimage $$@ $$@.setup $$@.kernel
GUESTS += $(BUILD)/guest/$(1)
endef

$(eval $(call guest-variant,pae,1,3))
$(eval $(call guest-variant,nopae,0,3))
$(eval $(call guest-variant,pae-1g,1,1))
$(eval $(call guest-variant,nopae-2g,0,2))
ALL += $(GUESTS)
HOST_NEEDS += $(GUESTS)
HOST_TAP += 'tests/guest/interop --tap native'
LAB_NEEDS += $(GUESTS) $(BUILD)/vmi-ref.rom
LAB_TAP += tests/lab/test-conform tests/lab/test-adapter-mutants 'tests/guest/test-mutants --rom $(BUILD)/vmi-ref.rom' \
	tests/lab/test-mutants

interop: deps
	$(Q)$(MAKE) build-all build-lab
	$(Q)tests/guest/interop
