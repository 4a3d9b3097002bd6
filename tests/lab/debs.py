# SPDX-License-Identifier: GPL-2.0-only
"""More of Debian for the lab's dom0: chosen files of more packages, as a tar,
which the tests that need them unpack there; the others do not pay for it."""
import os
import runpy
import shutil
import subprocess

XEN = 'usr/lib/xen-4.17'


def unpacked(lab, name, packages, library_dirs=()):
    """The packages in DIR/name/root, over what dom0 was taken from: that folder,
    the one for the tar, and what copies files and their libraries there."""
    work = os.path.join(lab, name)
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(os.path.join(work, 'debs'))
    user = subprocess.run(['id', '-un'], stdout=subprocess.PIPE, check=True).stdout.decode()
    subprocess.run(['apt-get', 'download', '-qq', '-o', 'APT::Sandbox::User=' + user.strip()] +
                   packages, cwd=os.path.join(work, 'debs'), check=True)
    root, tree = os.path.join(work, 'root'), os.path.join(work, 'tree')
    for folder in (XEN, 'lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu'):
        shutil.copytree(os.path.join(lab, 'root', folder), os.path.join(root, folder),
                        symlinks=True)
    for deb in sorted(os.listdir(os.path.join(work, 'debs'))):
        subprocess.run(['dpkg', '-x', os.path.join(work, 'debs', deb), root], check=True)
    dom0 = runpy.run_path(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'build-dom0'))
    dom0['LIBRARY_DIRS'].extend(library_dirs)
    return root, tree, dom0['Image'](root, tree)


def pack(lab, name):
    """DIR/name/tree as DIR/name.tar; the folder goes."""
    out = os.path.join(lab, name + '.tar')
    subprocess.run(['tar', '-C', os.path.join(lab, name, 'tree'), '--owner=0', '--group=0',
                    '--sort=name', '-cf', out + '.new', '.'], check=True)
    os.rename(out + '.new', out)
    shutil.rmtree(os.path.join(lab, name))
