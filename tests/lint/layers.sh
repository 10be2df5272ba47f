#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Includes point left: lib <- setup <- ct <- pct, hooks; and so do those between the folders of lib.
# Headers of other libraries are included in lib alone.  doc/architecture.md, "Layers".
. "$(dirname "$0")/../lib.sh"
cd "$top" || exit 1

# only FOLDER ALLOWED...: its files include headers of these folders alone.
only() {
	local folder=$1 allowed
	shift
	allowed=$(printf '%s|' "$@")
	same "$folder includes only $*" '' "$(find "$folder" -name '*.[ch]' -exec \
		grep -nE '^#include "' {} + | grep -vE "#include \"(${allowed%|})/")"
}
only lib/base lib/base
only lib/host lib/base lib/host
only lib/rootfs lib/base lib/host lib/rootfs
only lib/conf lib/base lib/host lib/conf
only lib/net lib/base lib/host lib/conf lib/net
only lib/storage lib/base lib/host lib/rootfs lib/conf lib/storage
only lib/runtime lib/base lib/host lib/rootfs lib/conf lib/runtime
only setup lib setup
only ct lib setup ct
only hooks lib setup ct hooks
only pct lib setup ct pct
same 'every folder of lib has a line above' '' "$(for room in lib/*/; do
	grep -q "^only ${room%/} " "$0" || echo "$room"
done)"
same 'no file lies beside the folders of lib' '' "$(find lib -maxdepth 1 -type f)"
same 'a unit test is named after its module, or after that and a part of it' '' "$(
	for test in tests/unit/*.c; do
		name=$(basename "$test" .c)
		find lib setup ct -name "$name.c" -o -name "${name%-*}.c" | grep -q . || echo "$test"
	done)"

same 'the layout of configs is known to lib/conf/store*.c alone' '' \
	"$(grep -rnE '/lxc/%u|%s/lxc"|%s/nodes|%s\.conf"' --include='*.[ch]' lib setup ct hooks pct |
		grep -v '^lib/conf/store')"
same 'names of the run folder are spelt in lib/base/runfile.c alone' '' "$(grep -rnE \
	'"%s/(plan|monitor|pid|started|enter|net%u|dhcp|failure|log|restart|report)' \
	--include='*.[ch]' lib setup ct hooks pct | grep -v '^lib/base/runfile.c')"

foreign='lxc/|libmnl/|netlink/|blkid/|archive|jansson|yaml\.h|nftables/|crypt\.h'
found=$(grep -rnE "^#include <($foreign)" --include='*.[ch]' setup ct hooks pct
	grep -rnE "^#include <($foreign)" --include='*.h' lib)
same 'headers of other libraries only in lib/*/*.c' '' "$found"

# What enters a container: doc/security.md has a row for each, and hostile/enter attacks it.
same 'namespaces are joined where the table of what enters says so, and nowhere else' \
	"$(printf '%s\n' ct/live/live-volumes.c hooks/pct-dhcp.c hooks/pct-enter.c lib/base/run.c \
		lib/net/netns.c lib/runtime/devices/devices-live.c lib/runtime/enter/enter-context.c lib/runtime/guest.c pct/distro/boot.c)" \
	"$(grep -rlE --include='*.c' '\bsetns\(|->attach\(' lib setup ct hooks pct | sort)"
for hook in "$build"/hooks/lxc.*; do
	same "${hook##*/} is quick to load" '' \
		"$(readelf -d "$hook" | grep NEEDED | grep -E 'liblxc|jansson|libyaml|libarchive|libnl|nftables')"
done
# liblxc 7 refuses a file that speaks of cgroup v1.
same 'include files speak of cgroup v1 in a folder of their own' distro-templates/cgroup1 \
	"$(grep -rl '^lxc\.cgroup\.' distro-templates | xargs dirname | sort -u)"
same 'pct-start, which each start copies and loads, links only liblxc' 'libc liblxc' "$(
	readelf -d "$build/hooks/pct-start" | sed -n 's/.*(NEEDED).*\[\(lib[a-z]*\)\..*/\1/p' | sort | xargs)"
same 'pct is quick to load' '' "$(readelf -d "$build/pct" | grep NEEDED | grep -E 'libarchive|libnl|nftables')"
finish
