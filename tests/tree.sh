#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# tree.sh SUITE [TARGET]: "make check", or another target, of the commit that is checked out, in a tree
# of that Debian release with nothing in it but make.  The tree becomes the root of a mount namespace of
# its own: in a chroot the kernel makes no user namespaces.  It is in TMPDIR, and removed afterwards.
# liblxc 7 knows cgroup v2 alone: where the host has both, sid gets the v2 one, without controllers.
set -eu
umask 022
cd "$(dirname "$0")/.."
suite=$1 target=${2:-check}
tree=$(mktemp -d "${TMPDIR:-/tmp}/pct-tree-XXXXXX")
job=''
# make tells its tests, which clean up; what it had forked besides, as apt-get, is ended then.
cleanup() {
	local process
	[ -z "$job" ] || { kill "$job" && wait "$job" || :; } 2>/dev/null
	for process in /proc/[0-9]*; do
		[ ! "$process/root" -ef "$tree" ] || kill -9 "${process#/proc/}" || :
	done
	rm -rf --one-file-system "$tree"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
unshare -m mmdebstrap --quiet --variant=minbase --include=make --aptopt='Acquire::Languages "none"' \
	--aptopt='Acquire::Check-Valid-Until "false"' "$suite" "$tree" >&2
chmod 755 "$tree"
mkdir "$tree/src" "$tree/old"
git archive HEAD | tar -x -C "$tree/src"
cat /etc/resolv.conf >"$tree/etc/resolv.conf"
# shellcheck disable=SC2016
unshare --mount --propagation private bash -euc '
	mount --bind "$1" "$1"
	cd "$1"
	mount --rbind /dev dev
	mount -t proc proc proc
	mount --rbind /sys sys
	[ "$2" != sid ] || [ ! -e sys/fs/cgroup/unified ] || mount --rbind sys/fs/cgroup/unified sys/fs/cgroup
	mount -t tmpfs -o mode=755 tmpfs run
	pivot_root . old
	cd /src
	umount -l /old
	mount -t tmpfs tmpfs /tmp
	exec env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		make "$3" ${TESTS:+"TESTS=$TESTS"}' - "$tree" "$suite" "$target" &
job=$!
status=0
wait "$job" || status=$?
job=''
exit $status
