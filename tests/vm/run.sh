#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# run.sh [RELEASE...]: the tests that need a real Debian host (systemd as PID 1, cgroup v2 alone,
# AppArmor, VLANs), in emulated machines with Debian 12 and 13, side by side; sid by its name.  A
# release's first machine has nothing but Debian, and gets the packages (fresh.sh); its second has what
# the tests need, and gets what was compiled for its release (inside.sh).  Each finds that on its
# second disk, and hands back lines on its second serial port.  12-zfs, 12-ceph: the release with ZFS or Ceph.
# TESTS=PATTERN: instead of those in the file "list", and of the first machine only where it is
# "fresh"; LIMIT=S: where this machine is busy with other things.
. "$(dirname "$0")/../lib.sh"
limit=${LIMIT:-1800} # seconds for a release's machines; images and templates are not in it
jobs=() patience='systemd.show_status=0 systemd.default_timeout_start_sec=900'
trap '[ ${#jobs[@]} -eq 0 ] || { kill "${jobs[@]}" && wait; }; cleanup' EXIT

# compile RELEASE: the suite, by the compiler and for the libraries of the release.
# shellcheck disable=SC2016
compile() {
	mkdir -p "$build/vm/$1/build"
	unshare --mount bash -c 'mount --bind "$1" "$2/tree/test" &&
		mount --bind "$2/build" "$2/tree/mnt" && mount -t proc proc "$2/tree/proc" &&
		exec chroot "$2/tree" make --no-print-directory -C /test -j2 O=/mnt all' \
		- "$top" "$build/vm/$1"
}

# image FOLDER SCRIPT: the second disk, whose script of tests/vm is run.
image() {
	cp -a "$top/tests" "$1/" && echo "$2" >"$1/main" &&
		{ [ -z "${TESTS:-}" ] || echo "$TESTS" >"$1/tests/vm/list"; } &&
		rm -f "$work/test.img" && truncate -s 2G "$work/test.img" &&
		mke2fs -q -t ext4 -d "$1" "$work/test.img"
}

# No source is on it: there is nothing to compile there.
compiled_disk() {
	local disk=$work/disk
	compile "$release" &&
		rm -rf "$disk" && mkdir -p "$disk/build/cache" && cp -a "$top/"{distro-templates,systemd,udev} "$disk/" &&
		cp -a "$build/vm/$release/build/"{pct,hooks,distro-templates} "$disk/build/" &&
		cp -R "$build/hostile" "$disk/build/" &&
		cp -a "$cache/." "$disk/build/cache/" && image "$disk" inside.sh
}

