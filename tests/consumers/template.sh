# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Templates of the roots of roots.sh, for scripts that boot them.
roots=$build/consumers

# What no other consumer may share the boot with.
others='networking systemd-networkd systemd-resolved NetworkManager NetworkManager-wait-online
	systemd-networkd-wait-online netplan-configure'

# make_template NAME ROOT CONSUMER UNIT...: the root with these units enabled; the programs of the
# consumers above it in renderers[] that would take the files as well are left out.
make_template() {
	local name=$1 root=$2 consumer=$3 tree=$work/tree
	shift 3
	rm -rf --one-file-system "$tree" && cp -a "$roots/$root" "$tree"
	rm -f "$tree/etc/hostname" "$tree/etc/resolv.conf"
	: >"$tree/etc/machine-id"
	if [ $# -gt 0 ]; then # else sysvinit, whose packages enable what they bring
		ln -sf ../lib/systemd/systemd "$tree/sbin/init"
		# shellcheck disable=SC2086
		systemctl --quiet --root="$tree" disable $others 2>/dev/null
		systemctl --quiet --root="$tree" enable "$@" || return
	fi
	[ "$consumer" = ifupdown ] || rm -f "$tree"/usr/sbin/if{up,down,query} "$tree"/sbin/ifup
	[ "$consumer" = netplan ] || rm -f "$tree/usr/sbin/netplan" "$tree"/usr/lib{,exec}/netplan/generate
	tar -C "$tree" --one-file-system -c . | zstd -1 -q >"$PCT_VZ/template/cache/$name.tar.zst"
	rm -rf --one-file-system "$tree"
}
