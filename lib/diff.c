/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/diff.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/util.h"

#define CONTEXT 3
#define MAX_CELLS (2 * 1024 * 1024) /* of the table; larger middles are shown as replaced */

struct text {
	char *copy;     /* its lines, each ended by NUL */
	uint32_t *line; /* where each begins: there may be a million */
	size_t n;
	bool newline; /* the last line is ended */
};

/* One line of the result: ' ', '-' or '+', and where it stands in either text. */
struct step {
	char op;
	uint32_t a, b;
};

struct script {
	struct step *step;
	size_t n;
};

static const char *line_of(const struct text *t, size_t i)
{
	return t->copy + t->line[i];
}

static struct text split(const char *s)
{
	struct text t = { .copy = xstrdup(s), .newline = true };
	size_t size = 1;

	for (const char *c = s; c && *c; c++)
		size += *c == '\n';
	t.line = xcalloc(size, sizeof *t.line);
	for (char *at = t.copy; at && *at;) {
		size_t len = strcspn(at, "\n");

		t.newline = at[len] == '\n';
		at[len] = '\0';
		text_disarm(at, "\t");
		t.line[t.n++] = (uint32_t)(at - t.copy);
		at += len + t.newline;
	}
	return t;
}

static void text_done(struct text *t)
{
	free(t->copy);
	free(t->line);
}

static void push(struct script *s, char op, size_t a, size_t b)
{
	s->step = xrealloc(s->step, s->n + 1, sizeof *s->step);
	s->step[s->n++] = (struct step){ op, (uint32_t)a, (uint32_t)b };
}

/* A last line without its line feed differs from the same one with it. */
static bool same(const struct text *a, size_t i, const struct text *b, size_t j)
{
	bool ended_a = i + 1 < a->n || a->newline, ended_b = j + 1 < b->n || b->newline;

	return ended_a == ended_b && str_eq(line_of(a, i), line_of(b, j));
}

/* Longest common subsequence of a[i0..i1) and b[j0..j1), by the table of its lengths. */
static void compare(struct script *s, const struct text *a, size_t i0, size_t i1,
		    const struct text *b, size_t j0, size_t j1)
{
	size_t n = i1 - i0, m = j1 - j0, width = m + 1, i = 0, j = 0;
	autofree uint32_t *length = NULL;

	if (n && m && (n + 1) <= MAX_CELLS / width) {
		length = xcalloc((n + 1) * width, sizeof *length);
		for (i = n; i-- > 0;)
			for (j = m; j-- > 0;) {
				uint32_t down = length[(i + 1) * width + j];
				uint32_t right = length[i * width + j + 1];

				length[i * width + j] =
					same(a, i0 + i, b, j0 + j)
						? length[(i + 1) * width + j + 1] + 1
						: (down > right ? down : right);
			}
		i = j = 0;
	}
	while (i < n || j < m) {
		if (length && i < n && j < m && same(a, i0 + i, b, j0 + j)) {
			push(s, ' ', i0 + i, j0 + j);
			i++;
			j++;
		} else if (i < n && (j == m || !length ||
				     length[(i + 1) * width + j] >= length[i * width + j + 1])) {
			push(s, '-', i0 + i, j0 + j);
			i++;
		} else {
			push(s, '+', i0 + i, j0 + j);
			j++;
		}
	}
}

static void make_script(struct script *s, const struct text *a, const struct text *b)
{
	size_t head = 0, tail = 0;

	while (head < a->n && head < b->n && same(a, head, b, head))
		head++;
	while (tail < a->n - head && tail < b->n - head &&
	       same(a, a->n - 1 - tail, b, b->n - 1 - tail))
		tail++;
	/* What is far from any change is not shown. */
	for (size_t i = head > CONTEXT ? head - CONTEXT : 0; i < head; i++)
		push(s, ' ', i, i);
	compare(s, a, head, a->n - tail, b, head, b->n - tail);
	for (size_t i = tail; i > 0 && tail - i < CONTEXT; i--)
		push(s, ' ', a->n - i, b->n - i);
}

static void add_line(struct buf *out, const struct step *step, const struct text *a,
		     const struct text *b)
{
	const struct text *t = step->op == '+' ? b : a;
	size_t i = step->op == '+' ? step->b : step->a;

	buf_addf(out, "%c%s\n", step->op, line_of(t, i));
	if (i + 1 == t->n && !t->newline)
		buf_add(out, "\\ No newline at end of file\n");
}

static void add_hunk(struct buf *out, const struct script *s, size_t first, size_t last,
		     const struct text *a, const struct text *b)
{
	size_t in_a = 0, in_b = 0;

	for (size_t i = first; i < last; i++) {
		in_a += s->step[i].op != '+';
		in_b += s->step[i].op != '-';
	}
	/* An empty side is named by the line before it. */
	buf_addf(out, "@@ -%u,%zu +%u,%zu @@\n", s->step[first].a + (in_a ? 1 : 0), in_a,
		 s->step[first].b + (in_b ? 1 : 0), in_b);
	for (size_t i = first; i < last; i++)
		add_line(out, &s->step[i], a, b);
}

static void add_hunks(struct buf *out, const struct script *s, const struct text *a,
		      const struct text *b)
{
	size_t i = 0, done = 0;

	while (i < s->n) {
		size_t first, last, equal = 0;

		while (i < s->n && s->step[i].op == ' ')
			i++;
		if (i == s->n)
			break;
		first = i > done + CONTEXT ? i - CONTEXT : done;
		for (last = i; last < s->n && equal <= 2 * CONTEXT; last++)
			equal = s->step[last].op == ' ' ? equal + 1 : 0;
		if (equal > CONTEXT)
			last -= equal - CONTEXT;
		add_hunk(out, s, first, last, a, b);
		i = done = last;
	}
}

char *diff_unified(const char *path, const char *old, const char *new)
{
	struct text a = split(old), b = split(new);
	struct script s = { 0 };
	struct buf out = BUF_INIT;
	size_t header;

	buf_addf(&out, "--- %s%s\n+++ %s%s\n", old ? "a" : "/dev/null", old ? path : "",
		 new ? "b" : "/dev/null", new ? path : "");
	header = out.len;
	make_script(&s, &a, &b);
	add_hunks(&out, &s, &a, &b);
	if (out.len == header && !old == !new)
		buf_clear(&out);
	free(s.step);
	text_done(&a);
	text_done(&b);
	return buf_detach(&out);
}
