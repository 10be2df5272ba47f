#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# An init that is a script "#!/proc/self/exe" has whoever starts it run once more, as the container's
# first process and through the container's own loader: what that is must be no file of the host.
. "$(dirname "$0")/../lib.sh"
new_bridge
template busybox
loader=$(readelf -l "$pct" | sed -n 's/.*interpreter: \(.*\)\]/\1/p')
mkdir "$work/pose"
tar -C "$work/pose" -xf "$cache/$template"
install -D "$build/hostile/loader" "$work/pose$loader"
cp "$build/hostile/loaded" "$work/pose/loaded"
rm -f "$work/pose/sbin/init"
printf '#!/proc/self/exe\n' >"$work/pose/sbin/init"
chmod 755 "$work/pose/sbin/init"
tar -C "$work/pose" --zstd -cf "$PCT_VZ/template/cache/pose.tar.zst" .

# What runs as root on the host, with its mode, owner and contents.
programs() { find "$stage" -type f -perm /111 -printf '%P %M %u ' -exec sha256sum {} \; ; }
before=$(programs)

found() { cat "/proc/$(init_pid "$ctid")/root/found" 2>/dev/null; }
has_found() { [ -n "$(found)" ]; }
forget() { inside rm -f /found; }
# judge WHAT STATUS: one that does not start at all is no prey, either.
judge() {
	local said
	if [ "$2" -ne 0 ]; then
		said='it does not start'
	else
		within 10 has_found
		said=$(found)
	fi
	case $said in
	sealed | 'its own' | 'it does not start') ok "$kind, $1: the first process is $said" ;;
	*) echo "${said:-nothing was found}" >"$work/why" && not_ok "$kind, $1: the first process" <"$work/why" ;;
	esac
	same "$kind, $1: the host's programs are as they were" "$before" "$(programs)"
	[ "$(programs)" = "$before" ] || restore
}
# After an attack that came through.
restore() {
	find "$stage" -type f -perm /111 -exec chown 0:0 {} \; -exec chmod 755 {} \;
	cp "$build/pct" "$pct.new" && mv "$pct.new" "$pct"
}

attack_all() {
	local old
	"$pct" start "$ctid" >"$work/out" 2>&1 </dev/null
	judge start $?
	# In the others it could only be read.
	[ "$kind" = privileged ] || { destroy "$ctid" && return; }
	forget
	"$pct" reboot "$ctid" --timeout 5 >"$work/out" 2>&1 </dev/null
	judge reboot $?
	forget
	old=$(init_pid "$ctid")
	inside reboot
	within 20 rebooted "$old"
	judge 'reboot from inside' $?
	forget
	old=$(init_pid "$ctid")
	"$pct" set "$ctid" --memory 300 --onboot 1 >"$work/out" 2>&1
	"$pct" set "$ctid" --description changed
	echo '# changed' >>"$PCT_ETC/lxc/$ctid/config"
	inside reboot
	within 20 rebooted "$old"
	judge 'reboot from inside, with a changed config' $?
	forget
	"$pct" stop "$ctid"
	"$pct" start --onboot >"$work/out" 2>&1 </dev/null
	judge 'start --onboot' $?
	forget
	"$pct" stop "$ctid"
	"$pct" start --from-unit "$ctid" >"$work/out" 2>&1 </dev/null
	judge 'start by a unit' $?
	destroy "$ctid"
}

for unprivileged in 0 1; do
	[ $unprivileged -eq 1 ] && kind=unprivileged || kind=privileged
	new_ctid
	"$pct" create "$ctid" pose.tar.zst --unprivileged $unprivileged --start 1 \
		--net0 "name=eth0,bridge=$bridge" >"$work/out" 2>&1 </dev/null
	status=$?
	[ $status -eq 0 ] || sed 's/^/# /' "$work/out"
	judge 'create --start 1' $status
	"$pct" stop "$ctid" 2>/dev/null
	attack_all
done

# A container that is thrown away, of a template that is to be looked at: it needs a consumer.
kind='in a trial'
cd "$work/pose" || exit 1
mkdir -p etc/init.d etc/rc.d etc/config lib/systemd
mv sbin/init lib/systemd/systemd
ln -s /lib/systemd/systemd sbin/init
ln -s ../init.d/network etc/rc.d/S20network
printf '#!/bin/sh\n' | tee sbin/netifd bin/ubus >etc/init.d/network
chmod 755 sbin/netifd bin/ubus etc/init.d/network
tar --zstd -cf "$work/trial.tar.zst" .
cd "$top" || exit 1
"$pct" distro check --boot "$work/trial.tar.zst" >"$work/said" 2>&1 </dev/null &
trial() {
	ctid=$(pgrep -af "^.lxc monitor. $PCT_LIB [0-9]*\$" | sed 's/.* //')
	has_found "${ctid:-0}"
}
within 30 eval "trial || ! kill -0 $!"
found "${ctid:-0}" >"$work/found"
[ -z "$ctid" ] || { ctids+=("$ctid") && lxc-stop -P "$PCT_LIB" -n "$ctid" -k; }
kill $! 2>/dev/null
wait $! 2>/dev/null
if [ -s "$work/found" ]; then
	same "$kind: the first process" sealed "$(cat "$work/found")"
else
	grep -q '^boot' "$work/said" && ok "$kind: it does not start" || not_ok "$kind: it has started" <"$work/said"
fi
same "$kind: the host's programs are as they were" "$before" "$(programs)"
finish
