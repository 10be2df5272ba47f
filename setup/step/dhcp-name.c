/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * After a rename, changes the old name to the new one in administrators' lines that have DHCP
 * clients send it.  Runs before the steps that write pct's own lines, and while /etc/hostname still
 * has the old name.
 */
#include <string.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/family/family.h"
#include "setup/step.h"
#include "setup/text-lines.h"
#include "setup/text-section.h"

static const struct {
	const char *path, *key; /* a line has the key, blanks, and the name, in quotes or not */
} places[] = {
	{ "/etc/network/interfaces", "hostname" },
	{ "/etc/dhcpcd.conf", "hostname" },
	{ "/etc/dhcp/dhclient.conf", "send host-name" },
	{ "/etc/dhclient.conf", "send host-name" },
	{ "/etc/config/network", "option hostname" },
};

struct rename {
	const char *key, *old, *full, *name; /* web, www.example.org, www */
	bool in_section, done;
};

/* The name at value is as long as *ret_len. */
static const char *find_value(const char *line, const char *key, size_t *ret_len)
{
	const char *value = str_after(line + strspn(line, " \t"), key);

	if (!value || (*value != ' ' && *value != '\t'))
		return NULL;
	value += strspn(value, " \t\"'");
	*ret_len = strcspn(value, " \t\"';\r");
	return value;
}

static char *edit_line(const char *line, void *arg)
{
	struct rename *r = arg;
	size_t len = 0, short_len = strcspn(r->old, ".");
	const char *value = find_value(line, r->key, &len), *new = NULL;

	if (section_is_begin(line) || section_is_end(line))
		r->in_section = section_is_begin(line);
	if (!value || r->in_section || strncmp(value, r->old, len) != 0)
		return xstrdup(line);
	if (len == short_len)
		new = r->name;
	else if (len == strlen(r->old))
		new = r->full;
	r->done |= new != NULL;
	return new ? xasprintf("%.*s%s%s", (int)(value - line), line, new, value + len)
		   : xstrdup(line);
}

static int edit_file(struct setup *s, const char *path, struct rename *r, struct err *e)
{
	autofree char *old = NULL, *new = NULL;
	int n = tree_read(s->tree, path, &old, e);

	if (n < 0)
		return n;
	r->in_section = r->done = false;
	new = lines_edit(old, edit_line, r);
	return r->done ? tree_write(s->tree, path, new, 0, ROOTFS_KEEP_LINK, e) : 0;
}

int step_dhcp_name(struct setup *s, struct err *e)
{
	autofree char *full = NULL, *name = hostname_short(s, &full), *sent = hostname_for_dhcp(s);
	autofree char *old = NULL;
	int n = sent && tree_lkind(s->tree, HOSTNAME) == S_IFREG
			? tree_read_optional(s->tree, HOSTNAME, &old, e) : 0;

	if (n < 0 || !old)
		return n;
	old[strcspn(old, " \t\r\n")] = '\0';
	if (!*old || str_eq(old, "localhost") ||
	    str_eq(old, s->family->full_hostname ? full : name))
		return 0;
	for (size_t i = 0; n == 0 && i < ARRAY_SIZE(places); i++) {
		struct rename r = { .key = places[i].key, .old = old, .full = full, .name = name };

		if (tree_lkind(s->tree, places[i].path) == S_IFREG)
			n = edit_file(s, places[i].path, &r, e);
	}
	return n;
}
