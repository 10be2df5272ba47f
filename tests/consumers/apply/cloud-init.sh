# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# The first boot of cloud-init, which makes network files from its seed; then Debian's ifupdown.
inside cloud-init init --local >&2 </dev/null || status=$?
. "$here/apply/ifupdown.sh"
