# SPDX-License-Identifier: GPL-2.0-only
# The dom0 side: the program vmi-xen, what is installed, and their tests.

XLC_PURE := $(addprefix xl-config/,report.c text.c conf.c file.c bundle.c rewrite.c) \
	vmi-xen/boot/bzimage.c
$(eval $(call unit-test,xlconf,$(XLC_PURE),-lxlutil -lxenlight))
