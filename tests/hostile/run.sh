#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# run.sh rootfs|walls|races|archives [--short]: whatever a container's root writes, or an archive
# holds, the host is not hurt; doc/security.md.
#
# "run.sh SCRIPT.py ARGUMENT..." runs that script alone.
. "$(dirname "$0")/../lib.sh"
here=$top/tests/hostile
short='' job='' jobs=()
# Who writes on in a folder that is being removed would keep it: each job is a process group.
set -m
trap 'for job in "${jobs[@]}"; do kill -9 -- "-$job" && wait "$job"; done 2>/dev/null; cleanup' EXIT
[ "${2:-}" != --short ] || short=1
export HOSTILE_STAGE=$stage HOSTILE_SKELETONS=$build/skeletons
export PYTHONDONTWRITEBYTECODE=1 HOSTILE_ONCE=$build/hostile/once HOSTILE_RACE=$build/hostile/race
export HOSTILE_UNTAR=$build/hostile/untar HOSTILE_OPEN_ROOT=$build/hostile/open-root.so
case $build in *-sanitize) export HOSTILE_SANITIZED=1 ;; esac # it counts memory of its own
O=$build "$top/tests/skeletons/make.sh"

# A config, the same for an unprivileged container, and the plan that the mount hook reads.
prepare() {
	local net
	net=$(printf '%s\n' 'lxc.network.type = veth' 'lxc.network.veth.pair = veth105.0' \
		'lxc.network.name = eth0' 'pve.network.bridge = vmbr0' 'pve.network.ip = 10.0.0.5/24' \
		'pve.network.gw = 10.0.0.1')
	mkdir -p "$PCT_ETC/lxc/105" "$PCT_LIB/105" "$PCT_VZ/template/cache" "$PCT_RUN/pct/105/guest"
	chown 100000:100000 "$PCT_RUN/pct/105/guest"
	printf 'nameserver 1.1.1.1\nsearch ex.org\n' >"$HOSTILE_WORK/resolv.conf"
	printf '%s\n' 'lxc.utsname = ct1' 'pve.timezone = host' "$net" >"$HOSTILE_WORK/config"
	printf '%s\n' 'lxc.idmap = u 0 100000 65536' 'lxc.idmap = g 0 100000 65536' |
		cat "$HOSTILE_WORK/config" - >"$HOSTILE_WORK/config.idmap"
	printf '%s\n' 'pve.unprivileged = 1' 'pve.volid = local:105/subvol-105-rootfs.subvol' |
		cat "$HOSTILE_WORK/config.idmap" - >"$PCT_ETC/lxc/105/config"
	printf '%s\n' 'plan.ctid = 105' 'plan.nameserver = 1.1.1.1' 'plan.timezone = Europe/Vienna' \
		'plan.time = 1234567890' 'lxc.utsname = ct1' 'lxc.tty = 2' 'pve.unprivileged = 1' \
		"$net" >"$PCT_RUN/pct/105/plan"
}

# alone SCRIPT ARGUMENT...: in a mount namespace and private folders of its own, in place of
# the shell that asks for it.
alone() {
	HOSTILE_WORK=$(mktemp -d "$work/alone-XXXXXX") && chmod 755 "$HOSTILE_WORK"
	export HOSTILE_WORK PCT_ETC=$HOSTILE_WORK/etc PCT_LIB=$HOSTILE_WORK/lib
	export PCT_VZ=$HOSTILE_WORK/vz PCT_RUN=$HOSTILE_WORK/run
	prepare
	exec unshare -m --propagation private python3 "$here/$1" "${@:2}"
}

# corpus OPTION...: all skeletons, or those that $skeletons names, by as many workers as there are
# processors; their lines become ours.
corpus() {
	local names n out
	read -ra names <<<"${skeletons:-$("$here/corpus.py" --list)}"
	for ((n = 0; n < $(nproc); n++)); do
		out=$work/corpus.$n
		(
			mine=()
			for ((i = n; i < ${#names[@]}; i += $(nproc))); do mine+=("${names[i]}"); done
			[ ${#mine[@]} -eq 0 ] || alone corpus.py "$@" "${mine[@]}"
		) >"$out" 2>&1 &
		jobs+=($!)
	done
	for ((n = 0; n < ${#jobs[@]}; n++)); do
		take "${jobs[n]}" "$work/corpus.$n"
	done
	jobs=()
}

# take PID FILE: the lines of a test that runs beside this one.
take() {
	local status
	wait "$1"
	status=$?
	cat "$2"
	tests=$((tests + $(grep -c '^ok ' "$2")))
	failures=$((failures + $(grep -c '^not ok ' "$2")))
	[ "$status" -eq 0 ] || grep -q '^not ok ' "$2" || not_ok "ended with $status" <"$2"
}

# beside SCRIPT.py ARGUMENT...: its lines become ours.
beside() {
	alone "$@" >"$work/beside" 2>&1 &
	jobs=($!)
	take "${jobs[0]}" "$work/beside"
	jobs=()
}

walls() {
	local skeletons=''
	[ -z "$short" ] || skeletons='debian12 rocky8 alpine openwrt'
	corpus --label 'without openat2: ' --without openat2 --short $((short ? 4 : 60))
	corpus --label 'without Landlock: ' --without landlock --short $((short ? 5 : 60))
	corpus --label 'without RESOLVE_IN_ROOT: ' --open-root --links --short $((short ? 8 : 60))
	skeletons=debian12
	corpus --label 'with neither wall: ' --open-root --without landlock --links \
		--expect-escapes --short 8
}

case ${1:-} in
rootfs) corpus --label 'hostile rootfs: ' ${short:+--short 21} ;;
walls) walls ;;
races) beside race.py $((short ? 1000 : 50000)) debian12 rocky10 ;;
archives) beside archives.py ${short:+--short} ;;
*.py)
	(alone "$@")
	exit
	;;
*) echo 'usage: run.sh rootfs|walls|races|archives [--short]' >&2 && exit 2 ;;
esac
finish
