/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct cpusets: prints like Proxmox VE, with the containers sorted by number. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ct/check/ids.h"
#include "ct/cpuset.h"
#include "ct/ct.h"
#include "lib/base/util.h"
#include "pct/cmd.h"

struct row {
	unsigned ctid;
	struct cpuset set;
};

static int width_of(unsigned number)
{
	return snprintf(NULL, 0, "%u", number);
}

static void print_row(const struct row *row, int id_width, unsigned end)
{
	printf("%*u: ", id_width, row->ctid);
	for (unsigned cpu = 0; cpu < end; cpu++)
		if (cpu < row->set.end && row->set.has[cpu])
			printf(" %u", cpu);
		else
			printf(" %*s", width_of(cpu), "");
	putchar('\n');
}

static void print_frame(int width)
{
	while (width-- > 0)
		putchar('-');
	putchar('\n');
}

static void print_rows(const struct row *rows, size_t n)
{
	unsigned end = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	int id_width = 0, line = 0;

	for (size_t i = 0; i < n; i++) {
		if (width_of(rows[i].ctid) > id_width)
			id_width = width_of(rows[i].ctid);
		if (rows[i].set.end > end)
			end = rows[i].set.end;
	}
	for (unsigned cpu = 0; cpu < end; cpu++)
		line += 1 + width_of(cpu);
	print_frame(id_width + 2 + line);
	for (size_t i = 0; i < n; i++)
		print_row(&rows[i], id_width, end);
	print_frame(id_width + 2 + line);
}

int cmd_cpusets(const struct args *args, struct err *e)
{
	struct ids all = { 0 };
	struct row *rows = NULL;
	size_t n = 0;
	int r = ids_find_all(&all, e);

	(void)args;
	for (size_t i = 0; r == 0 && i < all.n; i++) {
		if (!ct_is_running(all.v[i]))
			continue;
		rows = array_grow(rows, n, sizeof *rows);
		rows[n].ctid = all.v[i];
		n += cpuset_look(all.v[i], &rows[n].set);
	}
	if (r == 0 && n)
		print_rows(rows, n);
	else if (r == 0)
		puts("no running containers");
	free(rows);
	free(all.v);
	return r;
}
