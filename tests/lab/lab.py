# SPDX-License-Identifier: GPL-2.0-only
"""The lab: a whole Xen machine under QEMU, one payload a run.

A payload is a set of files and a shell script "steps" that dom0 runs with the
verbs of dom0-lab-lib.  run() gives back what dom0 collected.  Both go through
memory that dom0 sees as a PCI device (dom0-mem.c) and nothing is typed into the
machine, so a run with icount=True repeats to the instruction.
"""
import contextlib
import fcntl
import hashlib
import io
import json
import os
import re
import runpy
import shutil
import socket
import subprocess
import tarfile
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LAB = os.path.join(TOP, os.environ.get('BUILD', 'build'), 'lab')
MAGIC = b'VMIXENLAB1'
HEADER_SIZE = 4096
CHANNEL = 256 << 20         # the shared memory, as dom0-mem.c has it:
OUT_AT = 192 << 20          # the payload, and from here on what comes back
BOOT_TIMEOUT = 240          # seconds until dom0 waits for its payload
QEMU_TIMEOUT = 60           # seconds until QEMU answers
GRACE = 60                  # seconds for dom0 to collect the logs
BREAK_PERIOD = 5            # seconds
# eager-fpu: with lazy switching of the FPU's registers QEMU 7.2 loses some
# around VMRUN: 5 of 350 xl create died in dom0; with eager switching none did.
XEN_OPTIONS = ('console=com1 com1=115200,8n1 loglvl=all guest_loglvl=all '
               'dom0_mem=512M,max:512M spec-ctrl=no,eager-fpu=1 bootscrub=0 '
               'dom0_max_vcpus=1 sched=credit')
DOM0_OPTIONS = ('console=hvc0 quiet apparmor=0 security=none init_on_alloc=0 '
                'cryptomgr.notests mitigations=off panic=1 nokaslr')
# Without RDRAND nothing is random but the virtual clock.
CPU = {'pv32': 'max,-smap', 'debian': 'max,-smap,-monitor,family=23,model=49,stepping=0'}
XENSTORED = {'pv32': 'xenstored', 'debian': 'oxenstored'}
MACHINES = sorted(CPU)
ADAPTER = os.path.join(os.path.dirname(LAB), 'vmi-xen', 'vmi.elf')
DEBUG_ADAPTER = os.path.join(os.path.dirname(LAB), 'clang/vmi-xen/vmi.elf')     # and by clang
# How each machine runs a 32-bit PV domain.
DOMAIN_TYPE = {
    'pv32': 'type="pv"',
    'debian': 'type="pvh"\npvshim=1\npvshim_extra="smep=0 smap=0 spec-ctrl=no"'}
ICOUNT_SHIFT = 3
ICOUNT = ['-icount', 'shift=%d,sleep=off' % ICOUNT_SHIFT,
          '-rtc', 'base=2024-01-01,clock=vm']
READY = b'lab: ready'
STACK_DUMP = re.compile(r'\(XEN\)\s+([0-9a-f]{8,16} ?)+$')


class LabError(Exception):
    """The lab itself failed, not what it was to test."""


