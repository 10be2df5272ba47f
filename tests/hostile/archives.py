# SPDX-License-Identifier: LGPL-2.1-or-later
"""archives.py [--short]: what tars.py makes, unpacked as root and as a container's root.

Each is unpacked into a volume of 16 MiB; some go through pct create as a whole, which must leave
nothing of a container that it did not make.
"""
import os
import re
import stat
import sys

import tars
from shapes import mount, unmount
from watch import CANARY, FIRST_ID, ROOTS, PCT, TREE, VOLUME, WORK, Image, Runner, Trees, \
    judge_command, walk

ARCHIVE = WORK + "/archive"
CREATED = "123"
WHOLE = re.compile(r"^(honest|\.\./escaped|through an absolute link|a folder that becomes a link|the "
                   r"top is a link|rootfs, twice|hard link to a file outside|setuid|devices|size of 2|"
                   r"gzip bomb|zstd bomb|a path of|[24]0,000|xz, cut at|gzip, a bit flipped|nothing|text)")


class Tester:
    def __init__(self):
        self.trees, self.runner = Trees(), Runner([], False)
        self.trees.outside(Image(os.environ["HOSTILE_SKELETONS"] + "/debian12"))
        self.n = self.slowest = self.largest = 0
        self.failures = []

    def judge(self, name, want, result):
        status, ms, kib, out = result
        self.n += 1
        self.slowest, self.largest = max(self.slowest, ms), max(self.largest, kib)
        # no limit for what honest archives need as well: a path is walked for every member
        yield from judge_command(result, limit=20000)
        touched = self.trees.touched()
        if touched:
            yield "touched outside: " + " ".join(touched[:5])
            self.trees.look()
        if want == "fine" and status:
            yield f"ended with {status}: {out[:200]!r}"
        if want == "refused" and not status:
            yield "was not refused"
        if status and len(out.splitlines()) != 1:
            yield f"no one line of error: {out[:300]!r}"

    def note(self, name, how, said):
        self.failures += [f"{name}, {how}: {what}" for what in said]

    def unpack(self, name, want, data, private):
        with open(ARCHIVE, "wb") as file:
            file.write(data)
        unmount(VOLUME)
        mount("tmpfs", VOLUME, "tmpfs", 0, "mode=755,size=16m,nr_inodes=4096")
        os.mkdir(TREE, 0o755)
        if private:
            os.chown(TREE, FIRST_ID, FIRST_ID)
        want = want.replace(", unprivileged", "") if private or "," not in want else "fine"
        words = ["-", os.environ["HOSTILE_UNTAR"], ARCHIVE, TREE] + ["u"] * private
        self.note(name, "unprivileged" if private else "privileged",
                  list(self.judge(name, want, self.runner.run(words))) + list(found(private)))

    def create(self, name, want, data, private):
        template = f"{ROOTS['vz']}/template/cache/x.tar"
        with open(template, "wb") as file:
            file.write(data)
        before = names()
        result = self.runner.run(["-", PCT, "create", CREATED, template, "--rootfs", "local:0",
                                  "--unprivileged", str(int(private))])
        if result[0] == 0:
            # what setup says of it is not the matter here
            result = (0, *result[1:3], b"")
        said = list(self.judge(name, "either", result))
        left = names() - before
        if result[0] and left:
            said.append("left " + " ".join(sorted(left)[:6]))
        if result[0] == 0:
            self.runner.run(["-", PCT, "destroy", CREATED])
        self.note(name, f"pct create, {'un' * private}privileged", said)


def names():
    """All of the private folders but locks, and what lies below rootfs folders."""
    return {top + path for top in ROOTS.values() for path in walk(top) if "/lock" not in path}


def found(private):
    for path, entry in walk(TREE).items():
        if stat.S_ISCHR(entry.mode) or stat.S_ISBLK(entry.mode):
            yield f"made the device {path}"
        if private and not (FIRST_ID <= entry.uid < FIRST_ID + 65536 and
                            FIRST_ID <= entry.gid < FIRST_ID + 65536):
            yield f"{path} belongs to {entry.uid}:{entry.gid}"


def main():
    short = "--short" in sys.argv
    tester = Tester()
    mount("tmpfs", ROOTS["vz"], "tmpfs", 0, "mode=755,size=64m")
    for folder in ("/template/cache", "/images/105"):
        os.makedirs(ROOTS["vz"] + folder)
    os.makedirs(ROOTS["etc"] + "/lxc", exist_ok=True)
    for i, (name, want, data) in enumerate(tars.all_archives(CANARY, 1000, 3 if short else 9)):
        flip = "flipped" in name
        for private in (True, False) if not short else (i % 2 == 0,):
            tester.unpack(name, want, data, private)
        if WHOLE.match(name) and not (short and (flip or i % 3)):
            tester.create(name, want, data, i % 2 == 0)
    if tester.failures:
        print(f"not ok 1 - archives: {len(tester.failures)} of {tester.n} went wrong")
        print("".join(f"# {line}\n" for line in tester.failures[:40]), end="")
    else:
        print(f"ok 1 - archives: {tester.n} unpacked or refused, at most {tester.slowest} ms and "
              f"{tester.largest} KiB")
    sys.exit(1 if tester.failures else 0)


main()
