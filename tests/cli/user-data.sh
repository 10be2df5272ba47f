#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pct create --user-data: what cloud-init can tell the format of, and nothing else.  The template does
# not exist, so a create that takes the data fails because of it.
. "$(dirname "$0")/../lib.sh"

# data TEXT: as printf(1) has it.
data() {
	# shellcheck disable=SC2059
	printf "$1" >"$work/data"
}
create() { "$pct" create 200 none.tar "$@"; }
from_input() { create --user-data - <"$work/data"; }

# ---- taken ----
while read -r text; do
	data "$text"
	refuses 1 "takes $text" 'none\.tar: ' create --user-data "$work/data"
	refuses 1 "takes $text of standard input" 'none\.tar: ' from_input
done <<'END'
#cloud-config\nusers: []\n
#Cloud-Config\r\nusers: []\r\n
\n  #cloud-config\n
#!/bin/sh\ndate\n
#include\nhttps://example.org/data\n
#include-once\nhttps://example.org/data\n
#cloud-config-archive\n- text: x\n
#cloud-boothook\n#!/bin/sh\n
#part-handler\n
## template: jinja\n#cloud-config\n
Content-Type: multipart/mixed; boundary="b"\nMIME-Version: 1.0\n\n--b\n
END

# ---- refused ----
while read -r text; do
	data "$text"
	refuses 1 "does not take $text" \
		"^pct: --user-data: cloud-init does not know the format of $work/data; .*#cloud-config" \
		create --user-data "$work/data"
done <<'END'

users: []\n
cloud-config\n
# cloud-config\n
#cloud-conf\n
date\n
{"users": []}\n
## template: mako\n#cloud-config\n
END
data '#cloud-config\n\0'
refuses 1 'no compressed data' 'is not a text file; unpack it' create --user-data "$work/data"
{ echo '#cloud-config' && head -c 1M /dev/zero | tr '\0' '#'; } >"$work/data"
refuses 1 'at most 1 MiB' "$work/data: is larger than 1048576 bytes" create --user-data "$work/data"
refuses 1 'at most 1 MiB of standard input' 'standard input: is larger than' from_input
refuses 1 'no folder' "$work: is not a regular file" create --user-data "$work"
refuses 1 'no missing file' "$work/none: " create --user-data "$work/none"

# ---- standard input is read for one purpose ----
refuses 2 'not the template and the data' 'standard input is the template; give the user-data as a file' \
	"$pct" create 200 - --user-data -
for password in --password --password=-; do
	refuses 2 "not $password and the data" 'standard input is the password; give the user-data as a file' \
		create --user-data - "$password"
done
same 'no terminal' 'pct: --user-data: standard input is a terminal' \
	"$(script -qec "$pct create 200 none.tar --user-data -" /dev/null </dev/null | tr -d '\r')"
refuses 2 'not for an existing container' 'there is no such option' "$pct" set 200 --user-data "$work/data"
finish
