#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pct setup of a folder without a config file, as an ordinary user: options of a container, and
# cloud-init's network config, write what the config writes.
. "$(dirname "$0")/../lib.sh"
trap 'rm -rf "$work"' EXIT
export SOURCE_DATE_EPOCH=1234567890
trees=$work/trees
fixed=(--host-resolv-conf "$top/tests/golden/setup/resolv.conf" --host-timezone Europe/Vienna)

# words CASE: the options that stand for a case of network-cases.json, a line each.
words() {
	jq -r --arg name "$1" '
		def word($key; $value): if $value then ",\($key)=\($value)" else "" end;
		.cases[] | select(.name == $name) |
		(.nets[] | "--net\(.index)", "name=\(.name)" + word("ip"; .ip) + word("gw"; .gw) +
			word("ip6"; .ip6) + word("gw6"; .gw6) + word("mtu"; .mtu) +
			word("route"; .route // [] | if . == [] then null else join(";") end)),
		(.dns.nameserver // empty | "--nameserver", .),
		(.dns.searchdomain // empty | "--searchdomain", .)' "$top/tests/network-cases.json"
}

# as_yaml CASE: the same as a network config; JSON is YAML.
as_yaml() {
	jq --arg name "$1" '
		def list: if . then split("[;, ]+"; "") else [] end;
		def static: list | map(select(test("/")));
		def default($via): if $via then [{to: "default", via: $via}] else [] end;
		.cases[] | select(.name == $name) | .dns as $dns |
		{version: 2, ethernets: (.nets | map({key: .name, value: ({
			dhcp4: (.ip == "dhcp"), dhcp6: (.ip6 == "dhcp"),
			"accept-ra": (.ip6 // "" | test("auto|dhcp")),
			addresses: ((.ip | static) + (.ip6 | static)),
			routes: (default(.gw) + default(.gw6) +
				(.route // [] | map(split(" ") | {to: .[0], via: .[2]}))),
			nameservers: {addresses: ($dns.nameserver | list), search: ($dns.searchdomain | list)}
		} + (if .mtu then {mtu: (.mtu | tonumber)} else {} end)
		+ (if .ip6 // "" | test("token=") then
			{"ipv6-address-token": (.ip6 | sub(".*token="; ""))} else {} end))}) |
			from_entries)}' "$top/tests/network-cases.json"
}

# setup TREE OPTION...
setup() {
	local tree=$trees/$1
	shift
	"${user[@]}" "$pct" setup --rootfs "$tree" "${fixed[@]}" "$@" 2>&1
}

# bytes TREE: the name, mode and contents of each of its files.
bytes() {
	(cd "$trees/$1" && find . -printf '%y %m %P %l\n' | sort &&
		find . -type f -print0 | sort -z | xargs -0 md5sum)
}

# both SKELETON CASE: the three ways to say the same.
both() {
	local way given
	rm -rf "$trees" && mkdir "$trees"
	"$top/tests/skeletons/make.sh" "$1" || { not_ok "$1" </dev/null && return; }
	for way in before config options yaml; do cp -a "$build/skeletons/$1" "$trees/$way"; done
	give_to_user "$trees"
	mapfile -t given < <(words "$2")
	# Without a container, there is no bridge, and no number.
	"$top/tests/network-config" "$2" | sed '/bridge/d; s/veth105/veth0/' >"$work/config"
	as_yaml "$2" >"$work/yaml"
	setup config --config "$work/config" >"$work/said-config"
	setup options --hostname ct1 "${given[@]}" >"$work/said-options"
	setup yaml --hostname ct1 --network-config "$work/yaml" >"$work/said-yaml"
	for way in options yaml; do
		same "$1/$2: says the same with $way" "$(<"$work/said-config")" "$(<"$work/said-$way")"
		same "$1/$2: the same bytes with $way" "$(bytes config)" "$(bytes $way)"
	done
}

for skeleton in "$top"/tests/golden/families/*/; do
	both "$(basename "$skeleton")" addresses
done
[ "$(bytes config)" != "$(bytes before)" ]
same 'and something was written' 0 $?
for case in $("$top/tests/network-config"); do
	case $case in
	# A network without ip, one with a gateway alone, and ip6=manual are nothing to netplan.
	none | three | gw-only | manual) ;;
	*) both debian13 "$case" ;;
	esac
done

# ---- all options, and what they become ----
"$top/tests/skeletons/make.sh" debian13
rm -rf "$trees" && mkdir "$trees" && cp -a "$build/skeletons/debian13" "$trees/image"
mkdir -p "$trees/image/usr/share/zoneinfo" && : >"$trees/image/usr/share/zoneinfo/UTC"
give_to_user "$trees"
setup image --hostname web.example.org --net0 'name=host0,hwaddr=02:00:00:00:00:01,ip=dhcp,tag=5' \
	--nameserver 10.9.0.53,10.9.0.54 --searchdomain example.org --timezone UTC --tty 1 \
	--features nesting=1 --ostype debian >"$work/said"
same 'all options of a folder' 0 $?
same 'the host name' web "$(<"$trees/image/etc/hostname")"
check 'the interface' grep -q '^iface host0 inet dhcp$' "$trees/image/etc/network/interfaces"
check 'name servers and domains' grep -qx 'nameserver 10.9.0.54' "$trees/image/etc/resolv.conf"
check 'a domain' grep -qx 'search example.org' "$trees/image/etc/resolv.conf"
same 'the time zone' /usr/share/zoneinfo/UTC "$(readlink "$trees/image/etc/localtime")"
before=$(bytes image)
setup image --hostname other --net0 name=eth7,ip=dhcp --diff >"$work/said"
same 'a diff changes nothing' "$before" "$(bytes image)"
check 'and shows the change' grep -q '^+iface eth7 inet dhcp$' "$work/said"
setup image --hostname web.example.org --net0 name=host0,ip=dhcp --nameserver 10.9.0.1 \
	--explain >"$work/said"
check 'so does --explain' grep -q 'debian' "$work/said"

# ---- wrong use ----
alone() { "$pct" setup --rootfs "$trees/image" "$@"; }
printf 'version: 2\nethernets:\n eth0:\n  dhcp4: true\n  nameservers: {addresses: [10.0.0.1]}\n' >"$work/yaml"
refuses 2 'no source of settings' 'give also --config, --network-config, or options' alone
refuses 2 'two sources' 'give either --config, or options' \
	alone --config "$work/config" --hostname web
refuses 2 'two sources of networks' 'give either --config, or options' \
	alone --config "$work/config" --network-config "$work/yaml"
refuses 2 'a container has a config' 'has its own config; pct set 105 changes it' \
	"$pct" setup 105 --hostname web
refuses 2 'also for its networks' 'has its own config' "$pct" setup 105 --network-config "$work/yaml"
refuses 2 'both a container and a folder' 'either a CTID, or --rootfs' alone 105
refuses 2 'a network twice' '--net0: the network config has this, too' \
	alone --network-config "$work/yaml" --net0 name=eth1,ip=dhcp
refuses 2 'name servers twice' '--nameserver: the network config has this, too' \
	alone --network-config "$work/yaml" --nameserver 10.0.0.2
refuses 2 'an interface twice' 'net0 and net1 are both named "eth0"' \
	alone --network-config "$work/yaml" --net1 name=eth0,ip=dhcp
refuses 2 'a bad network' 'net0: ip: address without /PREFIX' alone --net0 name=eth0,ip=x
refuses 2 'a family that is not known' 'ostype: ' alone --ostype nix
refuses 2 'an option that a folder does not have' '--memory: there is no such option' \
	alone --memory 512
refuses 2 'one with a similar name' 'did you mean --hostname' alone --hostnam web
sed 's/dhcp4: true/dhcp4: maybe/' "$work/yaml" >"$work/bad"
refuses 1 'a bad network config, with its line' "$work/bad:4: dhcp4: is not true or false" \
	alone --network-config "$work/bad"
printf 'version: 1\nconfig: []\n' >"$work/bad"
refuses 1 'version 1' "$work/bad:1: version: is 1, but pct reads only version 2; write" \
	alone --network-config "$work/bad"
printf 'version: 2\nethernets:\n eth0: {wakeonlan: true}\n' >"$work/bad"
refuses 1 'a key without an option' "$work/bad:3: wakeonlan: is not supported; the keys here are" \
	alone --network-config "$work/bad"
refuses 1 'a file that is not there' 'No such file' alone --network-config "$work/none"
refuses 1 'what is no file' 'is not a regular file' alone --network-config /dev/zero
finish
