# SPDX-License-Identifier: LGPL-2.1-or-later
"""Readers of network files for which Debian has no program: what their program would set.

Written from the formats' own documentation, not from what writes them here; each returns the same
state that state.observe() finds in a kernel, with a lease and an advertisement where one is asked
for.  A word that a reader does not know is an error.
"""
import glob
import ipaddress
import os
import re
import subprocess

LEASE4, LEASE6 = ("10.9.0.50/24", True), ("fd00:9::100/128", True)
ROUTER4, ROUTER6 = "10.9.0.1", "fe80::ff"
SERVER4, SERVER6 = "10.9.0.1", "fd00:9::1"
SLAAC = "fd00:9::"


class Link:
    """One interface, which refuses what the kernel would refuse.  links: all, with this one."""

    def __init__(self, links):
        self.up, self.mtu, self.addresses, self.routes = False, None, [], []
        self.passing = []
        self.links = links

    def address(self, text):
        self.addresses.append((str(ipaddress.ip_interface(text)), False))

    def lease4(self):
        self.addresses.append(LEASE4)
        self.route("default", ROUTER4)

    def lease6(self):
        self.addresses.append(LEASE6)

    def advertised(self, token=None, accept_ra=2, metric=1024):
        """With accept_ra=1 the kernel takes the routes back when forwarding is turned on."""
        if not accept_ra:
            return
        token = ipaddress.IPv6Address(token or "::abcd")
        self.addresses.append((f"{ipaddress.IPv6Address(SLAAC) + int(token)}/64", True))
        self.route("default", ROUTER6, metric=metric)
        if accept_ra == 1:
            self.passing.append(self.routes[-1])

    def reaches(self, via):
        nets = [ipaddress.ip_interface(a).network for a, _ in self.addresses]
        nets += [ipaddress.ip_network(r["to"]) for r in self.routes
                 if not r["via"] and r["to"] != "default"]
        return via.is_link_local or any(via in n for n in nets if n.version == via.version)

    def route(self, to, via=None, onlink=False, metric=None, replace=False):
        if to in ("default", "0.0.0.0/0", "::/0"):
            to, version = "default", ipaddress.ip_address(via).version
        else:
            net = ipaddress.ip_network(to)
            whole = net.prefixlen == net.max_prefixlen
            to, version = str(net.network_address) if whole else str(net), net.version
        if via:
            via = ipaddress.ip_address(via)
            if not onlink and not self.reaches(via):
                raise ValueError(f"the gateway {via} cannot be reached")
            via = str(via)
        metric = metric or (1024 if version == 6 else 0)
        # "File exists" for all but the first, whatever their links, if none replaces it.
        same = [(link, r) for link in self.links.values() for r in link.routes
                if (r["family"], r["to"], r["metric"]) == (version, to, metric)]
        if same and not replace:
            return
        for link, r in same:
            link.routes.remove(r)
        self.routes.append({"family": version, "to": to, "via": via, "onlink": onlink,
                            "metric": metric})

    def state(self):
        """When all have run, and something has turned forwarding on."""
        return {"up": self.up, "mtu": self.mtu, "addresses": self.addresses,
                "routes": [r for r in self.routes if r not in self.passing]}


def text_of(tree, path):
    try:
        with open(os.path.join(tree, path), encoding="utf-8") as f:
            return f.read()
    except FileNotFoundError:
        return None


def sourced(path):
    """The variables that a shell has after it has sourced a file, which need not be there."""
    if not os.path.exists(path):
        return {}
    done = subprocess.run(["env", "-i", "bash", "-c", 'set -fa; . "$0" >&2 && env -0', path],
                          stdout=subprocess.PIPE, check=True)
    values = dict(v.split("=", 1) for v in done.stdout.decode().split("\0") if v)
    return {k: v for k, v in values.items() if k not in ("PWD", "SHLVL", "_", "OLDPWD")}


