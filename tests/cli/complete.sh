#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion: what pct __complete offers, and that bash, zsh and fish pass it on.
. "$(dirname "$0")/../lib.sh"

# A stopped container, one that seems to run (it listens where liblxc would), one of another folder
# of LXC, and a template.
new_ctid && stopped=$ctid && new_ctid && running=$ctid && new_ctid && other=$ctid
for id in "$stopped" "$running"; do
	mkdir -p "$PCT_ETC/lxc/$id"
	printf 'lxc.utsname = web%s\n' "$id" >"$PCT_ETC/lxc/$id/config"
done
: >"$PCT_VZ/template/cache/debian-12.tar.zst"
: >"$PCT_VZ/template/cache/\$(false).tar.zst"
printf 'dir: big\n\tpath %s\n\tcontent rootdir\ndir: iso\n\tpath %s\n\tcontent iso\n' \
	"$work/big" "$work/iso" >"$PCT_ETC/storage.cfg"
python3 -c 'import socket, sys
def listen(name):
    s = socket.socket(socket.AF_UNIX)
    s.bind("\0" + name)
    s.listen()
    return s
first, second = map(listen, sys.argv[1:])
print("listens", flush=True)
while True: first.accept()' "$PCT_LIB/$running/command" "$PCT_LIB/$other/command" >"$work/listens" &
listener=$!
within 20 test -s "$work/listens"

# offers LINE: the candidates for its last word, which may be empty.
offers() {
	local words
	read -ra words <<<"$1."
	words[-1]=${words[-1]%.}
	"$pct" __complete "${words[@]:1}" | cut -f 1 | sort | paste -sd ' '
}

same 'commands' 'shutdown start status stop storage' "$(offers 'pct s' | sed 's/\<set[a-z]* //g')"
same 'every command' "$("$pct" help | awk '/^  [a-z]/ { print $1 }' | sort | paste -sd ' ')" "$(offers 'pct ')"
same 'what is stopped can be started' "$stopped" "$(offers 'pct start ')"
for command in stop shutdown reboot enter exec console wait; do
	same "what runs, for $command" "$running" "$(offers "pct $command ")"
done
same 'all for status' "$(printf '%s\n' "$stopped" "$running" | sort | paste -sd ' ')" "$(offers 'pct status ')"
same 'a new number for create' 100 "$(offers 'pct create ')"
same 'templates, but none that a shell would run' debian-12.tar.zst "$(offers 'pct create 100 ')"
same 'storages for containers' 'big local' "$(offers 'pct create 100 --storage ')"
same 'options' '--escape' "$(offers "pct console $running --")"
same 'options of containers' '--protection' "$(offers 'pct set 100 --pr')"
same 'no internal option' '' "$(offers 'pct set 100 --lock')"
same 'what may be given at creation only' '' "$(offers 'pct set 100 --unpr')"
same 'options of a folder' '--host-resolv-conf --host-timezone --hostname' "$(offers 'pct setup --host')"
same 'and no others' '' "$(offers 'pct setup --memo')"
same 'words of a list' 'json json-pretty' "$(offers 'pct list --output-format j')"
same 'words of a list behind =' '--phase=clone --phase=create' "$(offers 'pct setup --phase=c')"
same 'a list of options' 'memory,net0' "$(offers 'pct set 100 --delete memory,net')"
same 'keys of a network' 'name=eth0,bridge=' "$(offers 'pct set 100 --net0 name=eth0,b')"
same 'values of a network' 'name=eth0,ip6=auto name=eth0,ip6=dhcp name=eth0,ip6=manual' \
	"$(offers 'pct set 100 --net0 name=eth0,ip6=')"
same 'numbered options' '--dev0' "$(offers 'pct set 100 --de' | sed 's/--delete //; s/--description //')"
same 'storages and keys of a mount point' 'big local mountoptions= mp=' \
	"$({ offers 'pct set 100 --mp0 '; offers 'pct set 100 --mp0 m'; } | tr ' ' '\n' |
		grep -x 'big\|local\|m[po].*=' | sort -u | paste -sd ' ')"
same 'keys behind the volume' 'local:8,mp=/x,ro=' "$(offers 'pct set 100 --mp0 local:8,mp=/x,ro')"
same 'values of a mount point' '/srv,mp=/x,idmap=passthrough' "$(offers 'pct set 100 --mp0 /srv,mp=/x,idmap=p')"
same 'folders of the host' ':file' "$(offers 'pct set 100 --mp0 /s')"
same 'no files for a folder of the container' '' "$(offers 'pct set 100 --mp0 /srv,mp=/s')"
same 'devices' ':file' "$(offers 'pct set 100 --dev0 /dev/n')"
same 'keys of a device' '/dev/fuse,mode=' "$(offers 'pct set 100 --dev0 /dev/fuse,mo')"
same 'keys of the root volume' 'local:8,ro=' "$(offers 'pct create 100 debian --rootfs local:8,ro')"
same 'no mount point of the root volume' '' "$(offers 'pct create 100 debian --rootfs local:8,mp')"
same 'recipes and their variants' 'busybox debian/12' \
	"$(offers 'pct distro build bu')"" debian/$(offers 'pct distro build debian --release 12')"
