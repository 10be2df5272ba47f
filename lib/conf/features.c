/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The option features: "nesting=1,keyctl=1,mount=nfs;cifs".  Features without effect are kept.  A
 * config may have further features, which a later Proxmox VE knows; the command line may not.
 */
#include "lib/conf/conf-internal.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"

#define TYPE_SEPARATORS "; " /* of types of file systems */

/* Why a feature can be without effect. */
enum reason {
	UNKNOWN = 1,    /* to this version */
	PRIVILEGED = 2, /* it is for unprivileged containers */
	SECCOMP = 4,    /* the config has its own seccomp profile */
	APPARMOR = 8,   /* the config has its own AppArmor profile */
	USERNS = 16,    /* the kernel refuses the type of file system in a user namespace */
};

static const struct feature {
	const char *name;
	bool is_list; /* of types of file systems */
	unsigned may_fail;
	size_t field; /* in struct features */
} features[] = {
	{ "nesting", false, 0, offsetof(struct features, nesting) },
	{ "keyctl", false, PRIVILEGED | SECCOMP, offsetof(struct features, keyctl) },
	{ "fuse", false, APPARMOR, offsetof(struct features, fuse) },
	{ "mknod", false, PRIVILEGED | SECCOMP, offsetof(struct features, mknod) },
	{ "mount", true, APPARMOR | USERNS, offsetof(struct features, mount) },
	{ "force_rw_sys", false, PRIVILEGED, offsetof(struct features, force_rw_sys) },
};

static int unknown(const char *word, struct err *e)
{
	autobuf names = BUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(features); i++)
		buf_addf(&names, "%s%s", !i ? "" : i + 1 < ARRAY_SIZE(features) ? ", " : " and ",
			 features[i].name);
	err_set(e, EINVAL, NULL, "there is no such feature: \"%s\"", word);
	return err_remedy(e, "the features are %s", buf_str(&names));
}

/*
 * Parse "NAME=VALUE".  *ret is NULL for an unknown feature, which is an error if strict.  *ret_on
 * is false if the value turns the feature off.
 */
static int feature_read(const char *word, bool strict, const struct feature **ret, bool *ret_on,
			struct err *e)
{
	const char *value = strchr(word, '=');
	size_t n = value ? (size_t)(value - word) : 0, i = 0;

	if (!value)
		return err_set(e, EINVAL, NULL, "is not FEATURE=VALUE: \"%s\"", word);
	while (i < ARRAY_SIZE(features) &&
	       (strlen(features[i].name) != n || memcmp(features[i].name, word, n) != 0))
		i++;
	value++;
	if (i == ARRAY_SIZE(features)) {
		*ret = NULL;
		*ret_on = !parse_bool(value, ret_on) || *ret_on;
		return strict ? unknown(word, e) : 0;
	}
	*ret = &features[i];
	*ret_on = true;
	if (!features[i].is_list)
		return parse_bool(value, ret_on) ? 0 :
		       err_set(e, EINVAL, NULL, "%s: is not 0 or 1: \"%s\"", features[i].name,
			       value);
	n = strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZ; ");
	return *value && !value[n] ? 0 :
	       err_set(e, EINVAL, NULL, "%s: is not FSTYPE[;FSTYPE]: \"%s\"", features[i].name,
		       value);
}

/* which NULL: unknown. */
typedef void use_fn(const struct feature *which, const char *word, void *arg);

/* Call use for each feature that is on. */
static int each(const char *value, bool strict, use_fn *use, void *arg, struct err *e)
{
	autostrv char **words = strv_split(value, ",");
	unsigned seen = 0;

	for (char **word = words; *word; word++) {
		const struct feature *which;
		bool on;
		int r = feature_read(*word, strict, &which, &on, e);

		if (r < 0)
			return r;
		if (which && seen & 1u << (which - features))
			return err_set(e, EINVAL, NULL, "%s is given twice", which->name);
		seen |= which ? 1u << (which - features) : 0;
		if (on)
			use(which, *word, arg);
	}
	return 0;
}

struct taking {
	struct conf_file *f;
	char *to; /* struct features */
};

