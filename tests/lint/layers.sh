#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Includes point down: lib <- setup <- hooks, pct; headers of others only in lib.
. "$(dirname "$0")/../lib.sh"
cd "$top" || exit 1

# only LAYER ALLOWED-FOLDERS
only() {
	grep -nE '^#include "' "$1"/*.[ch] | grep -vE "#include \"($2)/" >"$work/found"
	if [ -s "$work/found" ]; then
		not_ok "$1 includes only $2" <"$work/found"
	else
		ok "$1 includes only $2"
	fi
}
only lib lib
only setup 'lib|setup'
only hooks 'lib|setup|hooks'
only pct 'lib|setup|pct'

foreign='lxc/|libmnl/|netlink/|blkid/|archive|jansson|nftables/|crypt\.h'
grep -nE "^#include <($foreign)" setup/*.[ch] hooks/*.[ch] pct/*.[ch] >"$work/found"
grep -nE "^#include <($foreign)" lib/*.h >>"$work/found"
same 'headers of other libraries only in lib/*.c' '' "$(cat "$work/found")"

# What enters a container: doc/security.md has a row for each, and hostile/enter attacks it.
same 'namespaces are joined where the table of what enters says so, and nowhere else' \
	"$(printf '%s\n' hooks/pct-dhcp.c hooks/pct-enter.c lib/enter-context.c lib/inside.c lib/netns.c \
		lib/run.c pct/distro-boot.c)" \
	"$(grep -lE '\bsetns\(|->attach\(' lib/*.c setup/*.c hooks/*.c pct/*.c | sort)"
for hook in "$build"/hooks/lxc.*; do
	same "${hook##*/} is quick to load" '' \
		"$(readelf -d "$hook" | grep NEEDED | grep -E 'liblxc|jansson|libarchive|libnl|nftables')"
done
# liblxc 7 refuses a file that speaks of cgroup v1.
same 'include files speak of cgroup v1 in a folder of their own' distro-templates/cgroup1 \
	"$(grep -rl '^lxc\.cgroup\.' distro-templates | xargs dirname | sort -u)"
same 'pct is quick to load' '' "$(readelf -d "$build/pct" | grep NEEDED | grep -E 'libarchive|libnl|nftables')"
finish
