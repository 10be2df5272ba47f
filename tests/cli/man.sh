#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The manual pages say what the program knows, no less and no more.
. "$(dirname "$0")/../lib.sh"
cd "$top" || exit 1

pages=$work/pages
mkdir "$pages" && cp "$build"/man/*.[1-9] "$pages/" || finish
names='pct.1 pct.conf.5 pct-hooks.7 pct-setup.7'

# What they refer to is looked for beside them: a host need not have liblxc's manuals, nor an index.
for page in lxc-copy.1 lxc-ls.1 lxc-start.1 lxc-stop.1 lxc.container.conf.5; do
	: >"$pages/$page"
done
for page in $names; do
	same "mandoc -Tlint $page" '' "$(cd "$pages" && mandoc -Tlint "$page" 2>&1 |
		grep -v '^mandoc: outdated mandoc.db')"
done

same 'pct(1) has the commands and options of pct, and no others' '' \
	"$("$pct" help -v | python3 tests/cli/man.py options "$pages")"
same 'pct.conf(5) has the keys of a config, and no others' '' \
	"$(for table in options net/net-word lxc1-keys; do
		cc -E -P -D_GNU_SOURCE -I. "lib/conf/$table.c"
	done | python3 tests/cli/man.py keys "$pages")"

# key_says KEY WORDS: pct.conf(5) describes the value in the file, not that of the option.
key_says() { sed -n "/^\.It Ic $1 /,/^Option/p" "$pages/pct.conf.5" | paste -sd ' ' | grep -q "$2"; }
check 'memory in bytes' key_says lxc.cgroup.memory.limit_in_bytes 'bytes; -1'
check 'swap with memory' key_says lxc.cgroup.memory.memsw.limit_in_bytes 'memory and swap together, in bytes'
check 'CPU time in microseconds' key_says lxc.cgroup.cpu.cfs_quota_us 'in microseconds, of all CPUs'
check 'weight of cgroup v1' key_says lxc.cgroup.cpu.shares 'units of cgroup v1'
same 'pct-setup(7) has the families, consumers and steps, and no others' '' \
	"$(find setup -name '*.c' -exec cat {} + | python3 tests/cli/man.py setup "$pages")"
same 'pct-hooks(7) has the hooks, and no others' \
	"$(cd "$build/hooks" && printf '%s\n' lxc.* | sort)" \
	"$(grep -ho '^\(\.It \)\{0,1\}\.\{0,1\}Pa lxc\.[a-z.-]*' "$pages/pct-hooks.7" | sed 's/.* //' | sort -u)"

# Names as the sources put them together; a number stands for that of a network.
lock_files() {
	grep -rhoE '"%s/pct/[^"]*\.lock"' lib | sed -E 's/.*pct\/([^"]*)"/\1/; s/%s/CTID/'
	grep -rhoE '\block\("[a-z]+"' lib/conf | sed -E 's/.*"([a-z]+)"/lock\/\1.lock/'
}
page_files() { sed -n '/^\.Sh FILES/,/^\.Sh EXIT/s/^\.It Pa //p' "$pages/pct-hooks.7" | sed 's/ .*//'; }
same 'pct-hooks(7) has each lock' '' \
	"$(lock_files | sort -u | grep -vxF "$(page_files)")"
finish
