# SPDX-License-Identifier: GPL-2.0-only
# The dom0 side: the program vmi-xen, what is installed, and their tests.

XLC_PURE := $(addprefix xl-config/,report.c text.c conf.c args.c file.c \
	bundle.c rewrite.c kernel.c unpack.c json.c findings.c) vmi-xen/boot/bzimage.c
XLC_SRCS := $(XLC_PURE) $(addprefix xl-config/,main.c commands.c config.c bootloader.c create.c check.c list.c \
	prepare.c host.c domain.c state.c xen-context.c)
XLC_PURE_LIBS := -lxlutil -lxenlight -lz -llzma
XLC_LIBS := $(XLC_PURE_LIBS) -lxenstore -lxentoollog

XEN_FIRMWARE_DIR := $(shell pkg-config --variable=xenfirmwaredir xenlight 2>/dev/null)
$(BUILD)/tools/xl-config/host.o: TOOLS_CFLAGS += -DXEN_FIRMWARE_DIR='"$(XEN_FIRMWARE_DIR)"'

# Not by $(call tool): build/tools/vmi-xen is the folder of its objects.
XLC_PROGRAM := $(BUILD)/bin/vmi-xen
$(XLC_PROGRAM): $(patsubst %.c,$(BUILD)/tools/%.o,$(XLC_SRCS))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) -pie $^ $(XLC_LIBS) -o $@
TOOLS += $(XLC_PROGRAM)

$(eval $(call unit-test,xlconf,$(XLC_PURE),$(XLC_PURE_LIBS)))
$(eval $(call unit-test,xlconf-files,$(filter-out xl-config/main.c,$(XLC_SRCS)),$(XLC_LIBS)))
