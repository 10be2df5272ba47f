#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A monitor ends between two questions of one command, and an ordinary user takes the name of its
# command socket: what liblxc is told there, and believes, is that user's choice.
. "$(dirname "$0")/../lib.sh"
new_bridge
squatter='' victim=''
end_all() {
	[ -z "$squatter" ] || kill "$squatter"
	[ -z "$victim" ] || { kill -9 "$victim" && wait "$victim" 2>/dev/null; }
	cleanup
}
trap end_all EXIT

# Root's, and not of the container.
python3 - <<-'PY' >>"$work/victim" 2>&1 &
	import signal, time
	for number in list(range(1, 9)) + list(range(10, 19)) + list(range(20, 65)):
	    if number not in (32, 33):
	        signal.signal(number, lambda n, frame: print("signal", n, flush=True))
	print("ready", flush=True)
	while True:
	    time.sleep(1)
PY
victim=$!
check 'a victim' within 5 grep -q ready "$work/victim" || finish

# What the user names as the container's cgroup.
keys='memory.limit_in_bytes memory.memsw.limit_in_bytes cpu.shares memory.max memory.high cpu.weight'
mkdir "$work/trap"
set_trap() { for key in $keys; do echo untouched >"$work/trap/$key"; done; }
set_trap

# squat: answers as the monitor of a container whose init is the victim (liblxc 5, commands.h).
cat >"$work/squat.py" <<'EOS'
import array, os, select, socket, struct, sys
name, victim, trap = sys.argv[1], int(sys.argv[2]), sys.argv[3]
os.setgroups([])
os.setresgid(65534, 65534, 65534)
os.setresuid(65534, 65534, 65534)
TTY, STATE, INIT_PID, ADD_CLIENT, INIT_PIDFD, CGROUP_FD, LIMIT_CGROUP_FD = 0, 3, 4, 10, 18, 24, 25
ptx, pts = os.openpty()
V1, V2 = 0x27e0eb, 0x63677270
def answer(to, number, data=b"", fd=-1, ret=0):
    head = struct.pack("iiq", ret, len(data), number)
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))] if fd >= 0 else []
    to.sendmsg([head], rights)
    if data:
        to.sendall(data)
listener = socket.socket(socket.AF_UNIX)
while True:
    try:
        listener.bind("\0" + name)
        break
    except OSError:
        select.select([], [], [], 0.01)
listener.listen(50)
print("listens", flush=True)
clients = []
while True:
    for ready in select.select([listener, pts] + clients, [], [])[0]:
        if ready is pts:
            print("was typed", os.read(pts, 4096), flush=True)
            continue
        if ready is listener:
            clients.append(listener.accept()[0])
            continue
        try:
            asked = ready.recv(4096)
        except OSError:
            asked = b""
        if len(asked) < 4:
            clients.remove(ready)
            ready.close()
            continue
        command = struct.unpack_from("i", asked)[0]
        print("was asked", command, flush=True)
        try:
            if command == TTY:
                answer(ready, 1, fd=ptx)
            elif command == STATE:
                answer(ready, 2)
            elif command == INIT_PID:
                answer(ready, victim)
            elif command == INIT_PIDFD:
                answer(ready, 0, fd=os.pidfd_open(victim))
            elif command in (CGROUP_FD, LIMIT_CGROUP_FD):
                kind = V1 if os.path.exists("/sys/fs/cgroup/memory") else V2
                answer(ready, 0, struct.pack("iIii", 0, 0, kind, -1) + asked[32:], os.open(trap, os.O_PATH))
            elif command == ADD_CLIENT:
                answer(ready, 9)
            else:
                answer(ready, 0, ret=-22)
        except OSError:
            pass
EOS

new_ct busybox >/dev/null 2>&1
answered=0
# in_the_gap N COMMAND...: "@" in it is N; whether it came to an N-th question, before which the name was taken.
in_the_gap() {
	local at=$1 pid waited=1
	shift
	rm -f "$work/waits" "$work/go"
	"$pct" start "$ctid" || return 1
	init=$(init_pid "$ctid")
	monitor=$(monitor_pid "$ctid")
	(
		export GAP_AT=$at GAP_DIR=$work LD_PRELOAD=$build/hostile/gap.so
		if [ "$1" = console ]; then
			(until [ -e "$work/go" ]; do sleep 0.02; done; sleep 0.5; printf 'secret\n\001q') |
				timeout -k 1 20 script -qec "$pct $*" /dev/null
		else
			exec timeout -k 1 20 "$pct" "${@//@/$at}"
		fi
	) >>"$work/said" 2>&1 </dev/null &
	pid=$!
	# A console goes on until something is typed.
	for ((i = 0; i < 100; i++)); do
		[ "$1" = console ] || i=0
		kill -0 $pid 2>/dev/null && [ ! -e "$work/waits" ] || break
		sleep 0.02
	done
	if [ -e "$work/waits" ]; then
		waited=0
		: >"$work/asked"
		python3 "$work/squat.py" "$PCT_LIB/$ctid/command" "$victim" "$work/trap" >"$work/asked" 2>&1 &
		squatter=$!
		kill -9 "$monitor" "$init" 2>/dev/null
		within 5 grep -q listens "$work/asked" || not_ok 'the name is taken' <"$work/asked"
		touch "$work/go"
	fi
	touch "$work/go"
	wait $pid
	status=$?
	[ $status -ne 124 ] && [ $status -ne 137 ] || echo "$* did not end" >>"$work/hangs"
	if [ -n "$squatter" ]; then
		kill "$squatter" && wait "$squatter" 2>/dev/null
		squatter=''
		answered=$((answered + $(grep -c 'was asked' "$work/asked")))
		grep 'was typed' "$work/asked" >>"$work/typed"
	fi
	"$pct" stop "$ctid" >/dev/null 2>&1
	return $waited
}
lives() { [ "$(cat "$work/victim")" = ready ] && kill -0 "$victim"; }

: >"$work/hangs"
for command in 'shutdown --timeout 0' 'shutdown --timeout 2' stop 'set --memory 30@ --cpuunits 70@' 'set --hostname x@' \
	'status' 'list --full' 'reboot --timeout 1' 'wait --ip4 --timeout 1' net console 'exec -- true'; do
	read -ra words <<<"$command"
	id=("$ctid")
	[ "${words[0]}" != list ] || id=()
	n=1 said=''
	: >"$work/said"
	: >"$work/typed"
	while in_the_gap $n "${words[0]}" "${id[@]}" "${words[@]:1}"; do
		lives || said+="$n: $(tr '\n' ' ' <"$work/victim")"
		said+=$(cd "$work/trap" && grep -v untouched -- * | sed "s/^/$n: /")
		set_trap
		echo ready >"$work/victim"
		n=$((n + 1))
	done
	said+=$(cat "$work/typed")
	grep -qw "$victim" "$work/said" && said+="it names the victim: $(grep -w "$victim" "$work/said")"
	echo "# $command: $((n - 1)) questions"
	same "$command" '' "$said"
done
same 'all end' '' "$(cat "$work/hangs")"
echo "# the user was asked $answered times"
finish
