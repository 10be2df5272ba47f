#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pct push and pull: contents, owner, mode, folders, of running and stopped containers.
. "$(dirname "$0")/../lib.sh"
new_bridge
mine=$work/mine
mkdir "$mine"
cd "$mine" || exit 1
umask 022

# A folder with all kinds of entries.
mkdir -p tree/sub/deep tree/empty
echo one >tree/one
echo 'of root' >tree/sub/secret
chmod 600 tree/sub/secret
chmod 4755 tree/one
chmod 750 tree/sub
ln -s /etc/shadow tree/link
ln -s nowhere tree/sub/dangling
truncate -s 3M tree/sub/deep/holes
printf end | dd of=tree/sub/deep/holes bs=1M seek=2 conv=notrunc status=none
: >'tree/a name -n'
shape() { (cd "$1" && find . ! -type l -printf '%P %y %m\n' -o -printf '%P %y %l\n' | sort); }
contents() { (cd "$1" && find . -type f -exec md5sum {} + | sort -k 2); }
head -c 3000000 /dev/urandom >large

# pushes WHAT ARGUMENT...: without a word.
quiet() {
	local what=$1
	shift
	same "$kind: $what" '0 ' "$("$pct" "$@" >"$work/said" 2>&1 </dev/null; echo "$? $(cat "$work/said")")"
}
fails() { refuses "$1" "$kind: $2" "$3" "$pct" "${@:4}"; }
none() { [ -z "$(inside ls /root/slow 2>/dev/null)$(temps)" ]; }
temps() { inside find / -xdev -name '.pct-*'; find "$mine" -name '.pct-*'; }
ls_inside() { inside stat -c '%u:%g %a' "$1"; }

# Interrupted, and killed, while it waits for standard input.
interrupted() {
	local signal status
	for signal in TERM KILL; do
		(sleep 3; echo end) | "$pct" push "$ctid" - /root/slow >"$work/said" 2>&1 &
		sleep 1
		kill -$signal $!
		wait $! 2>/dev/null
		status=$?
		same "$kind: ended by SIG$signal" "$([ $signal = TERM ] && echo 1 || echo 137)" $status
	done
}

