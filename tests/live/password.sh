#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The password of a new container: on the command line, on a terminal, on standard input; and who sees it.
. "$(dirname "$0")/../lib.sh"
template busybox
file=$PCT_VZ/template/cache/$template
new_ctid
shadow=$images/$ctid/subvol-$ctid-rootfs.subvol/etc/shadow
secret=open-sesame

# matches: whether the hash in shadow is that of $secret.
matches() {
	perl -e '$h = (split /:/, <STDIN>)[1]; exit !(length $h && crypt($ARGV[0], $h) eq $h)' \
		"$secret" <"$shadow"
}
# made WHAT: the container is there, with this password; it is destroyed.
made() {
	check "$1" matches
	"$pct" destroy "$ctid"
}
# seen: processes whose command line or environment has it; in no word of this one's own.
seen() { grep -salFf "$work/secret" /proc/[0-9]*/cmdline /proc/[0-9]*/environ; }
echo "$secret" >"$work/secret"

# A template that does not come: while pct-create waits for it, everybody can look.
mkfifo "$work/pipe"
looks() {
	exec 8<>"$work/pipe"
	head -c 512 "$file" >&8
	"$pct" create "$ctid" - --rootfs local:0 "$@" <"$work/pipe" >"$work/out" 2>&1 8>&- &
	creator=$!
	within 10 eval '[ "$(readlink /proc/$creator/exe)" = "$stage/hooks/pct-create" ]'
	sleep 0.5
	seen >"$work/seen"
	tr '\0' '\n' <"/proc/$creator/cmdline" >"$work/words"
	tail -c +513 "$file" >&8 &
	exec 8>&-
	wait $creator || { cat "$work/out" && kill $!; }
}
looks --password "$secret"
same 'in no command line while it is made' '' "$(cat "$work/seen")"
check 'the rest of it is there' grep -qx -- --password "$work/words"
made 'it is the password all the same'
looks --password="$secret"
same 'in one word with its option' '' "$(cat "$work/seen")"
made 'that works as well'

# Nor when pct-create is executed.
mv "$stage/hooks/pct-create" "$work/real"
printf '#!/bin/sh\nprintf "%%s\\n" "$@" >%s\nenv >>%s\n' "$work/given" "$work/given" >"$stage/hooks/pct-create"
chmod 755 "$stage/hooks/pct-create"
"$pct" create "$ctid" "$template" --rootfs local:0 --password "$secret"
check 'it is told to ask' grep -qx -- --password "$work/given"
same 'by no word of its own' '' "$(grep "$secret" "$work/given")"
mv "$work/real" "$stage/hooks/pct-create"

# From standard input: one line, and no more.
printf '%s\nrest\n' "$secret" >"$work/input"
{ "$pct" create "$ctid" "$template" --rootfs local:0 --password -; cat; } <"$work/input" >"$work/rest"
same 'a line of standard input, and no more' rest "$(cat "$work/rest")"
made 'is the password'
from_input() { "$pct" create "$ctid" "$template" --rootfs local:0 "$@" <"$work/input"; }
check 'before other options' from_input --password - --hostname web1
made 'it is the password'
check 'without a word' from_input --password
made 'that is read as well'
refuses 2 'template and password from one input' 'standard input is the template' \
	"$pct" create "$ctid" - --password -
refuses 2 'the same without a word' 'standard input is the template' \
	"$pct" create "$ctid" - --password
refuses 1 'an empty input' 'password: is shorter' "$pct" create "$ctid" "$template" --password -

# On a terminal: twice, unseen.
types() {
	local line
	rm -f "$work/in" "$work/typed" && mkfifo "$work/in"
	echo "exec $pct create $ctid $template --rootfs local:0 --password" >"$work/script"
	timeout 60 script -qec "bash $work/script" /dev/null <"$work/in" >"$work/typed" &
	exec 7>"$work/in"
	for line in "$@"; do
		within 10 grep -qi "${line%%=*}" "$work/typed"
		sleep 0.2
		echo "${line#*=}" >&7
	done
	wait $!
	status=$?
	exec 7>&-
}
types "^new password=$secret" "retype=$secret"
same 'on a terminal it is asked for' 0 $status
same 'and not shown' '' "$(grep "$secret" "$work/typed")"
made 'it is the password that was typed'
types "^new password=$secret" 'retype=open-sesamy'
check 'two that differ' grep -q 'the two passwords differ' "$work/typed"
same 'make nothing' '' "$(files_of "$ctid")"

# pct setup has it too.
mkdir -p "$work/tree/etc" && printf 'root:*:1:0:99999:7:::\n' >"$work/tree/etc/shadow"
printf 'lxc.utsname = ct1\n' >"$work/config"
shadow=$work/tree/etc/shadow
"$pct" setup --rootfs "$work/tree" --config "$work/config" --phase create --password - \
	<"$work/input" >"$work/out" 2>&1
check 'setup reads a line' matches
check 'help says how' grep -q 'TEXT|-' <("$pct" help create)
same 'nothing is left behind' '' "$(leftovers "$ctid" && files_of "$ctid")"
finish
