# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# How "make bench" measures processor time.  A command of two milliseconds drowns in what else the
# machine does, so two commands take turns, and medians count.
runs=${RUNS:-20} turns=7

row() { printf '%-66s %12s %12s %8s  %s\n' "$@"; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

# spent COMMAND...: user and system time of one of $runs runs, in milliseconds.
spent() {
	local TIMEFORMAT='%U %S'
	{ time for _ in $(seq "$runs"); do "$@"; done >/dev/null 2>&1; } 2>&1 |
		awk -v n="$runs" '{ printf "%.2f\n", ($1 + $2) * 1000 / n }'
}

# against PEER COMMAND...: sets $own and $other, what a run of each takes, and $more, the median of
# how much more the command takes.  The peer is one word.
against() {
	local turn turns_file=$work/turns
	for turn in $(seq "$turns"); do echo "$(spent "${@:2}") $(spent "$1")"; done >"$turns_file"
	own=$(cut -d ' ' -f 1 "$turns_file" | median)
	other=$(cut -d ' ' -f 2 "$turns_file" | median)
	more=$(awk '{ printf "%.2f\n", $1 - $2 }' "$turns_file" | median)
}
