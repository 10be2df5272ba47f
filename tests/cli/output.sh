#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every command that prints ends with an error when its output cannot be written.
. "$(dirname "$0")/../lib.sh"

mkdir -p "$PCT_ETC/lxc/105" "$work/etc-many/lxc"
cp "$top/tests/golden/lower/example/config" "$PCT_ETC/lxc/105/config"
for id in {1000..1199}; do
	mkdir "$work/etc-many/lxc/$id" && echo "lxc.utsname = a$id" >"$work/etc-many/lxc/$id/config"
done
tree=$work/tree
cp -R "$top/tests/golden/setup/ledger-left/input" "$tree"
config=$top/tests/golden/setup/ledger-left/config
tar -C "$tree" -cf "$work/tree.tar" .

full='^pct: standard output: cannot write: No space left on device$'
# no_room COMMAND...: it prints when it can, and fails when it cannot.
no_room() {
	"$pct" "$@" >"$work/out" 2>/dev/null </dev/null
	[ -s "$work/out" ] || not_ok "$* prints" </dev/null
	refuses 1 "no room: $*" "$full" bash -c 'exec "$@" >/dev/full' - "$pct" "$@"
}
for format in text json json-pretty; do
	no_room list --output-format $format
	no_room config 105 --output-format $format
	no_room pending 105 --output-format $format
	no_room config --check "$PCT_ETC" --output-format $format
	no_room status 105 --output-format $format
	no_room doctor --output-format $format
	no_room distro list --output-format $format
	no_room distro check "$tree" --output-format $format
	no_room distro check "$work/tree.tar" --output-format $format
	no_room net --rootfs "$tree" --config "$config" --output-format $format
	no_room setup --rootfs "$tree" --config "$config" --dry-run --output-format $format
done
no_room setup --rootfs "$tree" --config "$config" --diff
no_room setup --rootfs "$tree" --config "$config" --explain
no_room distro build busybox --dry-run
no_room help
no_room help create
no_room help -v
no_room --help
no_room create --help

# More than a buffer holds, so that a write fails long before the end.
export PCT_ETC=$work/etc-many
no_room list
no_room list --output-format json
no_room config --check "$PCT_ETC"

# A reader that leaves early ends the command silently; where SIGPIPE is ignored, with an error.
"$pct" list 2>"$work/err" | head -n 1 >"$work/out"
same 'a reader that leaves: nothing is said' '' "$(cat "$work/err")"
bash -c 'sleep 0.2; "$@" list; echo $? >&3' - "$pct" 3>"$work/status" 2>"$work/err" | true
same 'a reader that is gone: killed by SIGPIPE' 141 "$(cat "$work/status")"
bash -c 'trap "" PIPE; sleep 0.2; "$@" list; echo $? >&3' - "$pct" 3>"$work/status" 2>"$work/err" | true
same 'a reader that is gone, SIGPIPE ignored' '1 pct: standard output: cannot write: Broken pipe' \
	"$(cat "$work/status" "$work/err" | paste -sd ' ')"
finish
