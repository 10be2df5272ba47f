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
--rootfs volume=local:0.25,acl=0,quota=0,ro=1,replicate=1,mountoptions=noatime;nosuid
--mp0 local:8,mp=/data,backup=1 --mp12 /srv,mp=srv,ro=1,shared=1,replicate=0 --mp255=volume=local:0,mp=/x,acl=1
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
create set|digest|0123|locks the container
create set|entrypoint|/bin/sh|lxc.init.cmd
create set|env|A=b|lxc.environment
create set|ha-managed|1|--onboot
create|ignore-unpack-errors|1|tar
create set|lock|backup|while a command needs that
create set|pool|p|--tags
create|restore|1|as TEMPLATE
set|rootfs|local:8|pct help resize
create set|template|1|pct help template
create set|unused0|local:x|--purge removes it
create|rootfs|/srv/ct|STORAGE:GIB
create|rootfs|local:105/vm-105-disk-0.raw,size=8G|local:8
create|rootfs|local:.5|local:0.5
create|rootfs|local:5.|local:0.5
END
# OPTION|VALUE|PATTERN: a wrong word.
while IFS='|' read -r option value pattern; do
	refuses 2 "create --$option $value" "$option: $pattern" "$pct" create 200 none.tar "--$option" "$value"
done <<'END'
rootfs|local:8,mp=/|there is no such word: "mp=/"; the words are volume, acl, idmap, mountoptions, 
rootfs|local:8,backup=1|there is no such word: "backup=1"
rootfs|local:8,ro=maybe|ro is not 0 or 1
mp0|local:8|has no mount point; add one: mp=/PATH
mp0|local:8,mp=/x,nix=1|there is no such word: "nix=1"
mp256|local:8,mp=/x|there is no such option
dev0|/srv/x|is not a plain path below /dev
END
refuses 2 'a list of features' 'features: there is no such feature: "x=1"; the features are nesting, ' \
	"$pct" create 200 none.tar --features nesting=1,x=1
check 'what is not set can be deleted' "$pct" set 105 --delete mp0,dev1,hookscript
for option in cmode console; do
	: >"$file"
	refuses 2 "set --delete $option" "^pct set: --$option: pct does not have this option of .*; ." \
		"$pct" set 105 --delete "$option"
done
same 'help lists none of them' '' "$("$pct" help create | grep -e '--unused\|--pool\|--cmode')"
finish
