# SPDX-License-Identifier: LGPL-2.1-or-later
"""Proof by the real consumer: pct setup writes, the program that reads it applies it.

run.py [--short] [--doc FILE] [--jobs N] [SKELETON[/CASE]...]

One TAP line for each skeleton and case; --doc writes the table.  --short takes a few cases of one
skeleton of each program, and every case of the formats that are read back.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading

import readers
import state

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(TOP, os.environ.get("O", "build"))
WORK = os.environ["WORK"]
PCT = os.environ.get("PCT", os.path.join(BUILD, "pct"))
ROOTS = os.path.join(BUILD, "consumers")
SKELETONS = os.path.join(BUILD, "skeletons")

# What a consumer reads, below /etc.
NETWORK_FILES = """network netplan systemd/network systemd/networkd.conf systemd/networkd.conf.d
systemd/resolved.conf systemd/resolved.conf.d NetworkManager/NetworkManager.conf
NetworkManager/conf.d NetworkManager/system-connections dhcpcd.conf dhclient.conf dhcp
sysctl.conf sysctl.d static cloud resolv.conf resolvconf resolvconf.conf hosts hostname
udhcpc""".split()
# The packages whose versions the table names.
PACKAGES = {
    "ifupdown": ["ifupdown", "isc-dhcp-client", "dhcpcd-base"],
    "ifupdown-ng": ["ifupdown-ng", "dhcpcd-base", "isc-dhcp-client"],
    "ifupdown2": ["ifupdown2", "isc-dhcp-client"],
    "cloud-init": ["cloud-init", "ifupdown", "isc-dhcp-client"],
    "busybox": ["busybox-static"], "networkd": ["systemd"], "dhcpcd": ["dhcpcd-base"],
    "netplan": ["netplan.io", "systemd"], "NetworkManager": ["network-manager"],
}
SHORT_ROWS, SHORT_CASES = ["debian12", "alpine", "amazon2023", "rocky9"], ["dual", "dhcp4-slaac"]


def table(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as lines:
        return [line.split(None, 2) for line in lines if line.strip() and line[0] != "#"]


# ---- one case ----

class Result:
    """Of one skeleton and case: "pass", "kept", "limit", "none" or "FAIL", and why."""

    def __init__(self, kind, why=""):
        self.kind, self.why = kind, why


def run_setup(skeleton, case, folder):
    """pct setup on a copy of the skeleton; its report."""
    tree, config = os.path.join(folder, "tree"), os.path.join(folder, "config")
    subprocess.run(["cp", "-a", os.path.join(SKELETONS, skeleton), tree], check=True)
    with open(config, "wb") as f:
        subprocess.run([os.path.join(TOP, "tests/network-config"), case["name"]], stdout=f,
                       check=True)
    done = subprocess.run(
        [PCT, "setup", "--rootfs", tree, "--config", config, "--phase", "start",
         "--host-resolv-conf", os.path.join(TOP, "tests/consumers/resolv.conf"),
         "--host-timezone", "Europe/Vienna", "--output-format", "json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"pct setup ended with {done.returncode}: {done.stderr.decode()}")
    return json.loads(done.stdout)


def take_files(folder, report):
    """The network files of the tree, and what setup changed besides, in folder."""
    tree = os.path.join(folder, "tree")
    wanted = [os.path.join("etc", name) for name in NETWORK_FILES]
    wanted += ["nix", "var/lib/cloud"] # the files behind the links of NixOS; a seed
    wanted += [c["path"].lstrip("/") for c in report["changes"] if c["path"].startswith("/etc/")]
    for path in sorted(set(wanted)):
        if os.path.lexists(os.path.join(tree, path)):
            subprocess.run(["cp", "-a", "--parents", path, folder], cwd=tree, check=True)


def digest(folder, *words):
    """The same files for the same program: applied once."""
    sum_ = hashlib.sha256("\0".join(words).encode())
    for path in sorted(subprocess.run(["find", "etc", "nix", "var"], cwd=folder,
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                      check=False).stdout.decode().splitlines()):
        sum_.update(path.encode())
        path = os.path.join(folder, path)
        if os.path.islink(path):
            sum_.update(os.readlink(path).encode())
        elif os.path.isfile(path):
            with open(path, "rb") as f:
                sum_.update(f.read())
    return sum_.hexdigest()


applied, applied_lock = {}, threading.Lock()


def apply(folder, case, root, program):
    """What is wrong after the real program has applied folder/etc."""
    key = digest(folder, root, program, case["name"])
    with applied_lock:
        future = applied.get(key)
        mine = future is None
        if mine:
            future = applied[key] = concurrent.futures.Future()
    if not mine:
        return future.result()
    with open(os.path.join(folder, "links"), "w", encoding="utf-8") as f:
        for net in case["nets"]:
            f.write(f"{net['name']} {net.get('mtu', 1500)}\n")
    with open(os.path.join(folder, "case"), "w", encoding="utf-8") as f:
        json.dump(case, f)
    done = subprocess.run(
        ["timeout", "-k", "5", "60", "unshare", "--net", "--mount", "--pid", "--uts", "--ipc",
         "--fork", "--kill-child", "--mount-proc", os.path.join(HERE, "inside.sh"), folder,
         os.path.join(ROOTS, root), program],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    try:
        with open(os.path.join(folder, "result"), encoding="utf-8") as f:
            found = json.load(f)["wrong"]
    except (OSError, ValueError):
        found = [f"the run ended with {done.returncode}: {done.stderr.decode()[-300:]}"]
    future.set_result(found)
    return found


def has_keys(net):
    return "ip" in net or "ip6" in net


def sets_nothing(case):
    return not any(has_keys(net) for net in case["nets"])


def image_sets(report, case, found):
    """What is found of interfaces that the case does not configure, nor has setup a file for."""
    paths = [c["path"] for c in report["changes"] if c["step"] == "network"]
    names = [net["name"] for net in case["nets"] if not has_keys(net)]
    names = [name for name in names if not any(name in path for path in paths)]
    if sets_nothing(case) and paths:
        return []
    return [f for f in found if f.split(":")[0] in names]


def judge(found, report, names, case):
    """found against limits: what cannot be done with what names names must be said by setup."""
    notes = [f"{n['text']}; {n['remedy']}" if n.get("remedy") else n["text"]
             for n in report["notes"]]
    rows = [r[2].strip() for r in table("limits")
            if r[0] in names and case["name"] in r[1].split(",")]
    if not rows and found and found == image_sets(report, case, found):
        return Result("kept")
    if not rows:
        return Result("FAIL", "; ".join(found)) if found else Result("pass")
    for pattern in rows:
        said = [n for n in notes if re.search(pattern, n)]
        if said and found:
            return Result("limit", said[0])
    if found:
        return Result("FAIL", f"no finding like \"{rows[0]}\"; " + "; ".join(found))
    return Result("FAIL", "it works, but the table of limits says that it cannot")


def run_case(row, case):
    skeleton, consumer, proof = (word.strip() for word in row)
    folder = os.path.join(WORK, "cases", skeleton, case["name"])
    os.makedirs(os.path.join(folder, "etc"))
    try:
        report = run_setup(skeleton, case, folder)
        if (report["consumer"] or "-") != consumer:
            return Result("FAIL", f"setup takes {report['consumer']} for the consumer: "
                                  f"{report['consumer-why']}")
        if proof == "none":
            return judge_none(report, case)
        take_files(folder, report)
        root, program = proof.split("/")
        if root == "read":
            found = state.wrong(case, readers.read(program, os.path.join(folder, "tree"), case))
        else:
            found = apply(folder, case, root, program)
        return judge(found, report, (skeleton, consumer, program), case)
    except Exception as e:  # pylint: disable=broad-except
        return Result("FAIL", f"{type(e).__name__}: {e}")
    finally:
        if not os.environ.get("KEEP"):
            shutil.rmtree(os.path.join(folder, "tree"), ignore_errors=True)


def judge_none(report, case):
    """Nobody reads anything there: setup has to say so, when there is something to set."""
    if sets_nothing(case):
        return Result("none")
    if any("the container has no supported network program" in n["text"] for n in report["notes"]):
        return Result("none")
    return Result("FAIL", "no finding says that nobody configures the network")


# ---- the table ----

def version(root, package):
    done = subprocess.run(
        ["dpkg-query", f"--admindir={ROOTS}/{root}/var/lib/dpkg", "-W", "-f",
         "${db:Status-Status} ${Version}", package],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    words = done.stdout.decode().split()
    return f"{package} {words[1]}" if words[:1] == ["installed"] else None


def describe(proof):
    root, _, program = proof.partition("/")
    if proof == "none":
        return "-", "no network program; setup reports this"
    if root == "read":
        return "-", f"read back ({program}, tests/consumers/readers.py)"
    return ", ".join(filter(None, (version(root, p) for p in PACKAGES[program]))), "applied"


def judge_of(proof):
    root, _, program = proof.partition("/")
    return {"none": "-", "read": f"reader `{program}`"}.get(root, "the program")


SIGNS = {"pass": "+", "kept": "=", "none": "-", "FAIL": "**FAIL**"}


def write_doc(path, rows, cases, results):
    out, notes = [], []
    with open(os.path.join(HERE, "preface.md"), encoding="utf-8") as f:
        out.append(f.read())
    out.append("| skeleton | judge | " + " | ".join(c["name"] for c in cases) + " |")
    out.append("|---" * (len(cases) + 2) + "|")
    for skeleton, _, proof in rows:
        cells = [judge_of(proof.strip())]
        for case in cases:
            r = results[skeleton, case["name"]]
            if r.kind == "limit":
                if r.why not in notes:
                    notes.append(r.why)
                cells.append(f"({notes.index(r.why) + 1})")
            else:
                cells.append(SIGNS[r.kind])
        out.append(f"| {skeleton} | " + " | ".join(cells) + " |")
    out.append("")
    out += [f"{n + 1}. {text}" for n, text in enumerate(notes)]
    failed = [(k, r) for k, r in results.items() if r.kind == "FAIL"]
    if failed:
        out += ["", "## Failing", ""]
        out += [f"- {skeleton}, {case}: {r.why}" for (skeleton, case), r in failed]
    out += ["", "## Programs", "", "| skeleton | consumer | program | proof |",
            "|---|---|---|---|"]
    for skeleton, consumer, proof in rows:
        program, kind = describe(proof.strip())
        out.append(f"| {skeleton} | {consumer} | {program} | {kind} |")
    boots = os.path.join(BUILD, "consumers", "boots.md")
    if os.path.exists(boots):
        with open(boots, encoding="utf-8") as f:
            out += ["", f.read().rstrip()]
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(out) + "\n")


# ---- all of it ----

def selected(args, rows, cases):
    for row in rows:
        quick = row[2].strip().split("/")[0] in ("read", "none")
        for case in cases:
            name = f"{row[0]}/{case['name']}"
            if args.only and not any(o in (row[0], name, '/' + case["name"]) for o in args.only):
                continue
            if args.short and not quick and (row[0] not in SHORT_ROWS or
                                             case["name"] not in SHORT_CASES):
                continue
            yield row, case


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--doc")
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("only", nargs="*")
    args = parser.parse_args()
    with open(os.path.join(TOP, "tests/network-cases.json"), encoding="utf-8") as f:
        cases = json.load(f)["cases"]
    rows = table("families")
    results, number, failed = {}, 0, 0
    missing = {s for s in os.listdir(SKELETONS) if s[0] != "."} - {row[0] for row in rows}
    for skeleton in sorted(missing):
        number, failed = number + 1, failed + 1
        print(f"not ok {number} - {skeleton}: tests/consumers/families has no row for it")
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        futures = [(row[0], case["name"], pool.submit(run_case, row, case))
                   for row, case in selected(args, rows, cases)]
        for skeleton, case, future in futures:
            r = results[skeleton, case] = future.result()
            number += 1
            failed += r.kind == "FAIL"
            word = "not ok" if r.kind == "FAIL" else "ok"
            print(f"{word} {number} - {skeleton}, {case}: {r.kind}", flush=True)
            if r.why:
                print(f"# {r.why}", flush=True)
    if args.doc:
        write_doc(args.doc, rows, cases, results)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
