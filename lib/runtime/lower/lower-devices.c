/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of the device cgroup for devN. */
#include "lib/runtime/lower/lower-internal.h"

#include <errno.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/cgroup-key.h"
#include "lib/conf/conf-internal.h"
#include "lib/host/device.h"
#include "lib/runtime/lower/lower.h"

static const char *prefix_of(const struct host *host)
{
	return host->cgroup == CGROUP_V2 ? CGROUP2 : CGROUP1;
}

char *lower_device_rule(const struct device *d, const char *access)
{
	return xasprintf("%c %u:%u %s", d->type, d->major, d->minor, access);
}

/* liblxc mounts its own terminals there, over the device or not at all. */
static bool is_of_liblxc(const struct conf *c, const char *path)
{
	const char *terminal = str_after(path, "/dev/tty");
	uint64_t n;

	return str_eq(path, "/dev/console") || str_eq(path, "/dev/ptmx") ||
	       str_after(path, "/dev/pts/") ||
	       (terminal && parse_uint(terminal, 1, c->tty, &n));
}

/* A rule that allows all is removed first, since one of the include files may have it. */
static int add_device(const struct conf_file *f, const struct conf_device *d,
		      const struct host *host, struct buf *out, struct err *e)
{
	autofree char *rule = NULL, *all = NULL;
	const char *prefix = prefix_of(host);
	struct device found;
	int r;

	if (is_of_liblxc(&f->values, d->path))
		r = err_set(e, EINVAL, NULL, "%s is a terminal of the container", d->path);
	else
		r = host->device(host->ctx, d->path, &found, e);
	if (r < 0) {
		autofree char *key = xasprintf("pve.%s", d->slot);

		return conf_key_err(f, key, e);
	}
	rule = lower_device_rule(&found, d->deny_write ? "r" : "rw");
	all = lower_device_rule(&found, "rwm");
	if (d->deny_write)
		buf_addf(out, "%sdevices.deny = %s\n", prefix, all);
	buf_addf(out, "%sdevices.allow = %s\n", prefix, rule);
	return 0;
}

/* Whether a line of the config tells what applies to devices without a rule. */
static bool has_own_default(const struct conf_file *f)
{
	const struct conf_line *lines;
	size_t n = conf_lines(f, &lines);

	for (size_t i = 0; i < n; i++) {
		const char *v2 = str_after(lines[i].name, CGROUP2 "devices.");

		if ((v2 || str_after(lines[i].name, CGROUP1 "devices.")) &&
		    str_eq(lines[i].value, "a"))
			return true;
	}
	return false;
}

/*
 * The include files for unprivileged containers remove all rules.  With v2, liblxc would then deny
 * each device without a rule of its own, such as /dev/null, and with a default of allowing all it
 * cannot deny writing alone.  So these are the rules of the include files for all containers.
 */
void lower_usual_devices(const struct conf_file *f, const struct host *host, struct buf *out)
{
	static const char *const allow[] = {
		"c *:* m", "b *:* m", "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm", "c 1:8 rwm",
		"c 1:9 rwm", "c 5:0 rwm", "c 5:1 rwm", "c 5:2 rwm", "c 136:* rwm", "c 10:229 rwm",
	};

	if (!f->values.n_devices || !f->values.mapped || host->cgroup != CGROUP_V2 ||
	    has_own_default(f))
		return;
	buf_add(out, CGROUP2 "devices.deny = a\n");
	for (size_t i = 0; i < ARRAY_SIZE(allow); i++)
		buf_addf(out, CGROUP2 "devices.allow = %s\n", allow[i]);
}

int lower_devices(const struct conf_file *f, const struct host *host, struct buf *out,
		  struct err *e)
{
	const struct conf *c = &f->values;
	const struct conf_line *autodev = lower_find(f, "lxc.autodev");
	int r = 0;

	if (c->n_devices && autodev && str_eq(autodev->value, "0")) {
		err_set(e, EINVAL, NULL, "without its own /dev, the container cannot have %s",
			c->devices[0].slot);
		err_remedy(e, "remove the line, or %s", c->devices[0].slot);
		return lower_err(f, autodev, e);
	}
	for (size_t i = 0; i < c->n_devices && r == 0; i++)
		r = add_device(f, &c->devices[i], host, out, e);
	return r;
}

int lower_check_devices(const struct conf_file *f, const struct host *host, const char *runtime,
			struct err *e)
{
	const struct conf *c = &f->values;

	for (size_t i = 0; i < c->n_devices; i++) {
		autobuf rules = BUF_INIT;
		int r = add_device(f, &c->devices[i], host, &rules, e);

		if (r < 0)
			return r;
		if (strstr(runtime, buf_str(&rules)))
			continue;
		err_set(e, ESTALE, c->devices[i].slot,
			"the host has given %s another number since the last pct start",
			c->devices[i].path);
		return err_remedy(e, "run pct start %u", c->ctid);
	}
	return 0;
}