class Machine:
    """One kind of machine: its hypervisor, its dom0, QEMU's options."""

    def __init__(self, kind, icount=False, smp=1, memory=2048, debug=None):
        if kind not in CPU:
            raise LabError('no machine "%s"; there are: %s'
                           % (kind, ' '.join(MACHINES)))
        if debug is None:
            debug = os.environ.get('XEN_DEBUG') == '1'
        debug = debug and kind == 'pv32'    # the other is Debian's binary
        self.kind, self.icount, self.smp, self.memory = kind, icount, smp, memory
        self.name = '%s-%dcpu-%dmb%s%s' % (kind, smp, memory, '-debug' if debug else '',
                                           '-icount' if icount else '')
        self.xen = os.path.join(LAB, 'xen-' + kind + ('-debug' if debug else ''))
        self.kernel = os.path.join(LAB, 'vmlinux')
        self.dom0 = os.path.join(LAB, 'dom0.cpio')
        for path in (self.xen, self.kernel, self.dom0):
            if not os.path.exists(path):
                raise LabError('%s is missing: run "make lab"' % path)

    def options(self, dom0_words=''):
        """QEMU's options, the same for a boot and for an incoming state."""
        cpu = CPU[self.kind] + (',-rdrand,-rdseed' if self.icount else '')
        return ['qemu-system-x86_64', '-nodefaults', '-no-user-config',
                '-machine', 'pc,accel=tcg', '-cpu', cpu, '-m', str(self.memory),
                '-smp', str(self.smp), '-display', 'none', '-no-reboot',
                '-kernel', self.xen, '-append', XEN_OPTIONS,
                '-initrd', '%s %s lab_xenstored=%s %s,%s' % (
                    self.kernel, DOM0_OPTIONS, XENSTORED[self.kind],
                    dom0_words, self.dom0)] + (ICOUNT if self.icount else [])

    def state_path(self):
        """The snapshot's file, named after everything that went into it."""
        key = hashlib.sha256()
        version = subprocess.run(['qemu-system-x86_64', '--version'],
                                 stdout=subprocess.PIPE, check=True).stdout
        key.update(version)
        key.update('\n'.join(self.options()).encode())
        for path in (self.xen, self.dom0, self.kernel):
            status = os.stat(path)
            key.update(b'%d %d' % (status.st_size, status.st_mtime_ns))
        return os.path.join(LAB, 'state-%s-%s' % (self.name, key.hexdigest()[:16]))


class Qmp:
    """QEMU's control socket."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        end = time.monotonic() + QEMU_TIMEOUT
        while True:
            try:
                self.sock.connect(path)
                break
            except OSError:
                if time.monotonic() > end:
                    raise LabError('QEMU did not start') from None
                time.sleep(0.02)
        self.file = self.sock.makefile('rw')
        self.file.readline()
        self.command('qmp_capabilities')

    def command(self, name, **arguments):
        """One command; its answer."""
        self.file.write(json.dumps({'execute': name, 'arguments': arguments}) + '\n')
        self.file.flush()
        while True:
            line = self.file.readline()
            if not line:
                raise LabError('QEMU ended during "%s"' % name)
            answer = json.loads(line)
            if 'error' in answer:
                raise LabError('%s: %s' % (name, answer['error']['desc']))
            if 'return' in answer:
                return answer['return']

    def close(self):
        """Hang up."""
        self.file.close()
        self.sock.close()


def domain_config(name, kind, ramdisk=None, extra='', memory=64, kernel='vmi.elf'):
    """A domain with the adapter (in /files), as a user writes it."""
    text = 'name="%s"\n%s\nmemory=%d\nvcpus=1\nkernel="/files/%s"\n' % (
        name, DOMAIN_TYPE[kind], memory, kernel)
    if ramdisk:
        text += 'ramdisk="/files/%s"\n' % ramdisk
    return (text + 'extra="%s"\n' % extra).encode()


def make_channel(path):
    """The shared memory's file, with nothing in it."""
    with open(path, 'wb') as channel:
        channel.truncate(CHANNEL)


def give_payload(path, files, steps, limit=0):
    """Put the payload into the channel: a tar, then its header.

    limit: seconds after which dom0 ends the steps and collects what is there.
    """
    with open(path, 'r+b') as channel:
        items = [('limit', 0o644, b'%d\n' % limit), ('steps', 0o755, steps.encode())]
        for name, source in sorted(files.items()):
            if not isinstance(source, bytes):
                with open(source, 'rb') as file:
                    source = file.read()
            items.append((name, 0o755, source))
        channel.seek(HEADER_SIZE)
        with tarfile.open(fileobj=channel, mode='w', format=tarfile.USTAR_FORMAT) as tar:
            for name, mode, data in items:
                info = tarfile.TarInfo(name)
                info.size, info.mode = len(data), mode
                tar.addfile(info, io.BytesIO(data))
        size = channel.tell() - HEADER_SIZE
        if size > OUT_AT - HEADER_SIZE:
            raise LabError('payload of %d MB: at most %d' % (size >> 20, OUT_AT >> 20))
        channel.seek(0)
        channel.write(MAGIC + b' %d\n' % size)


def channel_device(path):
    """QEMU's options for the channel."""
    return ['-object', 'memory-backend-file,id=channel,share=on,mem-path=%s,size=%d'
            % (path, CHANNEL), '-device', 'ivshmem-plain,memdev=channel,master=on']


