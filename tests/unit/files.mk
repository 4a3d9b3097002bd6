# SPDX-License-Identifier: GPL-2.0-only
# Unit tests of the device models, and the sources each one needs.
$(eval $(call unit-test,i8259,vmi-xen/dev/i8259.c))
$(eval $(call unit-test,i8254,vmi-xen/dev/i8254.c))
$(eval $(call unit-test,i8042,vmi-xen/dev/i8042.c))
$(eval $(call unit-test,rtc,vmi-xen/dev/rtc.c))
$(eval $(call unit-test,uart,vmi-xen/dev/uart16550.c))
$(eval $(call unit-test,lapic,vmi-xen/dev/lapic.c))
$(eval $(call unit-test,ioapic,vmi-xen/dev/ioapic.c vmi-xen/dev/lapic.c))
$(eval $(call unit-test,pci,vmi-xen/dev/pci.c))
$(eval $(call unit-test,acpi,vmi-xen/dev/acpi-pm.c))
$(eval $(call unit-test,firmware,vmi-xen/dev/firmware.c))

# The whole board.
BOARD_SRCS := $(addprefix vmi-xen/dev/,acpi-pm.c board.c i8042.c i8254.c i8259.c ide.c \
	ide-atapi.c ide-command.c ide-dma.c ide-drive.c ide-trim.c ioapic.c lapic.c pci.c rtc.c uart16550.c)
FAKE_DISK_SRCS := tests/mock/fake-disk.c $(BOARD_SRCS)
IDE_RIG_SRCS := tests/mock/guest-memory.c $(FAKE_DISK_SRCS)
$(eval $(call unit-test,board,$(BOARD_SRCS)))
$(eval $(call unit-test,ide,tests/mock/ide-rig.c $(IDE_RIG_SRCS)))
$(eval $(call unit-test,ide-dma,tests/mock/ide-rig.c $(IDE_RIG_SRCS)))
$(eval $(call unit-test,ide-trim,tests/mock/ide-rig.c $(IDE_RIG_SRCS)))
$(eval $(call unit-test,ide-cdrom,tests/mock/ide-rig.c $(IDE_RIG_SRCS)))
$(eval $(call fuzz-target,board,$(BOARD_SRCS)))
$(eval $(call fuzz-target,ide,$(FAKE_DISK_SRCS)))
$(eval $(call unit-test,disks,$(IDE_RIG_SRCS) $(addprefix vmi-xen/dev/,disks.c virtio.c virtio-blk.c virtio-pci.c) vmi-xen/lib/printf.c))

# The frontends, on a xenstore and rings of ours.  Xen's ring macros convert where a long is longer.
XEN_ON_HOST := $(addprefix vmi-xen/xen/,xenbus blkfront blkfront-ring netfront netfront-ring) \
	$(addprefix tests/mock/,front-rig blkfront-rig blkfront-jobs netfront-rig) tests/unit/test-netfront \
	tests/unit/test-blkfront tests/unit/test-blkfront-ring tests/unit/test-blkfront-answers
XEN_ON_HOST_OBJS := $(foreach o,host64 fuzz,$(XEN_ON_HOST:%=$(BUILD)/$(o)/%.o)) $(BUILD)/fuzz/tests/fuzz/fuzz-blkfront.o
XEN_ON_HOST_CFLAGS := -D__XEN_INTERFACE_VERSION__=0x00040d00 -Wno-conversion
$(XEN_ON_HOST_OBJS): HOST64_CFLAGS += $(XEN_ON_HOST_CFLAGS)
$(XEN_ON_HOST_OBJS): FUZZ_CFLAGS += $(XEN_ON_HOST_CFLAGS)
$(XEN_ON_HOST_OBJS): | $(BUILD)/include/xen
XENBUS_SRCS := tests/mock/fake-store.c vmi-xen/xen/xenbus.c vmi-xen/xen/xenstore-number.c vmi-xen/lib/printf.c
$(eval $(call unit-test,xenbus,$(XENBUS_SRCS)))
FRONT_SRCS := tests/mock/front-rig.c $(XENBUS_SRCS)
BLKFRONT_SRCS := $(addprefix tests/mock/blkfront-,jobs.c rig.c) vmi-xen/xen/blkfront.c vmi-xen/xen/blkfront-ring.c $(FRONT_SRCS)
$(eval $(call unit-test,blkfront-ring,$(BLKFRONT_SRCS)))
$(eval $(call unit-test,blkfront-answers,$(BLKFRONT_SRCS)))
$(eval $(call unit-test,blkfront,$(BLKFRONT_SRCS)))
$(eval $(call fuzz-target,blkfront,$(filter-out %-jobs.c,$(BLKFRONT_SRCS))))
$(eval $(call unit-test,netfront,tests/mock/netfront-rig.c $(addprefix vmi-xen/xen/netfront,.c -join.c -ring.c) $(FRONT_SRCS)))
$(eval $(call unit-test,netfront-join,vmi-xen/xen/netfront-join.c))

# What lazy sections collect.
$(eval $(call unit-test,batch,vmi-xen/xen/batch.c))
$(BUILD)/host64/vmi-xen/xen/batch.o $(BUILD)/host64/tests/unit/test-batch.o: | $(BUILD)/include/xen
