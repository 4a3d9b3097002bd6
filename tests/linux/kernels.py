# SPDX-License-Identifier: GPL-2.0-only
"""The kernels of guest-patches: start them on plain QEMU; judge a console."""
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, 'tests/guest'))
import platforms  # noqa: E402  pylint: disable=wrong-import-position

BUILD = platforms.BUILD
SERIES = 'linux-6.1'
VARIANTS = ('pae', 'nopae')
INITRAMFS = os.path.join(BUILD, 'image', 'initramfs.gz')
MEMORY_MB = 128
CPU = 'qemu32,+pae,+nx,+sep,+pge'
ROMS = {'ref': 'vmi-ref.rom', 'ring1': 'vmi-ring1.rom'}
FOUND = 'VMI: Found vmi-xen '
CLOCK = 'clocksource: Switched to clocksource vmi-timer'
ENDS = {'poweroff': 'reboot: Power down', 'reboot': 'reboot: machine restart'}
# What no healthy boot prints.
TROUBLE = re.compile(r'(WARNING:|BUG:|Oops|Call Trace|Kernel panic|PANIC|soft lockup|'
                     r'segment-related|nobody cared)')
# tests/image/load where a platform cannot: (platform, test) -> why.  None now.
KNOWN = {}


def bzimage(variant):
    """The kernel of a variant."""
    return os.path.join(BUILD, 'guests', '%s-%s' % (SERIES, variant), 'bzImage')


def bundle(variant):
    """Kernel and initramfs, as the adapter takes them."""
    with open(bzimage(variant), 'rb') as file:
        kernel = file.read()
    with open(INITRAMFS, 'rb') as file:
        return kernel + b'\0' * (-len(kernel) % 4) + file.read()


def boot(variant, rom=None, words='', smp=1, cpu=CPU, timeout=300):
    """Its console on plain QEMU, and whether the machine went off by itself.

    One processor: time goes by instructions, however busy this machine is.
    Two: QEMU's processors would not see each other's time pass then.
    """
    command = ['qemu-system-i386', '-nodefaults', '-no-user-config',
               '-machine', 'pc,accel=tcg', '-cpu', cpu,
               '-m', str(MEMORY_MB), '-smp', str(smp), '-display', 'none', '-no-reboot',
               '-serial', 'stdio', '-kernel', bzimage(variant), '-initrd', INITRAMFS,
               '-append', 'console=ttyS0 panic=1 ' + words]
    if smp == 1:
        command += ['-icount', 'shift=3,sleep=off']
    if rom:
        command += ['-option-rom', os.path.join(BUILD, ROMS[rom])]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=timeout, check=False)
        text, ended = done.stdout, done.returncode == 0
    except subprocess.TimeoutExpired as late:
        text, ended = late.stdout or b'', False
    return text.decode('utf-8', 'replace').replace('\r', ''), ended


def judge(text, platform, vmi=True, end='poweroff', load=True):
    """What is wrong with a console: lines, none of them if it is fine."""
    wrong = []
    if vmi and FOUND not in text:
        wrong.append('no "%s"' % FOUND)
    if not vmi and 'VMI:' in text:
        wrong.append('speaks of VMI where there is none')
    if vmi and CLOCK not in text:
        wrong.append('VMI\'s clock is not used')
    if ENDS[end] not in text:
        wrong.append('did not reach "%s"' % ENDS[end])
    wrong += [line for line in text.splitlines() if TROUBLE.search(line)][:5]
    if load:
        tap = platforms.Tap(text)
        if not tap.complete:
            wrong.append('the load did not end: %d of %s results'
                         % (len(tap.results), tap.planned))
        bad = {name.split(':')[0]: name for name in tap.names('not ok')}
        may = {test for where, test in KNOWN if where == platform}
        wrong += ['load: not ok: %s' % bad[name] for name in sorted(set(bad) - may)]
        wrong += ['load: %s is ok: take it out of KNOWN' % name
                  for name in sorted(may & set(tap.names('ok')))]
    return wrong


class Report:
    """Prints TAP as results come."""

    def __init__(self, planned):
        self.number, self.bad = 0, 0
        print('1..%d' % planned, flush=True)

    def add(self, name, wrong, text=''):
        """One result; the console's end if there is something wrong."""
        self.number += 1
        if wrong:
            self.bad += 1
            for line in text.splitlines()[-30:] + ['--'] + wrong:
                print('# ' + line)
        print('%sok %d - %s' % ('not ' if wrong else '', self.number, name), flush=True)
