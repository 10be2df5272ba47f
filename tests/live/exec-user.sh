#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# exec and enter as a user of the container, in a folder, with variables.
. "$(dirname "$0")/../lib.sh"
new_bridge
new_ct busybox >/dev/null 2>&1
check 'start' "$pct" start "$ctid"
inside() { "$pct" exec "$ctid" -- "$@" </dev/null; }
as() { "$pct" exec "$ctid" "$@" </dev/null 2>&1; }

# The user 33 of the container is another one on this host, or none.
"$pct" exec "$ctid" -- sh -c 'cat >>/etc/passwd' <<'END'
wwwrun:x:4033:4034:Web,,,:/srv/www:/bin/sh
nohome:x:4035:4035::/nowhere:/bin/sh
kept:x:4036:4036::/:/bin/false
END
"$pct" exec "$ctid" -- sh -c 'cat >>/etc/group' <<'END'
wwwrun:x:4034:
logs:x:4040:nobody,wwwrun
other:x:4041:nobody
END
inside sh -c 'mkdir -p /srv/www && chown 4033:4034 /srv/www && chmod 700 /srv/www'

same 'a user by name, with its groups' 'uid=4033(wwwrun) gid=4034(wwwrun) groups=4034(wwwrun),4040(logs)' \
	"$(as --user wwwrun -- id)"
same 'a user by number' 'uid=4033(wwwrun) gid=4034(wwwrun) groups=4034(wwwrun),4040(logs)' \
	"$(as --user 4033 -- id)"
same 'a number without a user' 'uid=4999 gid=4999 groups=4999' "$(as --user 4999 -- id)"
same 'the option may come first' 4033 "$("$pct" exec --user=wwwrun "$ctid" id -u </dev/null)"
same 'an option of the command is the command'"'"'s' '--user' "$(as echo --user)"
same 'root by name, with its groups' 0 "$(as --user root -- id -u)"
# shellcheck disable=SC2016
show='echo "$HOME $USER $LOGNAME $SHELL $(pwd)"'
same 'its variables and folder' '/srv/www wwwrun wwwrun /bin/sh /srv/www' "$(as --user wwwrun -- sh -c "$show")"
same 'a home that is missing' '/nowhere nohome nohome /bin/sh /' "$(as --user nohome -- sh -c "$show")"
same 'without --user as ever' '/root root root /root' \
	"$(inside sh -c 'echo "$HOME $USER $LOGNAME $(pwd)"')"
same 'a variable' 'a b=c' "$(as --env 'X=a b=c' -- sh -c 'echo "$X"')"
same 'several, of which the last counts' '2 3' "$(as --env X=1 --env Y=3 --env X=2 -- sh -c 'echo $X $Y')"
same 'one that is set anyway' '/x /bin' "$(as --env HOME=/x --env PATH=/bin -- sh -c 'echo $HOME $PATH')"
same 'also for a user' '/x wwwrun' "$(as --user wwwrun --env HOME=/x -- sh -c 'echo $HOME $USER')"
same 'nothing twice' '' "$(as --user wwwrun --env HOME=/x --env X=1 --env X=2 -- env | cut -d= -f1 | sort | uniq -d)"
same 'a folder' /etc "$(as --cwd /etc -- pwd)"
same 'a folder of the user' /srv/www "$(as --user wwwrun --cwd /srv/www -- pwd)"

# fails STATUS WHAT PATTERN OPTION...
fails() { refuses "$1" "$2" "$3" "$pct" exec "$ctid" "${@:4}"; }
fails 126 'no such user' 'frobnicate: there is no such user in the container' --user frobnicate -- true
fails 126 'no such folder' '/frobnicate: cannot change to it in the container: No such file' --cwd /frobnicate -- true
fails 126 'a folder that is not for the user' '/root: cannot change to it.*Permission denied' \
	--user wwwrun --cwd /root -- true
