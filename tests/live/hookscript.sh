#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The hookscript of a container: run by pct and by lxc-start, at each phase, and what its failure does.
. "$(dirname "$0")/../lib.sh"
new_bridge
fails() { ! "$@"; }
script=$PCT_VZ/snippets/hook said=$work/said
mkdir -p "$PCT_VZ/snippets"
# with LINE...: the script notes each call and whether the container runs, and then does this.
with() {
	{
		printf '#!/bin/bash\nstate=$(%s status "$1" | sed "s/^status: //;q")\n' "PCT_ETC=$PCT_ETC PCT_LIB=$PCT_LIB PCT_VZ=$PCT_VZ PCT_RUN=$PCT_RUN $pct"
		printf 'echo "$* $state" >>%s\n' "$said"
		printf '%s\n' "$@"
	} >"$script"
	chmod 755 "$script"
	: >"$said"
}
calls() { sed "s/^$ctid //" "$said" | paste -sd ,; }

new_ct busybox >/dev/null 2>&1
config=$PCT_ETC/lxc/$ctid/config
cp "$config" "$work/config"
refuses 1 'set of what does not exist' "^pct: hookscript: $script: .*: No such file" \
	"$pct" set "$ctid" --hookscript local:snippets/hook
same 'changes nothing' '' "$(diff "$config" "$work/config")"
with
chmod 777 "$script"
refuses 1 'set of a script that all can write' 'other users than root can change it' \
	"$pct" set "$ctid" --hookscript local:snippets/hook
chmod 755 "$script"
check 'set' "$pct" set "$ctid" --hookscript local:snippets/hook
same 'config shows it' 'hookscript: local:snippets/hook' "$("$pct" config "$ctid" | grep hookscript)"
same 'nothing has run it' '' "$(calls)"

check 'start' "$pct" start "$ctid"
check 'shutdown' "$pct" shutdown "$ctid"
same 'all phases, in order' \
	'pre-start running,post-start running,pre-stop running,post-stop stopped' "$(calls)"
with
check 'start' "$pct" start "$ctid"
check 'reboot' "$pct" reboot "$ctid"
check 'stop' "$pct" stop "$ctid"
once='pre-start running,post-start running,pre-stop running,post-stop stopped'
same 'reboot and stop, too' "$once,$once" "$(calls)"
with
check 'lxc-start' lxc-start -P "$PCT_LIB" -n "$ctid"
inside reboot
booted_again() { [ "$(grep -c pre-start "$said")" = 2 ]; }
check 'a reboot from inside' within 20 booted_again
within 10 runs "$ctid"
check 'poweroff from inside' inside poweroff
check 'stops' within 20 stopped "$ctid"
within 10 no_monitor "$ctid"
same 'all that begin or end a run' pre-start,post-stop,pre-start,post-stop "$(sed 's/^[0-9]* //;s/ .*//' "$said" | paste -sd ,)"

# ---- failures ----
with 'echo no disk' '[ "$2" != pre-start ] || exit 7'
refuses 1 'a pre-start that fails' \
	"hookscript: $script: failed with status 7 at pre-start: no disk; its output is in $PCT_RUN/pct/$ctid/hookscript.log" \
	"$pct" start "$ctid"
same 'leaves nothing' '' "$(leftovers "$ctid")"
same 'post-stop can clean up' 'pre-start running,post-stop running' "$(calls)"
check 'its output is in a file' grep -q '^pre-start: no disk$' "$PCT_RUN/pct/$ctid/hookscript.log"
same 'for root only' 600 "$(stat -c %a "$PCT_RUN/pct/$ctid/hookscript.log")"
with 'echo "$2 bad"; exit 3' && sed -i 's/^echo "$2 bad"/[ "$2" = pre-start ] \&\& exit 0; &/' "$script"
check 'a post-start that fails' "$pct" start "$ctid"
same 'is a warning' 1 "$(grep -c "^pct: warning: .*hookscript: .*failed with status 3 at post-start: post-start bad" "$work/out")"
check 'the container runs' runs "$ctid"
check 'a pre-stop that fails' "$pct" stop "$ctid"
same 'is a warning, too' 1 "$(grep -c "^pct: warning: .*failed with status 3 at pre-stop: pre-stop bad" "$work/out")"
check 'the log has the failure of post-stop' grep -q '^post-stop: failed with status 3' "$PCT_RUN/pct/$ctid/hookscript.log"
rm "$script"
refuses 1 'a script that is gone' "hookscript: $script: .*No such file" "$pct" start "$ctid"
check 'lxc-start fails, too' fails lxc-start -F -P "$PCT_LIB" -n "$ctid"
same 'and status says why' 1 "$("$pct" status "$ctid" | grep -c "hookscript: $script: .*No such file")"
"$pct" config --check "$config" >"$work/out"
same '--check says it' 1 "$(grep -c "pve.hookscript: .*; on this host: hookscript: $script: .*No such file" "$work/out")"

# ---- what the script is given ----
with 'fds=$(ls -l /proc/self/fd); echo "$fds" >>'"$work/fds" 'echo "$(id -u) $(env | cut -d = -f 1 | sort | paste -sd ,)" >>'"$work/env" 'sleep 300 & echo $! >>'"$work/pids"
exec 7<"$work"
SECRET=1 "$pct" start "$ctid"
"$pct" stop "$ctid"
exec 7<&-
same 'no descriptor of others' '' "$(grep -o ' [0-9]* -> .*' "$work/fds" | grep -v ' [012] -> \(/dev/null\|pipe:.*\)\| 3 -> /proc/\| [0-9]* -> .*/said$')"
same 'a clean environment' '0 LC_ALL,PATH,PWD,SHLVL,_' "$(sort -u "$work/env")"
same 'a process that it left keeps nothing of the container' '' "$(leftovers "$ctid")"
same 'and lives on' 4 "$(xargs ps -o comm= -p <"$work/pids" | grep -c sleep)"
xargs kill <"$work/pids"

# ---- the journal ----
mkdir -p "$PCT_RUN/systemd/journal"
python3 - "$PCT_RUN/systemd/journal/dev-log" >"$work/journal" <<'END' &
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
while True:
    print(s.recv(4096).decode(), flush=True)
END
journal=$!
within 5 test -S "$PCT_RUN/systemd/journal/dev-log"
with 'echo "at $2"'
rm -f "$PCT_RUN/pct/$ctid/hookscript.log"
check 'start' "$pct" start "$ctid"
check 'stop' "$pct" stop "$ctid"
kill "$journal"
wait "$journal" 2>/dev/null
rm "$PCT_RUN/systemd/journal/dev-log"
same 'the journal has all of its output' "$(for phase in pre-start post-start pre-stop post-stop; do
	echo "<30>pct: container $ctid: hookscript $phase: at $phase"; done)" "$(cat "$work/journal")"
check 'and no file' [ ! -e "$PCT_RUN/pct/$ctid/hookscript.log" ]
check 'delete it' "$pct" set "$ctid" --delete hookscript
finish
