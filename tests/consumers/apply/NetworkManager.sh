# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
ip link set lo up # as systemd does
mkdir -p "$root/run/dbus" "$root/run/NetworkManager"
inside dbus-daemon --system --fork >&2
inside NetworkManager --no-daemon --log-level=INFO >&2 </dev/null &
hold=1.5
