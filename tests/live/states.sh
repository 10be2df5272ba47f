#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every command of pct, with each state of a container and of its config.  It prints a table, in which
# no cell is silent: a command prints a result, or one error that names the container; it does not
# hang; and a container that runs is shown, entered and stopped, whatever has become of its config.
# states.sh [--full]: with further kinds of damage.
. "$(dirname "$0")/../lib.sh"
new_bridge
states=(running stopped frozen orphaned killed no-bridge)
configs=(good damaged missing proxmox)
[ "${1:-}" != --full ] || configs+=(empty huge folder dangling)

# The arguments of each command.  The commands that change the state are last, and the state is made
# again after each.  ID is the container.
declare -A arguments=(
	[list]='list' [status]='status ID' [exec]='exec ID -- echo inside' [enter]='enter ID'
	[console]='console ID' [config]='config ID' [net]='net ID' [pending]='pending ID'
	[repair]='net ID --repair'
	[doctor]='doctor' [wait]='wait ID --ip4 --timeout 1' [setup]='setup ID --diff'
	[create]='create ID TEMPLATE' [distro]='distro list' [help]='help status' [version]='version'
	[df]='df ID' [fsck]='fsck ID' [fstrim]='fstrim ID' [mount]='mount ID' [unmount]='unmount ID'
	[resize]='resize ID rootfs +1M' [rescan]='rescan --vmid ID' [cpusets]='cpusets' [storage]='storage list' [move-volume]='move-volume ID rootfs local'
	[push]='push ID /etc/hostname /root/pushed' [pull]='pull ID /etc/hostname -' [unlock]='unlock ID'
	[set]='set ID --hostname web2' [start]='start ID' [reboot]='reboot ID --timeout 10'
	[shutdown]='shutdown ID --timeout 10' [destroy]='destroy ID' [stop]='stop ID'
)
last=(push mount unmount resize rescan unlock set start reboot shutdown destroy stop)
seconds=15 # no command may take longer

mapfile -t commands < <("$pct" __complete '' | cut -f 1)
known=()
for command in "${commands[@]}"; do
	[ -n "${arguments[$command]+known}" ] || not_ok "the command $command has a row here" </dev/null
	[[ " ${last[*]} " = *" $command "* ]] || known+=("$command")
done
same 'this test has no command that pct lacks' '' \
	"$(comm -13 <(printf '%s\n' "${commands[@]}" repair | sort) <(printf '%s\n' "${!arguments[@]}" | sort))"
known+=(repair)

# An init that outlives its monitor, as container root can make any, and that ends at once.
cat >"$work/init.c" <<'EOS'
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>
int main(void)
{
	sigset_t end;
	int number;
	prctl(PR_SET_PDEATHSIG, 0);
	sigfillset(&end);
	sigdelset(&end, SIGCHLD);
	if (fork() == 0)
		return execl("/bin/busybox", "ifup", "-a", (char *)0);
	sigprocmask(SIG_BLOCK, &end, 0);
	return sigwait(&end, &number);
}
EOS
template busybox
mkdir "$work/tree"
tar -C "$work/tree" -xf "$cache/$template"
rm "$work/tree/sbin/init"
check 'an init that stays' cc -static -w -o "$work/tree/sbin/init" "$work/init.c" || finish
tar -C "$work/tree" --zstd -cf "$PCT_VZ/template/cache/stays.tar.zst" .
template=stays.tar.zst

new_ctid
config=$PCT_ETC/lxc/$ctid/config
second=${bridge}b
freezer=/sys/fs/cgroup/freezer/lxc.payload.$ctid/freezer.state
trap 'end_all; ip link del "$second" 2>/dev/null; cleanup' EXIT

in_groups() {
	find /sys/fs/cgroup -path "*/lxc.payload.$ctid*" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -nu
}
# Thawed first: with cgroup v1 a frozen process cannot be killed.
end_all() {
	local pid
	[ ! -e "$freezer" ] || echo THAWED >"$freezer"
	for pid in $(monitor_pid "$ctid") $(in_groups); do kill -9 "$pid" 2>/dev/null; done
	within 5 none_runs
}
none_runs() { [ -z "$(in_groups)" ]; }

put_config() {
	rm -rf "$config" && mkdir -p "${config%/*}"
	case $1 in
	good) cp "$work/good" "$config" ;;
	damaged) { cat "$work/good" && echo 'pve.memory lots'; } >"$config" ;;
	missing) ;;
	proxmox) printf 'arch: amd64\nhostname: web1\nmemory: 64\nrootfs: local:%s/x.raw,size=8G\n' \
		"$ctid" >"$config" ;;
	empty) : >"$config" ;;
	huge) truncate -s 64M "$config" ;;
	folder) mkdir "$config" ;;
	dangling) ln -s /nowhere/config "$config" ;;
	esac
}