def resolv_conf(tree):
    dns = {"servers": [], "search": []}
    for line in (text_of(tree, "etc/resolv.conf") or "").splitlines():
        words = line.split()
        if words[:1] == ["nameserver"]:
            dns["servers"].append(words[1])
        elif words[:1] == ["search"]:
            dns["search"] = words[1:]
    return dns


def only(values, pattern):
    """No variable that this reader gives no meaning to."""
    for name in values:
        if not re.fullmatch(pattern, name):
            raise ValueError(f"{name}: not a variable that is read")


def new_links(case):
    links = {}
    for net in case["nets"]:
        links[net["name"]] = Link(links)
    return links


# ---- Red Hat: sysconfig.txt of initscripts ----

IFCFG = (r"DEVICE|NAME|TYPE|UUID|ONBOOT|BOOTPROTO|IPADDR\d*|PREFIX\d*|NETMASK\d*|GATEWAY|DNS\d|"
         r"DOMAIN|PEERDNS|MTU|DEFROUTE|NM_CONTROLLED|HWADDR|IPV6INIT|IPV6ADDR|IPV6_DEFAULTGW|"
         r"IPV6ADDR_SECONDARIES|IPV6_AUTOCONF|DHCPV6C|DHCPV6C_OPTIONS|IPV6_ADDR_GEN_MODE|"
         r"IPV6_TOKEN|IPV6_PEERDNS|IPV6_SET_SYSCTLS|IPV6MTU|DHCP_HOSTNAME|PERSISTENT_DHCLIENT")


def ip_route_words(link, words, name):
    """Arguments of ip route add."""
    to, via, onlink, metric, words = words[0], None, False, None, words[1:]
    while words:
        word = words.pop(0)
        if word == "via":
            via = words.pop(0)
        elif word == "dev":
            if words.pop(0) != name:
                raise ValueError(f"a route for another interface than {name}")
        elif word == "onlink":
            onlink = True
        elif word == "metric":
            metric = int(words.pop(0))
        else:
            raise ValueError(f"ip route: \"{word}\"")
    link.route(to, via, onlink, metric)


def ifcfg_ip4(link, v):
    for suffix in [""] + [str(n) for n in range(256)]:
        if f"IPADDR{suffix}" in v:
            mask = v.get(f"PREFIX{suffix}") or v.get(f"NETMASK{suffix}")
            if not mask:
                raise ValueError(f"IPADDR{suffix} without PREFIX or NETMASK")
            link.address(f"{v[f'IPADDR{suffix}']}/{mask}")
    if v.get("BOOTPROTO") == "dhcp":
        link.lease4()
    # ifup-eth takes it only where ipcalc says that it is in the first address's network.
    if v.get("GATEWAY") and v.get("DEFROUTE") != "no" and link.addresses:
        gateway = ipaddress.ip_address(v["GATEWAY"])
        if gateway in ipaddress.ip_interface(link.addresses[0][0]).network:
            link.route("default", v["GATEWAY"])


def ifcfg_ra(tree, link, v):
    """The scripts set accept_ra when the link has been up for two seconds, and an advertisement
    has come; NetworkManager, before, but without IPV6INIT it leaves all to the kernel."""
    on, auto = v.get("IPV6INIT") == "yes", v.get("IPV6_AUTOCONF") != "no"
    kernel = sysctl_d(tree, v["DEVICE"])
    if has_scripts(tree):
        own = on and v.get("IPV6_SET_SYSCTLS") != "no"
        link.advertised(accept_ra=(1 if auto or kernel else 0) if own else kernel)
    elif on:
        link.advertised(v.get("IPV6_TOKEN"), 2 if auto else 0)
    else:
        link.advertised(accept_ra=kernel)


