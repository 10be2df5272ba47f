#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pct distro check says of a template what create makes of it, and finds it by name, as create does.
. "$(dirname "$0")/../lib.sh"
cases=$top/tests/golden/setup

# chosen: the network program that the report on standard input has chosen, and whether it is enabled.
chosen() { jq -c '[.consumer, ([.consumers[] | select(.chosen) | .enabled] | any)]'; }

# Each tree: the check's verdict, and the program that a start finds after create has set up the tree.
for config in "$cases"/*/config; do
	name=$(basename "${config%/config}") tree=$work/tree
	rm -rf "$tree" && cp -R "$cases/$name/input" "$tree" 2>/dev/null || continue
	checked=$("$pct" distro check "$tree" --config "$config" --output-format json | chosen)
	"$pct" setup --rootfs "$tree" --config "$config" --phase create >/dev/null 2>&1
	same "$name: the check tells what create makes" "$checked" \
		"$("$pct" setup --rootfs "$tree" --config "$config" --explain --output-format json | chosen)"
done

# A template whose network program waits for the presets of a first boot, which create prevents.
tree=$work/template
mkdir -p "$tree"/{sbin,etc/systemd,usr/lib/systemd/system}
echo 'ID=debian' >"$tree/etc/os-release"
: >"$tree/etc/machine-id"
printf '[Unit]\n[Install]\nWantedBy=multi-user.target\n' \
	>"$tree/usr/lib/systemd/system/systemd-networkd.service"
for program in systemd systemd-networkd; do
	printf '#!/bin/sh\n' >"$tree/usr/lib/systemd/$program"
	chmod 755 "$tree/usr/lib/systemd/$program"
done
ln -s ../usr/lib/systemd/systemd "$tree/sbin/init"
"$pct" distro check "$tree" >"$work/told"
same 'what create enables can be configured' 0 $?
check 'and it says that create enables it' grep -q \
	'systemd-networkd .*enabled, chosen (.*its unit is not enabled, create enables it)' "$work/told"
rm "$tree/usr/lib/systemd/system/systemd-networkd.service"
ln -s /dev/null "$tree/usr/lib/systemd/system/systemd-networkd.service"
"$pct" distro check "$tree" >"$work/told"
same 'what is masked cannot' 1 $?

# Host keys are set up as well.
mkdir -p "$tree/etc/ssh"
"$pct" distro check "$tree" >"$work/told"
check 'the check names the host keys that create writes' \
	grep -q 'would create .*/etc/ssh/ssh_host_ed25519_key (host-keys)' "$work/told"

# ---- names ----
template busybox
cd "$work" || exit 1
[ "$(id -u)" -ne 0 ] || for name in "$template" "local:vztmpl/$template"; do
	check "a template by its name, $name" "$pct" distro check "$name"
done
refuses 1 'a name that no storage has' 'there is no such template in .*/template/cache; ' \
	"$pct" distro check none.tar.zst
mv "$tree" "$work/$template"
"$pct" distro check "$template" >"$work/told"
check 'a folder of that name comes first' grep -q 'family: *debian' "$work/told"
finish
