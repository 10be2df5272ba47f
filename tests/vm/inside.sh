#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Run by the machine's pct-test.service, with the second serial port as output; its last line, that of
# tests/run, tells run.sh that nothing is missing.
cd "$(dirname "$0")/../.." || exit 1
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
# Where containers are at home: AppArmor has lxc-start mount nowhere else, from Debian 13 on.
export TMPDIR=/var/lib/lxc
chmod 755 $TMPDIR
echo "# $(uname -r), up after $(cut -d . -f 1 /proc/uptime) s"
# shellcheck disable=SC2046
VM=1 JOBS=1 O=build tests/run $(grep -v '^#' tests/vm/list)
