# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Debian's ifupdown, as networking.service runs it.
# The first client found is taken, and that is another on Debian.
rm -f "$root"/usr/{,s}bin/udhcpc
mkdir -p "$root/run/network" "$root"/etc/network/if-{pre-up,up,down,post-down}.d
# As the unit of Debian's resolvconf; another of that name is systemd-resolved's.
if [ -d "$root/lib/resolvconf" ]; then
	mkdir -p "$root/run/resolvconf/interface"
	: >"$root/run/resolvconf/postponed-update"
	inside resolvconf --enable-updates >&2
fi
inside ifup -a >&2 </dev/null || status=$?
hold=0.3
