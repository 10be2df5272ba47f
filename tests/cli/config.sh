#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# config, set and list on configs that lie in the private tree; nothing is started.
. "$(dirname "$0")/../lib.sh"

file=$PCT_ETC/lxc/105/config
runtime=$PCT_LIB/105/config
example=$top/tests/golden/lower/example/config

reset() { mkdir -p "${file%/*}" && cp "$example" "$file"; }

# kept WHAT: the config is what it was.
kept() { same "$1 changes nothing" "$(cat "$example")" "$(cat "$file")"; }

reset
check 'config' "$pct" config 105
same 'config prints options sorted, then raw keys' 'hostname: ct1
net0: name=eth0,bridge=vmbr0,gw=192.168.2.1,hwaddr=86:5D:0B:28:E6:23,ip=192.168.3.106/20,type=veth
rootfs: local:105/vm-105-rootfs.raw,size=8G
lxc.include: /usr/share/lxc/config/debian.common.conf' "$("$pct" config 105)"
same 'config as JSON' '["hostname","lxc","net0","rootfs"]' \
	"$("$pct" config 105 --output-format json | jq -c keys)"
same 'json-pretty is the same' "$("$pct" config 105 --output-format json | jq -c .)" \
	"$("$pct" config 105 --output-format json-pretty | jq -c .)"

check 'set' "$pct" set 105 --memory 1024 --swap 512 --onboot --description 'a: b'
same 'set says nothing' '' "$(cat "$work/out")"
same 'set adds lines in their place' '> lxc.cgroup.memory.limit_in_bytes = 1073741824
> lxc.cgroup.memory.memsw.limit_in_bytes = 1610612736
> pve.comment = a%3A b
> pve.onboot = 1' "$(diff "$example" "$file" | grep '^[<>]')"
same 'set lowers' 1 "$(grep -c '^lxc.rootfs.path = ' "$runtime")"
# In text on one line, as the predecessor has it; what JSON has can be set again.
same 'config encodes a description' 'description: a%3A b' "$("$pct" config 105 | grep ^desc)"
for note in 'a: b' '100%25 of it' $'two\nlines, \303\244'; do
	check 'set a description' "$pct" set 105 --description "$note"
	same 'config as JSON does not' "$note" \
		"$("$pct" config 105 --output-format json | jq -r .description)"
	same 'nor does pending' "$note" "$("$pct" pending 105 --output-format json |
		jq -r '.[] | select(.key == "description") | .value')"
done
check 'set --delete' "$pct" set 105 --delete memory,swap --delete onboot --delete=description
kept 'setting and deleting'
check 'set what it is already' "$pct" set 105 --hostname ct1 --tty 2 --memory 0
kept 'what it is already'

refuses 2 'set of a bad network' 'net0: ip: bad address "10.0.0.300/24"' \
	"$pct" set 105 --hostname other --net0 name=eth0,ip=10.0.0.300/24
kept 'one bad option among good ones'
reset
check 'set of features without effect' "$pct" set 105 --features keyctl=1,nesting=1
same 'it says so' "pct: warning: container 105: features: keyctl=1 has no effect on a privileged container" \
	"$(cat "$work/out")"
same 'and keeps them' 'pve.features = keyctl=1,nesting=1' "$(grep ^pve.features "$file")"
reset
net='name=eth0,hwaddr=86:5D:0B:28:E6:23,ip=10.0.0.5/24;10.0.0.6/24,ip6=auto,token=::5'
net="$net,route=10.5.0.0/16 via 10.0.0.254;fd00::/8,type=veth"
check 'set of addresses, token and routes' "$pct" set 105 --net0 "$net"
same 'config shows what was given' "net0: $net" "$("$pct" config 105 | grep ^net0)"
same 'one line a route' 2 "$(grep -c '^pve.network.route = ' "$file")"
reset

refuses 2 'set of a line break' 'hostname: control character' \
	"$pct" set 105 --hostname $'a\nlxc.hook.start = /bin/sh'
