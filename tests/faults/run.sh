#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# run.sh [--full] [COMMAND...]: what is left when a command is killed, or a call of it fails, at
# every point where it changes something.  COMMAND: create set set-new set-live set-purge setup start
# stop post-stop net-up pct-net resize mount unmount destroy; of these, two hooks and what a hook
# runs.  The container has an image and a folder as mount points, and a folder of the host.
#
# tests/faults/tracer counts the state-changing calls of our own processes during each command (not
# liblxc's: its monitor is a process of its own, which "start" lets go uncounted; what liblxc does
# inside the process pct is counted).  The command is then run again for each call and each action:
# kill the process, kill the whole command, let the call fail with ENOSPC, EIO, ENOMEM, EROFS, EINTR,
# EMFILE, where it can (tests/faults/calls.c).  Of the unpacker every 25th call is taken.  Without
# --full: a few calls of each command, with one action each, in turn.  With it four run at once, each
# its part of every command; PART=2/8: the second of eight parts alone.
#
# After each: the config is the old one or the new one, byte for byte (or, of a create that was
# killed, the reserved one, which pct destroy removes); a command that failed ends with 1 and one line
# that says why; no container runs but one whose start was not refused; the next ordinary command
# works, and then nothing is left: mounts, loop devices, volumes, cgroups, interfaces, files in the
# config's, runtime's, run and volume's folders, locks, processes.

# In memory, where that is a place for programs: no fault depends on the file system below.
! findmnt -n -t tmpfs -O rw,nonoexec /dev/shm >/dev/null || export TMPDIR=${TMPDIR:-/dev/shm}
. "$(dirname "$0")/../lib.sh"
tracer=$build/faults/tracer
short=7 limit=120 # faults of each command
[ "${1:-}" != --full ] || { short='' && shift; }
[ $# -gt 0 ] || set -- destroy stop post-stop net-up pct-net setup start create set set-new set-live \
	set-purge resize mount unmount
commands=("$@")

template busybox
if [ -z "$short" ] && [ -z "${PART:-}" ]; then
	others=()
	trap 'kill "${others[@]}" 2>/dev/null; wait; cleanup' EXIT
	for part in 1 2 3 4; do
		PART=$part/4 bash "$0" --full "${commands[@]}" &
		others+=($!)
	done
	for pid in "${others[@]}"; do
		wait "$pid" || failures=$((failures + 1))
	done
	finish
fi
part=${PART:-1/1}
parts=${part#*/} part=${part%/*}
new_bridge
new_ctid
etc=$PCT_ETC/lxc/$ctid lib=$PCT_LIB/$ctid vol=$images/$ctid run=$PCT_RUN/pct/$ctid
net0=name=eth0,bridge=$bridge,hwaddr=02:00:00:00:00:01,ip=$net.20/24,gw=$net.1
share=$(realpath "$top/tests") # below /dev it would be taken for a device
options=(--rootfs local:1 --hostname web1 --net0 "$net0" --mp0 "local:1,mp=/data"
	--mp1 "local:0,mp=/log" --mp2 "$share,mp=/srv,idmap=passthrough,ro=1")

# ---- what must be true; each prints what is not ----

config_is() { # config_is FILE...: one of these
	local file
	for file in "$@"; do
		cmp -s "$file" "$etc/config" && return
	done
	echo "config is neither of $*" && cat "$etc/config" 2>&1
}
files_are_kept() {
	files >"$work/files"
	cmp -s "$work/kept/files" "$work/files" || diff "$work/kept/files" "$work/files"
}
nothing_runs() { ! runs "$ctid" || echo 'the container runs'; }
no_leftovers() {
	left=$(leftovers "$ctid")
	[ -z "$left" ]
}
nothing_left() {
	within 5 no_leftovers || echo "$left" # a loop device goes a moment after its last user
	flock -n "$PCT_RUN/pct/lock/$ctid.lock" true || echo 'the lock is held'
}
no_container() {
	files_of "$ctid"
	nothing_left
}
works() { # works COMMAND...
	timeout -k 5 $limit "$@" >"$work/next" 2>&1 </dev/null && return
	echo "exit $?: ${*/$work/}" && cat "$work/next"
}
# Exit status and standard error of the command itself.  pct setup says on standard output which
# of its steps failed.  liblxc has a line of its own, which nobody can turn off.
said_so() {
	case $1 in
	124 | 125) echo "exit $1" ;;
	0 | 137) ;;
	1)
		[ "$2" != setup ] || grep -h 'warning' "$work/out" | sed 's/^/pct: /' >>"$work/err"
		sed -i "/^Failed to load config for $ctid\$/d" "$work/err"
		sed -i '/warning: .*\(stays, and is now unused\|its files keep the ids of the host\)/d' "$work/err"
		[ "$(wc -l <"$work/err")" -eq 1 ] && grep -q '^pct: ' "$work/err" && return
		echo 'exit 1, but not one line:' && cat "$work/err" "$work/out"
		;;
	*) echo "exit $1" && cat "$work/err" ;;
	esac
}
# A mount that others' namespaces could copy would keep its loop device for as long as they live.
in_volume() {
	unshare -m sh -c 'mount -o loop,ro "$1" "$2" && cd "$2" && find . ! -path ./lost+found' - \
		"$vol"/*-rootfs.raw "$work/mnt" | sort
}
images_are_clean() {
	local image
	for image in "$vol"/*.raw; do works e2fsck -fn "$image"; done
}
# No volume that no config names, no mpN whose volume is not complete.
volumes_are_named() {
	local file name
	for file in "$vol"/*; do
		grep -q "= *local:$ctid/${file##*/}" "$etc/config" || echo "no config names $file"
	done
	sed -n "s#^pve.mp[0-9]* = local:\($ctid/[^,]*\).*#\1#p" "$etc/config" | while read -r name; do
		[ -d "$images/$name" ] || works e2fsck -fn "$images/$name"
	done
}

