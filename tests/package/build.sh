#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# build.sh OUTPUT [SUITE]: the Debian packages of the commit that is checked out, in the folder
# OUTPUT, looked at by lintian, whose warnings fail.  With SUITE they are built in a tree of that
# release, which is kept in $O/package.  LINTIAN=no leaves lintian out.
set -eu
umask 022
unset "${!PCT_@}" # where a test's containers are is not where the package has them
top=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1" "$top/${O:-build}/package"
output=$(cd "$1" && pwd)
tree=$(cd "$top/${O:-build}/package" && pwd)/${2:-}
cd "$top"

make_tree() {
	[ ! -d "$tree" ] || return 0
	echo "# $tree: a few minutes, once" >&2
	rm -rf --one-file-system "$tree.new"
	unshare -m mmdebstrap --quiet --variant=buildd --include=debhelper,lintian \
		--aptopt='Acquire::Languages "none"' --aptopt='Acquire::Check-Valid-Until "false"' \
		"$1" "$tree.new" >&2
	mv -T "$tree.new" "$tree"
}

# Runs in the folder that holds the source, here or in the tree.
build='
	cd source
	[ -z "$tree" ] || dpkg-checkbuilddeps 2>/dev/null ||
		{ apt-get update -q && apt-get build-dep -y -q --no-install-recommends .; } >&2
	dpkg-buildpackage -us -uc >../log 2>&1 ||
		{ tail -n 40 ../log && exit 1; }
	[ "$lintian" = yes ] || exit 0
	cd .. && lintian --version && lintian --allow-root --info --fail-on error,warning *.changes &&
		echo "lintian: no error, no warning"'

work=$output/work
rm -rf "$work"
mkdir -p "$work/source"
git archive "${COMMIT:-HEAD}" | tar -x -C "$work/source"
if [ -n "${2:-}" ]; then
	make_tree "$2"
	cp /etc/resolv.conf "$tree/etc/"
	# shellcheck disable=SC2016
	unshare --mount --pid --fork --kill-child -- sh -euc '
		mount --make-rprivate /
		mount --bind "$1" "$1"
		mount -t proc proc "$1/proc"
		mount -t tmpfs tmpfs "$1/tmp"
		mkdir -p "$1/build" && mount --bind "$2" "$1/build"
		exec chroot "$1" sh -euc "tree=1 lintian=${LINTIAN:-yes}; cd /build; $3"' sh "$tree" "$work" "$build"
else
	(cd "$work" && sh -euc "tree= lintian=${LINTIAN:-yes}; $build")
fi
find "$work" -maxdepth 1 -type f -exec mv -f -t "$output" {} +
rm -rf "$work"
ls "$output"
