# SPDX-License-Identifier: GPL-2.0-only
# Benchmarks.  A part is a program in tests/bench that prints lines
# "bench NAME column=figure ..."; README.md there says more.
#
#   BENCH_PARTS   parts that make bench runs; BENCH_NEEDS are built first
#   BENCH_CHECKED those that make check compares with their baseline too
BENCH_PARTS += primitives
BENCH_CHECKED += primitives
BENCH_NEEDS += $(GUESTS) $(BUILD)/vmi-ref.rom
LAB_TAP += 'tests/bench/run --tap $(BENCH_CHECKED)'

.PHONY: bench-accept
# make bench PARTS="primitives ...": only these
bench: deps
	$(Q)$(MAKE) build-all build-lab build-bench
	$(Q)tests/bench/run $(or $(PARTS),$(BENCH_PARTS))
bench-accept: deps
	$(Q)$(MAKE) build-all build-lab build-bench
	$(Q)tests/bench/run --accept $(or $(PARTS),$(BENCH_PARTS))
build-bench: $(BENCH_NEEDS)
