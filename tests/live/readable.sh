#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A config may hold passwords (lxc.environment): nothing that is made of it is for everybody.
. "$(dirname "$0")/../lib.sh"
secret=open-sesame
new_bridge
new_ct busybox >/dev/null 2>&1
config=$PCT_ETC/lxc/$ctid/config
runtime=$PCT_LIB/$ctid/config
kept=$PCT_RUN/pct/$ctid

mode() { stat -c %a "$1"; }
# seen: the files that tell an ordinary user the secret.
seen() {
	setpriv --reuid 65534 --regid 65534 --clear-groups \
		grep -rls $secret "$PCT_ETC" "$PCT_LIB" "$PCT_RUN" "$PCT_VZ"
}

same 'the config that create makes' 640 "$(mode "$config")"
same 'and the one for liblxc' 640 "$(mode "$runtime")"
echo "lxc.environment = TOKEN=$secret" >>"$config"
check 'start' "$pct" start "$ctid"
check 'the secret is in the config for liblxc' grep -q $secret "$runtime"
same 'while it runs nobody else sees it' '' "$(seen)"
same 'root does by lxc-ls' "$ctid" "$(lxc-ls -P "$PCT_LIB" -1)"
check 'and lxc-info' lxc-info -P "$PCT_LIB" -n "$ctid" -c lxc.environment
same 'others read what names processes, and what container root needs' "$(printf '%s\n' monitor plan)" \
	"$(find "$kept" -type f -size +0 -perm /o=r -printf '%f\n' | sort)"

# Of a former version, which had 0644; the text is the same.
chmod 644 "$runtime"
"$pct" set "$ctid" --hostname web1 >/dev/null
same 'set mends an old one' 640 "$(mode "$runtime")"
"$pct" stop "$ctid"
chmod 644 "$runtime"
"$pct" start "$ctid" && "$pct" stop "$ctid"
same 'start as well' 640 "$(mode "$runtime")"
chmod 644 "$runtime"
check 'lxc-start' lxc-start -P "$PCT_LIB" -n "$ctid"
same 'and so does its hook' 640 "$(mode "$runtime")"
"$pct" stop "$ctid"

# An error quotes what it does not understand.
cp "$config" "$work/config"
echo "lxc.environment TOKEN $secret" >>"$config"
lxc-start -P "$PCT_LIB" -n "$ctid" 2>/dev/null
check 'the record of a failure quotes it' grep -q $secret "$kept/failure"
same 'but not to everybody' '' "$(seen)"
cp "$work/config" "$config"
sed -i 's/^pve.network.bridge = .*/pve.network.bridge = ptnone/' "$config"
"$pct" start "$ctid" 2>/dev/null
same "liblxc's log is not for everybody" 0 "$(stat -c %a "$kept/log" | tail -c 2)"
destroy "$ctid"
same 'nothing is left behind' '' "$(leftovers "$ctid" && files_of "$ctid")"
finish