def ifcfg_ip6(tree, link, v):
    ifcfg_ra(tree, link, v)
    if v.get("IPV6INIT") != "yes":
        return
    if v.get("IPV6ADDR"):
        link.address(v["IPV6ADDR"])
    for address in v.get("IPV6ADDR_SECONDARIES", "").split():
        link.address(address)
    if v.get("DHCPV6C") == "yes":
        link.lease6()
    if v.get("IPV6_DEFAULTGW"):
        gateway, _, device = v["IPV6_DEFAULTGW"].partition("%")
        if ipaddress.ip_address(gateway).is_link_local and device != v["DEVICE"]:
            raise ValueError("IPV6_DEFAULTGW: a link-local address without its link")
        link.route("default", gateway)


def has_scripts(tree):
    return os.path.exists(os.path.join(tree, "etc/sysconfig/network-scripts/ifup-eth"))


def add_zoned(dns, servers, device):
    """NetworkManager and netifd take no zone, and add that of the interface."""
    for server in servers:
        ip = ipaddress.IPv6Address(server) if ":" in server else None
        if "%" in server:
            raise ValueError(f"{server} has a zone")
        server += f"%{device}" if ip and ip.is_link_local else ""
        if server not in dns["servers"]:
            dns["servers"].append(server)


def ifcfg_dns(tree, v, dns):
    """Scripts leave resolv.conf alone for PEERDNS=no; NetworkManager adds DNS1 all the same."""
    scripts = has_scripts(tree)
    peer = v.get("PEERDNS") != "no"
    servers = [v[k] for k in sorted(v) if re.fullmatch(r"DNS\d", k)]
    if not scripts:
        add_zoned(dns, servers, v["DEVICE"])
    elif servers and peer:
        dns["servers"] = servers
    if v.get("BOOTPROTO") == "dhcp" and peer:
        dns["servers"].append(SERVER4)
    if not scripts and v.get("IPV6_AUTOCONF") == "yes" and v.get("IPV6_PEERDNS") != "no":
        dns["servers"].append(SERVER6)


def ifcfg(tree, case):
    links = new_links(case)
    base = os.path.join(tree, "etc/sysconfig/network-scripts")
    network = sourced(os.path.join(tree, "etc/sysconfig/network"))
    state_dns = resolv_conf(tree)
    if network.get("NETWORKING", "yes") == "no":
        raise ValueError("NETWORKING=no")
    for path in sorted(glob.glob(os.path.join(base, "ifcfg-*"))):
        v = sourced(path)
        if v["DEVICE"] == "lo" or v.get("ONBOOT") == "no":
            continue
        only(v, IFCFG)
        if os.path.basename(path) != f"ifcfg-{v['DEVICE']}":
            raise ValueError(f"{path} is for {v['DEVICE']}")
        link = links[v["DEVICE"]]
        link.up, link.mtu = True, int(v["MTU"]) if "MTU" in v else None
        ifcfg_ip4(link, v)
        ifcfg_ip6(tree, link, v)
        for kind in "route-", "route6-":
            for line in (text_of(base, kind + v["DEVICE"]) or "").splitlines():
                if line.strip() and not line.lstrip().startswith("#"):
                    ip_route_words(link, line.split(), v["DEVICE"])
        ifcfg_dns(tree, v, state_dns)
        if "DOMAIN" in v:
            state_dns["search"] = v["DOMAIN"].split()
    return {"dns": state_dns, **{name: link.state() for name, link in links.items()}}


# ---- SUSE: ifcfg(5), ifroute(5), ifsysctl(5) ----

WICKED = (r"STARTMODE|BOOTPROTO|IPADDR(_\w+)?|PREFIXLEN(_\w+)?|NETMASK(_\w+)?|MTU|NAME|"
          r"DHCLIENT_SET_DEFAULT_ROUTE|DHCLIENT6_MODE|LABEL(_\w+)?")
BOOTPROTO = {"static": (0, 0), "none": (0, 0), "dhcp": (1, 1), "dhcp4": (1, 0), "dhcp6": (0, 1),
             "": (0, 0)}


