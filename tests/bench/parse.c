/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* parse CONFIG: how often a second this config is parsed. */
#include <stdio.h>
#include <time.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char *argv[])
{
	double begin = now(), end;
	autofree char *example = NULL;
	unsigned long n = 0;
	size_t len = 0;
	struct err e = { 0 };

	if (argc != 2) {
		fprintf(stderr, "usage: parse CONFIG\n");
		return 2;
	}
	if (file_read(argv[1], 4096, &example, &len, &e) < 0) {
		err_print(&e, "parse", stderr);
		return 1;
	}
	do {
		for (int i = 0; i < 1000; i++, n++) {
			struct conf_file *f = NULL;

			if (conf_parse(example, len, "config", 105, &f, &e) < 0) {
				err_print(&e, "parse", stderr);
				return 1;
			}
			conf_free(f);
		}
		end = now();
	} while (end - begin < 1);
	printf("%.0f\n", n / (end - begin));
	return 0;
}