# Also of a stopped container.
both_ways() {
	echo hello >a
	quiet 'push' push "$ctid" a /root/a
	quiet 'pull' pull "$ctid" /root/a b
	same "$kind: the same comes back" hello "$(cat b)"
	quiet 'a large file' push "$ctid" large /root/large
	quiet 'back again' pull "$ctid" /root/large large.back
	check "$kind: it is the same" cmp large large.back
	quiet 'a folder' push "$ctid" tree /root/tree
	quiet 'and back' pull "$ctid" /root/tree tree.back
	same "$kind: the same entries, without setuid" "$(shape tree | sed 's/ f 4755$/ f 755/')" "$(shape tree.back)"
	same "$kind: the same contents" "$(contents tree)" "$(contents tree.back)"
	same "$kind: holes stay holes" yes "$([ "$(stat -c %b tree.back/sub/deep/holes)" -lt 4096 ] && echo yes)"
	same "$kind: all is the caller's" "$(id -u):$(id -g)" "$(find tree.back -printf '%U:%G\n' | sort -u)"
	quiet 'an owner by number and a mode' push "$ctid" a /root/owned --user 4033 --group 4034 --perms 0640
	quiet 'an owner by name' push "$ctid" a /root/named --user wwwrun --group logs
	quiet 'a folder with an owner' push "$ctid" tree/sub /root/sub --user wwwrun
	quiet 'pull with an owner and a mode' pull "$ctid" /root/a c --user 33 --group daemon --perms 600
	same "$kind: which it has" '33:1 600' "$(stat -c '%u:%g %a' c)"
	same "$kind: from standard input" '0 piped' "$(echo piped | "$pct" push "$ctid" - /root/piped 2>&1; echo "$?$(
		"$pct" pull "$ctid" /root/piped - | sed 's/^/ /')")"
	same "$kind: holes become zeros on standard output" "$(md5sum <tree/sub/deep/holes)" \
		"$("$pct" pull "$ctid" /root/tree/sub/deep/holes - | md5sum)"
	same "$kind: to a file, too" "$(md5sum <tree/sub/deep/holes)" \
		"$("$pct" pull "$ctid" /root/tree/sub/deep/holes - >d; md5sum <d)"
	quiet 'a relative path is one from the root' pull "$ctid" root/a d

	fails 1 'a missing source' 'nix: cannot open: No such file' push "$ctid" nix /root/nix
	fails 1 'a missing parent' "container $ctid: /root/nix/: this folder does not exist; make the folder first" \
		push "$ctid" a /root/nix/a
	fails 1 'a target that is a folder' "container $ctid: /root: is a folder; add the name of the file" push "$ctid" a /root
	fails 1 'a folder over a folder' "container $ctid: /root/tree: exists already; .* remove /root/tree" \
		push "$ctid" tree /root/tree
	fails 1 'a folder over a file' "/root/a: exists already" push "$ctid" tree /root/a
	fails 1 'an unknown user' "container $ctid: frobnicate: there is no such user in the container" \
		push "$ctid" a /root/e --user frobnicate
	fails 1 'an unknown group' "container $ctid: frobnicate: there is no such group in the container" \
		push "$ctid" a /root/e --group frobnicate
	fails 1 'modes of a folder' 'leave out --perms' push "$ctid" tree /root/e --perms 600
	fails 1 'a device as source' 'is a device; name a regular file' push "$ctid" /dev/null /root/e
	fails 1 'pull of a missing file' "container $ctid: /nix: cannot open: No such file" pull "$ctid" /nix e
	fails 1 'pull into a missing folder' 'nix/: this folder does not exist' pull "$ctid" /root/a nix/e
	fails 1 'pull over a folder' 'tree: is a folder' pull "$ctid" /root/a tree
	fails 1 'pull of a folder over a folder' 'tree: exists already' pull "$ctid" /root/tree tree
	fails 1 'pull of a folder to standard output' '/root/tree: is a folder' pull "$ctid" /root/tree -
	fails 1 'pull for an unknown user' 'frobnicate: there is no such user on this host' \
		pull "$ctid" /root/a e --user frobnicate
	fails 2 'wrong use: a mode' 'not an octal mode' push "$ctid" a /root/e --perms 8
	fails 2 'wrong use: a user' 'not a name or a number' push "$ctid" a /root/e --user ''
	same "$kind: nothing came of those" '' "$(ls e nix 2>/dev/null)"
	interrupted
	rm -rf b c d large.back tree.back
	local shown
	shown=$(script -qec "(sleep 1.5; cat large) | $pct push $ctid - /root/shown" /dev/null </dev/null)
	same "$kind: a terminal shows how far it is" 'pct: copying: 0 MiB' "$(grep -o 'pct: copying: [0-9]* MiB' <<<"$shown" | head -n 1)"
}

look_inside() {
	same "$kind: a new file" '0:0 644' "$(ls_inside /root/a)"
	same "$kind: an owner by number, and a mode" '4033:4034 640' "$(ls_inside /root/owned)"
	same "$kind: an owner by name" '4033:4040 644' "$(ls_inside /root/named)"
	same "$kind: of a folder" "$(printf '4033:0\n')" "$(inside find /root/sub -exec stat -c %u:%g {} + | sort -u)"
	check "$kind: nothing is left halfway" within 5 none
	[ "$(temps)" = '' ] || temps | sed 's/^/# /'
	inside rm -rf /root/a /root/owned /root/named /root/sub /root/tree /root/large /root/piped
}

