#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The README is true: its recording agrees with tests/demo.sh and with the output of setup, the picture
# with the hooks, the tables of distributions with the code and doc/consumers.md, the commands with
# pct help.  Its links lead to files, and it links every document.
#
# "readme.sh --update" writes the tables of distributions; read the diff.
. "$(dirname "$0")/../lib.sh"
cd "$top" || exit 1

# section HEADING: its lines.
section() { awk -v heading="## $1" '/^## / { here = $0 == heading; next } here' README.md; }

at_most() { [ "$(wc -l <"$2")" -le "$1" ]; }
check 'the README has at most 200 lines' at_most 200 README.md

# ---- links and commands ----

links() { grep -o '](\([^)#]*\)' README.md | sed 's/](//' | sort -u; }
same 'each link of the README leads to a file' '' \
	"$(links | while read -r file; do [ -e "$file" ] || echo "$file"; done)"
same 'the README links each document' '' \
	"$(printf "%s\n" doc/*.md CHANGELOG.md HACKING.md | grep -vxF "$(links)")"
same 'the README has the commands of pct' "$("$pct" help | awk '/^  [a-z]/ { print $1 }' | grep -vx help | sort)" \
	"$(section Commands | sed -n 's/^| \(`.*`\) |.*/\1/p' | tr -d '`' | tr ' ' '\n' | sort)"

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
recording() { section 'Quick start' | sed -n 's/^    //p'; }
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

# ---- the check of a config from elsewhere ----

pve=$work/pve/nodes/a/lxc
mkdir -p "$pve"
{
	printf '%s\n' 'arch: amd64' 'cores: 2' 'features: nesting=1' 'hostname: web' 'memory: 1024'
	printf '%s\n' 'mp0: local:105/vm-105-disk-1.raw,mp=/data,size=8G' 'net0: name=eth0,ip=dhcp,type=veth'
	printf '%s\n' 'onboot: 1' 'ostype: debian' 'rootfs: local:105/vm-105-disk-0.raw,size=8G'
	printf '%s\n' 'swap: 512' 'tags: a' 'unprivileged: 1' 'startup: order=1'
	printf '%s\n' 'lxc.hook.pre-start: /bin/sh /tmp/x' 'lxc.mount.entry: / mnt none bind 0 0'
} >"$pve/105.conf"
"$pct" config --check "$work/pve" | sed "s|^$work|/tmp|" >"$work/checked"
examples() { sed -n 's/^    \(\/tmp\/pve\/\)/\1/p' README.md doc/guide.md | sort -u; }
same 'pct config --check prints the lines of the examples' '' \
	"$(examples | grep -vxF -f "$work/checked")"
check 'the documents have such examples' test "$(examples | wc -l)" -ge 3

# ---- the picture ----

# lxc-copy runs lxc.hook.clone, and pct runs pct-create, pct-enter and pct-start.
same 'the picture has each hook that a start runs, and what they run' \
	"$(cd "$build/hooks" && ls -I lxc.hook.clone -I pct-create -I pct-enter -I pct-start)" \
	"$(sed -n 's/.*class="name"[^>]*>\(lxc\.[a-z.-]*\|pct-[a-z]*\)<.*/\1/p' doc/architecture.svg | sort)"

# ---- the tables ----

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
	done < <(rows Programs)
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

# The README's: each program, the families that were tested with it, and the best proof of each.
programs() {
	echo '| program in the container | booted | applied by the program | read back |'
	echo '|---|---|---|---|'
	facts | awk -F '|' '
		BEGIN { rank["booted"] = 1; rank["applied"] = 2; rank["read"] = 3; split("booted applied read", column, " ") }
		NF == 4 {
			if (!($3 in known)) { known[$3] = 1; order[++n] = $3 }
			if (!(($3, $1) in best)) { family[$3, ++families[$3]] = $1; best[$3, $1] = 9 }
			if (rank[$2] < best[$3, $1]) best[$3, $1] = rank[$2]
		}
		END {
			for (i = 1; i <= n; i++) {
				row = "| " order[i]
				for (c = 1; c <= 3; c++) {
					cell = ""
					for (f = 1; f <= families[order[i]]; f++)
						if (best[order[i], family[order[i], f]] == c)
							cell = cell (cell ? ", " : "") family[order[i], f]
					row = row " | " (cell ? cell : "-")
				}
				print row " |"
			}
		}'
}

# replace FILE TABLE: in place of the table of FILE whose heading is that of TABLE.
replace() {
	awk -v new="$2" '
		BEGIN { getline heading <new; close(new) }
		$0 == heading { while ((getline line <new) > 0) print line; skip = 1 }
		!/^\|/ { skip = 0 }
		!skip' "$1" >"$work/replaced" && cp "$work/replaced" "$1"
}

tests/skeletons/make.sh
table >"$work/table"
programs >"$work/programs"
if [ "${1:-}" = --update ]; then
	replace doc/distributions.md "$work/table"
	replace README.md "$work/programs"
fi
same 'each family that setup knows has a row' "$(families | sort)" \
	"$(sed -n 's/^| `\([a-z]*\)` .*/\1/p' doc/distributions.md | sort)"
same 'the table of distributions is what make consumers saw' "$(<"$work/table")" \
	"$(grep '^|' doc/distributions.md)"
same 'the table of programs is what make consumers saw' "$(<"$work/programs")" \
	"$(section Distributions | grep '^|')"
finish
