/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/storage/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/interrupt.h"
#include "lib/base/util.h"
#include "lib/storage/storage.h"

#define CHUNK (UINT64_C(1) << 20)
#define BLOCK (UINT64_C(64) << 10) /* of zeros that become a hole */

struct copy {
	const struct volume *from, *to;
	int in, out;
	uint64_t size;
	char *buf; /* CHUNK bytes */
};

static bool is_zero(const char *data, size_t len)
{
	return data[0] == '\0' && memcmp(data, data + 1, len - 1) == 0;
}

static int write_at(const struct copy *c, const char *data, uint64_t len, uint64_t at,
		    struct err *e)
{
	while (len) {
		ssize_t n = pwrite(c->out, data, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_sys(e, c->to->id, "write");
		data += n;
		at += (uint64_t)n;
		len -= (uint64_t)n;
	}
	return 0;
}

/* A new volume need not hold zeros: it has a file system, or what was on the device before. */
static int zero(const struct copy *c, uint64_t at, uint64_t len, struct err *e)
{
	int r = 0;

	if (!len || fallocate(c->out, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)at,
			      (off_t)len) == 0)
		return 0;
	memset(c->buf, 0, CHUNK);
	for (uint64_t end = at + len; at < end && r == 0; at += CHUNK) {
		r = write_at(c, c->buf, end - at < CHUNK ? end - at : CHUNK, at, e);
		if (r == 0)
			r = interrupt_check(e);
	}
	return r;
}

static int write_chunk(const struct copy *c, uint64_t at, uint64_t len, struct err *e)
{
	int r = 0;

	for (uint64_t done = 0, n; done < len && r == 0; done += n) {
		const char *data = c->buf + done;

		n = len - done < BLOCK ? len - done : BLOCK;
		if (is_zero(data, n) &&
		    fallocate(c->out, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			      (off_t)(at + done), (off_t)n) == 0)
			continue;
		r = write_at(c, data, n, at + done, e);
	}
	return r;
}

static int copy_data(const struct copy *c, uint64_t at, uint64_t end, struct err *e)
{
	int r = 0;

	while (at < end && r == 0) {
		ssize_t n = pread(c->in, c->buf, end - at < CHUNK ? end - at : CHUNK, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, c->from->id, "read");
		if (n == 0)
			return err_set(e, EIO, c->from->id, "ends before its size");
		r = write_chunk(c, at, (uint64_t)n, e);
		if (r == 0)
			r = interrupt_check(e);
		at += (uint64_t)n;
	}
	return r;
}

/* The next data from at on; a device does not tell, and is all data. */
static void next_data(const struct copy *c, uint64_t at, uint64_t *ret_begin, uint64_t *ret_end)
{
	off_t begin = lseek(c->in, (off_t)at, SEEK_DATA), end;

	if (begin < 0) {
		*ret_begin = errno == ENXIO ? c->size : at;
		*ret_end = c->size;
		return;
	}
	end = lseek(c->in, begin, SEEK_HOLE);
	*ret_begin = (uint64_t)begin;
	*ret_end = end < 0 ? c->size : (uint64_t)end;
}

static int copy_all(const struct copy *c, struct err *e)
{
	int r = 0;

	for (uint64_t at = 0, begin, end; at < c->size && r == 0; at = end) {
		next_data(c, at, &begin, &end);
		r = zero(c, at, begin - at, e);
		if (r == 0)
			r = copy_data(c, begin, end, e);
	}
	if (r == 0 && fsync(c->out) < 0)
		r = err_sys(e, c->to->id, "sync");
	return r;
}

static int check_sizes(struct copy *c, struct err *e)
{
	uint64_t size;
	int r = storage_ops_of(c->from->ops)->size(c->from, &c->size, e);

	if (r == 0)
		r = storage_ops_of(c->to->ops)->size(c->to, &size, e);
	return r == 0 && size < c->size ? err_set(e, ENOSPC, c->to->id, "is too small") : r;
}

int volume_copy(const struct volume *from, const struct volume *to, struct err *e)
{
	/* The locks keep others away, and their descriptors name what they lock. */
	autoclose int in = storage_ops_of(from->ops)->lock(from, e);
	autoclose int lock = in < 0 ? in : storage_ops_of(to->ops)->lock(to, e);
	autofree char *again = xasprintf("/proc/self/fd/%d", lock), *buf = NULL;
	autoclose int out = lock < 0 ? -1 : open(again, O_RDWR | O_CLOEXEC);
	struct copy c = { .from = from, .to = to, .in = in, .out = out };
	int r;

	if (lock < 0)
		return lock;
	if (out < 0)
		return err_sys(e, to->id, "open");
	buf = c.buf = xrealloc(NULL, 1, CHUNK);
	r = check_sizes(&c, e);
	return r < 0 ? r : copy_all(&c, e);
}
