# SPDX-License-Identifier: GPL-2.0-only
"""Start the conformance guest on plain QEMU; read TAP."""
import fnmatch
import os
import re
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(TOP, os.environ.get('BUILD', 'build'))
VARIANTS = ('pae', 'nopae')
SPLITS = ('pae-1g', 'nopae-2g')       # the kernel at 1 and 2 GB
MEMORY_MB = 64
# For the lab's machine pv32.  With SMEP, Xen changes CR4 at each entry from a
# 32-bit PV guest, and QEMU drops its whole TLB then: no forgotten flush shows.
PV32_CPU = 'max,-smap,-smep'
RESULT = re.compile(r'^(not )?ok (\d+) - (.*?)(?: # SKIP (.*))?$')


def image(variant):
    """The bzImage of a variant."""
    return os.path.join(BUILD, 'guest', variant)


def qemu(variant, words='', rom=None, timeout=60, extra=(), serial=('-serial', 'stdio')):
    """Its console on plain QEMU; rom: a file for -option-rom."""
    command = ['qemu-system-i386', '-nodefaults', '-no-user-config', '-machine', 'pc,accel=tcg',
               '-cpu', 'qemu32,+pae,+nx,+sep,+pge', '-m', str(MEMORY_MB), '-smp', '2', '-display', 'none',
               # Time goes by instructions, however busy this machine is.
               '-icount', 'shift=3,sleep=off', '-rtc', 'clock=vm', '-no-reboot',
               '-kernel', image(variant), '-append', words]
    if rom:
        command += ['-option-rom', rom]
    try:
        done = subprocess.run(command + list(serial) + list(extra), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=timeout, check=False)
        text = done.stdout
    except subprocess.TimeoutExpired as late:
        text = (late.stdout or b'') + b'\n# the guest did not end in time\n'
    return text.decode('utf-8', 'replace').replace('\r', '')


class Tap:
    """The results in a console's text."""

    def __init__(self, text):
        self.text = text
        self.results = {}       # name -> 'ok', 'not ok', or ('skip', reason)
        self.planned = None
        for line in text.splitlines():
            plan = re.match(r'^1\.\.(\d+)$', line)
            if plan:
                self.planned = int(plan.group(1))
            found = RESULT.match(line)
            if found:
                bad, _, name, reason = found.groups()
                self.results[name] = ('not ok' if bad else
                                      ('skip', reason) if reason else 'ok')

    @property
    def complete(self):
        """Did it reach its plan, with all its results?"""
        return self.planned is not None and self.planned == len(self.results)

    def names(self, what):
        """Names of all 'ok', 'not ok' or 'skip'."""
        return [n for n, r in self.results.items()
                if (r if isinstance(r, str) else r[0]) == what]

    def explain(self, name):
        """The comment lines in front of a result."""
        lines = []
        for line in self.text.splitlines():
            if RESULT.match(line):
                if RESULT.match(line).group(3) == name:
                    return lines
                lines = []
            elif line.startswith('#'):
                lines.append(line)
        return lines


def load_list(name, platform):
    """A committed list of exceptions for a platform: (variant, pattern, source).

    One line for each: platforms | variants | pattern of names | source.
    """
    found = []
    with open(os.path.join(TOP, 'tests/guest', name), encoding='ascii') as file:
        for line in file:
            line = line.strip()
            if not line or line.startswith('#'):
                continue
            where, variant, pattern, source = [f.strip() for f in line.split('|')]
            if any(fnmatch.fnmatch(platform, w) for w in where.split()):
                found.append((variant, pattern, source))
    return found


def rules_for(rules, variant, name):
    """The lines of a list that are about this result."""
    return [r for r in rules if fnmatch.fnmatch(variant, r[0]) and fnmatch.fnmatchcase(name, r[1])]


class Report:
    """Results of many runs, as one TAP stream."""

    def __init__(self):
        self.number = 0
        self.failed = 0
        self.quiet = False

    def line(self, good, text, comments=(), known=None):
        """One result; known: why a failure is no news."""
        self.number += 1
        self.failed += not good and not known
        if good and self.quiet:
            return
        for comment in comments:
            print(comment if comment.startswith('#') else '# ' + comment)
        print('%s %d - %s%s' % ('ok' if good else 'not ok', self.number, text,
                                '' if good or not known else ' # TODO ' + known), flush=True)

    def add(self, platform, variant, tap, ended, end='no end', quiet=False):
        """One run: its results, its skips against the list, its end.

        quiet: do not print what is good.
        """
        before, self.quiet = self.failed, quiet
        allowed, known = load_list('skips', platform), load_list('known', platform)
        used = set()
        for name, got in tap.results.items():
            text = '%s %s: %s' % (platform, variant, name)
            if isinstance(got, str):
                reasons = rules_for(known, variant, name)
                self.line(got == 'ok', text, tap.explain(name) if got != 'ok' else (),
                          reasons[0][2] if reasons else None)
                continue
            rules = rules_for(allowed, variant, name)
            used.update(rules)
            if not rules:
                self.line(False, text, ['skipped (%s), and tests/guest/skips does not '
                                        'allow that' % got[1]])
        for rule in allowed if tap.complete else ():
            if rule not in used and fnmatch.fnmatch(variant, rule[0]):
                self.line(False, '%s %s: %s' % (platform, variant, rule[1]),
                          ['tests/guest/skips allows this skip, but nothing was skipped'])
        self.line(tap.complete and ended, '%s %s: complete, then power-off' % (platform, variant),
                  () if tap.complete and ended else
                  ['plan %s, %d results, end: %s' % (tap.planned, len(tap.results), end)])
        return self.failed == before

    def close(self):
        """The plan, or a sum; the exit status."""
        if self.quiet:
            print('%d passed, %d failed' % (self.number - self.failed, self.failed))
            return 1 if self.failed else 0
        print('1..%d' % self.number)
        return 1 if self.failed else 0
