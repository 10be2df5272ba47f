# SPDX-License-Identifier: LGPL-2.1-or-later
"""Archives that no honest program makes.

ARCHIVES is the table: what it is, its bytes as a function of the canary's path, and what must come
of it: "fine", "refused", or "either", where both are well as long as nothing gets out.  Headers are
made by hand where tarfile would not make them.
"""
import base64
import gzip
import io
import lzma
import os
import random
import tarfile

BLOCK = 512
MEBIBYTE = 1 << 20
HUGE = 1 << 62


def member(name, kind=tarfile.REGTYPE, data=b"", size=None, extra=None, **fields):
    """One member; size may lie, and extra are the records of a pax header before it."""
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.mtime = kind, 0o644, 1000000000
    info.size = len(data) if size is None else size
    for field, value in fields.items():
        setattr(info, field, value)
    head = pax(extra) if extra else b""
    return head + info.tobuf(tarfile.GNU_FORMAT) + pad(data)


def pad(data):
    return data + b"\0" * (-len(data) % BLOCK)


def record(key, value):
    value = value if isinstance(value, bytes) else value.encode()
    body = b" " + key.encode() + b"=" + value + b"\n"
    size = len(body)
    while size != len(str(size)) + len(body):
        size += 1
    return str(size).encode() + body


def pax(extra, kind=tarfile.XHDTYPE):
    data = extra if isinstance(extra, bytes) else b"".join(record(k, v) for k, v in extra.items())
    return member("pax", kind, data)


def folder(name, **fields):
    return member(name, tarfile.DIRTYPE, mode=0o755, **fields)


def link(name, target, **fields):
    return member(name, tarfile.SYMTYPE, linkname=target, **fields)


def hard(name, target, data=b"", **fields):
    return member(name, tarfile.LNKTYPE, data, linkname=target, **fields)


def tar(*members):
    return folder("./") + b"".join(members) + b"\0" * 2 * BLOCK


def plain(n=40):
    """An honest one, to be damaged."""
    some = random.Random(1)
    return tar(folder("etc"), *(member(f"etc/{i}", data=some.randbytes(300), extra={"mtime": "1.5"})
                                for i in range(n)), link("a", "etc/1"), hard("b", "etc/2"))


def checksum(header):
    total = sum(header[:148]) + 8 * 32 + sum(header[156:])
    return header[:148] + b"%06o\0 " % total + header[156:]


def numbers(start, value):
    """A header with the bytes of a number field replaced, and a right checksum."""
    header = bytearray(member("number", data=b"x" * 10)[:BLOCK])
    header[start:start + len(value)] = value
    return checksum(bytes(header)) + pad(b"x" * 10)


def sparse(real, blocks):
    """The old GNU kind: where there is data, and how large it all is."""
    header = bytearray(member("holes", b"S", size=sum(n for _, n in blocks))[:BLOCK])
    for i, (offset, n) in enumerate(blocks[:4]):
        header[386 + 24 * i:410 + 24 * i] = octal(offset) + octal(n)
    header[483:495] = octal(real)
    return checksum(bytes(header)) + pad(b"x" * sum(n for _, n in blocks))


def octal(n):
    return b"%011o\0" % n if n < 8 ** 11 else b"\x80" + n.to_bytes(11, "big")


def through_each_component(canary):
    return tar(folder("a"), folder("a/b"), link("a/b/c", canary), folder("a/b/c/etc"),
               member("a/b/c/etc/new", data=b"x"))


def pax_names(canary):
    return tar(member("x", data=b"x", extra={"path": "../" * 30 + canary.lstrip("/") + "/new"}))


def deep(canary):
    return tar(*(folder("/".join(["d"] * n)) for n in range(1, 1500, 7)))


def zstd(data):
    """Frames of raw blocks: valid zstd without a library for it."""
    out = b"\x28\xb5\x2f\xfd\xa0" + len(data).to_bytes(4, "little")
    for at in range(0, len(data), 1 << 17):
        block = data[at:at + (1 << 17)]
        last = at + len(block) == len(data)
        out += (len(block) << 3 | last).to_bytes(3, "little") + block
    return out


def zstd_bomb(mebibytes):
    """Blocks of one byte, repeated: 4 bytes for 128 KiB."""
    head = member("bomb", size=mebibytes * MEBIBYTE)
    out = b"\x28\xb5\x2f\xfd\x00\x58"  # a window of 2 MiB
    out += (len(head) << 3).to_bytes(3, "little") + head
    block = ((1 << 17) << 3 | 1 << 1).to_bytes(3, "little") + b"\0"
    return out + block * (mebibytes * 8) + (1 << 3 | 1 << 1 | 1).to_bytes(3, "little") + b"\0"


