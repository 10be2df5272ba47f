#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Setup writes files on volumes of the container, and none on folders of the host.
. "$(dirname "$0")/../lib.sh"
template busybox
images="$PCT_VZ/images"
chmod 0755 "$work"
inside() { "$pct" exec "$ctid" -- sh -c "$1" 2>&1; }
hash_of() { (cd "$1" && find . -type f -exec stat -c '%n %Y %i' {} + -exec cat {} + | sort | sha256sum); }

for unprivileged in 1 0; do
	kind="unprivileged $unprivileged"
	# All files of setup are on volumes of the container: /etc, and the ledger in /var.
	new_ctid
	check "$kind: create with /etc and /var" "$pct" create "$ctid" "$template" --memory 64 --swap 0 \
		--unprivileged "$unprivileged" --mp0 local:0,mp=/etc --mp1 local:0.05,mp=/var \
		--hostname first --net0 name=eth0,ip=192.0.2.5/24
	same "$kind: the template is unpacked to them" 'yes' \
		"$([ -s "$images/$ctid/subvol-$ctid-disk-0.subvol/passwd" ] && echo yes)"
	check "$kind: start" "$pct" start "$ctid"
	same "$kind: setup has no finding" '' "$(cat "$work/out")"
	same "$kind: it wrote to them" 'first
  address 192.0.2.5
yes' "$(inside 'cat /etc/hostname; grep '^[^#]*address' /etc/network/interfaces; [ -s /var/lib/pct/ledger ] && echo yes' | sed 's/^\t/  /')"
	check "$kind: a live change" "$pct" set "$ctid" --hostname second
	same "$kind: is written to them" second "$(inside 'cat /etc/hostname')"
	check "$kind: pct net" "$pct" net "$ctid"
	check "$kind: stop" "$pct" stop "$ctid"
	check "$kind: setup of the stopped container" "$pct" setup "$ctid" --dry-run
	same "$kind: finds it done" '' "$(grep -v '^[^ ]*: same' "$work/out" | grep hostname)"
	check "$kind: destroy" "$pct" destroy "$ctid"

	# /etc is a folder of the host.
	new_ctid
	check "$kind: create" "$pct" create "$ctid" "$template" --memory 64 --swap 0 \
		--unprivileged "$unprivileged" --hostname third --net0 name=eth0,ip=192.0.2.5/24
	check "$kind: start" "$pct" start "$ctid"
	inside 'tar -C /etc -c .' >"$work/etc.tar"
	check "$kind: stop" "$pct" stop "$ctid"
	mkdir -p "$work/etc-$unprivileged"
	tar -C "$work/etc-$unprivileged" -xf "$work/etc.tar" --no-same-owner
	before=$(hash_of "$work/etc-$unprivileged")
	check "$kind: set of a folder on /etc" "$pct" set "$ctid" --mp0 "$work/etc-$unprivileged,mp=/etc" \
		--hostname fourth
	check "$kind: start with it" "$pct" start "$ctid"
	same "$kind: says that it stays" yes "$(grep -q 'on another mount' "$work/out" && echo yes)"
	check "$kind: a live change" "$pct" set "$ctid" --hostname fifth
	same "$kind: it is as it was" "$before" "$(hash_of "$work/etc-$unprivileged")"
	check "$kind: stop" "$pct" stop "$ctid"
	check "$kind: destroy" "$pct" destroy "$ctid"
	same "$kind: as it was after all" "$before" "$(hash_of "$work/etc-$unprivileged")"
done

# A read-only root volume: only its volumes can be written to.
new_ctid
check 'create with /var on a volume' "$pct" create "$ctid" "$template" --memory 64 --swap 0 --mp0 local:0.05,mp=/var
echo 'pve.rootfs = ro=1' >>"$PCT_ETC/lxc/$ctid/config"
check 'start with a read-only root' "$pct" start "$ctid"
same 'it cannot be written to' no "$(inside 'touch /x 2>/dev/null || echo no')"
same 'its volume can' '' "$(inside 'touch /var/x')"
check 'stop' "$pct" stop "$ctid"
finish
