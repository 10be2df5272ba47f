#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A line that liblxc refuses, written by hand: it does not get as far as the config of a container
# that runs; that can be stopped in any case.
. "$(dirname "$0")/../lib.sh"
new_bridge
new_ct busybox
config=$PCT_ETC/lxc/$ctid/config lowered=$PCT_LIB/$ctid/config
refusal='lxc.foo = 1: liblxc .* refuses it: .*lxc.foo.*; change it in .*/config'
# with_foo FILE COMMAND...: while the line is in it.
with_foo() {
	echo 'lxc.foo = 1' >>"$1"
	"${@:2}"
	sed -i '/lxc.foo/d' "$1"
}
goes_down() { "$pct" "$@" && "$pct" status "$ctid" | grep -qx 'status: stopped'; }
start() { "$pct" start "$ctid" || not_ok start </dev/null; }

case $(lxc-start --version) in
5.*)
	refuses 1 'create with an architecture that liblxc does not know' 'lxc.arch = loong64: liblxc' \
		"$pct" create $((ctid + 1)) "$template" --arch loong64
	;;
esac
refuses 2 'create with swap and no memory limit' 'swap: .*; also give --memory' \
	"$pct" create $((ctid + 1)) "$template" --memory 0 --swap 512
same 'nothing is made' '' "$(files_of $((ctid + 1)))"

start
before=$(cat "$lowered")
with_foo "$config" refuses 1 'set of another key' "$refusal" "$pct" set "$ctid" --onboot 1
same 'the runtime config stays' "$before" "$(cat "$lowered")"
with_foo "$lowered" check 'exec' "$pct" exec "$ctid" -- true
with_foo "$lowered" check 'stop' goes_down stop "$ctid"
start
with_foo "$lowered" check 'shutdown' goes_down shutdown "$ctid" --timeout 20
start
echo 'pve.lock = backup' >>"$config"
refuses 1 'a reboot that could not start it again' 'the container is locked' "$pct" reboot "$ctid"
sed -i /pve.lock/d "$config"
check 'it still runs' grep -q running <("$pct" status "$ctid")
with_foo "$config" refuses 1 'nor with such a line' "$refusal" "$pct" reboot "$ctid"
check 'it still runs' grep -q running <("$pct" status "$ctid")

init=$("$pct" status "$ctid" --verbose | sed -n 's/^pid: //p')
kill -STOP "$init"
refuses 1 'no time to go down' 'did not shut down within 0 s' "$pct" shutdown "$ctid" --timeout 0
check 'or it is killed' goes_down shutdown "$ctid" --timeout 0 --forceStop 1

echo 'pending.cpuunits = 500' >>"$config"
with_foo "$config" refuses 1 'a start with a pending change, of a config that liblxc refuses' "$refusal" \
	"$pct" start "$ctid"
check 'the change stays pending' grep -qx 'pending.cpuunits = 500' "$config"
sed -i '/pending.cpuunits/d' "$config"

# An earlier cause, and a start that does not come as far as the hooks.
mkdir -p "$PCT_RUN/pct/$ctid/guest"
start
"$pct" exec "$ctid" -- mv /sbin/init /sbin/init.away
"$pct" stop "$ctid"
refuses 1 'a start without init' '/sbin/init' "$pct" start "$ctid"
with_foo "$config" refuses 1 'then one that liblxc refuses' "$refusal" "$pct" start "$ctid"
destroy "$ctid"
same 'nothing is left' '' "$(leftovers "$ctid" && files_of "$ctid")"
finish
