# SPDX-License-Identifier: GPL-2.0-only
$(eval $(call unit-test,bootparams,vmi-xen/boot/bootparams.c vmi-xen/boot/memmap.c))
