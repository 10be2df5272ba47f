# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154 # work is the caller's
# A cluster of Ceph on this host: a monitor, a manager, and a disk (OSD) of 5 GiB in a sparse file,
# from the packages that "tests/deps ceph" installs.  Its files are in $work/ceph, nothing is in
# /etc/ceph.  ceph_make makes and starts it, with a pool "rbd"; $ceph_monitor is its address for
# storage.cfg, $ceph_keyring has the key of client.admin.  ceph_stop and ceph_start keep its data,
# ceph_end does not.  ceph_missing tells what is not installed.
ceph=$work/ceph
ceph_port=$((20000 + RANDOM % 10000))
ceph_monitor="[v2:127.0.0.1:$ceph_port/0,v1:127.0.0.1:$((ceph_port + 1))/0]"
ceph_keyring=$ceph/keyring
ceph_pids=()

ceph_missing() {
	local program
	for program in ceph ceph-mon ceph-mgr ceph-osd ceph-authtool monmaptool rbd; do
		command -v $program >/dev/null || { echo "$program is not installed: tests/deps ceph" && return; }
	done
}
ceph_do() { timeout 30 ceph --conf "$ceph/conf" --connect-timeout 10 "$@"; }
rbd_do() { timeout 60 rbd --conf "$ceph/conf" "$@"; }

ceph_conf() {
	cat >"$ceph/conf" <<-END
		[global]
		fsid = $1
		mon_host = $ceph_monitor
		mon_initial_members = a
		auth_allow_insecure_global_id_reclaim = false
		public_network = 127.0.0.0/8
		osd_pool_default_size = 1
		osd_pool_default_min_size = 1
		osd_pool_default_pg_autoscale_mode = off
		osd_crush_chooseleaf_type = 0
		mon_allow_pool_size_one = true
		mon_data_avail_crit = 1
		mon_data_avail_warn = 1
		osd_memory_target = 939524096
		bluestore_block_size = 5368709120
		keyring = $ceph_keyring
		run_dir = $ceph
		crash_dir = $ceph
		admin_socket =
		log_file = $ceph/\$name.log
		mon_data = $ceph/mon
		mgr_data = $ceph/mgr
		osd_data = $ceph/osd
		[mgr]
		keyring = $ceph/mgr/keyring
		[osd]
		keyring = $ceph/osd/keyring
	END
}

# In the foreground, so that each is a child of this script.
ceph_daemon() {
	"$@" -f --conf "$ceph/conf" </dev/null >>"$ceph/daemons.log" 2>&1 &
	ceph_pids+=($!)
}
ceph_start() {
	ceph_daemon ceph-mon -i a
	ceph_daemon ceph-mgr -i a
	[ ! -e "$ceph/osd/ready" ] || ceph_daemon ceph-osd -i 0
	within 30 ceph_answers
}
ceph_answers() { ceph_do -s >/dev/null 2>&1; }
# A monitor that waits for others waits long: without notice, as after a power loss.
ceph_stop() {
	[ ${#ceph_pids[@]} -eq 0 ] || { kill -9 "${ceph_pids[@]}" && wait "${ceph_pids[@]}"; } 2>/dev/null
	ceph_pids=()
}
ceph_end() { ceph_stop && rm -rf "$ceph"; }

ceph_make_monitor() {
	ceph-authtool --create-keyring "$ceph_keyring" --gen-key -n mon. --cap mon 'allow *' &&
		ceph-authtool "$ceph_keyring" --gen-key -n client.admin --cap mon 'allow *' \
			--cap osd 'allow *' --cap mgr 'allow *' &&
		ceph-authtool --create-keyring "$ceph/mgr/keyring" --gen-key -n mgr.a \
			--cap mon 'allow profile mgr' --cap osd 'allow *' &&
		ceph-authtool "$ceph_keyring" --import-keyring "$ceph/mgr/keyring" &&
		monmaptool --create --addv a "$ceph_monitor" --fsid "$1" "$ceph/monmap" &&
		ceph-mon --conf "$ceph/conf" --mkfs -i a --monmap "$ceph/monmap" --keyring "$ceph_keyring"
}
ceph_make_disk() {
	local disk secret
	read -r disk </proc/sys/kernel/random/uuid
	secret=$(ceph-authtool --gen-print-key)
	ceph_do osd new "$disk" -i - <<<"{\"cephx_secret\": \"$secret\"}" &&
		ceph-authtool --create-keyring "$ceph/osd/keyring" --name osd.0 --add-key "$secret" &&
		ceph-osd --conf "$ceph/conf" -i 0 --mkfs --osd-uuid "$disk" && ceph_daemon ceph-osd -i 0
}
ceph_make_pool() { ceph_do osd pool create rbd 8 8 && rbd_do pool init rbd && within 60 ceph_counts; }
# The manager tells the size of a new pool after some seconds.
ceph_counts() { ceph_do df --format json 2>/dev/null | jq -e '.pools[] | select(.name == "rbd")' >/dev/null; }
ceph_make_steps() {
	local fsid
	read -r fsid </proc/sys/kernel/random/uuid
	mkdir -p "$ceph/"{mon,mgr,osd} && ceph_conf "$fsid" && ceph_make_monitor "$fsid" && ceph_start &&
		ceph_make_disk && ceph_make_pool
}
ceph_make() {
	mkdir -p "$ceph"
	ceph_make_steps >"$ceph/make.log" 2>&1 || { tail -n 20 "$ceph/make.log" "$ceph/daemons.log" >&2 && false; }
}
