# SPDX-License-Identifier: GPL-2.0-only
"""Start the conformance guest on plain QEMU; read TAP."""
import os
import re
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(TOP, os.environ.get('BUILD', 'build'))
VARIANTS = ('pae', 'nopae')
MEMORY_MB = 64
RESULT = re.compile(r'^(not )?ok (\d+) - (.*?)(?: # SKIP (.*))?$')


def image(variant):
    """The bzImage of a variant."""
    return os.path.join(BUILD, 'guest', variant)


def qemu(variant, words='', rom=None, timeout=60, extra=()):
    """Its console on plain QEMU; rom: a file for -option-rom."""
    command = ['qemu-system-i386', '-nodefaults', '-no-user-config', '-machine', 'pc,accel=tcg',
               '-cpu', 'qemu32,+pae,+nx,+sep,+pge', '-m', str(MEMORY_MB), '-display', 'none',
               '-no-reboot', '-serial', 'stdio', '-kernel', image(variant), '-append', words]
    if rom:
        command += ['-option-rom', rom]
    try:
        done = subprocess.run(command + list(extra), stdin=subprocess.DEVNULL,
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
            elif not line.startswith('1..'):
                lines.append(line)
        return lines
