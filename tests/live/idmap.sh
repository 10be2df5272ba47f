#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Id ranges of containers' own: given once, kept in the config, changed where no file would get another
# owner, and looked after by the doctor.  /etc/subuid and its like are this test's own, in a mount
# namespace.
[ -n "${OWN_ETC:-}" ] || OWN_ETC=1 exec unshare -m bash "$0"
. "$(dirname "$0")/../lib.sh"
mount -t tmpfs -o mode=755 ids /mnt
for name in subuid subgid passwd group; do
	cp "/etc/$name" /mnt/ && mount --bind "/mnt/$name" "/etc/$name"
done
# delegated LINE...: what both files have.
delegated() {
	printf '%s\n' "$@" >/etc/subuid
	printf '%s\n' "$@" >/etc/subgid
}
template busybox

range() { sed -n 's/^lxc.idmap = u 0 \([0-9]*\) 65536$/\1/p' "$PCT_ETC/lxc/$1/config"; }
owner() { stat -c %u "/proc/$(init_pid "$1")"; }
make() {
	case " $* " in *' --rootfs '*) ;; *) set -- --rootfs local:0 "$@" ;; esac
	"$pct" create "$ctid" "$template" "$@"
}

delegated root:100000:65536 nobody:165536:65536
new_ctid
refuses 1 'create where all is in use' \
	'all ids delegated to root are in use.*; add the line "root:231072:6553600" to /etc/subuid and /etc/subgid' \
	"$pct" create "$ctid" "$template" --idmap auto
same 'makes nothing' '' "$(files_of "$ctid")"
delegated root:100000:65536 root:231072:131072
check 'create of one' make --idmap auto --rootfs local:1
first=$ctid
new_ctid
check 'create of another' make --idmap auto --rootfs local:1
second=$ctid
same 'they have ranges of their own' '231072 296608' "$(range "$first") $(range "$second")"
same 'of groups, too' "lxc.idmap = g 0 296608 65536" "$(grep ' g ' "$PCT_ETC/lxc/$second/config")"
same 'and are unprivileged' 'unprivileged: 1' "$("$pct" config "$second" | grep ^unpriv)"
for ctid in "$first" "$second"; do
	check "start $ctid" "$pct" start "$ctid"
	same 'its root is who the config says' "$(range "$ctid")" "$(owner "$ctid")"
	same 'its files are its root'"'"'s' 0:0 "$(inside stat -c %u:%g /etc)"
	"$pct" stop "$ctid"
done
new_ctid
refuses 1 'a third has none left' 'all ids delegated to root are in use' make --idmap auto
check 'but replaces one of them' "$pct" create "$second" "$template" --force --idmap auto
same 'with the same range' 296608 "$(range "$second")"

# Whatever the config is like, and whichever node's: a snapshot, a change that waits, a broken one.
destroy "$first"
mkdir -p "$PCT_ETC/nodes/other/lxc"
for line in 'lxc.idmap: u 0 231072 1' 'snap.lxc.id_map = g 0 231072 65536' \
	'pending.idmap = b 0 240000 5' $'lxc.idmap = u 0 296607 1\n= broken'; do
	printf '%s\n' "$line" >"$PCT_ETC/nodes/other/lxc/4711.conf"
	refuses 1 "none is given where there is ${line%%$'\n'*}" 'all ids delegated to root are in use' make --idmap auto
done
rm "$PCT_ETC/nodes/other/lxc/4711.conf"
destroy "$second"

# Many at once.
delegated root:100000:65536 root:1000000:655360
made=()
for ((i = 0; i < 10; i++)); do
	new_ctid && made+=("$ctid")
	make --idmap auto >/dev/null 2>&1 &
done
wait
for ctid in "${made[@]}"; do range "$ctid"; done | sort -n >"$work/ranges"
same 'of ten at once each has another' "$(seq 1000000 65536 1600000)" "$(cat "$work/ranges")"
for ctid in "${made[@]}"; do destroy "$ctid"; done
# One that waits for another's range to be known takes the next.
exec 9>"$PCT_RUN/pct/lock/idmap.lock" && flock 9
"$pct" create "$ctid" "$template" --rootfs local:0 --idmap auto >/dev/null 2>&1 9>&- &
creating=$!
check 'it waits for the lock' within 10 eval "ls -l /proc/$creating/fd | grep -q idmap.lock"
printf 'lxc.idmap: u 0 1000000 65536\n' >"$PCT_ETC/nodes/other/lxc/4711.conf"
exec 9>&-
wait $creating
same 'and has what is left then' 1065536 "$(range "$ctid")"
rm "$PCT_ETC/nodes/other/lxc/4711.conf"
check 'set of one that has a range' "$pct" set "$ctid" --idmap auto
same 'keeps it, whatever is free by now' 1065536 "$(range "$ctid")"
destroy "$ctid"

