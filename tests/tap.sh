# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# What tests say and how they ask; $work is a folder to write in.
tests=0 failures=0

ok() { tests=$((tests + 1)) && echo "ok $tests - $*"; }

# Standard input, redirected and not piped (a pipe would count in a subshell), says why.
not_ok() {
	tests=$((tests + 1)) failures=$((failures + 1))
	echo "not ok $tests - $*"
	[ -t 0 ] || sed 's/^/# /' | head -n 40
}

# Only for a feature that the kernel lacks.
skip() { tests=$((tests + 1)) && echo "ok $tests - $1 # SKIP $2"; }

# check WHAT COMMAND...: it must succeed.
check() {
	local what=$1 status
	shift
	"$@" >"$work/out" 2>&1 </dev/null
	status=$?
	if [ $status -eq 0 ]; then
		ok "$what"
	else
		{ echo "exit $status: $*" && cat "$work/out"; } >"$work/why"
		not_ok "$what" <"$work/why"
	fi
	return $status
}

# refuses STATUS WHAT PATTERN COMMAND...: it must end with STATUS and one line that matches.
refuses() {
	local want=$1 what=$2 pattern=$3 status
	shift 3
	"$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	if [ $status -eq "$want" ] && [ "$(wc -l <"$work/err")" -eq 1 ] &&
		grep -Eq -- "$pattern" "$work/err"; then
		ok "$what"
		sed 's/^/#   /' "$work/err" # for people to read
	else
		{
			echo "exit $status, wanted $want and one line like: $pattern"
			echo "$*" && cat "$work/out" "$work/err"
		} >"$work/why"
		not_ok "$what" <"$work/why"
	fi
}

# same WHAT EXPECTED ACTUAL
same() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		diff <(echo "$2") <(echo "$3") >"$work/why"
		not_ok "$1" <"$work/why"
	fi
}

# Try a command for so many seconds.
within() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.2
	done
}

finish() { [ $failures -eq 0 ] && exit 0 || exit 1; }