fails 127 'no such command' 'frobnicate: cannot run it' --user wwwrun -- frobnicate
fails 126 'a number that the id map does not have' '70000: cannot become this user' --user 70000 -- true
fails 2 'wrong use: a relative folder' 'not an absolute path' --cwd etc -- true
fails 2 'wrong use: a variable without a value' 'not NAME=VALUE' --env X -- true
fails 2 'wrong use: a variable without a name' 'not NAME=VALUE' --env =X -- true
fails 2 'wrong use: two users' 'not the name of a user' --user a:b -- true
as --user wwwrun -- sh -c 'exit 7'
same 'the status is passed' 7 $?

# Nothing is left of root's rights.
same 'no capabilities' '0000000000000000' \
	"$(as --user wwwrun -- sh -c 'sed -n "s/^Cap[IPEA][a-z]*:.//p" /proc/self/status' | sort -u)"
fails 1 'files of root stay closed' 'Permission denied' --user wwwrun -- cat /etc/shadow
same 'it can open its own standard output' out "$(as --user wwwrun -- sh -c 'echo out >/dev/stdout')"
same 'and its terminal' out "$(script -qec "$pct exec $ctid --user wwwrun -- sh -c 'echo out >\$(tty)'" /dev/null |
	tr -d '\r' | grep -o 'out$')"
# Its own group may have many members, who could write to the terminal of who enters (mode 0620).
group_of() { script -qec "$pct exec $ctid $* -- sh -c 'ls -ln \$(tty)'" /dev/null | awk '{ print $4 }'; }
same 'which keeps the group of terminals' "$(group_of)" "$(group_of --user wwwrun)"
# As the command of root does, it ends with pct.
"$pct" exec "$ctid" --user wwwrun -- sleep 778 </dev/null &
running() { inside ps | grep -q '[s]leep 778'; }
within 5 running
kill -KILL $!
wait $! 2>/dev/null
gone() { ! running; }
check 'it ends with pct' within 5 gone

same 'enter: a login shell of the user' "$(printf 'wwwrun\n/srv/www\n-sh\nv')" \
	"$(printf 'id -un; pwd; echo $0; echo $X; exit\n' | "$pct" enter "$ctid" --user wwwrun --env X=v 2>/dev/null)"
"$pct" enter "$ctid" --user kept </dev/null
same 'enter: a shell that keeps the user out' 1 $?

# Files of a hostile container: what they say counts in there only, and none makes pct hang.
inside sh -c 'cp /etc/passwd /etc/passwd- && cp /etc/group /etc/group- && echo "toor:x:0:0::/:/bin/sh" >>/etc/passwd'
same 'another name of root' 0 "$(as --user toor -- id -u)"
inside ln -sf /proc/self/root/etc/passwd- /etc/passwd
same 'a link is of the container' 4033 "$(as --user wwwrun -- id -u)"
for bad in 'mkfifo /etc/passwd' 'ln -s /dev/zero /etc/passwd' 'mkdir /etc/passwd' 'ln -s /dev/console /etc/passwd'; do
	inside sh -c "rm -rf /etc/passwd && $bad"
	same "$bad" 126 "$(timeout 10 "$pct" exec "$ctid" --user wwwrun -- true </dev/null 2>/dev/null; echo $?)"
	same "$bad, without a user" 0 "$(timeout 10 "$pct" exec "$ctid" -- true </dev/null 2>/dev/null; echo $?)"
done
inside sh -c 'rm -rf /etc/passwd && mv /etc/passwd- /etc/passwd && head -c 2000000 /dev/zero >>/etc/group'
fails 126 'a file without end' '/etc/group: cannot read it.*File too large' --user wwwrun -- true
inside mv /etc/group- /etc/group
inside sh -c 'for i in $(seq 5000 5200); do echo "g$i:x:$i:wwwrun"; done >>/etc/group'
same 'many groups' 203 "$(as --user wwwrun -- id -G | wc -w)"
check 'stop' "$pct" stop "$ctid"
finish
