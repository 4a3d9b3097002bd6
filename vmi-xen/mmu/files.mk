# SPDX-License-Identifier: GPL-2.0-only
# The shadow pager, independent of Xen's headers, and its tests on a model Xen.
MMU_SRCS := $(addprefix vmi-xen/mmu/,audit.c fault.c guest-copy.c guest-map.c \
	guest-walk.c p2m.c pool.c queue.c roots.c shadow.c shadow-map.c \
	short.c tables.c template.c)
XEN_MODEL := tests/mock/xen-model.c tests/mock/xen-model-cpu.c
MMU_MOCK := $(XEN_MODEL) tests/mock/shadow-rig.c

$(eval $(call unit-test,shadow-random,$(MMU_SRCS) $(MMU_MOCK) tests/mock/random-guest.c))
$(eval $(call unit-test,shadow-cases,$(MMU_SRCS) $(MMU_MOCK)))
$(eval $(call unit-test,xen-model,$(XEN_MODEL)))
$(eval $(call unit-test,shadow-cost,$(MMU_SRCS) $(MMU_MOCK)))
$(eval $(call unit-test,guest-walk,$(MMU_SRCS) $(MMU_MOCK)))
