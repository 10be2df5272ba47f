# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# dhcpcd for all interfaces, as Void's service runs it.
inside dhcpcd -B >&2 </dev/null &
hold=1.5
