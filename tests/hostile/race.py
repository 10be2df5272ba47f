# SPDX-License-Identifier: LGPL-2.1-or-later
"""race.py ROUNDS SKELETON...: setup while what it works on is swapped under its hands."""
import os
import resource
import subprocess
import sys

import corpus
from watch import CANARY, CONFIG, TREE, VOLUME, walk

TIMEOUT = 3000


def paths_in_use(tester):
    """What setup writes, and the folders and links on the way."""
    found = set()
    for path in corpus.core_of(tester):
        while path != "/":
            found.add(path)
            path = os.path.dirname(path)
    found |= {"/lib", "/sbin", "/bin", "/usr", "/etc/passwd", "/var/lib/pct/ledger"}
    return sorted(found)


def race(tester, name, rounds):
    tester.skeleton(name)
    tester.references()
    tester.trees.tree(tester.image)
    paths = paths_in_use(tester)
    for path in paths:
        os.makedirs(os.path.dirname(TREE + path), exist_ok=True)
    done = subprocess.run([os.environ["HOSTILE_RACE"], str(rounds), TREE, CANARY, CONFIG] + paths,
                          capture_output=True, text=True, timeout=TIMEOUT, check=False)
    said = [f"{kind}: {' '.join(found[:8])}" for kind, found in (
        ("touched outside", tester.trees.touched()),
        ("left", [p for p in walk(VOLUME) if corpus.TEMPORARY.search(os.path.basename(p))]),
        ("unharmed", tester.failures["unharmed"])) if found]
    if done.returncode:
        said.append(f"ended with {done.returncode}: {done.stderr}")
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    if largest > corpus.MEMORY_KIB:
        said.append(f"took {largest} KiB")
    print(f"{'not ' if said else ''}ok 1 - races: {name}: {len(paths)} paths, {done.stdout.strip()}")
    print("".join(f"# {line}\n" for line in said), end="")
    return not said


def main():
    tester = corpus.Tester(corpus.parse([]))
    fine = [race(tester, name, sys.argv[1]) for name in sys.argv[2:]]
    sys.exit(0 if all(fine) else 1)


main()
