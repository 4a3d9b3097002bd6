# SPDX-License-Identifier: GPL-2.0-only
# What runs in guests: a small user space for i386, as initramfs.
I := $(BUILD)/image
IMAGE := $(I)/initramfs.gz
IMAGE_PROGRAMS := $(I)/load $(I)/powerbutton
IMAGE_CFLAGS := -std=gnu11 -m32 -march=i686 -O2 -Wall -Wextra \
	$(if $(filter 1,$(WERROR)),-Werror) -fno-pie -no-pie -static \
	-fno-toplevel-reorder
# Debian's packages for i386, unpacked: klibc and musl, since programs of today's
# static glibc (busybox is one) need Linux 2.6.29.
I386 := $(I)/i386
I386_PACKAGES := busybox-static klibc-utils libklibc musl-dev
# musl in place of the C library; the kernel's headers are this machine's.
MUSL := $(I386)/usr/lib/i386-linux-musl
MUSL_CFLAGS = $(IMAGE_CFLAGS) -nostdlib -nostdinc \
	-isystem $(I386)/usr/include/i386-linux-musl \
	-isystem $(shell $(HOSTCC) -m32 -print-file-name=include) \
	-idirafter /usr/include -idirafter /usr/include/x86_64-linux-gnu
MUSL_START := $(MUSL)/crt1.o $(MUSL)/crti.o
MUSL_END := $(MUSL)/libc.a -lgcc $(MUSL)/libc.a $(MUSL)/crtn.o
# Programs of mini.h: no C library, and nothing a kernel would have to clear.
MINI_CFLAGS := $(IMAGE_CFLAGS) -nostdlib -ffreestanding -fno-stack-protector \
	-fcf-protection=none -fno-asynchronous-unwind-tables \
	-Wl,--build-id=none,-z,noseparate-code,-z,noexecstack

load-sources := $(addprefix tests/image/,load.c load-life.c load-memory.c \
	load-cpu.c load-system.c)
$(I386)/done: tests/image/fetch
	$(Q)tests/image/fetch $(I386) $(I386_PACKAGES)
$(I)/load: $(load-sources) tests/image/load.h $(I386)/done
	$(call say,GUESTCC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) $(MUSL_CFLAGS) -s $(MUSL_START) $(load-sources) $(MUSL_END) -o $@
$(I)/powerbutton $(I)/bench $(I)/up: $(I)/%: tests/image/%.c tests/image/mini.h
	$(call say,GUESTCC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) $(MINI_CFLAGS) -s $< -o $@
# Programs of tests/lab/test-devices and its bench.
DEVICE_PROGRAMS := $(I)/disktest $(I)/nettest
$(DEVICE_PROGRAMS): $(I)/%: tests/image/%.c $(I386)/done
	$(call say,GUESTCC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) $(MUSL_CFLAGS) -s $(MUSL_START) $< $(MUSL_END) -o $@
$(IMAGE): tests/image/build-image tests/image/mkcpio tests/image/init \
		$(I386)/done $(IMAGE_PROGRAMS)
	$(Q)tests/image/build-image $@ $(I386) $(IMAGE_PROGRAMS)
# These are the whole user space of their run.
$(I)/bench.gz $(I)/up.gz: $(I)/%.gz: tests/image/mkcpio $(I)/%
	$(Q)rm -rf $@.dir && mkdir -p $@.dir
	$(Q)cp $(I)/$* $@.dir/init
	$(Q)tests/image/mkcpio $@.dir | gzip -9n >$@.new
	$(Q)mv $@.new $@