refuses 2 'set of what is fixed' 'unprivileged: can be set only' "$pct" set 105 --unprivileged 1
refuses 1 'swap without memory' 'swap: needs a memory limit' "$pct" set 105 --swap 1
refuses 1 'a name server on no network' 'nameserver: the container has no network named "eth7"' \
	"$pct" set 105 --nameserver fe80::1%eth7
refuses 1 'with the name as remedy' 'as in fe80::1%eth0' "$pct" set 105 --nameserver fe80::1%eth7
refuses 2 'delete of no option' 'nix: there is no such option' "$pct" set 105 --delete nix
refuses 2 'set and delete at once' 'tty: is both set and deleted' \
	"$pct" set 105 --tty 1 --delete tty
kept 'wrong use'

check 'a name server on a network that comes with it' \
	"$pct" set 105 --nameserver fe80::1%LAN1 --net7 name=LAN1
"$pct" set 105 --delete net7 >"$work/out" 2>&1
same 'the network goes: a warning' 1 "$(grep -c 'nameserver: .* no network named "LAN1"' "$work/out")"
reset

echo 'lxc.include = /none' >>"$file"
before=$(cat "$file")
refuses 1 'set of what cannot be lowered' "$file:14: lxc.include: there is no such file" \
	"$pct" set 105 --hostname other
same 'set of what cannot be lowered changes nothing' "$before" "$(cat "$file")"

reset
locks=$PCT_RUN/pct/lock
mkdir -p "$locks" "$work/elsewhere"
chmod 777 "$locks"
refuses 1 'set where others can write to the locks' 'its locks are not safe; remove it' \
	"$pct" set 105 --tty 1
rm -r "$locks" && ln -s "$work/elsewhere" "$locks"
refuses 1 'set where the locks are elsewhere' 'its locks are not safe; remove it' \
	"$pct" set 105 --tty 1
same 'nothing is made there' '' "$(ls "$work/elsewhere")"
rm "$locks"
echo 'pve.lock = backup' >>"$file"
refuses 1 'set of a locked container' 'config:14: pve.lock: the container is locked' "$pct" set 105 --tty 1
mkdir -p "$PCT_ETC/lxc/1000" "$PCT_ETC/lxc/101" "$PCT_ETC/lxc/99" "$PCT_ETC/lxc/102"
: >"$PCT_ETC/lxc/1000/config"
: >"$PCT_ETC/lxc/99/config"
table='VMID       Status     Lock         Name                
105        stopped    backup       ct1                 
1000       stopped                 CT1000              '
same 'list' "$table" "$("$pct" list)"
same 'list as JSON' '[105,1000]' "$("$pct" list --output-format json | jq -c 'map(.vmid)')"
echo 'lxc.utsname = _' >"$PCT_ETC/lxc/101/config"
"$pct" list >"$work/out" 2>"$work/err"
same 'list with a bad config fails' 1 $?
same 'list names the bad line' \
	"pct: $PCT_ETC/lxc/101/config:1: lxc.utsname: is not a host name: \"_\"" "$(cat "$work/err")"
same 'list shows it all the same' 4 "$(wc -l <"$work/out")"
same 'without a name' null \
	"$("$pct" list --output-format json 2>/dev/null | jq '.[] | select(.vmid == 101).name')"
refuses 1 'config with a bad line' 'config:1: lxc.utsname: is not a host name: "_"' \
	"$pct" config 101
# Unprivileged is what the id map says, whatever pve.unprivileged does.
# is WHAT EXPECTED LINE...: what is shown of a config of these lines.
is() {
	local what=$1 expected=$2
	shift 2
	printf '%s\n' "$@" >"$file"
	same "$what" "$expected" "$("$pct" config 105 | grep ^unpriv)"
	same "$what, as JSON" "${expected#unprivileged: }" \
		"$("$pct" config 105 --output-format json | jq -r '.unprivileged // ""')"
}
is 'neither a mark nor a map' '' 'lxc.utsname = a'
is 'the mark alone' 'unprivileged: 1' 'pve.unprivileged = 1'
is 'a map, and no mark' 'unprivileged: 1' 'lxc.idmap = u 0 100000 65536' 'lxc.idmap = g 0 100000 65536'
is 'a map, and a mark that denies it' 'unprivileged: 1' 'pve.unprivileged = 0' \
	'lxc.id_map = u 0 100000 65536' 'lxc.id_map = g 0 100000 65536'
