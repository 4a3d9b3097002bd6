# SPDX-License-Identifier: GPL-2.0-only
# Kernels that lost VMI, with it: Debian's source and the series here.
KERNEL_SERIES := linux-6.1
KERNEL_VARIANTS := pae nopae
KERNELS := $(foreach v,$(KERNEL_VARIANTS),$(BUILD)/guests/$(KERNEL_SERIES)-$(v)/bzImage)

# One after the other: each uses all processors.
$(BUILD)/guests/$(KERNEL_SERIES)-nopae/bzImage: | $(BUILD)/guests/$(KERNEL_SERIES)-pae/bzImage
$(BUILD)/guests/$(KERNEL_SERIES)-%/bzImage: guest-patches/build-guest \
		$(wildcard guest-patches/$(KERNEL_SERIES)/* /usr/src/linux-source-6.1.tar.xz)
	$(Q)guest-patches/build-guest $(KERNEL_SERIES) $* $(BUILD)/guests

.PHONY: build-guests
build-guests: $(KERNELS)
guests: deps
	$(Q)$(MAKE) build-guests
