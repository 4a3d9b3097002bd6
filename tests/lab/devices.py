# SPDX-License-Identifier: GPL-2.0-only
"""What test-devices and the I/O benchmark put into a guest: its disks, made
here without root, and its user space, which is tests/image and one script."""
import gzip
import os
import shutil
import struct
import subprocess

import lab

KERNEL = os.path.join(lab.TOP, 'build/guests/linux-6.1-pae/bzImage')
IMAGE = os.path.join(lab.TOP, 'build/image')
SECTOR = 512
MB = 1 << 20
PART_TYPE = 0x83        # Linux


def cpio_of(work, files):
    """An initramfs with more programs: name -> bytes or the path of a file."""
    root = os.path.join(work, 'extra')
    shutil.rmtree(root, ignore_errors=True)
    put_tree(root, files)
    return cpio(root)


def cpio(root):
    """An initramfs of a folder."""
    return subprocess.run([os.path.join(lab.TOP, 'tests/image/mkcpio'), root],
                          stdout=subprocess.PIPE, check=True).stdout


def put_tree(root, files):
    """Programs into root/bin."""
    os.makedirs(os.path.join(root, 'bin'), exist_ok=True)
    for name, source in files.items():
        if not isinstance(source, bytes):
            with open(source, 'rb') as file:
                source = file.read()
        path = os.path.join(root, 'bin', name)
        with open(path, 'wb') as file:
            file.write(source)
        os.chmod(path, 0o755)


def bundle(initrd=b''):
    """The guest's kernel and its initrd, as the adapter takes them."""
    with open(KERNEL, 'rb') as file:
        kernel = file.read()
    return kernel + bytes(-len(kernel) % 4) + initrd


def user_space(work, files):
    """The image of tests/image, with more programs."""
    with open(os.path.join(IMAGE, 'initramfs.gz'), 'rb') as file:
        image = file.read()
    return image + bytes(-len(image) % 4) + gzip.compress(cpio_of(work, files), 1)


def root_tree(work, files):
    """The same as a folder, for a root file system on a disk."""
    root = os.path.join(work, 'root')
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(os.path.join(IMAGE, 'initramfs.gz.dir/root'), root, symlinks=True)
    for name in ('proc', 'sys', 'tmp', 'mnt', 'root', 'dev'):
        os.makedirs(os.path.join(root, name), exist_ok=True)
    put_tree(root, files)
    return root


def make_ext4(path, size, tree=None, offset=0):
    """An ext4 file system of size bytes in the file, from offset on."""
    command = ['mkfs.ext4', '-q', '-F', '-b', '1024',]
    if offset:
        command += ['-E', 'offset=%d' % offset]
    if tree:
        command += ['-d', tree]
    subprocess.run(command + [path, '%dk' % (size >> 10)], check=True,
                   stdout=subprocess.DEVNULL)


def make_disk(path, parts):
    """A disk with a partition table: parts are sizes in bytes, one behind the
    other from 1 MB on; returns where they begin."""
    table, starts, at = bytearray(SECTOR), [], MB
    for i, size in enumerate(parts):
        struct.pack_into('<BBBBBBBBII', table, 446 + 16 * i, 0, 0, 0, 0, PART_TYPE, 0, 0, 0,
                         at // SECTOR, size // SECTOR)
        starts.append(at)
        at += size
    table[510:] = b'\x55\xaa'
    with open(path, 'wb') as disk:
        disk.truncate(at)
        disk.write(table)
    return starts


def make_iso(path, files):
    """A CD-ROM with files: name -> bytes."""
    root = path + '.dir'
    os.makedirs(root)
    for name, data in files.items():
        with open(os.path.join(root, name), 'wb') as file:
            file.write(data)
    subprocess.run(['xorriso', '-as', 'mkisofs', '-quiet', '-r', '-o', path, root], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def fsck(path):
    """Is the file system whole?  What e2fsck says otherwise."""
    result = subprocess.run(['e2fsck', '-f', '-n', path], stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, check=False)
    return '' if result.returncode == 0 else result.stdout.decode('utf-8', 'replace')
