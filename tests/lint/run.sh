#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# tests/run counts what scripts print, and repeats at its end what failed.
. "$(dirname "$0")/../lib.sh"
mkdir -p "$work/tests/lint"
cp "$top/tests/run" "$work/tests/"
script() { cat >"$work/tests/lint/$1.sh"; }
script fine <<<'echo "ok 1 - a"; echo "ok 2 - b # SKIP the kernel lacks it"'
script fails <<<'echo "not ok 1 - c"; echo "# why"; echo "ok 2 - d"; echo "not ok 3 - e"; exit 1'
script stops <<<'echo "ok 1 - f"; exit 7'
script silent <<<'echo "# nothing to say"'
"$work/tests/run" lint/ >"$work/said"
same 'a failure is the status' 1 $?
same 'the last lines name what failed, and count' 'failed: lint/fails.sh - c
failed: lint/fails.sh - e
failed: lint/stops.sh - ended with 7
4 passed, 3 failed, 1 skipped' "$(tail -n 4 "$work/said")"
"$work/tests/run" fine silent >"$work/said"
same 'without a failure' 0 $?
same 'the last line counts' '2 passed, 0 failed, 1 skipped' "$(tail -n 1 "$work/said")"
same 'and nothing failed' '' "$(grep '^failed' "$work/said")"
finish
