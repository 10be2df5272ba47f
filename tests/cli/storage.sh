#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pct storage: the file, what is there, and volumes; of folders only, so nothing is mounted.
. "$(dirname "$0")/../lib.sh"

cfg=$PCT_ETC/storage.cfg
json() { "$pct" storage "$@" --output-format json 2>/dev/null; }
kept() { printf 'lvmthin: thin\n\tthinpool data\n\tvgname pve\n\tcontent rootdir\n\n# mine\nnew-type: x1\n    some-key  a  b \n'; }

# ---- without a file ----
same 'list without a file' 'local dir usable' \
	"$(json list | jq -r '.[] | "\(.storage) \(.type) \(.state)"')"
check 'set of the storage that is always there' "$pct" storage set local --nodes "$(hostname -s)"
same 'it gets a section with all that it is' \
	"$(printf 'dir: local\n\tpath %s\n\tcontent rootdir,vztmpl,snippets\n\tnodes %s' "$PCT_VZ" "$(hostname -s)")" \
	"$(cat "$cfg")"
check 'remove of its section' "$pct" storage remove local
same 'the file is empty' '' "$(cat "$cfg")"
refuses 1 'remove without a section' 'local: is always there; pct storage set local --disable 1' \
	"$pct" storage remove local

# ---- add, set, remove: other lines stay as they are ----
kept >"$cfg"
chmod 600 "$cfg"
check 'add' "$pct" storage add dir data --path "$work/data" --content rootdir,iso
same 'the section' "$(kept && printf '\ndir: data\n\tpath %s\n\tcontent rootdir,iso' "$work/data")" \
	"$(cat "$cfg")"
same 'the mode of the file stays' 600 "$(stat -c %a "$cfg")"
check 'add makes the folder' test -d "$work/data"
refuses 1 'add of a name that is taken' 'data: there is such a storage, of type dir' \
	"$pct" storage add dir data --path /x
refuses 2 'add of a type that is none' 'zip: .*; pct supports .*dir' "$pct" storage add zip a1
refuses 2 'add with a bad name' '1a: is not a name of a storage' "$pct" storage add dir 1a --path /x
refuses 2 'add without its folder' 'more: a storage of type dir needs the key path' "$pct" storage add dir more
refuses 2 'add with a key of another type' 'more: a storage of type dir has no key vgname' \
	"$pct" storage add dir more --path /x --vgname pve
refuses 2 'add with a bad value' 'more: path: not an absolute path: "x"' \
	"$pct" storage add dir more --path x
refuses 2 'add with unknown content' 'more: content: not a list of ' \
	"$pct" storage add dir more --path /x --content files
refuses 1 'add where a file is' 'File exists|Not a directory' \
	"$pct" storage add dir more --path "$cfg"
refuses 1 'add of a mount point without a mount' 'more: the storage is offline: nothing is mounted on' \
	"$pct" storage add dir more --path "$work/data" --is_mountpoint 1
refuses 1 'add of a folder below a mount point without a mount' "nothing is mounted on $work" \
	"$pct" storage add dir more --path "$work/data" --is_mountpoint "$work"
refuses 1 'add without mkdir' "more: cannot find the folder $work/none: .* --mkdir 1" \
	"$pct" storage add dir more --path "$work/none" --mkdir 0
check 'a refused storage makes no folder' test ! -e "$work/none"
same 'and changes nothing' 1 "$(grep -c '^dir:' "$cfg")"
check 'one that is disabled is not looked at' \
	"$pct" storage add dir more --path "$work/none" --mkdir 0 --disable
check 'set' "$pct" storage set more --path "$work/more" --delete mkdir,disable --shared 1
same 'set changes and removes lines' "$(printf 'dir: more\n\tpath %s\n\tshared 1' "$work/more")" \
	"$(sed -n '/^dir: more/,$p' "$cfg")"
refuses 2 'set of nothing' 'no key is given' "$pct" storage set more
refuses 2 'set and delete of a key' 'shared: is given both' \
	"$pct" storage set more --shared 0 --delete shared
refuses 2 'delete of a key that must be there' 'more: a storage of type dir needs the key path' \
	"$pct" storage set more --delete path
refuses 2 'delete of a key that is none' 'has no key frob' "$pct" storage set more --delete frob
refuses 1 'set of no storage' 'none: there is no such storage; pct storage list' \
	"$pct" storage set none --disable
