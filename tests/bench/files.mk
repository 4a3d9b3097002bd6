# SPDX-License-Identifier: GPL-2.0-only
# Benchmarks.  A part is a program in tests/bench that prints lines
# "bench NAME column=figure ..."; README.md there says more.
#
#   BENCH_PARTS   parts that make bench runs; BENCH_NEEDS are built first
#   BENCH_CHECKED those that make check compares with their baseline too
BENCH_PARTS += primitives linux io
BENCH_CHECKED += primitives linux
BENCH_NEEDS += $(GUESTS) $(BUILD)/vmi-ref.rom
LAB_NEEDS += $(BENCH_NEEDS)
LAB_TAP += 'tests/bench/run --tap $(BENCH_CHECKED)'

# For the part "linux".
BENCH_UNPAUSE := $(BUILD)/tools/unpause
$(BENCH_UNPAUSE): tests/bench/unpause.c
	$(call say,HOSTCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) -std=gnu11 -O2 $(WARN) $< -lxenctrl -o $@
BENCH_NEEDS += $(BENCH_UNPAUSE) $(BUILD)/image/bench.gz $(KERNELS)

.PHONY: bench-accept
# make bench PARTS="primitives ...": only these
# make bench KERNEL=bzImage: Linux's operations with that kernel
bench: deps
	$(Q)$(MAKE) build-all build-lab build-bench
	$(Q)$(if $(KERNEL),tests/bench/linux --kernel $(KERNEL) $(if $(MEMORY),--memory $(MEMORY)),\
		tests/bench/run $(or $(PARTS),$(BENCH_PARTS)))
bench-accept: deps
	$(Q)$(MAKE) build-all build-lab build-bench
	$(Q)tests/bench/run --accept $(or $(PARTS),$(BENCH_PARTS))
build-bench: $(BENCH_NEEDS)
