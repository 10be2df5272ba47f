#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Containers start in the order of pve.startup and stop in the reverse, with systemd and without; a
# start that systemd does says why it failed, as any other.  A stand-in for systemctl does what the
# unit says; tests/vm has the real one.
. "$(dirname "$0")/../lib.sh"
new_bridge

# systemctl start pct@CTID.service
mkdir -p "$work/sbin" "$PCT_RUN/systemd"
sed "s|@SBINDIR@|$stage|; s|@RUN@|$PCT_RUN|" "$top/systemd/pct@.service.in" >"$work/unit"
cat >"$work/sbin/systemctl" <<END
#!/bin/bash
export PCT_ETC=$PCT_ETC PCT_LIB=$PCT_LIB PCT_VZ=$PCT_VZ PCT_RUN=$PCT_RUN
id=\${2#pct@} id=\${id%.service}
value() { sed -n "s/^\$1=//p" $work/unit | sed "s/%i/\$id/g"; }
echo "\$*" >>$work/asked
[ ! -e $work/broken ] || { echo 'Unit is masked.' >&2 && exit 1; }
if ! \$(value ExecStart) >>$work/journal 2>&1; then
	echo "Job for pct@\$id.service failed because the control process exited with error code." >&2
	echo "See \"systemctl status pct@\$id.service\" and \"journalctl -xeu pct@\$id.service\"." >&2
	exit 1
fi
cp "\$(value PIDFile)" $work/main-pid.\$id
echo "started \$id" >>$work/asked
END
chmod +x "$work/sbin/systemctl"

# pct as on a host whose systemctl is that one: programs are looked for there first.
on_host() {
	# shellcheck disable=SC2016
	unshare --mount sh -c 'mount --bind "$1" /usr/local/sbin && shift && exec "$@"' \
		sh "$work/sbin" "$pct" "$@"
}

template busybox
cts=()
add() {
	new_ctid
	cts+=("$ctid")
	"$pct" create "$ctid" "$template" --hostname "$1" --net0 "name=eth0,bridge=$bridge" \
		"${@:2}" >/dev/null 2>&1
}
add second --onboot 1 --startup order=2
add first-a --onboot 1 --startup order=1,up=1
add first-b --onboot 1 --startup order=1
add last --onboot 1
add no
second=${cts[0]} first_a=${cts[1]} first_b=${cts[2]} last=${cts[3]} no=${cts[4]}

running() { for id in "${cts[@]}"; do runs "$id" && echo "$id"; done; }
# The order in which the plans, which go last of a stop, were removed.
stopped_in_order() {
	local a b=0
	for id; do
		a=$b b=$(stat -c %.9Y "$PCT_RUN/pct/$id")
		[ "$(printf '%s\n' "$a" "$b" | sort -n | head -n 1)" = "$a" ] || return 1
	done
}
onboot=$(printf '%s\n' "$second" "$first_a" "$first_b" "$last")

for systemd in '' ' with systemd'; do
	if [ "$systemd" ]; then
		mkdir "$PCT_RUN/systemd/system"
		refuses 1 'no unit is installed: as without systemd' 'no container 999' on_host start 999
		same 'nothing asked of systemd' '' "$(cat "$work/asked" 2>/dev/null)"
		cp "$work/unit" "$PCT_RUN/systemd/system/pct@.service"
	fi
	check "start all$systemd" on_host start --onboot
	same "those that are to run do$systemd" "$onboot" "$(running)"
	check "start them again$systemd" on_host start --onboot
	if [ "$systemd" ]; then
		# Within an order they come as they come.
		same 'in their order' "$(printf 'started %s\n' "$first_a" "$first_b" | sort)
started $second
started $last" "$(grep ^started "$work/asked" | head -n 2 | sort && grep ^started "$work/asked" | tail -n +3)"
		same 'each is asked for once' 4 "$(grep -c '^start ' "$work/asked")"
		same 'the main process is the monitor' "$(monitor_pid "$last")" \
			"$(cat "$work/main-pid.$last")"
		check 'a stop that comes after the end does nothing' \
			env -u MAINPID "$pct" shutdown --from-unit "$last"
		check 'it still runs' runs "$last"
		python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.settimeout(120)
s.bind(sys.argv[1])
print(s.recv(100).decode(), flush=True)' "$work/notify" >"$work/notified" &
		within 5 test -S "$work/notify"
		check 'stop of a unit' env "MAINPID=$(monitor_pid "$last")" "NOTIFY_SOCKET=$work/notify" \
			"$pct" shutdown --from-unit "$last"
		check 'it has stopped' stopped "$last"
		# 60 s to go down, and 120 s to be killed.
		same 'systemd is asked for its time' EXTEND_TIMEOUT_USEC=180000000 "$(cat "$work/notified")"
		check 'start one' on_host start "$last"
		check 'it runs' runs "$last"
		refuses 1 'start what runs' 'is already running' on_host start "$last"
	fi
	check "shut all down$systemd" on_host shutdown --all
	same "none runs$systemd" '' "$(running)"
	check "in the reverse order$systemd" stopped_in_order "$last" "$second" "$first_a"
	check "shut down what does not run$systemd" on_host shutdown --all
	same "leaves nothing$systemd" '' "$(leftovers "${cts[@]}")"
	same "no pid file$systemd" '' "$(find "$PCT_RUN/pct" -name pid)"
done

sed -i 's/^pve.network.bridge = .*/pve.network.bridge = none0/' "$PCT_ETC/lxc/$second/config"
refuses 1 'the cause of a failure gets through' 'bridge none0|none0' on_host start "$second"
echo 'pve.lock = backup' >>"$PCT_ETC/lxc/$no/config"
refuses 1 'a lock is told' 'is locked' on_host start "$no"
refuses 1 'one that fails does not keep the others' none0 on_host start --onboot
same 'they run' "$(printf '%s\n' "$first_a" "$first_b" "$last")" "$(running)"
check 'shut all down' on_host shutdown --all
touch "$work/broken"
refuses 1 'a unit that does not start' 'systemd could not start it' on_host start "$last"
for wrong in 'start' "start --onboot $no" 'shutdown' "shutdown --all $no"; do
	# shellcheck disable=SC2086
	refuses 2 "wrong use: $wrong" 'give either' "$pct" $wrong
done
finish
