/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of keys that give a container power over the host.  The config may come from a
 * stranger, so pct config --check lists each line with such a key.
 */
#include "lib/conf/power/power.h"

#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/util.h"
#include "lib/conf/pve.h"

/* The result is on the stack: use it only as an argument of power_add(). */
struct power_quoted power_quote(const char *value)
{
	struct power_quoted q = { "\"" };
	size_t n = 1;

	for (; *value && n < POWER_QUOTED - 5; value++) {
		/* Characters beyond ASCII may reverse the text direction on a terminal. */
		if ((unsigned char)*value < 0x20 || (unsigned char)*value > 0x7e)
			q.s[n++] = '?';
		else
			q.s[n++] = (char)(*value == '"' ? '\'' : *value);
	}
	snprintf(q.s + n, POWER_QUOTED - n, "%s\"", *value ? "..." : "");
	return q;
}

void power_add(struct power *p, const char *fmt, ...)
{
	char text[POWER_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (!p->file)
		conf_findings_power(p->to, p->number, p->name, p->part, "%s", text);
	else
		conf_findings_power(p->to, p->number, p->name, NULL, "%s (%s in line %u of %s)",
				    text, p->file_key, p->file_line, quote(p->file));
}

/* ---- conditions ---- */

static bool given_privileged(const char *value, const struct power *p)
{
	return *value && !p->mapped;
}

static bool given_mapped(const char *value, const struct power *p)
{
	return *value && p->mapped;
}

/* An empty value makes liblxc drop earlier values, from the distribution's include file. */
static bool clears(const char *value, const struct power *p)
{
	return !*value && !p->mapped;
}

/* Zero in any form that liblxc accepts, also "00", " 0" and "0x0". */
static bool off(const char *value, const struct power *p)
{
	char *end;

	(void)p;
	return strtoul(value, &end, 0) == 0 && end != value && !end[strspn(end, " \t")];
}

/* Keeps a capability that LXC's own include files drop. */
static bool keeps_dropped(const char *value, const struct power *p)
{
	static const char *const dropped[] = { "mac_admin", "mac_override", "sys_module",
					       "sys_rawio", "sys_time" };
	autostrv char **words = strv_split(value, " \t");

	for (size_t i = 0; i < ARRAY_SIZE(dropped) && !p->mapped; i++)
		if (strv_has(words, dropped[i]))
			return true;
	return false;
}

static bool inherits(const char *value, const struct power *p)
{
	(void)p;
	return *value && !strchr(value, '=');
}

static bool negative(const char *value, const struct power *p)
{
	(void)p;
	return value[strspn(value, " \t")] == '-';
}

/* ---- the table ---- */

#define GIVEN "?*"
#define OTHER_PROFILE \
	"!(|generated|unconfined|unchanged|lxc-container-default|lxc-container-default-cgns)"
/* liblxc takes these words as a file name, but the author wants no seccomp. */
#define NO_SECCOMP "@(|none|unconfined)"
#define OTHER_SECCOMP "!(|none|unconfined|/usr/share/lxc/config/common.seccomp)"
/* Some versions of liblxc also pass lxc.environment to hooks. */
#define STEERS_PROGRAMS \
	"@(LD_*|GLIBC_*|GCONV_PATH|PATH|BASH_ENV|ENV|IFS|PCT_*|PERL5*|PYTHON*)=*"

#define RUNS "runs %s as root on the host "
#define RUNS_BESIDE "runs %s as root of the container with access to the host's files"
#define LIMITS "lets the container take processor time from the host: %s"

/* All matching rows apply; a key and value occur in only one row. */
static const struct rule {
	const char *key, *value; /* fnmatch(3), FNM_EXTMATCH; value NULL: any */
	bool (*when)(const char *value, const struct power *p); /* NULL: always */
	const char *text; /* %s: the value */
	void (*take)(struct power *p, const char *key, const char *value); /* replaces text */
} rules[] = {
	{ "lxc.hook.pre-start", GIVEN, NULL, RUNS "before each start", NULL },
	{ "lxc.hook.pre-mount", NULL, given_privileged, RUNS "at each start", NULL },
	{ "lxc.hook.pre-mount", NULL, given_mapped, RUNS_BESIDE, NULL },
	{ "lxc.hook.mount", NULL, given_privileged, RUNS "at each start", NULL },
	{ "lxc.hook.mount", NULL, given_mapped, RUNS_BESIDE, NULL },
	{ "lxc.hook.autodev", NULL, given_privileged, RUNS "at each start", NULL },
	{ "lxc.hook.autodev", NULL, given_mapped, RUNS_BESIDE, NULL },
	{ "lxc.hook.start-host", GIVEN, NULL, RUNS "at each start", NULL },
	{ "lxc.hook.stop", GIVEN, NULL, RUNS "at each stop", NULL },
	{ "lxc.hook.post-stop", GIVEN, NULL, RUNS "after each stop", NULL },
	{ "lxc.hook.clone", GIVEN, NULL, RUNS "when it is copied", NULL },
	{ "lxc.hook.destroy", GIVEN, NULL, RUNS "when it is destroyed", NULL },
	{ "lxc.net.*.script.up", GIVEN, NULL, RUNS "when its network comes up", NULL },
	{ "lxc.net.*.script.down", GIVEN, NULL, RUNS "when its network goes down", NULL },
	{ "pve.hookscript", GIVEN, NULL, RUNS "at each start and stop", NULL },

	{ "lxc.mount.entry", NULL, NULL, NULL, power_mount_entry },
	{ "lxc.mount.fstab", GIVEN, NULL, NULL, power_mount_fstab },
	{ "lxc.mount.auto", NULL, NULL, NULL, power_mount_auto },
	{ "pve.mp[0-9]*", NULL, NULL, NULL, power_mp },
	{ "pve.dev[0-9]*", NULL, NULL, NULL, power_dev },
	{ "lxc.rootfs.path", GIVEN, NULL, "gives the container %s of the host as its root", NULL },
	{ "lxc.rootfs.mount", GIVEN, NULL,
	  "mounts the container's root file system on %s of the host", NULL },
	{ "lxc.rootfs.options", GIVEN, NULL,
	  "sets mount options of the container's root file system: %s", NULL },
	{ "rootfs", "/*", NULL, "gives the container %s of the host as its root", NULL },

	{ "lxc.idmap", GIVEN, NULL, NULL, power_idmap },
	{ "pve.idmap", GIVEN, NULL, NULL, power_idmap }, /* pending, in Proxmox VE's format */
	{ "lxc.apparmor.profile", "unconfined", NULL,
	  "lets the container run without an AppArmor profile", NULL },
	{ "lxc.apparmor.profile", "unchanged", NULL,
	  "lets the container run under the AppArmor profile of the process that starts it", NULL },
	{ "lxc.apparmor.profile", OTHER_PROFILE, NULL,
	  "gives the container the permissions of the AppArmor profile %s", NULL },
	{ "lxc.apparmor.allow_incomplete", "!(|0)", NULL,
	  "lets the container start if AppArmor cannot restrict its mounts", NULL },
	{ "lxc.apparmor.allow_nesting", "!(|0)", NULL, POWER_NESTING, NULL },
	{ "lxc.apparmor.raw", GIVEN, NULL,
	  "adds permissions to the container's AppArmor profile: %s", NULL },
	{ "lxc.selinux.context", GIVEN, NULL,
	  "lets the container run in the SELinux context %s", NULL },
	{ "lxc.seccomp.profile", NO_SECCOMP, NULL,
	  "lets the container make every system call", NULL },
	{ "lxc.seccomp.profile", OTHER_SECCOMP, NULL,
	  "lets the container make the system calls that the profile %s allows", NULL },
	{ "lxc.seccomp.notify.proxy", GIVEN, NULL,
	  "lets the process that listens at %s make system calls for the container", NULL },
	{ "lxc.cap.drop", NULL, clears,
	  "lets the container keep all capabilities: modules, the clock, the hardware", NULL },
	{ "lxc.cap.keep", NULL, keeps_dropped,
	  "gives the container capabilities over the host: %s", NULL },
	{ "lxc.keyring.session", NULL, off,
	  "gives the container the session keyring of the process that starts it", NULL },
	{ "pve.features", NULL, NULL, NULL, power_features },

	{ "lxc.cgroup.devices.allow", GIVEN, NULL, NULL, power_device },
	{ "lxc.cgroup2.devices.allow", GIVEN, NULL, NULL, power_device },
	{ "lxc.cgroup.devices.deny", NULL, clears,
	  "gives the container every device of the host", NULL },
	{ "lxc.cgroup2.devices.deny", NULL, clears,
	  "gives the container every device of the host", NULL },
	{ "lxc.cgroup.dir*", "*..*", NULL,
	  "puts the container into control groups outside its own: %s", NULL },
	{ "lxc.namespace.*", GIVEN, NULL, NULL, power_namespaces },
	{ "lxc.sysctl.*", NULL, NULL, NULL, power_sysctl },
	{ "lxc.prlimit.nice", GIVEN, NULL, LIMITS, NULL },
	{ "lxc.prlimit.rtprio", GIVEN, NULL, LIMITS, NULL },
	{ "lxc.proc.oom_*adj", NULL, negative,
	  "protects the container when the host runs out of memory", NULL },

	{ "lxc.net.*.type", "none", NULL, "gives the container the network of the host", NULL },
	{ "lxc.net.*.type", "phys", NULL, "gives the container an interface of the host", NULL },
	{ "lxc.net.*.type", "@(vlan|macvlan|ipvlan)", NULL,
	  "gives the container a share of an interface of the host", NULL },
	{ "lxc.net.*.link", GIVEN, NULL, "gives the container the link %s of the host", NULL },
	{ "lxc.net.*.veth.ipv[46].route", GIVEN, NULL,
	  "routes %s from the host to the container", NULL },

	{ "lxc.console.path", "!(|none)", NULL,
	  "gives the container %s of the host as its console", NULL },
	{ "lxc.console*.logfile", GIVEN, NULL, "lets the container write to %s of the host", NULL },
	{ "lxc.log.file", GIVEN, NULL,
	  "writes the container's log to %s of the host", NULL },
	{ "lxc.environment*", NULL, inherits,
	  "gives the container the variable %s of the process that starts it", NULL },
	{ "lxc.environment*", STEERS_PROGRAMS, NULL,
	  "sets an environment variable that controls programs, hooks included: %s", NULL },

	{ "lxc.include", GIVEN, NULL, NULL, power_include },
};

static char *key_of(const char *spelt)
{
	const char *net = str_after(spelt, "lxc.network."), *limit = str_after(spelt, "lxc.limit.");

	if (net)
		return xasprintf("lxc.net.N.%s", net);
	return limit ? xasprintf("lxc.prlimit.%s", limit) : xstrdup(conf_name_today(spelt));
}

/* liblxc removes quotes around a value. */
static char *value_of(const char *key, const char *value)
{
	size_t n = strlen(value);

	if (str_after(key, "lxc.") && n > 1 && strchr("\"'", *value) && value[n - 1] == *value)
		return xstrndup(value + 1, n - 2);
	return xstrdup(value);
}

void power_line(struct power *p, const char *spelt, const char *raw)
{
	autofree char *key = key_of(spelt), *value = value_of(spelt, raw);

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		const struct rule *r = &rules[i];

		if (fnmatch(r->key, key, 0) != 0 ||
		    (r->value && fnmatch(r->value, value, FNM_EXTMATCH) != 0) ||
		    (r->when && !r->when(value, p)))
			continue;
		if (r->take)
			r->take(p, key, value);
		else
			power_add(p, r->text, quote(value));
	}
}

