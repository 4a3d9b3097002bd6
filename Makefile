# SPDX-License-Identifier: GPL-2.0-only
# vmi-xen: a VMI ROM for Xen.  `make help` lists the targets.
#
# One non-recursive makefile; each folder names its files in its files.mk.
# Objects of different worlds never share a name: build/pv32 (freestanding,
# 32 bit), build/host64 (tests, sanitized), build/fuzz, build/tools.

BUILD := build
CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
CLANG ?= clang
HOSTCC ?= gcc
DEBUG ?= 0
WERROR ?= 0
VERSION := 0.1

ifeq ($(V),1)
Q :=
else
Q := @
MAKEFLAGS += --no-print-directory
endif
say = $(if $(Q),@printf '  %-7s %s\n' "$(1)" "$(2)")

all:

WARN := -Wall -Wextra -Wshadow -Wundef -Wvla -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wwrite-strings \
	-Wcast-qual -Wformat=2 -Wconversion -Wno-sign-conversion \
	$(if $(filter 1,$(WERROR)),-Werror)
INCLUDES := -I$(BUILD)/include -Irom/include -Irom -Ivmi-xen
COMMON := -std=gnu11 -g -MMD -MP $(WARN) $(INCLUDES) -DDEBUG=$(DEBUG) $(if $(PROFILE),-DPROFILE) \
	-DVMI_XEN_VERSION='"$(VERSION)"' -ffile-prefix-map=$(CURDIR)=.

# Freestanding 32-bit code: the adapter, the ROMs, the conformance guest.
# The reasons for each flag are in doc/style.md.
pv32-gcc-include = $(shell $(CC) -print-file-name=include 2>/dev/null)
PV32_CFLAGS := $(COMMON) -D__XEN_INTERFACE_VERSION__=0x00040d00 -O2 -m32 -march=i686 -mregparm=3 \
	-freg-struct-return -mgeneral-regs-only -ffreestanding -nostdinc \
	-isystem $(pv32-gcc-include) -fno-pic -fno-common \
	-fno-strict-aliasing -fno-delete-null-pointer-checks \
	-fno-stack-protector -fcf-protection=none \
	-fno-asynchronous-unwind-tables -Wframe-larger-than=1024
PV32_ASFLAGS := -D__ASSEMBLER__ $(INCLUDES) -g -m32 -march=i686 -MMD -MP \
	-DDEBUG=$(DEBUG) $(if $(PROFILE),-DPROFILE) -DVMI_XEN_VERSION='"$(VERSION)"' -nostdinc -isystem $(pv32-gcc-include)

# Host programs: tests run with the address and undefined sanitizers.
SAN := -fsanitize=address,undefined -fno-sanitize-recover=undefined
HOST64_CFLAGS := $(COMMON) -O1 -fno-omit-frame-pointer $(SAN) -DHOST_TEST=1
FUZZ_CFLAGS := $(COMMON) -O1 -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=undefined -DHOST_TEST=1
TOOLS_CFLAGS := $(COMMON) -O2 -fPIE

