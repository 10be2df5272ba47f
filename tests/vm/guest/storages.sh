#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The storages that work in the machine: tests/storage/kinds.sh has them.
exec bash "$(dirname "$0")/../../storage/conformance.sh" ${KINDS:-btrfs_images dir_ext4 lvm lvmthin}
