#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The storages that work in the machine: tests/storage/conformance.sh has the rows.
exec bash "$(dirname "$0")/../../storage/conformance.sh" dir_ext4 dir_xfs dir_btrfs btrfs