def ifsysctl(tree, name, key):
    """A key of net.ipv6.conf.NAME, by ifsysctl files, else 1, the kernel's."""
    value = 1
    for file in "etc/sysconfig/network/ifsysctl", f"etc/sysconfig/network/ifsysctl-{name}":
        for line in (text_of(tree, file) or "").splitlines():
            left, _, right = line.partition("#")[0].partition("=")
            left = left.strip().replace("/", ".")
            for variable in "$INTERFACE", "$SYSCTL_IF":
                left = left.replace(variable, name)
            if left == f"net.ipv6.conf.{name}.{key}":
                value = int(right)
    return value


def ifroute(tree, name, link):
    text = text_of(tree, f"etc/sysconfig/network/ifroute-{name}") or ""
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if not words:
            continue
        to, via, mask, device = (words + ["-"] * 4)[:4]
        if device not in ("-", name) or len(words) > 4:
            raise ValueError(f"ifroute: \"{line}\"")
        via = None if via in ("-", "0.0.0.0", "::") else via
        mask = None if mask in ("-", "0.0.0.0") else mask
        if to != "default" and "/" not in to and mask:
            to = f"{to}/{mask}"
        link.route(to, via)


def wicked(tree, case):
    links = new_links(case)
    base = os.path.join(tree, "etc/sysconfig/network")
    for name, link in links.items():
        path = os.path.join(base, f"ifcfg-{name}")
        if not os.path.exists(path):
            continue
        v = sourced(path)
        only(v, WICKED)
        if v.get("STARTMODE", "manual") not in ("auto", "onboot", "boot", "hotplug"):
            continue
        link.up, link.mtu = True, int(v["MTU"]) if "MTU" in v else None
        link.advertised(accept_ra=ifsysctl(tree, name, "accept_ra"))
        for key in sorted(v):
            if key.startswith("IPADDR"):
                suffix = key[len("IPADDR"):]
                length = v.get(f"PREFIXLEN{suffix}") or v.get(f"NETMASK{suffix}")
                link.address(v[key] if "/" in v[key] else f"{v[key]}/{length}")
        dhcp4, dhcp6 = BOOTPROTO[v.get("BOOTPROTO", "")]
        if dhcp4:
            link.lease4()
        if dhcp6:
            link.lease6()
        ifroute(tree, name, link)
    dns = resolv_conf(tree)
    config = sourced(os.path.join(base, "config"))
    if os.path.islink(os.path.join(tree, "etc/resolv.conf")):
        dns = {"servers": config.get("NETCONFIG_DNS_STATIC_SERVERS", "").split(),
               "search": config.get("NETCONFIG_DNS_STATIC_SEARCHLIST", "").split()}
    leases = any(a == LEASE4 for link in links.values() for a in link.addresses)
    if leases and config.get("NETCONFIG_DNS_POLICY", "auto") == "auto":
        dns["servers"].append(SERVER4)
    return {"dns": dns, **{name: link.state() for name, link in links.items()}}


# ---- Gentoo: net.example of netifrc ----

def items(value):
    """Several settings stand on lines of their own; on one line, blanks separate them."""
    lines = [line.strip() for line in value.splitlines() if line.strip()]
    return lines if len(lines) > 1 or " " not in value.strip() else value.split()


def netifrc_route(link, line, name, family):
    """net.lo: the last mark -4 or -6 counts for all lines that follow.  That mark."""
    words, to, via = line.split(), None, None
    if words[0] in ("-4", "-6"):
        family = words.pop(0)
    while words:
        word = words.pop(0)
        if word in ("-net", "-host"):
            continue
        if word in ("gw", "via"):
            via = words.pop(0)
        elif word == "dev":
            if words.pop(0) != name:
                raise ValueError(f"a route for another interface than {name}: {line}")
        elif to is None:
            to = word
        else:
            raise ValueError(f"routes: \"{line}\"")
    # Of the other family, "ip -6 route append" refuses it.
    if (":" in (via or to)) == (family == "-6"):
        link.route(to, via)
    return family