# set: the files of an id-mapped volume are root's on disk, whatever the map.
new_ctid
make --rootfs local:1 >/dev/null 2>&1
config=$PCT_ETC/lxc/$ctid/config
same 'without the option it has no lines' '' "$(grep idmap "$config")"
check 'set' "$pct" set "$ctid" --idmap auto
same 'gives it a range' 1000000 "$(range "$ctid")"
cp "$config" "$work/config"
check 'set again' "$pct" set "$ctid" --idmap auto
same 'keeps it' '' "$(diff "$work/config" "$config")"
check 'start' "$pct" start "$ctid"
check 'set while it runs' "$pct" set "$ctid" --idmap shared
same 'waits' 'del idmap: u 0 1000000 65536;g 0 1000000 65536' "$("$pct" pending "$ctid" | grep idmap)"
same 'and the range stays taken' 1000000 "$(range "$ctid")"
"$pct" stop "$ctid" && "$pct" start "$ctid"
same 'the next start has the shared one' 100000 "$(owner "$ctid")"
same 'with the files its root'"'"'s' 0:0 "$(inside stat -c %u:%g /etc)"
check 'set another while it runs' "$pct" set "$ctid" --idmap auto
same 'waits with its range' 1 "$(grep -c '^pending.idmap = u 0 1000000 65536;g 0 1000000 65536$' "$config")"
"$pct" stop "$ctid" && "$pct" start "$ctid"
same 'the next start has it' 1000000 "$(owner "$ctid")"
"$pct" stop "$ctid"
check 'set of lines' "$pct" set "$ctid" --idmap 'b 0 1100000 65536;u 70000 1200000 1'
same 'makes lines of them' 'u 0 1100000 65536
g 0 1100000 65536
u 70000 1200000 1' "$(sed -n 's/^lxc.idmap = //p' "$config")"
refuses 1 'one id less' 'the new map lacks ids .* nobody' "$pct" set "$ctid" --idmap auto
refuses 1 'ids of the host root' 'would be privileged' "$pct" set "$ctid" --idmap 'b 0 0 65536;b 70000 1200000 1'
refuses 2 'lines that overlap' 'overlap' "$pct" set "$ctid" --idmap 'b 0 1100000 70001;u 5 1 1'
refuses 2 'no map' 'idmap: .*is not u\|g INSIDE OUTSIDE COUNT' "$pct" set "$ctid" --idmap some
sed -i '/^pve.unprivileged/d' "$config"
refuses 1 'shared, where only the lines make it unprivileged' 'would be privileged' \
	"$pct" set "$ctid" --delete idmap
sed -i /idmap/d "$config"
refuses 1 'set of a privileged one' 'the container is privileged: .*; create it again' \
	"$pct" set "$ctid" --idmap auto
destroy "$ctid"
refuses 2 'create of a privileged one' 'a privileged container has no id map' \
	make --unprivileged 0 --idmap auto
refuses 2 'create with the host root' 'contains the host.s root' make --idmap 'b 0 0 65536'
refuses 1 'create with ids that were not delegated' \
	'are not delegated to root; add the line "root:9000000:65536" to /etc/subuid' \
	make --idmap 'b 0 9000000 65536'

# finds: what the doctor says of ids.
finds() {
	"$pct" doctor --output-format json | jq -r '.[] | select(.check == "idmap") | .level + ": " +
		.object + ": " + .text'
}
same 'nothing is wrong' '' "$(finds)"
delegated root:100000:65536 root:1000000:655360 nobody:1655000:1000
same 'a user who is delegated ids of root'"'"'s' "warning: /etc/subuid: delegates users 1655000-1655999 to nobody; they overlap 1000000-1655359, which root uses for containers: nobody can act as users of containers
warning: /etc/subgid: delegates groups 1655000-1655999 to nobody; they overlap 1000000-1655359, which root uses for containers: nobody can act as groups of containers" \
	"$(finds)"
delegated root:100000:65536 root:1000000:655360
mkdir -p "$PCT_ETC/nodes/other/lxc"
put() { printf 'lxc.idmap: u 0 %s\n' "$2" >"$PCT_ETC/nodes/other/lxc/$1.conf"; }
put 101 '1000000 65536' && put 102 '1000000 65536' && put 103 '1065535 2'
put 104 '100000 65536' && put 105 '100000 1000'
same 'two with the same ids' 'warning: container 102: its users 1000000-1065535 overlap 1000000-1065535 of container 101
warning: container 103: its users 1065535-1065536 overlap 1000000-1065535 of container 101' \
	"$(finds)"
rm "$PCT_ETC"/nodes/other/lxc/*
put 101 '99999 2'
same 'a part of what others share' 'warning: container 101: its users 99999-100000 overlap 100000-165535, which all containers without an own id map share' \
	"$(finds)"
echo 'joe:x:1000000:1000000::/:/bin/sh' >>/etc/passwd
put 101 '999999 10'
same 'ids of a user of the host' 'warning: /etc/subuid: delegates users 1000000-1655359 to root for containers, but 1000000 is joe on this host
warning: container 101: its users 999999-1000008 include 1000000, which is joe on this host' "$(finds)"
rm "$PCT_ETC"/nodes/other/lxc/*
new_ctid
check 'joe'"'"'s are given to nobody' make --idmap auto
same 'but the next' 1000001 "$(range "$ctid")"
destroy "$ctid"
finish