# ---- the container as it is between commands, kept to start from ----

shopt -s globstar nullglob dotglob
files() { printf '%s\n' "$etc"/** "$lib"/** "$vol"/** | sed '/\/restart\.log$/d'; }
keep() { # keep NAME
	mkdir -p "$work/kept/$1"
	(cd "$work" && cp -a --parents --sparse=always "${etc#"$work/"}" "${lib#"$work/"}" \
		"${vol#"$work/"}" "$work/kept/$1/")
}
restore() { # restore NAME
	rm -rf "$etc" "$lib" "$vol" "$run"
	cp -a "$work/kept/$1/." "$work/"
}
all_files_are_kept() {
	local file
	files_are_kept
	# The run folder keeps what tells of the last start, and an empty folder of a create.
	for file in "$run"/**; do
		case ${file#"$run"} in
		/ | /guest | /guest/* | /started | /log | /monitor.lock | /failure | /last-stop) ;;
		*) echo "$file" ;;
		esac
	done
}

# ---- the commands: before_NAME, command_NAME (an array), after_NAME STATUS ----

before_create() { rm -rf "$etc" "$lib" "$vol" "$run"; }
command_create=("$pct" create "$ctid" "$template" "${options[@]}")
after_create() {
	if [ ! -e "$etc/config" ]; then
		[ "$1" -ne 0 ] || echo 'exit 0, but no config'
		[ "$1" -eq 137 ] || no_container
		[ -z "$(no_container)" ] || works "${command_create[@]}"
	elif [ "$1" -eq 137 ]; then
		config_is "$work/kept/create" "$work/kept/reserved"
	elif [ "$1" -eq 0 ]; then
		config_is "$work/kept/create"
		files_are_kept
	else
		echo "exit $1, but there is a config"
	fi
	[ ! -e "$etc/config" ] || works "$pct" destroy "$ctid"
	no_container
}

before_set() { restore created; }
command_set=("$pct" set "$ctid" --hostname web2 --memory 64)
after_set() {
	if [ "$1" -eq 0 ]; then
		config_is "$work/kept/set"
	else
		config_is "$work/kept/create" "$work/kept/set"
	fi
	works "$pct" set "$ctid" --hostname web2 --memory 64 --tags next
	works "$pct" set "$ctid" --delete tags
	config_is "$work/kept/set"
	cmp "$work/kept/set-runtime" "$lib/config" 2>&1
	all_files_are_kept
	nothing_left
}

# A new image and a new folder, or none; a killed command leaves lines that name them.
before_set-new() { restore created; }
command_set_new=("$pct" set "$ctid" --mp3 "local:1,mp=/more" --mp4 "local:0,mp=/most")
after_set-new() {
	local slots
	if [ "$1" -eq 0 ]; then
		config_is "$work/kept/new"
	elif [ "$1" -eq 137 ]; then
		config_is "$work/kept/create" "$work/kept/new" "$work/kept/new-reserved"
	else
		config_is "$work/kept/create"
	fi
	volumes_are_named
	slots=$(sed -n 's/^pve.\(unused[0-9]*\) .*/\1/p' "$etc/config")
	[ -z "$slots" ] || works "$pct" set "$ctid" --delete "${slots//$'\n'/,}" --purge
	cmp -s "$work/kept/new" "$etc/config" || works "$pct" set "$ctid" "${command_set_new[@]:3}"
	config_is "$work/kept/new"
	volumes_are_named
	nothing_left
}

