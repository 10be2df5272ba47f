#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A small archive can be much on a disk: unpacked into a folder it has a limit, the host's file system
# keeps some room whatever it is unpacked into, and a create that failed leaves nothing.
. "$(dirname "$0")/../lib.sh"
template busybox
honest=$template
cache_dir=$PCT_VZ/template/cache
new_ctid

# bomb NAME SIZE: an archive of that many zeros, in 1/1000 of it.
bomb() {
	mkdir "$work/big" && truncate -s "$2" "$work/big/zeros"
	tar -C "$work/big" -cf - . | gzip -1 >"$cache_dir/$1"
	rm -r "$work/big"
}
# many NAME COUNT: an archive of so many empty files.
many() {
	mkdir "$work/big" && (cd "$work/big" && seq -f 'f%.0f' "$2" | xargs touch)
	tar -C "$work/big" -cf - . | gzip -1 >"$cache_dir/$1"
	rm -r "$work/big"
}
# file_system NAME SIZE OPTION...: a storage of that name on one of its own.
file_system() {
	truncate -s "$2" "$work/$1.img" && mkfs.ext4 -q -F -m 0 "${@:3}" "$work/$1.img" &&
		mkdir "$work/$1" && mount -o loop "$work/$1.img" "$work/$1" &&
		printf 'dir: %s\n\tpath %s\n\tcontent rootdir\n' "$1" "$work/$1" >>"$PCT_ETC/storage.cfg"
}
# MiB and files that are free.
free_mib() { echo $(($(stat -f -c '%a * %S' "$1") >> 20)); }
free_files() { stat -f -c %d "$1"; }

# create_bad WHAT PATTERN FOLDER MIB FILES OPTION...: fails with a line like PATTERN, while the file
# system of FOLDER has never less free than MIB and FILES, and leaves nothing.
create_bad() {
	local what=$1 pattern=$2 folder=$3 mib=$4 files=$5 before after watcher
	shift 5
	sync -f "$folder"
	before=$(free_mib "$folder")
	: >"$work/free"
	while sleep 0.02; do echo "$(free_mib "$folder") $(free_files "$folder")"; done >"$work/free" &
	watcher=$!
	refuses 1 "$what" "$pattern" "$pct" create "$ctid" "$@"
	kill $watcher && wait $watcher 2>/dev/null
	check "$what: room is kept" awk -v m="$mib" -v f="$files" \
		'NR == 1 || $1 < l { l = $1 } NR == 1 || $2 < n { n = $2 }
		END { print l " MiB, " n; exit l < m || n < f }' "$work/free"
	sed 's/^/#   at least free: /' "$work/out"
	sync -f "$folder"
	after=$(free_mib "$folder")
	check "$what: and given back" [ $((before - after)) -le 1 ]
	same "$what: nothing is left" '' "$(files_of "$ctid" && find "$folder" -name "*$ctid*")"
}

file_system small 400M
bomb bomb_1_amd64.tar.gz 500M
same 'the archive is small' '' "$(find "$cache_dir" -name 'bomb*' -size +4M)"
create_bad 'a bomb into a folder' 'bomb_1.*would leave less than 1[0-9] MiB .*free some space' \
	"$work/small" 15 0 bomb_1_amd64.tar.gz --rootfs small:0
create_bad 'a bomb into a volume that is larger than its storage' 'less than 1[0-9] MiB .*free some space' \
	"$work/small" 1 0 bomb_1_amd64.tar.gz --rootfs small:1

file_system few 200M -N 20000
many many_1_amd64.tar.gz 70000
create_bad 'files into a folder' 'many_1.*would leave less than [0-9]* files.*free some space' \
	"$work/few" 0 950 many_1_amd64.tar.gz --rootfs few:0

# With room, it is a limit that holds.
file_system large 4G
bomb huge_1_amd64.tar.gz 1200M
create_bad 'a bomb with a limit' 'huge_1.*unpacks to more than 1 GiB.*--unpack-limit' \
	"$work/large" $(($(free_mib "$work/large") - 1100)) 0 \
	huge_1_amd64.tar.gz --rootfs large:0 --unpack-limit 1
create_bad 'files with a limit' 'many_1.*holds more than 65536 files.*--unpack-limit' \
	"$work/large" 0 $(($(free_files "$work/large") - 66000)) \
	many_1_amd64.tar.gz --rootfs large:0 --unpack-limit 1

# What is fine.
mkdir "$work/big" && truncate -s 100G "$work/big/hole" && echo x >>"$work/big/hole"
tar -C "$work/big" --sparse --zstd -cf "$cache_dir/hole_1_amd64.tar.zst" . && rm -r "$work/big"
check 'holes are nothing' "$pct" create "$ctid" hole_1_amd64.tar.zst --rootfs local:0 \
	--unpack-limit 1
same 'and stay holes' 107374182402 "$(stat -c %s "$images/$ctid"/*/hole)"
"$pct" destroy "$ctid"
check 'an honest template' "$pct" create "$ctid" "$honest" --rootfs small:0 --unpack-limit 1
"$pct" destroy "$ctid"
check 'the same without a limit of its own' "$pct" create "$ctid" "$honest" --rootfs small:0
"$pct" destroy "$ctid"
refuses 2 'a limit for a volume' '--unpack-limit.*rootfs' \
	"$pct" create "$ctid" "$honest" --rootfs small:1 --unpack-limit 1
refuses 2 'a limit of nothing' '--unpack-limit.*"0"' \
	"$pct" create "$ctid" "$honest" --rootfs small:0 --unpack-limit 0
umount "$work/small" "$work/few" "$work/large"
# Of our own file systems another's mount namespace may hold a copy.
same 'nothing is left behind' '' "$({ leftovers "$ctid" && files_of "$ctid"; } | grep -v 'backing_file:.*img$')"
finish
