#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A value with a newline or another control character is refused on every way in, with one line
# that names it, and nothing is written.
. "$(dirname "$0")/../lib.sh"

file=$PCT_ETC/lxc/105/config
example=$top/tests/golden/lower/example/config
mkdir -p "${file%/*}" "$work/root/etc" "$PCT_VZ/template/cache"
echo 'ID=debian' >"$work/root/etc/os-release"
tar -cf "$PCT_VZ/template/cache/t_1_amd64.tar.zst" --zstd -C "$work/root" .

# Everything that a command may write to, with its contents.
state() { find "$work/etc" "$work/lib" "$work/vz" "$work/root" -type f -exec sha256sum {} + | sort; }

# way STATUS WHAT PATTERN COMMAND...: refused, and all is as it was.
way() {
	local before
	before=$(state)
	refuses "$@"
	same "$2: nothing is written" "$before" "$(state)"
}

setup() { "$pct" setup --rootfs "$work/root" --config "$@"; }

# The last four: C1, a separator of lines, an override and an isolate of the direction of text.
for c in $'\n' $'\r' $'\t' $'\033' $'\177' \
	$'\xc2\x85' $'\xe2\x80\xa8' $'\xe2\x80\xae' $'\xe2\x81\xa6'; do
	name=$(printf '%s' "$c" | od -An -tx1 | tr -d ' \n')
	cp "$example" "$file"

	# Options, of set and of create; a note is text, and is encoded.
	while read -r option before after; do
		value=$before$c${after}
		way 2 "$name in set --$option" "$option: control character" \
			"$pct" set 105 "--$option" "$value"
		way 2 "$name in create --$option" "$option: control character" \
			"$pct" create 200 t_1_amd64.tar.zst "--$option" "$value"
	done <<-'END'
		hostname a b
		nameserver 1.1.1.1 2.2.2.2
		searchdomain ex.org b.org
		timezone Europe/ Vienna
		tags a b
		features nesting=1 ,
		startup order=1 ,up=2
		memory 51 2
		net0 name=eth0,bridge=vm br0
		net1 name=eth1,ip=10.0.0.5/24 ;10.0.0.6/24
		net1 name=eth1,ip6=auto,token=::5 x
		net1 name=eth1,route=10.5.0.0/16 via
	END

	# Files of both formats.  A line break ends a line there, so that what follows is no KEY.
	[ "$c" = $'\n' ] && why='is not KEY' || why='control character'
	{ cat "$example" && printf 'pve.nameserver = 1.1.1.1%sx\n' "$c"; } >"$work/old"
	way 1 "$name in a config of 2015" "old:1[45].*$why" setup "$work/old"
	printf 'arch: amd64\nnet0: name=eth0%sx\n' "$c" >"$work/new"
	way 1 "$name in a config of today" "new:[23].*$why" setup "$work/new"

	# liblxc takes a tab for a blank.
	if [ "$c" != $'\t' ]; then
		{ cat "$example" && printf 'lxc.environment = A=%sx\n' "$c"; } >"$work/old"
		way 1 "$name in a raw key" "old:1[45].*$why" setup "$work/old"
		printf 'arch: amd64\nlxc.environment: A=%sx\n' "$c" >"$work/new"
		way 1 "$name in a raw key of today" "new:[23].*$why" setup "$work/new"
	fi

	# What pct setup is told of the host.
	cp "$example" "$work/good"
	way 2 "$name in --host-timezone" '--host-timezone: "UTC\?.*is not a time zone' \
		setup "$work/good" --host-timezone "UTC${c}x"

	# storage.cfg
	printf 'dir: local\n\tpath /tmp/x%sy\n\tcontent rootdir,vztmpl\n' "$c" >"$PCT_ETC/storage.cfg"
	way 1 "$name in storage.cfg" 'storage.cfg:[23]' \
		"$pct" create 200 t_1_amd64.tar.zst --storage local
	rm "$PCT_ETC/storage.cfg"

	# The environment
	way 1 "$name in the environment" 'has a character that a shell' \
		env "PCT_LIB=$PCT_LIB${c}x" "$pct" set 105 --hostname other
done

# Other text stays what it is, also in a file or a pipe; on a terminal nothing of it is hidden.
cp "$example" "$file"
value=$'A=\xc3\xa4\xe6\x97\xa5\xe2\x80\x8bx'
printf 'lxc.environment = %s\n' "$value" >>"$file"
check 'a value with ordinary and hidden characters' "$pct" config 105
check 'goes to a pipe as it is' grep -qxF "lxc.environment: $value" <("$pct" config 105)
check 'to a terminal without what hides' grep -qF $'A=\xc3\xa4\xe6\x97\xa5?x' \
	<(script -qec "$pct config 105" /dev/null </dev/null)
same 'and into JSON as it can be read' $'["lxc.environment","A=\xc3\xa4\xe6\x97\xa5\\u200bx"]' \
	"$("$pct" config 105 --output-format json | grep -o '\["lxc.environment"[^]]*]')"
check 'a note may hold anything' "$pct" set 105 --description $'\xe2\x80\xaex'
check 'as it is encoded' grep -qx 'pve.comment = %E2%80%AEx' "$file"
finish
