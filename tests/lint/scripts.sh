#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
. "$(dirname "$0")/../lib.sh"
cd "$top" || exit 1
find . \( -name .git -o -name 'build*' -o -path ./tests/golden/families -o -name files -o -name expected \
	-o -name input \) -prune -o -type f -print0 |
	xargs -0 awk 'FNR == 1 && /^#! ?\/bin\/(ba)?sh/ || FNR < 4 && /^# shellcheck shell=/ {
		print FILENAME
		nextfile
	}' | sort >"$work/scripts"
ls tests/golden/families/*.sh >>"$work/scripts"
while read -r script; do
	check "shellcheck $script" shellcheck -S warning -x -e SC1091,SC2154,SC2034 "$script"
done <"$work/scripts"
check 'shellcheck the udhcpc script' shellcheck -s sh \
	-e SC2154 distro-templates/busybox/files/etc/udhcpc/default.script
check 'shellcheck the OpenRC script' shellcheck -s sh \
	-e SC2034 distro-templates/alpine-like/files/etc/init.d/networking
finish