def take_results(path, out):
    """What dom0 left in the channel, into the folder out; whether it did."""
    with open(path, 'rb') as channel:
        channel.seek(OUT_AT)
        header = channel.read(64)
        if not header.startswith(MAGIC):
            return False
        size = int(header[len(MAGIC):].split(b'\n')[0])
        channel.seek(OUT_AT + HEADER_SIZE)
        with tarfile.open(fileobj=io.BytesIO(channel.read(size))) as tar:
            tar.extractall(out)
    return True


class Result:
    """What a run left."""

    def __init__(self, out):
        self.out = out
        self.machine = None         # 'off', 'timeout', 'died': the machine's own end
        self.instructions = None    # of the whole machine; with icount only
        self.seconds = None

    def read(self, name, default=''):
        """One of the collected files as text."""
        path = os.path.join(self.out, name)
        if not os.path.exists(path):
            return default
        with open(path, encoding='utf-8', errors='replace') as file:
            return file.read()

    @property
    def end(self):
        """How the domain ended, or the machine when dom0 could not tell."""
        return self.read('end').strip() or {
            'died': 'qemu-died', 'off': 'no-end'}.get(self.machine, 'timeout')

    def console(self, name=None):
        """A domain's console log; the shim's own lines left out."""
        return '\n'.join(l for l in self.raw_console(name).splitlines()
                         if not l.startswith('(XEN)'))

    def raw_console(self, name=None):
        """A domain's console log, as xenconsoled wrote it."""
        for file in sorted(os.listdir(self.out)):
            if file.startswith('guest-') and (name is None or file == 'guest-%s.log' % name):
                return self.read(file).replace('\r', '')
        return ''

    def tails(self, lines=25):
        """The last lines of every log; what matters most comes last."""
        paths = []
        for folder, _, files in os.walk(self.out):
            paths += [os.path.relpath(os.path.join(folder, f), self.out) for f in files]

        def rank(path):
            last = ('serial.log', 'xl-dmesg.log', 'qemu.log', 'lab.log', 'steps.log')
            if path.startswith('guest-'):
                return len(last), path
            return last.index(path) if path in last else -1, path

        text = []
        for path in sorted(paths, key=rank):
            content = [l for l in self.read(path).splitlines()
                       if l.strip() and not STACK_DUMP.match(l)]
            # Xen's own log is in xl-dmesg.log as well.
            if content and path not in ('end', 'status', 'hypervisor.log'):
                text.append('==> %s' % path)
                text += content[-50 if path.startswith('xenctx') else -lines:]
        symbolize = runpy.run_path(os.path.join(TOP, 'tests/tools/symbolize'))['symbolize']
        return symbolize('\n'.join(text), ADAPTER)


@contextlib.contextmanager
def locked():
    """One builder of a snapshot at a time."""
    with open(os.path.join(LAB, 'state.lock'), 'w', encoding='ascii') as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def snapshot(machine):
    """The state of the machine in which dom0 waits for its payload."""
    path = machine.state_path()
    if os.path.exists(path):
        return path
    with locked():
        if not os.path.exists(path):
            make_snapshot(machine, path)
    return path


def make_snapshot(machine, path):
    """Boot once, until dom0 waits; keep that state instead of older ones."""
    prefix = 'state-%s-' % machine.name
    for old in os.listdir(LAB):
        if old.startswith(prefix) and '-' not in old[len(prefix):]:
            os.unlink(os.path.join(LAB, old))
    with tempfile.TemporaryDirectory(dir=LAB) as work:
        channel = os.path.join(work, 'channel')
        make_channel(channel)
        serial, control = os.path.join(work, 'serial'), os.path.join(work, 'qmp')
        command = machine.options() + channel_device(channel) + [
            '-chardev', 'file,id=com1,path=' + serial, '-serial', 'chardev:com1',
            '-qmp', 'unix:%s,server=on,wait=off' % control]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL) as qemu:
            try:
                qmp = Qmp(control)
                end = time.monotonic() + BOOT_TIMEOUT
                while True:
                    with open(serial, 'rb') as file:
                        text = file.read()
                    if READY in text:
                        break
                    if qemu.poll() is not None or time.monotonic() > end:
                        raise LabError('dom0 did not come up:\n' +
                                       text[-3000:].decode('utf-8', 'replace'))
                    time.sleep(0.2)
                time.sleep(1)
                qmp.command('stop')
                qmp.command('migrate', uri='exec:cat >%s.new' % path)
                status = ''
                while status != 'completed':
                    status = qmp.command('query-migrate')['status']
                    if status == 'failed':
                        raise LabError('the snapshot %s.new cannot be written' % path)
                    time.sleep(0.1)
                qmp.command('quit')
                qmp.close()
            finally:
                qemu.kill()
    os.rename(path + '.new', path)


