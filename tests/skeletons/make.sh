#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# make.sh [NAME...]: minimal root file systems in $O/skeletons, each true to its distribution in
# what setup looks at; all of them without NAME.  One function a distribution, in distros/.
# What is there already and newer than these scripts stays.
set -eu
cd "$(dirname "$0")/../.."
top=$PWD # for what a skeleton has of the templates
mkdir -p "${O:-build}/skeletons"
out=$(cd "${O:-build}/skeletons" && pwd)
sources=(tests/skeletons/*.sh tests/skeletons/distros/*.sh)
umask 022
for part in "${sources[@]}"; do
	# shellcheck source=/dev/null
	[ "$part" = tests/skeletons/make.sh ] || . "./$part"
done

is_current() {
	local source
	[ -d "$out/$1" ] || return 1
	for source in "${sources[@]}"; do [ "$out/$1" -nt "$source" ] || return 1; done
}

# Put in place by a rename: two tests may want the same one at the same time.
make() {
	local name=$1 new
	new=$(mktemp -d "$out/.$name-XXXXXX")
	chmod 755 "$new"
	(cd "$new" && "distro_$name")
	touch "$new"
	[ ! -e "$out/$name" ] || mv -T "$out/$name" "$new.old"
	mv -T "$new" "$out/$name"
	rm -rf "$new.old"
}

names=("$@")
[ $# -gt 0 ] || mapfile -t names < <(compgen -A function distro_)
for name in "${names[@]#distro_}"; do
	is_current "$name" || make "$name"
done
