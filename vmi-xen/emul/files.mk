# SPDX-License-Identifier: GPL-2.0-only
# The instruction emulator: pure, the same files in the adapter and in tests.
EMUL_SRCS := $(addprefix vmi-xen/emul/,\
	decode.c operand.c alu.c move.c system.c execute.c)
$(eval $(call unit-test,emul-native,$(EMUL_SRCS)))
$(eval $(call unit-test,emul,tests/mock/emul-model.c $(EMUL_SRCS)))
$(eval $(call unit-test,emul-stack,$(EMUL_SRCS)))
$(eval $(call fuzz-target,emul,$(EMUL_SRCS)))
