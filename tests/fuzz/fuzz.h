/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What every harness shares.  A harness is tests/fuzz/FORMAT.c: it includes the real file that
 * reads one format of foreign bytes, and checks what must hold for any bytes.  "make fuzz" runs it
 * under libFuzzer; "make check" runs it once on its corpus, tests/fuzz/corpus/FORMAT.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

struct conf;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input up to its first NUL byte, as tree_read() would hand it on.  The caller frees. */
char *fuzz_text(const uint8_t *data, size_t size);

/* A container with networks of every kind.  Never freed. */
const struct conf *fuzz_conf(void);

/* Ends the process with a message: the finding. */
#define fuzz_assert(condition) ((condition) ? (void)0 : fuzz_failed(__FILE__, __LINE__, #condition))
void fuzz_failed(const char *file, int line, const char *condition) __attribute__((noreturn));

#endif
