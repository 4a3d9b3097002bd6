# SPDX-License-Identifier: GPL-2.0-only
"""The lab: a whole Xen machine under QEMU, one payload a run.

A payload is a set of files and a shell script "steps" that dom0 runs with the
verbs of dom0-lab-lib.  run() gives back what dom0 collected.  Nothing is typed
into the machine, so a run with icount=True repeats to the instruction.
"""
import hashlib
import io
import json
import os
import shutil
import socket
import subprocess
import tarfile
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LAB = os.path.join(TOP, os.environ.get('BUILD', 'build'), 'lab')
MAGIC = b'VMIXENLAB1'
DISK_HEADER = 4096
OUT_DISK = 64 << 20
BOOT_TIMEOUT = 240          # seconds until dom0 waits for its payload
XEN_OPTIONS = ('console=com1 com1=115200,8n1 loglvl=all guest_loglvl=all '
               'dom0_mem=512M,max:512M spec-ctrl=no bootscrub=0 '
               'dom0_max_vcpus=1 sched=credit')
DOM0_OPTIONS = ('console=hvc0 quiet apparmor=0 security=none init_on_alloc=0 '
                'cryptomgr.notests mitigations=off panic=1 nokaslr')
# Without RDRAND nothing is random but the virtual clock.
CPU = {'pv32': 'max,-smap', 'debian': 'max,-smap,-monitor,family=23,model=49,stepping=0'}
XENSTORED = {'pv32': 'xenstored', 'debian': 'oxenstored'}
MACHINES = sorted(CPU)
ICOUNT_SHIFT = 3
ICOUNT = ['-icount', 'shift=%d,sleep=off' % ICOUNT_SHIFT,
          '-rtc', 'base=2024-01-01,clock=vm']
READY = b'lab: ready'


class LabError(Exception):
    """The lab itself failed, not what it was to test."""


class Machine:
    """One kind of machine: its hypervisor, its dom0, QEMU's options."""

    def __init__(self, kind, icount=False, smp=1, memory=2048, debug=False):
        if kind not in CPU:
            raise LabError('no machine "%s"; there are: %s'
                           % (kind, ' '.join(MACHINES)))
        self.kind, self.icount, self.smp, self.memory = kind, icount, smp, memory
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
        return os.path.join(LAB, 'state-%s%s-%s' % (
            self.kind, '-icount' if self.icount else '', key.hexdigest()[:16]))