is 'the map of the host' 'unprivileged: 0' 'pve.unprivileged = 1' \
	'lxc.idmap = u 0 0 65536' 'lxc.idmap = g 0 0 65536'
is 'root of the host, as another inside' 'unprivileged: 0' 'pve.unprivileged = 1' \
	'lxc.idmap = u 0 100000 1000' 'lxc.idmap = u 1000 0 1' 'lxc.idmap = g 0 100000 65536'
is 'its group' 'unprivileged: 0' 'lxc.idmap = u 0 100000 65536' 'lxc.idmap = g 0 0 1'
is 'in the newer format' 'unprivileged: 1' 'hostname: a' 'unprivileged: 0' \
	'lxc.idmap: u 0 100000 65536' 'lxc.idmap: g 0 100000 65536'
reset

pve=$work/pve
mkdir -p "$pve/nodes/a/lxc/105" "$pve/nodes/b/lxc/200" "$pve/nodes/b/qemu-server" "$pve/nodes/c"
ln -s nodes/a/lxc "$pve/lxc"
sed -e '1apve.unprivileged = 1' -e '/^pve.network.bridge/d' "$example" >"$pve/nodes/a/lxc/105/config"
: >"$pve/nodes/b/qemu-server/300.conf"
printf 'arch: amd64\nmp0: local:1,path=/x\nnet0: name=eth0,ip=1.2.3/24\nunused0: a:b\nx y\nunprivileged: 1\n' \
	>"$pve/nodes/b/lxc/200.conf"
raw_volume 105 vm-105-rootfs.raw
"$pct" config --check "$pve" >"$work/out"
same 'check of a bad config fails' 1 $?
same 'check says what is wrong with each' "$pve/nodes/a/lxc/105/config: fine
$pve/nodes/b/lxc/200.conf:2: error: mp0: there is no such word: \"path=/x\"
$pve/nodes/b/lxc/200.conf:3: error: net0: ip: bad address \"1.2.3/24\"
$pve/nodes/b/lxc/200.conf:5: error: is not KEY: VALUE: \"x y\"" "$(cat "$work/out")"
same 'check as JSON' '[[105,[]],[200,["error","error","error"]]]' \
	"$("$pct" config --check "$pve" --output-format json |
		jq -c 'map([.vmid, (.findings | map(.level))])')"
refuses 1 "a container of another node" 'there is no container 200; node b has it: run pct there' \
	env PCT_ETC="$pve" "$pct" config 200
cp "$example" "$pve/nodes/b/lxc/200/config"
sed -i 's/105/200/' "$pve/nodes/b/lxc/200/config"
printf 'rootfs: local:200/vm-200-disk-0.raw\nunprivileged: 1\n' >"$pve/nodes/b/lxc/200.conf"
finds() { "$pct" config --check "$pve" | grep -q "$1"; }
check 'check of two configs of a container' finds \
	"200/config: error: container 200 has a second config: $pve/nodes/b/lxc/200.conf"
raw_volume 200 vm-200-disk-0.raw
check 'check of one file' "$pct" config --check "$pve/nodes/b/lxc/200.conf"
same 'a file that is fine' "$pve/nodes/b/lxc/200.conf: fine" "$(cat "$work/out")"
printf '%s\n' 'net0: name=eth0,ip=dhcp' 'net1: name=eth1,ip=dhcp,ip6=auto' 'net2: name=eth2' \
	'rootfs: local:200/vm-200-disk-0.raw' 'unprivileged: 1' '' '[old]' 'net0: name=eth0,ip=dhcp' \
	>"$pve/nodes/b/lxc/200.conf"
