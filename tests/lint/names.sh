#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Source files and functions that comments and documents name exist.
. "$(dirname "$0")/../lib.sh"
cd "$top" || exit 1

# Patterns (lib/*.c) and placeholders (NAME.c) are not looked up.
find lib setup ct pct hooks man tests -name '*.[ch]' | sort >"$work/files"
sed 's|.*/||' "$work/files" | sort -u >"$work/names"
grep -rnoE '[A-Za-z0-9_./*-]+\.[ch]\b' lib setup ct pct hooks doc/*.md ./*.md tests/README.md tests/unit |
	grep -vE '[*]|[A-Z]+\.[ch]$|:/' | sort -u >"$work/named"
same 'a source file that is named with its folder exists' '' "$(
	grep -E ':(lib|setup|ct|pct|hooks|tests)/[^:]*$' "$work/named" | while IFS=: read -r file line name; do
		grep -qxF "$name" "$work/files" || echo "$file:$line $name"
	done)"
same 'so does a source file that a comment names without it' '' "$(
	grep -nE '(/\*|^ \*|^\t+ \*).*\b[a-z0-9-]+\.[ch]\b' -r lib setup ct pct hooks |
		grep -oE '^[^:]+:[0-9]+:|(^|[ (,])[a-z0-9-]+\.[ch]\b' | awk '
			/:$/ { at = $0; next }
			{ sub(/^[ (,]/, ""); print at $0 }' | while IFS=: read -r file line name; do
		grep -qxF "$name" "$work/names" || echo "$file:$line $name"
	done)"
same 'a function that a document names exists' '' "$(
	grep -noE '`[a-z_0-9]+\(\)`' doc/*.md ./*.md | tr -d '`()' | while IFS=: read -r file line name; do
		grep -rqE "\b$name\(" lib setup ct pct hooks tests || echo "$file:$line $name()"
	done)"
finish
