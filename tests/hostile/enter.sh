#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Root of a container hunts all that enters it: a process that can be seen in there must have
# nothing of the host, from its first moment on.  enter.sh [--full]; the hunter is prey.c.
. "$(dirname "$0")/../lib.sh"
rounds=25 starts=2 full=''
[ "${1:-}" != --full ] || rounds=1000 starts=50 full=1
less=$(((rounds + 2) / 3))
# In an emulated machine all takes ten times as long.
[ -z "${VM:-}" ] || rounds=9 less=3 starts=1
new_bridge
# What the admin has, and no container is to know.
export PREY_SECRET=of-the-host

# To pct the container looks like OpenWrt, which is told of its networks, with systemd as its init.
template busybox
mkdir "$work/pose"
tar -C "$work/pose" -xf "$cache/$template"
cd "$work/pose" || exit 1
cp "$(readlink -f bin/busybox)" "$work/busybox"
install -D "$work/busybox" lib/systemd/systemd
ln -sf /lib/systemd/systemd sbin/init
mkdir -p etc/init.d etc/rc.d etc/config
ln -s ../init.d/network etc/rc.d/S20network
printf '#!/bin/sh\n' | tee sbin/netifd etc/init.d/network >bin/ubus
printf '#!/bin/sh\n[ -e /booted ] && echo running || echo starting\n' >bin/systemctl
printf '#!/bin/sh\n[ ! -e /hunt ] || exec /prey PREY_SECRET= >/found 2>&1\n' >hunt.sh
printf '#!/proc/self/exe\n' >self.sh
chmod 755 sbin/netifd etc/init.d/network bin/ubus bin/systemctl hunt.sh self.sh
echo '::once:/hunt.sh' >>etc/inittab
touch booted
cp "$build/hostile/prey" prey
tar --zstd -cf "$PCT_VZ/template/cache/pose.tar.zst" .
cd "$top" || exit 1

# What of the findings is harm: all that follows the notes.
harm() { sed '1,/^extra-pipe /d' "$1" | grep -v ' 0$'; sed -n 's/^# /  /p' "$1"; }
count() { sed -n "s/^$2 //p" "$1"; }
root() { echo "/proc/$(init_pid "$ctid")/root"; }

hunt() {
	inside sh -c "/prey $* PREY_SECRET= >/found 2>&1 </dev/null &"
	within 5 grep -q '^ready' "$(root)/found"
}
ended() { grep -q '^harmed' "$(root)/found"; }
end_hunt() {
	pkill --ns "$(init_pid "$ctid")" --nslist pid -TERM -x prey
	within 10 ended
	cp "$(root)/found" "$work/found"
}

# enough ENTRIES: how many of them the hunter has to see, on a machine that is busy: a quarter, or one
# of the few of a short run.
enough() { echo $(($1 < 100 ? 1 : $1 / 4)); }

# judge WHAT ENTRIES: the hunter has seen enough of them; 0: nobody enters; less: it depends.
judge() {
	same "$kind: $1: nothing of the host is found" '' "$(harm "$work/found")"
	if [ "$2" -gt 0 ]; then
		check "$kind: $1: the hunter has seen $(count "$work/found" entered) of $2" \
			test "$(count "$work/found" entered)" -ge "$(enough "$2")"
	elif [ "$2" -eq 0 ]; then
		same "$kind: $1: nobody enters" 0 "$(count "$work/found" entered)"
	fi
	early=$((early + $(count "$work/found" early)))
}

# attack WHAT STREAMS ROUNDS ENTRIES COMMAND...: ENTRIES of each round; the hunter has $options.
attack() {
	local what=$1 streams=$2 n=$3 entries=$4
	shift 4
	hunt "$options" || not_ok "$kind: $what: the hunter starts" <"$(root)/found"
	check "$kind: $what" timeout $((60 + n * 10)) \
		python3 "$top/tests/hostile/enter.py" "$streams" "$n" "$pct" "$@"
	end_hunt
	judge "$what" $((n * entries))
}

attack_exec() {
	local streams before
	for streams in pipes terminal; do
		attack "exec, $streams" $streams "$rounds" 1 exec "$ctid" -- true
	done
	for streams in files sockets; do
		attack "exec, $streams" $streams "$less" 1 exec "$ctid" -- true
	done
	# These have the program that they are run by run once more.
	before=$early
	attack 'exec --user' 'pipes' "$less" 1 exec "$ctid" --user 1000 --env A=1 --cwd / -- true
	attack 'exec /proc/self/exe' 'pipes?' "$less" 1 exec "$ctid" -- /proc/self/exe
	attack 'exec of "#!/proc/self/exe"' 'pipes?' "$less" 1 exec "$ctid" -- /self.sh
	early=$before
	# Born in a group of processes, and a session, of the host, it could act on these.
	options='-m p -k'
	attack 'exec, and the hunter strikes' 'pipes!' "$less" 1 exec "$ctid" -- true
	attack 'exec on a terminal, and the hunter strikes' 'terminal!' "$less" 1 exec "$ctid" -- true
	if [ "$kind" = privileged ]; then
		options=-n
		attack 'exec, and the hunter goes first' pipes "$less" 1 exec "$ctid" -- true
	fi
	options=''
}

