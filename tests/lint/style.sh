#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What HACKING.md asks of every source file.
. "$(dirname "$0")/../lib.sh"
cd "$top" || exit 1
sources=$(find lib setup ct hooks pct man tests -name '*.[ch]' | sort)

for file in $sources; do
	head -n 1 "$file" | grep -q 'SPDX-License-Identifier: LGPL-2.1-or-later' || echo "$file"
done >"$work/found"
same 'every source begins with its licence' '' "$(cat "$work/found")"

# shellcheck disable=SC2086
same 'no file has more than 600 lines' '' \
	"$(wc -l $sources | awk '$1 > 600 && $2 != "total"')"

# A function begins and ends with a brace in column 0.
# shellcheck disable=SC2086
same 'no function has more than 60 lines, or 80 with a table of a test' '' "$(awk '
	FNR == 1 { start = 0 }
	/^{/ { start = FNR }
	/^}/ { if (start && FNR - start > (FILENAME ~ /^tests/ ? 80 : 60)) print FILENAME ":" start ": " FNR - start; start = 0 }
' $sources)"

# But for a crypt(5) hash, which has no place to break.
# shellcheck disable=SC2086
same 'no line has more than 100 columns' '' "$(awk '
	{ line = $0; gsub(/\t/, "        ", line) }
	length(line) > 100 && !/[$][0-9a-z]+[$]/ { print FILENAME ":" FNR }
' $sources)"

# A bracket keeps the words out of this file.
same 'nothing is left to do' '' "$(grep -rnE 'TO[D]O|FIX[M]E|XX[X]:' lib setup ct hooks pct tests \
	distro-templates Makefile README.md HACKING.md)"

print='\b(printf|vprintf|fprintf|vfprintf|perror|puts|putchar|dprintf|syslog)\('
same 'libraries print nothing (children that became a program may)' '' \
	"$(grep -rnE "$print" --include='*.c' lib setup ct | grep -vE '^lib/(base/(err|run)|runtime/attach)\.c:')"

# setup reaches the container through lib/rootfs/rootfs.h and the host through lib/base/file.h;
# report.c reads the report that a confined process left on the host.
path='\b(open|openat|fopen|creat|realpath|stat|lstat|unlink|rename|chmod|chown|lchown|mkdir|symlink'
path=$path'|link|readlink|opendir|scandir|mknod|truncate|access|chroot|execv[pe]*)\('
same 'setup opens nothing by itself' '' "$(grep -rnE --include='*.c' "$path" setup |
	grep -v '^setup/report\.c:')"
finish