def sysctl_d(tree, name):
    """accept_ra by sysctl.d(5), which is applied before any link is up; else 1, the kernel's."""
    key = f"net.ipv6.conf.{name.replace('.', '/')}.accept_ra"
    value = 1
    for path in sorted(glob.glob(os.path.join(tree, "etc/sysctl.d/*.conf"))):
        for line in text_of(tree, path).splitlines():
            left, _, right = line.partition("=")
            left = left.strip()
            if "/" in left and left.find("/") < (left + ".").find("."):
                left = left.translate(str.maketrans("/.", "./"))
            if left == key:
                value = int(right)
    return value


def netifrc_dhcp(tree, link, v, name):
    """module dhcpcd, which provides "dhcp" before all others, with its own two files."""
    args = v.get("dhcpcd_" + re.sub(r"\W", "_", name), "").split()
    conf = re.search(rf"^interface {re.escape(name)}\n((?:(?!interface ).*\n)*)",
                     text_of(tree, "etc/dhcpcd.conf") or "", re.M)
    ip6 = "-4" not in args and not (conf and "noipv6" in conf[1].split())
    if "-6" not in args:
        link.lease4()
    if ip6:
        link.lease6()
    return ip6


def netifrc_one(tree, name, link, v):
    var = re.sub(r"\W", "_", name)
    accept_ra = sysctl_d(tree, name)
    if f"ip6token_{var}" in v and \
       not os.path.exists(os.path.join(tree, "usr/lib/netifrc/net/ip6token.sh")):
        raise ValueError("nobody reads ip6token")
    family = "-4"
    taken = False
    for item in items(v.get(f"config_{var}", "")):
        words = item.split()
        if words[0] == "dhcp":
            taken |= netifrc_dhcp(tree, link, v, name)
        elif words[0] == "dhcpv6":
            if not os.path.exists(os.path.join(tree, "usr/bin/dhclient")):
                raise ValueError("nothing provides `dhcpv6'")
            link.lease6()
        elif words[0] not in ("null", "noop"):
            link.address(words[0])
    for line in (v.get(f"routes_{var}", "")).splitlines():
        if line.strip():
            family = netifrc_route(link, line, name, family)
    # dhcpcd takes advertisements itself, without a token.
    if taken:
        link.advertised()
    else:
        link.advertised(v.get(f"ip6token_{var}"), accept_ra)
    link.up = True
    link.mtu = int(v[f"mtu_{var}"]) if f"mtu_{var}" in v else None


def netifrc(tree, case):
    links = new_links(case)
    path = os.path.join(tree, "etc/conf.d/net")
    v = sourced(path)
    dns = resolv_conf(tree)
    for name, link in links.items():
        started = any(os.path.lexists(os.path.join(tree, f"etc/runlevels/{level}/net.{name}"))
                      for level in ("boot", "default"))
        if os.path.lexists(os.path.join(tree, f"etc/init.d/net.{name}")) and started:
            netifrc_one(tree, name, link, v)
            var = re.sub(r"\W", "_", name)
            if LEASE4 in link.addresses and "nodns" not in v.get(f"dhcp_{var}", "").split():
                dns["servers"] = [SERVER4]
    return {"dns": dns, **{name: link.state() for name, link in links.items()}}


# ---- OpenWrt: the UCI file "network" of netifd ----

def uci_sections(text):
    sections = []
    for line in text.splitlines():
        words = [a or b or c for a, b, c in
                 re.findall(r"'([^']*)'|\"([^\"]*)\"|([^\s'\"]+)", line.partition("#")[0])]
        if not words:
            continue
        if words[0] == "config":
            sections.append({"type": words[1], "name": words[2] if len(words) > 2 else None})
        elif words[0] == "option":
            sections[-1][words[1]] = words[2]
        elif words[0] == "list":
            sections[-1].setdefault(words[1], [])
            sections[-1][words[1]].append(words[2])
        else:
            raise ValueError(f"UCI: \"{line}\"")
    return sections


