#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What pct says of a command line that is wrong: what is missing, what was meant, what to do instead.
. "$(dirname "$0")/../lib.sh"

# wrong PATTERN ARGUMENT...: this is wrong use, and the whole line matches.
wrong() {
	local pattern=$1
	shift
	refuses 2 "pct $*" "^$pattern\$" "$pct" "$@"
}

# ---- arguments ----
wrong 'pct: COMMAND is missing; pct help lists the commands'
wrong 'pct exec: CTID is missing; usage: pct exec CTID \[OPTIONS\] \[--\] COMMAND \[ARG...\]' exec
wrong 'pct exec: COMMAND is missing; usage: .*' exec 100
wrong 'pct exec: COMMAND is missing; usage: .*' exec 100 --
wrong 'pct create: TEMPLATE is missing; usage: pct create CTID TEMPLATE \[OPTIONS\]' create 100
wrong 'pct create: "more" is one argument too many; usage: .*' create 100 t more
wrong 'pct list: "100" is one argument too many; usage: pct list \[OPTIONS\]' list 100
wrong 'pct start: "web1" is not a CTID, a number from 100 to 999999999; usage: .*' start web1
wrong 'pct distro: list, build or check is missing; usage: .*' distro
wrong 'pct distro: RECIPE is missing; usage: .*' distro build
wrong 'pct distro: "x" is one argument too many; usage: .*' distro list x
wrong 'pct distro: "buld" is not list, build or check; did you mean build\?' distro buld busybox
wrong 'pct distro: "frobnicate" is not list, build or check; usage: .*' distro frobnicate
wrong 'pct distro: list has no option --boot; usage: .*' distro list --boot
for command in start shutdown config net setup; do
	wrong "pct $command: give (either )?(a CTID|CTIDs).*; usage: pct $command CTID(\.\.\.)?( \[--check\])? \| --.*" $command
done

# ---- commands and options ----
wrong 'pct: stats: there is no such command; did you mean status\? pct help lists them' stats 100
wrong 'pct: lsit: there is no such command; did you mean list\? pct help lists them' lsit
wrong 'pct: frobnicate: there is no such command; pct help lists them' frobnicate
wrong 'pct help: enetr: .*; did you mean enter\? pct help lists them' help enetr
wrong 'pct set: --memroy: there is no such option; did you mean --memory\? pct help set lists them' \
	set 100 --memroy 512
wrong 'pct set: --nte0: .*; did you mean --net0\? .*' set 100 --nte0=name=eth0
wrong 'pct set: --frobnicate: there is no such option; pct help set lists them' set 100 --frobnicate 1
wrong 'pct destroy: --froce: .*; did you mean --force\? pct help destroy lists them' destroy 100 --froce
wrong 'pct stop: --memory: there is no such option; pct help stop lists them' stop 100 --memory 1
wrong 'pct set: --memory: the value is missing: MIB' set 100 --memory
wrong 'pct list: --output-format: not one of text\|json\|json-pretty: "xml"' list --output-format xml
mkdir -p "$PCT_ETC/lxc/105"
cp "$top/tests/golden/lower/example/config" "$PCT_ETC/lxc/105/config"
wrong 'pct set: --hostnam: .*; did you mean --hostname\? .*' set 105 --delete hostnam

wrong 'pct set: net0: unknown key "brige"; did you mean bridge\?' set 105 --net0 name=eth0,brige=vmbr0
wrong 'pct set: net0: unknown key "frobnicate"' set 105 --net0 name=eth0,frobnicate=1

# ---- an option given twice: no value wins in silence ----
wrong 'pct set: --net0: is given twice, with different values' \
	set 105 --net0 name=eth0,ip=dhcp --net0 name=eth0,ip=manual
wrong 'pct create: --memory: is given twice, with different values' create 200 t --memory 512 --memory=1024
wrong 'pct create: --password: is given twice, with different values' \
	create 200 t --password secret1 --password secret2
wrong 'pct list: --output-format: is given twice, .*' list --output-format json --output-format text
wrong 'pct destroy: --force: is given twice, .*' destroy 105 --force --force 0
wrong 'pct set: startup: order is given twice' set 105 --startup order=1,order=2
wrong 'pct set: startup: order is given twice' set 105 --startup 1,order=2
wrong 'pct set: features: nesting is given twice' set 105 --features nesting=1,nesting=0
check 'the same value twice is no contradiction' "$pct" set 105 --memory 512 --memory 512
check 'nor are two lists of options to reset' "$pct" set 105 --delete memory --delete cores
same 'both are reset' '' "$("$pct" config 105 | grep -E '^(memory|cores):')"

