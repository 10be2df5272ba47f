#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# "make bench": the budgets of the design against their peers, in one run on one machine.  Times
# are medians of rounds in which the contestants take turns.  Nothing is asserted.
. "$(dirname "$0")/../lib.sh"
. "$top/tests/bench/cpu.sh"
new_bridge
rounds=${ROUNDS:-15}

# took COMMAND...: milliseconds.
took() {
	local begin=${EPOCHREALTIME/./}
	"$@" >/dev/null 2>&1 </dev/null || echo "failed: $*" >&2
	echo $(((${EPOCHREALTIME/./} - begin) / 1000)).$(((${EPOCHREALTIME/./} - begin) % 1000 / 100))
}

# peer WITH-HOOKS: a copy of $ctid for bare liblxc in $peer: the same runtime config without hooks,
# or with the same number of static ones that do nothing; the volume is attached by mount(8).
peer() {
	local config
	new_ctid
	peer=$ctid config=$PCT_LIB/$peer/config
	mkdir -p "$PCT_LIB/$peer/rootfs"
	[ ! -e "$PCT_LIB/$ours/seccomp" ] || cp "$PCT_LIB/$ours/seccomp" "$PCT_LIB/$peer/"
	sed -e "s/$ours/$peer/g" -e '1s/.*/# peer/' "$PCT_LIB/$ours/config" >"$config"
	if [ "$1" = hooks ]; then
		sed -i -e "s#^\(lxc.hook[^=]*\|lxc.net.*script[^=]*\)=.*#\1= $work/empty#" "$config"
	else
		sed -i -e '/^lxc.hook\|^lxc.net.*script/d' "$config"
	fi
	cp --sparse=always "$images/$ours/vm-$ours-rootfs.raw" "$work/$peer.raw"
	grep -q '^lxc.net.0.link' "$config" || echo "lxc.net.0.link = $bridge" >>"$config"
	echo "lxc.rootfs.options = $mapped" >>"$config"
}
# The same mount: pct has the loop device read the image without the page cache as well.
peer_mount() {
	local device
	device=$(losetup --find --show --direct-io=on "$work/$1.raw") || return
	mount "$device" "$PCT_LIB/$1/rootfs" && losetup --detach "$device" # goes with the mount
}
peer_start() {
	peer_mount "$1" && lxc-start -P "$PCT_LIB" -n "$1"
}
peer_stop() {
	lxc-stop -k -P "$PCT_LIB" -n "$1" >/dev/null 2>&1
	within 5 no_monitor "$1"
	umount "$PCT_LIB/$1/rootfs"
}

starts() {
	local round
	new_ct busybox --unprivileged "$1" >/dev/null 2>&1
	cp "$PCT_ETC/lxc/$ctid/config" "$work/config"
	ours=$ctid named=$ctid mapped=
	[ "$1" = 0 ] || mapped=idmap=container
	"$pct" start "$ours" && "$pct" stop "$ours"
	peer hooks && with=$peer
	peer none && bare=$peer
	for round in $(seq "$rounds"); do
		took "$pct" start "$ours" >>"$work/ours.$1" && "$pct" stop "$ours"
		took peer_start "$with" >>"$work/with.$1" && peer_stop "$with"
		took peer_start "$bare" >>"$work/bare.$1" && peer_stop "$bare"
		peer_mount "$bare"
		took lxc-start -P "$PCT_LIB" -n "$bare" >>"$work/only.$1" && peer_stop "$bare"
	done
	kind=privileged && [ "$1" = 0 ] || kind=unprivileged
	execs "$ours" $kind
	ours=$(median <"$work/ours.$1")
	for other in 'with:empty hooks, mount(8)' 'bare:no hooks, mount(8)' 'only:no hooks, already mounted'; do
		other_ms=$(median <"$work/${other%%:*}.$1")
		budget='' && [ "${other%%:*}" != with ] || budget='<= 1.05'
		row "pct start / lxc-start, ${other#*:} ($kind)" "$ours ms" "$other_ms ms" \
			"$(ratio "$ours" "$other_ms")" "$budget"
	done
}

