#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The folder where the mount hook leaves its report and the record of a failure is the container's
# root's.  Here another mount hook stands for one that was taken over: it leaves what it likes.
. "$(dirname "$0")/../lib.sh"
new_bridge
mkdir -m 755 "$work/outside"
# In both formats, so that it would be shown.
printf 'warning\tnetwork\ta secret of the host\t\ncause: a secret of the host\n' >"$work/outside/secret"
outside=$(fingerprint "$work/outside")
mv "$stage/hooks/lxc.hook.mount" "$stage/hooks/honest"
cat >"$stage/hooks/lxc.hook.mount" <<EOF
#!/bin/bash
exec >>$work/planted.\$LXC_NAME 2>&1
[ "\$3" = mount ] && cd $PCT_RUN/pct/\$LXC_NAME/guest || exit 1
. $work/shape
EOF
chmod 755 "$stage/hooks/lxc.hook.mount"
touch "$work/planted"

# The line of a report, and the lines of a record.
line() { printf 'warning\tnetwork\t%s\t%s\n' "$1" "$2"; }
record() { printf 'stage: mount\nobject: %s\ncause: %s\nerrno: 5\nremedy: %s\n' "$1" "$2" "$3"; }
escapes=$'\e]0;owned\a\e[2J\r\xc2\x9b31m\x7f'
# What turns the direction of text, or hides, and what is no UTF-8.
escapes+=$'\xe2\x80\xae\xe2\x81\xa6\xe2\x80\xa8\xe2\x80\x8b\xef\xbb\xbf\xfcx'

# shape WHAT COMMAND...: $1 in it is "report" of a hook that succeeds, then "failure" of one that fails.
shape() {
	local file
	for file in report failure; do
		printf 'set -- %s\n%s\n[ "$1" = report ]\n' "$file" "$2" >"$work/shape"
		chmod 644 "$work/shape"
		: >"$work/planted.$ctid" && chmod 666 "$work/planted.$ctid"
		timeout 120 "$pct" start "$ctid" >"$work/out" 2>&1 </dev/null
		echo "exit $?" >>"$work/planted.$ctid"
		judge "$kind, $file: $1" "$file"
		timeout 60 "$pct" stop "$ctid" >/dev/null 2>&1
		same "$kind, $file: $1: nothing is left behind" '' "$(leftovers "$ctid")"
	done
}

# honest_start WHAT: whatever was left behind by the last one.
honest_start() {
	mv "$stage/hooks/lxc.hook.mount" "$stage/hooks/planted"
	cp "$stage/hooks/honest" "$stage/hooks/lxc.hook.mount"
	check "$kind: $1" timeout 120 "$pct" start "$ctid"
	timeout 60 "$pct" stop "$ctid" >/dev/null 2>&1
	mv "$stage/hooks/planted" "$stage/hooks/lxc.hook.mount"
}

# judge WHAT FILE
judge() {
	local want=0 status
	[ "$2" = report ] || want=1
	status=$(tail -n 1 "$work/planted.$ctid")
	if [ "$status" != "exit $want" ] || [ "$(wc -l <"$work/planted.$ctid")" -ne 1 ] ||
		[ "$(wc -l <"$work/out")" -gt 64 ] || grep -qF 'a secret' "$work/out" ||
		{ [ $want -eq 1 ] && [ "$(wc -l <"$work/out")" -ne 1 ]; } ||
		LC_ALL=C grep -q $'[\001-\010\013-\037\177]\|\xc2[\x80-\x9f]\|\xe2[\x80\x81]\|\xef\xbb' "$work/out" ||
		! iconv -f UTF-8 "$work/out" >/dev/null ||
		[ "$(fingerprint "$work/outside")" != "$outside" ]; then
		{ echo "$status" && cat "$work/planted.$ctid" && head -c 4000 "$work/out" | cat -v; } >"$work/why"
		not_ok "$1" <"$work/why"
	else
		ok "$1"
	fi
}

line "$escapes" "$escapes" >"$work/report.escapes"
record "$escapes" "$escapes" "$escapes" >"$work/failure.escapes"
for ((i = 0; i < 500; i++)); do line "note $i" ''; done >"$work/report.many"
for ((i = 0; i < 500; i++)); do record "$i" "cause $i" ''; done >"$work/failure.many"
head -c 8M /dev/urandom >"$work/report.garbage"
head -c 4000 /dev/urandom >"$work/failure.garbage"
head -c 60000 /dev/zero | tr '\0' x >"$work/report.long"
record "$(head -c 1500 /dev/zero | tr '\0' x)" "$(head -c 1500 /dev/zero | tr '\0' y)" z >"$work/failure.long"

for unprivileged in 1 0; do
	[ $unprivileged -eq 1 ] && kind=unprivileged || kind=privileged
	new_ct busybox --unprivileged $unprivileged >/dev/null 2>&1
	shape 'a link to a secret of the host' "ln -s $work/outside/secret \$1"
	shape 'a link to a new file of the host' "ln -s $work/outside/new \$1"
	shape 'escape sequences' "cat $work/\$1.escapes >\$1"
	if [ $unprivileged -eq 1 ]; then
		shape 'a FIFO' 'mkfifo $1'
		shape 'a folder' 'mkdir -p report/x failure/x'
		honest_start 'a start with our own hook after that'
		shape 'a sparse file of 1 GiB' 'truncate -s 1G $1'
		shape 'garbage' "cat $work/\$1.garbage >\$1"
		shape 'more than is shown' "cat $work/\$1.many >\$1"
		shape 'long lines' "cat $work/\$1.long >\$1"
		shape 'nothing at all' 'true'
	fi
done
finish