/* ---- a config ---- */

static void find_in_line(struct power *p, const struct line *line)
{
	const struct conf_option *o = line->pending ? conf_option_find(line->pending) : NULL;
	const char *key = o ? o->key : line->spelt;

	p->name = o ? "pending" : key;
	if (key && line->value && !line->in_snapshot)
		power_line(p, key, line->value);
}

#define PRIVILEGED "runs the container's root as root of the host, which LXC calls unsafe"

/* Whether it is unprivileged, now and when pending changes have been made. */
static bool stays_mapped(const struct conf_file *f)
{
	struct conf_file *next = f->values.mapped && conf_has_pending(f) ? conf_copy(f) : NULL;
	bool mapped = f->values.mapped;

	if (next && conf_pending_merge(next, NULL) == 0)
		mapped = next->values.mapped;
	conf_free(next);
	return mapped;
}

/* The line that makes it privileged; 0: none. */
static unsigned mark_of(const struct conf_file *f)
{
	const struct line *mark = conf_line_find(f, "pve.unprivileged");

	for (size_t i = 0; i < f->n_lines && !mark; i++)
		if (str_eq(f->lines[i].pending, "idmap") && !f->lines[i].value)
			mark = &f->lines[i];
	return mark ? (unsigned)(mark - f->lines) + 1 : 0;
}

