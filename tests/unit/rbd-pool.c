/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The JSON that Ceph's programs print. */
#include "lib/storage/type/rbd-pool.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const struct storage ceph = { .id = (char *)"ceph", .pool = (char *)"data" };

static void listed(void **state)
{
	static const char rows[] =
		"[{\"image\":\"base-100-disk-0\",\"size\":8,\"format\":2},"
		"{\"image\":\"base-100-disk-0\",\"snapshot\":\"__base__\",\"size\":8},"
		"{\"image\":\"vm-105-disk-0\",\"size\":4096},"
		"{\"image\":\"vm-105-disk-1\",\"size\":8,\"parent\":{\"pool\":\"data\","
		"\"pool_namespace\":\"\",\"image\":\"base-100-disk-0\",\"snapshot\":\"__base__\"}},"
		"{\"image\":\"vm-105-disk-2\",\"size\":8,\"parent\":{\"pool\":\"data\","
		"\"image\":\"vm-100-disk-0\",\"snapshot\":\"before\"}},"
		"{\"image\":\"vm-105-disk-3\",\"size\":8,\"parent\":{\"pool\":\"other\","
		"\"image\":\"base-100-disk-0\",\"snapshot\":\"__base__\"}},"
		"{\"image\":\"vm-105-disk-4\"},{\"image\":\"disk\",\"size\":8},{}, 1]";
	struct json_t *json = json_parse(rows);
	autostrv char **all = names_in(&ceph, json, 0, false), **one = NULL, **none = NULL;
	autofree char *text = strv_join(all, " "), *sizes = NULL;

	(void)state;
	assert_string_equal(text, "base-100-disk-0 vm-105-disk-0 base-100-disk-0/vm-105-disk-1 "
				  "vm-105-disk-2 vm-105-disk-3");
	one = names_in(&ceph, json, 100, true);
	sizes = strv_join(one, ", ");
	assert_string_equal(sizes, "base-100-disk-0 8");
	none = names_in(&ceph, json, 106, true);
	assert_null(none);
	json_free(json);
}

static void pools(void **state)
{
	static const struct {
		const char *stats;
		uint64_t used, available; /* available 0: invalid */
	} rows[] = {
		{ "{\"stored\":10,\"max_avail\":100,\"quota_bytes\":0}", 10, 100 },
		{ "{\"stored\":10,\"max_avail\":100}", 10, 100 },
		{ "{\"stored\":10,\"max_avail\":100,\"quota_bytes\":50}", 10, 40 },
		{ "{\"stored\":10,\"max_avail\":100,\"quota_bytes\":500}", 10, 100 },
		{ .stats = "{\"stored\":-1,\"max_avail\":100}" },
		{ .stats = "{\"stored\":10,\"max_avail\":\"1G\"}" },
		{ .stats = "{}" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autofree char *text = xasprintf("{\"pools\":[{\"name\":\"x\"},{\"name\":\"data\","
						"\"stats\":%s}]}", rows[i].stats);
		struct json_t *json = json_parse(text);
		struct storage_status status = { 0 };
		bool is = parse_pool(find_pool(json, "data"), &status);

		if (is != !!rows[i].available || (is && (status.used != rows[i].used ||
		    status.available != rows[i].available ||
		    status.size != status.used + status.available)))
			fail_msg("%s", text);
		assert_null(find_pool(json, "none"));
		json_free(json);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(listed),
		cmocka_unit_test(pools),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
