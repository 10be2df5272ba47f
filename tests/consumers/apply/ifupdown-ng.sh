# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# ifupdown-ng, as OpenRC's networking runs it.
mkdir -p "$root/run/network" "$root"/etc/network/if-{pre-up,up,down,post-down}.d
inside ifup -a >&2 </dev/null || status=$?
hold=0.3
