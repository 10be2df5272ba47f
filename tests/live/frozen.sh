#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Container root can freeze processes of its own, init among them, which then do not die.
. "$(dirname "$0")/../lib.sh"

# Of a container that did not end; whoever is to clean up could not, either.
thaw() {
	find /sys/fs/cgroup -path "*/lxc.payload.$ctid/*" -name freezer.state 2>/dev/null |
		while read -r state; do echo THAWED >"$state"; done
}
trap 'thaw; cleanup' EXIT

# In the container: freeze FOLDER freezes that group, below the one of the container.  AppArmor lets
# it mount no cgroups; then it has those that LXC has mounted.
cat >"$work/freeze" <<'EOS'
groups=/tmp/f
mkdir -p /tmp/f && mount -t cgroup -o freezer none /tmp/f 2>/dev/null ||
	mount -t cgroup2 none /tmp/f 2>/dev/null || groups=/sys/fs/cgroup
cd $groups || exit 1
if [ -e freezer.state ] || ls */freezer.state >/dev/null 2>&1 || ! [ -e cgroup.controllers ]; then
	file=freezer.state on=FROZEN off=THAWED
else
	file=cgroup.freeze on=1 off=0
fi
freeze() { mkdir -p "$1" && echo "$2" >"$1/cgroup.procs" && echo $on >"$1/$file"; }
EOS
in_container() { timeout 60 "$pct" exec "$ctid" -- sh -c "$(cat "$work/freeze"); $1" </dev/null; }
started() {
	check "$1: start" "$pct" start "$ctid" || finish
	check "$1: it freezes" in_container "$2"
}
# ended WHAT COMMAND...
ended() {
	check "$1" timeout 30 "$pct" "${@:2}"
	same "$1: nothing is left" '' "$(leftovers "$ctid")"
	thaw
}

cat >"$work/again.c" <<'EOS'
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	int fd = open(argv[argc - 2], O_WRONLY);
	while (write(fd, argv[argc - 1], strlen(argv[argc - 1])) > 0)
		lseek(fd, 0, SEEK_SET);
	return 1;
}
EOS
check 'a program that freezes' cc -static -o "$work/again" "$work/again.c" || finish

new_ctid
template busybox
"$pct" create "$ctid" "$template" >/dev/null 2>&1
started 'init' 'freeze j 1'
ended 'stop' stop "$ctid"
started 'init again' 'freeze j 1'
ended 'shutdown, by force' shutdown "$ctid" --timeout 1 --forceStop 1
started 'one in a hidden group' 'freeze .j 1'
ended 'stop of one in a hidden group' stop "$ctid"
# Deeper than there are descriptors.
started 'one deep down' 'sleep 999 & n=0
while [ $n -lt 1200 ]; do mkdir d && cd d || exit 1; n=$((n + 1)); done; freeze j $!'
ended 'stop of that' stop "$ctid"
started 'one of many' 'n=0; while [ $n -lt 3000 ]; do mkdir g$n; n=$((n + 1)); done
freeze g2718 1'
ended 'stop of one of many' stop "$ctid"
check 'start' "$pct" start "$ctid"
cp "$work/again" "/proc/$(init_pid "$ctid")/root/tmp/"
check 'it freezes itself again and again' in_container 'freeze j 1; [ $file != freezer.state ] ||
for n in 1 2 3 4; do /tmp/again j/freezer.state FROZEN & done >/dev/null 2>&1'
ended 'stop of one that is frozen again and again' stop "$ctid"
started 'init for the last time' 'freeze j 1'
ended 'destroy, by force' destroy "$ctid" --force 1
finish