refuses 2 'an option of another verb' 'remove has no option --path' \
	"$pct" storage remove more --path /x
check 'set of a storage whose type pct does not know' "$pct" storage set x1 --disable
same 'it keeps the keys that pct does not know' "$(printf '    some-key  a  b \n    disable 1')" \
	"$(grep -A2 ^new-type "$cfg" | tail -n 2)"
check 'and back' "$pct" storage set x1 --delete disable
check 'remove' "$pct" storage remove more
check 'remove of the other' "$pct" storage remove data
same 'the file is what it was' "$(kept)" "$(cat "$cfg")"
kept >"$work/kept"
check 'to the byte, but for an empty line at its end' cmp -n "$(stat -c %s "$work/kept")" "$cfg" "$work/kept"

# ---- two writers at once ----
for n in 1 2 3 4 5 6; do
	"$pct" storage add dir "many$n" --path "$work/many$n" >/dev/null 2>&1 &
done
wait
same 'several adds at once lose nothing' 6 "$(grep -c '^dir: many' "$cfg")"
for n in 1 2 3 4 5 6; do "$pct" storage remove "many$n"; done

# ---- what is there ----
"$pct" storage add dir data --path "$work/data" --content rootdir,vztmpl,iso
"$pct" storage add dir off --path "$work/off" --disable
"$pct" storage add dir away --path "$work/away" --nodes no-such-node
same 'list' 'x1 unknown-type data usable off disabled away other-node local usable' \
	"$(json list | jq -r '.[] | select(.type != "lvmthin") | .storage, .state' | paste -sd ' ')"
same 'list by content' data "$(json list --content iso | jq -r '.[].storage')"
check 'status of one' "$pct" storage status data
same 'its numbers' true \
	"$(json status data | jq '.[0] | .size_bytes > 0 and .available_bytes > 0 and .status == "active"')"
same 'what it can' true "$(json status data | jq '.[0].can | contains(["write", "images", "folders"])')"
same 'status of a disabled one' disabled "$(json status off | jq -r '.[0].status')"
refuses 1 'status of none' 'none: there is no such storage' "$pct" storage status none
rmdir "$work/data"
refuses 1 'status of a folder that is gone' "pct: warning: data: $work/data: cannot open: No such file" \
	"$pct" storage status data
same 'its row' inactive "$(json status data | jq -r '.[0].status')"
mkdir "$work/data"
refuses 1 'use of a disabled storage' 'off: the storage is disabled; pct storage set off --disable 0' \
	"$pct" storage content off
refuses 1 'use of a storage of other nodes' 'away: the storage is only for the nodes no-such-node' \
	"$pct" storage content away
refuses 1 'use of a type that pct does not know' 'x1: the storage has the type new-type' \
	"$pct" storage content x1
printf 'dir: bad\n\tpath x\n' >>"$cfg"
refuses 1 'a bad file' "storage.cfg:[0-9]*: path: not an absolute path" "$pct" storage list
refuses 1 'is not changed' "storage.cfg:[0-9]*: path: not an absolute path" \
	"$pct" storage set data --shared 1
sed -i '/^dir: bad/,$d' "$cfg"

