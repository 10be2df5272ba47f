#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Networks that are managed from the host, in a rootfs that holds one static program and nothing
# else: addresses, routes and a lease; and a DHCP client that ends with its container.
. "$(dirname "$0")/../lib.sh"

# In a network namespace of our own.
[ "${PCT_TEST_NET:-}" ] || {
	PCT_TEST_NET=1 unshare -n bash "$0" "$@"
	exit
}
ip link set lo up
new_bridge
ip addr add fd00:6::1/64 dev "$bridge" nodad

# start_server [OPTION...]; range is of its addresses, netmask theirs.
range='' netmask=255.255.255.0
start_server() {
	dnsmasq --conf-file=/dev/null --interface="$bridge" --bind-interfaces --port=0 --no-ping "$@" \
		--dhcp-range="${range:-$net.50,$net.60},$netmask,120" --dhcp-option=6,"$net.9" \
		--dhcp-option=15,example.org --dhcp-leasefile="$work/leases" \
		--pid-file="$work/dnsmasq.pid" --user=root --log-facility="$work/dnsmasq.log" \
		--dhcp-range=fd00:6::,ra-only --enable-ra --dhcp-authoritative
}
stop_server() {
	[ ! -s "$work/dnsmasq.pid" ] || kill "$(cat "$work/dnsmasq.pid")"
	rm -f "$work/dnsmasq.pid"
}
trap 'stop_server; cleanup' EXIT

mkdir -p "$work/bare/sbin" "$work/bare/etc"
# It ends by the signal that liblxc shuts init down with, or by that of lxc-stop.
cat >"$work/init.c" <<-'C'
	#include <signal.h>
	#include <unistd.h>
	static void end(int signal) { (void)signal; _exit(0); }
	int main(void) { signal(SIGPWR, end); for (;;) pause(); }
C
check 'a static init' cc -static -o "$work/bare/sbin/init" "$work/init.c" || finish
tar -C "$work/bare" --zstd -cf "$PCT_VZ/template/cache/bare.tar.zst" .

in_net() { nsenter -t "$(init_pid "$1")" -n "${@:2}"; }
# What is set, sorted: "10.0.0.5/24", "default via 10.0.0.1 dev eth0 ..." without what varies.
addresses() { in_net "$1" ip -o addr show dev eth0 scope global | awk '{ print $4 }' | sort; }
routes() {
	in_net "$1" ip "$2" route show dev eth0 proto static | sed 's/ metric.*//; s/ *$//; s/ scope.*//' | sort
}
has_advertised() { addresses "$1" | grep -q '^fd00:6:'; }
has_lease() { addresses "$1" | grep -q "^$net\.5[0-9]/24\|^$net\.60/24"; }
clients() { pgrep -f "udhcpc .*-s $PCT_TEST_STAGE/hooks/pct-dhcp"; pgrep -f "^pct-dhcp $1 "; }
has_clients() { ! no_clients "$1"; }
no_clients() { [ -z "$(clients "$1")" ]; }
PCT_TEST_STAGE=$stage

# ---- static ----
new_ctid
check 'create, with addresses of both families' "$pct" create "$ctid" bare.tar.zst --hostname bare \
	--net0 "name=eth0,bridge=$bridge,host-managed=1,ip=$net.20/24;$net.21/24,gw=$net.1,ip6=fd00:6::20/64,gw6=fd00:6::1,route=10.5.0.0/16 via $net.254,mtu=1400"
check 'it starts' "$pct" start "$ctid"
same 'nobody complains of a consumer that is missing' '' "$(cat "$work/out")"
same 'its addresses are set' "$net.20/24
$net.21/24
fd00:6::20/64" "$(addresses "$ctid")"
same 'its routes are set' "10.5.0.0/16 via $net.254
default via $net.1" "$(routes "$ctid" -4)"
same 'and those of IPv6' 'default via fd00:6::1' "$(routes "$ctid" -6)"
same 'and the MTU' 1400 "$(in_net "$ctid" cat /sys/class/net/eth0/mtu 2>/dev/null || in_net "$ctid" ip -o link show eth0 | grep -o 'mtu 1400' | cut -d ' ' -f 2)"
check 'it answers' ping -c 1 -W 2 "$net.20"
check 'by IPv6, too' within 5 ping -c 1 -W 1 fd00:6::20
same 'router advertisements are not for it' 0 \
	"$(in_net "$ctid" cat /proc/sys/net/ipv6/conf/eth0/accept_ra)"
