# SPDX-License-Identifier: LGPL-2.1-or-later
"""What can stand at a path of a rootfs instead of what setup expects there.

SHAPES is the table.  Each function is given a Place and plants one thing; outside of the tree lies
a canary of the same layout, that links lead to.
"""
import ctypes
import fcntl
import os
import shutil
import socket
import stat

FS_IOC_GETFLAGS, FS_IOC_SETFLAGS = 0x80086601, 0x40086602
IMMUTABLE, APPEND = 0x10, 0x20
MS_RDONLY, MS_REMOUNT, MS_BIND, MNT_DETACH = 1, 32, 4096, 2
MS_STRICTATIME = 1 << 24
MEBIBYTE = 1 << 20
BEGIN, END = b"# --- BEGIN PVE ---\n", b"# --- END PVE ---\n"
libc = ctypes.CDLL(None, use_errno=True)


class Unfit(Exception):
    """This shape says nothing new here, or the kernel does not have it."""


def mount(source, target, kind=None, flags=0, data=None):
    encode = lambda s: s.encode() if s else None
    if libc.mount(encode(source), encode(target), encode(kind), flags, encode(data)) < 0:
        raise OSError(ctypes.get_errno(), "mount", target)


def unmount(target):
    libc.umount2(target.encode(), MNT_DETACH)


def set_writable(path, writable, below=False):
    """mount_setattr(2), for a mount and those below it."""
    attributes = (ctypes.c_uint64 * 4)(not writable, writable, 0, 0)  # MOUNT_ATTR_RDONLY
    if libc.syscall(442, -100, path.encode(), 0x8000 if below else 0, ctypes.byref(attributes),
                    ctypes.c_size_t(32)) < 0:
        raise OSError(ctypes.get_errno(), "mount_setattr", path)


def set_flags(path, flags):
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        fcntl.ioctl(fd, FS_IOC_SETFLAGS, flags.to_bytes(8, "little"))
    except OSError as error:
        raise Unfit("chattr") from error
    finally:
        os.close(fd)


class Place:
    """A path of the tree: .real is where it lies, with links on the way resolved inside."""

    def __init__(self, top, canary, path):
        self.top, self.canary, self.path = top, canary, path
        self.real = self.resolve(path)
        self.outside = canary + path

    def resolve(self, path):
        at, todo, links = self.top, path.strip("/").split("/"), 0
        while todo:
            part = todo.pop(0)
            if part == "..":
                at = at if at == self.top else os.path.dirname(at)
                continue
            here = os.path.join(at, part)
            if todo and os.path.islink(here) and links < 40:
                links += 1
                target = os.readlink(here)
                at = self.top if target.startswith("/") else at
                todo = [p for p in target.split("/") if p not in ("", ".")] + todo
                continue
            if todo and not os.path.isdir(here):
                if os.path.lexists(here):
                    raise Unfit("no folder")
                os.mkdir(here)
            at = here
        return at

    def away(self):
        """Nothing stands there any more; a folder's contents are thrown away, too."""
        if self.real == self.top:
            raise Unfit("the top")
        if os.path.isdir(self.real) and not os.path.islink(self.real):
            shutil.rmtree(self.real)
        elif os.path.lexists(self.real):
            os.unlink(self.real)

    def link(self, target):
        self.away()
        os.symlink(target, self.real)

    def is_dir(self):
        return stat.S_ISDIR(os.lstat(self.real).st_mode) if os.path.lexists(self.real) else False

    def text(self):
        try:
            with open(self.real, "rb") as file:
                return file.read()
        except OSError:
            return b""

    def fill(self, data):
        if self.is_dir():
            raise Unfit("a folder")
        self.away()
        with open(self.real, "wb") as file:
            file.write(data)

    def there(self):
        if not os.path.lexists(self.real):
            with open(self.real, "wb"):
                pass
        if os.path.islink(self.real):
            raise Unfit("a link")


# ---- links ----

def relative(p):
    p.link(os.path.relpath(p.outside, os.path.dirname(p.real)))


def loop(p):
    p.link(p.path + ".loop")
    os.symlink(p.path, p.real + ".loop")


def chain(p):
    p.link(p.path + ".0")
    for i in range(60):
        os.symlink(f"{os.path.basename(p.path)}.{i + 1}", f"{p.real}.{i}")
    os.symlink(p.outside, f"{p.real}.60")


