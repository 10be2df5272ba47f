# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# ifupdown2, as its networking.service runs it.
mkdir -p "$root/run/network" "$root"/etc/network/if-{pre-up,up,down,post-down}.d
inside /usr/share/ifupdown2/sbin/start-networking start >&2 </dev/null || status=$?
hold=0.3