check 'stop' "$pct" stop "$ctid"
check 'lxc-start sets the same' lxc-start -P "$PCT_LIB" -n "$ctid"
same 'the same addresses' 3 "$(addresses "$ctid" | wc -l)"

# ---- host-managed alone changes ----
for method in "ip=$net.20/24,gw=$net.1" ip=dhcp; do
	"$pct" stop "$ctid"
	"$pct" set "$ctid" --net0 "name=eth0,bridge=$bridge,$method"
	"$pct" start "$ctid" 2>/dev/null
	same "$method: nobody sets anything" '' "$(addresses "$ctid"; routes "$ctid" -4; clients "$ctid")"
	same "$method: host-managed, live" 'in effect: net0' \
		"$("$pct" set "$ctid" --net0 "name=eth0,bridge=$bridge,$method,host-managed=1")"
	[ "$method" = ip=dhcp ] || same "$method: addresses and routes follow" \
		"$net.20/24 default via $net.1" "$(addresses "$ctid") $(routes "$ctid" -4)"
done
check 'ip=dhcp: a client follows' within 15 has_clients "$ctid"
destroy "$ctid"

# ---- routes whose router is not to be reached at the start ----
renew() {
	stop_server
	start_server "$@"
	kill -USR1 "$(pgrep -f "udhcpc .*-s $stage/hooks/pct-dhcp" | head -n 1)"
}
has_other_lease() { addresses "$1" | grep -q "^$net\.7[0-9]/24\|^$net\.80/24"; }
has_routes() { [ "$(routes "$ctid" -4)" = "$1" ]; }
base="name=eth0,bridge=$bridge,host-managed=1"
check 'a server' start_server
new_ctid
check 'routes beside DHCP and advertisements' "$pct" create "$ctid" bare.tar.zst --hostname bare \
	--net0 "$base,ip=dhcp,ip6=auto,route=10.5.0.0/16 via $net.254;fd05::/64 via fd00:6::1"
check 'it starts' "$pct" start "$ctid"
check 'it gets a lease' within 15 has_lease "$ctid"
check 'its routes are there' within 5 has_routes "10.5.0.0/16 via $net.254
$net.254
default via $net.1"
check 'and those of IPv6' grep -qx 'fd05::/64 via fd00:6::1' <(routes "$ctid" -6)
check 'and an advertised address' within 15 has_advertised "$ctid"
same 'nothing differs' '' "$("$pct" net "$ctid" | grep '\*')"
same 'and nothing is wrong' 'nothing to repair' "$("$pct" net "$ctid" --repair 2>&1)"
kill "$(pgrep -f "^pct-dhcp $ctid ")"
within 10 no_clients "$ctid"
same 'a client that has ended' "net0 of container $ctid: repaired: the DHCP client of eth0 has ended" \
	"$("$pct" net "$ctid" --repair 2>&1)"
check 'follows again' within 15 has_clients "$ctid"
check 'with a lease' within 15 has_lease "$ctid"
check 'another one, live' "$pct" set "$ctid" \
	--net0 "$base,ip=dhcp,ip6=auto,route=10.5.0.0/16 via $net.253"
same 'it is in the place of the old ones' "10.5.0.0/16 via $net.253
$net.253
default via $net.1" "$(routes "$ctid" -4)"
range=$net.70,$net.80
renew
check 'another lease' within 15 has_other_lease "$ctid"
check 'has it, too' within 5 has_routes "10.5.0.0/16 via $net.253
$net.253
default via $net.1"
check 'a router of the config, out of the way' "$pct" set "$ctid" --net0 "$base,ip=dhcp"
renew --dhcp-option="121,10.6.0.0/16,$net.254,10.7.0.0/16,$net.254"
check 'routes of a lease' within 15 has_routes "10.6.0.0/16 via $net.254
10.7.0.0/16 via $net.254"
netmask=255.255.252.0
renew --dhcp-option="121,10.7.0.0/16,$net.254,10.8.0.0/16,$net.253"
check 'renewed with others, and another mask, it has these' within 15 has_routes \
	"10.7.0.0/16 via $net.254
