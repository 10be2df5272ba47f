/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Configs of the largest size that is read, of every shape that was seen to take long: what is done
 * for each line, part or network must not grow with the rest of the file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"

#define SIZE 900000
#define LIMIT 4 /* seconds: ten times what each takes, and less than each of them took */

struct shape {
	const char *name;
	const char *head;  /* once */
	const char *line;  /* up to SIZE; %u, here and in part, is which it is */
	const char *tail;  /* once, then part up to SIZE; of the lines only half of it */
	const char *part;
	bool nets;         /* 32 networks of a few thousand VLANs each come first */
};

#define PVE "hostname: a\nmemory: 512\n"
#define OURS "lxc.utsname = a\n"

static const struct shape shapes[] = {
	{ "features beside much", PVE, NULL, "features: ", "nesting=1,nesting=0,", true },
	{ "rootfs beside much", PVE, NULL, "rootfs: ", "local:a,local:b,", true },
	{ "raw keys beside much", PVE, "lxc.tty: %u\n", NULL, NULL, true },
	{ "an option beside much", PVE, "cores: %u\n", NULL, NULL, true },
	{ "an option a thousand times", PVE, "tags: a%040u\n", NULL, NULL, false },
	{ "mount points", PVE, "mp%u: local:a,mp=/b,size=1G,backup=1,acl=1\n", NULL, NULL,
	  false },
	{ "unknown keys", PVE, "k%u: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n", NULL, NULL,
	  false },
	{ "raw keys", PVE, "lxc.a%u: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n", NULL, NULL,
	  false },
	{ "id maps", PVE, "lxc.idmap: u %u 100000 1\n", NULL, NULL, false },
	{ "networks", PVE, "net%u: name=eth0,bridge=vmbr0,ip=dhcp\n", NULL, NULL, false },
	{ "sections", PVE, "[s%u]\nhostname: a\nnet0: name=eth0,bridge=vmbr0\n", NULL, NULL,
	  false },
	{ "empty sections", PVE, "[s%050u]\n", NULL, NULL, false },
	{ "keys of a section", PVE "[s]\n", "k%u: bbbbbbbbbbbbbbbbbbbbbbbbbbbb\n", NULL, NULL,
	  false },
	{ "pending keys", PVE "[pve:pending]\n", "k%u: bbbbbbbbbbbbbbbbbbbbbbbbbb\n", NULL, NULL,
	  false },
	{ "pending deletes", PVE, "k%u: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n",
	  "[pve:pending]\ndelete: ", "k%u,", false },
	{ "raw keys that wait", PVE, "lxc.environment: A%050u=1\n", "[pve:pending]\ntty: 3\n",
	  "lxc.environment: B%050u=1\n", false },
	{ "unknown keys that wait", PVE, "k%050u: b\n", "[pve:pending]\ntty: 3\n", "j%050u: b\n",
	  false },
	{ "deletes that are made", PVE, "k%050u: b\n", "[pve:pending]\ntty: 3\ndelete: ", "k%050u,",
	  false },
	{ "notes", PVE, "# %u\n", NULL, NULL, false },
	{ "descriptions", PVE, "description: %u\n", NULL, NULL, false },

	{ "2015: errors", OURS, "pve.cores = x%u\n", NULL, NULL, false },
	{ "2015: tags", OURS, NULL, "pve.tags = ", "a%u;", false },
	{ "2015: id maps", OURS, "lxc.idmap = u %u 100000 1\n", NULL, NULL, false },
	{ "2015: VLANs", OURS "lxc.network.type = veth\nlxc.network.veth.pair = veth105.0\n", NULL,
	  "pve.network.trunks = ", "1-4094;", false },
	{ "2015: no network", OURS, "lxc.network.type = empty\n#%u\n", NULL, NULL, false },
	{ "2015: networks", OURS, "lxc.network.type = veth\nlxc.network.veth.pair = veth105.%u\n",
	  NULL, NULL, false },
	{ "2015: unknown keys", OURS, "pve.k%u = b\n", NULL, NULL, false },
	{ "2015: foreign keys", OURS, "k%u = b\n", NULL, NULL, false },
	{ "2015: raw keys", OURS, "lxc.k%u = b\n", NULL, NULL, false },
	{ "2015: snapshots", OURS, "snap.pve.snapname = s%u\n", NULL, NULL, false },
	{ "2015: what waits", OURS, "pending.net%u = name=eth0\n", NULL, NULL, false },
	{ "2015: comments", OURS, "# %u\n", NULL, NULL, false },
};

