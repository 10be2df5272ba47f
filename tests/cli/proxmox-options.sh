#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The options of scripts for Proxmox VE: create and set take each, or refuse it and say what to do
# instead.  The template does not exist, so a create that takes its options fails because of it.
. "$(dirname "$0")/../lib.sh"

key="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI$(printf 'A%.0s' {1..43}) me"
echo "$key" >"$work/key.pub"
file=$PCT_ETC/lxc/105/config
mkdir -p "${file%/*}"

# ---- taken by create ----
while read -r -a options; do
	refuses 1 "create ${options[*]}" 'none\.tar: ' "$pct" create 200 none.tar "${options[@]}"
done <<END
--memory 512 --swap 512 --cores 2 --cpulimit 0.5 --cpuunits 100
--hostname x --onboot 1 --start 1 --unprivileged 1 --ostype debian --arch amd64
-hostname x -onboot -memory=512
--password secret1 --ssh-public-keys $work/key.pub
--net0 name=eth0,bridge=vmbr0,firewall=1,gw=10.0.0.1,ip=10.0.0.5/24,type=veth,tag=5,rate=10
--net0 name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:01,ip=dhcp,ip6=auto,mtu=1400,link_down=1
--net1 name=eth1,bridge=vmbr0,trunks=2;3,ip6=dhcp,host-managed=1
--nameserver 1.1.1.1 --searchdomain example.org --tags a;b --timezone host
--description a --protection 1 --startup order=1,up=5,down=60 --tty 2
--cmode tty --console 1 --debug 0 --template 0 --unique 1 --restore 0
--console --bwlimit 0 --ignore-unpack-errors 0 --ha-managed 0 --entrypoint /sbin/init
--features keyctl=1,nesting=1 --force
--features nesting=1,fuse=1,mknod=1,mount=nfs;cifs,force_rw_sys=1
--storage local --rootfs 8
--rootfs local:8
--rootfs local:0.5
--rootfs volume=local:8
--rootfs volume=local:0.25,acl=0,quota=0,ro=0,replicate=1
END

# ---- refused ----
while IFS='|' read -r commands option value pattern; do
	for command in $commands; do
		arguments=(200 none.tar)
		[ "$command" = create ] || arguments=(105)
		: >"$file"
		refuses 2 "$command --$option $value" "^pct $command: --$option: .*; .*$pattern" \
			"$pct" "$command" "${arguments[@]}" "--$option=$value"
		same 'the config is as it was' '' "$(cat "$file")"
	done
done <<'END'
create set|bwlimit|1000|ionice
create set|cmode|shell|pct enter
set|cmode|tty|pct enter
create set|console|0|there is always a console
create set|debug|1|lxc-start
create set|dev0|/dev/kvm|lxc.mount.entry
create set|digest|0123|locks the container
create set|entrypoint|/bin/sh|lxc.init.cmd
create set|env|A=b|lxc.environment
create set|ha-managed|1|--onboot
create|ignore-unpack-errors|1|tar
create set|lock|backup|while a command needs that
create set|mp0|local:8,mp=/data|lxc.mount.entry
create set|mp12|/srv,mp=/srv|lxc.mount.entry
create set|pool|p|--tags
create|restore|1|as TEMPLATE
set|rootfs|local:8|pct help resize
create set|template|1|pct help template
create set|unused0|local:x|no unused volumes
create|rootfs|local:8,acl=1|local:8
create|rootfs|local:8,mountoptions=noatime|local:8
create|rootfs|/srv/ct|STORAGE:GIB
create|rootfs|local:105/vm-105-disk-0.raw,size=8G|local:8
create|rootfs|local:.5|local:0.5
create|rootfs|local:5.|local:0.5
END
refuses 2 'a list of features' 'features: there is no such feature: "x=1"; the features are nesting, ' \
	"$pct" create 200 none.tar --features nesting=1,x=1
for option in mp0 dev1 console; do
	: >"$file"
	refuses 2 "set --delete $option" "^pct set: --$option: pct does not have this option of .*; ." \
		"$pct" set 105 --delete "$option"
done
same 'help lists none of them' '' "$("$pct" help create | grep -e '--mp\|--pool\|--cmode')"
finish
