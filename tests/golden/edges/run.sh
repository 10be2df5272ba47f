#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The faults of the predecessor's setup, by their numbers in doc/differences.md: none of them here.
# "new" is a fault of pct itself.
#
# A row is "edge NUMBER TREE 'what is right'", what differs from the tree and the config, and what
# must hold after setup.  TREE is a skeleton of tests/skeletons.
. "$(dirname "$0")/../../lib.sh"
trap 'rm -rf "$work"' EXIT
export SOURCE_DATE_EPOCH=1234567890
O=$build "$top/tests/skeletons/make.sh"
printf 'nameserver 1.1.1.1\nsearch ex.org\n' >"$work/resolv.conf"
tree=$work/tree config=$work/config

edge() {
	label="$1: $3"
	rm -rf "$tree" && cp -a "$build/skeletons/$2" "$tree"
	lines lxc.utsname=ct1 >"$config"
	nets=0
}
lines() { printf '%s\n' "$@" | sed 's/=/ = /'; }
conf() { lines "$@" >>"$config"; }
# net NAME KEY=VALUE...: one more network; keys are those of pve.network.
net() {
	lines lxc.network.type=veth "lxc.network.veth.pair=veth105.$nets" "lxc.network.name=$1" >>"$config"
	shift
	[ $# -eq 0 ] || lines "${@/#/pve.network.}" >>"$config"
	nets=$((nets + 1))
}
no_nets() { sed -i '/network/d' "$config" && nets=0; }
# file PATH: its text comes from standard input.
file() { mkdir -p "$(dirname "$tree$1")" && rm -f "$tree$1" && cat >"$tree$1"; }
gone() { rm -rf "${@/#/$tree}"; }

setup() {
	"$pct" setup --rootfs "$tree" --config "$config" --phase "${phase:-start}" \
		--host-resolv-conf "$work/resolv.conf" --host-timezone Europe/Vienna "$@" >"$work/said" 2>&1 ||
		{ echo "pct setup ends with $?" >>"$work/said" && not_ok "$label (setup)" <"$work/said"; }
}

why() { { echo "$1:"; cat "$tree$1" "$work/said"; } >"$work/why" 2>&1; }
verdict() {
	if "${@:2}" >/dev/null 2>&1; then ok "$label"; else why "$1"; not_ok "$label" <"$work/why"; fi
}
is_text() { cmp -s "$tree$1" -; }
holds_not() { [ -e "$tree$1" ] && ! grep -qE -- "$2" "$tree$1"; }
# has PATH LINE: exactly this line.  like and unlike take a regular expression.
has() { verdict "$1" grep -qxF -- "$2" "$tree$1"; }
like() { verdict "$1" grep -qE -- "$2" "$tree$1"; }
unlike() { verdict "$1" holds_not "$1" "$2"; }
count() { verdict "$1" test "$(grep -cE -- "$2" "$tree$1")" -eq "$3"; }
absent() { verdict "$1" test ! -e "$tree$1" -a ! -L "$tree$1"; }
there() { verdict "$1" test -e "$tree$1" -o -L "$tree$1"; }
link() { verdict "$1" test "$(readlink "$tree$1")" = "$2"; }
mode() { verdict "$1" test "$(stat -c %a "$tree$1")" = "$2"; }
says() { verdict /nothing grep -qE -- "$1" "$work/said"; }
# The text of the file is standard input.
text() { cat >"$work/want" && verdict "$1" cmp -s "$work/want" "$tree$1"; }
snapshot() { (cd "$tree" && find . -printf '%p %y %m %l %T@\n' | sort && find . -type f -exec md5sum {} +); }
quiet() {
	snapshot >"$work/before"
	setup
	snapshot >"$work/after"
	verdict /nothing cmp "$work/before" "$work/after"
}
interfaces() { file /etc/network/interfaces; }
IF=/etc/network/interfaces
static4=(ip=10.0.0.5/24 gw=10.0.0.1)

# ---- network files ----

edge 1 rocky10 'an IPv6 gateway outside the subnet becomes a default route'
net eth0 ip6=2001:db8::5/64 gw6=2001:db9::1
setup
like /etc/NetworkManager/system-connections/eth0.nmconnection '^(gateway=2001:db9::1|route[0-9]*=::/0,2001:db9::1)'

edge 2 rocky10 'addresses have their prefix, and DHCPv6 is told from autoconfiguration'
net eth0 ip=10.0.0.5/32 gw=10.9.0.1
net eth1 ip6=dhcp
net eth2 ip6=auto
setup
like /etc/NetworkManager/system-connections/eth0.nmconnection '^address(es|1)=10\.0\.0\.5/32'
unlike /etc/NetworkManager/system-connections/eth0.nmconnection '^routes='

edge 3 centos7 'a network without address gets no file with an empty BOOTPROTO'
net eth0
net eth1 ip=manual
setup
absent /etc/sysconfig/network-scripts/ifcfg-eth0
unlike /etc/sysconfig/network-scripts/ifcfg-eth1 '^BOOTPROTO=$'

edge 4 centos7 'a second start writes nothing new'
net eth0 "${static4[@]}"
setup
quiet
edge 4 rocky10 'a second start keeps the UUID'
net eth0 "${static4[@]}"
setup
quiet

edge 5 fedora-networkd 'a file for networkd where networkd runs, whatever the version'
file /etc/os-release <<<$'ID=fedora\nVERSION_ID=24'
file /etc/sysconfig/network </dev/null
net eth0 "${static4[@]}"
setup
there /etc/systemd/network/eth0.network
absent /etc/NetworkManager/system-connections/eth0.nmconnection

edge 6 openeuler 'no redhat-release is needed'
gone /etc/redhat-release /etc/openEuler-release
net eth0 "${static4[@]}"
setup
says 'eth0'

edge 7 unknown 'pve.ostype = openeuler is a family'
conf pve.ostype=openeuler
setup --explain
says 'openeuler.*pve.ostype'

edge 8 centos6 'a comment is no setting'
printf '#NETWORKING=no\nFOO=1\n' | file /etc/sysconfig/network
net eth0 "${static4[@]}"
setup
has /etc/sysconfig/network '#NETWORKING=no'
has /etc/sysconfig/network 'NETWORKING=yes'

edge 9 centos6 'a file without a last line feed'
printf 'FOO=1' | file /etc/sysconfig/network
net eth0 "${static4[@]}"
setup
has /etc/sysconfig/network 'FOO=1'
has /etc/sysconfig/network 'HOSTNAME=ct1'

edge 10 leap15 'IPv6 autoconfiguration alone is written, and an old address is not left'
printf 'STARTMODE=onboot\nBOOTPROTO=static\nIPADDR=10.0.0.5/24\n' | file /etc/sysconfig/network/ifcfg-eth0
net eth0 ip6=auto
setup
unlike /etc/sysconfig/network/ifcfg-eth0 '10\.0\.0\.5'

edge 11 leap15 'SLES 15 without a service pack'
file /etc/os-release <<<$'ID=sles\nVERSION_ID="15"'
net eth0 "${static4[@]}"
setup
has /etc/sysconfig/network/ifcfg-eth0 'IPADDR=10.0.0.5/24'

edge 12 leap15 'words of os-release without quotes'
file /etc/os-release <<<$'ID=opensuse-leap\nVERSION_ID=15.5'
setup --explain
says 'suse.*ID=opensuse-leap'

edge 13 gentoo 'no host route for an IPv6 gateway inside, and "auto" is no address'
net eth0 ip6=2001:db8::5/64 gw6=2001:db8::1
net eth1 ip6=auto
setup
unlike /etc/conf.d/net '-host|2001:db8::1/128'
unlike /etc/conf.d/net 'config_eth1="auto"'

edge 14 gentoo 'neither inittab nor conf.d/hostname is needed'
gone /etc/inittab /etc/conf.d/hostname
net eth0 "${static4[@]}"
setup
like /etc/conf.d/net 'config_eth0="10\.0\.0\.5/24'

edge 15 gentoo 'an interface name becomes a variable'
net wan-1.5 "${static4[@]}"
setup
like /etc/conf.d/net '^config_wan_1_5='

edge 15 gentoo 'two names of one variable: the first has it, and the second is told'
net wan-1 "${static4[@]}"
net wan.1 ip=10.1.0.5/24
setup
like /etc/conf.d/net '^config_wan_1="10\.0\.0\.5/24'
unlike /etc/conf.d/net '10\.1\.0\.5'
absent /etc/init.d/net.wan.1
says 'netifrc cannot distinguish wan.1 from wan-1'

edge 16 centos6 'no rc.sysinit is needed'
gone /etc/rc.d/rc.sysinit
net eth0 "${static4[@]}"
phase=create setup
there /etc/sysconfig/network-scripts/ifcfg-eth0

edge 17 debian12 'options of a stanza stay when it becomes DHCP'
printf 'auto eth0\niface eth0 inet static\n\taddress 10.9.9.9/24\n\tpost-up logger up\n\tmetric 5\n' | interfaces
net eth0 ip=dhcp
setup
has $IF $'\tpost-up logger up'
has $IF $'\tmetric 5'

edge 17 debian12 'a stanza that goes with its family is kept aside where it has more than addresses'
saved=/var/lib/pct/saved/etc%2Fnetwork%2Finterfaces
printf 'auto eth0\niface eth0 inet static\n\taddress 10.9.9.9/24\n' | interfaces
net eth0 ip6=auto
setup
absent $saved
printf 'auto eth0\niface eth0 inet static\n\taddress 10.9.9.9/24\n\tpost-up /root/tunnel.sh\n' | interfaces
setup
unlike $IF tunnel
like $saved 'post-up /root/tunnel\.sh'
says 'a stanza of /etc/network/interfaces with further options is removed'
quiet

edge 18 debian12 'an option whose name begins with "auto"'
printf 'auto eth0\niface eth0 inet6 static\n\taddress 2001:db8::9/64\n\tautoconf 0\n' | interfaces
net eth0 ip6=2001:db8::5/64
setup
has $IF $'\tautoconf 0'
unlike $IF '^auto.*conf'

edge 19 debian12 'comments and one-word options stay inside their stanza'
printf 'auto eth0\niface eth0 inet static\n\taddress 10.9.9.9/24\n\t# uplink\n\tbridge-stp\n' | interfaces
net eth0 "${static4[@]}"
setup
verdict $IF test "$(grep -nE '^iface eth0 inet static|# uplink|bridge-stp' "$tree$IF" | cut -d: -f1 | sort -nc && echo sorted)" = sorted
like $IF '^	# uplink'

edge 20 debian12 'a comment behind "iface", or "inherits", makes no second stanza'
printf 'auto eth0\niface eth0 inet static # uplink\n\taddress 10.9.9.9/24\n' | interfaces
net eth0 "${static4[@]}"
setup
count $IF '^iface eth0 inet ' 1

edge 21 debian12 'a second stanza of the interface keeps its address'
printf 'auto eth0\niface eth0 inet static\n\taddress 10.9.9.9/24\n\niface eth0 inet static\n\taddress 10.8.8.8/24\n' | interfaces
net eth0 "${static4[@]}"
setup
count $IF '10\.0\.0\.5' 1
like $IF '10\.8\.8\.8'

edge 22 debian12 'continued lines, and keywords of today'
printf 'no-auto-down eth0\ntemplate common\nauto eth0\niface eth0 inet static\n\taddress 10.9.9.9/24\n\tup echo a \\\n\t  b\n' | interfaces
net eth0 "${static4[@]}"
setup
has $IF $'\tup echo a \\'
has $IF $'\t  b'
has $IF 'no-auto-down eth0'

edge 23 devuan 'what sysvinit brings up by allow-hotplug needs no "auto"'
printf 'allow-hotplug eth0\niface eth0 inet static\n\taddress 10.9.9.9/24\n' | interfaces
net eth0 "${static4[@]}"
setup
unlike $IF '^auto.* eth0'

edge 24 debian12 'a gateway without an address removes nothing'
printf 'auto eth0\niface eth0 inet static\n\taddress 10.9.9.9/24\n' | interfaces
net eth0 gw=10.0.0.1
setup
like $IF 'address 10\.9\.9\.9/24'

edge 25 debian12 'an interface that left the config leaves the file'
net eth0 "${static4[@]}"
net eth1 ip=10.1.1.1/24
setup
no_nets
net eth0 "${static4[@]}"
setup
unlike $IF 'eth1'
edge 25 debian-networkd 'an interface that left the config takes its file along'
net eth0 "${static4[@]}"
net eth1 ip=10.1.1.1/24
setup
no_nets
net eth0 "${static4[@]}"
setup
there /etc/systemd/network/eth0.network
absent /etc/systemd/network/eth1.network

# ---- init, terminals, presets ----

edge 26 debian12 'init is found through a chain of links'
gone /sbin/init
mkdir -p "$tree/etc/alternatives" "$tree/sbin"
ln -s /etc/alternatives/init "$tree/sbin/init"
ln -s /lib/systemd/systemd "$tree/etc/alternatives/init"
setup --explain
says 'systemd'

edge 27 debian12 'a snakeoil key is removed also without a folder for units'
file /etc/ssl/private/ssl-cert-snakeoil.key <<<secret
gone /etc/systemd/system
phase=create setup
absent /etc/ssl/private/ssl-cert-snakeoil.key

edge 28 debian9 'a systemd without container-getty gets getty@'
gone /lib/systemd/system/container-getty@.service /usr/lib/systemd/system/container-getty@.service
setup
there /etc/systemd/system/getty.target.wants/getty@tty1.service

edge 29 rocky9 'terminals are where LXC has them, privileged or not'
for unprivileged in 1 0; do
	sed -i '/unprivileged/d' "$config"
	conf pve.unprivileged=$unprivileged
	setup
	unlike /etc/systemd/system/container-getty@.service 'lxc/tty%I|pts/%I'
done

edge 30 rocky9 'units of packages are not edited'
find "$tree/usr/lib/systemd" -type f -exec md5sum {} + >"$work/units"
conf pve.unprivileged=1
setup
verdict /nothing md5sum -c "$work/units"

edge 31 debian12 'folders for links are made'
gone /etc/systemd/system/getty.target.wants
setup
there /etc/systemd/system/getty.target.wants/container-getty@1.service

edge 32 debian12 'getty.target masked by the administrator stays masked'
mkdir -p "$tree/etc/systemd/system"
ln -sfn /dev/null "$tree/etc/systemd/system/getty.target"
setup
link /etc/systemd/system/getty.target /dev/null

edge 33 debian12 'a second start writes no preset and no fastboot'
phase=create setup
quiet
edge 33 debian12 'a preset that the administrator removed stays away'
phase=create setup
gone /etc/systemd/system-preset/00-pve.preset
setup
absent /etc/systemd/system-preset/00-pve.preset

# ---- sections, hosts, resolv.conf ----

edge 34 debian12 'a section without contents adds no blank lines'
printf '# --- BEGIN PVE ---\nnameserver 9.9.9.9\n# --- END PVE ---\noptions edns0\n' | file /etc/resolv.conf
: >"$work/resolv.conf"
setup
quiet
edge 35 debian12 'old name servers go when there are none any more'
printf '# --- BEGIN PVE ---\nnameserver 9.9.9.9\n# --- END PVE ---\n' | file /etc/resolv.conf
setup
unlike /etc/resolv.conf '9\.9\.9\.9'
printf 'nameserver 1.1.1.1\nsearch ex.org\n' >"$work/resolv.conf"

edge 36 debian12 'an empty hosts file gets no blank first line'
file /etc/hosts </dev/null
setup
verdict /etc/hosts test "$(head -n 1 "$tree/etc/hosts")" = '# --- BEGIN PVE ---'

edge 37 debian12 'the line between two sections is the administrator'\''s'
printf '# --- BEGIN PVE ---\n1.2.3.4 a\n# --- END PVE ---\n127.0.0.1 localhost mine\n# --- BEGIN PVE ---\n1.2.3.4 b\n# --- END PVE ---\n' | file /etc/hosts
setup
count /etc/hosts '^127\.0\.0\.1' 1

edge 38 debian12 'a lone BEGIN swallows nothing'
printf '# --- BEGIN PVE ---\n192.0.2.7 printer\n' | file /etc/hosts
setup
setup
has /etc/hosts '192.0.2.7 printer'

edge 39 debian12 'authorized_keys is nobody else'\''s, and stays so'
mkdir -p "$tree/root"
echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1cYvEyF6tF3sHc8yqOOyNnfnw6WIrQb2jCj3UMNUnV me@host' >"$work/key"
setup --ssh-public-keys "$work/key"
mode /root/.ssh/authorized_keys 600
setup --ssh-public-keys "$work/key"
mode /root/.ssh/authorized_keys 600

edge 43 debian12 'only root is given a password, whatever the others are called'
printf '%s\n' 'toor:$6$a:1:' 'r.*t:$6$b:1:' 'rootless:$6$c:1:' 'root:$6$d:1:' 'xroot:$6$e:1:' |
	file /etc/shadow
phase=create setup
text /etc/shadow <<'END'
toor:$6$a:1:
r.*t:$6$b:1:
rootless:$6$c:1:
root:*:14288:
xroot:$6$e:1:
END

edge 44 debian12 'cron files keep their modes; a link to nothing is passed by'
file /etc/cron.d/job <<<'17 * * * * root true'
chmod 600 "$tree/etc/cron.d/job"
ln -s /nowhere "$tree/etc/cron.d/dangling"
mkdir "$tree/etc/cron.d/folder"
phase=create setup
mode /etc/cron.d/job 600
like /etc/cron.d/job '^[0-9]+ \* \* \* \* root true$'

edge 45 debian12 'a changed file keeps its mode'
printf '127.0.0.1 localhost\n' | file /etc/hosts
chmod 640 "$tree/etc/hosts"
setup
mode /etc/hosts 640

edge 47 debian12 'an /etc/localtime that is left alone leaves nothing behind'
file /etc/.pve-ignore.localtime </dev/null
conf pve.timezone=host
setup
verdict /nothing test -z "$(find "$tree" -name '*tmp*' -o -name 'localtime.*')"

edge 48 debian12 'a resolv.conf that leads to a file inside keeps its link'
gone /etc/resolv.conf
file /etc/resolv/static <<<'# mine'
ln -s resolv/static "$tree/etc/resolv.conf"
setup
link /etc/resolv.conf resolv/static

edge 48 debian12 'lines of others in a resolv.conf without our section are kept aside'
saved=/var/lib/pct/saved/etc%2Fresolv.conf
printf '# mine\nnameserver 9.9.9.9\n' | file /etc/resolv.conf
setup
absent $saved
printf 'nameserver 9.9.9.9\noptions edns0\n' | file /etc/resolv.conf
setup
unlike /etc/resolv.conf edns0
has $saved 'options edns0'
mode $saved 600
quiet

edge 49 debian12 '.pve-ignore beside what a link leads to'
gone /etc/resolv.conf
file /etc/resolv/static <<<'# mine'
file /etc/resolv/.pve-ignore.static </dev/null
ln -s resolv/static "$tree/etc/resolv.conf"
setup
text /etc/resolv/static <<<'# mine'

edge 50 debian12 'a container without a name is called by its number from the first start'
sed -i '/utsname/d' "$config"
net eth0 "${static4[@]}"
phase=create setup
like /etc/hostname '^(CT105|localhost)$'

edge 51 rocky9 'Red Hat'\''s family keeps the full name'
sed -i 's/ct1/ct1.ex.org/' "$config"
setup
has /etc/hostname ct1.ex.org

edge 52 debian12 'the host'\''s whole search list'
printf 'nameserver 1.1.1.1\nsearch a.example b.example\n' >"$work/resolv.conf"
setup
has /etc/resolv.conf 'search a.example b.example'
printf 'nameserver 1.1.1.1\nsearch ex.org\n' >"$work/resolv.conf"

edge 53 debian12 'a clone keeps no secret of its source, and says what it could not replace'
for key in /etc/ssh/ssh_host_ed25519_key /etc/ssh/ssh_host_ed25519_key.pub; do file $key <<<old; done
file /etc/ssl/private/ssl-cert-snakeoil.key <<<old
is_replaced_or_told() { ! grep -q old "$tree$1" || grep -q 'ssh host keys' "$work/said"; }
phase=clone setup
verdict /etc/ssh/ssh_host_ed25519_key is_replaced_or_told /etc/ssh/ssh_host_ed25519_key
absent /etc/ssl/private/ssl-cert-snakeoil.key
edge 53 debian12 'a clone is another instance for cloud-init'
seed=/var/lib/cloud/seed/nocloud
printf '# mine\ninstance-id: i-1\nlocal-hostname: old\n' | file $seed/meta-data
file $seed-net/meta-data <<<'instance-id: i-1'
phase=clone setup
is_renewed() { [ "$(sed '/^instance-id: [0-9a-f-]\{36\}$/s/ .*//' "$tree$1")" = "$2" ]; }
verdict $seed/meta-data is_renewed $seed/meta-data $'# mine\ninstance-id:\nlocal-hostname: old'
verdict $seed-net/meta-data is_renewed $seed-net/meta-data instance-id:
verdict $seed/meta-data test "$(grep ^inst "$tree$seed/meta-data")" != "$(cat "$tree$seed-net/meta-data")"
edge 53 debian12 'a start is the same instance'
file $seed/meta-data <<<'instance-id: i-1'
setup
text $seed/meta-data <<<'instance-id: i-1'

edge 55 debian12 'marker files are looked at inside only'
gone /etc/os-release /usr/lib/os-release /etc/debian_version
ln -s /etc/debian_version "$tree/etc/fedora-release"
setup --explain
says 'generic'

edge 57 debian12 'a FIFO blocks nobody'
gone /etc/hostname
mkfifo "$tree/etc/hostname"
net eth0 "${static4[@]}"
timeout 5 "$pct" setup --rootfs "$tree" --config "$config" >"$work/said" 2>&1
like $IF '10\.0\.0\.5/24'

edge 61 debian12 'a time zone is set'
file /usr/share/zoneinfo/Europe/Vienna </dev/null
conf pve.timezone=Europe/Vienna
setup
link /etc/localtime /usr/share/zoneinfo/Europe/Vienna

for name in . .. a/b abcdefghijklmnop; do
	edge 62 debian12 "the interface name $name is refused"
	net "$name" "${static4[@]}"
	refuses 1 "$label" 'interface name' "$pct" setup --rootfs "$tree" --config "$config"
done

# ---- 2015 ----

edge 92 debian12 'links that lead out stay inside'
gone /etc/hostname
ln -s ../../../../../../../../../..//"$work/canary" "$tree/etc/hostname"
echo canary >"$work/canary"
setup
verdict /etc/hostname test "$(cat "$work/canary")" = canary

edge 99 debian12 'the word "auto" is no address of a host'
net eth0 ip6=auto
setup
unlike /etc/hosts '^auto'

edge 100 debian12 'no search domain, no double blank'
: >"$work/resolv.conf"
net eth0 "${static4[@]}"
setup
has /etc/hosts '10.0.0.5 ct1'

edge 101 debian12 'a name server counts also without a search domain'
conf pve.nameserver=9.9.9.9
setup
has /etc/resolv.conf 'nameserver 9.9.9.9'
printf 'nameserver 1.1.1.1\nsearch ex.org\n' >"$work/resolv.conf"

# What a lease or an advertisement says of name servers does not count beside the config's.
config_dns() { conf pve.nameserver=9.9.9.9 && net eth0 ip=dhcp ip6=auto; }
edge 101 fedora 'NetworkManager hands resolved the config'\''s name server alone'
config_dns
systemd=usr/lib/systemd
file /$systemd/systemd-resolved </dev/null && chmod 755 "$tree/$systemd/systemd-resolved"
file /$systemd/system/systemd-resolved.service <<<$'[Install]\nWantedBy=sysinit.target'
mkdir -p "$tree/etc/systemd/system/sysinit.target.wants"
ln -s "/$systemd/system/systemd-resolved.service" "$tree/etc/systemd/system/sysinit.target.wants"
ln -sf ../run/systemd/resolve/stub-resolv.conf "$tree/etc/resolv.conf"
setup --explain
says 'systemd-resolved'
setup
has /etc/systemd/resolved.conf.d/pct.conf 'DNS=9.9.9.9'
count /etc/NetworkManager/system-connections/eth0.nmconnection '^ignore-auto-dns=true$' 2
edge 101 ubuntu1604 'dhclient gives resolvconf no name server beside the config'\''s'
config_dns
mkdir -p "$tree/etc/dhcp"
setup
has /etc/resolvconf/resolv.conf.d/base 'nameserver 9.9.9.9'
like /etc/dhcp/dhclient-enter-hooks.d/pct '^unset .*new_domain_name_servers'
edge 101 alpine 'udhcpc leaves resolv.conf alone, and no longer when the config names no server'
config_dns
file /etc/udhcpc/udhcpc.conf <<<'IF_METRIC=200'
setup
has /etc/udhcpc/udhcpc.conf 'RESOLV_CONF="no"'
quiet
sed -i /nameserver/d "$config"
setup
text /etc/udhcpc/udhcpc.conf <<<'IF_METRIC=200'
edge 101 debian13 'a script of udhcpc that cannot be told is a finding'
config_dns
for program in udhcpc sh; do file /usr/sbin/$program </dev/null && chmod 755 "$tree/usr/sbin/$program"; done
file /etc/udhcpc/default.script <<<'echo "$R" > /etc/resolv.conf'
setup
says 'udhcpc.s /etc/udhcpc/default.script replaces the config.s name servers'
edge 101 centos7 'network scripts leave resolv.conf to what is written there'
config_dns
setup
has /etc/sysconfig/network-scripts/ifcfg-eth0 'PEERDNS=no'
has /etc/resolv.conf 'nameserver 9.9.9.9'
edge 101 leap15 'netconfig has a policy for the time that the config names a server'
config_dns
setup
has /etc/sysconfig/network/config 'NETCONFIG_DNS_POLICY="STATIC"'
quiet
sed -i /nameserver/d "$config"
setup
has /etc/sysconfig/network/config 'NETCONFIG_DNS_POLICY="auto"'
edge 101 leap15 'netconfig'\''s policy of an administrator stays, with a finding'
config_dns
sed -i 's/^NETCONFIG_DNS_POLICY=.*/NETCONFIG_DNS_POLICY="STATIC eth0"/' "$tree/etc/sysconfig/network/config"
setup
has /etc/sysconfig/network/config 'NETCONFIG_DNS_POLICY="STATIC eth0"'
says 'NETCONFIG_DNS_POLICY="STATIC eth0"'
edge 101 openwrt 'netifd takes no name server of a lease, and an administrator'\''s peerdns stays'
config_dns
setup
count /etc/config/network $'^\toption peerdns .0.$' 2
quiet
sed -i /nameserver/d "$config"
setup
count /etc/config/network peerdns 0
printf '\toption delegate 0\n\toption peerdns 0\n' >>"$tree/etc/config/network"
setup
count /etc/config/network 'peerdns 0' 1
edge new openwrt 'the config has the name servers, also beside a wan6 of the image'
conf pve.nameserver=192.0.2.53 'pve.searchdomain=a.example b.example'
net eth0 "${static4[@]}"
setup
count /etc/config/network $'^\toption peerdns .0.$' 1
count /etc/config/network $'^\tlist dns .192.0.2.53.$' 1
has /etc/config/network $'\tlist dns_search \'a.example b.example\''
quiet
sed -i '/nameserver/d' "$config"
setup
count /etc/config/network peerdns 0
count /etc/config/network "interface 'wan6'" 1
edge new openwrt 'a section that waits for no lease has the name servers'
net eth0 ip=dhcp ip6=2001:db8::5/64
setup
verdict /etc/config/network bash -c "sed -n '/wan6/,\$p' '$tree/etc/config/network' | grep -q 'list dns '"
count /etc/config/network 'list dns ' 1
edge new openwrt 'both names of the token, and an administrator'\''s stays'
net eth0 ip6=auto,token=::5
setup
has /etc/config/network $'\toption ifaceid \'::5\''
has /etc/config/network $'\toption ip6ifaceid \'::5\''
edge new openwrt 'an administrator'\''s ip6ifaceid stays'
echo $'\toption ip6ifaceid ::1' >>"$tree/etc/config/network"
net eth0 ip=10.0.0.5/24 ip6=auto
setup
has /etc/config/network $'\toption ip6ifaceid ::1'
edge new openwrt 'a name with a dot is a VLAN to netifd: a finding'
net wan-1.5 "${static4[@]}"
setup
says 'netifd takes the name wan-1.5 for a VLAN'
edge new openwrt 'a default route of the image'\''s wan with the same metric: a finding'
net eth0
net eth1 "${static4[@]}"
setup
says 'two IPv4 default routes with the same metric, of eth1 and wan'
sed -i "/interface 'wan'/a \\\toption metric 10" "$tree/etc/config/network"
setup
verdict /etc/config/network bash -c "! grep -q 'same metric' '$work/said'"
edge new openwrt 'two gateways of the config with the same metric: one finding'
net eth0 "${static4[@]}"
net eth1 ip=10.1.0.5/24 gw=10.1.0.1
setup
verdict /etc/config/network test "$(grep -c 'same metric' "$work/said")" = 1
connman() {
	file /usr/sbin/connmand <<<'' && chmod 755 "$tree/usr/sbin/connmand"
	file /lib/systemd/system/connman.service <<<$'[Install]\nWantedBy=multi-user.target'
	mkdir -p "$tree/etc/systemd/system/multi-user.target.wants"
	ln -s /lib/systemd/system/connman.service "$tree/etc/systemd/system/multi-user.target.wants/"
}
edge new debian13 'ConnMan takes an interface of the host: a finding'
connman
net eth0 "${static4[@]}" host-managed=1
setup
says 'ConnMan configures every interface, also eth0, which the host manages'
printf '[General]\nNetworkInterfaceBlacklist = veth,eth0\n' | file /etc/connman/main.conf
setup
verdict /etc/connman/main.conf bash -c "! grep -q ConnMan '$work/said'"
edge new debian13 'ConnMan also takes an interface that ifupdown configures: a finding'
connman
net eth0 "${static4[@]}"
setup
says 'ConnMan configures every interface, also eth0, which pct configures for ifupdown'
rm "$tree/etc/systemd/system/multi-user.target.wants/connman.service"
setup
verdict /etc/network/interfaces bash -c "! grep -q ConnMan '$work/said'"

# NixOS before its first boot has nothing of /etc but empty folders.
not_booted() { gone /etc/static /etc/hosts /etc/resolv.conf /etc/os-release /etc/systemd/{system,system-preset}; }
for state in : not_booted; do
	edge new nixos "what activation makes is left alone ($state)"
	$state
	net eth0 "${static4[@]}"
	phase=create setup
	there /etc/systemd/network/eth0.network
	has /etc/systemd/resolved.conf.d/pct.conf 'DNS=1.1.1.1'
	verdict /nothing test ! -f "$tree/etc/hosts" -o -L "$tree/etc/hosts"
	verdict /nothing test ! -e "$tree/etc/resolv.conf" -o -L "$tree/etc/resolv.conf"
	verdict /nothing test ! -e "$tree/etc/systemd/system" -o -L "$tree/etc/systemd/system"
	there /etc/hostname
	says '/etc/hosts is not written: NixOS makes it'
done
edge new nixos 'without resolved, a resolv.conf of the system is left alone, and said'
not_booted
rm -r "$tree"/nix/store/*-system-units/*resolved* "$tree"/nix/store/*-system-units/sysinit.target.wants
setup
absent /etc/resolv.conf
absent /etc/systemd/resolved.conf.d/pct.conf
says '/etc/resolv.conf is not written: NixOS makes it'
edge new nixos 'a host name of the system is said'
ln -s /nix/store/name "$(echo "$tree"/nix/store/*-etc/etc)/hostname"
setup
absent /etc/hostname
says '/etc/hostname is not written: NixOS makes it'
edge new debian-networkd 'a chain of links to a resolver stays'
gone /etc/resolv.conf
ln -s links/resolv.conf "$tree/etc/resolv.conf"
mkdir "$tree/etc/links" && ln -s ../../run/systemd/resolve/stub-resolv.conf "$tree/etc/links/resolv.conf"
setup
link /etc/resolv.conf links/resolv.conf
has /etc/systemd/resolved.conf.d/pct.conf 'DNS=1.1.1.1'
for bridge in $'config device\n\toption name br-lan\n\toption type bridge\n\tlist ports lan1\n\tlist ports eth0' \
	$'config interface br-lan\n\toption type bridge\n\toption ifname "lan1 eth0"'; do
	edge 101 openwrt 'a bridge of the administrator has the interface as its port: a finding'
	net eth0 ip=10.0.0.5/24
	setup
	quiet
	printf '\n%s\n' "$bridge" >>"$tree/etc/config/network"
	setup
	says '[(]bridge br-lan[)] configures eth0 instead'
done

# A name server with a link-local address is asked on an interface: its zone.
zones() { conf "pve.nameserver=$1"; }
edge new debian12 'a name server on no network of the container: a finding'
zones '192.0.2.1 fe80::1%eth7'
net eth0 "${static4[@]}"
setup
unlike /etc/resolv.conf fe80
says '"fe80::1%eth7" is omitted: the container has no network named "eth7", .*; write .* as in fe80::1%eth0'
edge new debian12 'a link-local one of several networks without a zone: a finding'
zones fe80::1
net eth0 "${static4[@]}"
net eth1 "${static4[@]}"
setup
says '"fe80::1" is omitted: the address fe80::1 is link-local, and does not say on which network'
edge new debian12 'one of the only network gets its name'
zones fe80::1
net lan0 "${static4[@]}"
setup
has /etc/resolv.conf 'nameserver fe80::1%lan0'
quiet
for server in fe80::1%vmbr0 fe80::1; do
	edge new debian12 "the host's name server $server is on a link of the host: a finding"
	printf 'nameserver %s\n' 1.1.1.1 $server >"$work/resolv.conf"
	net eth0 "${static4[@]}"
	setup
	unlike /etc/resolv.conf fe80
	says "the host's name server $server cannot be reached from the container, as .*, and is omitted"
done
printf 'nameserver 1.1.1.1\nsearch ex.org\n' >"$work/resolv.conf"
edge new debian-nm 'NetworkManager lists it for its interface, without global-dns'
zones '192.0.2.1 fe80::1%eth1'
net eth0 "${static4[@]}"
net eth1 ip6=auto
setup
has ${keyfiles=/etc/NetworkManager/system-connections}/eth0.nmconnection dns=192.0.2.1
has $keyfiles/eth1.nmconnection dns=fe80::1
unlike $keyfiles/eth0.nmconnection fe80
absent /etc/NetworkManager/conf.d/pct-dns.conf
quiet
for skeleton in debian-nm rocky8; do
	edge new $skeleton 'NetworkManager asks no IPv6 server on an interface without IPv6: a finding'
	zones '192.0.2.1 fe80::1%eth0'
	net eth0 "${static4[@]}"
	net eth1 ip6=auto
	setup
	says 'NetworkManager does not ask fe80::1%eth0, .* no network with IPv6 .*; give .* IPv6 address'
done
edge new ubuntu2404 'netplan lists it for its interface, for NetworkManager'
gone /usr/lib/systemd/systemd-networkd /etc/netplan/10-lxc.yaml
cp -a "$top/tests/golden/setup/netplan-nm/input/." "$tree"
zones '192.0.2.1 fe80::1%eth1'
net eth0 "${static4[@]}"
net eth1 ip6=auto
setup
count /etc/netplan/90-pct.yaml '192\.0\.2\.1"?$' 1
count /etc/netplan/90-pct.yaml 'fe80::1"?$' 1
absent /etc/NetworkManager/conf.d/pct-dns.conf
for case in resolvconf=/etc/resolvconf/resolv.conf.d/base openresolv=/etc/resolvconf.conf; do
	edge new debian13 "${case%%=*} has it with its zone"
	rm -rf "$tree" && cp -a "$top/tests/golden/setup/resolv-${case%%=*}/input" "$tree"
	zones fe80::1%eth0
	net eth0 "${static4[@]}"
	setup
	like "${case#*=}" 'fe80::1%eth0'
done
edge new openwrt 'netifd adds the zone of the first section of its interface'
zones '192.0.2.1 fe80::1%eth0'
net eth0 ip=dhcp ip6=auto
net eth1 "${static4[@]}"
setup
count /etc/config/network "list dns 'fe80::1'" 1
verdict /etc/config/network test "$(grep -B9 "list dns 'fe80::1'" "$tree/etc/config/network" |
	sed -n 's/.*option \(device\|ifname\) //p' | tail -n 1)" = "'eth0'"

# And a search list alone stands above a lease's.
config_search() { conf 'pve.searchdomain=a.example b.example' && net eth0 ip=dhcp ip6=dhcp; }
edge 101 debian12 'dhclient'\''s script has the config'\''s search list, and a lease'\''s name servers'
config_search
setup
verdict /etc/dhcp/dhclient-enter-hooks.d/pct bash -c "new_domain_name=l.example reason=BOUND
	new_domain_name_servers=192.0.2.1 new_domain_search=l.example && . '$tree/etc/dhcp/dhclient-enter-hooks.d/pct' &&
	[ \"\$new_domain_name|\$new_domain_search|\$new_domain_name_servers|\$new_dhcp6_domain_search\" = '|a.example b.example|192.0.2.1|' ]"
quiet
sed -i /searchdomain/d "$config"
setup
absent /etc/dhcp/dhclient-enter-hooks.d/pct
for skeleton in debian13 void gentoo; do
	edge 101 $skeleton 'dhcpcd takes no search list of a lease'
	config_search
	setup
	has /etc/dhcpcd.conf 'static domain_search=a.example b.example'
	unlike /etc/dhcpcd.conf 'nohook'
	sed -i /searchdomain/d "$config"
	setup
	unlike /etc/dhcpcd.conf 'domain_search=|nooption'
done
edge 101 alpine 'udhcpc'\''s script has the config'\''s search list'
config_search
setup
has /etc/udhcpc/udhcpc.conf 'search="a.example b.example"'
unlike /etc/udhcpc/udhcpc.conf RESOLV_CONF
quiet
edge 101 debian13 'a script of udhcpc that cannot be told the search list is a finding'
config_search
for program in udhcpc sh; do file /usr/sbin/$program </dev/null && chmod 755 "$tree/usr/sbin/$program"; done
file /etc/udhcpc/default.script <<<'echo "$R" > /etc/resolv.conf'
setup
says 'udhcpc.s /etc/udhcpc/default.script replaces the config.s search list with the lease.s'

edge 102 centos6 'HOSTNAME= is replaced up to its line end'
printf 'HOSTNAME=old\nNETWORKING=yes\n' | file /etc/sysconfig/network
setup
has /etc/sysconfig/network 'HOSTNAME=ct1'
has /etc/sysconfig/network 'NETWORKING=yes'

edge 103 ubuntu1604 'a securetty without a last line feed'
printf 'console' | file /etc/securetty
phase=create setup
has /etc/securetty console

edge 104 debian12 'a /32 address'
net eth0 ip=10.0.0.5/32 gw=10.9.0.1
setup
has $IF $'\taddress 10.0.0.5/32'

edge 104 debian12 'IPv4 comes up as well where the kernel has no IPv6'
net pctnone0 "${static4[@]}" ip6=manual # an interface that nobody has, so no file of the kernel's
setup
like $IF 'accept_ra'
verdict $IF sh -c "$(sed -n 's/^\tpre-up //p' "$tree$IF")"

edge 104 debian12 'a route of a family that has no stanza is told'
net eth0 "${static4[@]}" "route=fd77::/48 via fe80::1"
setup
says 'the route fd77::/48 of eth0 is omitted: ifupdown accepts none if IPv6 is off'
edge 104 rocky10 'a route of a family that NetworkManager has off is told'
net eth0 ip=manual ip6=2001:db8::5/64 route=10.77.0.0/16
setup
says 'the route 10\.77\.0\.0/16 of eth0 is omitted: NetworkManager accepts none if IPv4 is off'

edge 105 debian12 'the tenth network and more'
for n in 0 1 2 3 4 5 6 7 8 9 10 11; do net eth$n ip=10.0.$n.5/24; done
setup
count $IF '^auto eth' 12

edge 106 debian12 'values lose their trailing blanks'
printf 'pve.nameserver = 9.9.9.9  \r\n' >>"$config"
setup
has /etc/resolv.conf 'nameserver 9.9.9.9'

edge 108 unknown 'an unknown pve.ostype is a note'
conf pve.ostype=plan9
setup
says 'plan9'

edge 109 debian12 'a derivative with an lsb-release of its own'
file /etc/os-release <<<$'ID=foo\nID_LIKE=debian'
file /etc/lsb-release <<<'DISTRIB_ID=Foo'
setup --explain
says 'debian.*ID_LIKE=debian'
edge 109 debian13 'a testing release'
file /etc/debian_version <<<'zurg/sid'
net eth0 "${static4[@]}"
setup
has $IF $'\taddress 10.0.0.5/24'

edge 110 devuan 'changes to inittab stay'
printf 'id:2:initdefault:\nsi::sysinit:/etc/init.d/rcS\nmy:2345:respawn:/usr/local/bin/mine\n1:2345:respawn:/sbin/getty 38400 tty1\n' | file /etc/inittab
setup
has /etc/inittab 'my:2345:respawn:/usr/local/bin/mine'

edge new devuan 'getty has --noclear where it knows it'
setup
has /etc/inittab '1:2345:respawn:/sbin/getty --noclear 38400 tty1'
edge new devuan 'getty of Debian 6 does not know it'
chmod 755 "$tree/sbin/getty" && echo 'agetty 2.17' >"$tree/sbin/getty"
setup
has /etc/inittab '1:2345:respawn:/sbin/getty 38400 tty1'
quiet

edge new void 'dhcpcd 10 takes a token, above "slaac private" of the file'
net eth0 ip6=auto,token=::5
setup
has /etc/dhcpcd.conf 'slaac token ::5'
edge new void 'dhcpcd 9 takes none: a finding'
echo 'dhcpcd-9.4.1' >"$tree/usr/bin/dhcpcd"
net eth0 ip6=auto,token=::5
setup
unlike /etc/dhcpcd.conf 'slaac token'
says 'this dhcpcd does not support token'

edge 113 centos7 'files of an interface that became manual, or left, are not stale'
net eth0 ip=10.0.0.5/24 ip6=2001:db8::5/64 gw6=2001:db9::1
setup
no_nets
net eth0 ip=10.0.0.5/24
setup
unlike /etc/sysconfig/network-scripts/ifcfg-eth0 '2001'
absent /etc/sysconfig/network-scripts/route6-eth0
no_nets
setup
absent /etc/sysconfig/network-scripts/ifcfg-eth0
keyfile=/etc/NetworkManager/system-connections/eth0.nmconnection
ifcfg=/etc/sysconfig/network-scripts/ifcfg-eth0
edge 113 rocky9 'an ifcfg file that NetworkManager reads beside ours is outranked'
file $ifcfg <<<$'DEVICE="eth0"\nBOOTPROTO=dhcp\nONBOOT=yes'
file ${ifcfg%0}1 <<<$'DEVICE=eth1\nBOOTPROTO=dhcp\nONBOOT=no'
net eth0 "${static4[@]}"
net eth1 ip=dhcp
setup
has $keyfile 'autoconnect-priority=999'
there $ifcfg
says 'ifcfg-eth0 also configures eth0; the file that pct writes takes precedence'
unlike ${keyfile/eth0/eth1} priority
edge 113 rocky9 "an ifcfg file of a template's goes"
file $ifcfg <<<$'DEVICE=eth0\nBOOTPROTO=dhcp'
net eth0 "${static4[@]}"
phase=create setup
absent $ifcfg
unlike $keyfile priority
edge 113 gentoo 'what dhcpcd ran as the consumer goes, whoever starts it now'
printf '# mine\n# --- BEGIN PVE ---\nip route replace default via 10.9.0.1\n# --- END PVE ---\n' |
	file /etc/dhcpcd.exit-hook
net eth0 ip=dhcp
setup
text /etc/dhcpcd.exit-hook <<<'# mine'
edge 113 leap15 'a line that somebody added keeps no route of ours'
ifroute=/etc/sysconfig/network/ifroute-eth0
net eth0 "${static4[@]}"
setup
echo '172.16.0.0/12 10.0.0.9 - eth0' >>"$tree$ifroute"
for network in 'ip=10.1.0.5/24 gw=10.1.0.1' ip=dhcp 'ip=10.2.0.5/24 gw=10.2.0.1' ip=dhcp; do
	no_nets
	read -ra keys <<<"$network"
	net eth0 "${keys[@]}"
	setup
	has $ifroute '172.16.0.0/12 10.0.0.9 - eth0'
	[ "$network" = ip=dhcp ] || like $ifroute "^default ${network#*gw=} "
	[ "$network" != ip=dhcp ] || unlike $ifroute '^default|PVE'
done

finish
