# SPDX-License-Identifier: GPL-2.0-only
# The adapter: all of its files.

ADAPTER_SRCS := \
	vmi-xen/boot/head.S vmi-xen/boot/start.c vmi-xen/boot/bzimage.c \
	vmi-xen/boot/guest-start.c vmi-xen/boot/memmap.c \
	vmi-xen/boot/bootparams.c \
	vmi-xen/trap/entry.S vmi-xen/trap/init.c vmi-xen/trap/traps.c \
	vmi-xen/lib/string.c vmi-xen/lib/printf.c vmi-xen/lib/log.c \
	vmi-xen/lib/panic.c \
	vmi-xen/xen/startinfo.c vmi-xen/xen/console.c vmi-xen/xen/evtchn.c \
	vmi-xen/xen/callback.c vmi-xen/xen/time.c vmi-xen/xen/sched.c

ADAPTER_OBJS := $(patsubst %,$(BUILD)/pv32/%.o,$(basename $(ADAPTER_SRCS)))
ADAPTER := $(BUILD)/vmi-xen/vmi.elf
ALL += $(ADAPTER)

# Xen's public headers, and nothing else of /usr/include.
$(BUILD)/include/xen:
	$(Q)mkdir -p $(@D) && ln -sfn /usr/include/xen $@
$(BUILD)/include/asm-offsets.h: vmi-xen/asm-offsets.c $(wildcard vmi-xen/*/*.h) | $(BUILD)/include/xen
	$(Q)$(CC) $(filter-out -MMD -MP -g,$(PV32_CFLAGS)) -S $< -o - | \
		sed -n 's/^->\([A-Z0-9_]*\) \$$*\([0-9]*\).*/#define \1 \2/p' >$@
$(ADAPTER_OBJS): | $(BUILD)/include/xen
$(filter %entry.o %dispatch.o,$(ADAPTER_OBJS)): $(BUILD)/include/asm-offsets.h

$(ADAPTER): $(BUILD)/pv32/vmi-xen/adapter.lds $(ADAPTER_OBJS)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(LD) -m elf_i386 -nostdlib --build-id=none -z noexecstack \
		-T $< $(ADAPTER_OBJS) -o $@

$(eval $(call unit-test,bzimage,vmi-xen/boot/bzimage.c))
$(eval $(call unit-test,printf,vmi-xen/lib/printf.c))
$(eval $(call fuzz-target,bzimage,vmi-xen/boot/bzimage.c))
