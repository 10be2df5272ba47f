#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A hostile thing at each path that setup touches, and what setup then does.

corpus.py [OPTION...] SKELETON... : one worker, in a mount namespace of its own; run.sh starts it.
A case is a skeleton, a path and a shape; each goes through all WAYS.  After every command:
nothing outside of the tree is read or changed, the status is 0 or 1, nothing took 2 seconds (10 with
new host keys) or 32 MiB, and the tree holds whole files and no temporary one.
"""
import argparse
import collections
import json
import os
import re
import stat
import subprocess
import sys

from shapes import (INTERFACES, LEDGERS, MS_RDONLY, MS_REMOUNT, SHAPES, SUMS, Place, Unfit, mount,
                    set_flags)
from watch import (CANARY, CONFIG, CTID, HOOKS, PCT, ROOTS, TREE, VOLUME, WORK, Image, Runner,
                   Trees, judge_command, read, shift, walk, MEMORY_KIB, TIME_MS)

# ssh-keygen looks for two primes, and chance decides how long.
KEYS_MS = 10000
LEDGER = "/var/lib/pct/ledger"
TEMPORARY = re.compile(r"^\.pct-|\.tmp$")
SKELETONS = """debian12 debian-networkd ubuntu2404 debian-nm rocky8 rocky10 leap15 alpine void gentoo
    openwrt nixos busybox devuan archlinux ubuntu1404""".split()


class Way(collections.namedtuple("Way", "name request phase dry shifted")):
    """A command that runs setup; a dry one only tells."""
    def makes_keys(self):
        return self.phase != "start" and not self.dry


def ways():
    """All that setup is run by.  Dry ones first: they share a tree."""
    folder = [PCT, "setup", "--rootfs", TREE, "--config", CONFIG, "--host-resolv-conf",
              WORK + "/resolv.conf", "--host-timezone", "Europe/Vienna"]
    container = [PCT, "setup", CTID]
    hook = [f"LXC_NAME={CTID}", f"LXC_CONFIG_FILE={ROOTS['lib']}/{CTID}/config",
            f"LXC_ROOTFS_MOUNT={TREE}"]
    made = []
    for phase in ("create", "clone", "start"):
        options = ["--phase", phase]
        made.append(Way(f"{phase} --explain", ["-"] + folder + options +
                        ["--explain", "--output-format", "json"], phase, True, False))
        made.append(Way(f"{phase} --diff", ["-"] + folder + options + ["--diff"], phase, True, False))
        made.append(Way(phase, ["-"] + folder + options, phase, False, False))
        made.append(Way(f"{phase}, unprivileged", ["-"] + container + options, phase, False, False))
    made.append(Way("distro check", ["-", PCT, "distro", "check", TREE], "create", True, False))
    made.append(Way("mount hook", ["u"] + hook + [HOOKS + "mount", CTID, "lxc", "mount"],
                    "start", False, True))
    made.append(Way("clone hook", ["-", hook[0], "LXC_CONFIG_FILE=" + CONFIG + ".idmap", hook[2],
                                   HOOKS + "clone"], "clone", False, True))
    return sorted(made, key=lambda way: not way.dry)


WAYS = ways()


# ---- judging ----

def is_json(text):
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


# Two modules change it one after the other, and each leaves it whole, if with less in it.
IN_STEPS = {"/etc/sysconfig/network"}


def is_whole(path, text, want):
    return text == want or (path in IN_STEPS and
                            set(text.splitlines(True)) <= set(want.splitlines(True)))


def judge_tree(before, after, reference, strict):
    for path, entry in after.items():
        old = before.get(path)
        if TEMPORARY.search(os.path.basename(path)) and path not in before:
            yield f"left {path}"
        if not stat.S_ISREG(entry.mode) or entry == old:
            continue
        if old and entry.ino == old.ino:
            if (entry.size, entry.mtime, entry.mode, entry.uid) != \
                    (old.size, old.mtime, old.mode, old.uid):
                yield f"changed {path} in place"
            continue
        if entry.mode & 0o6000 and not (old and stat.S_ISREG(old.mode)):
            yield f"made {path} with mode {entry.mode:o}"
        if strict and path in reference and not is_whole(path, read(TREE + path), reference[path]):
            yield f"half of {path}"


class Tester:
    def __init__(self, args):
        self.args = args
        self.trees, self.image, self.reference = Trees(), None, {}
        self.runner = Runner(args.without, args.open_root)
        self.cases = self.commands = self.escapes = self.slowest = self.largest = 0
        self.failed = False
        self.failures = collections.defaultdict(list)

    def skeleton(self, name):
        self.image = Image(f"{os.environ['HOSTILE_SKELETONS']}/{name}")
        self.trees.outside(self.image)
        self.reference = {}

    def fresh(self, path, shape, shifted):
        """The tree with the shape in it."""
        if shape in TOPS:
            TOPS[shape](self)
        else:
            self.trees.tree(self.image)
            (SHAPES | LEDGERS | INTERFACES | SUMS)[shape](Place(TREE, CANARY, path))
        if shifted:
            shift()
        self.trees.look()
        return walk(TREE) if os.path.isdir(TREE) and not os.path.islink(TREE) else {}

    def closed(self, way, result, before, after):
        """Without openat2: one clear line, and nothing done."""
        status, _, _, out = result
        lines = [l for l in out.splitlines() if b"warning" not in l]
        if status != 1 or len(lines) != 1 or b"the kernel has no openat2" not in out:
            yield f"ended with {status} and: {out[:200]!r}"
        if before != after:
            yield "changed the tree"

    def command(self, case, way, before):
        result = self.runner.run(way.request)
        self.commands += 1
        self.slowest, self.largest = max(self.slowest, result[1]), max(self.largest, result[2])
        said = list(judge_command(result, raw=way.name.endswith("diff"),
                                  limit=KEYS_MS if way.makes_keys() else TIME_MS))
        if way.name.endswith("explain") and result[0] == 0 and not is_json(result[3]):
            said.append("its JSON does not parse")
        if case[2] in SUMS and way.name == "mount hook" and result[0]:
            said.append(f"keeps the container from starting: {result[3][:200]!r}")
        touched = self.trees.touched(passing=self.args.open_root)
        if touched:
            self.escapes += 1
            if not self.args.expect_escapes:
                said.append("touched outside: " + " ".join(touched[:5]))
            self.trees.outside(self.image)
        if not self.args.open_root:
            after = walk(TREE) if before else {}
            if before and (os.lstat(TREE + ".beside").st_size, os.stat(TREE + ".beside").st_mode) != \
                    (21, 0o100640):
                said.append("changed a file outside through a hard link")
            if "openat2" in self.args.without and case[2] not in TOPS:
                said = list(self.closed(way, result, before, after)) + \
                    [s for s in said if s.startswith("touched")]
            elif way.dry and before != after:
                said.append("a dry run changed the tree")
            elif not way.dry:
                said += judge_tree(before, after, self.reference.get(way.name, {}),
                                   case[2].startswith("the whole tree: full"))
        for what in said:
            self.failures[case[2]].append(f"{case[0]} {case[1]}, {way.name}: {what}" +
                                          (f"\n#   {result[3][:300]!r}" if self.args.verbose else ""))

    def ways(self):
        """Each phase as one user or the other, and a dry run, in turn; now and then all of them."""
        if not self.args.short and self.cases % 8 == 0:
            return WAYS
        dry = [way for way in WAYS if way.dry]
        wet = [[way for way in WAYS if not way.dry and way.phase == phase]
               for phase in ("create", "clone", "start")]
        return [dry[self.cases % len(dry)]] + [some[self.cases % len(some)] for some in wet]

    def case(self, skeleton, path, shape):
        before = None
        for way in self.ways():
            if before is None or not way.dry:
                before = self.fresh(path, shape, way.shifted)
            self.command((skeleton, path, shape), way, before)
        self.cases += 1

    def references(self):
        """What a run makes of the unharmed tree, by way, with all walls."""
        runner = Runner([], False)
        for way in WAYS:
            if way.dry:
                continue
            self.trees.tree(self.image)
            if way.shifted:
                shift()
            status, _, _, out = runner.run(way.request)
            if status:
                self.failures["unharmed"].append(f"{way.name}: ended with {status}: {out!r}")
            self.reference[way.name] = {
                path: read(TREE + path) for path, entry in walk(TREE).items()
                if stat.S_ISREG(entry.mode) and path != LEDGER}


# ---- the whole tree ----

def leave_room(pages):
    """No more than so many pages are left on its file system."""
    def plant(t):
        t.trees.tree(t.image, "mode=700,size=4m")
        st = os.statvfs(VOLUME)
        with open(VOLUME + "/filler", "wb") as file:
            file.write(b"\0" * ((st.f_bavail - pages) * st.f_frsize))
    return plant


def no_inodes(t):
    t.trees.tree(t.image)
    mount("tmpfs", VOLUME, "tmpfs", MS_REMOUNT, f"nr_inodes={len(walk(VOLUME)) + 2}")


def read_only(t):
    t.trees.tree(t.image)
    mount("tmpfs", VOLUME, "tmpfs", MS_REMOUNT | MS_RDONLY)


def top(change):
    def plant(t):
        t.trees.tree(t.image)
        change()
    return plant


def instead(make):
    def change():
        os.rename(TREE, TREE + ".was")
        make()
    return top(change)


def touch():
    with open(TREE, "wb"):
        pass


TOPS = {
    "the whole tree: a link out": instead(lambda: os.symlink(CANARY, TREE)),
    "the whole tree: a relative link": instead(lambda: os.symlink(os.path.relpath(CANARY, VOLUME), TREE)),
    "the whole tree: a link to itself": instead(lambda: os.symlink(TREE, TREE)),
    "the whole tree: a file": instead(touch),
    "the whole tree: a FIFO": instead(lambda: os.mkfifo(TREE)),
    "the whole tree: not there": instead(lambda: None),
    "the whole tree: empty": instead(lambda: os.mkdir(TREE)),
    "the whole tree: of another user": top(lambda: os.chown(TREE, 12345, 12345)),
    "the whole tree: of an id outside of the map": top(lambda: os.chown(TREE, 4000000, 4000000)),
    "the whole tree: unreadable": top(lambda: os.chmod(TREE, 0)),
    "the whole tree: immutable": top(lambda: set_flags(TREE, 0x10)),
    "the whole tree: read-only": read_only,
    "the whole tree: no inodes left": no_inodes,
    **{f"the whole tree: full, {n} pages left": leave_room(n) for n in (0, 1, 2, 4, 8)},
}


# ---- which cases ----

def paths_of(tester):
    """Every path that setup looks at in this skeleton, and the folders on the way."""
    found, log = set(), WORK + f"/trace.{os.getpid()}"
    for way in WAYS:
        if way.dry or "," in way.name or way.shifted:
            continue
        tester.trees.tree(tester.image)
        subprocess.run(["strace", "-f", "-qq", "-e", "trace=openat2", "-o", log] + way.request[1:],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        with open(log, encoding="utf-8") as file:
            found.update(re.findall(r'openat2\(\d+, "(/[^"]*)"', file.read()))
    found = {os.path.normpath(path) for path in found}
    for path in list(found):
        while path != "/":
            found.add(path)
            path = os.path.dirname(path)
    return sorted(found - {"/"})


def core_of(tester):
    """Those that it writes or removes."""
    there = {"/" + inner: data for inner, _, data in tester.image.files}
    core = set()
    for after in tester.reference.values():
        core |= {p for p, data in after.items() if there.get(p) != data}
        core |= there.keys() - after.keys()
    return sorted(core | {LEDGER})


def cases_of(args, number, paths, core, read, seen):
    """(path, shape): all shapes at what is written; at what is read, in turn."""
    shapes = [shape for shape in SHAPES if "link" in shape or not args.links]
    others = [p for p in paths if p not in core and p not in seen]
    seen.update(others)
    if args.short:
        start, mixed = number * args.short, core + others
        if args.links: # a link to the host is read where a file was; in NixOS there is none
            mixed = [p for p in core if p in read] or core
        yield from ((mixed[i * 7 % len(mixed)], shapes[(start + i) % len(shapes)])
                    for i in range(args.short))
    else:
        yield from ((path, shape) for path in core for shape in shapes)
        yield from ((path, shapes[(i * 11 + j * 8) % len(shapes)])
                    for i, path in enumerate(others) for j in range(8))
    tops = list(TOPS)
    if not args.links:
        yield from ((LEDGER, shape) for i, shape in enumerate(LEDGERS)
                    if not args.short or i % len(SKELETONS) == number)
        yield from (("/etc/network/interfaces", shape) for shape in INTERFACES
                    if not args.short or "40,000" in shape if "/etc/network/interfaces" in core)
        sums = [folder for folder in SUMS if folder in paths]
        yield from ((folder, folder) for i, folder in enumerate(sums)
                    if not args.short or i == number % len(sums))
        yield from (("", top) for i, top in enumerate(tops)
                    if not args.short or i % len(SKELETONS) == number)


def tell(tester, name):
    """A line for this skeleton, and one for each shape that did harm."""
    t, label = tester, tester.args.label
    for shape, said in t.failures.items():
        what = f"4,000 files in {shape}" if shape in SUMS else shape
        print(f"not ok 1 - {label}{name}: {what}")
        print("".join(f"# {line}\n" for line in said[:8]), end="")
    if not t.failures:
        walls = f", {t.escapes} got out, as they should" if t.args.expect_escapes else ""
        print(f"ok 1 - {label}{name}: {t.cases} cases, {t.commands} commands, at most "
              f"{t.slowest} ms and {t.largest} KiB{walls}")
    sys.stdout.flush()
    t.failed |= bool(t.failures)
    t.failures.clear()
    t.cases = t.commands = t.slowest = t.largest = 0


def test_skeleton(tester, number, name, seen):
    args = tester.args
    tester.skeleton(name)
    tester.references()
    there = {"/" + inner for inner, _, _ in tester.image.files}
    for path, shape in cases_of(args, number, paths_of(tester), core_of(tester), there, seen):
        if args.only and not args.only.search(f"{name} {path} {shape}"):
            continue
        try:
            tester.case(name, path, shape)
        except Unfit:
            continue
    tell(tester, name)


def parse(words):
    parser = argparse.ArgumentParser()
    parser.add_argument("--without", action="append", default=[])
    parser.add_argument("--open-root", action="store_true", help="without RESOLVE_IN_ROOT")
    parser.add_argument("--expect-escapes", action="store_true", help="a test of this test")
    parser.add_argument("--short", type=int, help="cases of each skeleton")
    parser.add_argument("--only", type=re.compile)
    parser.add_argument("--links", action="store_true", help="only those shapes")
    parser.add_argument("--list", action="store_true", help="name the skeletons")
    parser.add_argument("--label", default="")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("skeletons", nargs="*", default=SKELETONS)
    return parser.parse_args(words)


def main():
    args = parse(sys.argv[1:])
    if args.list:
        print(*SKELETONS)
        return
    os.dup2(os.open("/", os.O_RDONLY), 9)
    tester, seen = Tester(args), set()
    for name in args.skeletons:
        test_skeleton(tester, SKELETONS.index(name), name, seen)
    if args.expect_escapes and tester.escapes == 0:
        print("not ok 1 - with neither wall nothing was seen to get out: this test sees nothing")
        sys.exit(1)
    sys.exit(1 if tester.failed else 0)


if __name__ == "__main__":
    main()
