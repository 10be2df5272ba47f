#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
. "$(dirname "$0")/../lib.sh"
cd "$top" || exit 1
grep -rlE '^#! ?/bin/(ba)?sh|^# shellcheck shell=' --exclude-dir=.git --exclude-dir='build*' . |
	grep -v '/files/\|/expected/\|/input/' | sort >"$work/scripts"
while read -r script; do
	check "shellcheck $script" shellcheck -S warning -x -e SC1091,SC2154,SC2034 "$script"
done <"$work/scripts"
check 'shellcheck the udhcpc script' shellcheck -s sh \
	-e SC2154 distro-templates/busybox/files/etc/udhcpc/default.script
finish
