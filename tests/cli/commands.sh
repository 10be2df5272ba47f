#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every command: its help, wrong use (2) and what it says of a container that is not there (1).
. "$(dirname "$0")/../lib.sh"

# uses WHAT COMMAND...: wrong use, told on standard error.
uses() {
	local what=$1 status
	shift
	"$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	if [ $status -eq 2 ] && [ -s "$work/err" ] && [ ! -s "$work/out" ]; then
		ok "$what"
	else
		{ echo "exit $status: $*" && cat "$work/out" "$work/err"; } >"$work/why"
		not_ok "$what" <"$work/why"
	fi
}

names='config console cpusets create destroy df distro doctor enter exec fsck fstrim help list mount '
names+='move-volume net pending pull push reboot rescan resize set setup shutdown start status stop storage '
names+='unlock unmount version wait'
"$pct" help >"$work/help"
same 'pct help names every command' "$names" \
	"$(awk '/^  [a-z]/ { print $1 }' "$work/help" | sort | paste -sd ' ')"
same 'pct --help is pct help' "$(cat "$work/help")" "$("$pct" --help)"
check 'pct help -v' "$pct" help -v
for name in $names; do
	same "pct help -v has $name" 1 "$(grep -c "^pct $name\b" "$work/out")"
done
for name in $names; do
	check "pct help $name" "$pct" help "$name"
	same "pct $name --help is the same" "$(cat "$work/out")" "$("$pct" "$name" --help)"
done
refuses 2 'help of no command' 'nix: there is no such command' "$pct" help nix

uses 'no command' "$pct"
uses 'an unknown command' "$pct" frobnicate
for name in console destroy df enter exec fsck fstrim mount reboot resize set shutdown start status \
	stop unmount wait net config create push pull unlock; do
	uses "$name without a container" "$pct" "$name"
	uses "$name of a name" "$pct" "$name" web1
	uses "$name of a number below 100" "$pct" "$name" 99
	uses "$name of a number above 999999999" "$pct" "$name" 1000000000
done
for name in console destroy df enter fsck fstrim mount reboot shutdown start status stop unmount \
	config net unlock; do
	uses "$name with one argument too many" "$pct" "$name" 105 more
	uses "$name with an unknown option" "$pct" "$name" 105 --frobnicate
	refuses 1 "$name of a container that is not there" 'there is no container 105' \
		"$pct" "$name" 105
done
for name in destroy reboot shutdown start status stop wait; do
	[ $name = wait ] && ready=--boot || ready=
	"$pct" $name 105 106 $ready >"$work/out" 2>"$work/err" </dev/null
	status=$?
	same "$name of two containers that are not there" "1 $(printf '%s\n' 105 106 | paste -sd ' ')" \
		"$status $(sed -n 's/^pct: container \([0-9]*\): .*there is no container \1;.*/\1/p' "$work/err" | paste -sd ' ')"
	uses "$name of one container twice" "$pct" $name 105 106 105
done
uses 'set with an unknown option' "$pct" set 105 --frobnicate 1
uses 'create without a template' "$pct" create 105
uses 'exec without a command' "$pct" exec 105
uses 'resize without a size' "$pct" resize 105 rootfs
uses 'rescan with an argument' "$pct" rescan 105
refuses 1 'resize of a container that is not there' 'there is no container 105' \
	"$pct" resize 105 rootfs +1G
refuses 1 'exec in a container that is not there' 'there is no container 105' \
	"$pct" exec 105 -- true
refuses 1 'set of a container that is not there' 'there is no container 105' \
	"$pct" set 105 --memory 512
refuses 1 'setup of a container that is not there' 'there is no container 105' "$pct" setup 105
uses 'setup of nothing' "$pct" setup
uses 'list with an argument' "$pct" list 105
uses 'list in an unknown format' "$pct" list --output-format xml

refuses 1 'a boolean option takes no number' 'there is no container 105' "$pct" destroy --force 105
refuses 1 'but a boolean' 'there is no container 105' "$pct" destroy --force 1 105

check 'list of no container' "$pct" list
same 'list of no container as JSON' '[]' "$("$pct" list --output-format json | jq -c .)"

uses 'storage without a verb' "$pct" storage
uses 'storage with an unknown verb' "$pct" storage frobnicate
uses 'storage alloc without a size' "$pct" storage alloc local 105 ''
uses 'distro without a verb' "$pct" distro
uses 'distro with an unknown verb' "$pct" distro frobnicate
uses 'distro build without a name' "$pct" distro build
refuses 1 'distro build of no distribution' 'nix: no such distribution' "$pct" distro build nix
refuses 1 'distro build outside the recipes' 'no such distribution' "$pct" distro build ../busybox
refuses 1 'distro build into a folder that is not there' 'No such file' \
	"$pct" distro build busybox --output "$work/none/t.tar.zst"
same 'distro list names every recipe' "$(cd "$top/distro-templates" && ls -d ./*/recipe | cut -d/ -f2)" \
	"$("$pct" distro list | awk 'NR > 1 { print $1 }')"
printf 'method = busybox\nfrobnicate = 1\n' >"$stage/distro-templates/busybox/recipe"
refuses 1 'distro names the line of a bad recipe' 'recipe:2: unknown key "frobnicate"' \
	"$pct" distro build busybox
finish