same 'several CTIDs, each once' "$stopped" "$(offers "pct status $running ")"
same 'several CTIDs, of those that run' '' "$(offers "pct stop $running ")"
same 'one CTID where there is one' '' "$(offers "pct console $running ")"
same 'what start waits for' 'boot dns ip4 ip6' "$(offers 'pct start --wait ')"
same 'a list of it' 'ip4,dns' "$(offers 'pct start --wait ip4,d')"
same 'time zones' 'Europe/Berlin' "$(offers 'pct set 100 --timezone Europe/Berl')"
same 'the time zone of the host' 'host' "$(offers 'pct create 100 debian --timezone h')"
same 'architectures' 'amd64 arm64 armel armhf' "$(offers 'pct create 100 debian --arch a')"
same 'verbs' 'build check list' "$(offers 'pct distro ')"
# Each option with a list of values, from the table of options; CTIDs may follow as well.
"$pct" help -v | awk '/^pct / { c = $2 } /^  --/ && $2 ~ /^[a-z0-9-]+(\|[a-z0-9-]+)+$/ { print c, $1, $2 }' |
	sort -u >"$work/lists"
while read -r command option values; do
	same "$command $option $values" "$(tr '|' '\n' <<<"$values" | sort | paste -sd ' ')" \
		"$(offers "pct $command $option " | tr ' ' '\n' | grep -vE '^[1-9][0-9]+$' | paste -sd ' ')"
done <"$work/lists"
same 'a value behind =' '' "$(offers 'pct set 100 --onboot=1 ')"
check 'there are such options' test "$(wc -l <"$work/lists")" -gt 10
same 'folders inside are not those of the host' '' "$(offers 'pct exec --cwd ')"
same 'files' ':file' "$(offers 'pct setup --config ')"
same 'files of user-data' ':file' "$(offers 'pct create 100 debian --user-data ')"
same 'nothing of a command inside' '' "$(offers "pct exec $running -- l")"
if [ "$(id -u)" -eq 0 ]; then
	new_bridge
	same 'bridges' "name=eth0,bridge=$bridge" "$(offers "pct set 100 --net0 name=eth0,bridge=$bridge")"
	chmod 700 "$PCT_ETC/lxc"
	"${user[@]}" "$pct" __complete status '' >"$work/out" 2>"$work/err"
	same 'an ordinary user: what runs, and no error' "0 $running	running " \
		"$? $(grep -E "^($running|$stopped)" "$work/out") $(cat "$work/err")"
	chmod 755 "$PCT_ETC/lxc"
fi

# bash splits a line at "=" and ":" as well; COMP_WORDBREAKS has them.
cat >"$work/bash" <<'EOF'
. "$1"
COMP_LINE=$2 COMP_POINT=${#2}
mapfile -t COMP_WORDS < <(grep -oE '[^[:blank:]=:]+|[=:]+' <<<"$2")
[[ $2 != *' ' ]] || COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_pct pct "${COMP_WORDS[COMP_CWORD]}" ''
printf '%s\n' "${COMPREPLY[@]}"
EOF
in_bash() { bash --norc "$work/bash" "$top/completion/pct.bash" "$1" | sort | paste -sd ' '; }
in_fish() {
	HOME=$work fish --no-config -c "source $top/completion/pct.fish; complete -C '$1'" |
		cut -f 1 | sort | paste -sd ' '
}
in_zsh() {
	rm -f "$work/zsh"
	python3 "$top/tests/cli/complete-zsh.py" "$top/completion" "$work/zsh" "$1" | sort | paste -sd ' '
}
same 'bash: commands' 'start status stop storage' "$(in_bash 'pct st')"
same 'bash: containers' "$stopped" "$(in_bash 'pct start ')"
same 'bash: what stands behind =' 'json json-pretty' "$(in_bash 'pct list --output-format=j')"
same 'bash: a value right behind =' 'clone create start' "$(in_bash 'pct setup --phase=')"
same 'bash: keys of a network' 'eth0,bridge=' "$(in_bash 'pct set 100 --net0 name=eth0,b')"
for shell in fish zsh; do
	same "$shell: commands" 'start status stop storage' "$(in_$shell 'pct st')"
	same "$shell: containers" "$stopped" "$(in_$shell 'pct start ')"
	same "$shell: what stands behind =" '--output-format=json --output-format=json-pretty' \
		"$(in_$shell 'pct list --output-format=j')"
	same "$shell: keys of a network" 'name=eth0,bridge=' "$(in_$shell 'pct set 100 --net0 name=eth0,b')"
done
kill $listener
finish
