# SPDX-License-Identifier: GPL-2.0-only
# The adapter: all of its files.

ADAPTER_SRCS := $(addprefix vmi-xen/,\
	boot/head.S boot/start.c boot/bzimage.c boot/guest-start.c \
	boot/memmap.c boot/bootparams.c boot/frames.c boot/window.c boot/p2m-tree.c boot/cmdline.c \
	trap/entry.S trap/init.c trap/traps.c trap/pagefault.c trap/protection.c \
	trap/reflect.c trap/emulate.c trap/port.c trap/cs-test.c trap/step.c \
	cpu/desc.c cpu/idt.c cpu/cr.c cpu/msr.c cpu/cpuid.c cpu/irq.c \
	cpu/timer.c cpu/halt.c cpu/platform.c cpu/devices.c cpu/control.c \
	vmi/dispatch.S vmi/init.c vmi/calls-cpu.c vmi/calls-desc.c \
	vmi/calls-mmu.c vmi/calls-io.c vmi/calls-time.c \
	lib/string.c lib/printf.c lib/log.c lib/panic.c lib/counters.c lib/trace.c \
	xen/startinfo.c xen/console.c xen/evtchn.c xen/batch.c xen/callback.c xen/time.c \
	xen/sched.c xen/mmu-queue.c xen/xenstore.c xen/xenstore-number.c xen/grant.c xen/xenbus.c xen/blkfront.c xen/blkfront-ring.c \
	xen/netfront.c xen/netfront-join.c xen/netfront-ring.c) \
	rom/xen-rom.c

# mmu/, emul/ and dev/ list their own: MMU_SRCS, EMUL_SRCS, DEV_SRCS.
ADAPTER_OBJS = $(patsubst %,$(BUILD)/pv32/%.o,$(basename $(ADAPTER_SRCS) $(MMU_SRCS) $(EMUL_SRCS) $(DEV_SRCS)))
ADAPTER := $(BUILD)/vmi-xen/vmi.elf
ALL += $(ADAPTER)

# Xen's public headers, and nothing else of /usr/include.
$(BUILD)/include/xen:
	$(Q)mkdir -p $(@D) && ln -sfn /usr/include/xen $@
$(BUILD)/include/asm-offsets.h: vmi-xen/asm-offsets.c $(wildcard vmi-xen/*/*.h) | $(BUILD)/include/xen
	$(Q)$(CC) $(filter-out -MMD -MP -g,$(PV32_CFLAGS)) $(if $(findstring clang,$(CC)),-fno-integrated-as) \
		-S $< -o - | \
		sed -n 's/^[[:space:]]*->\([A-Z0-9_]*\) \$$*\([0-9]*\).*/#define \1 \2/p' >$@
$(BUILD)/pv32/vmi-xen/trap/entry.o $(BUILD)/pv32/vmi-xen/vmi/dispatch.o: \
	$(BUILD)/include/asm-offsets.h

.SECONDEXPANSION:
$(ADAPTER): $(BUILD)/pv32/vmi-xen/adapter.lds $$(ADAPTER_OBJS)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(LD) -m elf_i386 -nostdlib --build-id=none -z noexecstack \
		--no-warn-rwx-segments \
		-T $< $(ADAPTER_OBJS) -o $@

$(eval $(call unit-test,bzimage,vmi-xen/boot/bzimage.c))
$(eval $(call unit-test,printf,vmi-xen/lib/printf.c))
$(eval $(call fuzz-target,bzimage,vmi-xen/boot/bzimage.c))
$(eval $(call unit-test,cmdline,vmi-xen/boot/cmdline.c vmi-xen/lib/printf.c))
$(eval $(call unit-test,cpuid,vmi-xen/cpu/cpuid.c))
$(eval $(call unit-test,timer,vmi-xen/cpu/timer.c))
