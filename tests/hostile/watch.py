# SPDX-License-Identifier: LGPL-2.1-or-later
"""A tree to be set up, a canary outside of it, and what is asked of every command that runs."""
import collections
import os
import re
import stat
import subprocess

from shapes import (MS_BIND, MS_RDONLY, MS_REMOUNT, MS_STRICTATIME, mount, set_writable,
                    unmount)

CTID = "105"
TIME_MS, MEMORY_KIB = 2000, 32 * 1024
CRASH = re.compile(rb"Sanitizer|runtime error|[Aa]ssert|Segmentation|stack smashing|corrupted")
# And C1, separators and directions of lines, what has no width; not UTF-8 at all is looked for below.
CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f\xad]|\xd8\x9c|"
                     rb"\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf")
FIRST_ID = 100000


def environment():
    get = os.environ.get
    return {name: get("PCT_" + name.upper(), "") for name in ("etc", "lib", "vz", "run")}


WORK = os.environ.get("HOSTILE_WORK", "")
ROOTS = environment()
STAGE = os.environ.get("HOSTILE_STAGE", "")
PCT, HOOKS = STAGE + "/pct", STAGE + "/hooks/lxc.hook."
VOLUME = f"{ROOTS['vz']}/images/{CTID}"
TREE = f"{VOLUME}/subvol-{CTID}-rootfs.subvol"
CANARY = WORK + "/outside/canary"
CONFIG = WORK + "/config"


def seal():
    """Should something get out, it must not hurt this machine: only our own can be written."""
    mount(WORK, WORK, None, MS_BIND)
    set_writable("/", False, below=True)
    for path in (WORK, "/proc"):
        set_writable(path, True)


