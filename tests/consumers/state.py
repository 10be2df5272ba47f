# SPDX-License-Identifier: LGPL-2.1-or-later
"""The state of a network, and whether it is what a case of network-cases.json expects.

state.py CASE ROOT STATUS HOLD: watch the kernel and the resolver of this network namespace until
they are as expected, and stay so for HOLD seconds and an advertisement; print what is wrong.
"""
import ipaddress
import json
import os
import re
import socket
import subprocess
import sys
import time

POOL4 = [ipaddress.ip_address(f"10.9.0.{n}") for n in range(50, 61)]
POOL6 = [ipaddress.ip_address(f"fd00:9::{n:x}") for n in range(0x100, 0x200)]
LINK6 = ipaddress.ip_network("fd00:9::/64")
TIMEOUT = 20


# ---- what is expected ----

def has_token(address, token):
    low = (1 << 64) - 1
    return int(ipaddress.ip_interface(address).ip) & low == int(ipaddress.ip_address(token)) & low


def wrong_in_family(want, got, net, family):
    """What is wrong with one family of one interface, whose entry in the case is net."""
    method = net.get("ip" if family == 4 else "ip6")
    # In a family without a key, beside one with a key, the image's own files may ask for a lease.
    foreign = not method and ("ip" in net or "ip6" in net)
    ra = family == 6 and want.get("ra")
    dhcp = want.get(f"dhcp{family}")
    pool = POOL4 if family == 4 else POOL6
    leases, taken, fixed = [], [], []
    for text, dynamic in got["addresses"]:
        address = ipaddress.ip_interface(text)
        if address.version != family or address.is_link_local:
            continue
        if address.ip in pool:
            leases.append(text)
        elif family == 6 and dynamic and address.ip in LINK6:
            taken.append(text)
        else:
            fixed.append(text)
    expected = [a for a in want.get("addresses", []) if (":" in a) == (family == 6)]
    if sorted(fixed) != sorted(expected):
        yield f"IPv{family} addresses {sorted(fixed)}, not {sorted(expected)}"
    if dhcp and len(leases) != 1:
        yield f"{len(leases)} leases of DHCPv{family}"
    # An advertisement with the M flag sends those who take it to DHCPv6 (RFC 4861).
    if leases and not dhcp and not ra and not foreign:
        yield f"a lease of DHCPv{family}, which is not asked for: {leases}"
    if ra and not dhcp and not taken:
        yield "no address of an advertisement"
    if family == 6 and "token" in want and not any(has_token(a, want["token"]) for a in taken):
        yield f"no address with the interface identifier {want['token']}, but {taken}"
    # An interface without any key is the image's; on others, silence about IPv6 means none.
    if taken and not ra and ("ip" in net or "ip6" in net):
        yield f"an address of an advertisement: {taken}"
    yield from wrong_routes(want, got, net, family)


def wrong_routes(want, got, net, family):
    method = net.get("ip" if family == 4 else "ip6")
    ra = family == 6 and want.get("ra")
    routes = [r for r in got["routes"] if r["family"] == family]
    defaults = sorted({r["via"] for r in routes if r["to"] == "default"}, key=str)
    if family == 6 and not method and "ip" in net and defaults:
        yield f"default routes by {defaults}, without ip6"
    if family == 4 and want.get("dhcp4") and defaults != ["10.9.0.1"]:
        yield f"default routes by {defaults}, not by the lease's 10.9.0.1"
    if ra and not any(via and via.startswith("fe80:") for via in defaults):
        yield "no default route of an advertisement"
    if "routes" not in want or not method:
        return
    expected = []
    for route in want["routes"]:
        words = route.split()
        if (":" in route) != (family == 6):
            continue
        if words[1] == "via":
            if words[0] == "default":
                expected.append(words[2])
            if not any(r["to"] == words[0] and r["via"] == words[2] for r in routes):
                yield f"no route \"{route}\""
        # "onlink" says the same to the kernel as a route to the gateway does.
        elif not any(r["to"] == words[0] and not r["via"] or
                     r["via"] == words[0] and r["onlink"] for r in routes):
            yield f"no route \"{route}\""
    learned = method in ("dhcp", "auto") or method.startswith("auto,")
    if not learned and defaults != sorted(expected):
        yield f"IPv{family} default routes by {defaults}, not by {sorted(expected)}"


def wrong(case, state):
    """What is wrong in state; nothing when it is as expected."""
    found = []
    for net in case["nets"]:
        name = net["name"]
        want = case["expect"].get(name, {})
        got = state.get(name)
        if not got:
            found.append(f"{name}: is not there")
            continue
        for family in 4, 6:
            found += [f"{name}: {w}" for w in wrong_in_family(want, got, net, family)]
        needed = want.get("up") or want.get("addresses") or want.get("dhcp4") or want.get("ra")
        if needed and not got["up"]:
            found.append(f"{name}: is down")
        if "mtu" in want and got["mtu"] not in (want["mtu"], None):
            found.append(f"{name}: MTU {got['mtu']}, not {want['mtu']}")
    for key, value in case["expect"].get("dns", {}).items():
        if state["dns"][key] != value:
            found.append(f"dns: {key} {state['dns'][key]}, not {value}")
    return found


