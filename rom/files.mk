# SPDX-License-Identifier: GPL-2.0-only
# The VMI ROM images and the programs that make and check them.

$(eval $(call tool,romcheck,rom/romcheck.c rom/romparse.c))
$(eval $(call unit-test,romparse,rom/romparse.c rom/xen-rom.c))
$(eval $(call fuzz-target,romcheck,rom/romparse.c rom/xen-rom.c))