# ---- values: 2 on the command line, 1 in a file ----
mkdir "$work/root" && tar -cf "$PCT_VZ/template/cache/t_1_amd64.tar.zst" --zstd -C "$work" root
while read -r option value; do
	refuses 2 "set --$option $value" '^pct set: .' "$pct" set 105 "--$option" "$value"
	refuses 2 "create --$option $value" '^pct create: .' \
		"$pct" create 200 t_1_amd64.tar.zst "--$option" "$value"
done <<-'END'
	hostname a_b
	memory 15
	memory 1G
	swap -1
	cores some
	cpulimit much
	cpuunits 500001
	net0 bridge=vmbr0
	net0 name=eth0,frob=1
	net0 name=eth0,tag=4095
	net0 name=eth0,ip=10.0.0.1
	net0 name=eth0,ip=10.0.0.1/24,firewall=maybe
	net31 name=eth0,hwaddr=01:00:00:00:00:01
	nameserver dns1
	searchdomain -x-
	onboot maybe
	startup soon
	features nested
	idmap some
	ostype a/b
	tty 7
	timezone ../etc
	protection 2
	tags a/b/c
END

# bounds OPTION RANGE VALUE...: these values, just outside of the range, are refused, and it is named.
bounds() {
	local option=$1 range=$2 value
	shift 2
	for value in "$@"; do
		wrong "pct set: ${option%%=*}: (${option#*=}: )?is not a number $range: \"$value\"" \
			set 105 "--${option%%=*}" "${prefix:-}$value"
	done
}
# within OPTION VALUE...: the ends of the range are taken.
within_bounds() {
	local option=$1 value
	shift
	for value in "$@"; do
		check "set --$option $value" "$pct" set 105 "--$option" "$value"
	done
}
bounds memory 'of MiB, 0 or from 16 to 1073741824' 15 1073741825 -1
within_bounds memory 16 1073741824
bounds swap 'of MiB from 0 to 1073741824' -1 1073741825
within_bounds swap 1 1073741824 0
bounds cores 'from 0 to 8192' -1 8193
within_bounds cores 8192 0
bounds cpulimit 'of CPUs, 0 or from 0.01 to 8192' 0.009 8192.001 8193
within_bounds cpulimit 0.01 8192 0
bounds cpuunits 'from 0 to 500000' -1 500001
within_bounds cpuunits 500000 1024
bounds tty 'from 0 to 6' -1 7
within_bounds tty 0 6 2
prefix=name=eth0,tag= bounds net0=tag 'from 1 to 4094' 0 4095
within_bounds net0 name=eth0,tag=1 name=eth0,tag=4094
prefix=name=eth0,mtu= bounds net0=mtu 'from 64 to 65535' 63 65536
within_bounds net0 name=eth0,mtu=64 name=eth0,mtu=65535
prefix=name=eth0,rate= bounds net0=rate 'of MB/s, 0 or from 0.001 to 2047' 0.0001 2048
within_bounds net0 name=eth0,rate=0 name=eth0,rate=0.001 name=eth0,rate=2047

within_bounds memory 0

# ---- one of a list: the list, or the word that was meant ----
wrong 'pct set: ostype: there is no such family: "debain"; did you mean debian\?' set 105 --ostype debain
wrong 'pct create: ostype: there is no such family: "foo"; it is one of .*alpine, .*' \
	create 200 t_1_amd64.tar.zst --ostype foo
for type in alpine archlinux centos debian devuan fedora gentoo nixos opensuse ubuntu unmanaged redhat suse; do
	check "--ostype $type" "$pct" set 105 --ostype $type
done
"$pct" set 105 --delete ostype
wrong 'pct create: arch: unknown architecture "adm64"; did you mean amd64\?' \
	create 200 t_1_amd64.tar.zst --arch adm64
wrong 'pct create: arch: unknown architecture "vax"; it is one of amd64, i386, .*' \
	create 200 t_1_amd64.tar.zst --arch vax

for value in -1 local: 1G local:1G; do
	wrong "pct create: --rootfs: bad size \"$value\".*" create 200 t --rootfs "$value"
