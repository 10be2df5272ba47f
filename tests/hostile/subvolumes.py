#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""subvolumes.py FOLDER: make subvolumes on btrfs below a folder, as root of a container can: deep,
many, with long names, and in a read-only one.  Prints their number."""
import fcntl
import os
import struct
import sys

SUBVOL_CREATE = 0x5000940e
SUBVOL_SETFLAGS = 0x4008941a
DEPTH, WIDTH = 100, 200


def make(parent, name):
    fcntl.ioctl(parent, SUBVOL_CREATE, bytearray(struct.pack('q4088s', 0, name.encode())))
    return os.open(name, os.O_RDONLY | os.O_DIRECTORY, dir_fd=parent)


top = os.open(sys.argv[1], os.O_RDONLY | os.O_DIRECTORY)
made = 0

# A path of 20,000 characters, five times that of PATH_MAX; with a plain folder in between.
at = top
for n in range(DEPTH):
    at = make(at, 'd' * 200)
    os.mkdir('plain', dir_fd=at)
    at = os.open('plain', os.O_RDONLY | os.O_DIRECTORY, dir_fd=at)
    made += 1
for n in range(WIDTH):
    os.close(make(top, f'{n:04}' + 'w' * 251))
    made += 1
# Nothing can be removed from a read-only one.
outer = make(top, 'outer')
for n in range(3):
    os.close(make(outer, f'inner{n}'))
fcntl.ioctl(outer, SUBVOL_SETFLAGS, struct.pack('Q', 2))
print(made + 4)
