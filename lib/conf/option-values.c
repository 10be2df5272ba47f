/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of single keys: checks, and forms on the command line and in the file. */
#include "lib/conf/conf-internal.h"

#include <ctype.h>
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/name-check.h"
#include "lib/base/suggest.h"
#include "lib/base/util.h"

#define MAX_SECONDS (86400 * 365) /* of pve.startup */

static int bad(struct err *e, const char *what, const char *value)
{
	return err_set(e, EINVAL, NULL, "%s \"%s\"", what, value);
}

static int bool_read(struct conf_file *f, const struct conf_option *o, char *value, void *field,
		     struct err *e)
{
	(void)f;
	(void)o;
	return parse_bool(value, field) ? 0 : bad(e, "is not 0 or 1:", value);
}

static int bool_encode(const char *value, char **ret, struct err *e)
{
	bool b;

	if (!parse_bool(value, &b))
		return bad(e, "is not 0 or 1:", value);
	*ret = xstrdup(b ? "1" : "0");
	return 0;
}

const struct conf_type conf_type_bool = { .read = bool_read, .encode = bool_encode };

static int uint_read(struct conf_file *f, const struct conf_option *o, char *value, void *field,
		     struct err *e)
{
	uint64_t n;

	(void)f;
	if (!parse_uint(value, o->min, o->max, &n))
		return err_range(e, "", false, o->min, o->max, value);
	*(unsigned *)field = (unsigned)n;
	return 0;
}

const struct conf_type conf_type_uint = { .read = uint_read };

static int hostname_read(struct conf_file *f, const struct conf_option *o, char *value, void *field,
			 struct err *e)
{
	(void)f;
	(void)o;
	*(char **)field = value;
	return name_check(value, NAME_HOST, e);
}

const struct conf_type conf_type_hostname = { .read = hostname_read };

/* The names of Proxmox VE in 2015 and LXC, and Debian's. */
static const char *const arches[][2] = {
	{ "amd64", "amd64" },     { "x86_64", "amd64" },  { "i386", "i386" },
	{ "i686", "i386" },       { "x86", "i386" },      { "arm64", "arm64" },
	{ "aarch64", "arm64" },   { "armhf", "armhf" },   { "armv7l", "armhf" },
	{ "armel", "armel" },     { "riscv64", "riscv64" }, { "riscv32", "riscv32" },
	{ "ppc64el", "ppc64el" }, { "ppc64le", "ppc64el" }, { "s390x", "s390x" },
	{ "mips64el", "mips64el" }, { "loong64", "loong64" },
};

const char *conf_arch(size_t i)
{
	size_t at = 0;

	while (at < ARRAY_SIZE(arches) && (!str_eq(arches[at][0], arches[at][1]) || i-- > 0))
		at++;
	return at < ARRAY_SIZE(arches) ? arches[at][0] : NULL;
}

static int arch_read(struct conf_file *f, const struct conf_option *o, char *value, void *field,
		     struct err *e)
{
	autostrv char **known = NULL;

	(void)f;
	(void)o;
	for (size_t i = 0; i < ARRAY_SIZE(arches); i++)
		if (str_eq(value, arches[i][0])) {
			*(const char **)field = arches[i][1];
			return 0;
		}
	for (size_t i = 0; i < ARRAY_SIZE(arches); i++)
		if (!strv_has(known, arches[i][1]))
			strv_push(&known, arches[i][1]);
	bad(e, "unknown architecture", value);
	return suggestion_remedy(value, known, e);
}

const struct conf_type conf_type_arch = { .read = arch_read };

/* A word that becomes part of a path, like ostype. */
static int word_read(struct conf_file *f, const struct conf_option *o, char *value, void *field,
		     struct err *e)
{
	size_t n = strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-_");

	(void)f;
	(void)o;
	if (value[n] || n == 0 || n > 32 || *value == '-')
		return bad(e, "is not a name of a-z, 0-9, - and _:", value);
	*(char **)field = value;
	return 0;
}

const struct conf_type conf_type_word = { .read = word_read };

