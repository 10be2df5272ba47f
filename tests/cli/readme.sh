#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The README agrees with what it tells of: its recording with tests/demo.sh and with what setup
# writes, its picture with the hooks, its table of distributions with the code and doc/consumers.md.
#
# "readme.sh --update" writes that table anew; read the diff.
. "$(dirname "$0")/../lib.sh"
cd "$top" || exit 1

# section HEADING: its lines.
section() { awk -v heading="## $1" '/^## / { here = $0 == heading; next } here' README.md; }

# ---- the recording ----

# Commands as the demo prints them; what is named anew each time has one name here.
join_lines() { sed -e ':again' -e '/\\$/ { N; s/ *\\\n[[:space:]]*/ /; b again' -e '}'; }
# shellcheck disable=SC2016
demo_commands() {
	join_lines <tests/demo.sh | sed -nE '
		s/\$ctid/200/g; s/\$bridge/vmbr0/g; s/"\$\{template##\*\/\}"/TEMPLATE/; s/"\$work\/tree"/tree/
		/build \$1/d; s/.*! build (debian);.*/show pct distro build \1/
		s/^[[:space:]]*(time )?(show|typed) //p'
}
recording() { section 'The demo' | sed -n 's/^    //p'; }
recorded_commands() {
	recording | join_lines | sed -nE '/^# /{ s/^# //; s/debian-12-standard_[^ ]*/TEMPLATE/; p; }'
}
same 'the recording has the commands of the demo, in its order' "$(demo_commands)" \
	"$(recorded_commands)"

# Of one file: what a diff of more says of it.
diff_of() { awk -v file="+++ b$1" '/^--- |^\[|^# / { here = 0 } $0 == file { here = 1 } here'; }
tests/skeletons/make.sh debian12
recording | sed -n '/^net0: /p' >"$work/recorded.conf"
"$pct" setup --rootfs "$build/skeletons/debian12" --config "$work/recorded.conf" --phase create \
	--diff >"$work/diff"
same 'setup writes what the recording shows' "$(diff_of /etc/network/interfaces <"$work/diff")" \
	"$(recording | diff_of /etc/network/interfaces)"

# ---- the picture ----

# lxc-copy runs lxc.hook.clone, and pct runs pct-create and pct-enter.
same 'the picture has each hook that a start runs, and what they run' \
	"$(cd "$build/hooks" && ls -I lxc.hook.clone -I pct-create -I pct-enter)" \
	"$(sed -n 's/.*class="name"[^>]*>\(lxc\.[a-z.-]*\|pct-[a-z]*\)<.*/\1/p' doc/architecture.svg | sort)"

# ---- the table ----

# about SKELETON: its family and its name, without what is long in that.
about() {
	local family os
	{ read -r family && read -r os; } < <("$pct" distro check "$build/skeletons/$1" \
		--output-format json | jq -r '.family, .os // ""')
	[ -n "$os" ] || os=$(cat "$build/skeletons/$1/etc/centos-release" 2>/dev/null) || os=$1
	os=$(sed -E 's/ \(.*//; s/ (GNU\/)?Linux\b| release//; s/[ .]([0-9]+\.)?[0-9]{8}$//' <<<"$os")
	echo "$family|$os"
}

# rows HEADING: of a table of doc/consumers.md, "WORD|WORD|..." each.
rows() {
	awk -v heading="## $1" '/^## / { here = $0 == heading } here && /^\| / { print }' \
		doc/consumers.md | sed -e 's/^| //' -e 's/ |$//' -e 's/ | /|/g' | tail -n +2
}

# FAMILY|COLUMN|CONSUMER|NAME: who read what in which skeleton, and what came up.  A skeleton with
# a case that failed proves nothing.
facts() {
	local skeleton consumer proof variant result name
	while IFS='|' read -r skeleton consumer _ proof; do
		! grep "^| $skeleton |" doc/consumers.md | grep -q FAIL || continue
		case $proof in
		applied) about "$skeleton" | sed "s/|/|applied|$consumer|/" ;;
		'read back'*) about "$skeleton" | sed "s/|/|read|$consumer|/" ;;
		esac
	done < <(rows 'Who read it')
	while IFS='|' read -r variant consumer result; do
		name=${variant%%-*}
		[ "$result" != pass ] || echo "debian|booted|$consumer|Debian ${name#debian}"
	done < <(rows 'Full boots')
	# make consumers boots each of them.
	for name in $("$pct" distro list --output-format json | jq -r '.[].name'); do
		[ "$name" = debian ] || echo "${name%-like}|booted|ifupdown|template \`$name\`"
	done
}

families() { sed -n 's/^\t&family_\(.*\),$/\1/p' setup/family/families.c; }

table() {
	echo '| family | applied by the real program | read back | booted |'
	echo '|---|---|---|---|'
	{ facts && families; } | awk -F '|' '
		function cell(key,    text, i) {
			for (i = 1; i <= kinds[key]; i++)
				text = text (i > 1 ? "; " : "") kind[key, i] ": " names[key, kind[key, i]]
			return text ? text : "-"
		}
		!($1 in known) { known[$1] = 1; order[++n] = $1 }
		NF < 4 { next }
		{
			key = $1 FS $2; group = key SUBSEP $3; first = last = $4
			sub(/ [^ ]*$/, "", first); sub(/.* /, "", last)
			if (!(group in names)) { kind[key, ++kinds[key]] = $3; names[group] = $4 }
			else if (first == before[group]) names[group] = names[group] ", " last
			else names[group] = names[group] ", " $4
			if (seen[group, $4]++) sub(/, [^,]*$/, "", names[group])
			before[group] = first
		}
		END {
			for (i = 1; i <= n; i++)
				print "| `" order[i] "` | " cell(order[i] "|applied") " | " \
					cell(order[i] "|read") " | " cell(order[i] "|booted") " |"
		}'
}

tests/skeletons/make.sh
table >"$work/table"
if [ "${1:-}" = --update ]; then
	awk -v new="$work/table" '
		/^\| family \|/ { while ((getline line <new) > 0) print line; skip = 1 }
		!/^\|/ { skip = 0 }
		!skip' README.md >"$work/README.md" && cp "$work/README.md" README.md
fi
same 'each family that setup knows has a row' "$(families | sort)" \
	"$(section Distributions | sed -n 's/^| `\([a-z]*\)` .*/\1/p' | sort)"
same 'the table of distributions is what make consumers saw' "$(<"$work/table")" \
	"$(section Distributions | grep '^|')"
finish
