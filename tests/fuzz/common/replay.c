/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libFuzzer's place where there is none: run the harness once on each file that is named. */
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "tests/fuzz/fuzz.h"

#define INPUT_SIZE (4 * 1024 * 1024)

int main(int argc, char *argv[])
{
	for (int i = 1; i < argc; i++) {
		autofree char *data = NULL;
		size_t len;
		struct err e;

		if (file_read(argv[i], INPUT_SIZE, &data, &len, &e) < 0) {
			err_print(&e, "replay", stderr);
			return EXIT_FAILURE;
		}
		LLVMFuzzerTestOneInput((const uint8_t *)data, len);
	}
	printf("ok 1 - %d inputs\n", argc - 1);
	return argc > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
