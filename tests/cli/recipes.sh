#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a recipe says for a release and a variant, and what of pct distro needs no root.
. "$(dirname "$0")/../lib.sh"

recipe=$stage/distro-templates/fake/recipe
mkdir "${recipe%/*}"
cat >"$recipe" <<'RECIPE'
help     = A fake
method   = busybox
program  = /bin/busybox
releases = 2 1
releases = 3.20
variants = plain rich
suite.1  = one
suite    = other
suite.2  = two
suite.3.20 = three
packages = a
packages.rich   = b
packages.rich+1 = c
packages.2      = d
arch     = amd64
revision = 4
RECIPE
said() { "$pct" distro build fake --dry-run "$@" | sed -n "s/^$key = //p" | xargs; }
named() { "$pct" distro build fake --dry-run "$@" | sed -n 's/^# //p'; }

key=suite
same 'the last line that holds counts' 'other two' "$(said)"
same 'also before its key alone' 'one other' "$(said --release 1)"
same 'a release may have a dot' 'other three' "$(said --release 3.20)"
key=packages
same 'the first release and variant are the default' 'a d' "$(said)"
same 'a line of a variant' 'a b d' "$(said --variant rich)"
same 'a line of both' 'a b c' "$(said --release 1 --variant rich)"
same 'a line of both needs both' 'a' "$(said --release 1)"
same 'the default is the standard' 'fake-2-standard_VERSION-4_amd64.tar.zst' "$(named)"
same 'also when it is named' "$(named)" "$(named --release 2 --variant plain)"
same 'another release' 'fake-3.20-standard_VERSION-4_amd64.tar.zst' "$(named --release 3.20)"
same 'another variant' 'fake-1-rich_VERSION-4_amd64.tar.zst' "$(named --release 1 --variant rich)"
same 'nothing was built' '' "$(find "$PCT_VZ/template/cache" -type f)"
check 'a build of the fake' "$pct" distro build fake --release 1 --variant rich
same 'has that name' 1 "$(find "$PCT_VZ/template/cache" -name 'fake-1-rich_*-4_amd64.tar.zst' | wc -l)"

refuses 1 'a release that it has not' 'fake: has no release "9", but 2, 1, 3\.20$' \
	"$pct" distro build fake --release 9
refuses 1 'a variant that it has not' 'fake: has no variant "9", but plain, rich$' \
	"$pct" distro build fake --variant 9
refuses 1 'no release to choose from' 'busybox: has no releases to choose from' \
	"$pct" distro build busybox --release 9

same 'list' 'fake 2 1 3.20 plain rich A fake' \
	"$("$pct" distro list | sed -n 's/^fake /fake /p' | tr -s ' ')"
same 'list as JSON' '["A fake",["2","1","3.20"],["plain","rich"]]' \
	"$("$pct" distro list --output-format json |
		jq -c '.[] | select(.name == "fake") | [.help, .releases, .variants]')"

# bad LINE PATTERN: a recipe of these lines is refused.
bad() {
	printf 'method = busybox\nreleases = 1\n%s\nvariants = rich\n' "$1" >"$recipe"
	refuses 1 "the line \"$1\"" "/fake/recipe:3: $2" "$pct" distro build fake --dry-run
}
bad 'suite.2 = two' 'suite: no line above lists a release or variant "2"'
bad 'suite.1+3 = two' 'suite: no line above lists a release or variant "3"'
bad 'suite.rich = two' 'suite: no line above lists a release or variant "rich"'
bad 'suite. = two' 'suite: cannot have a condition "\."'
bad 'variants.1 = a b' 'variants: cannot have a condition "\.1"'
bad 'name.1 = x' 'unknown key "name"'
printf 'method = mmdebstrap\nsuite = none\nkeyring = /none/some-archive-keyring.gpg\n' >"$recipe"
refuses 1 'a keyring that is not there' 'keyring.gpg: .*; apt-get install some-archive-keyring' \
	"$pct" distro build fake
refuses 1 'a path that mmdebstrap would take apart' "a'b/.*: mmdebstrap cannot use a path .*; build it" \
	"$pct" distro build fake --output "$work/a'b/x"
same 'nothing is left of it' '' "$(find "$PCT_VZ/template/cache" -name '.*')"
rm -r "${recipe%/*}"

# ---- as an ordinary user ----
template busybox
archive=$PCT_VZ/template/cache/$template
mkdir "$work/tree" && zstd -dcq "$archive" | tar -x -C "$work/tree" && give_to_user "$work/tree"
check 'a user lists' "${user[@]}" "$pct" distro list
check 'a user reads a recipe' "${user[@]}" "$pct" distro build debian --dry-run
check 'a user checks a folder' "${user[@]}" "$pct" distro check "$work/tree"
refuses 1 'a user cannot check a template' 'distro check of a template: needs root' \
	"${user[@]}" "$pct" distro check "$archive"
refuses 1 'a user cannot build' 'distro build: needs root' "${user[@]}" "$pct" distro build busybox

for options in 'list --boot' 'build busybox --boot' "check $work/tree --release 1"; do
	# shellcheck disable=SC2086
	"$pct" distro $options >"$work/out" 2>&1
	same "wrong use: distro ${options##*/}" 2 $?
done

# ---- every recipe that is there ----
complete() {
	"$pct" distro build "$@" --dry-run >"$work/recipe" && cat "$work/recipe" || return
	grep -q '^# .*_VERSION-' "$work/recipe" && grep -q '^help = .' "$work/recipe" || return
	! grep -q '^method = mmdebstrap' "$work/recipe" || grep -q '^suite = .' "$work/recipe"
}
"$pct" distro list --output-format json | jq -r '.[] | .name as $n |
	(if .releases == [] then [""] else .releases end)[] as $r |
	(if .variants == [] then [""] else .variants end)[] as $v | "\($n),\($r),\($v)"' >"$work/all"
while IFS=, read -r name release variant; do
	check "the recipe: $name $release $variant" complete "$name" \
		${release:+--release "$release"} ${variant:+--variant "$variant"}
done <"$work/all"
finish
