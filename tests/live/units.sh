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
for unit in pct@ pct-autostart; do
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

# pct waits as long as pve.startup says, which may be long, and kills what still runs then.
for unit in pct@101 pct-autostart; do
	same "$unit: a stop takes its time" infinity "$(shown TimeoutStopUSec $unit)"
done
finish
