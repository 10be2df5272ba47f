#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The Makefile: a changed path reaches everything that holds it; make clean and make help run nothing.
. "$(dirname "$0")/../lib.sh"
cd "$top" || exit 1
# Paths of a test's containers and options of the make that runs this do not belong into the build.
plain_make() { env -u PCT_ETC -u PCT_LIB -u PCT_VZ -u PCT_RUN -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make "$@"; }

# ---- help ----

# What these make, other targets have made.
internal=' FORCE programs analyze fuzzers '
for target in $(sed -e ':again' -e '/\\$/{ N; s/\\\n//; b again' -e '}' Makefile tests/tests.mk |
	sed -n 's/^\.PHONY://p'); do
	[[ $internal == *" $target "* ]] || echo "$target"
done | sort >"$work/targets"
same 'make help has each target' "$(cat "$work/targets")" "$(plain_make help | cut -d ' ' -f 1 | sort)"

printf '#!/bin/sh\necho pkg-config "$@" >>"$0.log"\n' >"$work/pkg-config"
chmod 755 "$work/pkg-config"
mkdir "$work/old"
for target in help clean 'deps DEPS=no'; do
	# shellcheck disable=SC2086
	check "make $target" plain_make $target O="$work/old" PKG_CONFIG="$work/pkg-config"
done
same 'none of them asks pkg-config' '' "$(cat "$work/pkg-config.log" 2>/dev/null)"
same 'make clean removes the build' '' "$(ls -d "$work/old" 2>/dev/null)"

# ---- paths ----

# holds TEXT: the files of the build that have it inside.
holds() { (cd "$work/build" && grep -rl -- "$1" . | sort); }
mkdir "$work/build"
cp -a "$build"/{obj,hooks,man,pct,libpct.a} "$work/build/"
check 'a build for /first' plain_make O="$work/build" PCT_LIB=/first/lib all
holds /first/lib >"$work/first"
check 'programs and manual pages have it inside' grep -q '^\./pct$' "$work/first"
check 'the same for /second' plain_make O="$work/build" PCT_LIB=/second/lib all
same 'nothing holds the old path' '' "$(holds /first/lib)"
same 'and all that held it, the new one' "$(cat "$work/first")" "$(holds /second/lib)"
finish