# What of the container runs, to see whether a command has changed it.
now() {
	in_groups | head -n 1
	monitor_pid "$ctid"
	lxc-info -P "$PCT_LIB" -n "$ctid" -sH 2>&1
	ip -o link show "$second" 2>/dev/null | grep -c "$second"
	[ -e "$work/vz/images/$ctid" ]
	echo $?
}
made='' was=''
# ready STATE CONFIG: the container in this state, then with this config.
ready() {
	if [ "$made" != "$1" ] || [ "$(now)" != "$was" ]; then
		put_config good
		ip link add "$second" type bridge 2>/dev/null && ip link set "$second" up
		none_runs || "$pct" stop "$ctid" >/dev/null 2>&1 || end_all
		[ -e "$images/$ctid" ] || create
		# Whoever looks at the loop device of the last run keeps it for a moment.
		[ "$1" = stopped ] || within 5 "$pct" start "$ctid" || check "$1: start" "$pct" start "$ctid" ||
			finish
		case $1 in
		frozen) # it may wait for ever, and then a second one does not
			timeout 20 lxc-freeze -P "$PCT_LIB" -n "$ctid" ||
				{ lxc-unfreeze -P "$PCT_LIB" -n "$ctid"; timeout 20 lxc-freeze -P "$PCT_LIB" -n "$ctid"; } ;;
		orphaned) kill -9 "$(monitor_pid "$ctid")" && within 5 no_monitor "$ctid" ;;
		killed) end_all && within 5 no_monitor "$ctid" ;;
		no-bridge) ip link del "$second" ;;
		esac
		made=$1 was=$(now)
	fi
	put_config "$2"
}
create() {
	rm -rf "${config%/*}"
	"$pct" create "$ctid" "$template" --hostname web1 --memory 64 \
		--net0 "name=eth0,bridge=$second,ip=$net.20/24,gw=$net.1" >"$work/out" 2>&1 ||
		{ not_ok create <"$work/out" && finish; }
	cp "$config" "$work/good"
}
runs_in() { [ "$1" != stopped ] && [ "$1" != killed ]; }

# must STATE COMMAND: whether the command has to do what it is for, with any config.
must() {
	runs_in "$1" || return
	case $2 in
	stop | status) return 0 ;;
	shutdown) [ "$1" != frozen ] ;;
	exec | enter) [ "$1" != frozen ] && [ "$1" != orphaned ] ;;
	*) return 1 ;;
	esac
}

# try STATE CONFIG COMMAND: its result in $cell; what is wrong about it in $wrong.
try() {
	local words status n began=$SECONDS
	read -ra words <<<"${arguments[$3]/ID/$ctid}"
	words=("${words[@]/TEMPLATE/$template}")
	ready "$1" "$2"
	timeout -k 1 $seconds "$pct" "${words[@]}" >"$work/said" 2>"$work/err" </dev/null
	status=$?
	wrong=''
	case $status in
	0) cell='done' ;;
	124 | 137) cell=hangs wrong="hangs for $((SECONDS - began)) s" ;;
	*)
		cell=error
		# doctor and net print their findings as results, list and status what they know.
		if [ -s "$work/err" ]; then
			n=$(grep -v '^pct: warning' "$work/err" | grep -c "^pct.*$ctid")
			# list prints one for each thing that is wrong.
			[ "$n" -eq 1 ] || { [ "$3" = list ] && [ "$n" -gt 0 ]; } ||
				# These print what they know, and warn of the rest.
				{ [[ $3 = df || $3 = fstrim || $3 = net ]] && grep -q "^pct: warning.*$ctid" "$work/err"; } ||
				wrong="not one error that names the container"
		elif [ "$3" != net ] && [ "$3" != doctor ]; then
			wrong="silence, exit $status"
		fi
		sed "s/^/$1, $2: $3: /; s|$work||g; s/$ctid/ID/g" "$work/err" >>"$work/messages"
		;;
	esac
	[ -z "$wrong" ] && [ "$2" = missing ] && [ $status -eq 0 ] && ! runs_in "$1" &&
		case $3 in status | exec | config | net | start | stop | destroy) wrong='no error' ;; esac
	if must "$1" "$3" && [ "$3" != status ] && [ $status -ne 0 ]; then
		wrong="refused, exit $status"
	fi
	case $3 in
	exec) [ "$cell" != 'done' ] || grep -qx inside "$work/said" || wrong='says nothing' ;;
	status) ! must "$1" "$3" || grep -Eqx 'status: (running|frozen)' "$work/said" || wrong='no state' ;;
	list) ! runs_in "$1" || grep -Eq "^$ctid +(running|frozen) " "$work/said" || wrong='not in it' ;;
	doctor) ! runs_in "$1" || [ "$2" = good ] || grep -q "^error.*$ctid" "$work/said" ||
		wrong='no finding' ;;
	stop) ! runs_in "$1" || none_runs || wrong='it still runs' ;;
	esac
	[ -z "$wrong" ] || {
		cell="$cell!"
		{ echo "$1, $2: pct ${words[*]}: $wrong" && cat "$work/said" "$work/err"; } >>"$work/bad"
	}
}

create
"$pct" stop "$ctid" >/dev/null 2>&1
for state in "${states[@]}"; do
	printf '# %-12s' "$state"
	printf '%-10s' "${configs[@]}"
	echo
	: >"$work/bad"
	for command in "${known[@]}" "${last[@]}"; do
		row=''
		for kind in "${configs[@]}"; do
			try "$state" "$kind" "$command"
			row+=$(printf '%-10s' "$cell")
		done
		printf '#   %-10s%s\n' "$command" "$row"
	done
	same "$state: no cell is silent, and what runs can be stopped" '' "$(cat "$work/bad")"
done
sort -u "$work/messages" | sed 's/^/# /'
ready stopped good
destroy "$ctid"
same 'nothing is left' '' "$(leftovers "$ctid")"
finish