# ---- volumes ----
if [ "$(id -u)" -eq 0 ]; then
	new_ctid
	same 'alloc with a name' "data:$ctid/vm-$ctid-disk-7.raw" \
		"$("$pct" storage alloc data "$ctid" "vm-$ctid-disk-7.raw" 16M)"
	same 'alloc without a name' "data:$ctid/vm-$ctid-disk-0.raw" \
		"$("$pct" storage alloc data "$ctid" '' 16384)"
	same 'alloc of a folder' "data:$ctid/subvol-$ctid-disk-0.subvol" \
		"$("$pct" storage alloc data "$ctid" '' 0 --format subvol)"
	refuses 1 'alloc of a name that is taken' 'exists already' \
		"$pct" storage alloc data "$ctid" "vm-$ctid-disk-7.raw" 16M
	refuses 1 'alloc of a folder with a size' 'a volume of this size is an image here' \
		"$pct" storage alloc data "$ctid" "a.subvol" 16M
	refuses 1 'alloc in a form that this size has not' 'is a folder here' \
		"$pct" storage alloc data "$ctid" '' 0 --format raw
	refuses 2 'alloc of a bad size' 'bad size "big"' "$pct" storage alloc data "$ctid" '' big
	refuses 2 'alloc for a name' '"web1" is not a CTID' "$pct" storage alloc data web1 '' 1G
	refuses 1 'alloc outside' 'is not a volume id' "$pct" storage alloc data "$ctid" ../x.raw 16M
	mkdir -p "$work/data/template/cache" "$work/data/template/iso"
	echo x >"$work/data/template/cache/deb_1.tar.zst"
	echo x >"$work/data/template/iso/a.iso"
	same 'content' "$(cat <<-END
		data:$ctid/subvol-$ctid-disk-0.subvol subvol images 0 $ctid
		data:$ctid/vm-$ctid-disk-0.raw raw images 16777216 $ctid
		data:$ctid/vm-$ctid-disk-7.raw raw images 16777216 $ctid
		data:iso/a.iso iso iso 2 null
		data:vztmpl/deb_1.tar.zst tar.zst vztmpl 2 null
	END
	)" "$(json content data | jq -r '.[] | "\(.volid) \(.format) \(.content) \(.size) \(.vmid)"' | sort)"
	same 'list of a storage is the same' "$("$pct" storage content data)" "$("$pct" storage list data)"
	same 'content of one kind' data:iso/a.iso "$(json content data --content iso | jq -r '.[].volid')"
	same 'content of one container' 3 "$(json content data --vmid "$ctid" | jq length)"
	same 'content of another' 0 "$(json content data --vmid 999999998 | jq length)"
	same 'path of a volume' "$work/data/images/$ctid/vm-$ctid-disk-0.raw" \
		"$("$pct" storage path "data:$ctid/vm-$ctid-disk-0.raw")"
	same 'path of a file' "$work/data/template/iso/a.iso" "$("$pct" storage path data:iso/a.iso)"
	refuses 1 'path outside' 'is not a volume id' "$pct" storage path data:iso/../x

	mkdir -p "$PCT_ETC/lxc/$ctid"
	printf 'pve.volid = data:%s/vm-%s-disk-0.raw\npve.mp0 = data:%s/vm-%s-disk-7.raw,mp=/d\n' \
		"$ctid" "$ctid" "$ctid" "$ctid" >"$PCT_ETC/lxc/$ctid/config"
	refuses 1 'free of a volume that a container has' "is rootfs of container $ctid; pct set" \
		"$pct" storage free "data:$ctid/vm-$ctid-disk-0.raw"
	printf 'dir: twin\n\tpath %s\n' "$work/data" >>"$cfg"
	refuses 1 'also by the id of another storage' "is mp0 of container $ctid; pct set" \
		"$pct" storage free "twin:$ctid/vm-$ctid-disk-7.raw"
	refuses 1 'remove of a storage with volumes of containers' \
		"data: has volumes of the containers $ctid; .*--disable 1" "$pct" storage remove data
	"$pct" storage remove twin
	check 'free of a folder' "$pct" storage free "data:$ctid/subvol-$ctid-disk-0.subvol"
	rm -r "${PCT_ETC:?}/lxc/$ctid"
	check 'free' "$pct" storage free "data:$ctid/vm-$ctid-disk-0.raw"
	check 'free of the last' "$pct" storage free "data:$ctid/vm-$ctid-disk-7.raw"
	refuses 1 'free of one that is gone' 'there is no such volume' \
		"$pct" storage free "data:$ctid/vm-$ctid-disk-7.raw"
	same 'their folder is gone' '' "$(ls "$work/data/images")"
	check 'free of a file' "$pct" storage free data:iso/a.iso
	check 'it is gone' test ! -e "$work/data/template/iso/a.iso"
	refuses 1 'free of a file that is gone' 'cannot remove: No such file' \
		"$pct" storage free data:iso/a.iso
fi

# ---- options, completion ----
same 'every key of storage.cfg is an option' \
	"$(sed -n 's/^\t{ "\([^"]*\)", FIELD.*/\1/p' "$top/lib/storage/storage-key.c" | sort)" \
	"$("$pct" help storage | sed -n 's/^ *--\([a-z_-]*\).*/\1/p' | grep -Ev '^(output-format|vmid|delete)$' | sort)"
same 'completion of types' dir "$("$pct" __complete storage add d | cut -f1)"
same 'completion of storages' 'data' "$("$pct" __complete storage set da | cut -f1)"
same 'completion of content' rootdir,vztmpl \
	"$("$pct" __complete storage set data --content rootdir,vz | cut -f1)"
finish
