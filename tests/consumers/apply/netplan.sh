# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# netplan's generator, and then networkd, as on Ubuntu.
inside /usr/libexec/netplan/generate >&2 </dev/null || status=$?
. "$here/apply/networkd.sh"
