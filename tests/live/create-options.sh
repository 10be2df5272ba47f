#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Options of create: secrets, replacing, and a storage whose file system cannot map ids.
. "$(dirname "$0")/../lib.sh"
template busybox
folder=$PCT_VZ/template/cache
new_ctid
config=$PCT_ETC/lxc/$ctid/config
shadow=$images/$ctid/subvol-$ctid-rootfs.subvol/etc/shadow

# A password comes from standard input, ends as a hash, and lies nowhere else.
check 'create with a password from standard input' bash -c \
	'echo open-sesame | "$@"' - "$pct" create "$ctid" "$template" --rootfs local:0 --password
check 'its hash is in shadow' grep -q '^root:\$' "$shadow"
same 'the password itself is nowhere' '' \
	"$(grep -rl open-sesame "$PCT_ETC" "$PCT_LIB" "$PCT_RUN" "$images")"
refuses 2 'short password' 'password.*5' "$pct" create "$ctid" "$template" --force --password abc
printf 'ssh-ed25519 nonsense\n' >"$work/keys"
refuses 1 'file that holds no key' 'keys:1' \
	"$pct" create "$ctid" "$template" --force --ssh-public-keys "$work/keys"

# Host keys are made where the guest has no part, and copied.
cat >"$work/ssh-keygen" <<END
#!/bin/sh
while [ "\$1" != -f ]; do shift; done
echo "\$2" >>"$work/made"
echo secret >"\$2"
echo public >"\$2.pub"
END
chmod 755 "$work/ssh-keygen"
mkdir -p "$work/ssh/etc/ssh" && tar -C "$work/ssh" --zstd -cf "$folder/ssh_1_amd64.tar.zst" .
check 'create with host keys' unshare -m bash -c 'mount --bind "$1" /usr/bin/ssh-keygen && "${@:2}"' \
	- "$work/ssh-keygen" "$pct" create "$ctid" ssh_1_amd64.tar.zst --rootfs local:0 --force
same 'they are made in the run folder' "$(printf '%s\n' rsa ecdsa ed25519)" \
	"$(sed "s|^$PCT_RUN/pct/$ctid/keys\.[^/]*/||" "$work/made")"
same 'which keeps none' '' "$(find "$PCT_RUN" -name 'keys.*')"
same 'and are written into the tree' "$(printf '600 ssh_host_%s_key secret\n' ecdsa ed25519 rsa)" \
	"$(cd "$images/$ctid"/*/etc/ssh && for key in *_key; do
		echo "$(stat -c %a "$key") $key $(cat "$key")"
	done)"
check 'back to the other template' "$pct" create "$ctid" "$template" --rootfs local:0 --force

# cloud-init's user-data: a seed, with an instance id of its own; or nothing is created.
printf '#cloud-config\nruncmd: [date]\n' >"$work/user-data"
refuses 1 'user-data, and no cloud-init' 'the template: cloud-init is not installed; omit --user-data' \
	"$pct" create "$ctid" "$template" --rootfs local:0 --force --user-data "$work/user-data"
same 'nothing of it is left' '' "$(leftovers "$ctid" && files_of "$ctid")"
mkdir -p "$work/cloud/usr/bin" && : >"$work/cloud/usr/bin/cloud-init"
chmod 755 "$work/cloud/usr/bin/cloud-init"
tar -C "$work/cloud" --zstd -cf "$folder/cloud_1_amd64.tar.zst" .
seeds() { cat "$images/$ctid"/*/var/lib/cloud/seed/nocloud/"$1"; }
for input in "$work/user-data" -; do
	check "user-data of $input" bash -c '"${@:2}" <"$1"' - "$work/user-data" \
		"$pct" create "$ctid" cloud_1_amd64.tar.zst --rootfs local:0 --force --user-data "$input"
	same 'the seed has it' "$(cat "$work/user-data")" "$(seeds user-data)"
	seeds meta-data >>"$work/ids"
done
same 'each instance has its own id, and no host name' '2 2 0' "$(grep -c '^instance-id: [0-9a-f-]*$' \
	"$work/ids") $(grep ^instance-id: "$work/ids" | sort -u | wc -l) $(grep -c hostname "$work/ids")"
check 'back to the other template' "$pct" create "$ctid" "$template" --rootfs local:0 --force

# What is asked for has to make sense before the old container goes.
head -c 1M /dev/urandom >"$folder/noise.tar"
refuses 1 'replace by no archive' 'noise.tar' "$pct" create "$ctid" noise.tar --force
refuses 1 'replace on no storage' 'none' "$pct" create "$ctid" "$template" --force --storage none
check 'the old container is still there' test -s "$config" -a -s "$shadow"
check 'protect it' "$pct" set "$ctid" --protection 1
refuses 1 'replace a protected one' 'protected' "$pct" create "$ctid" "$template" --force
refuses 1 'destroy a protected one' 'protected' "$pct" destroy "$ctid"
"$pct" set "$ctid" --protection 0 && check 'destroy' "$pct" destroy "$ctid"

# A container of lxc-create's may have a number for a name.
mkdir "$PCT_LIB/$ctid" && echo 'lxc.uts.name = foreign' >"$PCT_LIB/$ctid/config"
refuses 1 'number of a container that is not ours' "lib/$ctid/config" \
	"$pct" create "$ctid" "$template"
check 'that one is untouched' grep -q foreign "$PCT_LIB/$ctid/config"
rm -r "${PCT_LIB:?}/$ctid"

# overlayfs does not map ids: they are shifted while unpacking.
mkdir "$work"/{lower,upper,work,overlay}
mount -t overlay -o "lowerdir=$work/lower,upperdir=$work/upper,workdir=$work/work" overlay \
	"$work/overlay"
printf 'dir: over\n\tpath %s\n\tcontent rootdir\n' "$work/overlay" >"$PCT_ETC/storage.cfg"
check 'create where ids cannot be mapped' "$pct" create "$ctid" "$template" --rootfs over:0
same 'container root owns the tree' 100000 \
	"$(cd "$work/overlay/images/$ctid/subvol-$ctid-rootfs.subvol" && stat -c %u . etc/passwd | sort -u)"
check 'it starts' "$pct" start "$ctid"
same 'and sees itself as root' 0 "$("$pct" exec "$ctid" -- stat -c %u /etc/passwd)"
"$pct" stop "$ctid"
check 'destroy it' "$pct" destroy "$ctid"
same 'nothing is left on that storage' '' "$(find "$work/overlay/images" -mindepth 1)"
umount "$work/overlay" && rm "$PCT_ETC/storage.cfg"
same 'nothing is left behind' '' "$(leftovers "$ctid" && files_of "$ctid")"
finish