class Runner:
    """One process that runs all commands: starting them from here would count Python's memory."""

    def __init__(self, forbidden, preload):
        self.out = WORK + f"/out.{os.getpid()}"
        self.preload = preload
        self.process = subprocess.Popen(
            [os.environ["HOSTILE_ONCE"]] + [word for call in forbidden for word in ("-x", call)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, close_fds=False,
            cwd="/")

    def run(self, request):
        words = request[:]
        if self.preload:
            words.insert(1, "LD_PRELOAD=" + os.environ["HOSTILE_OPEN_ROOT"])
        self.process.stdin.write("\t".join([self.out] + words) + "\t\n")
        self.process.stdin.flush()
        status, ms, kib = map(int, self.process.stdout.readline().split())
        with open(self.out, "rb") as file:
            return status, ms, kib, file.read()


class Image:
    """A skeleton in memory, to be made again quickly."""

    def __init__(self, folder):
        self.folders, self.links, self.files = [], [], []
        for at, names, files in os.walk(folder):
            for name in sorted(names + files):
                path = os.path.join(at, name)
                st, inner = os.lstat(path), os.path.relpath(path, folder)
                if stat.S_ISDIR(st.st_mode):
                    self.folders.append((inner, st.st_mode & 0o7777))
                elif stat.S_ISLNK(st.st_mode):
                    self.links.append((inner, os.readlink(path)))
                else:
                    with open(path, "rb") as file:
                        self.files.append((inner, st.st_mode & 0o7777, file.read()))

    def make(self, top):
        os.mkdir(top, 0o755)
        for inner, mode in self.folders:
            os.mkdir(f"{top}/{inner}", mode)
        for inner, mode, data in self.files:
            fd = os.open(f"{top}/{inner}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            os.write(fd, data)
            os.close(fd)
        for inner, target in self.links:
            os.symlink(target, f"{top}/{inner}")


Entry = collections.namedtuple("Entry", "ino mode uid gid size mtime ctime nlink")


def walk(top, also_atime=False):
    """{path: Entry} of all below, links not followed and other mounts not entered."""
    st = os.lstat(top)
    found, todo, device = {}, [("", st)], st.st_dev
    while todo:
        path, st = todo.pop()
        found[path] = Entry(st.st_ino, st.st_mode, st.st_uid, st.st_gid, st.st_size, st.st_mtime_ns,
                            (st.st_ctime_ns, st.st_atime_ns if also_atime else 0), st.st_nlink)
        if not stat.S_ISDIR(st.st_mode) or len(path) > 3000:
            continue
        with os.scandir(top + path) as entries:
            below = [(f"{path}/{e.name}", e.stat(follow_symlinks=False)) for e in entries]
        todo += [(path, st) for path, st in below if st.st_dev == device]
    return found


def read(path):
    with open(path, "rb") as file:
        return file.read()


def shift():
    """As on a volume whose ids were shifted, and as mounted: root of the container gets there."""
    read_only = os.statvfs(VOLUME).f_flag & os.ST_RDONLY
    if read_only:
        mount("tmpfs", VOLUME, "tmpfs", MS_REMOUNT)
    os.chmod(VOLUME, 0o755)
    for path, entry in walk(TREE).items() if os.path.lexists(TREE) else ():
        uid, gid = (i + FIRST_ID if i < 65536 else i for i in (entry.uid, entry.gid))
        try:
            os.chown(TREE + path, uid, gid, follow_symlinks=False)
        except OSError:
            pass  # immutable
    if read_only:
        mount("tmpfs", VOLUME, "tmpfs", MS_REMOUNT | MS_RDONLY)


def is_same(old, new, silent):
    """walk() itself reads the folders, whose time of access thus says nothing."""
    if old and new and stat.S_IFMT(old.mode) in silent:
        old, new = (e._replace(ctime=e.ctime[0]) for e in (old, new))
    return old == new


class Trees:
    """The tree under test and the canary, each on a tmpfs of its own; the latter notes reads."""

    def __init__(self):
        seal()
        for folder in (VOLUME, os.path.dirname(CANARY)):
            os.makedirs(folder, exist_ok=True)
        os.chmod(VOLUME, 0o700)
        self.seen = {}

    def outside(self, image):
        """Links that are followed and files that are read get another time of access."""
        unmount(os.path.dirname(CANARY))
        mount("tmpfs", os.path.dirname(CANARY), "tmpfs", MS_STRICTATIME, "mode=755")
        image.make(CANARY)
        for name in ("/secret", ".file"):
            with open(CANARY + name, "wb") as file:
                file.write(b"a secret of the host\n")
        for path in list(walk(CANARY)):
            os.utime(CANARY + path, (0, 0), follow_symlinks=False)
        self.look()

    def look(self):
        self.seen = walk(os.path.dirname(CANARY), also_atime=True)

    def touched(self, passing=False):
        """What is no longer as it was.  passing: a link that is merely passed does not count."""
        now = walk(os.path.dirname(CANARY), also_atime=True)
        silent = (stat.S_IFDIR, stat.S_IFLNK) if passing else (stat.S_IFDIR,)
        return [path for path in sorted(self.seen.keys() | now.keys())
                if not is_same(self.seen.get(path), now.get(path), silent)]

    def tree(self, image, options="mode=700"):
        """Only root gets to a volume, but the mount hook to what is mounted of it."""
        unmount(VOLUME)
        mount("tmpfs", VOLUME, "tmpfs", 0, options)
        image.make(TREE)
        with open(TREE + ".beside", "wb") as file:
            file.write(b"outside, hard linked\n")
        os.chmod(TREE + ".beside", 0o640)


def judge_command(result, raw=False, limit=TIME_MS):
    status, ms, kib, out = result
    if status not in (0, 1, 124):
        yield f"ended with {status}"
    if status == 1 and not out.strip():
        yield "failed and said nothing"
    if ms > limit or status == 124:
        yield "hangs" if status == 124 else f"took {ms} ms of processor time"
    if kib > MEMORY_KIB and not os.environ.get("HOSTILE_SANITIZED"):
        yield f"took {kib} KiB"
    if CRASH.search(out):
        yield "crashed"
    if sum(line.startswith(b"pct: ") for line in out.splitlines()) > 1:
        yield "said more than one line of error"
    if not raw and CONTROL.search(out):
        yield "control characters in its output"
    if not raw and out.decode("utf-8", "replace").encode() != out:
        yield "no UTF-8 in its output"