10.8.0.0/16 via $net.253"
check 'and that mask alone' grep -qx "$net\.[78][0-9]/22" <(addresses "$ctid" | grep -v :)
same 'once' 1 "$(addresses "$ctid" | grep -vc :)"
netmask=255.255.255.0
check 'a router that no subnet holds, live' "$pct" set "$ctid" \
	--net0 "$base,ip=$net.20/24,route=10.5.0.0/16 via 192.0.2.1"
same 'is reached on the link' '10.5.0.0/16 via 192.0.2.1 192.0.2.1' \
	"$(routes "$ctid" -4 | paste -sd ' ')"
fails() { # STATUS WHAT ERROR COMMAND...
	"${@:4}" >"$work/out" 2>&1
	[ $? = "$1" ] && grep -q "$3" "$work/out" && ok "$2" || not_ok "$2" <"$work/out"
}
fails 2 'an MTU without IPv6 is refused' 'mtu: is less than the 1280 that IPv6 requires' \
	"$pct" set "$ctid" --net0 "$base,ip6=auto,mtu=576"
"$pct" stop "$ctid"
"$pct" set "$ctid" --net0 "$base,ip6=auto"
ip link set "$bridge" mtu 1000
fails 1 'and told at the start, where it is the bridge'"'"'s' \
	'net0 (eth0): has an MTU of 1000, but IPv6 needs at least 1280; raise its mtu' \
	"$pct" start "$ctid"
ip link set "$bridge" mtu 1500
ip addr add fd00:6::1/64 dev "$bridge" nodad
"$pct" set "$ctid" --net0 "$base,ip=$net.20/24"
check 'without ip6 it starts' "$pct" start "$ctid"
same 'and takes no advertisement' 0 "$(in_net "$ctid" cat /proc/sys/net/ipv6/conf/eth0/accept_ra)"
check 'ip6=auto, live' "$pct" set "$ctid" --net0 "$base,ip=$net.20/24,ip6=auto"
same 'takes them, also as a router' 2 \
	"$(in_net "$ctid" cat /proc/sys/net/ipv6/conf/eth0/accept_ra)"
destroy "$ctid"
stop_server
range=''