def bomb(compress, mebibytes=200):
    def make(canary):
        with io.BytesIO() as out, compress(out) as stream:
            stream.write(member("bomb", size=mebibytes * MEBIBYTE))
            for _ in range(mebibytes):
                stream.write(b"\0" * MEBIBYTE)
            stream.close()
            return out.getvalue()
    return make


def xattr(name, value):
    return lambda canary: tar(member("x", data=b"x", extra={"SCHILY.xattr." + name: value}),
                              folder("d", extra={"SCHILY.xattr." + name: value}))


def acl(text):
    return lambda canary: tar(member("x", data=b"x", extra={"SCHILY.acl.access": text}),
                              folder("d", extra={"SCHILY.acl.default": text}))


def owned(uid, mode=0o4755, **extra):
    return lambda canary: tar(member("suid", data=b"x", mode=mode, uid=uid, gid=uid, **extra))


def always(data):
    return lambda canary: data


ARCHIVES = {
    "honest": ("fine", always(plain())),
    # ---- names ----
    "..": ("refused", always(tar(member("..", data=b"x")))),
    "../escaped": ("refused", always(tar(member("../escaped", data=b"x")))),
    "a/../../escaped": ("refused", always(tar(folder("a"), member("a/../../escaped", data=b"x")))),
    "a name with .. in a pax header": ("refused", pax_names),
    "an absolute name": ("fine", lambda c: tar(member(c + "/etc/new", data=b"x"))),
    "// and /./": ("fine", lambda c: tar(member("/./" + "/" * 50 + c + "/secret", data=b"x"))),
    "a folder of ..": ("refused", always(tar(folder("a/..")))),
    "names with escape sequences": ("either", always(tar(member("\x1b]0;x\x07\n..", data=b"x"),
                                                        member("\x1b[2J/../..", data=b"x")))),
    "no name": ("either", always(tar(member("", data=b"x")))),
    "a name that is no UTF-8": ("fine", always(tar(member("\udcff\udcfe", data=b"x")))),
    "a name of 300 bytes": ("either", always(tar(member("n" * 300, data=b"x")))),
    "a path of 10,000 bytes": ("either", always(tar(member("/".join(["n" * 100] * 100), data=b"x")))),
    "deeper than PATH_MAX": ("either", deep),
    # ---- links ----
    "through an absolute link": ("refused", lambda c: tar(link("evil", c), member("evil/new", data=b"x"))),
    "through a relative link": ("refused", lambda c: tar(link("evil", "../" * 40 + c.lstrip("/")),
                                                         member("evil/new", data=b"x"))),
    "through a link far down": ("refused", through_each_component),
    "through /proc/self/root": ("refused", lambda c: tar(link("evil", "/proc/self/root" + c),
                                                         member("evil/new", data=b"x"))),
    "through two links": ("refused", lambda c: tar(link("one", "two"), link("two", c),
                                                   member("one/new", data=b"x"))),
    "a file over a link": ("fine", lambda c: tar(link("evil", c + "/secret"), member("evil", data=b"x"))),
    "a folder over a link": ("either", lambda c: tar(link("evil", c), folder("evil"),
                                                     member("evil/new", data=b"x"))),
    "mode and owner through a link": ("either", lambda c: tar(
        link("evil", c + "/secret"), link("evil", c + "/secret", mode=0o7777, uid=7))),
    "a folder that becomes a link": ("refused", lambda c: tar(
        folder("etc"), member("etc/1", data=b"x"), link("etc", c + "/etc"), member("etc/hosts", data=b"x"))),
    "a folder that becomes a link, and has its time set late": ("either", lambda c: tar(
        folder("etc", mtime=5), link("etc", c + "/etc"))),
    "hard link to a file outside": ("refused", lambda c: tar(hard("hard", c + "/secret"))),
    "hard link with ..": ("refused", lambda c: tar(hard("hard", "../" * 40 + c.lstrip("/") + "/secret"))),
    "hard link through a link": ("refused", lambda c: tar(link("evil", c), hard("hard", "evil/secret"))),
    "hard link to a link, then data": ("either", lambda c: tar(
        link("evil", c + "/secret"), hard("hard", "evil"), member("hard", data=b"x"))),
    "hard link that brings data": ("either", lambda c: tar(
        link("evil", c + "/secret"), hard("hard", "evil", data=b"x" * 10))),
    "hard link to itself": ("refused", always(tar(hard("hard", "hard")))),
    "the top is a link": ("refused", lambda c: link("./", c) + tar(member("etc/new", data=b"x"))),
    "the top is a file": ("refused", always(member(".", data=b"x") + tar())),
    "a second top, a link": ("refused", lambda c: tar(folder("etc"), link(".", c),
                                                      member("etc/new", data=b"x"))),
    "rootfs, twice": ("refused", lambda c: tar(folder("rootfs"), link("rootfs", "/"),
                                               member("rootfs" + c + "/new", data=b"x"))),
    "a link of 100,000 bytes": ("either", always(tar(link("evil", "x/" * 50000)))),
    # ---- kinds and owners ----
    "devices": ("fine", always(tar(
        member("null", tarfile.CHRTYPE, devmajor=1, devminor=3),
        member("disk", tarfile.BLKTYPE, devmajor=7, devminor=0, mode=0o666), member("x", data=b"x")))),
    "hard link to a device": ("either", always(tar(
        member("disk", tarfile.BLKTYPE, devmajor=7, devminor=0), hard("hard", "disk")))),
    "a device over a file": ("fine", always(tar(
        member("x", data=b"x"), member("x", tarfile.BLKTYPE, devmajor=7, devminor=0)))),
    "FIFO": ("fine", always(tar(member("pipe", tarfile.FIFOTYPE), member("x", data=b"x")))),
    "data for a FIFO": ("either", always(tar(member("pipe", tarfile.FIFOTYPE),
                                             member("pipe", data=b"x" * 100)))),
    "an unknown kind": ("either", always(tar(member("x", b"~", data=b"x")))),
    "setuid, of an id that is mapped": ("fine", owned(1000)),
    "setuid, of an id outside of the map": ("refused, unprivileged", owned(4000000)),
    "setuid, of an id of 2^40": ("refused", owned(0, extra={"uid": str(1 << 40)})),
    "setuid, of an id below 0": ("either", owned(0, extra={"uid": "-1", "gid": "-5"})),
    "setuid, of the id 4294967295": ("refused", owned(0, extra={"uid": "4294967295"})),
    # ---- sizes ----
    "sparse, 8 EiB": ("either", always(tar(sparse((1 << 63) - 1, [(0, 512)])))),
    "sparse, data beyond its end": ("either", always(tar(sparse(100, [(1 << 40, 512)])))),
    "sparse, blocks that overlap": ("either", always(tar(sparse(1 << 20, [(0, 512), (0, 512), (100, 512)])))),
    "sparse, 1 TiB": ("either", always(tar(sparse(1 << 40, [((1 << 40) - 512, 512)])))),
    "size of 2^62": ("refused", always(tar(member("x", data=b"x" * 100, size=HUGE)))),
    "a negative size": ("either", always(tar(numbers(124, b"\xff" * 12)))),
    "size of a folder": ("either", always(tar(folder("d", size=1 << 40), member("x", data=b"x")))),
    "time of 2^63": ("either", always(tar(member("x", data=b"x", extra={"mtime": str(1 << 63)})))),
    "a pax header of 1 GiB": ("refused", always(tar(member("pax", tarfile.XHDTYPE, b"1" * BLOCK, size=1 << 30)))),
    "a long name of 1 GiB": ("refused", always(tar(member("long", b"L", b"n" * BLOCK, size=1 << 30)))),
    "pax record longer than its header": ("either", always(tar(pax(b"99999999 path=x\n"), member("x", data=b"x")))),
    "pax record without length": ("either", always(tar(pax(b"path=x\n\n\n"), member("x", data=b"x")))),
    "pax records, 50,000": ("either", always(tar(pax(b"".join(record(f"k{i}", "v") for i in range(50000))),
                                                 member("x", data=b"x")))),
    "pax header for all": ("either", lambda c: tar(pax({"path": "../../new", "uid": "7"}, b"g"),
                                                   member("x", data=b"x"))),
    "pax headers only": ("either", always(tar(*[pax({"path": "x"}) for _ in range(100)]))),
    "a path of 100,000 folders": ("refused", always(tar(member("pax", extra={"path": "d/" * 100000 + "f"})))),
    "a path of 2,000 folders, 20 times": ("either", always(tar(
        *[member("pax", extra={"path": f"d{i}/" + "d/" * 2000 + "f"}) for i in range(20)]))),
    "40,000 links": ("either", always(tar(member("f"), *[hard(f"h{i}", "f") for i in range(40000)]))),
    "20,000 folders": ("either", always(tar(*[folder(f"d{i}") for i in range(20000)]))),
    "20,000 files": ("either", always(tar(*[member(f"f{i}") for i in range(20000)]))),
    # ---- bombs; the volume has 16 MiB ----
    "gzip bomb": ("refused", bomb(lambda out: gzip.GzipFile(fileobj=out, mode="wb", mtime=0))),
    "xz bomb": ("refused", bomb(lambda out: lzma.LZMAFile(out, "wb", preset=0))),
    "zstd bomb": ("refused", lambda c: zstd_bomb(4096)),
    "zstd, a window of 2 GiB": ("either", always(b"\x28\xb5\x2f\xfd\x00\xa8" + zstd(plain())[9:])),
    "zstd, honest": ("fine", lambda c: zstd(plain())),
    # ---- attributes ----
    "a capability": ("either", xattr("security.capability", b"\x01\0\0\x02" + b"\xff" * 16)),
    "a capability, garbage": ("either", xattr("security.capability", b"\xff" * 5)),
    "overlay marks": ("either", xattr("trusted.overlay.redirect", "/etc")),
    "overlay opaque": ("either", xattr("trusted.overlay.opaque", "y")),
    "a label": ("either", xattr("security.selinux", "system_u:object_r:root_t:s0\0")),
    "an attribute of 60 KiB": ("either", xattr("user.big", b"x" * 60000)),
    "an attribute without a name": ("either", xattr("", "x")),
    "an attribute with a long name": ("either", xattr("user." + "n" * 1000, "x")),
    "an attribute with a bad name": ("either", xattr("user.%00%2F..%1b", "x")),
    "attribute in base64, garbage": ("either", always(tar(
        member("x", data=b"x", extra={"LIBARCHIVE.xattr.user.x": "!!!" + base64.b64encode(b"x").decode()})))),
    "kernel's ACL, garbage": ("either", xattr("system.posix_acl_access", b"\x02\0\0\0" + b"\xff" * 24)),
    "kernel's ACL, torn": ("either", xattr("system.posix_acl_access", b"\x02\0\0\0\x01")),
    "kernel's ACL, 5,000 entries": ("either", xattr("system.posix_acl_access",
                                                    b"\x02\0\0\0" + b"\x02\0\x07\0\x01\0\0\0" * 5000)),
    "kernel's default ACL": ("either", xattr("system.posix_acl_default", b"\x02\0\0\0" + b"\0" * 8)),
    "ACL, garbage": ("either", acl("user::rwx,,,:::,user:\x01:zzz,mask::\n")),
    "ACL, a number too large": ("either", acl("user::rwx,user:99999999999999999999:rwx,other::---")),
    "ACL, a name to look up": ("either", acl("user::rwx,user:daemon:rwx,group::r-x,mask::rwx,other::---")),
    "ACL, 100,000 bytes": ("either", acl("user::rwx," * 10000)),
    # ---- no tar ----
    "nothing": ("refused", always(b"")),
    "one zero block": ("refused", always(b"\0" * BLOCK)),
    "an empty archive": ("refused", always(b"\0" * 10240)),
    "text": ("refused", always(b"hello\n" * 1000)),
    "noise": ("refused", always(random.Random(2).randbytes(20000))),
    "gzip of gzip of tar": ("either", always(gzip.compress(gzip.compress(plain(), mtime=0), mtime=0))),
    "20 layers of gzip": ("either", lambda c: layers(20)),
    "two archives in one": ("either", lambda c: plain(2) + tar(link("evil", c), member("evil/new", data=b"x"))),
    "garbage after the end": ("either", always(plain(2) + b"garbage" * 500)),
}


def layers(n):
    data = plain(2)
    for _ in range(n):
        data = gzip.compress(data, mtime=0)
    return data


def damaged(step, cuts):
    """Of an honest one in each compression: cut short, and a bit flipped at every so many bytes."""
    honest = plain()
    for kind, data in (("tar", honest), ("gzip", gzip.compress(honest, mtime=0)),
                       ("xz", lzma.compress(honest)), ("zstd", zstd(honest))):
        for i in range(1, cuts):
            at = len(data) * i // cuts
            # within a tar, a cut between two members looks like an end
            yield f"{kind}, cut at {at}", "either" if kind == "tar" else "refused", data[:at]
        for at in range(0, len(data), step):
            flipped = bytearray(data)
            flipped[at] ^= 1 << at % 8
            yield f"{kind}, a bit flipped at {at}", "either", bytes(flipped)


def all_archives(canary, step, cuts):
    for name, (want, make) in ARCHIVES.items():
        yield name, want, make(canary)
    yield from damaged(step, cuts)


if __name__ == "__main__":
    for what, _, bytes_of in all_archives("/canary", 1000, 9):
        print(len(bytes_of), what, os.sep)
