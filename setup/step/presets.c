/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes presets, systemd.preset(5), for `systemctl preset-all` and a first boot, and enables the
 * consumer of the network files.  Runs only at creation: later, the administrator decides.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/net/renderer.h"
#include "setup/services.h"
#include "setup/step.h"

#define DIR "/etc/systemd/system-preset"
#define NETWORKD "systemd-networkd.service"

/* "UNIT.service" from the renderer's enable command; NULL: not a unit.  The caller frees. */
static char *consumer_unit(const struct renderer *r)
{
	const char *unit = r && r->enable ? str_after(r->enable, "systemctl enable ") : NULL;

	if (!unit || strchr(unit, ' '))
		return NULL;
	return strchr(unit, '.') ? xstrdup(unit) : xasprintf("%s.service", unit);
}

/* The report has the state before this step. */
static void mark_enabled(struct setup *s)
{
	struct report *r = s->report;

	s->consumer_state = CONSUMER_ENABLED;
	for (size_t i = 0; i < r->n_consumers; i++)
		if (str_eq(r->consumers[i].name, s->renderer->name)) {
			autofree char *why = r->consumers[i].why;

			r->consumers[i].why = xasprintf("%s, create enables it", why);
			r->consumers[i].enabled = true;
		}
}

/*
 * Templates leave this to the presets of a first boot, and setup/step/machine-id.c prevents a first
 * boot.
 */
static int enable_consumer(struct setup *s, const char *unit, struct err *e)
{
	int n;

	if (service_unit(s, unit) != SERVICE_DISABLED)
		return 0;
	n = service_enable(s, unit, e);
	if (n <= 0)
		return n;
	mark_enabled(s);
	report_note(s->report, NOTE_INFO, "presets", NULL,
		    "%s reads the network files but was not enabled; it is enabled now", unit);
	return 0;
}

int step_presets(struct setup *s, struct err *e)
{
	autofree char *unit = consumer_unit(s->renderer);
	bool no_networkd = s->renderer && s->renderer->stands_alone;
	autobuf b = BUF_INIT;
	int n;

	if (s->init != INIT_SYSTEMD)
		return 0;
	buf_add(&b, "# Written by pct when the container was created.\n"
		    "enable container-getty@.service\n"
		    "disable getty@.service\n"
		    "disable sys-kernel-config.mount\n"
		    "disable sys-kernel-debug.mount\n");
	if (no_networkd)
		buf_add(&b, "disable " NETWORKD "\n");
	if (unit)
		buf_addf(&b, "enable %s\n", unit);
	if (no_networkd && service_unit(s, NETWORKD) == SERVICE_ENABLED)
		report_note(s->report, NOTE_INFO, "presets",
			    "run `systemctl disable systemd-networkd` in the container",
			    "systemd-networkd is enabled in addition to %s, but has nothing to "
			    "configure",
			    s->renderer->name);
	n = unit ? enable_consumer(s, unit, e) : 0;
	if (n == 0)
		n = tree_mkdir(s->tree, DIR, 0755, e);
	if (n < 0)
		return n;
	return tree_write(s->tree, DIR "/00-pve.preset", buf_str(&b), 0, ROOTFS_REPLACE_LINK, e);
}
