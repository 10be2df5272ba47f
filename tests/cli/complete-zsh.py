#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""complete-zsh.py FOLDER OUT LINE: what an interactive zsh offers for LINE and the tab key."""
import os
import pty
import select
import sys
import time

folder, out, line = sys.argv[1:]
SETUP = f'''PS1= PS2= RPS1=; fpath=({folder} $fpath); autoload -U compinit; compinit -u -D
compadd() {{ local -a found; builtin compadd -A found "$@"; print -rl -- $found >>{out}
builtin compadd "$@"; }}
over() {{ print over >>{out}; }}; zle -N over; bindkey '^G' over; bindkey '^I' complete-word
print ready >{out}
'''

pid, fd = pty.fork()
if pid == 0:
    os.execvp('zsh', ['zsh', '-f', '-i'])


def wait(word, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if select.select([fd], [], [], 0.1)[0]:
            os.read(fd, 4096)
        if os.path.exists(out) and word in open(out).read().split('\n'):
            return
    sys.exit(f'zsh: nothing for {seconds} seconds')


os.write(fd, SETUP.encode())
wait('ready')
os.write(fd, f'{line}\t\a'.encode())
wait('over')
os.close(fd)
os.waitpid(pid, 0)
print('\n'.join(w for w in open(out).read().split('\n') if w not in ('', 'ready', 'over')))