before_set-live() { restore created && "$pct" start "$ctid"; }
command_set_live=("${command_set_new[@]}" --mp5 "$share,mp=/share,idmap=passthrough,ro=1")
after_set-live() {
	local slots
	runs "$ctid" || echo 'it does not run'
	if [ "$1" -eq 0 ]; then
		config_is "$work/kept/live"
	elif [ "$1" -eq 137 ]; then
		config_is "$work/kept/create" "$work/kept/live" "$work/kept/new-reserved"
	else
		config_is "$work/kept/create"
	fi
	volumes_are_named
	works "$pct" set "$ctid" "${command_set_live[@]:3}"
	works "$pct" exec "$ctid" -- sh -c 'touch /more/a /most/a && test -e /share/run'
	grep -c ' /more \| /most \| /share ' "/proc/$(init_pid "$ctid")/mounts" | grep -vx 3
	works "$pct" stop "$ctid"
	slots=$(sed -n 's/^pve.\(unused[0-9]*\) .*/\1/p' "$etc/config")
	[ -z "$slots" ] || works "$pct" set "$ctid" --delete "${slots//$'\n'/,}" --purge
	volumes_are_named
	nothing_left
}

# The line goes after its volume.
before_set-purge() { restore created; }
command_set_purge=("$pct" set "$ctid" --delete "mp0,mp1" --purge)
after_set-purge() {
	local slots
	[ "$1" -eq 0 ] && set_purged=("$work/kept/purged") ||
		set_purged=("$work/kept/create" "$work/kept/purged" "$work/kept/purging" "$work/kept/half-purged")
	config_is "${set_purged[@]}"
	slots=$(sed -n 's/^pve.\(unused[0-9]*\|mp[01]\) .*/\1/p' "$etc/config")
	[ -z "$slots" ] || works "$pct" set "$ctid" --delete "${slots//$'\n'/,}" --purge
	config_is "$work/kept/purged"
	volumes_are_named
	nothing_left
}

before_setup() { restore named; }
command_setup=("$pct" setup "$ctid")
after_setup() {
	config_is "$work/kept/setup"
	works "${command_setup[@]}"
	works "${command_setup[@]}" --dry-run
	[ ! -s "$work/next" ] || { echo 'a second setup would:' && cat "$work/next"; }
	diff "$work/kept/setup-files" <(in_volume)
	all_files_are_kept
	nothing_left
}

before_start() { before_setup; }
command_start=("$pct" start "$ctid")
after_start() {
	config_is "$work/kept/setup"
	if runs "$ctid"; then
		[ "$1" -ne 1 ] || echo 'exit 1, but it runs'
	else
		[ "$1" -ne 0 ] || echo 'exit 0, but it does not run'
		works "$pct" start "$ctid"
	fi
	works "$pct" stop "$ctid"
	nothing_runs
	all_files_are_kept
	nothing_left
	diff "$work/kept/setup-files" <(in_volume)
	images_are_clean
}

before_stop() {
	[ ! -s "$work/bad" ] && runs "$ctid" && return # the last one's check has started it
	! runs "$ctid" || "$pct" stop "$ctid"
	before_setup && "$pct" start "$ctid"
}
command_stop=("$pct" stop "$ctid")
after_stop() {
	if [ "$1" -eq 0 ]; then
		nothing_runs
		nothing_left
	fi
	! runs "$ctid" || works "$pct" stop "$ctid"
	[ "$1" -ne 137 ] && [ -z "$(all_files_are_kept)" ] ||
		{ works "$pct" start "$ctid" && works "$pct" stop "$ctid"; }
	nothing_runs
	config_is "$work/kept/${kept:-setup}"
	all_files_are_kept
	nothing_left
	works "$pct" start "$ctid"
}

