#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A folder of the host that an unprivileged container shares with one user of the host, by owner=UID:GID.
. "$(dirname "$0")/../lib.sh"
template busybox
share="$work/media"
mkdir "$share" && chmod 0755 "$work" "$share"
echo film >"$share/film" && chmod 0600 "$share/film"
chown -R 1000:1000 "$share"
echo secret >"$share/of-root" && chmod 0600 "$share/of-root"
cp /bin/busybox "$share/tool" && chown 1000:1000 "$share/tool"
id_of() { stat -c '%u:%g %a' "$share/$1" 2>&1; }
before=$(cd "$share" && stat -c '%n %u:%g %a' .  of-root film)

new_ctid
check 'create says how to share a folder' "$pct" create "$ctid" "$template" --memory 64 --swap 0 \
	--mp0 "$share,mp=/plain"
same 'with the ids of its owner' 1 "$(grep -c 'mp0: .*add owner=1000:1000 to mp0$' "$work/out")"
check 'set with owner' "$pct" set "$ctid" --mp1 "$share,mp=/media,owner=1000:1000"
same 'has nothing to say' '' "$(cat "$work/out")"
same 'config shows it' "mp1: $share,mp=/media,owner=1000:1000" "$("$pct" config "$ctid" | grep ^mp1)"
check 'start' "$pct" start "$ctid"

# as USER COMMAND: in a shell of the container.
as() { "$pct" exec "$ctid" --user "$1" -- sh -c "$2" 2>&1; }
same 'the files belong to the container'\''s user' '1000:1000' "$(as root 'stat -c %u:%g /media/film')"
same 'without owner, to nobody' '65534:65534' "$(as root 'stat -c %u:%g /plain/film')"
same 'the user reads a file of its own' film "$(as 1000 'cat /media/film')"
same 'and not where it has no owner' 1 "$(as 1000 'cat /plain/film' | grep -c 'Permission denied')"
check 'and writes' "$pct" exec "$ctid" --user 1000 -- sh -c 'echo new >/media/new && echo more >>/media/film && mkdir /media/sub'
same 'as the user of the host' '1000:1000 644
1000:1000 755' "$(id_of new; id_of sub)"
same 'root of the container cannot read a file of the host'\''s root' 1 \
	"$(as root 'cat /media/of-root' | grep -c 'Permission denied')"
same 'which belongs to nobody' '65534:65534' "$(as root 'stat -c %u:%g /media/of-root')"
same 'nor change it' 3 "$(as root 'chmod 0644 /media/of-root; chown 0:0 /media/of-root; echo x >/media/of-root' |
	grep -c 'Permission denied\|not permitted\|Value too large')"
# It can act as each of its users, but files that it makes are of its own ids on the host.
as root 'cp /media/tool /media/by-root && chmod 6755 /media/by-root'
same 'root of the container is not root of the host' '100000:100000 6755' "$(id_of by-root)"

# A setuid program of the container's user is one of the host's user 1000, and of nobody else.
check 'the user makes a setuid file' "$pct" exec "$ctid" --user 1000 -- chmod 6755 /media/tool
same 'it is of the host'\''s user' '1000:1000 6755' "$(id_of tool)"
same 'no such file is of the host'\''s root' '' "$(find "$share" '(' -user 0 -o -group 0 ')' -perm /6000)"
same 'nothing was given away' "$before" "$(cd "$share" && stat -c '%n %u:%g %a' . of-root film)"
check 'doctor has nothing to say of mp1' eval "! '$pct' doctor | grep -q 'mp1'"

refuses 2 'root is not shared' 'owner is not UID:GID, both above 0' "$pct" set "$ctid" --mp2 "$share,mp=/x,owner=0:0"
check 'stop' "$pct" stop "$ctid"
same 'nothing stays mounted' '' "$(grep -F "$share" /proc/self/mountinfo)"
finish
