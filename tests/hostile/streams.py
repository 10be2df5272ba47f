#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""streams.py WHAT COMMAND...: run a command in a way that a shell cannot, and print what came of it.

sockets LIST: a shell reads lines of LIST from a socket, and runs COMMAND for each.
shut: its standard streams are a socket; prints whether that still works.
terminal STEP... -- COMMAND...: on a terminal of its own.  A STEP is "TEXT?" (wait until it has said
    that), "@SECONDS", "ROWSxCOLUMNS" (the window's size) or TEXT that is typed; \\n and \\3 as in C.
keys: with a key in its session's keyring; "@" in COMMAND is the key's number.
"""
import ctypes
import fcntl
import os
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
import time

LIMIT = 20


def feed(sock, data):
    try:
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def sockets(args):
    ours, theirs = socket.socketpair()
    with open(args[0], 'rb') as lines:
        thread = threading.Thread(target=feed, args=(ours, lines.read()))
    thread.start()
    loop = 'while read -r line; do echo "line $line"; "$@"; done'
    subprocess.run(['timeout', str(LIMIT), 'bash', '-c', loop, 'bash'] + args[1:], stdin=theirs)
    theirs.close()
    thread.join()


def shut(args):
    ours, theirs = socket.socketpair()
    before = theirs.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
    subprocess.run(args, stdin=theirs, stdout=theirs, stderr=theirs, timeout=LIMIT)
    try:
        theirs.sendall(b'to')
        ours.sendall(b'from')
        print(ours.recv(100), theirs.recv(100))
    except OSError as e:
        print(e)
    print('as large' if before == theirs.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) else 'smaller')


class Terminal:
    def __init__(self, command):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.execvp(command[0], command)
        self.said = self.seen = ''

    def read(self, seconds):
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 65536).decode(errors='replace')
        except OSError:
            data = ''
        self.said += data
        self.seen += data
        return bool(data)

    def wait_for(self, text):
        end = time.monotonic() + LIMIT
        while text not in self.seen:
            if time.monotonic() > end or not self.read(1) and self.ended():
                print(f'never said: {text}')
                return
        self.seen = self.seen.split(text, 1)[1]

    def ended(self):
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))

    def finish(self):
        end = time.monotonic() + LIMIT
        while not self.ended() and time.monotonic() < end:
            self.read(0.1)
        while self.read(0.1):
            pass
        if not self.ended():
            os.kill(self.pid, signal.SIGKILL)
            print('did not end')
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def terminal(args):
    steps = args[:args.index('--')]
    t = Terminal(args[len(steps) + 1:])
    for step in steps:
        size = re.fullmatch(r'(\d+)x(\d+)', step)
        if size:
            t.resize(int(size[1]), int(size[2]))
        elif step.startswith('@'):
            time.sleep(float(step[1:]))
        elif step.endswith('?'):
            t.wait_for(step[:-1])
        else:
            data = step.encode().decode('unicode_escape').encode()
            while data:
                data = data[os.write(t.fd, data[:512]):]
                t.read(0)
    status = t.finish()
    print(t.said.replace('\r', ''))
    print('status', status)


def keys(args):
    libc = ctypes.CDLL(None, use_errno=True)
    add_key, keyctl = {'x86_64': (248, 250)}.get(os.uname().machine, (217, 219))
    secret = b'secret of the host'
    if libc.syscall(keyctl, 1, b'prey') < 0:
        print('no keys:', os.strerror(ctypes.get_errno()))
        return
    key = libc.syscall(add_key, b'user', b'prey:host', secret, len(secret), -3)
    subprocess.run([word.replace('@', str(key)) for word in args], timeout=LIMIT)


globals()[sys.argv[1]](sys.argv[2:])