/* Percent-encoding of everything outside 0x20-0x7e, and of % and : (as in Proxmox VE). */
static int text_encode(const char *value, char **ret, struct err *e)
{
	autobuf out = BUF_INIT;

	if (strlen(value) > 8192)
		return err_set(e, EINVAL, NULL, "is longer than 8192 bytes");
	for (; *value; value++) {
		unsigned char c = (unsigned char)*value;

		if (c < 0x20 || c > 0x7e || c == '%' || c == ':')
			buf_addf(&out, "%%%02X", c);
		else
			buf_addc(&out, (char)c);
	}
	/* Encode blanks at the ends, which a parser of the file would strip. */
	while (out.len && out.s[out.len - 1] == ' ') {
		out.s[--out.len] = '\0';
		buf_add(&out, "%20");
	}
	if (out.len && out.s[0] == ' ') {
		*ret = xasprintf("%%20%s", out.s + 1);
		return 0;
	}
	*ret = buf_detach(&out);
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool conf_text_decode(const char *value, char *to)
{
	for (const char *at = value; *at; at++) {
		int high = *at == '%' ? hex_digit(at[1]) : -1;
		int low = high >= 0 ? hex_digit(at[2]) : -1;

		/* A % without two hex digits stands for itself, since people edit these files. */
		if (low < 0) {
			*to++ = *at;
			continue;
		}
		if (high == 0 && low == 0)
			return false;
		*to++ = (char)(high << 4 | low);
		at += 2;
	}
	*to = '\0';
	return true;
}

static int text_read(struct conf_file *f, const struct conf_option *o, char *value, void *field,
		     struct err *e)
{
	char *out = conf_strndup(f, value, strlen(value));

	(void)o;
	if (!conf_text_decode(value, out))
		return bad(e, "encodes a NUL byte:", value);
	*(char **)field = out;
	return 0;
}

const struct conf_type conf_type_text = { .read = text_read, .encode = text_encode,
					  .form = "PERCENT-ENCODED-TEXT" };

static int nameserver_check(const char *s, struct err *e)
{
	char zone[ZONE_SIZE];
	struct ip ip;

	return ip_parse_zone(s, &ip, zone, e);
}

static int searchdomain_check(const char *s, struct err *e)
{
	return name_check(s, NAME_DOMAIN, e);
}

/* Join with blanks, whatever the separators; at least one value. */
static int list_encode(const char *value, int (*check)(const char *, struct err *), char **ret,
		       struct err *e)
{
	autostrv char **words = strv_split(value, " \t,;");
	int r;

	for (char **w = words; *w; w++) {
		r = check(*w, e);
		if (r < 0)
			return r;
	}
	if (!*words)
		return bad(e, "is empty:", value);
	*ret = strv_join(words, " ");
	return 0;
}

static int nameserver_encode(const char *value, char **ret, struct err *e)
{
	return list_encode(value, nameserver_check, ret, e);
}

static int searchdomain_encode(const char *value, char **ret, struct err *e)
{
	return list_encode(value, searchdomain_check, ret, e);
}

static int keep(struct conf_file *f, const char *text, void *field)
{
	*(char **)field = conf_strndup(f, text, strlen(text));
	return 0;
}

static int nameserver_read(struct conf_file *f, const struct conf_option *o, char *value,
			   void *field, struct err *e)
{
	autofree char *list = NULL;
	int r = nameserver_encode(value, &list, e);

	(void)o;
	return r < 0 ? r : keep(f, list, field);
}

static int searchdomain_read(struct conf_file *f, const struct conf_option *o, char *value,
			     void *field, struct err *e)
{
	autofree char *list = NULL;
	int r = searchdomain_encode(value, &list, e);

	(void)o;
	return r < 0 ? r : keep(f, list, field);
}

const struct conf_type conf_type_nameserver = { .read = nameserver_read,
						.encode = nameserver_encode,
						.form = "ADDR [ADDR...]" };
const struct conf_type conf_type_searchdomain = { .read = searchdomain_read,
						  .encode = searchdomain_encode,
						  .form = "DOMAIN [DOMAIN...]" };

static int timezone_read(struct conf_file *f, const struct conf_option *o, char *value, void *field,
			 struct err *e)
{
	(void)f;
	(void)o;
	*(char **)field = value;
	return name_check(value, NAME_ZONE, e);
}

const struct conf_type conf_type_timezone = { .read = timezone_read };

static int startup_read(struct conf_file *f, const struct conf_option *o, char *value, void *field,
			struct err *e)
{
	struct startup all = STARTUP_NONE;
	const struct {
		const char *name;
		unsigned *to;
	} parts[] = { { "order=", &all.order }, { "up=", &all.up }, { "down=", &all.down },
		      { "", &all.order } };
	unsigned seen = 0; /* a bit for each part; the last part is another form of the first */
	autostrv char **words = strv_split(value, ",");
	uint64_t n;

	(void)f;
	(void)o;
	for (char **word = words; *word; word++) {
		size_t i = 0;

		while (!str_after(*word, parts[i].name))
			i++;
		if (!parse_uint(str_after(*word, parts[i].name), 0, MAX_SECONDS, &n))
			return bad(e, "is not [order=]N,up=SECONDS,down=SECONDS:", value);
		*parts[i].to = (unsigned)n;
		i %= ARRAY_SIZE(parts) - 1;
		if (seen & 1u << i)
			return err_set(e, EINVAL, NULL, "%.*s is given twice",
				       (int)strlen(parts[i].name) - 1, parts[i].name);
		seen |= 1u << i;
	}
	if (!*words)
		return bad(e, "is empty:", value);
	*(struct startup *)field = all;
	return 0;
}

const struct conf_type conf_type_startup = { .read = startup_read };

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int tag_check(const char *s, struct err *e)
{
	if (strchr("+.-", *s) || s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_.+-")])
		return bad(e, "bad tag", s);
	return 0;
}

/* Lower case, sorted, without duplicates, joined with semicolons. */
static int tags_encode(const char *value, char **ret, struct err *e)
{
	autofree char *lower_case = xstrdup(value), *list = NULL;
	autostrv char **tags = NULL;
	size_t n = 0;
	int r;

	for (char *at = lower_case; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	r = list_encode(lower_case, tag_check, &list, e);
	if (r < 0)
		return r;
	tags = strv_split(list, " ");
	qsort(tags, strv_len(tags), sizeof *tags, compare_strings);
	for (char **t = tags; *t; t++)
		if (n == 0 || !str_eq(*t, tags[n - 1]))
			tags[n++] = *t;
		else
			free(*t);
	tags[n] = NULL;
	*ret = strv_join(tags, ";");
	return 0;
}

static int tags_read(struct conf_file *f, const struct conf_option *o, char *value, void *field,
		     struct err *e)
{
	autofree char *tags = NULL;

	(void)f;
	(void)o;
	(void)field;
	return tags_encode(value, &tags, e);
}

const struct conf_type conf_type_tags = { .read = tags_read, .encode = tags_encode };

int conf_volid_check(const char *value, struct err *e)
{
	size_t n = strcspn(value, ":");
	const char *name = value[n] ? value + n + 1 : "";

	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)value[i]) && !strchr("_.-", value[i]))
			return bad(e, "is not STORAGE:VOLUME:", value);
	if (n == 0 || !*name || *name == '/' || strstr(name, "..") || strchr(name, ' '))
		return bad(e, "is not STORAGE:VOLUME:", value);
	return 0;
}

