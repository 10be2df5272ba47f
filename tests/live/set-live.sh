#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pct set on a running container: what changes there and then, what waits for the next start, and
# what fails and is undone.
. "$(dirname "$0")/../lib.sh"
new_bridge

# sets EFFECT OPTION...: it says this, and nothing else.
sets() {
	local effect=$1
	shift
	same "set $*" "$effect" "$("$pct" set "$ctid" "$@" 2>&1)"
}
# What a file of the container's cgroup holds.
cgroup() { cat /sys/fs/cgroup/*/"lxc.payload.$ctid/$1" 2>/dev/null | head -n 1; }
current() { "$pct" config "$ctid" --current; }
pending() { "$pct" pending "$ctid" | grep -v '^cur '; }
config_text() { cat "$PCT_ETC/lxc/$ctid/config"; }

new_ct busybox --memory 128 --swap 64 >/dev/null 2>&1
check 'start' "$pct" start "$ctid"
init=$(init_pid "$ctid")

# ---- limits ----
if [ ! -e /sys/fs/cgroup/cgroup.controllers ]; then
	memory=memory.limit_in_bytes memsw=memory.memsw.limit_in_bytes
	for values in '256 64' '64 32' '64 512' '512 0' '32 600' '128 64'; do
		"$pct" set "$ctid" --memory "${values% *}" --swap "${values#* }" >/dev/null
		same "memory is ${values% *}" $((${values% *} << 20)) "$(cgroup $memory)"
		same "and swap ${values#* }" $(((${values% *} + ${values#* }) << 20)) "$(cgroup $memsw)"
	done
	sets 'in effect: memory swap' --memory 0
	same 'no memory limit' 9223372036854771712 "$(cgroup $memory)"
	sets 'in effect: memory swap' --memory 128 --swap 64
	same 'and one again' $((128 << 20)) "$(cgroup $memory)"
	sets 'in effect: swap' --delete swap
	same 'no limit to swap' 9223372036854771712 "$(cgroup $memsw)"
	sets 'in effect: swap' --swap 64

	sets 'in effect: cores cpulimit cpuunits' --cpulimit 0.5 --cpuunits 512 --cores 1
	same 'cpulimit' 50000 "$(cgroup cpu.cfs_quota_us)"
	same 'cpuunits' 512 "$(cgroup cpu.shares)"
	same 'cores' 1 "$(inside nproc)"
	sets 'in effect: cores cpulimit cpuunits' --delete cpulimit,cpuunits,cores
	same 'no cpulimit' -1 "$(cgroup cpu.cfs_quota_us)"
	same 'cpuunits as at first' 1024 "$(cgroup cpu.shares)"
	same 'all cores' "$(nproc)" "$(inside nproc)"

	# The last limit is refused: a group inside has the CPU that is to go.
	group=$(echo /sys/fs/cgroup/*cpuset*/"lxc.payload.$ctid")
	mkdir "$group/inside" && cat "$group/cpuset.cpus" >"$group/inside/cpuset.cpus"
	before=$(config_text)
	refuses 1 'a limit that the kernel refuses' \
		'limits: cpuset.cpus: cannot set it in the cgroup: .*; nothing was changed' \
		"$pct" set "$ctid" --hostname web9 --memory 256 --cpulimit 0.5 --cores 1
	same 'the config is as it was' "$before" "$(config_text)"
	same 'memory is as it was' $((128 << 20)) "$(cgroup $memory)"
	same 'memory and swap are as they were' $((192 << 20)) "$(cgroup $memsw)"
	same 'cpulimit is as it was' -1 "$(cgroup cpu.cfs_quota_us)"
	same 'the name is as it was' web1 "$(inside hostname)"
	rmdir "$group/inside"

	# Memory that cannot be taken back.
	inside sh -c 'mkdir -p /mem && mount -t tmpfs none /mem && dd if=/dev/zero of=/mem/x bs=1M count=60'
	refuses 1 'a memory limit below what is in use' \
		'limits: memory.limit_in_bytes: .*; nothing was changed' \
		"$pct" set "$ctid" --memory 32 --swap 0
	same 'memory is still as it was' $((128 << 20)) "$(cgroup $memory)"
	inside umount /mem
else
	skip 'limits' 'those of cgroup v2 are in vm/guest/limits'
fi

# ---- names ----
sets 'in effect: hostname' --hostname web2.example.org
same 'the kernel has the name' web2.example.org "$(inside hostname)"
same 'and /etc/hostname' web2 "$(inside cat /etc/hostname)"
same 'and /etc/hosts' "$net.20 web2.example.org web2" "$(inside grep web2 /etc/hosts)"
sets 'in effect: hostname' --hostname web1
same 'the kernel has the old name' web1 "$(inside hostname)"
same 'and the files' web1 "$(inside cat /etc/hostname)"
sets 'in effect: nameserver searchdomain' --nameserver 192.0.2.53,192.0.2.54 --searchdomain a.example
same 'name servers' '192.0.2.53 192.0.2.54' \
	"$(inside awk '/^nameserver/ { print $2 }' /etc/resolv.conf | paste -sd ' ')"
