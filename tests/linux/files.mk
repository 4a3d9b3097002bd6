# SPDX-License-Identifier: GPL-2.0-only
# Linux with guest-patches/: what is in it, and that it runs, with and without
# a ROM; on Xen: tests/lab/test-linux.
HOST_NEEDS += $(KERNELS) $(BUILD)/image/initramfs.gz
HOST_TAP += 'tests/linux/scan $(KERNELS:%/bzImage=%/vmlinux)'
LAB_NEEDS += $(KERNELS) $(BUILD)/image/initramfs.gz
LAB_TAP += tests/linux/test-boot tests/lab/test-linux