def listed(section, key):
    value = section.get(key, [])
    return value.split() if isinstance(value, str) else value


def uci_interface(link, s):
    link.up = s.get("auto") != "0" and s.get("disabled") != "1"
    if not link.up:
        return
    if s["proto"] == "static":
        for address in listed(s, "ipaddr"):
            link.address(address if "/" in address else f"{address}/{s['netmask']}")
        for address in listed(s, "ip6addr"):
            link.address(address)
    elif s["proto"] == "dhcp":
        link.addresses.append(LEASE4)
        link.route("default", ROUTER4, metric=int(s.get("metric", 0)), replace=True)
    elif s["proto"] == "dhcpv6":
        # ifaceid has become ip6ifaceid: a version reads one of them.
        if s.get("ifaceid") != s.get("ip6ifaceid"):
            raise ValueError("ifaceid and ip6ifaceid differ")
        link.advertised(s.get("ifaceid"), metric=512)
        if s.get("reqaddress") != "none":
            link.lease6()
    elif s["proto"] != "none":
        raise ValueError(f"proto {s['proto']}")


def uci_dns(s, dns, device, asked):
    """netifd's resolv.conf.auto: a line for each item, in the order of the interfaces; the C
    library takes the last search list.  asked: the config leaves the lease of this section on."""
    add_zoned(dns, listed(s, "dns"), device)
    for item in listed(s, "dns_search"):
        dns["search"] = item.split()
    if asked and s.get("peerdns") != "0":
        dns["servers"].append(SERVER4 if s["proto"] == "dhcp" else SERVER6)


def uci(tree, case):
    links = new_links(case)
    sections = uci_sections(text_of(tree, "etc/config/network"))
    interfaces = {s["name"]: s for s in sections if s["type"] == "interface"}
    dns = {"servers": [], "search": []}
    device = {}
    for name, s in interfaces.items():
        of = s.get("device", s.get("ifname"))
        of = interfaces[of[1:]]["device"] if of.startswith("@") else of
        # device_get(): a name with a dot is a VLAN of what stands before it.
        device[name] = of if "." not in of else None
        if device[name] not in links:
            continue
        family = {"dhcp": "ip", "dhcpv6": "ip6"}.get(s["proto"])
        nets = [net for net in case["nets"] if net["name"] == of]
        configured = any("ip" in net or "ip6" in net for net in nets)
        uci_dns(s, dns, of, family and configured)
        # A family that the config does not name is the administrator's.
        if not family or any(family in net for net in nets) or not configured:
            uci_interface(links[of], s)
    for s in sections:
        if s["type"] in ("route", "route6") and device[s["interface"]] in links:
            to = s["target"] if "/" in s["target"] or "netmask" not in s else \
                f"{s['target']}/{s['netmask']}"
            links[device[s["interface"]]].route(to, s.get("gateway"), s.get("onlink") == "1",
                                                int(s.get("metric", 0)), replace=True)
        elif s["type"] == "device" and s["name"] in links and "mtu" in s:
            links[s["name"]].mtu = int(s["mtu"])
    for name, s in interfaces.items():
        for key in "gateway", "ip6gw":
            if key in s and device[name] in links and s["proto"] == "static":
                links[device[name]].route("default", s[key], metric=int(s.get("metric", 0)),
                                          replace=True)
    return {"dns": dns, **{name: link.state() for name, link in links.items()}}


READERS = {"ifcfg": ifcfg, "wicked": wicked, "netifrc": netifrc, "uci": uci}


def read(fmt, tree, case):
    return READERS[fmt](tree, case)
