# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
ip link set lo up # as systemd does
# systemd-networkd and systemd-resolved.
mkdir -p "$root"/run/systemd/{network,resolve,netif/links,netif/leases,netif/lldp}
chown -R --reference="$lower/var/lib/systemd" "$root/run/systemd/resolve"
inside chown -R systemd-network:systemd-network /run/systemd/netif
inside chown -R systemd-resolve:systemd-resolve /run/systemd/resolve
inside SYSTEMD_LOG_TARGET=console /lib/systemd/systemd-networkd >&2 </dev/null &
inside SYSTEMD_LOG_TARGET=console /lib/systemd/systemd-resolved >&2 </dev/null &
hold=1.5