static char *make(const struct shape *s)
{
	struct buf b = BUF_INIT;

	buf_add(&b, s->head);
	for (unsigned i = 0; s->nets && i < CONF_MAX_NETS; i++) {
		buf_addf(&b, "net%u: name=eth%u,bridge=vmbr0,trunks=", i, i);
		for (unsigned k = 0; k < 5000; k++)
			buf_add(&b, "1;");
		buf_add(&b, "\n");
	}
	for (unsigned i = 0; s->line && b.len < (s->part ? SIZE / 2 : SIZE); i++)
		buf_addf(&b, s->line, i);
	if (s->tail)
		buf_add(&b, s->tail);
	for (unsigned i = 0; s->part && b.len < SIZE; i++)
		buf_addf(&b, s->part, i);
	if (s->part)
		buf_addc(&b, '\n');
	return buf_detach(&b);
}

/* All that is done to look at one: find what is wrong, read it, change it. */
static void look(const char *text)
{
	struct conf_findings findings;
	struct conf_file *f = NULL;
	struct err e;

	conf_check(text, strlen(text), 105, &findings);
	assert_true(findings.n <= 3 * 201);
	conf_findings_done(&findings);
	if (conf_parse(text, strlen(text), "F", 105, &f, &e) < 0)
		return;
	conf_set(f, "tags", "x;y", &e);
	conf_set(f, "net0", "name=eth0,bridge=vmbr0,hwaddr=02:00:00:00:00:01", &e);
	for (const struct conf_option *o = conf_options; o->name; o++)
		free(conf_get(f, o->name));
	conf_free(f);
}

static void test_shapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
		autofree char *text = make(&shapes[i]);
		clock_t before = clock();

		look(text);
		if (clock() - before > LIMIT * CLOCKS_PER_SEC)
			fail_msg("%s: %ld s", shapes[i].name,
				 (long)((clock() - before) / CLOCKS_PER_SEC));
	}
}

/* To find one more error is to read it all once more, which of this file is too much. */
static void test_many_errors(void **state)
{
	struct conf_findings findings;
	autobuf b = BUF_INIT;

	(void)state;
	buf_add(&b, OURS);
	for (unsigned i = 0; i < 200; i++)
		buf_add(&b, "pve.cores = x\n");
	conf_check(b.s, b.len, 105, &findings);
	assert_int_equal(findings.n, 200);
	conf_findings_done(&findings);
	while (b.len < SIZE)
		buf_add(&b, "# nothing\n");
	conf_check(b.s, b.len, 105, &findings);
	assert_in_range(findings.n, 10, 30);
	assert_non_null(strstr(findings.v[0].text, "too large to find all"));
	conf_findings_done(&findings);
}

/* Each takes a kilobyte and more, even if it is none. */
static void test_many_networks(void **state)
{
	struct conf_file *f = NULL;
	autobuf b = BUF_INIT;
	struct err e;

	(void)state;
	for (unsigned i = 0; i < 64; i++)
		buf_add(&b, "lxc.network.type = empty\n");
	assert_int_equal(conf_parse(b.s, b.len, "F", 105, &f, &e), 0);
	conf_free(f);
	buf_add(&b, "lxc.network.type = empty\n");
	assert_true(conf_parse(b.s, b.len, "F", 105, &f, &e) < 0);
	assert_string_equal(e.object, "F:65: lxc.network.type");
	assert_string_equal(e.cause, "too many networks: at most 32");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_shapes),
					    cmocka_unit_test(test_many_errors),
					    cmocka_unit_test(test_many_networks) };

	return cmocka_run_group_tests_name("conf-large", tests, NULL, NULL);
}
