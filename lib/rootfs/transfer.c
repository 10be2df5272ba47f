/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pipes between sender and receiver. */
#include "lib/rootfs/transfer.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/interrupt.h"
#include "lib/base/util.h"

/* The time limit begins anew after so many bytes, so that single bytes cannot prolong it forever.
 */
#define RENEW_BYTES 65536

/* Wait until fd is ready.  Only time spent here counts, as the other process is to blame for it. */
static int wait_ready(struct transfer *t, int fd, short events, struct err *e)
{
	struct pollfd ready = { .fd = fd, .events = events };
	long long began = t->stall_ms ? now_ms() : 0;
	int n, r;

	if (t->bytes - t->renewed_at >= RENEW_BYTES) {
		t->waited_ms = 0;
		t->renewed_at = t->bytes;
	}
	n = poll(&ready, 1,
		 !t->stall_ms		      ? -1
		 : t->waited_ms < t->stall_ms ? (int)(t->stall_ms - t->waited_ms)
					      : 0);
	if (t->stall_ms)
		t->waited_ms += now_ms() - began;
	r = interrupt_check(e);
	if (r < 0 || n != 0)
		return r;
	return err_set(e, ETIMEDOUT, NULL, "there was no progress for %u s", t->stall_ms / 1000);
}

static int ended(struct err *e)
{
	return err_set(e, EPIPE, NULL, "the process at the other end has ended");
}

int transfer_write(struct transfer *t, const void *data, size_t len, struct err *e)
{
	const char *at = data;

	while (len) {
		ssize_t n = write(t->out, at, len);

		if (n >= 0) {
			at += n;
			len -= (size_t)n;
			t->bytes += (uint64_t)n;
			continue;
		}
		if (errno == EPIPE)
			return ended(e);
		if (errno != EAGAIN && errno != EINTR)
			return err_sys(e, NULL, "write to a pipe");
		if (wait_ready(t, t->out, POLLOUT, e) < 0)
			return err_code(e);
	}
	return 0;
}

int transfer_read(struct transfer *t, void *data, size_t len, struct err *e)
{
	char *at = data;

	while (len) {
		ssize_t n = read(t->in, at, len);

		if (n == 0)
			return ended(e);
		if (n > 0) {
			at += n;
			len -= (size_t)n;
			t->bytes += (uint64_t)n;
			continue;
		}
		if (errno != EAGAIN && errno != EINTR)
			return err_sys(e, NULL, "read from a pipe");
		if (wait_ready(t, t->in, POLLIN, e) < 0)
			return err_code(e);
	}
	return 0;
}

int transfer_put(struct transfer *t, const struct transfer_record *record, const void *data,
		 struct err *e)
{
	char message[sizeof *record + TRANSFER_DATA_MAX];
	int r;

	memcpy(message, record, sizeof *record);
	if (record->len)
		memcpy(message + sizeof *record, data, record->len);
	r = transfer_write(t, message, sizeof *record + record->len, e);
	if (r == 0 && t->moved)
		t->moved(t->arg, t->bytes);
	return r;
}

int transfer_get(struct transfer *t, struct transfer_record *ret, char *data, struct err *e)
{
	struct err theirs;
	int r = transfer_read(t, ret, sizeof *ret, e);

	if (r == 0 && ret->len > TRANSFER_DATA_MAX)
		r = err_set(e, EPROTO, NULL, "the other end sent a record that is too large");
	if (r == 0)
		r = transfer_read(t, data, ret->len, e);
	if (r < 0)
		return r;
	data[ret->len] = '\0';
	if (t->moved)
		t->moved(t->arg, t->bytes);
	if (ret->type != TRANSFER_FAIL)
		return 0;
	t->refused = true;
	if (ret->len != sizeof theirs)
		return err_set(e, EPROTO, NULL, "the other end failed without a valid reason");
	memcpy(&theirs, data, sizeof theirs);
	return err_take(e, &theirs);
}

void transfer_finish(struct transfer *t, int r, const struct err *e)
{
	const struct transfer_record end = { .type = TRANSFER_END };
	const struct transfer_record fail = { .type = TRANSFER_FAIL, .len = sizeof *e };

	(void)!transfer_put(t, r < 0 ? &fail : &end, e, NULL);
}