void conf_findings_of_power(const struct conf_file *f, struct conf_findings *to)
{
	struct power p = { .to = to, .mapped = stays_mapped(f) };

	for (size_t i = 0; i < f->n_lines; i++) {
		p.number = (unsigned)i + 1;
		find_in_line(&p, &f->lines[i]);
	}
	if (!p.mapped)
		conf_findings_power(to, mark_of(f), "pve.unprivileged", NULL, PRIVILEGED);
}

static void power_section(struct power *p, const struct pve_section *s, unsigned *ret_mark)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct pve_entry *e = &s->v[i];
		autofree char *key = NULL;
		bool ours;

		/* A pending entry without a key was moved to the main section. */
		if (e->deleted || !e->key)
			continue;
		ours = !str_after(e->key, "lxc.") && !str_eq(e->key, "rootfs");
		key = xasprintf("%s%s", ours ? "pve." : "", e->key);
		p->number = e->line;
		p->name = e->key;
		if (str_eq(e->key, "unprivileged"))
			*ret_mark = e->line;
		power_line(p, key, e->value);
	}
}

void conf_findings_of_pve_power(const struct conf_file *f, const struct pve_section *sections,
				size_t n, struct conf_findings *to)
{
	struct power p = { .to = to, .mapped = stays_mapped(f) };
	unsigned mark = 0;

	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcasecmp(sections[i].name, PVE_PENDING) == 0)
			power_section(&p, &sections[i], &mark);
	if (!p.mapped)
		conf_findings_power(to, mark, "unprivileged", NULL, PRIVILEGED);
}