# with_volumes KIND: eight images as mount points, against none; and, as mount(8) of Debian 12 maps no
# ids, a privileged container against the same mounts by mount(8).
with_volumes() {
	local round n kind=$1 unprivileged=1 mounts=() plain mapped=
	[ "$kind" = unprivileged ] || unprivileged=0
	new_ct busybox --unprivileged $unprivileged >/dev/null 2>&1
	plain=$ctid
	for n in 0 1 2 3 4 5 6 7; do mounts+=("--mp$n" "local:0.1,mp=/v/$n"); done
	new_ct busybox --unprivileged $unprivileged "${mounts[@]}" >/dev/null 2>&1
	ours=$ctid
	for n in "$plain" "$ours"; do "$pct" start "$n" && "$pct" stop "$n"; done
	if [ $unprivileged = 0 ]; then
		peer hooks
		sed -i '/^lxc.rootfs.options/d' "$PCT_LIB/$peer/config"
		for n in 0 1 2 3 4 5 6 7; do
			cp --sparse=always "$images/$ours/vm-$ours-disk-$n.raw" "$work/$peer.$n.raw"
		done
		bound_peer
	fi
	for round in $(seq "$rounds"); do
		took "$pct" start "$plain" >>"$work/plain.$kind" && "$pct" stop "$plain"
		took "$pct" start "$ours" >>"$work/eight.$kind" && "$pct" stop "$ours"
		[ $unprivileged = 0 ] || continue
		took peer_start_eight "$peer" >>"$work/eight.counted" && peer_stop_eight "$peer"
		took peer_start "$bound" >>"$work/eight.before" && peer_stop "$bound"
	done
	eight=$(median <"$work/eight.$kind") plain=$(median <"$work/plain.$kind")
	row "pct start with 8 volumes / with none ($kind)" "$eight ms" "$plain ms" \
		"$(awk -v a="$eight" -v b="$plain" 'BEGIN { printf "%+.1f", (a - b) / 8 }')" 'ms each'
	[ $unprivileged = 0 ] || return
	umount "$work/v."*
	for other in counted before; do
		peer=$(median <"$work/eight.$other")
		row "pct start / lxc-start, empty hooks, mount(8) $other: 8 volumes" "$eight ms" "$peer ms" \
			"$(ratio "$eight" "$peer")" \
			"$([ $other = counted ] || awk -v b="$peer" 'BEGIN { printf "<= %.0f ms", b * 1.1 + 8 }')"
	done
}
# A second peer, $bound, binds the eight volumes, which are mounted on the host before its starts.  Its root
# volume is mounted while the clock runs, as in the other rows.
bound_peer() {
	local device n eight=$peer
	peer hooks
	bound=$peer peer=$eight
	sed -i '/^lxc.rootfs.options/d' "$PCT_LIB/$bound/config"
	for n in 0 1 2 3 4 5 6 7; do
		mkdir "$work/v.$n"
		cp --sparse=always "$work/$eight.$n.raw" "$work/$bound.$n.raw" &&
			device=$(losetup --find --show --direct-io=on "$work/$bound.$n.raw") &&
			mount "$device" "$work/v.$n" && losetup --detach "$device" || return
		echo "lxc.mount.entry = $work/v.$n v/$n none bind 0 0" >>"$PCT_LIB/$bound/config"
	done
}
peer_mount_eight() {
	local n device
	peer_mount "$1" || return
	for n in 0 1 2 3 4 5 6 7; do
		device=$(losetup --find --show --direct-io=on "$work/$1.$n.raw") &&
			mount "$device" "$PCT_LIB/$1/rootfs/v/$n" && losetup --detach "$device" || return
	done
}
peer_start_eight() { peer_mount_eight "$1" && lxc-start -P "$PCT_LIB" -n "$1"; }
peer_stop_eight() {
	lxc-stop -k -P "$PCT_LIB" -n "$1" >/dev/null 2>&1
	within 5 no_monitor "$1"
	umount -R "$PCT_LIB/$1/rootfs"
}

# execs CTID KIND: also the first one after a start, which asks liblxc.
execs() {
	local round
	for round in $(seq "$rounds"); do
		"$pct" start "$1"
		took "$pct" exec "$1" true >>"$work/first.$2"
		took "$pct" exec "$1" true >>"$work/exec.$2"
		took lxc-attach -P "$PCT_LIB" -n "$1" -- true >>"$work/attach.$2"
		"$pct" stop "$1"
	done
	for which in 'first:, first after a start' exec:; do
		row "pct exec true / lxc-attach${which#*:} ($2)" \
			"$(median <"$work/${which%%:*}.$2") ms" "$(median <"$work/attach.$2") ms" \
			"$(ratio "$(median <"$work/${which%%:*}.$2")" "$(median <"$work/attach.$2")")" \
			"$([ "${which%%:*}" = first ] || echo '<= 1.20')"
	done
}

# copies_of_config N: config for N containers, by a program that does it in seconds.
copies_of_config() {
	(cd "$PCT_ETC/lxc" && seq 100 $((99 + $1)) | xargs mkdir)
	awk -v named="$named" -v dir="$PCT_ETC/lxc" -v n="$1" '
		{ text = text $0 "\n" }
		END {
			for (id = 100; id < 100 + n; id++) {
				copy = text
				gsub(named, id, copy)
				printf "%s", copy >(dir "/" id "/config")
				close(dir "/" id "/config")
			}
		}' "$work/config"
}

