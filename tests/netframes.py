# SPDX-License-Identifier: LGPL-2.1-or-later
"""Frames that a container sends, and which of them get through.

	netframes.py SENDER-PID IFACE LISTENER-PID IFACE GROUP...

Each case of a group is sent in the network namespace of the one, and waited for in that of the other.
A line "NAME passed N" says that all its frames arrived, "NAME stopped N" that N of them did not.
GROUPS is the table; the sender is OWN, with the addresses below.
"""
import ctypes
import os
import socket
import struct
import sys

ETH_P_ALL = 3
libc = ctypes.CDLL(None, use_errno=True)


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def ip4(text):
    return socket.inet_pton(socket.AF_INET, text)


def ip6(text):
    return socket.inet_pton(socket.AF_INET6, text)


OWN, OTHER, ALL = mac("02:00:00:00:00:03"), mac("02:00:00:00:00:02"), b"\xff" * 6
OWN4, OWN4B, OTHER4, GATEWAY4 = "198.18.9.3", "198.18.9.33", "198.18.9.2", "198.18.9.254"
OWN6, OWN6B, OTHER6 = "fd00:9::3", "fd00:9::33", "fd00:9::2"
OWN_LL, OTHER_LL, LOW_LL = "fe80::ff:fe00:3", "fe80::ff:fe00:2", "fe80::1"
# As RFC 7217 has them made: nobody can know beforehand whose it is, but for the one of the config.
RANDOM_LL, GATEWAY_LL = "fe80::8d2f:11aa:7c31:e94", "fe80::5bf1:22ce:9d04:117"
NODES, ROUTERS, SERVERS = "ff02::1", "ff02::2", "ff02::1:2"
RS, RA, NS, NA, REDIRECT = 133, 134, 135, 136, 137
HOP, ROUTING, FRAGMENT, AUTH, DEST, MOBILITY = 0, 43, 44, 51, 60, 135
TCP, UDP, ICMP6 = 6, 17, 58


