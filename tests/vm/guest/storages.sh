#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The kinds of storages that need a kernel with device mapper.
exec bash "$(dirname "$0")/../../storage/conformance.sh" dir_ext4 lvm lvmthin
