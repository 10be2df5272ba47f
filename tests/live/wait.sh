#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pct wait and pct start --wait: for addresses, name servers and the end of the boot.
. "$(dirname "$0")/../lib.sh"
new_bridge
new_ct busybox >/dev/null 2>&1
refuses 1 'wait for one that does not run' 'is not running' "$pct" wait "$ctid" --ip4
refuses 2 'start --wait for an unknown thing' 'not ip4, ip6, dns or boot: "ipv4"' \
	"$pct" start "$ctid" --wait ipv4
check 'it was not started' stopped "$ctid"
check 'start --wait ip4,boot' timeout 60 "$pct" start "$ctid" --wait ip4,boot --timeout 30
check 'returns when the address is there' has_address "$ctid" "$net.20/24"
check 'what is there is not waited for' timeout 10 "$pct" wait "$ctid" --ip4 --boot
refuses 1 'the time runs out, and it says what is missing' \
	"container $ctid: after 1 s still missing: ip6 \(no address, and the config sets none\)" \
	"$pct" wait "$ctid" --ip6 --timeout 1

# waits OPTION: in the background; its end is in $work/waited.
waits() {
	rm -f "$work/waited"
	{
		timeout 60 "$pct" wait "$ctid" "$@" --timeout 50 >"$work/wait" 2>&1
		echo $? >"$work/waited"
	} &
	waiter=$!
}
waiting() { [ ! -e "$work/waited" ] && pgrep -f "$pct wait $ctid" >/dev/null; }
# ends WHAT RESULT
ends() {
	wait $waiter
	same "$1" "$2" "$(cat "$work/waited")"
}

inside ip addr flush dev eth0
waits --ip4
sleep 1
check 'it waits for an address' waiting
inside ip addr add "$net.99/24" dev eth0
sleep 1
check 'of the config, and for no other' waiting
inside ip addr add "$net.20/24" dev eth0
ends 'and returns when it comes' 0

waits --ip6
sleep 1
inside ip -6 addr add fe80::77/64 dev eth0
sleep 1
check 'a link-local address is none' waiting
inside ip -6 addr add 2001:db8::77/64 dev eth0
ends 'a global one is, once it can be used' 0

# A name server on the host's end of the bridge, which answers as dns_mode says.
cat >"$work/dns.py" <<'PY'
import os, socket, sys
family, kind, _, _, address = socket.getaddrinfo(sys.argv[1], 53, type=socket.SOCK_DGRAM)[0]
s = socket.socket(family, kind)
s.bind(address)
open(sys.argv[2] + "/dns-ready", "w").close()
while True:
    question, peer = s.recvfrom(512)
    fails = os.path.exists(sys.argv[2] + "/dns-fails")
    s.sendto(question[:2] + bytes([0x81, 0x82 if fails else 0x80]) + question[4:], peer)
PY
inside sh -c 'echo >/etc/resolv.conf'
refuses 1 'no name server' 'missing: dns \(its /etc/resolv.conf names no server\)' \
	"$pct" wait "$ctid" --dns --timeout 1
inside sh -c "echo nameserver $net.1 >/etc/resolv.conf"
refuses 1 'a name server that is not there' "missing: dns \($net.1 refuses\)" \
	"$pct" wait "$ctid" --dns --timeout 1
inside sh -c 'echo nameserver 203.0.113.7 >/etc/resolv.conf'
inside ip route del default
refuses 1 'a name server without a route to it' 'missing: dns \(203.0.113.7 is unreachable: no route\)' \
	"$pct" wait "$ctid" --dns --timeout 1
inside sh -c "printf 'nameserver 203.0.113.7\nnameserver $net.1\n' >/etc/resolv.conf"
touch "$work/dns-fails"
python3 "$work/dns.py" "$net.1" "$work" &
dns=$!
within 10 test -e "$work/dns-ready"
refuses 1 'a name server that fails' "$net.1 answers SERVFAIL" "$pct" wait "$ctid" --dns --timeout 1
rm "$work/dns-fails"
check 'a name server that answers' timeout 30 "$pct" wait "$ctid" --dns --timeout 20
# The same server by a link-local address, which needs the zone.
ip -6 addr add fe80::53/64 dev "$bridge" nodad
python3 "$work/dns.py" "fe80::53%$bridge" "$work" &
dns6=$!
check 'it listens' within 10 sh -c "ss -lun | grep -q 'fe80::53.*:53'"
inside sh -c 'echo nameserver fe80::53%eth0 >/etc/resolv.conf'
check 'a link-local one with a zone' timeout 30 "$pct" wait "$ctid" --dns --timeout 20
kill $dns6
inside sh -c 'echo nameserver fe80::53%eth9 >/etc/resolv.conf'
refuses 1 'with a zone that is not there' 'missing: dns \(fe80::53%eth9 cannot be reached\)' \
	"$pct" wait "$ctid" --dns --timeout 1
inside sh -c 'echo >/etc/resolv.conf'
waits --dns
sleep 1
check 'it waits for a resolv.conf' waiting
inside sh -c "echo nameserver $net.1 >/etc/new && mv /etc/new /etc/resolv.conf"
ends 'and returns when it names one' 0
inside mkdir -p /run/resolver
inside ln -sf /run/resolver/c /etc/resolv.conf
inside sh -c "echo nameserver $net.1 >/run/resolver/c"
check 'a resolv.conf in /run is read' timeout 30 "$pct" wait "$ctid" --dns --timeout 20
inside ln -sf /../../../../../../../../etc/resolv.conf /etc/resolv.conf
inside mkfifo /run/resolver/f
refuses 1 'a link out of the container is not followed' 'names no server' \
	"$pct" wait "$ctid" --dns --timeout 1
inside ln -sf /run/resolver/f /etc/resolv.conf
refuses 1 'a pipe is not waited for' 'names no server' "$pct" wait "$ctid" --dns --timeout 1
kill $dns

# It sleeps until somebody wakes it: the kernel counts how often it went to sleep.
inside ip addr flush dev eth0
sleep 3
"$pct" wait "$ctid" --ip4 --timeout 50 >/dev/null 2>&1 &
waiter=$!
sleep 1
sleeps() { awk '/^voluntary/ { print $2 }' "/proc/$waiter/status"; }
before=$(sleeps)
sleep 3
same 'who waits is not woken for nothing' "${before:-none}" "$(sleeps)"
kill $waiter
wait $waiter 2>/dev/null

waits --dns
sleep 1
check 'it waits' waiting
"$pct" stop "$ctid" >/dev/null 2>&1
ends 'until the container stops' 1
check 'and says so' grep -q "^pct: container $ctid: has stopped; still missing: dns" "$work/wait"
same 'on one line' 1 "$(wc -l <"$work/wait")"

# The boot is over when its scripts are.
cat >"$work/rcS" <<'SH'
#!/bin/sh
while [ ! -e /go-on ]; do sleep 0.2; done
SH
"$pct" start "$ctid" >/dev/null 2>&1
"$pct" exec "$ctid" -- sh -c 'cat >/etc/rcS && chmod 755 /etc/rcS' <"$work/rcS"
inside sh -c '(echo "::sysinit:/etc/rcS" && cat /etc/inittab) >/etc/new && mv /etc/new /etc/inittab'
"$pct" stop "$ctid" >/dev/null 2>&1
"$pct" start "$ctid" >/dev/null 2>&1
refuses 1 'a boot that goes on' 'missing: boot \(its init still runs rcS\)' \
	"$pct" wait "$ctid" --boot --timeout 2
waits --boot
sleep 1
check 'is waited for' waiting
inside touch /go-on
ends 'until it is over' 0
finish
