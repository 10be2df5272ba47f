#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pct net of a folder: what setup wrote for a consumer is read back as what the config says.
. "$(dirname "$0")/../lib.sh"
tree=$work/tree

# look CASE: as JSON in $work/net.
look() {
	"${user[@]}" "$pct" net --rootfs "$tree" --config "$work/$1.conf" --output-format json \
		>"$work/net"
}
write() {
	"${user[@]}" "$pct" setup --rootfs "$tree" --config "$work/$1.conf" \
		--host-resolv-conf "$top/tests/golden/setup/resolv.conf" >"$work/said" 2>&1
}
differing() {
	jq -r '.networks[] | .net as $n | .values | to_entries[] | .key as $k |
		select(.value.differs != []) | "\($n) \($k): \(.value.config) <> \(.value.files)"' \
		"$work/net"
}
cell() { jq -r ".networks[0].values.\"$1\".files" "$work/net"; }

cases=(dual onlink-32 ll-gateway dhcp-both static4-slaac dhcp4-static6 three addresses routes)
for case in "${cases[@]}"; do "$top/tests/network-config" "$case" >"$work/$case.conf"; done
skeletons=(debian13 busybox archlinux rocky8 ubuntu2404 debian-nm leap15)
for skeleton in "${skeletons[@]}"; do
	"$top/tests/skeletons/make.sh" "$skeleton" || not_ok "$skeleton" </dev/null
	for case in "${cases[@]}"; do
		rm -rf "$tree" && cp -a "$build/skeletons/$skeleton" "$tree" && give_to_user "$tree"
		write "$case"
		look "$case"
		same "$skeleton/$case: nothing differs" "0 " "$? $(differing)"
	done
	write dual
	sed '/^pve.network.ip = /s/= .*/= 10.9.0.77\/24/' "$work/dual.conf" >"$work/other.conf"
	look other
	same "$skeleton: another address differs" 1 $?
done
finish
