#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a running container uses: status --verbose and list --full.
. "$(dirname "$0")/../lib.sh"
new_bridge
new_ct busybox --memory 64 --swap 0 --rootfs local:1 >/dev/null 2>&1
image=$ctid
new_ct busybox --memory 0 --rootfs local:0 >/dev/null 2>&1
folder=$ctid

fields() { sed -n 's/^\(memory\|cpu time\|disk\|uptime\): .*/\1/p' | paste -sd ,; }
status() { "$pct" status "$1" --verbose --output-format json; }
# value CTID KEY: from status, in its unit.
value() { status "$1" | jq -r ".$2"; }
row() { "$pct" list --full | awk -v id="$1" '$1 == id'; }

same 'nothing of a stopped one' '' "$("$pct" status "$image" --verbose | fields)"
same 'nor as JSON' null "$(value "$image" memory_used_bytes)"
same 'nor in the list' "$image stopped" "$(row "$image" | awk '{ print $1, $2 }' | sed 's/ web1$//')"
check start "$pct" start "$image" "$folder"
same 'a volume with a size' 'memory,cpu time,disk,uptime' "$("$pct" status "$image" --verbose | fields)"
same 'a folder has no disk, and no limit' 'memory,cpu time,uptime' "$("$pct" status "$folder" --verbose | fields)"
same 'only with --verbose' '' "$("$pct" status "$image" | fields)"
same 'nor as JSON' null "$("$pct" status "$image" --output-format json | jq .uptime_seconds)"
same 'the limit of memory' $((64 << 20)) "$(value "$image" memory_limit_bytes)"
same 'none' null "$(value "$folder" memory_limit_bytes)"
same 'the limit for people' 'of 64 MiB' "$("$pct" status "$image" --verbose | grep -o '^memory: .*' | grep -o 'of .*')"

before=$(value "$image" memory_used_bytes)
"$pct" exec "$image" -- sh -c 'mount -t tmpfs none /mnt && head -c 20971520 /dev/zero >/mnt/full' </dev/null
grown=$(($(value "$image" memory_used_bytes) - before))
check "memory grows by what is used ($grown)" test $grown -gt 18000000 -a $grown -lt 40000000
before=$(value "$image" cpu_time_ms)
"$pct" exec "$image" -- timeout 2 sh -c 'while :; do :; done' </dev/null
grown=$(($(value "$image" cpu_time_ms) - before))
check "CPU time grows ($grown ms)" test $grown -gt 50 -a $grown -lt 4000
before=$(value "$image" disk_used_bytes)
"$pct" exec "$image" -- sh -c 'head -c 104857600 /dev/zero >/full && sync' </dev/null
grown=$(($(value "$image" disk_used_bytes) - before))
check "the disk fills ($grown)" test $grown -gt 100000000 -a $grown -lt 120000000
size=$(value "$image" disk_size_bytes)
check "the size of the disk ($size)" test "$size" -gt 900000000 -a "$size" -le $((1 << 30))
up=$(value "$image" uptime_seconds) ps=$(ps -o etimes= -p "$(init_pid "$image")")
check "uptime ($up, $ps)" test $((ps - up)) -ge -1 -a $((ps - up)) -le 1
check 'the list has the same' grep -qE "running +web1 +[0-9]+ MiB/64 MiB +[0-9.]+ (s|min) +[0-9]+ MiB/[0-9]+ MiB +[0-9]+ (s|min)" \
	<(row "$image")
same 'and as JSON' '["cpu_time_ms","disk_size_bytes","disk_used_bytes","memory_limit_bytes","memory_used_bytes","uptime_seconds"]' \
	"$("$pct" list --full --output-format json |
		jq -c ".[] | select(.vmid == $image) | keys | map(select(test(\"_\")))")"
same 'without --full nothing' null \
	"$("$pct" list --output-format json | jq -c ".[] | select(.vmid == $image) | .uptime_seconds")"

"$pct" exec "$image" -- cat /full </dev/null >/dev/null
used=$(value "$image" memory_used_bytes)
all=$(find /sys/fs/cgroup -path "*/lxc.payload.$image/memory.usage_in_bytes" -o -path "*/lxc.payload.$image/memory.current" |
	head -n 1 | xargs cat)
check "files that were read do not count as used ($used of $all)" test "$used" -lt "$all"
check stop "$pct" stop --all
finish
