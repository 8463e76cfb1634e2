/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening a database: where it is, and who may. */
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/fs.h"
#include "scratch_db.h"

static void a_reader_cannot_write(void **state)
{
	struct vdc_db *reader;
	struct vdc_err err = { 0 };
	SCRATCH(s);

	script(s->db, TABLE);
	must(vdc_db_open(s->where, VDC_DB_READ_ONLY, &reader, &err), &err);
	assert_int_equal(number_of(reader, "SELECT count(*) FROM t"), 0);
	assert_int_equal(run_text(reader, "INSERT INTO t VALUES (1, 'a', 1)"), -EACCES);
	vdc_db_close(reader);
}

static void a_missing_database_says_what_to_do(void **state)
{
	vdc_autofree char *where = NULL;
	struct vdc_err err = { 0 };
	struct vdc_db *db = NULL;
	SCRATCH(s);

	where = s->engine == VDC_DB_SQLITE ? vdc_format("%s/none", s->folder) : pg_where("none");
	assert_int_equal(vdc_db_open(where, 0, &db, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "none"));
	assert_non_null(
		strstr(err.msg, s->engine == VDC_DB_SQLITE ? "inventory init" : "createdb"));
}

static void secrets_are_not_told(void **state)
{
	static const char *const wheres[] = {
		"postgresql://vdc:hunter2@127.0.0.1:1/x",
		"postgresql://vdc:hunter2%zz@127.0.0.1:1/x",
		"host=127.0.0.1 port=1 password='hunter2",
		"host=127.0.0.1 port=1 password=hunter2",
		"postgresql://vdc:hunter2@127.0.0.1:1/x?nonsense=hunter2",
	};
	size_t i;
	SCRATCH(s);

	for (i = 0; i < VDC_COUNT(wheres); i++) {
		struct vdc_err err = { 0 };
		struct vdc_db *db = NULL;

		assert_true(vdc_db_open(wheres[i], 0, &db, &err) < 0);
		assert_null(strstr(err.msg, "hunter2"));
		assert_non_null(strstr(err.msg, "database"));
	}
	assert_null(strstr(vdc_db_where(s->db), "vdc@"));
}

static void only_its_group_reads_a_new_file(void **state)
{
	vdc_autofree char *folder = NULL, *where = NULL;
	struct vdc_err err = { 0 };
	struct vdc_db *db = NULL;
	struct stat st;
	SCRATCH(s);

	folder = vdc_format("%s/a/b", s->folder);
	where = vdc_format("sqlite:%s/db", folder);
	must(vdc_db_open(where, VDC_DB_CREATE, &db, &err), &err);
	vdc_db_close(db);
	assert_int_equal(stat(where + strlen("sqlite:"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	unlink(where + strlen("sqlite:"));
	rmdir(folder);
	*strrchr(folder, '/') = '\0';
	rmdir(folder);
}

static void who_may_not_write_the_folder_is_told_of_the_group(void **state)
{
	struct vdc_err err = { 0 };
	int status;
	pid_t child;
	SCRATCH(s);

	if (getuid() != 0)
		skip();
	script(s->db, TABLE);
	vdc_db_close(s->db);
	s->db = NULL;
	chmod(s->folder, 0755);
	chmod(s->where, 0644);
	child = fork();
	if (child == 0) {
		struct vdc_db *db = NULL;
		int64_t n;
		int r = setuid(65534);

		if (r == 0)
			r = vdc_db_open(s->where, VDC_DB_READ_ONLY, &db, &err);
		if (r == 0)
			r = vdc_db_run(db, "SELECT count(*) FROM t", NULL, 0, first_number, &n,
				       NULL, &err);
		_exit(r == -EACCES && strstr(err.msg, "group vdc") ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void network_file_systems_are_known(void **state)
{
	(void)state;
	assert_string_equal(vdc_fs_network(0x6969), "NFS");
	assert_string_equal(vdc_fs_network((long)(int)0xff534d42), "CIFS");
	assert_null(vdc_fs_network(0xef53));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(a_reader_cannot_write),
		on_both(a_missing_database_says_what_to_do),
		on_postgres(secrets_are_not_told),
		on_sqlite(only_its_group_reads_a_new_file),
		on_sqlite(who_may_not_write_the_folder_is_told_of_the_group),
		cmocka_unit_test(network_file_systems_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
