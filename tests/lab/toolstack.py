# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of the toolstack have in common: dom0 with the packages
installed, cases (one start each, or one refusal), and how they are judged."""
import concurrent.futures
import fcntl
import json
import os
import runpy
import struct
import subprocess
import sys
import tempfile

import lab

EXAMPLES = os.path.join(lab.TOP, 'xl-config/examples')
BUILD = os.path.dirname(lab.LAB)
INSTALLED = os.path.join(BUILD, 'packages/installed.tar')
MKBZIMAGE = runpy.run_path(os.path.join(lab.TOP, 'tests/tools/mkbzimage'))['build']

# What QEMU's processors need: see lab.DOMAIN_TYPE.
OVERRIDES = {'pv32': ['type="pv"'], 'debian': ['pvshim_extra="spec-ctrl=no"']}

# A configuration by every way there is; with words of the command line behind.
ROUTES = {
    'xl': 'xl create /files/%s.cfg', 'create': 'vmi-xen create /files/%s.cfg',
    'patched': '/files/xl-patched create /files/%s.cfg',
    'config': 'sh -c "vmi-xen config /files/%s.cfg \\"\\$@\\" >/tmp/plain.cfg && '
              '$stock create /tmp/plain.cfg" -'}

PREPARE = r'''
tar -x -C / -f installed.tar
mkdir -p /var/lib/guests /out/cases
cp vmlinuz /var/lib/guests/vmlinuz
cp initrd.img /var/lib/guests/initrd.img
stock=/usr/lib/xen-4.17/bin/xl

# files_left: their names; whether there are any.
files_left() {
	any=1
	for file in /var/lib/vmi-xen/* /var/lib/xen/*bundle /var/lib/xen/bootloader*; do
		[ ! -e "$file" ] || { echo "$file"; any=0; }
	done
	return $any
}

# left NAME: what is still there when a case is over.
left() {
	rm -f /var/lib/vmi-xen/*.bundle		# of vmi-xen config: they are for keeps
	uptime_seconds
	late=$((now + 20))
	while files_left >/out/cases/$1.left && [ $now -lt $late ]; do
		sleep 0.1
		uptime_seconds
	done
	# xl would cost more than most of the cases.
	xenstore-list /local/domain | sed '/^0$/d; s/^/domain /' >>/out/cases/$1.left
}

# begin NAME COMMAND...: start it; its words and its status.
begin() {
	name=$1
	shift
	# What the patched xl keeps for a preserved domain only its destroy removes.
	case $1 in */xl-patched) xl=$1 ;; *) xl=$stock ;; esac
	read -r began _ </proc/uptime
	domain=$(sed -n 's/^ *name *= *"\([^"]*\)".*/\1/p' /files/$name.cfg 2>/dev/null | tail -n 1)
	"$@" >/out/cases/$name.out 2>&1
	echo $? >/out/cases/$name.rc
	[ "$(cat /out/cases/$name.rc)" = 0 ]
}

# finish: take it away, and see what is left.
finish() {
	$xl destroy $domain 2>/dev/null
	cp $(console_log) /out/cases/$name.console 2>/dev/null
	: >$(console_log)
	left $name
	read -r now _ </proc/uptime
	echo "$began $now" >/out/cases/$name.time
}

# case_starts NAME COMMAND...: start, see the end, take it away.
case_starts() {
	if begin "$@"; then
		wait_line 'entering the guest' 60 >>/out/cases/$name.out
		$stock list -l $domain >/out/cases/$name.config
		wait_end 300
		vmi-xen list --json >/out/cases/$name.list 2>&1
		cp /out/end /out/cases/$name.end
	fi
	finish
}

# case_fails NAME COMMAND...
case_fails() {
	begin "$@"
	left $name
	read -r now _ </proc/uptime
	echo "$began $now" >/out/cases/$name.time
}
keep='on_poweroff="preserve"'
'''
# pygrub and pvgrub (build-boot), and a disk for each.
DISKS = '''
tar -x -C / -f boot.tar
disk() { ln -sf /files/$1.img /var/lib/guests/disk.img; }
'''
PYGRUB_MENU = '''set default=1
set timeout=1
menuentry "Another" {
	linux /boot/none root=/dev/hda1
}
menuentry "Linux (VMI)" {
	linux /boot/vmlinuz root=/dev/hda1 ro %s
	initrd /boot/initrd.img
}
'''


class Case:
    """One start: its configuration, how it is done, what must come of it.

    status: of the command; not 0: it must refuse, and say all of "says".
    console: what the domain must print.  lines: more than one line is right.
    calls: of VMI, that its counters show at least.
    """

    def __init__(self, name, text, command, words=(), **wants):
        self.name, self.command, self.words = name, command, words
        self.status = wants.get('status', 0)
        self.says = wants.get('says', [])
        self.console = wants.get('console', [])
        self.wants = wants
        self.text = text

    def steps(self):
        """Its lines of the script."""
        words = ' '.join("'%s'" % w for w in self.words)
        if 'steps' in self.wants:
            return self.wants['steps']
        if self.status:
            return 'case_fails %s %s %s\n' % (self.name, self.command, words)
        return self.wants.get('before', '') + 'case_starts %s %s %s "$keep"\n' % (
            self.name, self.command, words)

    def judge(self, result):
        """What is wrong, as lines."""
        def read(end):
            return result.read('cases/%s.%s' % (self.name, end)).replace('\r', '')
        wrong = []
        if read('rc').strip() != str(self.status):
            wrong.append('status %s, not %d' % (read('rc').strip() or 'none', self.status))
        wrong += ['does not say "%s"' % s for s in self.says if s not in read('out')]
        wrong += ['console lacks "%s"' % s for s in self.console if s not in read('console')]
        kept = read('left').splitlines()
        if kept:
            wrong.append('left behind: %s' % kept)
        said = [l for l in read('out').splitlines() if not l.startswith('Parsing config from')]
        if self.status == 3 and not self.wants.get('lines') and len(said) != 1:
            wrong.append('not one line')
        if not self.status and 'steps' not in self.wants:
            if read('end').strip() != 'poweroff':
                wrong.append('ended by %s' % read('end').strip())
            wrong += self.judge_list(read('list'))
        if wrong:
            wrong += [read('out'), read('console')[-2000:]]
        return wrong

    def judge_list(self, text):
        """vmi-xen list shows it, with its counters."""
        found = (json.loads(text) if text.startswith('[') else []) or [{}]
        calls, hypercalls = (found[0].get(n, -1) for n in ('vmi_calls', 'hypercalls'))
        if not found[0].get('guest') or calls < self.wants.get('calls', 0) or hypercalls <= 0:
            return ['vmi-xen list: ' + text]
        return []


def example(name, machine, words=(), route='xl', **wants):
    """An example's file as it is, with what QEMU's processors need."""
    with open(os.path.join(EXAMPLES, name + '.cfg'), encoding='ascii') as file:
        text = file.read()
    case = 'example-' + name + ('' if route == 'xl' else '-' + route)
    return Case(case, text, ROUTES[route] % case, OVERRIDES[machine] + list(words), **wants)


def disk_image(files, megabytes):
    """A disk with a boot sector's table and one ext2 of these files, as bytes."""
    first, size = 2048, megabytes << 20
    with tempfile.TemporaryDirectory(dir=lab.LAB) as work:
        tree, image = os.path.join(work, 'tree'), os.path.join(work, 'image')
        for name, data in files.items():
            path = os.path.join(tree, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'wb') as out:
                out.write(data)
        with open(image, 'wb') as out:
            out.truncate(size)
        environment = dict(os.environ, PATH=os.environ['PATH'] + ':/usr/sbin:/sbin')
        subprocess.run(['mke2fs', '-q', '-t', 'ext2', '-b', '4096', '-d', tree,
                        '-E', 'offset=%d,root_owner=0:0' % (first * 512), image,
                        '%dk' % ((size - first * 512) >> 10)], check=True, env=environment)
        with open(image, 'r+b') as out:
            out.seek(446)
            out.write(struct.pack('<8B2I', 0x80, 0, 2, 0, 0x83, 0, 0, 0, first,
                                  size // 512 - first))
            out.seek(510)
            out.write(b'\x55\xaa')
        with open(image, 'rb') as file:
            return file.read()


def disks(kernel, initrd, words):
    """What the verb "disk" needs: the same kernel for both, another menu."""
    with open(os.path.join(EXAMPLES, 'guest-grub.cfg'), encoding='ascii') as file:
        menu = file.read().replace('console=ttyS0', words).replace('timeout=3', 'timeout=0')
    with open(lab.ADAPTER, 'rb') as file:
        adapter = file.read()
    boot = {'boot/vmlinuz': kernel, 'boot/initrd.img': initrd}
    size = 4 + (len(kernel) + len(initrd) + len(adapter) >> 20)
    return {
        'boot.tar': os.path.join(lab.LAB, 'boot.tar'),
        'pygrub.img': disk_image(
            {**boot, 'boot/grub/grub.cfg': (PYGRUB_MENU % words).encode()}, size),
        'pvgrub.img': disk_image(
            {**boot, 'boot/vmi.elf': adapter, 'boot/grub/grub.cfg': menu.encode()}, size)}


def pvgrub(machine, memory, console):
    """The example of pvgrub: a configuration for the stock xl, without vmi=1."""
    words = {'debian': 'pvshim_extra="smep=0 smap=0 spec-ctrl=no"', 'pv32': 'type="pv"'}
    case = example('pvgrub', machine, before='disk pvgrub\n', console=console)
    case.words = [words[machine], 'memory=%d' % memory]
    return case


def run(name, cases_of, files, prepare='', after='', timeout=900, machines=lab.MACHINES):
    """The machines at the same time: (machine, cases, result) each.

    cases_of(machine) gives the cases; prepare and after are lines of the script.
    Words on the test's command line choose a machine, and cases by their name.
    """
    with open(os.path.join(BUILD, 'packages.lock'), 'w', encoding='ascii') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(['make', '-s', os.path.relpath(INSTALLED, lab.TOP)], cwd=lab.TOP,
                       check=True, stdout=subprocess.DEVNULL)
    machines = [m for m in machines if m in sys.argv] or machines
    names = [w for w in sys.argv[1:] if w not in lab.MACHINES and not w.startswith('-')]

    def boot(machine):
        cases = [c for c in cases_of(machine) if not names or c.name in names]
        given = dict(files, **{'installed.tar': INSTALLED})
        steps = PREPARE + prepare
        for case in cases:
            if case.text is not None:
                given[case.name + '.cfg'] = case.text.encode()
            steps += case.steps()
        result = lab.run(lab.Machine(machine), given, steps + after,
                         os.path.join(lab.LAB, name + '-' + machine), timeout=timeout, grace=90)
        os.makedirs(os.path.join(result.out, 'cases'), exist_ok=True)
        return machine, cases, result

    with concurrent.futures.ThreadPoolExecutor() as pool:
        return list(pool.map(boot, machines))


def report(results, more=()):
    """TAP of all cases; more: functions of (machine, result), which give what
    is wrong.  The exit status."""
    lines = []
    for machine, cases, result in results:
        lines += [(c.name, machine, c.judge(result)) for c in cases]
        lines += [(f.__doc__.strip('.'), machine, f(machine, result)) for f in more]
    print('1..%d' % len(lines))
    for number, (name, machine, wrong) in enumerate(lines, 1):
        print('%s %d - %s on %s' % ('not ok' if wrong else 'ok', number, name, machine))
        if wrong:
            print('\n'.join('# ' + l for text in wrong for l in text.splitlines()))
    if any(wrong for _, _, wrong in lines):
        for machine, _, result in results:
            print('==== %s\n%s' % (machine, result.tails(8)))
        return 1
    return 0
