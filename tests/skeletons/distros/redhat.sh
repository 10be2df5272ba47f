# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# CentOS, Rocky, Amazon, Fedora, openEuler

redhat_presets() {
	lines usr/lib/systemd/system-preset/90-default.preset 'enable NetworkManager.service' \
		'enable NetworkManager-dispatcher.service' 'enable sshd.service' 'enable crond.*'
	lines usr/lib/systemd/system-preset/99-default-disable.preset 'disable *'
}

# initscripts DIR: "network", an init script, and its helpers.
initscripts() {
	local script
	exe "$1/ifup" "$1/ifdown" etc/rc.d/init.d/network
	for script in eth aliases ipv6 post routes; do
		exe "etc/sysconfig/network-scripts/ifup-$script"
	done
	exe etc/sysconfig/network-scripts/network-functions
	link rc.d/init.d etc/init.d
	lines etc/sysconfig/network-scripts/ifcfg-lo DEVICE=lo IPADDR=127.0.0.1 \
		NETMASK=255.0.0.0 NETWORK=127.0.0.0 ONBOOT=yes NAME=loopback
}
enable_initscripts() {
	local n
	for n in 2 3 4 5; do
		link ../init.d/network "etc/rc.d/rc$n.d/S10network"
		link "rc.d/rc$n.d" "etc/rc$n.d"
	done
}

distro_centos6() {
	lines etc/centos-release 'CentOS release 6.10 (Final)'
	link centos-release etc/redhat-release etc/system-release
	accounts
	exe bin/sh sbin/init sbin/initctl sbin/mingetty
	lines etc/inittab '# inittab is only used by upstart for the default runlevel.' \
		'id:3:initdefault:'
	lines etc/init/rc.conf 'start on runlevel [0123456]' 'exec /etc/rc.d/rc $RUNLEVEL'
	lines etc/init/rcS.conf 'start on startup' 'task' 'exec /etc/rc.d/rc.sysinit'
	lines etc/init/tty.conf 'stop on runlevel [S016]' respawn 'instance $TTY' \
		'exec /sbin/mingetty $TTY'
	lines etc/init/start-ttys.conf 'start on stopped rc RUNLEVEL=[2345]' \
		'env ACTIVE_CONSOLES=/dev/tty[1-6]'
	lines etc/rc.d/rc.sysinit '#!/bin/bash' '/sbin/start_udev' 'exit 0'
	chmod 755 etc/rc.d/rc.sysinit
	initscripts sbin
	enable_initscripts
	lines etc/sysconfig/network NETWORKING=yes HOSTNAME=localhost.localdomain
	exe sbin/dhclient
	lines etc/securetty console vc/1 tty1 tty2 tty3 tty4
}

distro_centos7() {
	merge_usr
	os_release 'NAME="CentOS Linux"' 'VERSION="7 (Core)"' 'ID="centos"' \
		'ID_LIKE="rhel fedora"' 'VERSION_ID="7"' 'PRETTY_NAME="CentOS Linux 7 (Core)"'
	lines etc/centos-release 'CentOS Linux release 7.9.2009 (Core)'
	link centos-release etc/redhat-release etc/system-release
	accounts
	exe usr/bin/sh
	systemd
	redhat_presets
	initscripts usr/sbin
	enable_initscripts
	lines etc/sysconfig/network '# Created by anaconda'
	exe usr/sbin/dhclient
	lines etc/securetty console tty1 tty2 tty3 tty4
	machine_id
}

# rhel ID NAME RELEASE LIBRARY: NetworkManager is enabled.
rhel() {
	merge_usr
	os_release "NAME=\"$2\"" "VERSION=\"$3\"" "ID=\"$1\"" 'ID_LIKE="rhel centos fedora"' \
		"VERSION_ID=\"$3\"" "PRETTY_NAME=\"$2 $3\""
	lines "etc/$1-release" "$2 release $3"
	link "$1-release" etc/redhat-release etc/system-release
	accounts
	exe usr/bin/sh
	systemd "$4"
	redhat_presets
	lines etc/sysconfig/network '# Created by anaconda'
	machine_id
}

# nm_ifup: a wrapper of NetworkManager's, by the name of another program.
nm_ifup() {
	exe usr/libexec/nm-ifup
	link /usr/libexec/nm-ifup etc/alternatives/ifup
	link /etc/alternatives/ifup usr/sbin/ifup
}

