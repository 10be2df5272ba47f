#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What systemd makes of the units, a real one: that of a Debian container, in which a stand-in for pct
# writes down how it was called.
. "$(dirname "$0")/../lib.sh"

template debian
new_ctid
check 'create' "$pct" create "$ctid" "$template"
check 'start' "$pct" start "$ctid"
check 'it boots' within 60 booted

# put FILE: standard input becomes that file inside.
put() { "$pct" exec "$ctid" -- sh -c "cat >$1 && chmod ${2:-644} $1"; }
for unit in pct@ pct-autostart pct-net-repair; do
	sed 's|@SBINDIR@|/usr/sbin|; s|@RUN@|/run|' "$top/systemd/$unit.service.in" |
		put "/etc/systemd/system/$unit.service"
done
put /usr/sbin/pct 755 <<'END'
#!/bin/sh
echo "$*" >>/asked
[ "$1" != start ] || { echo 'pct: container 101: does not start' >&2 && exit "$(cat /status)"; }
END
check 'the units are read' inside systemctl daemon-reload
asked() { inside cat /asked; }
shown() { inside systemctl show -P "$1" "$2"; }

# Not one that fails, and not a pct that crashes.
for status in 0 1 139; do
	echo $status | put /status
	inside rm -f /asked
	check "start --onboot ends with $status: the unit starts" inside systemctl start pct-autostart
	same 'is active' active "$(shown ActiveState pct-autostart)"
	same 'knows how that ended' $status "$(shown ExecMainStatus pct-autostart)"
	check 'and the journal says what pct said' \
		eval 'inside journalctl -q -u pct-autostart | grep -q "container 101: does not start"'
	check 'the host goes down' inside systemctl stop pct-autostart
	same 'so all are shut down' $'start --onboot\nshutdown --all' "$(asked)"
done

# pct takes as long as pve.startup says, which may be long, and kills what still runs then.
same 'a stop of all takes its time' infinity "$(shown TimeoutStopUSec pct-autostart)"

# A container's stop has a limit, which pct moves by what it asks for; here the limit is 2 s.
put /usr/sbin/pct 755 <<'END'
#!/bin/sh
echo "$1" >>/asked
case $1 in
start) setsid sleep 1000 & mkdir -p /run/pct/101 && echo $! >/run/pct/101/pid ;;
*)
	[ ! -e /asks ] || systemd-notify EXTEND_TIMEOUT_USEC=20000000
	sleep 6
	echo "killed $MAINPID" >>/asked
	kill "$MAINPID"
esac
END
inside mkdir -p /etc/systemd/system/pct@.service.d
printf '[Service]\nTimeoutStopSec=2s\n' | put /etc/systemd/system/pct@.service.d/limit.conf
inside systemctl daemon-reload
for asks in 1 ''; do
	inside rm -f /asked /asks
	[ ! "$asks" ] || inside touch /asks
	check 'the unit of a container starts' inside systemctl start pct@101
	same 'its monitor is the service' "$(inside cat /run/pct/101/pid)" "$(shown MainPID pct@101)"
	pid=$(shown MainPID pct@101)
	begin=$SECONDS
	check 'it is stopped' inside systemctl stop pct@101
	if [ "$asks" ]; then
		same 'pct got the time that it asked for' "start shutdown killed $pid" "$(asked | xargs)"
	else
		same 'without asking, systemd ended it' 'start shutdown' "$(asked | xargs)"
		check 'and went on' test $((SECONDS - begin)) -lt 6
	fi
done

# The repair follows a service that removes bridges or rules, and what the udev rule runs.
put /etc/systemd/system/nftables.service <<'END'
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'sleep 1; echo nftables >>/asked'
ExecReload=/bin/sh -c 'sleep 1; echo nftables >>/asked'
[Install]
WantedBy=multi-user.target
END
put /usr/sbin/pct 755 <<'END'
#!/bin/sh
echo "$*" >>/asked
exit 1
END
inside systemctl daemon-reload
check 'the repair is enabled' inside systemctl enable nftables pct-net-repair
# repairs WHAT COMMAND...: it is done after that of the service.
repairs() {
	local what=$1
	inside rm -f /asked
	inside systemctl "${@:2}"
	check "$what: repaired after it" within 10 eval '[ "$(asked | xargs)" = "nftables net --repair" ]'
	check "$what: the unit is active" within 5 inside systemctl is-active pct-net-repair
}
repairs 'a start' start nftables
repairs 'a restart' restart nftables
repairs 'a reload' reload nftables
repairs 'another reload, after a failure' reload nftables
inside rm -f /asked
rule=$(sed -n 's/.*ENV{DEVTYPE}=="bridge", RUN+="\(.*\)"$/\1/p' "$top/udev/90-pct.rules")
for _ in 1 2 3 4; do
	# shellcheck disable=SC2086
	inside $rule
done
check 'four bridges at once' within 10 eval '[ "$(asked | xargs)" = "net --repair" ]'
sleep 2
same 'are one repair' 'net --repair' "$(asked)"
finish
