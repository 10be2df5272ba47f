#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What setup tells without doing it: pct setup --explain, pct distro check.
. "$(dirname "$0")/../lib.sh"
cases=$top/tests/golden/setup

# tree CASE: a copy of a golden test's input, in $tree.
tree() {
	tree=$work/$1
	cp -R "$cases/$1/input" "$tree"
}
explain() {
	"$pct" setup --rootfs "$tree" --config "$cases/${tree##*/}/config" \
		--host-resolv-conf "$cases/resolv.conf" --host-timezone Europe/Vienna --explain "$@"
}
has() {
	if grep -qF -- "$2" "$work/told"; then ok "$1"; else not_ok "$1: $2" <"$work/told"; fi
}
sum() { tar -C "$tree" --sort=name -c . | md5sum; }

tree ledger-changed
before=$(sum)
explain >"$work/told"
same 'explaining changes nothing' "$before" "$(sum)"
has 'it names the distribution' 'Fedora Linux 60'
has 'the family, and why' 'fedora (os-release: ID=fedora)'
has 'the init' 'systemd'
has 'the consumer, and why' 'enabled, chosen ('
has 'a file that would be written, and by which step' '/etc/hosts (hosts)'
has 'one that is as it should be' 'up to date             /etc/hostname (hostname)'
has 'one that was changed inside' \
	'kept (changed inside)  /etc/systemd/network/eth0.network (network)'
has 'a finding' 'warning: /etc/systemd/network/eth0.network was changed in the container'
has 'and its remedy' '    remedy: pct setup --adopt overwrites it'
explain --adopt >"$work/told"
has 'taking it over' 'would change           /etc/systemd/network/eth0.network (network)'
has 'leaves no finding' '  none'
explain --output-format json >"$work/json"
same 'the same as JSON' '["fedora","systemd","systemd-networkd",true,"kept",2]' "$(jq -c '[.family,
	.init, .consumer, (.consumers[] | select(.name == "systemd-networkd") | .chosen),
	(.files[] | select(.path == "/etc/systemd/network/eth0.network") | .state),
	(.notes | length)]' "$work/json")"

template busybox
mounts=$(wc -l </proc/mounts)
"$pct" distro check "$PCT_VZ/template/cache/$template" >"$work/told"
same 'a template that can be configured' 0 $?
has 'says for whom' 'ifupdown'
has 'and so' 'verdict:      can be configured'
same 'nothing stays mounted' "$mounts" "$(wc -l </proc/mounts)"
"$pct" distro check "$cases/no-consumer/input" --output-format json >"$work/json"
same 'a tree that cannot' 1 $?
same 'says why, as JSON' '[false,"there is no program /sbin/init"]' \
	"$(jq -c '[.configurable, .obstacle]' "$work/json")"
"$pct" distro check "$cases/networkd-masked/input" >"$work/told"
same 'nor can one whose consumer is masked' 1 $?
has 'and it says how to mend that' 'remedy: in the container: systemctl unmask systemd-networkd'
sed 's/^pve.network.ip = .*/pve.network.gw = 10.9.0.1/' "$cases/ledger-left/config" >"$work/config"
echo 'pve.network.ip = manual' >>"$work/config"
"$pct" distro check "$cases/ledger-left/input" --config "$work/config" >"$work/told"
has 'the config can be given' 'eth0 has gw=10.9.0.1 without a static address'
echo 'pve.network.ip = nonsense' >>"$work/config"
refuses 1 'a bad config is refused' 'config:[0-9]*: pve.network.ip' \
	"$pct" distro check "$cases/ledger-left/input" --config "$work/config"
refuses 1 'what is no template' 'is not a tar archive' "$pct" distro check /etc/passwd
refuses 1 'what is not there' 'No such file' "$pct" distro check "$work/none"
finish