# The packages, and all that apt would fetch for them in the fresh machine, which has no network.
# shellcheck disable=SC2016
package_disk() {
	local disk=$work/disk debs=$build/deb-$1
	rm -rf "$disk" && mkdir -p "$disk/debs" "$disk/apt/archives/partial" "$disk/apt/lists" &&
		LINTIAN=no "$top/tests/package/build.sh" "$debs" "$1" &&
		cp "$debs"/pct_*.deb "$debs"/pct-doc_*.deb "$disk/debs/" &&
		unshare --mount bash -euc 'mount --bind "$1" "$2/tree/mnt"
			mount -t proc proc "$2/tree/proc"
			cp "$2/status" "$1/status"
			cat /etc/resolv.conf >"$2/tree/etc/resolv.conf"
			exec chroot "$2/tree" sh -euc "
				apt-get update -q -o Dir::State::lists=/mnt/apt/lists
				apt-get install -q -y --download-only --no-install-recommends \
					-o Dir::State::lists=/mnt/apt/lists -o Dir::State::status=/mnt/status \
					-o Dir::Cache::archives=/mnt/apt/archives /mnt/debs/*.deb"' \
			- "$disk" "$build/vm/$release" &&
		mkdir "$disk/templates" && cp "$PCT_VZ/template/cache/"* "$disk/templates/" &&
		image "$disk" fresh.sh
}

# take LINE: a line that the machine's tests wrote.
take() {
	case $1 in
	'ok '*) ok "Debian $release: ${1#ok }" ;;
	'not ok '*) not_ok "Debian $release: ${1#not ok }" </dev/null ;; # its comment lines follow
	[0-9]*' passed, '*) ended=1 && echo "# Debian $release: $1" ;;
	*) echo "$1" ;;
	esac
}

# boot ROOT [OPTION...]: what the machine writes is lost with it (snapshot=on), but not when it reboots.
boot() {
	local root=$1 folder=$build/vm/$release left=$((limit - SECONDS + paused)) line
	shift
	rm -f "$work/results" && mkfifo "$work/results"
	TMPDIR=$work timeout -k 10 $left nice -n ${NICE:-5} qemu-system-x86_64 -M q35 -cpu max,la57=off \
		-accel tcg,thread=multi -smp 2 -m 2048 -display none -nic none \
		-kernel "$folder/kernel" -initrd "$folder/initrd" \
		-append "root=/dev/vda rw console=ttyS0 panic=-1 mitigations=off $patience" \
		-drive "file=$folder/$root,if=virtio,format=raw,snapshot=on,cache=unsafe" \
		-drive "file=$work/test.img,if=virtio,format=raw,snapshot=on,cache=unsafe" \
		-device virtio-rng-pci -serial "file:$folder/console" -serial stdio "$@" \
		</dev/null >"$work/results" 2>"$work/qemu" &
	jobs=($!)
	while IFS=$'\r' read -r line; do said=1 && take "$line"; done <"$work/results"
	wait "${jobs[0]}"
	jobs=()
}

# run ROOT [OPTION...]: the emulator may trip over a kernel that patches itself: a boot that comes to
# nothing is tried again.
run() {
	local ended='' said=''
	for _ in 1 2 3; do
		[ -n "$said" ] || boot "$@"
	done
	[ -n "$ended" ] || {
		cat "$work/qemu" && tail -n 30 "$build/vm/$release/console" | tr -d '\r'
	} >"$work/why"
	[ -n "$ended" ] || not_ok "Debian $release: its tests came to their end" <"$work/why"
}

# machine WHAT DISK-COMMAND ROOT [OPTION...]
machine() {
	local what=$1 disk=$2 began=$SECONDS
	shift 2
	check "Debian $release: a disk for $what" "$disk" "$suite" || return
	paused=$((paused + SECONDS - began))
	began=$SECONDS
	run "$@"
	echo "# Debian $release: $what: $((SECONDS - began)) s"
}

# release NUMBER: both of its machines.
release() {
	local began=$SECONDS release=$1 suite
	case ${release%-*} in 12) suite=bookworm ;; 13) suite=trixie ;; *) suite=$release ;; esac
	"$top/tests/vm/image.sh" "$release" || { not_ok "Debian $release: an image" && return; }
	paused=$((paused + SECONDS - began))
	[ "${TESTS:-fresh}" != fresh ] || machine 'the packages' package_disk fresh.img \
		-drive "file=$work/lvm.img,if=virtio,format=raw,snapshot=on"
	[ "${TESTS:-}" = fresh ] || machine 'the tests' compiled_disk root.img -no-reboot
}

# A machine keeps one processor busy: each release has a run of its own.  Each line says whose it is.
side_by_side() {
	local line release ended=0
	mkfifo "$work/lines"
	for release; do
		"$0" "$release" >"$work/lines" 2>&1 &
		jobs+=($!)
	done
	while IFS= read -r line; do
		case $line in
		'ok '*) ok "${line#ok * - }" ;;
		'not ok '*) not_ok "${line#not ok * - }" </dev/null ;;
		[0-9]*' passed, '*) ended=$((ended + 1)) ;;
		*) echo "$line" ;;
		esac
	done <"$work/lines"
	wait
	jobs=()
	same 'all runs came to their end' $# $ended
}

template busybox
template debian
debian_inside
template debian-inside
[ $# -gt 0 ] || set -- 12 13
paused=$SECONDS
truncate -s 3G "$work/lvm.img"
if [ $# -gt 1 ]; then side_by_side "$@"; else release "$1"; fi
echo "$((tests - failures)) passed, $failures failed"
finish