static int volid_read(struct conf_file *f, const struct conf_option *o, char *value, void *field,
		      struct err *e)
{
	(void)f;
	(void)o;
	*(char **)field = value;
	return conf_volid_check(value, e);
}

static char *volid_get(const struct conf_file *f)
{
	const struct conf_volume *v = &f->rootfs;
	autofree char *size = v->mib ? conf_size_text(v->mib) : NULL;
	autobuf out = BUF_INIT;

	if (!v->id && !f->rootfs_words)
		return NULL;
	if (v->id)
		buf_addf(&out, "%s,", v->id);
	if (v->id && size)
		buf_addf(&out, "size=%s,", size);
	buf_add(&out, f->rootfs_words ? f->rootfs_words : "");
	return conf_slot_sorted(conf_volume_words, buf_str(&out));
}

/* snippet_find() checks the rest. */
const struct conf_type conf_type_snippet = { .read = volid_read };
const struct conf_type conf_type_volid = { .read = volid_read, .get = volid_get,
					   .form = "STORAGE:CTID/NAME" };

/* GiB, also a fraction, which becomes MiB, rounded up. */
static int disksize_read(struct conf_file *f, const struct conf_option *o, char *value, void *field,
			 struct err *e)
{
	size_t whole = strspn(value, "0123456789");
	size_t point = value[whole] == '.' ? 1 + strspn(value + whole + 1, "0123456789") : 0;
	double mib = strtod(value, NULL) * 1024;

	(void)f;
	(void)o;
	if (!whole || point == 1 || value[whole + point] || mib > 0x1p34)
		return bad(e, "is not a size in GiB:", value);
	*(uint64_t *)field = (uint64_t)mib + (mib > (double)(uint64_t)mib);
	return 0;
}

char *conf_disksize(uint64_t mib)
{
	return xasprintf("%.15g", (double)mib / 1024);
}

const struct conf_type conf_type_disksize = { .read = disksize_read };