class Qmp:
    """QEMU's control socket."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        end = time.monotonic() + 10
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


def make_payload(path, files, steps):
    """The payload disk: a header sector, then a tar."""
    with open(path, 'wb') as disk:
        disk.seek(DISK_HEADER)
        with tarfile.open(fileobj=disk, mode='w', format=tarfile.USTAR_FORMAT) as tar:
            info = tarfile.TarInfo('steps')
            info.size = len(steps.encode())
            tar.addfile(info, io.BytesIO(steps.encode()))
            for name, source in sorted(files.items()):
                data = source if isinstance(source, bytes) else None
                if data is None:
                    with open(source, 'rb') as file:
                        data = file.read()
                info = tarfile.TarInfo(name)
                info.size, info.mode = len(data), 0o755
                tar.addfile(info, io.BytesIO(data))
        size = disk.tell() - DISK_HEADER
        disk.truncate((disk.tell() + 0xfffff) & ~0xfffff)
        disk.seek(0)
        disk.write(MAGIC + b' %d\n' % size)


def blank_disk(path, size):
    """An empty disk."""
    with open(path, 'wb') as disk:
        disk.truncate(size)


PAYLOAD_DISK = 256 << 20    # the guest saw this size when the state was made


def disks(payload, out):
    """The two virtio disks, by path."""
    words = []
    for name, path in (('payload', payload), ('out', out)):
        words += ['-blockdev', 'driver=file,filename=%s,node-name=%s,cache.direct=off,'
                  'locking=off' % (path, name),
                  '-device', 'virtio-blk-pci,drive=%s' % name]
    return words


class Result:
    """What a run left."""

    def __init__(self, out):
        self.out = out
        self.instructions = None
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
        """How the domain ended."""
        return self.read('end', 'timeout').strip() or 'timeout'

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
        """The last lines of every log."""
        text = []
        for folder, _, files in sorted(os.walk(self.out)):
            for file in sorted(files):
                path = os.path.relpath(os.path.join(folder, file), self.out)
                content = self.read(path).splitlines()
                text.append('==> %s' % path)
                text += content[-lines:]
        return '\n'.join(text)


def snapshot(machine):
    """Boot once, until dom0 waits for its payload; keep that state."""
    path = machine.state_path()
    if os.path.exists(path):
        return path
    for old in os.listdir(LAB):
        if old.startswith('state-%s%s-' % (machine.kind, '-icount' if machine.icount else '')) \
                and '-icount' in old == machine.icount:
            os.unlink(os.path.join(LAB, old))
    with tempfile.TemporaryDirectory(dir=LAB) as work:
        payload, out = os.path.join(work, 'payload'), os.path.join(work, 'out')
        blank_disk(payload, PAYLOAD_DISK)
        blank_disk(out, OUT_DISK)
        serial, control = os.path.join(work, 'serial'), os.path.join(work, 'qmp')
        command = machine.options() + disks(payload, out) + [
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
                while qmp.command('query-migrate')['status'] != 'completed':
                    time.sleep(0.1)
                qmp.command('quit')
                qmp.close()
            finally:
                qemu.kill()
    os.rename(path + '.new', path)
    return path


def watch(qmp, qemu, deadline):
    """Let the machine run until it powers off or the deadline has passed."""
    while qmp.command('query-status')['status'] == 'inmigrate':
        time.sleep(0.02)
    if qmp.command('query-status')['status'] == 'paused':
        qmp.command('cont')
    while time.monotonic() < deadline and qemu.poll() is None:
        if qmp.command('query-status')['status'] == 'shutdown':
            break
        time.sleep(0.05)
    qmp.close()


def run(machine, files, steps, out, timeout=120, cold=False, extra=()):
    """One payload in one machine; its Result.

    files: name in dom0's /files -> path on this machine, or bytes.
    steps: the script; see dom0-lab-lib.  out: folder for what comes back.
    """
    state = None if cold else snapshot(machine)
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    result = Result(out)
    start = time.monotonic()
    with tempfile.TemporaryDirectory(dir=LAB) as work:
        payload, back = os.path.join(work, 'payload'), os.path.join(work, 'out')
        make_payload(payload, files, steps)
        if os.path.getsize(payload) > PAYLOAD_DISK:
            raise LabError('payload of %d MB: at most %d' % (
                os.path.getsize(payload) >> 20, PAYLOAD_DISK >> 20))
        os.truncate(payload, PAYLOAD_DISK)
        blank_disk(back, OUT_DISK)
        control = os.path.join(work, 'qmp')
        command = machine.options() + disks(payload, back) + [
            '-chardev', 'file,id=com1,path=' + os.path.join(out, 'serial.log'),
            '-serial', 'chardev:com1', '-no-shutdown',
            '-qmp', 'unix:%s,server=on,wait=off' % control] + list(extra)
        if state:
            command += ['-incoming', 'exec:cat ' + state]
        with open(os.path.join(out, 'qemu.log'), 'wb') as log, \
                subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                 stdout=log, stderr=log) as qemu:
            try:
                watch(Qmp(control), qemu, start + timeout)
            finally:
                qemu.kill()
        with open(back, 'rb') as disk:
            header = disk.read(64)
            if header.startswith(MAGIC):
                size = int(header[len(MAGIC):].split(b'\n')[0])
                disk.seek(DISK_HEADER)
                with tarfile.open(fileobj=io.BytesIO(disk.read(size))) as tar:
                    tar.extractall(out)
    result.seconds = time.monotonic() - start
    return result