static void take(const struct feature *which, const char *word, void *arg)
{
	struct taking *t = arg;
	const char *value = strchr(word, '=') + 1;

	if (which && which->is_list)
		*(char **)(t->to + which->field) = conf_strndup(t->f, value, strlen(value));
	else if (which)
		*(bool *)(t->to + which->field) = true;
}

static int features_read(struct conf_file *f, const struct conf_option *o, char *value, void *field,
			 struct err *e)
{
	struct taking t = { f, field };

	(void)o;
	return each(value, false, take, &t, e);
}

char **conf_features_mount(const struct conf *conf)
{
	return strv_split(conf->features.mount ? conf->features.mount : "", TYPE_SEPARATORS);
}

static void add_word(const struct feature *which, const char *word, void *list)
{
	struct buf *out = list;

	buf_addf(out, "%s%.*s=%s", out->len ? "," : "", (int)strcspn(word, "="), word,
		 !which || which->is_list ? strchr(word, '=') + 1 : "1");
}

static int features_encode(const char *value, char **ret, struct err *e)
{
	autobuf list = BUF_INIT;
	int r = each(value, true, add_word, &list, e);

	if (r == 0)
		*ret = list.len ? buf_detach(&list) : xstrdup("nesting=0");
	return r;
}

/* ---- features without effect ---- */

static const struct {
	enum reason reason;
	const char *text;
} reasons[] = {
	{ UNKNOWN, "is kept, but has no effect yet" },
	{ PRIVILEGED, "has no effect on a privileged container" },
	{ SECCOMP, "has no effect, since lxc.seccomp.profile replaces the filter of system calls" },
	{ APPARMOR, "does not change lxc.apparmor.profile, which decides what can be mounted" },
	{ USERNS, "has no effect, since the kernel lets only privileged containers mount this" },
};

struct remarks {
	const struct conf_file *f;
	unsigned here; /* the reasons that apply to this config */
	struct buf list[ARRAY_SIZE(reasons)];
};

/* Types that the kernel lets root of a user namespace mount (FS_USERNS_MOUNT). */
static bool in_userns(const char *type)
{
	static const char *const types[] = { "binder", "bpf", "cgroup", "cgroup2", "devpts",
					     "fuse", "mqueue", "overlay", "proc", "ramfs",
					     "sysfs", "tmpfs" };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (str_eq(types[i], type))
			return true;
	return false;
}

/* "mount=TYPE;TYPE", with only the types that cannot be mounted.  The caller frees; NULL: none. */
static char *refused_types(const struct conf_file *f)
{
	autostrv char **types = conf_features_mount(&f->values);
	autobuf refused = BUF_INIT;

	for (char **type = types; *type; type++)
		if (!in_userns(*type))
			buf_addf(&refused, "%s%s", refused.len ? ";" : "mount=", *type);
	return refused.len ? buf_detach(&refused) : NULL;
}

static void remark(const struct feature *which, const char *word, void *arg)
{
	struct remarks *r = arg;
	unsigned why = which ? which->may_fail & r->here : UNKNOWN;

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		autofree char *types = NULL;

		if (!(why & reasons[i].reason))
			continue;
		if (reasons[i].reason == USERNS)
			types = refused_types(r->f);
		if (reasons[i].reason == USERNS && !types)
			continue;
		add_word(which, types ? types : word, &r->list[i]);
		return;
	}
}

char *conf_features_ignored(const struct conf_file *f, const char *value)
{
	struct remarks r = { .f = f, .here = f->values.mapped ? USERNS : PRIVILEGED };
	autobuf text = BUF_INIT;

	if (conf_line_find(f, "lxc.seccomp.profile"))
		r.here |= SECCOMP;
	if (conf_line_find(f, "lxc.apparmor.profile"))
		r.here |= APPARMOR;
	(void)!each(value, false, remark, &r, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (r.list[i].len)
			buf_addf(&text, "%s%s %s", text.len ? "; " : "", r.list[i].s,
				 reasons[i].text);
		buf_done(&r.list[i]);
	}
	return text.len ? buf_detach(&text) : NULL;
}

const struct conf_type conf_type_features = { .read = features_read, .encode = features_encode };
