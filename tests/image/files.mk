# SPDX-License-Identifier: GPL-2.0-only
# What runs in guests: a small user space for i386, as initramfs.
I := $(BUILD)/image
IMAGE := $(I)/initramfs.gz
IMAGE_PROGRAMS := $(I)/load $(I)/powerbutton
IMAGE_CFLAGS := -std=gnu11 -m32 -march=i686 -O2 -Wall -Wextra \
	$(if $(filter 1,$(WERROR)),-Werror) -fno-pie -no-pie -static \
	-fno-toplevel-reorder
# Programs of mini.h: no C library, and nothing a kernel would have to clear.
MINI_CFLAGS := $(IMAGE_CFLAGS) -nostdlib -ffreestanding -fno-stack-protector \
	-fcf-protection=none -fno-asynchronous-unwind-tables \
	-Wl,--build-id=none,-z,noseparate-code,-z,noexecstack

load-sources := $(addprefix tests/image/,load.c load-life.c load-memory.c \
	load-cpu.c load-system.c)
$(I)/load: $(load-sources) tests/image/load.h
	$(call say,GUESTCC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) $(IMAGE_CFLAGS) -pthread -s $(load-sources) -o $@
$(I)/powerbutton $(I)/bench $(I)/up: $(I)/%: tests/image/%.c tests/image/mini.h
	$(call say,GUESTCC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) $(MINI_CFLAGS) -s $< -o $@
# Programs of tests/lab/test-devices and its bench.
DEVICE_PROGRAMS := $(I)/disktest $(I)/nettest
$(DEVICE_PROGRAMS): $(I)/%: tests/image/%.c
	$(call say,GUESTCC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) $(IMAGE_CFLAGS) -s $< -o $@
$(IMAGE): tests/image/build-image tests/image/mkcpio tests/image/init $(IMAGE_PROGRAMS)
	$(Q)tests/image/build-image $(CURDIR)/$@ $(IMAGE_PROGRAMS)
# These are the whole user space of their run.
$(I)/bench.gz $(I)/up.gz: $(I)/%.gz: tests/image/mkcpio $(I)/%
	$(Q)rm -rf $@.dir && mkdir -p $@.dir
	$(Q)cp $(I)/$* $@.dir/init
	$(Q)tests/image/mkcpio $@.dir | gzip -9n >$@.new
	$(Q)mv $@.new $@
