#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Debian's PostgreSQL with its data on a mount point, which outlives its container.
. "$(dirname "$0")/../lib.sh"
debian_with debian-postgresql postgresql
template debian-postgresql
new_bridge
data=/var/lib/postgresql

sql() { "$pct" exec "$ctid" -- runuser -u postgres -- env -C / psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }
# A table of 10,000 rows; then its number of rows, and a sum of their texts.
digest() { sql -c "select count(*), md5(string_agg(text, ' ' order by id)) from customer" </dev/null; }
serves() { sql -c 'select 1' </dev/null >/dev/null 2>&1; }

for unprivileged in 1 0; do
	kind="unprivileged=$unprivileged"
	new_ctid
	net0="name=eth0,bridge=$bridge,ip=$net.20/24"
	new() {
		"$pct" create "$ctid" "$template" --hostname db --unprivileged $unprivileged --memory 256 \
			--rootfs local:2 --net0 "$net0" --mp0 "$1,mp=$data,backup=1"
	}
	check "$kind: create with a new volume" new local:0.5
	check "$kind: start" "$pct" start "$ctid"
	check "$kind: PostgreSQL serves" within 120 serves
	volume=$("$pct" config "$ctid" | sed -n 's/^mp0: \([^,]*\),.*/\1/p')
	same "$kind: its data are on the volume" $data "$(inside findmnt -n -o TARGET -T "$data/15/main")"
	check "$kind: a table" sql -c "create table customer (id int primary key, text text);
		insert into customer select n, md5(n::text) from generate_series(1, 10000) n"
	before=$(digest)
	same "$kind: its rows" 10000 "${before%|*}"
	owner=$(inside stat -c '%U %a' $data/15/main)
	check "$kind: shutdown" "$pct" shutdown "$ctid" --timeout 60
	check "$kind: destroy, without the volume" "$pct" destroy "$ctid" --keep-volumes
	same "$kind: which it names" "pct: warning: container $ctid: mp0: the volume $volume stays" "$(cat "$work/out")"

	check "$kind: a new container takes the volume" new "$volume"
	check "$kind: start of the new one" "$pct" start "$ctid"
	check "$kind: PostgreSQL serves again" within 120 serves
	same "$kind: the same rows" "$before" "$(digest)"
	same "$kind: the same owner" "$owner" "$(inside stat -c '%U %a' $data/15/main)"
	check "$kind: it writes" sql -c "insert into customer values (0, 'new')"
	check "$kind: stop" "$pct" stop "$ctid"
	check "$kind: destroy with the volume" "$pct" destroy "$ctid"
	same "$kind: nothing is left" '' "$(files_of "$ctid")$(leftovers "$ctid")"
done
finish