done
wrong 'pct create: --unpack-limit: bad size "0".*' create 200 t --rootfs 0 --unpack-limit 0
wrong 'pct create: --unpack-limit: limits only folders.*' create 200 t --unpack-limit 1
wrong 'pct create: swap: needs a memory limit.*' create 200 t --memory 0 --swap 1
wrong 'pct create: --idmap: a privileged container has .*' create 200 t --unprivileged 0 --idmap 'b 0 100000 65536'
wrong 'pct create: password: is shorter .*' create 200 t_1_amd64.tar.zst --password abc
wrong 'pct destroy: --force: is not 0 or 1: "maybe"' destroy 105 --force=maybe
wrong 'pct list: --full: is not 0 or 1: "some"' list --full=some
wrong 'pct set: --onboot: is not 0 or 1: "maybe"' set 105 --onboot=maybe
wrong 'pct set: tty: is both set and deleted' set 105 --tty 1 --delete tty
wrong 'pct set: unprivileged: can be set only .*' set 105 --unprivileged 0
wrong 'pct set: swap: needs a memory limit.*' set 105 --memory 0 --swap 1
refuses 1 'swap where the config has no memory limit' 'swap: needs a memory limit' \
	"$pct" set 105 --swap 1
wrong 'pct console: --escape: .*"up"' console 105 --escape up
for command in start shutdown reboot; do
	wrong "pct $command: --timeout: .*\"soon\"" $command 105 --timeout soon
done
wrong 'pct wait: --timeout: .*"soon"' wait 105 --ip4 --timeout soon
wrong 'pct wait: wait for what.*' wait 105
wrong 'pct start: --wait: .*"ipv4"' start 105 --wait ipv4
wrong 'pct setup: --host-timezone: .*' setup --rootfs "$work" --config x --host-timezone ../etc
wrong 'pct setup: --phase: not one of create\|start\|clone: "stop"' setup 105 --phase stop
wrong 'pct set: there is nothing to set; .*' set 105
echo 'lxc.tty = 7' >>"$PCT_ETC/lxc/105/config"
refuses 1 'the same value in the config' 'config:[0-9]+: lxc.tty' "$pct" config 105

# ---- commands of Proxmox VE that are to come ----
to_come=(clone delsnapshot listsnapshot migrate remote-migrate restore resume
	rollback snapshot suspend template)
for command in "${to_come[@]}"; do
	# Ends with a word, not in the middle of a text that was cut off.
	wrong "pct: $command: this command does not exist yet; instead: .{10,318}" "$command" 100 --x
	wrong "pct help: $command: this command does not exist yet; instead: .*" help "$command"
done
same 'help does not list them' '' \
	"$("$pct" help | awk '/^  [a-z]/ { print $1 }' | grep -xF -f <(printf '%s\n' "${to_come[@]}"))"
same 'nor does completion' '' \
	"$("$pct" __complete '' | cut -f 1 | grep -xF -f <(printf '%s\n' "${to_come[@]}"))"

# ---- version ----
version=$(sed -n '1s/.*(\(.*\)).*/\1/p' "$top/debian/changelog")
liblxc=$(lxc-start --version)
same 'pct --version' "pct $version, liblxc $liblxc" "$("$pct" --version)"
same 'pct version' "pct $version, liblxc $liblxc" "$("$pct" version)"

# ---- the width of help ----
widest() { awk '{ if (length > n) n = length } END { print n }' "$@"; }
COLUMNS=60 "$pct" help >"$work/help"
same 'help is as wide as COLUMNS says' 1 "$(($(widest "$work/help") <= 60))"
same 'a help text goes on below where it began' 2 \
	"$(grep -A1 '^  wait ' "$work/help" | grep -c '^ \{13\}\|^  wait \{7\}[A-Z]')"
for width in 80 100 250; do
	COLUMNS=$width "$pct" help -v >"$work/help"
	same "help -v with $width columns" 1 "$(($(widest "$work/help") <= (width > 100 ? 100 : width)))"
done
same 'all words are there, however wide it is' \
	"$(COLUMNS=40 "$pct" help -v | tr -s ' \n' '\n' | md5sum)" \
	"$(tr -s ' \n' '\n' <"$work/help" | md5sum)"
for option in net mp dev; do
	same "help lists the words of ${option}N, a line each" \
		"$("$pct" __complete create 100 t "--${option}0" '' | sed -n 's/=.*//p')" \
		"$("$pct" help create | sed -n "/^  --${option}N /,/^  --[^ ]* /s/^      \([a-z][a-z0-9_-]*\)=.*/\1/p")"
done
same 'without a terminal: 80 columns' "$(COLUMNS=80 "$pct" help -v)" "$(env -u COLUMNS "$pct" help -v)"
same 'of a terminal: its columns' "$(COLUMNS=70 "$pct" help)" \
	"$(env -u COLUMNS script -qec "stty cols 70; '$pct' help" /dev/null </dev/null | tr -d '\r')"
finish
