#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# install.sh SUITE: install build.sh's packages of that release in a throw-away copy of its tree, use
# pct, purge it again, and see what is left.
. "$(dirname "$0")/../lib.sh"
[ $# -eq 1 ] && [ -d "$build/package/$1" ] || { echo "make deb SUITE=$1 first" >&2 && exit 2; }

cat >"$work/inside" <<'END'
set -u
export DEBIAN_FRONTEND=noninteractive
# Other packages' files are not ours to remove; a user with ids is there before.
state() {
	find /etc/pve /var/lib/vz /var/lib/pct /run/pct /usr/sbin/pct /usr/libexec/pct /usr/share/pct \
		/usr/share/doc/pct* /lib/systemd/system/pct* /etc/systemd/system -name '*pct*' 2>/dev/null
	ls -d /etc/pve /var/lib/vz /var/lib/pct 2>/dev/null
	cat /etc/subuid /etc/subgid
}
echo 'somebody:100000:65536' | tee /etc/subuid >/etc/subgid
state >/before
apt-get update -q && apt-get install -y -q --no-install-recommends \
	/pct_*.deb /pct-doc_*.deb || exit 3
cat /etc/subuid /etc/subgid >/ids
pct help >/help && pct list && pct distro list >/distros || exit 4
dpkg-reconfigure pct 2>/dev/null; cat /etc/subuid /etc/subgid | cmp - /ids || exit 5
env -i PATH="$PATH" pct doctor >/doctor
apt-get purge -y -q pct pct-doc || exit 6
state | diff /before - || exit 7
END
mkdir -p "$work/over/upper" "$work/over/work" "$work/root"
cp "$build/deb${1:+-$1}"/pct_*.deb "$build/deb${1:+-$1}"/pct-doc_*.deb "$work/over/upper/"
cp "$work/inside" "$work/over/upper/inside"
# shellcheck disable=SC2016
check "$1: install, use and purge" unshare --mount --pid --fork --kill-child -- sh -euc '
	mount --make-rprivate /
	mount -t overlay -o "lowerdir=$1,upperdir=$2/over/upper,workdir=$2/over/work" overlay "$2/root"
	mount -t proc proc "$2/root/proc"
	cp /etc/resolv.conf "$2/root/etc/"
	cd "$2/root" && exec chroot . bash /inside' sh "$build/package/$1" "$work"
cp "$work/out" "${LOG:-/dev/null}"
same "$1: ids that nobody else has" "$(printf 'somebody:100000:65536\nroot:165536:65536\n%.0s' 1 2)" \
	"$(cat "$work/over/upper/ids")"
check "$1: the help names the commands" grep -q '^  start' "$work/over/upper/help"
check "$1: the templates are found" grep -q '^debian' "$work/over/upper/distros"
check "$1: the doctor comes to an end" grep -q ' errors, ' "$work/over/upper/doctor"
finish
