#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""enter.py STREAMS ROUNDS COMMAND...: run a command so many times, "@" in it is a number that changes.

STREAMS is what it has as 0, 1 and 2: pipes, files, sockets, a terminal; shell: a terminal on which
"exit" is typed; console: one on which its escape is.  With a "?" any exit status is fine; with a "!"
a shell of the same group of processes must not see SIGURG.  The caller has more open than that, which is
inherited: a folder of the host, a socket, itself and its network.  Prints the rounds that failed.
"""
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time

LIMIT = 60  # seconds, for one that hangs
AGAIN = 0.3  # before the same is typed again: whoever reads may not have been there yet

WATCHED = ['bash', '-c', 'trap "echo STRUCK" URG; "$@"; exit $?', 'bash']


def typed_on(what):
    return {'shell': b'exit\n', 'console': b'\x01q'}.get(what, b'')


def on_terminal(command, typed):
    pid, fd = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    said, end, wrote = b'', time.monotonic() + LIMIT, 0
    while time.monotonic() < end:
        if select.select([fd], [], [], AGAIN)[0]:
            try:
                data = os.read(fd, 4096)
            except OSError:
                data = b''
            if not data:
                break
            said += data
        elif os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            break
        if typed and (said or wrote) and time.monotonic() - wrote > AGAIN:
            os.write(fd, typed)
            wrote = time.monotonic()
        elif typed and not wrote:
            wrote = time.monotonic() - AGAIN / 2
    else:
        os.kill(pid, signal.SIGKILL)
    os.close(fd)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said


def by_streams(command, kind):
    if kind == 'files':
        with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as given:
            given.write(b'exit\n')
            given.seek(0)
            status = subprocess.run(command, stdin=given, stdout=said, stderr=said, close_fds=False,
                                    timeout=LIMIT).returncode
            said.seek(0)
            return status, said.read()
    if kind == 'sockets':
        ours, theirs = socket.socketpair()
        child = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=False)
        theirs.close()
        ours.sendall(b'exit\n')
        ours.shutdown(socket.SHUT_WR)
        said = b''
        try:
            while data := ours.recv(4096):
                said += data
        except ConnectionResetError:  # what was given has not been read
            pass
        return child.wait(LIMIT), said
    run = subprocess.run(command, input=b'exit\n', stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         close_fds=False, timeout=LIMIT)
    return run.returncode, run.stdout


def open_more():
    more = [os.open('/', os.O_PATH), os.open('/proc/self/ns/net', os.O_RDONLY),
            os.pidfd_open(os.getpid()), socket.socket(socket.AF_INET, socket.SOCK_STREAM).detach()]
    for fd in more:
        os.set_inheritable(fd, True)


def main():
    kind, rounds, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    open_more()
    kind, fine, group = kind.rstrip('?!'), kind.endswith('?'), kind.endswith('!')
    failed = 0
    for n in range(rounds):
        words = (WATCHED if group else []) + [word.replace('@', str(20 + n % 200)) for word in command]
        try:
            if kind in ('terminal', 'shell', 'console'):
                status, said = on_terminal(words, typed_on(kind))
            else:
                status, said = by_streams(words, kind)
        except subprocess.TimeoutExpired:
            status, said = 'nothing within the time', b''
        if b'STRUCK' in said or status != 0 and not (fine and isinstance(status, int)):
            failed += 1
            if failed <= 3:
                print(f'round {n}: {status}: {said[-300:]!r}')
    sys.exit(failed != 0)


main()
