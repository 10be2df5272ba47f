#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# cloud-init.sh [VARIANT...]: full boots of Debian's cloud-init with `pct create --user-data`.  What the
# user-data asks for is done; network, names and SSH host keys stay those of the config and of pct, on
# a link with a DHCP server, which cloud-init would ask.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/template.sh"

#        VARIANT            ROOT                CONSUMER         UNITS
variants='debian12-ifupdown  bookworm-cloud-init ifupdown         networking
          debian12-networkd  bookworm-cloud-init systemd-networkd systemd-networkd systemd-resolved
          debian13-ifupdown  trixie-cloud-init   ifupdown         networking
          debian13-networkd  trixie-cloud-init   systemd-networkd systemd-networkd systemd-resolved'

cat >"$work/user-data" <<'END'
#cloud-config
hostname: other
locale: false # no locales in these roots
users:
  - name: ada
    shell: /bin/sh
write_files:
  - path: /etc/written
    permissions: '0640'
    content: by cloud-init
runcmd:
  - echo "$(id -un) $(cloud-init query v1.local_hostname)" >>/root/ran
END

meta=/var/lib/cloud/seed/nocloud/meta-data
is_done() { inside timeout 100 cloud-init status | grep -q '^status: done'; }
instance_id() { sed -n 's/^instance-id: //p' "$images/$ctid"/*"$meta"; }
# Of the types that pct makes: cloud-init adds a DSA key, which sshd does not use.
host_keys() { (cd "$images/$ctid"/*/etc/ssh && sha256sum ssh_host_{rsa,ecdsa,ed25519}_key{,.pub}); }
addresses() { inside ip -4 -o addr show dev eth0 | awk '{ print $4 }' | xargs; }
default_routes() { inside ip -4 route show default | sed 's/ dev eth0.*//' | xargs; }
servers() {
	inside grep -h '^nameserver' /etc/resolv.conf /run/systemd/resolve/resolv.conf |
		grep -vF 127.0.0.53 | sort -u | xargs
}

# What the config says, $name's boot $1 may not change.
stays() {
	check "$name: $1: cloud-init is done" within 100 is_done || inside cloud-init status --long | sed 's/^/# /'
	same "$name: $1: its address, and none of a lease" "$net.20/24" "$(addresses)"
	same "$name: $1: its default route" "default via $net.1" "$(default_routes)"
	same "$name: $1: its resolver" 'nameserver 192.0.2.53' "$(servers)"
	same "$name: $1: its name" web1 "$(inside hostname)"
	same "$name: $1: its name, in the file" web1 "$(inside cat /etc/hostname)"
	check "$name: $1: its name, in hosts" inside grep -q "^$net.20 web1" /etc/hosts
	same "$name: $1: its host keys" "$keys" "$(host_keys)"
	check "$name: $1: boots, and nothing failed" within 100 booted || {
		inside systemctl is-system-running
		inside systemctl list-jobs
		inside systemctl list-units --failed
	} | sed 's/^/# /'
}

boot() {
	local name=$1 root=$2 consumer=$3 id init
	shift 3
	check "$name: a template" make_template "$name" "$root" "$consumer" "$@" || return
	new_ctid
	check "$name: create" "$pct" create "$ctid" "$name.tar.zst" --hostname web1 --rootfs local:0 \
		--net0 "name=eth0,bridge=$bridge,ip=$net.20/24,gw=$net.1" --nameserver 192.0.2.53 \
		--user-data "$work/user-data" || return
	same "$name: the name in the data is not used, and pct says so" 1 \
		"$(grep -c 'the host name in the user-data has no effect' "$work/out")"
	keys=$(host_keys) id=$(instance_id)
	check "$name: start" "$pct" start "$ctid" || return
	stays 'first boot'
	check "$name: the user" inside id ada
	same "$name: the file" '640 by cloud-init' \
		"$(inside stat -c %a /etc/written) $(inside cat /etc/written)"
	same "$name: the command" 'root web1' "$(inside cat /root/ran)"
	init=$(init_pid "$ctid")
	inside systemctl reboot
	check "$name: it reboots" within 60 rebooted "$init"
	stays 'second boot'
	same "$name: the command ran once" 'root web1' "$(inside cat /root/ran)"
	"$pct" stop "$ctid"
	check "$name: its identity is reset" "$pct" setup "$ctid" --phase clone
	check "$name: another instance" test "$id" != "$(instance_id)"
	keys=$(host_keys)
	check "$name: start the other instance" "$pct" start "$ctid"
	stays 'other instance'
	same "$name: the command ran for it" 'root web1 root web1' "$(inside cat /root/ran | xargs)"
	destroy "$ctid"
	same "$name: nothing is left" '' "$(leftovers "$ctid" && files_of "$ctid")"
	rm -f "$PCT_VZ/template/cache/$name.tar.zst"
}

# shellcheck disable=SC2046
"$top/tests/consumers/roots.sh" $(awk '{ print $2 }' <<<"$variants" | sort -u) || exit 1
new_bridge
dnsmasq --no-daemon --conf-file=/dev/null --leasefile-ro --port=0 --interface="$bridge" --no-ping \
	--bind-interfaces --dhcp-range="$net.100,$net.119,2m" --dhcp-option="3,$net.1" \
	>"$work/dnsmasq" 2>&1 &
server=$!
trap 'kill $server; cleanup' EXIT
while read -r variant root consumer units; do
	case " ${*:-$variant} " in *" $variant "*) ;; *) continue ;; esac
	# shellcheck disable=SC2086
	boot "$variant" "$root" "$consumer" $units
done <<<"$variants"
finish