def inside(p):
    """Kept in the tree, it leads to what others rely on."""
    p.link("/etc/passwd" if p.path != "/etc/passwd" else "/etc/shadow")


# ---- other kinds ----

def unix_socket(p):
    p.away()
    # sun_path is short
    here = os.open(os.path.dirname(p.real), os.O_PATH)
    s = socket.socket(socket.AF_UNIX)
    s.bind(f"/proc/self/fd/{here}/{os.path.basename(p.real)}")
    s.close()
    os.close(here)


def node(kind, major, minor):
    def plant(p):
        p.away()
        os.mknod(p.real, kind | 0o666, os.makedev(major, minor))
    return plant


def fifo(p):
    p.away()
    os.mkfifo(p.real)


def folder(p):
    if p.is_dir():
        raise Unfit("a folder already")
    p.away()
    os.mkdir(p.real)


def full_folder(p):
    folder(p)
    os.mkdir(p.real + "/x")


def file_for_folder(p):
    p.away()
    with open(p.real, "wb") as file:
        file.write(b"x\n")


def sparse(p):
    p.fill(p.text())
    os.truncate(p.real, 1 << 30)


def hard_link(target):
    """To another file: what is written in place would change it."""
    def plant(p):
        p.away()
        os.link(target(p), p.real)
    return plant


def beside(p):
    return p.top + ".beside"


def shadow(p):
    path = p.top + "/etc/shadow"
    if not os.path.isfile(path) or p.path == "/etc/shadow":
        raise Unfit("no shadow")
    return path


# ---- attributes and mounts ----

def mode(bits):
    def plant(p):
        p.there()
        os.chmod(p.real, bits)
    return plant


def owner(uid):
    def plant(p):
        p.there()
        os.chown(p.real, uid, uid)
    return plant


def attribute(flag):
    def plant(p):
        p.there()
        set_flags(p.real, flag)
    return plant


def other_mount(options, read_only=False, source=None):
    """A folder or file of another file system over it."""
    def plant(p):
        p.there()
        if p.is_dir() and not source:
            mount("tmpfs", p.real, "tmpfs", MS_RDONLY if read_only else 0, options)
            return
        mount(p.outside if source else p.canary + ".file", p.real, None, MS_BIND)
        if read_only:
            mount(None, p.real, None, MS_BIND | MS_REMOUNT | MS_RDONLY)
    return plant


def full_mount(p):
    if not p.is_dir():
        raise Unfit("no folder")
    mount("tmpfs", p.real, "tmpfs", 0, "size=4k")
    try:
        with open(p.real + "/filler", "wb") as file:
            file.write(b"\0" * 8192)
    except OSError:
        pass


def outside_mounted(p):
    """The canary itself, as a volume that is shared with the host would be."""
    p.there()
    if not os.path.lexists(p.outside) or os.path.islink(p.outside) or \
            os.path.isdir(p.outside) != p.is_dir():
        raise Unfit("other kinds")
    mount(p.outside, p.real, None, MS_BIND)


# ---- contents ----

def contents(make):
    def plant(p):
        p.fill(make(p.text()))
    return plant


def many(text):
    line = (text.splitlines() or [b"iface eth0 inet dhcp"])[-1][:9] + b"\n"
    return line * 100000


