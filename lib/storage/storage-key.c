/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keys of storage.cfg, with Proxmox VE's names.  Each type lists its own by name. */
#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "lib/base/util.h"
#include "lib/storage/storage.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool is_text(const char *s)
{
	return *s && !has_control(s) && s[0] != ' ' && !str_ends_with(s, " ");
}

static bool is_flag(const char *s)
{
	bool ignored;

	return parse_bool(s, &ignored);
}

static bool is_path(const char *s)
{
	return s[0] == '/' && is_text(s) && !strstr(s, "/../") && !str_ends_with(s, "/..");
}

static bool is_flag_or_path(const char *s)
{
	return is_flag(s) || is_path(s);
}

static bool each_is(const char *list, bool (*is_valid)(const char *word))
{
	autostrv char **words = strv_split(list, ", \t");
	size_t n = 0;

	while (words && words[n] && is_valid(words[n]))
		n++;
	return n && !words[n];
}

static bool is_content(const char *word)
{
	static const char *const known[] = { "images", "rootdir", "vztmpl", "snippets", "backup",
					     "iso", "import", "none", NULL };

	return strv_has((char *const *)known, word);
}

static bool is_contents(const char *s)
{
	return each_is(s, is_content);
}

static bool is_node(const char *word)
{
	return isalnum((unsigned char)*word) && strspn(word, LETTERS "0123456789-") == strlen(word);
}

static bool is_nodes(const char *s)
{
	return each_is(s, is_node);
}

/* A name of LVM, ZFS or Ceph; also a path in ZFS: it becomes an argument of their programs. */
static bool is_name(const char *s)
{
	return isalnum((unsigned char)*s) &&
	       strspn(s, LETTERS "0123456789-._+/:") == strlen(s) && !strstr(s, "..");
}

static bool is_number(const char *s)
{
	uint64_t ignored;

	return parse_uint(s, 0, UINT32_MAX, &ignored);
}

/* Of ZFS: 8192, 8k. */
static bool is_block_size(const char *s)
{
	size_t digits = strspn(s, "0123456789");
	autofree char *number = xstrndup(s, digits);
	uint64_t n, unit = strspn(s + digits, "kK") ? 1024 : strspn(s + digits, "mM") ? 1 << 20 : 1;

	return strlen(s + digits) <= 1 && (unit > 1 || !s[digits]) &&
	       parse_uint(number, 1, 1 << 20, &n) && n * unit >= 512 && n * unit <= 1 << 20 &&
	       (n & (n - 1)) == 0;
}

#define FLAG is_flag, "0 or 1"
#define PATH is_path, "an absolute path"
#define NAME is_name, "a name"
#define TEXT is_text, "a text"
#define FIELD(f) offsetof(struct storage, f)

const struct storage_key storage_keys[] = {
	{ "content", FIELD(content), is_contents,
	  "a list of images, rootdir, vztmpl, snippets, backup, iso, import or none", true, true },
	{ "nodes", FIELD(nodes), is_nodes, "a list of nodes", true, true },
	{ "disable", FIELD(disable), FLAG, true, false },
	{ "shared", FIELD(shared), FLAG, true, false },
	{ "path", FIELD(path), PATH, false, false },
	{ "mkdir", FIELD(mkdir), FLAG, false, false },
	{ "create-base-path", FIELD(create_base_path), FLAG, false, false },
	{ "create-subdirs", FIELD(create_subdirs), FLAG, false, false },
	{ "is_mountpoint", FIELD(is_mountpoint), is_flag_or_path, "0, 1 or an absolute path",
	  false, false },
	{ "format", FIELD(format), NAME, false, true },
	{ "preallocation", FIELD(preallocation), NAME, false, true },
	{ "nocow", FIELD(nocow), FLAG, false, false },
	{ "prune-backups", FIELD(prune_backups), TEXT, false, true },
	{ "maxfiles", FIELD(maxfiles), is_number, "a number", false, true },
	{ "options", FIELD(options), TEXT, false, false },
	{ "pool", FIELD(pool), NAME, false, false },
	{ "vgname", FIELD(vgname), NAME, false, false },
	{ "thinpool", FIELD(thinpool), NAME, false, false },
	{ "saferemove", FIELD(saferemove), FLAG, false, false },
	{ "sparse", FIELD(sparse), FLAG, false, false },
	{ "blocksize", FIELD(blocksize), is_block_size, "a power of two from 512 to 1M, as in 16k",
	  false, false },
	{ "mountpoint", FIELD(mountpoint), PATH, false, true },
	{ "monhost", FIELD(monhost), TEXT, false, false },
	{ "username", FIELD(username), TEXT, false, false },
	{ "keyring", FIELD(keyring), TEXT, false, false },
	{ "krbd", FIELD(krbd), FLAG, false, true },
	{ "namespace", FIELD(namespace), NAME, false, false },
	{ "data-pool", FIELD(data_pool), NAME, false, false },
	{ "server", FIELD(server), TEXT, false, false },
	{ "export", FIELD(export), PATH, false, false },
	{ "share", FIELD(share), TEXT, false, false },
	{ 0 },
};

char **storage_field(struct storage *s, const struct storage_key *key)
{
	return (char **)((char *)s + key->field);
}

bool storage_flag(const char *value, bool otherwise)
{
	bool flag = otherwise;

	if (value)
		parse_bool(value, &flag);
	return flag;
}
