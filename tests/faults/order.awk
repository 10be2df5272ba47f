# SPDX-License-Identifier: LGPL-2.1-or-later
# What a power loss could take, told by the order of calls in a log of the tracer; see order.sh.
# Variables: etc, lib, vz (the folders), create (1: a tree is unpacked).  A line for each violation.
BEGIN { FS = "\t" }

function below(path, folder) { return index(path, folder "/") == 1 }
function device(inode) { split(inode, part, ":"); return part[1] }
function is_volume(inode) { return int(device(inode) / 256) % 4096 == 7 } # a loop device
function is_kept(inode, path) {
	return is_volume(inode) || below(path, etc) || below(path, lib) || below(path, vz)
}
function is_temp(path) { return path ~ /\.(pct-)?[0-9a-f]{16}$/ }
function says(what) { print command ": " what }

# Nothing of what the config, or the ledger, is about to vouch for may be missing.
function all_is_there(volumes_only, path,    i) {
	for (i in dirty)
		if (!volumes_only || is_volume(i))
			says(path " is replaced before " dirty[i] " is synced")
	for (i in names)
		if (!volumes_only || is_volume(i))
			says(path " is replaced before the folder of " names[i] " is synced")
}
function synced(inode) { delete dirty[inode]; delete names[inode] }
function all_synced(dev,    i) {
	for (i in dirty)
		# A flush of a loop device syncs its image (drivers/block/loop.c, lo_req_flush).
		if (device(i) == dev || (int(dev / 256) % 4096 == 7 && dirty[i] ~ /\.raw$/))
			delete dirty[i]
	for (i in names)
		if (device(i) == dev)
			delete names[i]
}

$6 == "fault" || $6 == "killed" || $6 < 0 { next }
{ call = $4; inode = $7; folder = $8; path = $9 }
call == "fsync" || call == "fdatasync" { synced(inode); n_syncs++ }
call == "syncfs" { all_synced(device(inode)); n_syncs++ }
call ~ /^(p?writev?|pwrite64|sendfile|copy_file_range|f?truncate|fallocate|fchmod|fchown|fsetxattr)$/ &&
	is_kept(inode, path) { dirty[inode] = path }
call ~ /^rename/ && is_kept(folder, path) {
	n_renames++
	if (inode in dirty)
		says(path " is replaced by a file that is not synced")
	if (below(path, etc))
		all_is_there(0, path)
	if (is_volume(folder) && path ~ /\/var\/lib\/pct\/[^\/]*$/ && !create)
		all_is_there(1, path)
	names[folder] = path
}
call ~ /^(mkdir|symlink|link|mknod)(at)?$|\/new$/ && !is_temp(path) && is_kept(folder, path) {
	names[folder] = path
}
call ~ /^(unlink|rmdir)(at)?$/ && is_volume(folder) && !is_temp(path) { names[folder] = path }

END {
	for (i in dirty)
		says(dirty[i] " is not synced at the end")
	for (i in names)
		says("the folder of " names[i] " is not synced at the end")
	if (want_renames > n_renames + 0)
		says("only " n_renames + 0 " renames were seen")
}
