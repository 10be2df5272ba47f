#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# reproducible.sh [SUITE]: build the packages of the commit twice, in folders of different names, and
# compare them byte by byte.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$top/${O:-build}"
out=$(cd "$top/${O:-build}" && pwd)/reproducible
trap 'rm -rf "$out"' EXIT
COMMIT=$(git -C "$top" rev-parse HEAD)
export COMMIT
for folder in "$out/one" "$out/the/other"; do
	DEB_BUILD_OPTIONS=nocheck LINTIAN=no "$top/tests/package/build.sh" "$folder" "$@" >/dev/null
done
cd "$out"
sha256sum one/*.deb one/*.dsc the/other/*.deb the/other/*.dsc
for file in one/*.deb one/*.dsc; do
	cmp "$file" "the/other/${file#one/}" || exit 1
done
echo 'reproducible: the same bytes'