distro_rocky8() {
	rhel rocky 'Rocky Linux' 8.10 usr/lib/systemd/libsystemd-shared-239.so
	lines etc/NetworkManager/NetworkManager.conf '[main]' '#plugins=ifcfg-rh,keyfile' '' '[logging]'
	network_manager 1.40.16-15.el8 usr/lib64 ifcfg-rh
	enable_network_manager
	nm_ifup
	mkdir -p etc/sysconfig/network-scripts
	lines etc/securetty console tty1 tty2 tty3 tty4
}

distro_rocky9() {
	rhel rocky 'Rocky Linux' 9.6 usr/lib64/systemd/libsystemd-shared-252-51.el9.so
	network_manager 1.52.0-7.el9 usr/lib64 ifcfg-rh
	enable_network_manager
	lines etc/sysconfig/network-scripts/readme-ifcfg-rh.txt \
		'NetworkManager stores new network profiles in keyfile format in the' \
		'/etc/NetworkManager/system-connections/ directory.'
}

distro_rocky10() {
	rhel rocky 'Rocky Linux' 10.0 usr/lib64/systemd/libsystemd-shared-257-9.el10.so
	network_manager 1.52.0-5.el10 usr/lib64
	enable_network_manager
}

distro_rhel13() {
	rhel rhel 'Red Hat Enterprise Linux' 13.0 usr/lib64/systemd/libsystemd-shared-299-1.el13.so
	network_manager 2.10.0-1.el13 usr/lib64
	enable_network_manager
}

distro_amazon2023() {
	merge_usr
	os_release 'NAME="Amazon Linux"' 'VERSION="2023"' 'ID="amzn"' 'ID_LIKE="fedora"' \
		'VERSION_ID="2023"' 'PLATFORM_ID="platform:al2023"' \
		'PRETTY_NAME="Amazon Linux 2023.9.20251014"'
	lines etc/amazon-linux-release 'Amazon Linux release 2023.9.20251014 (Amazon Linux)'
	link amazon-linux-release etc/system-release
	accounts
	exe usr/bin/sh
	systemd usr/lib/systemd/libsystemd-shared-252.so
	redhat_presets
	networkd
	enable_networkd
	resolved
	enable_resolved
	lines usr/lib/systemd/network/80-ec2.network '[Match]' 'Driver=ena ixgbevf vif' '' \
		'[Network]' 'DHCP=yes'
	machine_id
}

# fedora RELEASE SYSTEMD: from Fedora 42 on, /usr/sbin is /usr/bin.
fedora() {
	merge_usr bin
	os_release 'NAME="Fedora Linux"' "VERSION=\"$1 (Container Image)\"" 'ID=fedora' \
		"VERSION_ID=$1" "PRETTY_NAME=\"Fedora Linux $1 (Container Image)\"" \
		'VARIANT_ID=container'
	lines etc/fedora-release "Fedora release $1"
	link fedora-release etc/redhat-release etc/system-release
	accounts
	exe usr/bin/sh
	systemd "usr/lib64/systemd/libsystemd-shared-$2-1.fc$1.so"
	redhat_presets
	machine_id uninitialized
}

distro_fedora() {
	fedora 43 258
	network_manager 1.54.0-2.fc43 usr/lib64
	enable_network_manager
}

distro_fedora-networkd() {
	fedora 43 258
	networkd
	enable_networkd
	resolved
	enable_resolved
}

distro_fedora60() {
	fedora 60 299
	network_manager 2.10.0-1.fc60 usr/lib64
	enable_network_manager
}

distro_openeuler() {
	merge_usr
	os_release 'NAME="openEuler"' 'VERSION="24.03 (LTS)"' 'ID="openEuler"' \
		'VERSION_ID="24.03"' 'PRETTY_NAME="openEuler 24.03 (LTS)"'
	lines etc/openEuler-release 'openEuler release 24.03 (LTS)'
	link openEuler-release etc/system-release
	accounts
	exe usr/bin/sh
	systemd usr/lib64/systemd/libsystemd-shared-255.so
	redhat_presets
	lines etc/NetworkManager/NetworkManager.conf '[main]' 'plugins=ifcfg-rh' '' '[logging]'
	network_manager 1.44.2 usr/lib64 ifcfg-rh
	enable_network_manager
	mkdir -p etc/sysconfig/network-scripts
	machine_id
}
