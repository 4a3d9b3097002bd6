# SPDX-License-Identifier: GPL-2.0-only
"""The VMI calls that one test makes, on any platform with a ROM, and what
differs between two of them."""
import difflib
import itertools
import os
import re
import sys

import platforms

sys.path.insert(0, os.path.join(platforms.TOP, 'tests/lab'))
import lab  # noqa: E402  pylint: disable=wrong-import-position

ROMS = {'ref': 'vmi-ref-trace.rom', 'ring1': 'vmi-ring1-trace.rom'}
# As the ROMs write it: name, EAX, EDX, ECX; as the adapter does (vmi_trace=calls):
# time, number, return address, EAX.
ROM_LINE = re.compile(r'^(\w+) ([0-9a-f]{8}) [0-9a-f]{8} [0-9a-f]{8}$')
XEN_LINE = re.compile(r'^vmi-xen: trace: +\d+ call (\d+) [0-9a-f]{8} ([0-9a-f]{8})$')
TABLE = re.compile(r'^VMI_CALL\((\d+), (\w+),', re.M)
# The console and the trace as one stream, so that each call has its test.
MUX = ('-chardev', 'stdio,id=both,mux=on,signal=off', '-serial', 'chardev:both',
       '-device', 'isa-debugcon,iobase=0xe9,chardev=both')
DIFF_LINES = 40


def call_names():
    """Number -> name."""
    with open(os.path.join(platforms.TOP, 'rom/include/vmi-calls.def'), encoding='ascii') as file:
        return {int(nr): name for nr, name in TABLE.findall(file.read())}


def parse(text, test):
    """The calls between the results before and of @test; None: no such result."""
    names, calls = call_names(), []
    for line in text.splitlines():
        result = platforms.RESULT.match(line)
        if result and result.group(3) == test:
            return calls
        if result:
            calls = []
            continue
        rom, xen = ROM_LINE.match(line), XEN_LINE.match(line)
        if rom:
            calls.append('%s %s' % rom.groups())
        elif xen:
            calls.append('%s %s' % (names.get(int(xen.group(1)), xen.group(1)), xen.group(2)))
    return None


def run_traced(platform, variant, group):
    """A console of one group of tests, with the calls in it."""
    words = 'only=' + group
    if platform in ROMS:
        return platforms.qemu(variant, words, os.path.join(platforms.BUILD, ROMS[platform]),
                              serial=MUX)
    machine = platform.split('-')[1]
    files = {'vmi.elf': lab.ADAPTER, variant: platforms.image(variant),
             'traced.cfg': lab.domain_config('traced', machine, variant,
                                             words + ' vmi_trace=calls')}
    result = lab.run(lab.Machine(machine), files,
                     'create /files/traced.cfg && wait_end 60\n',
                     os.path.join(lab.LAB, 'traced'), timeout=90)
    return result.raw_console('traced')


def folded(calls):
    """Runs of one call as one line: loops of waiting are never equally long."""
    return [call + (' ...' if len(list(same)) > 1 else '')
            for call, same in itertools.groupby(calls)]


def diff(ours, theirs, our_name, their_name):
    """The lines that differ, with their neighbours; [] when none does."""
    lines = list(difflib.unified_diff(folded(ours), folded(theirs), our_name, their_name,
                                      n=2, lineterm=''))
    if len(lines) > DIFF_LINES:
        lines[DIFF_LINES:] = ['... %d more lines' % (len(lines) - DIFF_LINES)]
    return lines


def compare(test, left, right):
    """diff() of what @test calls on two platforms, each (platform, variant)."""
    calls = []
    for platform, variant in (left, right):
        found = parse(run_traced(platform, variant, test.split(':')[0]), test)
        if found is None:
            return ['no trace of it on %s %s' % (platform, variant)]
        calls.append(found)
    return diff(calls[0], calls[1], ' '.join(left), ' '.join(right))