# Forty containers of each kind, all started in the same moment.
forty() {
	local round id mapped=idmap=container all=() peers=()
	for round in $(seq 40); do
		new_ct busybox --unprivileged 1 >/dev/null 2>&1
		"$pct" set "$ctid" --net0 "name=eth0,bridge=$bridge" # no address that all have
		all+=("$ctid") ours=$ctid
		peer hooks && peers+=("$peer")
	done
	at_once() {
		local start=$1 jobs=() job status=0
		shift
		for id; do "$start" "$id" & jobs+=($!); done
		for job in "${jobs[@]}"; do wait "$job" || status=1; done
		return $status
	}
	our_start() { "$pct" start "$1"; }
	for round in $(seq 3); do
		took at_once our_start "${all[@]}" >>"$work/forty.ours"
		at_once our_stop "${all[@]}"
		took at_once peer_start "${peers[@]}" >>"$work/forty.peer"
		at_once peer_stop "${peers[@]}"
	done
	row 'pct start / lxc-start, empty hooks, mount(8): 40 at once' \
		"$(median <"$work/forty.ours") ms" "$(median <"$work/forty.peer") ms" \
		"$(ratio "$(median <"$work/forty.ours")" "$(median <"$work/forty.peer")")" '<= 1.15'
}
our_stop() { "$pct" stop "$1"; }

list() {
	local count id round
	for count in 10 100 1000 100000; do
		rm -rf "$PCT_ETC/lxc" && mkdir -p "$PCT_ETC/lxc"
		copies_of_config $count
		for round in $(seq "$rounds"); do took "$pct" list; done | median >"$work/list.$count"
		row "pct list of $count, per container against 10" "$(cat "$work/list.$count") ms" '' \
			"$(ratio "$(cat "$work/list.$count")" "$(cat "$work/list.10")")" \
			"$(case $count in 1000) echo '<= 10 ms' ;; 100000) echo '<= 1000 ms' ;; esac)"
	done
}

true_program() { /bin/true; }

# What runs of "pct setup" by hand; the budget is the mount hook's, which links no liblxc.
setup() {
	local tree=$work/tree
	mkdir "$tree" && zstd -dcq "$PCT_VZ/template/cache/$template" | tar -x -C "$tree"
	pass() { "$@" "$pct" setup --rootfs "$tree" --config "$work/config" --phase start; }
	pass >/dev/null 2>&1
	against true_program pass
	row 'pct setup, phase start / true: CPU' "$own ms" "$other ms" "$(ratio "$own" "$other")" ''
	row 'pct setup, phase start: peak memory' \
		"$(pass env time -f %M 2>&1 >/dev/null | tail -n 1) KiB" '' '' '<= 4096'
}

# The start-phase pass of each distribution: the mount hook as a process, on its skeleton.
families() {
	local skeleton name tree=$work/skeleton peak
	"$top/tests/skeletons/make.sh"
	mkdir -p "$PCT_RUN/pct/105/guest"
	"$top/tests/network-config" dual >"$PCT_RUN/pct/105/plan"
	hook() {
		LXC_NAME=105 LXC_CONFIG_FILE=$PCT_LIB/105/config LXC_ROOTFS_MOUNT=$tree \
			"$@" "$build/hooks/lxc.hook.mount" 105 lxc mount
	}
	for skeleton in "$build"/skeletons/*; do
		name=${skeleton##*/}
		rm -rf "$tree" && cp -a "$skeleton" "$tree"
		[ -e "$tree/sbin/init" ] || [ -L "$tree/sbin/init" ] || continue # the hook wants one
		hook >/dev/null 2>"$work/err" || { echo "failed: $name: $(cat "$work/err")" >&2 && continue; }
		against true_program hook
		peak=$(hook env time -f %M 2>&1 >/dev/null | tail -n 1)
		row "mount hook, $name / true: CPU; peak memory $peak KiB" "$own ms" "$other ms" \
			"$(ratio "$own" "$other")" '<= 3 ms, 4096'
	done
}

unpacking() {
	local round archive=$PCT_VZ/template/cache/$template
	by_us() { mkdir "$work/u" && "$build/bench/unpack" "$archive" "$work/u"; }
	by_tar() { mkdir "$work/u" && zstd -dcq "$archive" | tar -x -C "$work/u"; }
	for round in 1 2 3 4 5; do
		took by_us >>"$work/us" && sync -f "$work" && rm -r "$work/u"
		took by_tar >>"$work/tar" && sync -f "$work" && rm -r "$work/u"
	done
	row "unpack / zstd -dc | tar -x ($1)" "$(median <"$work/us") ms" "$(median <"$work/tar") ms" \
		"$(ratio "$(median <"$work/us")" "$(median <"$work/tar")")" '<= 1.10'
}

printf 'int main(void) { return 0; }\n' | gcc -Os -static -x c -o "$work/empty" -
row '' ours peer ratio budget
starts 1
starts 0
with_volumes unprivileged
with_volumes privileged
forty
template debian
setup
families
bash "$top/tests/bench/net.sh"
unpacking debian
kept=("${ctids[@]}")
for id in "${kept[@]}"; do destroy "$id"; done
list
row 'configs parsed a second' "$("$build/bench/parse" "$top/tests/golden/lower/example/config")" '' '' '>= 100000'
