# SPDX-License-Identifier: GPL-2.0-only
# The dom0 side: the program vmi-xen, what is installed, and their tests.

XLC_PURE := $(addprefix xl-config/,report.c text.c conf.c args.c file.c \
	bundle.c rewrite.c) vmi-xen/boot/bzimage.c
XLC_SRCS := $(XLC_PURE) $(addprefix xl-config/,main.c config.c create.c \
	prepare.c host.c domain.c state.c xen-context.c)
XLC_LIBS := -lxlutil -lxenlight -lxenstore -lxentoollog

# Not by $(call tool): build/tools/vmi-xen is the folder of its objects.
XLC_PROGRAM := $(BUILD)/bin/vmi-xen
$(XLC_PROGRAM): $(patsubst %.c,$(BUILD)/tools/%.o,$(XLC_SRCS))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) -pie $^ $(XLC_LIBS) -o $@
TOOLS += $(XLC_PROGRAM)

$(eval $(call unit-test,xlconf,$(XLC_PURE),-lxlutil -lxenlight))
