# SPDX-License-Identifier: GPL-2.0-only
# A PC's devices: models that know nothing of Xen.
DEV_SRCS := $(addprefix vmi-xen/dev/,acpi-pm.c board.c firmware.c i8042.c i8254.c \
	i8259.c ide.c ide-atapi.c ide-command.c ide-dma.c ide-drive.c ide-trim.c ioapic.c lapic.c pci.c rtc.c uart16550.c)
DEV_SRCS += $(addprefix vmi-xen/dev/,csum.c disks.c net.c pcnet.c pcnet-ring.c \
	virtio.c virtio-blk.c virtio-net.c virtio-pci.c tcp-cut.c)
PCNET_SRCS := vmi-xen/dev/pcnet.c vmi-xen/dev/pcnet-ring.c tests/mock/guest-memory.c
$(eval $(call unit-test,pcnet,tests/mock/pcnet-rig.c $(PCNET_SRCS)))
$(eval $(call unit-test,pcnet-rings,tests/mock/pcnet-rig.c $(PCNET_SRCS)))
$(eval $(call fuzz-target,pcnet,tests/mock/fuzz-nic.c $(PCNET_SRCS)))
VIRTIO_SRCS := $(addprefix vmi-xen/dev/,virtio.c virtio-blk.c virtio-net.c csum.c tcp-cut.c) vmi-xen/lib/printf.c \
	tests/mock/guest-memory.c
$(eval $(call unit-test,virtio-blk,tests/mock/virtio-rig.c $(VIRTIO_SRCS) $(FAKE_DISK_SRCS)))
VIRTIO_NET_RIG_SRCS := tests/mock/virtio-net-rig.c tests/mock/virtio-rig.c $(VIRTIO_SRCS)
$(eval $(call unit-test,virtio-net,$(VIRTIO_NET_RIG_SRCS)))
$(eval $(call unit-test,virtio-net-large,$(VIRTIO_NET_RIG_SRCS)))
$(eval $(call fuzz-target,virtio,tests/mock/fuzz-nic.c $(VIRTIO_SRCS) vmi-xen/xen/netfront-join.c $(FAKE_DISK_SRCS)))
$(eval $(call unit-test,csum,vmi-xen/dev/csum.c))
$(eval $(call unit-test,tcp-cut,vmi-xen/dev/tcp-cut.c vmi-xen/dev/csum.c))
