#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pct distro build tells the stage and the time: a line each, on a terminal one that changes.  A
# stand-in for mmdebstrap runs the hooks in their order.
. "$(dirname "$0")/../lib.sh"

mkdir -p "$work/sbin" "$work/new" "$stage/distro-templates/quick"
printf 'help = quick\nmethod = mmdebstrap\nsuite = none\nreleases = 1\n' >"$stage/distro-templates/quick/recipe"
cat >"$work/sbin/mmdebstrap" <<'END'
#!/bin/bash
sleep 0.8
for kind in setup extract essential customize; do
	for word; do
		[[ $word != --$kind-hook=echo* ]] || { bash -c "${word#*=}" && sleep 0.8; }
		[[ $word != */template.tar.zst ]] || touch "$word"
	done
done
END
chmod +x "$work/sbin/mmdebstrap"
# shellcheck disable=SC2016
build=(unshare --mount sh -c 'mount --bind "$1" /usr/local/sbin && shift && exec "$@"'
	sh "$work/sbin" "$pct" distro build quick --output "$work/new/quick.tar.zst")

check 'build' "${build[@]}"
same 'a line for each stage' 'preparing
downloading packages
installing the essential packages
installing the other packages
packing' "$(sed -n 's/^pct: quick 1: 0:0[0-9] //p' "$work/out")"
same 'and nothing else' "$work/new/quick.tar.zst" "$(grep -v '^pct: quick 1: \|^mmdebstrap builds' "$work/out")"
same 'the path alone on standard output' "$work/new/quick.tar.zst" "$("${build[@]}" 2>/dev/null)"

script -qec "$(printf '%q ' "${build[@]}")" /dev/null </dev/null | tr -d '\0' >"$work/typed"
same 'on a terminal there is one line' 1 "$(grep -c 'pct: quick 1: ' "$work/typed")"
check 'which counts the seconds' grep -q "0:0[2-9] installing the other packages" "$work/typed"
same 'and is gone at the end' "$work/new/quick.tar.zst" \
	"$(tr -d '\n' <"$work/typed" | tr '\r' '\n' | grep . | tail -n 1 | sed 's/^\x1b\[K//')"
refuses 2 'there is no JSON of it' 'build has no option --output-format' \
	"$pct" distro build quick --output-format json
same 'nothing is left' quick.tar.zst "$(ls -A "$work/new")"
finish
