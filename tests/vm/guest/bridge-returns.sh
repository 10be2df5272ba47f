#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A bridge comes back: udev, systemd and pct plug the containers in again, without anybody's help.
. "$(dirname "$0")/../../lib.sh"
unit=/run/systemd/system/pct-net-repair.service rule=/run/udev/rules.d/90-pct.rules
trap 'rm -f $unit $rule; systemctl daemon-reload; udevadm control --reload; cleanup' EXIT

# As make install puts them, but for the folders of this test.
mkdir -p "${rule%/*}"
cp "$top/udev/90-pct.rules" $rule
printf '#!/bin/sh\nexec env PCT_ETC=%s PCT_LIB=%s PCT_VZ=%s PCT_RUN=%s %s "$@"\n' \
	"$PCT_ETC" "$PCT_LIB" "$PCT_VZ" "$PCT_RUN" "$pct" >"$work/pct"
chmod 755 "$work/pct"
sed "s|@SBINDIR@|$work|" "$top/systemd/pct-net-repair.service.in" >$unit
same 'systemd finds nothing wrong with the unit' '' "$(systemd-analyze --man=no verify $unit 2>&1)"
systemctl daemon-reload
udevadm control --reload
if udevadm verify --help >/dev/null 2>&1; then
	check 'nor udev with the rule' udevadm verify $rule
else
	skip 'udev checks the rule' 'its udevadm cannot'
fi

new_bridge
for unprivileged in 1 0; do
	new_ct busybox --unprivileged $unprivileged >/dev/null 2>&1
	"$pct" set "$ctid" --net0 "name=eth0,bridge=$bridge,ip=$net.2$unprivileged/24,firewall=$unprivileged"
	check "unprivileged=$unprivileged: start" "$pct" start "$ctid"
	check 'it answers' within 30 ping -c 1 -W 1 "$net.2$unprivileged"
done
repairs() { systemctl show -P ExecMainStartTimestampMonotonic pct-net-repair; }
sleep 3 # for the bridge of this test itself
before=$(repairs)
ip link del "$bridge"
ip link add "$bridge" type bridge
ip addr add "$net.1/24" dev "$bridge" && ip link set "$bridge" up
for unprivileged in 1 0; do
	check 'it answers again' within 60 ping -c 1 -W 1 "$net.2$unprivileged"
done
check 'the journal tells' eval 'journalctl -q -u pct-net-repair |
	grep -q "net0 of container $ctid: repaired: veth$ctid.0 is in no bridge instead of $bridge"'
after=$(repairs)
check 'it has run' [ "$after" != "$before" ]
# Bridges that pct makes are not the host's network.
"$pct" stop "${ctids[0]}" && "$pct" start "${ctids[0]}"
sleep 5
same "a start with a firewall bridge is no reason to repair" "$after" "$(repairs)"
finish
