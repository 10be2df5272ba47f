/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The option features: "nesting=1,keyctl=1,mount=nfs;cifs".  Features without effect are kept.  A
 * config may have further features, which a later Proxmox VE knows; the command line may not.
 */
#include "lib/conf/conf-internal.h"

#include <errno.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"

static const struct feature {
	const char *name;
	bool is_list; /* of types of file systems, separated by ';' or blanks */
	bool has_effect;
} features[] = {
	{ "nesting", false, true },
	{ "keyctl", false, false },
	{ "fuse", false, false },
	{ "mknod", false, false },
	{ "mount", true, false },
	{ "force_rw_sys", false, false },
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

static void find_nesting(const struct feature *which, const char *word, void *nesting)
{
	(void)word;
	if (which && str_eq(which->name, "nesting"))
		*(bool *)nesting = true;
}

static int features_read(struct conf_file *f, const struct conf_option *o, char *value, void *field,
			 struct err *e)
{
	(void)f;
	(void)o;
	return each(value, false, find_nesting, field, e);
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

static void add_useless(const struct feature *which, const char *word, void *list)
{
	if (!which || !which->has_effect)
		add_word(which, word, list);
}

char *conf_features_ignored(const char *value)
{
	autobuf list = BUF_INIT;

	if (each(value, false, add_useless, &list, NULL) < 0 || !list.len)
		return NULL;
	return buf_detach(&list);
}

const struct conf_type conf_type_features = { .read = features_read, .encode = features_encode };