# The hook runs below the monitor, so the tracer has to be there from the start on.
before_post-stop() { before_setup; }
command_post_stop=(bash -c "$pct start $ctid && $pct stop $ctid")
after_post-stop() {
	after_stop "$@"
	works "$pct" stop "$ctid"
}

# With a firewall and a rate, which is most of what the hook and its helper can do.
before_net-up() { restore plugged; }
command_net_up=("${command_post_stop[@]}")
after_net-up() {
	kept=plug after_post-stop "$@"
	nft list ruleset | grep -w "$ctid"
}
before_pct-net() { before_net-up; }
command_pct_net=("${command_post_stop[@]}")
after_pct-net() { after_net-up "$@"; }

# A size in the config that is not the volume's is mended by rescan.
before_resize() { restore created; }
command_resize=("$pct" resize "$ctid" rootfs +64M)
after_resize() {
	local image=$vol/vm-$ctid-rootfs.raw
	if [ "$1" -eq 0 ]; then
		config_is "$work/kept/resize"
	else
		config_is "$work/kept/create" "$work/kept/resize"
	fi
	within 10 eval '! pgrep -f "resize2fs $image" >/dev/null'
	[ "$(($(stat -c %s "$image") >> 20))" = 1024 ] || works "$pct" rescan --vmid "$ctid"
	works "$pct" resize "$ctid" rootfs 1088M
	config_is "$work/kept/resize"
	works e2fsck -fn "$image"
	diff "$work/kept/created-files" <(in_volume)
	all_files_are_kept
	nothing_left
}

before_mount() { restore created; }
command_mount=("$pct" mount "$ctid")
after_mount() {
	config_is "$work/kept/create" "$work/kept/mounted"
	[ "$1" -ne 0 ] || config_is "$work/kept/mounted"
	[ "$1" -ne 1 ] || config_is "$work/kept/create"
	# The next command that writes removes a temporary file: an unmount may have nothing to undo.
	works "$pct" unmount "$ctid" && works "$pct" mount "$ctid" && works "$pct" unmount "$ctid"
	config_is "$work/kept/create"
	[ "$(stat -c %a "$lib")" = 755 ] || echo 'others cannot enter the folder'
	all_files_are_kept
	nothing_left
}
before_unmount() { before_mount && "$pct" mount "$ctid" >/dev/null; }
command_unmount=("$pct" unmount "$ctid")
after_unmount() {
	[ "$1" -ne 0 ] || config_is "$work/kept/create"
	after_mount 137
}

before_destroy() { restore unused; } # it has unused volumes
command_destroy=("$pct" destroy "$ctid")
after_destroy() {
	if [ -e "$etc/config" ]; then
		[ "$1" -ne 0 ] || echo 'exit 0, but there is a config'
		config_is "$work/kept/purging"
		works "${command_destroy[@]}"
	fi
	no_container
}

# ---- the loop ----

# What the dead have forked dies with them, or ends, a moment later.
settled() { ! pgrep -f "$stage/|$images/" >/dev/null; }
end_all() { # or the next ones fail as well
	pgrep -af "$stage/|$images/" >>"$work/bad"
	pkill -f "$stage/|$images/"
}

# traced COMMAND OPTION...: the log in $work/log, standard error in $work/err.
traced() {
	local name=$1
	local -n command=command_${name//-/_}
	shift
	case $name in
	start) set -- -l "$@" ;;
	post-stop) set -- -l -p lxc.hook.post-stop "$@" ;;
	net-up) set -- -l -p lxc.net.up "$@" ;;
	pct-net) set -- -l -p pct-net "$@" ;;
	esac
	timeout -k 5 $limit "$tracer" -o "$work/log" "$@" "${command[@]}" \
		>"$work/out" 2>"$work/err" </dev/null
}

# The calls that are worth a fault: "N ERRORS" lines.
calls_of() {
	awk -F '\t' -v short="$short" '
		$1 == 0 { next }
		$3 ~ "/unpack$" && unpacked++ % (short ? 200 : 25) { next }
		{ print $1, $5 }' "$work/log"
}