same 'search domain' 'search a.example' "$(inside grep '^search' /etc/resolv.conf)"
sets 'in effect: nameserver searchdomain' --delete nameserver,searchdomain
same 'not those name servers any more' '' "$(inside grep 192.0.2.5 /etc/resolv.conf)"

# ---- what waits ----
sets 'pending until the next start: features tty' --features nesting=1 --tty 1 --description note
same 'it is listed' $'new features: nesting=1\nnew tty: 1' "$(pending)"
same 'a note does not wait' 'description: note' "$(current | grep '^desc')"
same 'in JSON' '{"key":"tty","pending":"1"}' \
	"$("$pct" pending "$ctid" --output-format json | jq -c '.[] | select(.key == "tty")')"
same 'pct config has it' 'tty: 1' "$("$pct" config "$ctid" | grep '^tty')"
same 'but not as current' '' "$(current | grep '^tty')"
sets 'in effect: hostname' --hostname web3
same 'another change leaves it' 2 "$(pending | wc -l)"
sets '' --revert tty
same 'one is taken back' 'new features: nesting=1' "$(pending)"
refuses 1 'what does not wait' 'tty: has no pending change' "$pct" set "$ctid" --revert tty
sets '' --features nesting=0
same 'what is as it was does not wait' '' "$(pending)"
sets 'pending until the next start: tty' --tty 1
same 'init is the same all the time' "$init" "$(init_pid "$ctid")"

check 'reboot from inside' inside reboot
check 'comes back' within 40 rebooted "$init"
same 'nothing waits any more' '' "$(pending)"
same 'it is in effect' 'tty: 1' "$(current | grep '^tty')"
same 'the other name is, too' web3 "$(inside hostname)"

sets 'pending until the next start: tty' --delete tty
check 'stop' "$pct" stop "$ctid"
same 'it waits while nothing runs' 'del tty: 1' "$(pending)"
check 'lxc-start' lxc-start -P "$PCT_LIB" -n "$ctid"
check 'runs' within 10 runs "$ctid"
same 'nothing waits after lxc-start' '' "$(pending)"
same 'two terminals again' 2 "$(lxc-info -P "$PCT_LIB" -n "$ctid" -c lxc.tty.max | sed 's/.* //')"
sets 'in effect: hostname' --hostname web4
to_full() { "$@" >/dev/full; }
full='standard output: cannot write: No space left on device'
refuses 1 'a change that it cannot tell of' "$full" to_full "$pct" set "$ctid" --hostname web5
same 'is made all the same' 'hostname: web5' "$(current | grep '^hostname')"
refuses 1 'addresses that cannot be written' "$full" to_full "$pct" list --full
refuses 1 'networks that cannot be written' "$full" to_full "$pct" net "$ctid"

# ---- an edit of the file while it runs ----
config=$PCT_ETC/lxc/$ctid/config
sed -i 's/^lxc.utsname = .*/lxc.utsname = byhand/' "$config"
sed -i 's/^lxc.utsname/lxc.tty = 1\n&/; $apve.onboot = 1' "$config"
same 'what runs is current, and the file is pending' \
	$'cur hostname: web5\nnew hostname: byhand\ncur onboot: 1\nnew tty: 1' \
	"$("$pct" pending "$ctid" | grep -E ' (hostname|onboot|tty):')"
same 'config --current shows the same' $'hostname: web5\nonboot: 1' \
	"$(current | grep -E '^(hostname|onboot|tty):')"
same 'config shows the file' $'hostname: byhand\nonboot: 1\ntty: 1' \
	"$("$pct" config "$ctid" | grep -E '^(hostname|onboot|tty):')"
same 'in JSON' '{"key":"hostname","value":"web5","pending":"byhand"}' \
	"$("$pct" pending "$ctid" --output-format json | jq -c '.[] | select(.key == "hostname")')"
sets 'in effect: cpuunits' --cpuunits 500
same 'another change leaves the edit' 'new hostname: byhand' "$(pending | grep hostname)"
same 'and is current' 'cur cpuunits: 500' "$("$pct" pending "$ctid" | grep cpuunits)"
sets 'in effect: hostname' --hostname byhand
same 'set makes the edit take effect' byhand "$(inside hostname)"
same 'which is not pending any more' 'new tty: 1' "$(pending)"
sets '' --revert tty
same 'an edit is taken back' '' "$(pending; grep lxc.tty "$config")"
refuses 1 'once' 'tty: has no pending change' "$pct" set "$ctid" --revert tty
echo 'pve.features = nesting=1' >>"$config"
sets 'pending until the next start: features' --features nesting=1
same 'set says of an edit that waits that it waits' 'new features: nesting=1' "$(pending)"
sets '' --revert features
check 'stop again' "$pct" stop "$ctid"
sets '' --tty 3
same 'of a stopped one all is in effect' 'tty: 3' "$(current | grep '^tty')"
echo 'pending.tty = 99' >>"$PCT_ETC/lxc/$ctid/config"
refuses 1 'a bad value is told at the start' \
	"config:[0-9]+: pending: tty: .*; run \"pct set $ctid --revert tty\" to drop the change" \
	"$pct" start "$ctid"
sets '' --revert tty
check 'start once more' "$pct" start "$ctid"
check 'stop once more' "$pct" stop "$ctid"
same 'leaves nothing' '' "$(leftovers "$ctid")"
finish