# ---- what the kernel and the resolver have ----

def ip_json(*words):
    done = subprocess.run(["ip", "-j", *words], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout or "[]")


def with_name(server):
    """systemd-resolved writes the index of the interface for the zone."""
    address, _, zone = server.partition("%")
    return f"{address}%{socket.if_indextoname(int(zone))}" if zone.isdigit() else server


def resolver(root):
    """What the C library is told, or systemd-resolved where that is whom it asks."""
    def read(path):
        done = subprocess.run(["chroot", root, "cat", path], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=False)
        servers, search = [], []
        for line in done.stdout.decode().splitlines():
            words = line.split()
            if words[:1] == ["nameserver"]:
                servers.append(with_name(words[1]))
            elif words[:1] == ["search"] or words[:1] == ["domain"]:
                search = [w for w in words[1:] if w != "."]
        return {"servers": servers, "search": search}

    dns = read("/etc/resolv.conf")
    if dns["servers"] == ["127.0.0.53"]:
        dns = read("/run/systemd/resolve/resolv.conf")
    return dns


def observe(case, root):
    state = {"dns": resolver(root) if "dns" in case["expect"] else None}
    for link in ip_json("addr", "show"):
        state[link["ifname"]] = {
            "up": "UP" in link["flags"], "mtu": link["mtu"], "routes": [],
            "addresses": [(f"{a['local']}/{a['prefixlen']}", a.get("dynamic", False))
                          for a in link["addr_info"]]}
    for family in 4, 6:
        for route in ip_json(f"-{family}", "route", "show"):
            for hop in route.get("nexthops", [route]):
                device = hop.get("dev", route.get("dev"))
                if device in state:
                    state[device]["routes"].append({
                        "family": family, "to": route["dst"], "via": hop.get("gateway"),
                        "onlink": "onlink" in hop.get("flags", []) + route.get("flags", [])})
    return state


def advertisements(names):
    count = {}
    for name in names:
        path = f"/proc/net/dev_snmp6/{name}"
        if os.path.exists(path):
            with open(path, encoding="ascii") as lines:
                words = dict(line.split() for line in lines)
            count[name] = int(words["Icmp6InRouterAdvertisements"])
    return count


def solicit(names):
    """Ask for a router advertisement (RFC 4861) on each interface that is up."""
    for name in names:
        with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, name.encode())
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
            try:
                s.sendto(bytes([133] + [0] * 7), ("ff02::2", 0, 0, socket.if_nametoindex(name)))
            except OSError:
                pass


def await_advertisement(state, names):
    """One more advertisement arrives wherever it can, so that who takes it has taken it."""
    names = [n for n in names if state.get(n, {}).get("up") and
             any(a.startswith("fe80:") for a, _ in state[n]["addresses"])]
    before = advertisements(names)
    for _ in range(30):
        solicit(names)
        time.sleep(0.1)
        now = advertisements(names)
        if all(now[n] > before[n] for n in names):
            return


def turn_forwarding_on():
    """As Docker, WireGuard and others do, which takes routes of advertisements away from some."""
    with open("/proc/sys/net/ipv6/conf/all/forwarding", "w", encoding="ascii") as f:
        f.write("1")


def watch(case, root, hold):
    """State and faults of it: when the program has run, and when the container is a router, too."""
    found, state = await_state(case, root, hold)
    if not found and any(want.get("ra") for want in case["expect"].values()):
        turn_forwarding_on()
        found, state = await_state(case, root, hold)
        found = [f"{text}, when forwarding is on" for text in found]
    return found, state


def await_state(case, root, hold):
    names = [net["name"] for net in case["nets"]]
    end = time.monotonic() + TIMEOUT
    since = None
    while True:
        state = observe(case, root)
        found = wrong(case, state)
        if found:
            since = None
            if time.monotonic() > end:
                return found, state
        elif since is None:
            await_advertisement(state, names)
            since = time.monotonic()
        elif time.monotonic() - since >= hold:
            return [], state
        time.sleep(0.2)


def complaints(log):
    """What a program said of files that it could not make sense of."""
    pattern = re.compile(r"unknown key|invalid|failed to parse|deprecated|unrecogni[sz]ed|"
                         r"unknown (section|lvalue|method)|ignoring|error in", re.I)
    ours = re.compile(r"/etc/|/run/systemd/network|keyfile|interfaces", re.I)
    with open(log, encoding="utf-8", errors="replace") as lines:
        return [line.strip() for line in lines if pattern.search(line) and ours.search(line)]


def main():
    path, root, status, hold = sys.argv[1:]
    with open(path, encoding="utf-8") as f:
        case = json.load(f)
    found, state = watch(case, root, float(hold))
    if status != "0":
        found.insert(0, f"the program ended with {status}")
    found += [f"it says: {line}" for line in complaints(os.path.join(os.path.dirname(path), "log"))]
    json.dump({"wrong": found, "state": state}, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