# fault COMMAND N ACTION: what is wrong afterwards goes to $work/bad.
fault() {
	local status wrong
	"before_$1" >"$work/before" 2>&1 || { echo "before: $(cat "$work/before")"; } >>"$work/bad"
	traced "$1" -n "$2" -f "$3"
	status=$?
	within 5 settled || end_all
	wrong=$({
		said_so $status "$1"
		"after_$1" $status
	} 2>&1)
	[ -z "$wrong" ] || {
		echo "$1 $2 $3, exit $status: $(grep -E '	(fault|killed)	' "$work/log")"
		sed 's/^/    /' "$work/err"
		sed 's/^/  /' <<<"$wrong"
	} >>"$work/bad"
	[ -z "$wrong" ] || within 5 settled || end_all
	! grep -qE '	(fault|killed)	' "$work/log" || hits=$((hits + 1))
}

sample() {
	local n
	n=$(wc -l <"$work/calls")
	awk -v n="$n" -v want="$short" 'BEGIN { step = n > want ? n / want : 1; next_at = 1 }
		NR >= next_at { print; next_at += step }' "$work/calls"
}

faults_in() {
	local name=$1 n errors action turn=0 pair=0 actions hits=0 began=$SECONDS of=${PART:+ $PART}
	"before_$name" && traced "$name" || { not_ok "$name" <"$work/err" && return; }
	within 5 settled
	calls_of >"$work/calls"
	"after_$name" 0 >"$work/bad" 2>&1
	[ -z "$short" ] || { sample >"$work/sample" && mv "$work/sample" "$work/calls"; }
	while read -r n errors <&3; do
		mapfile -d , -t actions < <(printf '%s' "kill,killall,$errors")
		[ -z "$short" ] || actions=("${actions[turn++ % ${#actions[@]}]}")
		for action in "${actions[@]}"; do
			[ $((++pair % parts)) -ne $((part % parts)) ] || fault "$name" "$n" "$action"
		done
	done 3<"$work/calls"
	! runs "$ctid" || "$pct" stop "$ctid" >/dev/null
	if [ ! -s "$work/bad" ] && [ $hits -gt 0 ]; then
		ok "$name$of: $hits faults at $(wc -l <"$work/calls") calls, $((SECONDS - began)) s"
	else
		not_ok "$name$of: $hits faults, $((SECONDS - began)) s" <"$work/bad"
		[ -z "${KEEP:-}" ] || cp "$work/bad" "$KEEP.$name"
	fi
}

# What each command makes when it is left alone, and what a create has reserved when it dies.
references() {
	"${command_create[@]}" || return
	etc=$(realpath "$etc")
	mkdir -p "$work/kept" "$work/mnt"
	files >"$work/kept/files"
	cp "$etc/config" "$work/kept/create"
	keep created
	"$pct" set "$ctid" --hostname web3 --nameserver 192.0.2.1
	cp "$etc/config" "$work/kept/setup"
	keep named
	"$pct" set "$ctid" --net0 "$net0,firewall=1,rate=5"
	cp "$etc/config" "$work/kept/plug"
	keep plugged
	restore created
	"${command_set[@]}"
	cp "$etc/config" "$work/kept/set"
	cp "$lib/config" "$work/kept/set-runtime"
	restore created
	in_volume >"$work/kept/created-files"
	"${command_resize[@]}"
	cp "$etc/config" "$work/kept/resize"
	restore created
	"${command_mount[@]}"
	cp "$etc/config" "$work/kept/mounted"
	"${command_unmount[@]}"
	before_setup
	"${command_setup[@]}" && in_volume >"$work/kept/setup-files"
	restore created
	"${command_set_new[@]}"
	cp "$etc/config" "$work/kept/new"
	restore created
	"${command_set_live[@]}"
	cp "$etc/config" "$work/kept/live"
	"$pct" set "$ctid" --delete mp3,mp4,mp5
	cp "$etc/config" "$work/kept/new-reserved"
	restore created
	"$pct" set "$ctid" --delete mp0,mp1
	cp "$etc/config" "$work/kept/purging"
	keep unused
	"$pct" set "$ctid" --delete unused0 --purge
	cp "$etc/config" "$work/kept/half-purged"
	"$pct" set "$ctid" --delete unused1 --purge
	cp "$etc/config" "$work/kept/purged"
	restore created
	"$pct" destroy "$ctid"
	traced create
	"$pct" destroy "$ctid"
	traced create -f killall -n "$(awk -F '\t' '$4 == "pivot_root" { print $1; exit }' "$work/log")"
	within 5 settled
	cp "$etc/config" "$work/kept/reserved" && "$pct" destroy "$ctid"
}

check 'the commands run, without a fault' references
[ $failures -eq 0 ] || finish
for name in "${commands[@]}"; do faults_in "$name"; done
finish