running_only() {
	inside sh -c 'echo old >/root/kept; chown 4033:4034 /root/kept; chmod 604 /root/kept; ln -s kept /root/link
		ln -s /root/chain /chain; ln -s ../root/link /root/chain; mkfifo /root/fifo /tmp/fifo; mkdir -p /data/in /tmpfs; mount -t tmpfs none /tmpfs
		ln -s /etc/passwd /data/passwd; mkfifo /data/in/fifo; echo x >/data/x'
	quiet 'a file is replaced' push "$ctid" a /root/kept
	same "$kind: and keeps its owner and mode" '4033:4034 604 hello' "$(ls_inside /root/kept) $(inside cat /root/kept)"
	quiet 'by links' push "$ctid" large /chain --perms 600
	same "$kind: which stay" 'kept 4033:4034 600' "$(inside readlink /root/link) $(ls_inside /root/kept)"
	fails 1 'a FIFO as target' "/root/fifo: is a FIFO; name a regular file" push "$ctid" a /root/fifo
	fails 1 'a FIFO as source' "/root/fifo: is a FIFO; name a regular file" pull "$ctid" /root/fifo e
	refuses 0 "$kind: a folder with a FIFO" "in/fifo: skipped: it is a FIFO" "$pct" pull "$ctid" /data data
	same "$kind: the rest has come, links as links" 'in passwd x -> /etc/passwd' \
		"$(printf '%s ' data/* | sed 's|data/||g')-> $(readlink data/passwd)"
	quiet 'into a tmpfs' push "$ctid" a /tmpfs/a
	same "$kind: is there" hello "$(inside cat /tmpfs/a)"
	quiet 'out of /proc' pull "$ctid" /proc/self/mounts e
	check "$kind: has contents" grep -q ' / ' e
	inside sh -c 'mkdir -p /above/in && mount -t tmpfs none /above/in && echo x >/above/x'
	refuses 0 "$kind: other mounts are skipped" "$ctid: in: skipped: it is on another mount" "$pct" pull "$ctid" /above/ e2
	same "$kind: the rest comes" x "$(ls -A e2)"
	inside umount /above/in
	rm -rf data e e2
	echo old >b
	chmod 640 b
	chown 33:33 b
	ln -s b b.link
	quiet 'pull over a link' pull "$ctid" /root/a b.link
	same "$kind: its file is replaced, with owner and mode" '33:33 640 hello b' \
		"$(stat -c '%u:%g %a' b) $(cat b) $(readlink b.link)"
	rm b b.link
	lxc-freeze -P "$PCT_LIB" -n "$ctid"
	fails 1 'frozen' "container $ctid: is frozen; lxc-unfreeze" push "$ctid" a /root/frozen
	lxc-unfreeze -P "$PCT_LIB" -n "$ctid"
	inside sh -c 'rm -rf /root/kept /root/link /chain /root/chain /root/fifo /data /root/a /above; umount /tmpfs'

	# A small file system, and an interrupt.
	inside sh -c 'mkdir -p /small && mount -t tmpfs -o size=1m none /small'
	fails 1 'no space' "container $ctid: .*: cannot write: No space left" push "$ctid" large /small/large
	fails 1 'no space for a folder' 'cannot (write|make).*: No space left' push "$ctid" /usr/share/zoneinfo /small/zones
	same "$kind: nothing stays there" '' "$(inside ls -A /small)"
	inside umount /small
}

kinds() {
	kind=$1
	shift
	new_ct "$@" >/dev/null 2>&1
	check "$kind: start" "$pct" start "$ctid"
	"$pct" exec "$ctid" -- sh -c 'echo wwwrun:x:4033:4034:Web:/:/bin/sh >>/etc/passwd; echo logs:x:4040: >>/etc/group' </dev/null
	both_ways
	look_inside
	quiet 'a file' push "$ctid" a /root/a
	running_only
	"$pct" stop "$ctid"
	kind="$kind, stopped"
	both_ways
	"$pct" start "$ctid" >/dev/null 2>&1
	look_inside
	destroy "$ctid"
	same "$kind: nothing is left" '' "$(leftovers "$ctid")"
}
if [ -z "${ONE:-}" ]; then
	kinds 'debian' debian
	kinds 'debian, privileged' debian --unprivileged 0
	kinds 'busybox, privileged' busybox --unprivileged 0
	kinds 'busybox, folder' busybox --rootfs local:0
fi
kinds busybox busybox
finish