def watch(qmp, deadline, result, breaks):
    """Until the machine has gone off or the deadline has passed.

    breaks: for a machine that waits for an interrupt which QEMU has lost
    (doc/hard-spots.md), now and then another one, by the serial line.
    """
    next_break = time.monotonic() + BREAK_PERIOD
    while qmp.command('query-status')['status'] != 'shutdown':
        if breaks and time.monotonic() > next_break:
            qmp.command('chardev-send-break', id='com1')
            next_break = time.monotonic() + BREAK_PERIOD
        if time.monotonic() > deadline:
            qmp.command('stop')
            result.machine = 'timeout'
            break
        time.sleep(0.05)
    else:
        result.machine = 'off'
    # For whoever has to find out where everything hangs: EIP, CS, CR3 ...
    text = qmp.command('human-monitor-command', **{'command-line': 'info registers -a'})
    with open(os.path.join(result.out, 'registers.log'), 'w', encoding='ascii') as file:
        file.write('\n'.join(l for l in text.splitlines()
                             if not l.startswith(('XMM', 'YMM', 'FPR', 'FCW', 'DR'))) + '\n')
    result.instructions = qmp.command('query-replay').get('icount')
    qmp.command('quit')
    qmp.close()


def run(machine, files, steps, out, timeout=120, cold=False, extra=(), gdb=0,
        grace=GRACE):
    """One payload in one machine; its Result.

    files: name in dom0's /files -> path on this machine, or bytes.
    steps: the script; see dom0-lab-lib.  out: folder for what comes back.
    timeout: seconds for the steps (of virtual time with icount); then dom0
    collects its logs, and if it does not, the machine is stopped.
    grace: seconds that dom0 has for the collecting.
    gdb: QEMU waits for gdb on this tcp port, for as long as it takes.
    """
    state = None if cold else snapshot(machine)
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    result = Result(out)
    start = time.monotonic()
    with tempfile.TemporaryDirectory(dir=LAB) as work:
        channel, control = os.path.join(work, 'channel'), os.path.join(work, 'qmp')
        make_channel(channel)
        command = machine.options() + channel_device(channel) + [
            '-chardev', 'file,id=com1,path=' + os.path.join(out, 'serial.log'),
            '-serial', 'chardev:com1', '-no-shutdown', '-S',
            '-qmp', 'unix:%s,server=on,wait=off' % control] + list(extra)
        if state:
            command += ['-incoming', 'exec:cat ' + state]
        if gdb:
            command += ['-gdb', 'tcp::%d' % gdb]
        with open(os.path.join(out, 'qemu.log'), 'wb') as log, \
                subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                 stdout=log, stderr=log) as qemu:
            try:
                qmp = Qmp(control)
                while qmp.command('query-status')['status'] == 'inmigrate':
                    time.sleep(0.02)
                # Not before: the state has the channel's memory in it.
                give_payload(channel, files, steps, timeout)
                if not gdb:
                    qmp.command('cont')
                deadline = time.monotonic() + grace + timeout * (4 if machine.icount else 1) + \
                    (BOOT_TIMEOUT if cold else 0) + (86400 if gdb else 0)
                watch(qmp, deadline, result, breaks=not machine.icount)
            except (OSError, LabError) as error:
                result.machine = 'died'
                log.write(b'lab: %s\n' % str(error).encode())
            finally:
                qemu.kill()
        if not take_results(channel, out):
            with open(os.path.join(out, 'lab.log'), 'w', encoding='ascii') as log:
                log.write('lab: dom0 did not hand back its logs (machine: %s)\n'
                          % result.machine)
    if not machine.icount:
        result.instructions = None
    result.seconds = time.monotonic() - start
    return result