$(BUILD)/pv32/%.o: %.c Makefile | $(BUILD)/include/xen
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(PV32_CFLAGS) $(CFLAGS_$*) -c $< -o $@
$(BUILD)/pv32/%.o: %.S Makefile | $(BUILD)/include/xen
	$(call say,AS,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(PV32_ASFLAGS) $(ASFLAGS_$*) -c $< -o $@
$(BUILD)/pv32/%.lds: %.lds.S Makefile
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(PV32_ASFLAGS) -P -E -Ui386 -Ulinux -x assembler-with-cpp $<  -o $@
$(BUILD)/host64/%.o: %.c Makefile
	$(call say,HOSTCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) $(HOST64_CFLAGS) -c $< -o $@
$(BUILD)/fuzz/%.o: %.c Makefile
	$(call say,FUZZCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ_CFLAGS) -c $< -o $@
$(BUILD)/tools/%.o: %.c Makefile
	$(call say,HOSTCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) $(TOOLS_CFLAGS) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

# $(eval $(call unit-test,NAME,SOURCES)): tests/unit/test-NAME.c with SOURCES
define unit-test
$(BUILD)/host64/test-$(1): $(patsubst %.c,$(BUILD)/host64/%.o,tests/unit/test-$(1).c $(2))
	$$(call say,LINK,$$@)
	$$(Q)$$(HOSTCC) $$(SAN) $$^ -lcmocka $(3) -o $$@
UNIT_TESTS += $(BUILD)/host64/test-$(1)
endef
# $(eval $(call fuzz-target,NAME,SOURCES)): tests/fuzz/fuzz-NAME.c, libFuzzer
define fuzz-target
$(BUILD)/fuzz/fuzz-$(1): $(patsubst %.c,$(BUILD)/fuzz/%.o,tests/fuzz/fuzz-$(1).c $(2))
	$$(call say,LINK,$$@)
	$$(Q)$$(CLANG) -fsanitize=fuzzer,address,undefined $$^ -o $$@
FUZZERS += $(BUILD)/fuzz/fuzz-$(1)
endef
# $(eval $(call tool,NAME,SOURCES)): a host program build/tools/NAME
define tool
$(BUILD)/tools/$(1): $(patsubst %.c,$(BUILD)/tools/%.o,$(2))
	$$(call say,LINK,$$@)
	$$(Q)$$(HOSTCC) -pie $$(LDFLAGS) $$^ $(3) -o $$@
TOOLS += $(BUILD)/tools/$(1)
endef

# What files.mk files add to: ALL (images), TOOLS, UNIT_TESTS, FUZZERS,
# HOST_TAP (commands that print TAP, seconds) and LAB_TAP (the same on Xen;
# LAB_NEEDS are built first).
FILES_MK := $(sort $(wildcard */files.mk */*/files.mk))
include $(FILES_MK)

# In two steps: nothing is compiled before the compiler is there.
all: deps
	$(Q)$(MAKE) build-all
build-all: $(ALL) $(TOOLS)
-include $(shell find $(BUILD)/pv32 $(BUILD)/host64 $(BUILD)/fuzz $(BUILD)/tools -type f -name '*.d' 2>/dev/null)

## Targets ------------------------------------------------------------------
.PHONY: all help deps demo check check-host check-lab check-interop lint \
	format interop bench shell install clean fuzz guests docs lab packages
.DELETE_ON_ERROR:

help:
	@echo 'make all         the adapter, the ROMs and the tools, into $(BUILD)/'
	@echo 'make deps        install the Debian packages that are missing'
	@echo 'make demo        start the guest by a real xl create, in front of you; DEMO=auto: by itself'
	@echo 'make check       everything below; closes with "N passed, N failed"'
	@echo 'make check-host  unit tests and short fuzzing on this machine'
	@echo 'make check-lab   tests on real Xen, in the lab machines'
	@echo 'make interop     the conformance guest on every platform, as a matrix'
	@echo 'make guests      Linux 6.1 with VMI: guest-patches/ on the source of Debian'
	@echo 'make lint        formatters and static analysis'
	@echo 'make bench       instructions per operation, deterministic; bench-accept: as baseline'
	@echo 'make shell       a dom0 shell; MACHINE=pv32 or MACHINE=debian'
	@echo 'make lab         the lab machines, built and not run'
	@echo 'make fuzz        each fuzzer for FUZZ_SECONDS=60'
	@echo 'make format      clang-format over all C files'
	@echo 'make docs        doc/calls.md from its table'
	@echo 'make install     into DESTDIR= by PREFIX=/usr/local'
	@echo 'make packages    Debian packages, into $(BUILD)/packages; CHROOT=1: in a clean Debian'
	@echo 'make clean       remove $(BUILD)/'
	@echo 'Options: V=1 (show commands) DEBUG=1 CC=clang XEN_DEBUG=1'
	$(if $(ABSENT),@echo 'Not there yet (doc/status.md): $(ABSENT)')

deps:
	$(Q)tests/tools/deps

FUZZ_RUNS ?= 20000
FUZZ_SECONDS ?= 60
fuzz-tap = $(foreach f,$(FUZZERS),'tests/tools/fuzz-tap $(f) $(FUZZ_RUNS)')

check-host: deps
	$(Q)$(MAKE) WERROR=1 build-host
	$(Q)tests/run-tests $(UNIT_TESTS) $(fuzz-tap) $(HOST_TAP)
build-host: $(UNIT_TESTS) $(FUZZERS) $(TOOLS) $(HOST_NEEDS)
.PHONY: build-all build-host build-lab build-fuzz

check-lab: deps
	$(Q)$(MAKE) WERROR=1 build-all build-lab
	$(Q)tests/run-tests $(LAB_TAP)
build-lab: $(LAB_NEEDS)

check: deps
	$(Q)$(MAKE) WERROR=1 build-all build-host
	$(Q)$(MAKE) WERROR=1 build-lab
	$(Q)tests/run-tests tests/tools/lint-tap $(UNIT_TESTS) $(fuzz-tap) \
		$(HOST_TAP) $(LAB_TAP)

lint: deps
	$(Q)tests/tools/lint

format:
	$(Q)git ls-files '*.c' '*.h' | xargs clang-format-14 -i

build-fuzz: $(FUZZERS)
fuzz: deps
	$(Q)$(MAKE) build-fuzz
	$(Q)for f in $(FUZZERS); do n=$${f##*/fuzz-}; mkdir -p $(BUILD)/corpus/$$n; \
		$$f -max_total_time=$(FUZZ_SECONDS) $(BUILD)/corpus/$$n \
		$$(test -d tests/fuzz/corpus/$$n && echo tests/fuzz/corpus/$$n) || exit 1; done

docs:
	$(Q)tests/tools/gen-calls >doc/calls.md

PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib

# These belong to the folder that knows what to do.  While there is none, they
# say so and fail; "install" at least has the adapter to install.
FOLDER_TARGETS := guests interop bench install
PRESENT := $(shell grep -hoE '^(guests|interop|bench|install) *:' $(FILES_MK) | tr -d ' :')
ABSENT := $(filter-out $(PRESENT) install,$(FOLDER_TARGETS))
$(ABSENT):
	@echo 'make $@: there is nothing to run yet, see doc/status.md' >&2
	@false
ifeq ($(filter install,$(PRESENT)),)
install: all
	install -d $(DESTDIR)$(LIBDIR)/vmi-xen
	install -m 644 $(ALL) $(DESTDIR)$(LIBDIR)/vmi-xen/
endif

clean:
	rm -rf $(BUILD)
