# SPDX-License-Identifier: GPL-2.0-only
# The VMI ROM images and the programs that make and check them.

$(eval $(call tool,romcheck,rom/romcheck.c rom/romparse.c))
$(eval $(call tool,mkrom,rom/mkrom.c rom/romparse.c))
$(eval $(call unit-test,romparse,rom/romparse.c rom/xen-rom.c))
$(eval $(call fuzz-target,romcheck,rom/romparse.c rom/xen-rom.c))

# The reference ROM: position-independent, one flat image.
REF_SRCS := $(addprefix rom/reference/,header.S stubs.S trace.S ap-start.S init.c calls.c paging.c time.c apic.c) \
	vmi-xen/lib/string.c
REF_FLAGS := -fpie -fvisibility=hidden -Os -fno-jump-tables

# The ring-1 ROM: the same behind a monitor in ring 0.
RING1_SRCS := $(addprefix rom/ring1/,entry.S monitor.c trap.c)

# $(eval $(call reference-rom,NAME,SOURCES,FLAGS))
define reference-rom
ROM_OBJS_$(1) := $(patsubst %,$(BUILD)/pv32/rom-$(1)/%.o,$(basename $(2)))
$(BUILD)/pv32/rom-$(1)/%.o: %.c Makefile rom/files.mk
	$$(call say,CC,$$<)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(PV32_CFLAGS) $$(REF_FLAGS) $(3) -c $$< -o $$@
$(BUILD)/pv32/rom-$(1)/%.o: %.S Makefile rom/files.mk
	$$(call say,AS,$$<)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(PV32_ASFLAGS) $(3) -c $$< -o $$@
$(BUILD)/rom/$(1).elf: $(BUILD)/pv32/rom/reference/rom.lds $$(ROM_OBJS_$(1))
	$$(call say,LD,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(LD) -m elf_i386 -nostdlib --build-id=none -z noexecstack \
		--no-warn-rwx-segments -e 0 -T $$< $$(ROM_OBJS_$(1)) -o $$@
$(BUILD)/vmi-$(1).rom: $(BUILD)/rom/$(1).elf $(BUILD)/tools/mkrom
	$$(call say,ROM,$$@)
	$$(Q)objcopy -O binary -j .rom $$< $(BUILD)/rom/$(1).bin
	$$(Q)$(BUILD)/tools/mkrom $(BUILD)/rom/$(1).bin $$@
$(BUILD)/vmi-$(1)-trace.rom: $(BUILD)/vmi-$(1).rom
	$$(Q)$(BUILD)/tools/mkrom $(BUILD)/rom/$(1).bin $$@ --trace
ROMS += $(BUILD)/vmi-$(1).rom $(BUILD)/vmi-$(1)-trace.rom
endef

$(eval $(call reference-rom,ref,$(REF_SRCS)))
$(eval $(call reference-rom,ring1,$(REF_SRCS) $(RING1_SRCS),-DRING1))
ALL += $(ROMS)
HOST_NEEDS += $(ROMS)
HOST_TAP += tests/rom/test-images tests/guest/test-interop 'tests/guest/interop --tap ref' 'tests/guest/interop --tap ring1'
