#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# All operations on the kind "rbd" of tests/storage/kinds.sh, in the machine with Ceph: "make vm-ceph".
. "$(dirname "$0")/../../lib.sh"
. "$top/tests/storage/ceph.sh"
missing=$(ceph_missing)
[ -z "$missing" ] || { skip 'all operations on Ceph' "$missing" && finish; }
bash "$top/tests/storage/conformance.sh" rbd