"$pct" config --check "$pve/nodes/b/lxc/200.conf" >"$work/out"
same 'check says where silence about IPv6 differs, once' "$pve/nodes/b/lxc/200.conf:1: net0: has no ip6, so \
the container takes no IPv6 address and no route from router advertisements, which Debian's ifupdown takes in \
Proxmox VE; with ip6=auto it takes them" "$(grep ': net' "$work/out")"
refuses 1 'check of a folder without configs' 'contains no config of a container' \
	"$pct" config --check "$work/bin"
refuses 1 'check of nothing' 'none: cannot open: No such file' "$pct" config --check "$work/none"
refuses 2 'a number and a path' 'give a CTID, or --check and a path' \
	"$pct" config 105 --check "$pve"

# Raw lines of the format of 2015.
mkdir -p "$PCT_ETC/lxc/106"
printf '%s\n' '# x' 'lxc.mount.entry = /a b' 'lxc.mount.entry = /c d none bind,ro' 'lxc.cap.drop = x' 'lxc.utsname = a' \
	>"$PCT_ETC/lxc/106/config"
check 'set --delete of raw lines' "$pct" set 106 --delete 'lxc.mount.entry=/c d none bind,ro' --delete lxc.cap.drop
same 'removes them' "$(printf '%s\n' '# x' 'lxc.mount.entry = /a b' 'lxc.utsname = a')" "$(cat "$PCT_ETC/lxc/106/config")"
rm -r "$PCT_ETC/lxc/106" "$PCT_LIB/106"

# Two networks with one hardware address, or one static address, whatever they look like.
pve=$work/clash && mkdir -p "$pve/nodes/a/lxc" "$pve/nodes/b/lxc" && ln -s nodes/a/lxc "$pve/lxc"
clash() {
	mkdir -p "$pve/nodes/$1/lxc/$2"
	printf 'lxc.network.type = veth\nlxc.network.veth.pair = veth%s.0\n%s\n' "$2" "$3" \
		>"$pve/nodes/$1/lxc/$2/config"
}
clash a 101 $'lxc.network.hwaddr = 02:00:00:00:00:aa\npve.network.ip = 10.0.0.5/24'
clash b 102 $'lxc.network.hwaddr = 02:00:00:00:00:AA\npve.network.ip6 = fe80::5/64;FD00:0::5/64'
printf 'net0: name=eth0,ip=10.0.0.5/16,ip6=fe80::5/64\n' >"$pve/nodes/b/lxc/103.conf"
same 'check finds what two networks share' "102 hwaddr
103 ip
101 hwaddr
101 ip" "$("$pct" config --check "$pve" | sed -n 's/.*net0: \(.*\): container \(.*\) (net0) also has .*/\2 \1/p')"
says() { PCT_ETC=$pve "$pct" "$@" 2>&1 | sed 's/.*warning: //'; }
same 'set says so of a network that changes' \
	'container 101: net1: ip6: container 102 (net0) also has fd00::5' \
	"$(says set 101 --net1 name=eth1,ip6=fd00::5/48)"
same 'and not of others' '' "$(says set 101 --hostname x --net2 name=eth2,ip=10.0.0.7/24)"
same 'and of two in one container' 'container 101: net3: ip: net2 also has 10.0.0.7' \
	"$(says set 101 --net3 name=eth3,ip=10.0.0.7/8)"
same 'a hardware address that is made is kept' 1 "$(
	say() { PCT_ETC=$pve "$pct" config 101 | grep '^net2'; }
	before=$(say) && says set 101 --net2 name=eth2,ip=10.0.0.8/24 >/dev/null
	[ "$(grep -o 'hwaddr=[^,]*' <<<"$before")" = "$(say | grep -o 'hwaddr=[^,]*')" ] && echo 1)"
finish
