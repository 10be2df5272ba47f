#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Golden trees.  A folder here is a case: input tree + config -> whole expected tree, with modes and
# links.  Each is run dry (nothing may change), for real, and once more (nothing is left to do), as
# an ordinary user, whose tree it is.
#
#   input/    the tree         prepare  "mkdir|mkfifo|chmod ..." lines for what git cannot keep
#   config    the config       options  further options of pct setup, words on one line
#   expected/ the tree after   listing  type, mode, name and target of everything in it
#   output    what pct setup says
#
# "run.sh --update CASE" writes expected, listing and output anew; read the diff.
. "$(dirname "$0")/../../lib.sh"
cases=$top/tests/golden/setup
update=''
[ "${1:-}" != --update ] || { update=1 && shift; }
trap 'rm -rf "$work"' EXIT
export SOURCE_DATE_EPOCH=1234567890

# Words only: no shell reads a file of a case.
prepare() {
	local command
	while read -ra command; do
		case ${command[0]} in
		mkdir | mkfifo | chmod) (cd "$1" && "${command[@]}") ;;
		esac
	done
}

listing() { (cd "$1" && find . -printf '%y %m %p %l\n' | sed 's/ $//' | sort -k 3); }

run_case() {
	local case=$1 name=${1##*/} tree=$work/tree before setup options=()
	rm -rf "$tree" && mkdir -m 755 "$tree"
	cp -R "$case/input/." "$tree"
	chmod -R u=rwX,go=rX "$tree"
	[ ! -e "$case/prepare" ] || prepare "$tree" <"$case/prepare"
	give_to_user "$tree"
	[ ! -e "$case/options" ] || read -ra options <"$case/options"
	cd "$case" || return
	setup=("$pct" setup --rootfs "$tree" --config config --host-resolv-conf ../resolv.conf
		--host-timezone Europe/Vienna "${options[@]}")
	before=$(fingerprint "$tree")
	as_done "$("${user[@]}" "${setup[@]}" --dry-run 2>&1)"
	same "$name: a dry run changes nothing" "$before" "$(fingerprint "$tree")"
	"${user[@]}" "${setup[@]}" >"$work/output" 2>&1
	same "$name: a dry run says what a run does" "$as_done" "$(cat "$work/output")"
	if [ -n "$update" ]; then
		rm -rf "$case/expected" && cp -R "$tree" "$case/expected"
		find "$case/expected" ! -type d ! -type f ! -type l -delete
		find "$case/expected" -type f -exec chmod u+rw,go+r {} +
		listing "$tree" >"$case/listing"
		cp "$work/output" "$case/output"
	fi
	same "$name: output" "$(cat "$case/output")" "$(cat "$work/output")"
	same "$name: names, modes and links" "$(cat "$case/listing")" "$(listing "$tree")"
	mkdir -p "$case/expected"
	diff -r --no-dereference "$case/expected" "$tree" 2>&1 | grep -v '^Only in .*: ' |
		grep -v ' is a fifo while ' >"$work/found"
	same "$name: contents" '' "$(cat "$work/found")"
	before=$(fingerprint "$tree")
	"${user[@]}" "${setup[@]}" >/dev/null 2>&1
	same "$name: again, and nothing changes" "$before" "$(fingerprint "$tree")"
	same "$name: and there is no diff" '' \
		"$("${user[@]}" "${setup[@]}" --diff 2>/dev/null | grep -vE '^(warning|note): ')"
}

if [ $# -gt 0 ]; then
	for case in "$@"; do run_case "$cases/$case"; done
else
	for config in "$cases"/*/config; do run_case "${config%/config}"; done
fi
finish
