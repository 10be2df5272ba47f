# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# What a skeleton is put together from.  Each works in the current folder, which is the root.

# Hardly a process is started: making all of them is to take seconds.

# folder_of PATH: make it.
folder_of() {
	case $1 in */*) [ -d "${1%/*}" ] || mkdir -p "${1%/*}" ;; esac
}

# file PATH [MODE]: from standard input.
file() {
	local text
	folder_of "$1"
	IFS= read -r -d '' text || true
	printf %s "$text" >"$1"
	[ $# -eq 1 ] || chmod "$2" "$1"
}

# lines PATH LINE...
lines() {
	local path=$1
	shift
	folder_of "$path"
	printf '%s\n' "$@" >"$path"
}

empty() {
	local path
	for path; do folder_of "$path" && : >"$path"; done
}

# exe PATH...: a program, which nobody runs.
exe() {
	local path
	for path; do lines "$path" '#!/bin/sh' 'exit 0'; done
	chmod 755 "$@"
}

# program PATH TEXT: one that setup looks into, with a text by which it is known.
program() {
	lines "$1" "$2"
	chmod 755 "$1"
}

# link TARGET PATH...
link() {
	local target=$1 path
	shift
	for path; do folder_of "$path" && ln -sn "$target" "$path"; done
}

# /bin, /sbin and /lib are links into /usr; "bin": /usr/sbin is /usr/bin, too.
merge_usr() {
	mkdir -p usr/bin usr/lib
	link usr/lib lib
	link usr/bin bin
	if [ "${1:-}" = bin ]; then
		link usr/bin sbin
		link bin usr/sbin
	else
		mkdir -p usr/sbin
		link usr/sbin sbin
	fi
}

# os_release LINE...: where systemd's file hierarchy has it.
os_release() {
	lines usr/lib/os-release "$@"
	link ../usr/lib/os-release etc/os-release
}

accounts() {
	lines etc/passwd 'root:x:0:0:root:/root:/bin/sh' \
		'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin'
	lines etc/shadow 'root:*:19000:0:99999:7:::' 'nobody:*:19000:0:99999:7:::'
	lines etc/group 'root:x:0:' 'nogroup:x:65534:'
	chmod 640 etc/shadow
	lines etc/hosts '127.0.0.1	localhost' '::1	localhost ip6-localhost ip6-loopback'
}

# machine_id [TEXT]: with the mode that systemd gives it.
machine_id() {
	folder_of etc/machine-id
	printf "${1:+%s\n}" "$@" >etc/machine-id
	chmod 444 etc/machine-id
}

# A shell and busybox's names for what it does: applets FOLDER NAME...
applets() {
	local dir=$1 name
	shift
	for name; do link /bin/busybox "$dir/$name"; done
}

# ---- systemd ----

# Where packages have their units: set before systemd() for a /usr that is not merged.
units=usr/lib/systemd/system

# unit NAME [LINE OF [Install]...]
unit() {
	local name=$1
	shift
	folder_of "$units/$name"
	{
		printf '[Unit]\nDescription=%s\n\n[Service]\nExecStart=/bin/true\n' "$name"
		[ $# -eq 0 ] || printf '%s\n' '' '[Install]' "$@"
	} >"$units/$name"
}

# enable UNIT FOLDER...: as systemctl enable does; "multi-user.target.wants".
enable() {
	local name=$1 dir
	shift
	for dir; do link "/$units/$name" "etc/systemd/system/$dir/$name"; done
}

# systemd [FILE]: pid 1, and the library whose name tells the version.  $init: the link of /sbin/init.
systemd() {
	exe "${units%/system}/systemd"
	[ $# -eq 0 ] || empty "$1"
	link "${init:-../lib/systemd/systemd}" sbin/init
	file "$units/getty@.service" <<-'UNIT'
		[Unit]
		Description=Getty on %I
		After=systemd-user-sessions.service
		Before=getty.target
		ConditionPathExists=/dev/tty0

		[Service]
		ExecStart=-/sbin/agetty -o '-p -- \\u' --noclear - $TERM
		Type=idle
		Restart=always
		UtmpIdentifier=%I
		TTYPath=/dev/%I
		TTYReset=yes
		TTYVHangup=yes

		[Install]
		WantedBy=getty.target
		DefaultInstance=tty1
	UNIT
	file "$units/container-getty@.service" <<-'UNIT'
		[Unit]
		Description=Container Getty on /dev/pts/%I
		After=systemd-user-sessions.service
		Before=getty.target
		ConditionPathExists=/dev/pts/%I

		[Service]
		ExecStart=-/sbin/agetty -o '-p -- \\u' --noclear - $TERM
		Type=idle
		Restart=always
		UtmpIdentifier=pts/%I
		TTYPath=/dev/pts/%I
		TTYReset=yes
		TTYVHangup=yes
	UNIT
	unit console-getty.service WantedBy=getty.target
	unit sys-kernel-debug.mount
	unit sys-kernel-config.mount
	link "/$units/getty@.service" etc/systemd/system/getty.target.wants/getty@tty1.service
	lines "${units%/system}/system-preset/90-systemd.preset" \
		'enable remote-fs.target' 'enable getty@.service' 'enable systemd-timesyncd.service' \
		'enable systemd-networkd.service' 'enable systemd-network-generator.service' \
		'enable systemd-resolved.service' 'disable console-getty.service' \
		'disable systemd-networkd-wait-online.service'
}

networkd() {
	exe "${units%/system}/systemd-networkd"
	[ -e usr/bin/networkctl ] || exe usr/bin/networkctl
	unit systemd-networkd.service WantedBy=multi-user.target Also=systemd-networkd.socket \
		Alias=dbus-org.freedesktop.network1.service Also=systemd-networkd-wait-online.service
	unit systemd-networkd.socket WantedBy=sockets.target
	unit systemd-networkd-wait-online.service WantedBy=network-online.target
}
enable_networkd() {
	enable systemd-networkd.service multi-user.target.wants
	enable systemd-networkd.socket sockets.target.wants
	enable systemd-networkd-wait-online.service network-online.target.wants
	link "/$units/systemd-networkd.service" \
		etc/systemd/system/dbus-org.freedesktop.network1.service
}

resolved() {
	exe "${units%/system}/systemd-resolved" usr/bin/resolvectl
	unit systemd-resolved.service WantedBy=sysinit.target \
		Alias=dbus-org.freedesktop.resolve1.service
}
enable_resolved() {
	enable systemd-resolved.service sysinit.target.wants
	link "/$units/systemd-resolved.service" \
		etc/systemd/system/dbus-org.freedesktop.resolve1.service
	link ../run/systemd/resolve/stub-resolv.conf etc/resolv.conf
}

# network_manager VERSION LIBDIR [PLUGIN...]
network_manager() {
	local dir=$2/NetworkManager/$1 plugin
	exe usr/sbin/NetworkManager usr/bin/nmcli
	unit NetworkManager.service WantedBy=multi-user.target \
		Alias=dbus-org.freedesktop.NetworkManager.service \
		Also=NetworkManager-dispatcher.service Also=NetworkManager-wait-online.service
	unit NetworkManager-wait-online.service WantedBy=network-online.target
	unit NetworkManager-dispatcher.service \
		Alias=dbus-org.freedesktop.nm-dispatcher.service
	shift 2
	for plugin; do empty "$dir/libnm-settings-plugin-$plugin.so"; done
	mkdir -p etc/NetworkManager/system-connections etc/NetworkManager/conf.d
	[ -e etc/NetworkManager/NetworkManager.conf ] ||
		lines etc/NetworkManager/NetworkManager.conf '[main]' '#plugins=keyfile' '' '[logging]'
}
enable_network_manager() {
	enable NetworkManager.service multi-user.target.wants
	enable NetworkManager-wait-online.service network-online.target.wants
	link "/$units/NetworkManager-dispatcher.service" \
		etc/systemd/system/dbus-org.freedesktop.nm-dispatcher.service
}
