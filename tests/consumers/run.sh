#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# run.sh [OPTION...] [SKELETON[/CASE]...]: see run.py.  KEEP=FOLDER keeps what every case was made of.
. "$(dirname "$0")/../lib.sh"
roots=()
case " $* " in *' --short '*) roots=(bookworm) ;; esac
"$top/tests/skeletons/make.sh" && "$top/tests/consumers/roots.sh" "${roots[@]}" || exit 1
WORK=$work PCT=$pct python3 "$top/tests/consumers/run.py" "$@"
status=$?
[ -z "${KEEP:-}" ] || cp -a "$work/cases" "$KEEP"
exit $status