# ---- a lease ----
for unprivileged in 1 0; do
	how=unprivileged && [ $unprivileged = 1 ] || how=privileged
	check "$how: a server" start_server
	new_ctid
	check "$how: create with DHCP and advertised addresses" "$pct" create "$ctid" bare.tar.zst \
		--hostname bare --unprivileged $unprivileged \
		--net0 "name=eth0,bridge=$bridge,host-managed=1,ip=dhcp,ip6=auto"
	check "$how: it starts" "$pct" start "$ctid"
	check "$how: it gets a lease" within 15 has_lease "$ctid"
	check "$how: the server knows its name" grep -q ' bare ' "$work/leases"
	check "$how: with a lifetime" \
		grep -q 'valid_lft 1[012][0-9]sec' <(in_net "$ctid" ip addr show dev eth0 scope global)
	same "$how: and its router" "default via $net.1" "$(routes "$ctid" -4)"
	check "$how: and an advertised address" within 15 has_advertised "$ctid"
	check "$how: name servers of the lease are written" within 5 \
		grep -q "^nameserver $net.9" "/proc/$(init_pid "$ctid")/root/etc/resolv.conf"
	check "$how: an address in the place of the lease, live" "$pct" set "$ctid" \
		--net0 "name=eth0,bridge=$bridge,host-managed=1,ip=$net.30/24"
	same "$how: the lease is gone" "$net.30/24" \
		"$(addresses "$ctid" | grep -v :)"
	check "$how: its client ended" no_clients "$ctid"
	check "$how: and back" "$pct" set "$ctid" \
		--net0 "name=eth0,bridge=$bridge,host-managed=1,ip=dhcp,ip6=auto"
	check "$how: the lease is there" within 15 has_lease "$ctid"
	same "$how: alone" 1 "$(addresses "$ctid" | grep -vc :)"
	check "$how: the network is removed, live" "$pct" set "$ctid" --delete net0
	check "$how: its client ended with it" no_clients "$ctid"
	check "$how: and comes back" "$pct" set "$ctid" \
		--net0 "name=eth0,bridge=$bridge,host-managed=1,ip=dhcp,ip6=auto"
	check "$how: with a lease" within 15 has_lease "$ctid"
	client=$(pgrep -f "udhcpc .*-s $stage/hooks/pct-dhcp" | head -n 1)
	same "$how: the client is in the container's network" \
		"$(readlink "/proc/$(init_pid "$ctid")/ns/net")" "$(readlink "/proc/$client/ns/net")"
	same "$how: without rights over files of others" 0 \
		"$((0x$(awk '/CapEff/ { print $2 }' "/proc/$client/status") & 2 & $((unprivileged ? 0 : 2))))"
	check "$how: stop" "$pct" stop "$ctid"
	check "$how: the client ends with it" within 5 no_clients "$ctid"
	same "$how: nothing is left" '' "$(leftovers "$ctid")"

	check "$how: start again" "$pct" start "$ctid"
	check "$how: a lease again" within 15 has_lease "$ctid"
	kill -9 "$(monitor_pid "$ctid")"
	check "$how: the client does not outlive a killed monitor" within 10 no_clients "$ctid"
	destroy "$ctid"
	stop_server
done

# ---- what the client can do, who is host root where the container is privileged ----
# In the place of the keeper's program: its script, which tells by the address of the lease.
cat >"$work/probe.c" <<-'C'
	#include <fcntl.h>
	#include <signal.h>
	#include <stdio.h>
	#include <string.h>
	#include <sys/syscall.h>
	#include <sys/wait.h>
	#include <unistd.h>
	int main(int argc, char **argv)
	{
		char text[200];
		int can, status;
		long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);

		if (argc == 1)
			return abi < 2;
		if (argc > 2)
			execv(REAL, argv);
		if (fork() == 0) {
			execl("/bin/true", "true", (char *)NULL);
			_exit(1);
		}
		wait(&status);
		can = (open(SECRET, O_RDONLY) >= 0) + 2 * (open(SECRET, O_WRONLY) >= 0) +
		      4 * (status == 0) + 8 * (abi >= 6 && kill(1, 0) == 0);
		snprintf(text, sizeof text, "event %s\nip %s.%d\nmask 24\nlease 120\n", argv[1], NET,
			 100 + can);
		return write(10, text, strlen(text)) < 0;
	}
C
echo secret >"$work/secret" && chmod 600 "$work/secret"
check 'a script that tries' cc -static -DREAL="\"$stage/hooks/real\"" -DSECRET="\"$work/secret\"" \
	-DNET="\"$net\"" -o "$work/probe" "$work/probe.c" || finish
if "$work/probe"; then
	mv "$stage/hooks/pct-dhcp" "$stage/hooks/real" && cp "$work/probe" "$stage/hooks/pct-dhcp"
	start_server
	new_ctid
	"$pct" create "$ctid" bare.tar.zst --unprivileged 0 \
		--net0 "name=eth0,bridge=$bridge,host-managed=1,ip=dhcp" >/dev/null 2>&1
	check 'start, with that' "$pct" start "$ctid"
	has_told() { addresses "$ctid" | grep "^$net\.1[01][0-9]/24"; }
	check 'it tells' within 15 has_told
	same 'it reads, writes and runs nothing else, and sends no signal' "$net.100/24" "$(has_told)"
	destroy "$ctid"
	stop_server
else
	skip 'what the client can do' 'the kernel has no Landlock'
fi
finish