attack_others() {
	attack 'push' pipes "$less" 1 push "$ctid" /etc/hostname /pushed@
	attack 'pull' pipes "$less" 1 pull "$ctid" /etc/hostname "$work/pulled@"
	attack 'enter, pipes' pipes "$less" 1 enter "$ctid"
	attack 'enter' shell $((rounds / 5)) 1 enter "$ctid"
	attack 'set --hostname' pipes "$less" 0 set "$ctid" --hostname web@
	attack 'set --nameserver' pipes "$less" "$told" set "$ctid" --nameserver 192.0.2.@
	attack 'set --net0' pipes "$less" "$told" set "$ctid" \
		--net0 "name=eth0,bridge=$bridge,ip=$net.@/24"
	attack 'wait --boot' pipes "$less" "$asked" wait "$ctid" --boot
	attack 'wait --dns' 'pipes?' 1 0 wait "$ctid" --dns --timeout 1
	attack 'net' 'pipes?' "$less" 0 net "$ctid"
	attack 'status' pipes "$less" 0 status "$ctid"
	attack 'console' console $((rounds / 5)) 0 console "$ctid"
}

# Whatever lies where the login shell is looked for.
attack_shell() {
	local shape
	inside cp /etc/passwd /passwd
	for shape in 'mkfifo /etc/passwd' 'mkdir /etc/passwd' 'ln -s /proc/kmsg /etc/passwd' \
		'ln -s /dev/tty /etc/passwd' 'mknod /etc/passwd c 1 5' 'true' \
		'echo root::0:0::/:/proc/self/exe >/etc/passwd' \
		'echo root::0:0::/:/nothing >/etc/passwd'; do
		inside sh -c "rm -rf /etc/passwd; $shape"
		timeout 10 "$pct" enter "$ctid" <<<'exit 3' >"$work/out" 2>&1
		check "$kind: enter ends after $shape" test $? -ne 124
	done
	inside sh -c 'rm -rf /etc/passwd; mv /passwd /etc/passwd'
}

attack_start() {
	local i seen=0
	inside touch /hunt
	for ((i = 0; i < starts; i++)); do
		inside rm -f /booted
		"$pct" stop "$ctid"
		("$pct" start "$ctid" --wait boot --timeout 60 >"$work/started" 2>&1; echo $? >>"$work/started") &
		within 20 runs "$ctid"
		within 10 grep -q '^ready' "$(root)/found"
		sleep 1
		inside touch /booted
		wait $!
		same "$kind: start --wait boot" 0 "$(tail -n 1 "$work/started")"
		end_hunt
		judge 'start --wait boot' -1
		seen=$((seen + $(count "$work/found" entered)))
	done
	check "$kind: start --wait boot: the hunter has seen $seen of $starts" \
		test $seen -ge "$(enough "$starts")"
}

for unprivileged in 1 0; do
	[ $unprivileged -eq 1 ] && kind=unprivileged || kind=privileged
	new_ctid
	"$pct" create "$ctid" pose.tar.zst --hostname pose --unprivileged $unprivileged \
		--net0 "name=eth0,bridge=$bridge,ip=$net.20/24,gw=$net.1" >/dev/null 2>&1
	check "$kind: start" timeout 60 "$pct" start "$ctid" || finish
	early=0 options='' told=1 asked=1
	attack_exec
	attack_others
	if [ "$kind" = privileged ]; then
		check "$kind: it was there before their programs were: $early" test $early -gt 0
	else
		same "$kind: it was never there before their programs were" 0 $early
	fi
	attack_shell
	attack_start
	destroy "$ctid"
done

# Nesting lifts some of what AppArmor keeps from a container.
kind=nesting early=0 options=''
new_ctid
"$pct" create "$ctid" pose.tar.zst --hostname pose --features nesting=1 \
	--net0 "name=eth0,bridge=$bridge,ip=$net.20/24,gw=$net.1" >/dev/null 2>&1
check "$kind: start" timeout 60 "$pct" start "$ctid" || finish
attack_exec
same "$kind: it was never there before their programs were" 0 $early
destroy "$ctid"

# The client of a network that the host manages is of the container's, but not in it.
kind='host-managed' early=0
new_ctid
"$pct" create "$ctid" pose.tar.zst --hostname pose --unprivileged 0 \
	--net0 "name=eth0,bridge=$bridge,ip=dhcp,host-managed=1" >/dev/null 2>&1
check "$kind: start" timeout 60 "$pct" start "$ctid" || finish
attack 'set, which starts its client anew' pipes "$less" 0 set "$ctid" \
	--net0 "name=eth0,bridge=$bridge,ip=dhcp,host-managed=1,mtu=1@"
destroy "$ctid"
[ -n "$full" ] || finish

# systemd as it is, which starts and ends much by itself.
for unprivileged in 1 0; do
	[ $unprivileged -eq 1 ] && kind='debian, unprivileged' || kind='debian, privileged'
	new_ct debian --unprivileged $unprivileged >/dev/null 2>&1
	check "$kind: start" timeout 60 "$pct" start "$ctid" --wait boot || finish
	"$pct" exec "$ctid" -- sh -c 'cat >/prey && chmod 755 /prey && echo "#!/proc/self/exe" >/self.sh &&
		chmod 755 /self.sh' <"$build/hostile/prey"
	early=0 options='' told=-1 asked=1
	attack_exec
	attack_others
	attack_shell
	"$pct" exec "$ctid" -- sh -c 'cat >/etc/systemd/system/prey.service && ln -s ../prey.service \
		/etc/systemd/system/sysinit.target.wants/' <<-'END'
		[Unit]
		DefaultDependencies=no
		ConditionPathExists=/hunt
		[Service]
		ExecStart=/prey PREY_SECRET=
		StandardOutput=truncate:/found
	END
	attack_start
	destroy "$ctid"
done
finish