def repeated(text):
    """As much as is read at all, in what the format takes for real."""
    text = text or b"iface eth0 inet dhcp\n"
    return (text * (MEBIBYTE // len(text) + 1))[:MEBIBYTE]


def crlf(text):
    return text.replace(b"\n", b"\r\n") or b"x\r\n"


def names(make):
    def plant(p):
        if not p.is_dir():
            p.away()
            os.mkdir(p.real)
        for name in make():
            with open(os.path.join(os.fsencode(p.real), name), "wb"):
                pass
    return plant


def path_max(p):
    """Deeper than any path can name: made by going there."""
    if not p.is_dir():
        p.away()
        os.mkdir(p.real)
    here = os.open(p.real, os.O_RDONLY)
    for _ in range(30):
        os.mkdir("d" * 250, dir_fd=here)
        there = os.open("d" * 250, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = there
    os.close(here)


ESCAPES = b"\x1b]0;owned\x07\x1b[2J\x9b31m\x7f" + "\u202e\u2066\u2028\x85\u200b\ufeff".encode()

SHAPES = {
    "link, absolute": lambda p: p.link(p.outside),
    "link, relative": relative,
    "link, a chain of ..": lambda p: p.link("../" * 60 + p.outside.lstrip("/")),
    "link to itself": lambda p: p.link(os.path.basename(p.path)),
    "links in a loop": loop,
    "60 links in a row": chain,
    "link to a secret of the host": lambda p: p.link(p.canary + "/secret"),
    "link, dangling": lambda p: p.link(p.canary + "/new"),
    "link, dangling, to a new folder": lambda p: p.link(p.canary + "/new/deep/file"),
    "link through /proc/self/root": lambda p: p.link("/proc/self/root" + p.outside),
    "link through /proc/self/cwd": lambda p: p.link("/proc/self/cwd" + p.outside),
    "link through /dev/fd": lambda p: p.link("/dev/fd/9" + p.outside),
    "link through an open descriptor": lambda p: p.link("/proc/self/fd/9" + p.outside),
    "link to another file inside": inside,
    "link to the top": lambda p: p.link("/"),
    "link to ..": lambda p: p.link(".."),
    "link to a name of 256 bytes": lambda p: p.link("n" * 256),
    "link to a path of 4095 bytes": lambda p: p.link(("/" + "n" * 200) * 20 + "/" + "n" * 74),
    "FIFO": fifo,
    "socket": unix_socket,
    "character device, endless": node(stat.S_IFCHR, 1, 5),
    "character device, terminal": node(stat.S_IFCHR, 5, 0),
    "block device": node(stat.S_IFBLK, 7, 0),
    "folder for a file": folder,
    "folder with contents": full_folder,
    "file for a folder": file_for_folder,
    "sparse file of 1 GiB": sparse,
    "hard link to a file outside": hard_link(beside),
    "hard link to a file inside": hard_link(shadow),
    "unreadable": mode(0),
    "setuid, setgid, writable by all": mode(0o6777),
    "of another user": owner(12345),
    "of an id outside of the map": owner(4000000),
    "immutable": attribute(IMMUTABLE),
    "append-only": attribute(APPEND),
    "another mount": other_mount("mode=755"),
    "a read-only mount": other_mount("mode=755", read_only=True),
    "a full mount": full_mount,
    "the host's own, mounted": outside_mounted,
    "empty": contents(lambda text: b""),
    "NUL bytes": contents(lambda text: text[:20] + b"\0" + text + b"\0"),
    "10 MiB in one line": contents(lambda text: (text or b"x").replace(b"\n", b" ") + b"x" * (10 * MEBIBYTE)),
    "1 MiB in one line": contents(lambda text: b"x" * MEBIBYTE),
    "500,000 words in one line": contents(lambda text: b"a " * (MEBIBYTE // 2)),
    "its own first word, 500 KiB of it": contents(lambda text: ((text.split() or [b"config"])[0] + b" ") * 60000),
    "100,000 lines": contents(many),
    "as many lines as are read": contents(lambda text: b"a\n" * (MEBIBYTE // 2)),
    "its own lines, up to 1 MiB": contents(repeated),
    "invalid UTF-8": contents(lambda text: text + b"\xff\xfe\xc0\x80 \xed\xa0\x80\n" + text),
    "escape sequences": contents(lambda text: text + ESCAPES + b"\n"),
    "no final newline": contents(lambda text: text.rstrip(b"\n") or b"x"),
    "CRLF": contents(crlf),
    "torn section, no end": contents(lambda text: BEGIN + b"old\n" + text),
    "torn section, no begin": contents(lambda text: text + b"old\n" + END),
    "two sections": contents(lambda text: 2 * (BEGIN + b"old\n" + END) + text),
    "sections the wrong way round": contents(lambda text: END + text + BEGIN),
    "names of 255 bytes": names(lambda: [b"%0255d" % i for i in range(20)]),
    "5,000 names": names(lambda: [b"%d.conf" % i for i in range(5000)]),
    "names that no terminal likes": names(
        lambda: [b"10-" + ESCAPES.replace(b"/", b"") + b".network", b"a\nb.network", b"\xff.yaml",
                 b"-rf", b"a\tb.service", b" .conf", b"..."]),
    "deeper than PATH_MAX": path_max,
}


# ---- what only the ledger makes something of ----

def fnv(data):
    """As hash_text() of lib/base/util.c: an entry with the right one is taken for ours."""
    value = 0xcbf29ce484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001b3 & (1 << 64) - 1
    return value


def entries(paths, step="network"):
    """All of them are no longer written, so that setup removes what they name."""
    def plant(p):
        lines = []
        for path in paths(p):
            try:
                with open(path, "rb") as file:
                    value = fnv(file.read())
            except OSError:
                value = 0
            lines.append(f"{step} {value:016x} {path}\n")
        p.fill("".join(lines).encode())
        # reading the canary here is nothing that setup did
    return plant


def through_link(p):
    os.symlink(p.canary, p.top + "/out")
    return [f"/out/{name}" for name in ("secret", "etc/hosts", "etc/passwd")]


def saved_out(p):
    """The copy to be restored, its folder, and what it would replace lead out."""
    os.makedirs(p.top + "/var/lib/pct/saved", exist_ok=True)
    for path in ("/etc/hosts", "/etc/hostname"):
        os.symlink(p.canary + "/secret", p.top + "/var/lib/pct/saved/" + path[1:].replace("/", "%2F"))
    return ["/etc/hosts", "/etc/hostname"]


SOURCES = b"source /etc/s/*\nsource-directory /etc/s\n" * 20000


def sources(p):
    """Each line would have 4,000 files of a MiB read."""
    os.makedirs(p.top + "/etc/s", exist_ok=True)
    with open(p.top + "/etc/s/0", "wb") as file:
        file.write(b"iface x inet dhcp\n" * (MEBIBYTE // 18))
    for i in range(1, 4000):
        os.link(p.top + "/etc/s/0", p.top + f"/etc/s/{i}")
    return SOURCES[:MEBIBYTE]


INTERFACES = {
    "interfaces with 40,000 sources": lambda p: p.fill(sources(p)),
    "interfaces with 5,000 sources": lambda p: p.fill(sources(p)[:200000]),
    "interfaces, all brought up": contents(
        lambda text: b"".join(b"auto x%d\niface x%d inet dhcp\n" % (i, i) for i in range(2500))),
    "interfaces, 200,000 brought up": contents(lambda text: b"auto " + b"x " * 200000 + b"\n" + text),
}

def links(name, line, n=4000):
    """Of one file, as much as is read of one: each is read for itself."""
    def plant(p):
        p.away()
        os.mkdir(p.real)
        with open(p.real + "/" + name % 0, "wb") as file:
            file.write((line * (950000 // len(line) + 1))[:950000])
        for i in range(1, n):
            os.link(p.real + "/" + name % 0, p.real + "/" + name % i)
    return plant


# By folder: many files, each of which may be read.
SUMS = {
    "/etc/systemd/network": links("%d.network", b"[Match]\nName=zzz\n"),
    "/etc/NetworkManager/system-connections": links("%d.nmconnection", b"[connection]\n"),
    "/etc/sysconfig/network-scripts": links("ifcfg-x%d", b"DEVICE=zzz\n"),
    "/etc/netplan": links("%d.yaml", b"# zzz\n"),
    "/etc/wicked/ifconfig": links("%d.xml", b"<name>zzz</name>\n"),
    "/etc/systemd/system-preset": links("%d.preset", b"enable zzz\n"),
    "/etc/cron.d": links("j%d", b"7 * * * * root x\n"),
    "/usr/lib/NetworkManager/system-connections": links("%d", b"x\n"),
    "/etc/NetworkManager/conf.d": links("%d.conf", b"unmanaged-devices=zzz\n"),
    "/var/lib/NetworkManager": links("%d.lease", b"x\n"),
}

LEDGERS = {
    "ledger of the host's files": entries(lambda p: [p.canary + "/secret", p.outside, "/etc/hostname"]),
    "ledger with ..": entries(lambda p: ["/.." * 20 + p.canary + "/secret", "/etc/../../../x"]),
    "ledger through a link that leads out": entries(through_link),
    "ledger of links that were saved": entries(saved_out, step="hosts"),
    "ledger of folders": entries(lambda p: ["/etc", "/", "/usr", "/etc/systemd/system"]),
    "ledger of 20,000 entries": entries(lambda p: [f"/etc/none/{i}" for i in range(20000)]),
    "ledger of long names": entries(lambda p: ["/" + "n" * 250 + "/n" * 300 for _ in range(900)]),
}
