#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# cross-deps.sh: install what a build for arm64 and its tests need: compiler, libraries and emulator.
# It makes arm64 a foreign architecture of the system, so cross.sh runs it in its tree.
set -eu
export DEBIAN_FRONTEND=noninteractive
cd "$(dirname "$0")/../.."
dpkg --add-architecture arm64
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
emulator=qemu-user
# Debian 12's own knows no openat2(2), without which pct does not touch a rootfs.
if [ "$release" = bookworm ]; then
	emulator=qemu-user/bookworm-backports
	sed -n 's/ bookworm main$/ bookworm-backports main/p' /etc/apt/sources.list \
		>/etc/apt/sources.list.d/pct-arm64.list
fi
apt-get update -q
apt-get build-dep -q -y --no-install-recommends -a arm64 .
apt-get install -q -y --no-install-recommends crossbuild-essential-arm64 "$emulator" libfuse3-dev:arm64 \
	e2fsprogs iproute2 jq mount openssh-client