def sum16(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


# ---- layers ----

def eth(kind, payload, source=OWN, to=ALL):
    return to + source + struct.pack("!H", kind) + payload


def tagged(frame, *tags):
    """With tags (ETHERTYPE, VLAN), the outer one first."""
    return frame[:12] + b"".join(struct.pack("!HH", *tag) for tag in tags) + frame[12:]


def llc(payload, to, snap=b""):
    payload = (b"\xaa\xaa\x03" + snap if snap else b"\x42\x42\x03") + payload
    return to + OWN + struct.pack("!H", len(payload)) + payload


def arp(sender, sender_mac=OWN, operation=2, target="198.18.9.1", hardware=1, protocol=0x800, sizes=(6, 4)):
    return eth(0x806, struct.pack("!HHBBH", hardware, protocol, *sizes, operation) + sender_mac +
               ip4(sender) + ALL + ip4(target))


def v4(source, protocol, payload, offset=0, more=False, options=b"", to="255.255.255.255", ident=7):
    head = struct.pack("!BBHHHBBH", 0x45 + len(options) // 4, 0, 20 + len(options) + len(payload),
                       ident, (0x2000 if more else 0) | offset // 8, 64, protocol, 0)
    head += ip4(source) + ip4(to) + options
    return eth(0x800, head[:10] + struct.pack("!H", sum16(head)) + head[12:] + payload)


def v6(source, protocol, payload, to=NODES):
    head = struct.pack("!IHBB", 6 << 28, len(payload), protocol, 255)
    return eth(0x86dd, head + ip6(source) + ip6(to) + payload)


def udp(sport, dport, text=b"text"):
    return struct.pack("!HHHH", sport, dport, 8 + len(text), 0) + text


def udp6(sport, dport, source, to=NODES, text=b"text"):
    data = udp(sport, dport, text)
    pseudo = ip6(source) + ip6(to) + struct.pack("!II", len(data), UDP)
    return data[:6] + struct.pack("!H", sum16(pseudo + data)) + data[8:]


def icmp4(kind, rest=b"\0" * 4):
    data = struct.pack("!BBH", kind, 0, 0) + rest
    return data[:2] + struct.pack("!H", sum16(data)) + data[4:]


def icmp6(kind, rest, source, to=NODES):
    data = struct.pack("!BBH", kind, 0, 0) + rest
    pseudo = ip6(source) + ip6(to) + struct.pack("!II", len(data), ICMP6)
    return data[:2] + struct.pack("!H", sum16(pseudo + data)) + data[4:]


def extension(following, size=8):
    """Hop-by-hop or destination options: a PadN."""
    return bytes([following, size // 8 - 1, 1, size - 4]) + b"\0" * (size - 4)


def routing(following):
    return bytes([following, 0, 0, 0]) + b"\0" * 4


def authentication(following):
    return bytes([following, 1]) + b"\0" * 10


def fragment(following, offset=0, more=False, ident=9):
    return struct.pack("!BBHI", following, 0, offset | more, ident)


def link(kind, address):
    return bytes([kind, 1]) + address


# ---- messages ----

def router(source=OWN_LL):
    prefix = struct.pack("!BBBBIII", 3, 4, 64, 0xc0, 1800, 1800, 0) + ip6("fd00:bad::")
    return icmp6(RA, struct.pack("!BBHII", 64, 0, 1800, 0, 0) + link(1, OWN) + prefix, source)


def ra(source=OWN_LL):
    return v6(source, ICMP6, router(source))


def redirect(source=OWN_LL):
    return icmp6(REDIRECT, b"\0" * 4 + ip6(OWN_LL) + ip6("2001:db8::1") + link(2, OWN), source)


def na(target, source=OWN_LL, options=None, wrap=None):
    options = link(2, OWN) if options is None else options
    message = icmp6(NA, struct.pack("!I", 0x20000000) + ip6(target) + options, source)
    return wrap(source, message) if wrap else v6(source, ICMP6, message)


def ns(target, source=OWN_LL, options=None):
    to = "ff02::1:ff00:2"
    options = link(1, OWN) if options is None else options
    return v6(source, ICMP6, icmp6(NS, b"\0" * 4 + ip6(target) + options, source, to), to)


def dad(target, options=b"\x0e\x01abcdef"):
    return ns(target, "::", options)


def rs(source=OWN_LL, options=link(1, OWN)):
    return v6(source, ICMP6, icmp6(RS, b"\0" * 4 + options, source, ROUTERS), ROUTERS)


def mld(source=OWN_LL, kind=143):
    to = "ff02::16"
    report = icmp6(kind, struct.pack("!HHBBH", 0, 1, 4, 0, 0) + ip6("ff02::1:ff00:3"), source, to)
    return v6(source, HOP, bytes([ICMP6, 0, 5, 2, 0, 0, 1, 0]) + report, to)


def behind(*headers):
    """A message behind extension headers, the outer one first."""
    make = {AUTH: authentication, FRAGMENT: fragment, ROUTING: routing}

    def wrap(source, message, kind=ICMP6):
        for header in reversed(headers):
            message, kind = make.get(header, extension)(kind) + message, header
        return v6(source, kind, message)
    return wrap


def split(source, following, payload, first, to=NODES):
    """In two fragments."""
    return [v6(source, FRAGMENT, fragment(following, 0, True) + payload[:first], to),
            v6(source, FRAGMENT, fragment(following, first) + payload[first:], to)]


def split4(source, protocol, payload, first):
    return [v4(source, protocol, payload[:first], 0, True), v4(source, protocol, payload[first:], first)]


# RFC 7113: the first fragment ends with its extension headers, so that it tells nothing of what follows.
def hidden(message, first):
    return split(OWN_LL, DEST, extension(ICMP6, first) + message, first)


# The same, but with a header whose length points to the fragment behind.
def hidden_length(message):
    return split(OWN_LL, DEST, extension(ICMP6, 32) + message, 16)


STP, LLDP, PVST = mac("01:80:c2:00:00:00"), mac("01:80:c2:00:00:0e"), mac("01:00:0c:cc:cc:cd")
BPDU = bytes(35)
GLEAN = icmp4(5, ip4(OWN4) + bytes(28))  # a redirect, with the header that it answers
DISCOVER, OFFER = (bytes([operation, 1, 6, 0]) + bytes(60) for operation in (1, 2))
OWN_UDP = v4(OWN4, UDP, udp(1000, 1000))
PLAIN_V4 = OWN_UDP[14:]

GROUPS = {
    # Whatever the config says of addresses, as long as these are among them.
    "own": {
        "arp": arp(OWN4),
        "arp request": arp(OWN4, operation=1),
        "arp, the second address": arp(OWN4B),
        "arp probe": arp("0.0.0.0", operation=1, target=OWN4),
        "ip": OWN_UDP,
        "ip, the second address": v4(OWN4B, UDP, udp(1000, 1000)),
        "ip with options": v4(OWN4, UDP, udp(1000, 1000), options=b"\1" * 4),
        "tcp": v4(OWN4, TCP, bytes(20)),
        "dhcp client": v4(OWN4, UDP, udp(68, 67, DISCOVER)),
        "echo": v4(OWN4, 1, icmp4(8)),
        "esp": v4(OWN4, 50, bytes(16)),
        "igmp report": v4(OWN4, 2, icmp4(0x22, bytes(4)), options=b"\x94\4\0\0"),
        "udp in fragments": split4(OWN4, UDP, udp(1000, 1000, b"t" * 56), 8),
        "udp in fragments, the second like an answer":
            split4(OWN4, UDP, udp(1000, 1000, udp(67, 68, OFFER)), 8),
        "ip6": v6(OWN6, UDP, udp6(1000, 1000, OWN6)),
        "ip6, the second address": v6(OWN6B, UDP, udp6(1000, 1000, OWN6B)),
        "tcp6": v6(OWN6, TCP, bytes(20)),
        "esp6": v6(OWN6, 50, bytes(16)),
        "link-local": v6(OWN_LL, UDP, udp6(1000, 1000, OWN_LL)),
        "random link-local": v6(RANDOM_LL, UDP, udp6(1000, 1000, RANDOM_LL)),
        "dhcp6 client": v6(OWN_LL, UDP, udp6(546, 547, OWN_LL, SERVERS, b"\1abc"), SERVERS),
        "udp6 in fragments": split(OWN6, UDP, udp6(1000, 1000, OWN6, NODES, b"t" * 56), 8),
        "udp6 in fragments, the second like an answer":
            split(OWN6, UDP, udp6(1000, 1000, OWN6, NODES, udp(547, 546, OFFER)), 8),
        "echo6": v6(OWN6, ICMP6, icmp6(128, bytes(4), OWN6)),
        "echo6 in fragments": split(OWN6, ICMP6, icmp6(128, bytes(60), OWN6), 8),
        "tcp6 behind options": behind(DEST)(OWN6, bytes(20), TCP),
        "advertisement": na(OWN6, OWN6),
        "advertisement from its link-local": na(OWN6),
        "advertisement, the second address": na(OWN6B),
        "advertisement without option": na(OWN6, options=b""),
        "advertisement of its link-local": na(OWN_LL),
        "advertisement of a random link-local": na(RANDOM_LL, RANDOM_LL),
        "solicitation": ns(OTHER6),
        "solicitation from an address": ns(OTHER6, OWN6),
        "solicitation without option": ns(OTHER6, options=b""),
        "solicitation of a router": ns(LOW_LL),
        "duplicate address detection": dad(OWN6),
        "duplicate address detection without nonce": dad(OWN6, b""),
        "duplicate address detection, link-local": dad(OWN_LL),
        "duplicate address detection, random link-local": dad(RANDOM_LL),
        "router solicitation": rs(),
        "router solicitation without option": rs(options=b""),
        "router solicitation without address": rs("::", b""),
        "mld": mld(),
        "mld without address": mld("::"),
        "mld report of version 1": mld(kind=131),
        "mld done": mld(kind=132),
    },
    # What no container sends, whatever its addresses.
    "never": {
        "router advertisement": ra(),
        "router advertisement from an address": ra(OWN6),
        "router advertisement, hop-by-hop": behind(HOP)(OWN_LL, router()),
        "router advertisement, destination options": behind(DEST)(OWN_LL, router()),
        "router advertisement, routing header": behind(ROUTING)(OWN_LL, router()),
        "router advertisement, authentication header": behind(AUTH)(OWN_LL, router()),
        "router advertisement, five headers":
            behind(HOP, DEST, ROUTING, DEST, DEST)(OWN_LL, router()),
        "router advertisement, one fragment": behind(FRAGMENT)(OWN_LL, router()),
        "router advertisement, fragment twice": behind(FRAGMENT, FRAGMENT)(OWN_LL, router()),
        "router advertisement, options and fragment": behind(HOP, FRAGMENT)(OWN_LL, router()),
        "router advertisement, fragment and options":
            behind(FRAGMENT, DEST)(OWN_LL, router()),
        "router advertisement, two fragments": split(OWN_LL, ICMP6, router(), 8),
        "router advertisement, hidden in the second fragment": hidden(router(), 8),
        "router advertisement, hidden behind long options": hidden(router(), 64),
        "router advertisement, options in two fragments": hidden_length(router()),
        "redirect": v6(OWN_LL, ICMP6, redirect()),
        "redirect from an address": v6(OWN6, ICMP6, redirect(OWN6)),
        "redirect, destination options": behind(DEST)(OWN_LL, redirect()),
        "redirect, two fragments": split(OWN_LL, ICMP6, redirect(), 16),
        "redirect, hidden in the second fragment": hidden(redirect(), 8),
        "router renumbering": v6(OWN6, ICMP6, icmp6(138, bytes(12), OWN6)),
        "inverse solicitation": v6(OWN_LL, ICMP6, icmp6(141, bytes(4) + link(1, OWN), OWN_LL)),
        "certification path": v6(OWN_LL, ICMP6, icmp6(149, bytes(8), OWN_LL)),
        "multicast router": v6(OWN_LL, ICMP6, icmp6(151, bytes(4), OWN_LL)),
        "mld query": mld(kind=130),
        "igmp query": v4(OWN4, 2, icmp4(0x11), options=b"\x94\4\0\0", to="224.0.0.1"),
        "redirect (ipv4)": v4(OWN4, 1, GLEAN),
        "redirect (ipv4), options": v4(OWN4, 1, GLEAN, options=b"\1" * 40),
        "redirect (ipv4), two fragments": split4(OWN4, 1, GLEAN, 8),
        "router advertisement (ipv4)": v4(OWN4, 1, icmp4(9, bytes(12))),
        "dhcp answer": v4(OWN4, UDP, udp(67, 68, OFFER)),
        "dhcp answer from another port": v4(OWN4, UDP, udp(1067, 68, OFFER)),
        "dhcp answer to a relay": v4(OWN4, UDP, udp(67, 67, OFFER)),
        "dhcp answer to a relay, from another port": v4(OWN4, UDP, udp(1067, 67, OFFER)),
        "dhcp answer to a relay, two fragments": split4(OWN4, UDP, udp(1067, 67, OFFER), 8),
        "dhcp server's port": v4(OWN4, UDP, udp(67, 1000)),
        "dhcp answer, two fragments": split4(OWN4, UDP, udp(67, 68, OFFER), 8),
        "dhcp answer, options": v4(OWN4, UDP, udp(67, 68, OFFER), options=b"\1" * 8),
        "dhcp6 answer": v6(OWN_LL, UDP, udp6(547, 546, OWN_LL)),
        "dhcp6 answer from another port": v6(OWN_LL, UDP, udp6(1547, 546, OWN_LL)),
        "dhcp6 server's port": v6(OWN_LL, UDP, udp6(547, 1000, OWN_LL)),
        "dhcp6 answer to a relay":
            v6(OWN_LL, UDP, udp6(1547, 547, OWN_LL, SERVERS, b"\x0dabc"), SERVERS),
        "dhcp6 answer, two fragments": split(OWN_LL, UDP, udp6(547, 546, OWN_LL, NODES, OFFER), 8),
        "dhcp6 answer, destination options":
            behind(DEST)(OWN_LL, udp6(547, 546, OWN_LL), UDP),
        "dhcp6 answer, hidden in the second fragment":
            split(OWN_LL, DEST, extension(UDP) + udp6(547, 546, OWN_LL), 8),
        "advertisement of another's link-local": na(OTHER_LL),
        "advertisement of another's link-local, as from it": na(OTHER_LL, OTHER_LL),
        "advertisement of another's link-local, from a random one": na(OTHER_LL, RANDOM_LL),
        "advertisement of a router's link-local": na(LOW_LL),
        "advertisement of another's link-local, no option": na(OTHER_LL, options=b""),
        "advertisement of another's link-local, hop-by-hop":
            na(OTHER_LL, wrap=behind(HOP)),
        "advertisement of another's link-local, one fragment":
            na(OTHER_LL, wrap=behind(FRAGMENT)),
        "advertisement of another's link-local, two fragments": split(
            OWN_LL, ICMP6, icmp6(NA, bytes(4) + ip6(OTHER_LL) + link(2, OWN), OWN_LL), 8),
        "advertisement behind options": na(OWN6, options=b"", wrap=behind(HOP)) + link(2, OWN),
        "advertisement with another's link address": na(OWN6, options=link(2, OTHER)),
        "advertisement with two link addresses": na(OWN6, options=link(2, OWN) + link(2, OTHER)),
        "advertisement with another option first":
            na(OWN6, options=b"\x0e\x01abcdef" + link(2, OTHER)),
        "solicitation as from another's link-local": ns(OWN6, OTHER_LL),
        "solicitation as from a router's link-local": ns(OWN6, LOW_LL),
        "solicitation with another's link address": ns(OTHER6, options=link(1, OTHER)),
        "solicitation with two link addresses": ns(OTHER6, options=link(1, OWN) + link(1, OTHER)),
        "router solicitation as from another's link-local": rs(OTHER_LL),
        "router solicitation with another's link address": rs(options=link(1, OTHER)),
        "duplicate address detection of another's link-local": dad(OTHER_LL),
        "duplicate address detection of a router's link-local": dad(LOW_LL),
        "udp as from a router's link-local": v6(LOW_LL, UDP, udp6(1000, 1000, LOW_LL)),
        "udp as from another's link-local": v6(OTHER_LL, UDP, udp6(1000, 1000, OTHER_LL)),
        "tcp, fragment twice": behind(FRAGMENT, FRAGMENT)(OWN6, bytes(20), TCP),
        "tcp, fragment and options": behind(FRAGMENT, DEST)(OWN6, bytes(20), TCP),
        "tcp, options and fragment": behind(HOP, FRAGMENT)(OWN6, bytes(20), TCP),
        "udp without an address": v6("::", UDP, udp6(1000, 1000, "::")),
        "echo without an address": v6("::", ICMP6, icmp6(128, bytes(4), "::")),
        "fragment without an address": split("::", UDP, udp6(1000, 1000, "::", NODES, b"t" * 56), 8)[1],
        "arp, another's hardware address": arp(OWN4, OTHER),
        "arp, another hardware type": arp(OWN4, hardware=6),
        "arp, another protocol": arp(OWN4, protocol=0x801),
        "arp, other sizes": arp(OWN4, sizes=(7, 4)),
        "arp, cut short": arp(OWN4)[:14 + 17],
        "arp reply without an address": arp("0.0.0.0", target=OWN4),
        "inverse arp": arp(OWN4, operation=9),
        "reverse arp": eth(0x8035, arp(OWN4, operation=4)[14:]),
        "another's hardware address": eth(0x800, PLAIN_V4, OTHER),
        "another's hardware address, lldp": eth(0x88cc, bytes(46), OTHER, LLDP),
        "vlan": tagged(OWN_UDP, (0x8100, 7)),
        "vlan 0": tagged(OWN_UDP, (0x8100, 0)),
        "vlan, service tag": tagged(OWN_UDP, (0x88a8, 7)),
        "vlan, old tag": tagged(OWN_UDP, (0x9100, 7)),
        "vlan twice": tagged(OWN_UDP, (0x88a8, 7), (0x8100, 8)),
        "vlan thrice": tagged(OWN_UDP, (0x8100, 7), (0x8100, 8), (0x8100, 9)),
        "stp": llc(BPDU, STP),
        "stp, per vlan": llc(BPDU, PVST, b"\0\0\x0c\1\x0b"),
        "stp, tagged": tagged(llc(BPDU, STP), (0x8100, 7)),
        "lldp": eth(0x88cc, bytes(46), to=LLDP),
        "pause": eth(0x8808, bytes(46), to=mac("01:80:c2:00:00:01")),
        "lacp": eth(0x8809, bytes(46), to=mac("01:80:c2:00:00:02")),
        "802.1x": eth(0x888e, bytes(46), to=mac("01:80:c2:00:00:03")),
        "ip to the bridges' group": eth(0x800, PLAIN_V4, to=STP),
        "ip in a frame of LLC": llc(PLAIN_V4, ALL, b"\0\0\0\x08\x00"),
        "pppoe": eth(0x8863, bytes(46)),
        "macsec": eth(0x88e5, bytes(46)),
        "mpls": eth(0x8847, b"\0\0\1\xff" + PLAIN_V4),
        "ip of another version": eth(0x800, b"\x65" + PLAIN_V4[1:]),
        "ip cut short": eth(0x800, PLAIN_V4[:24]),
        "ip cut short, fragment": eth(0x800, split4(OWN4, UDP, bytes(64), 8)[1][14:14 + 15]),
        "ip6 cut short": v6(OWN6, UDP, udp6(1000, 1000, OWN6))[:14 + 44],
    },
    # Another's, where the config knows its addresses.
    "foreign": {
        "arp, another's address": arp(OTHER4),
        "arp, another's address, other type": arp(OTHER4, hardware=6),
        "arp, announcement of another's address": arp(OTHER4, operation=1, target=OTHER4),
        "arp probe for another's address": arp("0.0.0.0", operation=1, target=OTHER4),
        "ip": v4(OTHER4, UDP, udp(1000, 1000)),
        "ip, fragment": split4(OTHER4, UDP, udp(1000, 1000, b"t" * 56), 8)[1],
        "dhcp client": v4("0.0.0.0", UDP, udp(68, 67, DISCOVER)),
        "ip6": v6(OTHER6, UDP, udp6(1000, 1000, OTHER6)),
        "ip6, fragment": split(OTHER6, UDP, udp6(1000, 1000, OTHER6, NODES, b"t" * 56), 8)[1],
        "advertisement": na(OTHER6),
        "advertisement, as from it": na(OTHER6, OTHER6),
        "advertisement, hop-by-hop": na(OTHER6, wrap=behind(HOP)),
        "advertisement, two fragments": split(
            OWN_LL, ICMP6, icmp6(NA, bytes(4) + ip6(OTHER6) + link(2, OWN), OWN_LL), 8),
        "solicitation": ns(OWN6, OTHER6),
        "duplicate address detection": dad(OTHER6),
        "mld": mld(OTHER6),
    },
    "gateway": {
        "arp of the gateway": arp(GATEWAY4),
        "ip as from the gateway": v4(GATEWAY4, UDP, udp(1000, 1000)),
        "advertisement of the gateway": na(GATEWAY_LL),
        "duplicate address detection of the gateway": dad(GATEWAY_LL),
        "udp as from the gateway": v6(GATEWAY_LL, UDP, udp6(1000, 1000, GATEWAY_LL)),
    },
    # In VLANs, where the config has trunks.
    "trunk own": {
        "ip": tagged(OWN_UDP, (0x8100, 7)),
        "ip6": tagged(v6(OWN6, UDP, udp6(1000, 1000, OWN6)), (0x8100, 7)),
        "arp": tagged(arp(OWN4), (0x8100, 7)),
    },
    "trunk never": {
        "ip": tagged(v4(OTHER4, UDP, udp(1000, 1000)), (0x8100, 7)),
        "arp": tagged(arp(OTHER4), (0x8100, 7)),
        "router advertisement": tagged(ra(), (0x8100, 7)),
        "router advertisement, service tag": tagged(ra(), (0x88a8, 7)),
        "dhcp answer": tagged(v4(OWN4, UDP, udp(67, 68, OFFER)), (0x8100, 7)),
        "two tags": tagged(OWN_UDP, (0x8100, 7), (0x8100, 8)),
        "two tags, router advertisement": tagged(ra(), (0x88a8, 7), (0x8100, 8)),
        "three tags": tagged(OWN_UDP, (0x8100, 7), (0x8100, 8), (0x8100, 9)),
        "stp": tagged(llc(BPDU, STP), (0x8100, 7)),
    },
}


# ---- sending and listening ----

def packet_socket(pid, interface):
    own, other = os.open("/proc/self/ns/net", os.O_RDONLY), os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
    if libc.setns(other, 0) < 0:
        raise OSError(ctypes.get_errno(), "setns", pid)
    try:
        result = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        result.bind((interface, ETH_P_ALL))
    finally:
        libc.setns(own, 0)
        os.close(own)
        os.close(other)
    result.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    result.settimeout(10)
    return result


def arrived(listener, fence):
    """All up to the fence."""
    frames = []
    while True:
        frame, address = listener.recvfrom(4096)
        if address[2] == socket.PACKET_OUTGOING:
            continue
        if frame == fence:
            return frames
        frames.append(frame)


def main():
    # On one processor frames stay in order, so that none comes behind the fence.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    sender, listener = packet_socket(*sys.argv[1:3]), packet_socket(*sys.argv[3:5])
    number = 0
    for group in sys.argv[5:]:
        for name, frames in GROUPS[group].items():
            frames = frames if isinstance(frames, list) else [frames]
            for frame in frames:
                sender.send(frame)
            number += 1
            fence = v6(OWN_LL, UDP, udp6(9, 9, OWN_LL, NODES, b"fence %d" % number))
            sender.send(fence)
            there = arrived(listener, fence)
            # The kernel keeps a tag beside the frame.
            lost = sum(f not in there and f[:12] + f[16:] not in there for f in frames)
            print(name, "stopped" if lost else "passed", lost, sep="\t", flush=True)


main()
