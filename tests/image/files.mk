# SPDX-License-Identifier: GPL-2.0-only
# What runs in guests: a small user space for i386, as initramfs.
I := $(BUILD)/image
IMAGE := $(I)/initramfs.gz
IMAGE_PROGRAMS := $(I)/load

$(I)/%: tests/image/%.c
	$(call say,GUESTCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) -std=gnu11 -m32 -march=i686 -O2 -Wall -Wextra -static \
		-pthread -fno-pie -no-pie $< -o $@
	$(Q)strip $@
$(IMAGE): tests/image/build-image tests/image/mkcpio tests/image/init $(IMAGE_PROGRAMS)
	$(Q)tests/image/build-image $(CURDIR)/$@ $(IMAGE_PROGRAMS)
