/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening and closing an SQLite database, and the words of its errors. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/mem.h"
#include "edge/db_sqlite.h"

enum { BUSY_LIMIT_MS = 5000 };

/* Writes here are short: SQLite's own pauses of up to 100 ms would mostly wait for nobody. */
static int wait_for_writer(void *ctx vdc_unused, int tries)
{
	const int64_t pause_us = tries < 8 ? 500 : 5000;
	const struct timespec t = { .tv_nsec = pause_us * 1000 };

	nanosleep(&t, NULL);
	return tries < BUSY_LIMIT_MS / 5;
}

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return vdc_strdup(".");
	return vdc_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* SQLite says only that it cannot: why is found out here. */
static const char *what_is_forbidden(const char *where)
{
	vdc_autofree char *folder = folder_of(where);

	if (faccessat(AT_FDCWD, where, R_OK, AT_EACCESS) < 0)
		return "you may not read it";
	if (faccessat(AT_FDCWD, where, W_OK, AT_EACCESS) == 0 &&
	    faccessat(AT_FDCWD, folder, W_OK, AT_EACCESS) == 0)
		return "it cannot be opened";
	if (errno == EROFS)
		return "its file system is mounted read-only";
	return faccessat(AT_FDCWD, where, W_OK, AT_EACCESS) < 0
		       ? "you may not write it"
		       : "you may not write its folder, which SQLite needs";
}

static int not_permitted(const char *where, struct vdc_err *err)
{
	const char *what = what_is_forbidden(where);

	return vdc_err_set(err, -EACCES, "database %s: %s%s", where, what,
			   strncmp(what, "you", 3) ? ""
						   : "; join the group vdc (usermod -aG vdc USER) "
						     "or run as root");
}

/* "UNIQUE constraint failed: vms.cluster_id, vms.name" -> "cluster_id, name" */
static int not_unique(const char *columns, struct vdc_err *err)
{
	vdc_autobuf names = { 0 };

	while (*columns) {
		size_t len = strcspn(columns, ", ");
		const char *dot = memchr(columns, '.', len);
		size_t skip = dot ? (size_t)(dot - columns) + 1 : 0;

		vdc_buf_printf(&names, "%s%.*s", names.len ? ", " : "", (int)(len - skip),
			       columns + skip);
		columns += len;
		columns += strspn(columns, ", ");
	}
	return vdc_err_set(err, -EEXIST, "another row has the same %s", vdc_buf_str(&names));
}

static int constraint_failed(const struct sqlite_db *db, int code, struct vdc_err *err)
{
	const char *text = sqlite3_errmsg(db->sqlite);
	const char *colon = strrchr(text, ':');
	const char *what = colon ? colon + 2 : text;

	switch (code) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
		return not_unique(what, err);
	case SQLITE_CONSTRAINT_NOTNULL:
		return vdc_err_set(err, -EINVAL, "%s: a value is required", what);
	case SQLITE_CONSTRAINT_DATATYPE:
		return vdc_err_set(err, -EINVAL, "%s", text);
	default:
		return vdc_err_set(err, -ENOTEMPTY, "%s", text);
	}
}

int vdc_sqlite_error(const struct sqlite_db *db, struct vdc_err *err)
{
	int code = sqlite3_extended_errcode(db->sqlite);
	const char *text = sqlite3_errmsg(db->sqlite);
	const char *where = db->db.where;

	switch (code & 0xff) {
	case SQLITE_CONSTRAINT:
		return constraint_failed(db, code, err);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return vdc_err_set(err, -EAGAIN, "database %s: another run is writing", where);
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return not_permitted(where, err);
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
		return vdc_err_set(err, -EBADMSG, "database %s: %s", where, text);
	case SQLITE_FULL:
		return vdc_err_set(err, -ENOSPC, "database %s: the disk is full", where);
	case SQLITE_NOMEM:
		return vdc_err_set(err, -ENOMEM, "database %s: out of memory", where);
	case SQLITE_IOERR:
		return vdc_err_set(err, -EIO, "database %s: %s", where, text);
	case SQLITE_ERROR:
		if (strncmp(text, "no such table:", 14) == 0)
			return vdc_err_set(err, -ENOENT, "database %s: %s", where, text);
		if (strstr(text, " already exists"))
			return vdc_err_set(err, -EEXIST, "database %s: %s", where, text);
		break;
	}
	return vdc_err_set(err, -EINVAL, "database %s: %s", where, text);
}

static int make_folder(const char *folder, struct vdc_err *err)
{
	vdc_autofree char *path = vdc_strdup(folder);
	char *p;

	for (p = path + 1;; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(path, 0750) < 0 && errno != EEXIST)
			return vdc_err_set(err, errno == EACCES ? -EACCES : -errno,
					   "folder %s for the database: %m", path);
		if (c == '\0')
			return 0;
		*p = c;
	}
}

/* The database is as open to its group as its folder is, and to nobody else. */
static int make_file(const char *path, const char *folder, struct vdc_err *err)
{
	struct stat st;
	int fd;

	if (stat(folder, &st) < 0)
		return vdc_err_set(err, -errno, "folder %s of the database: %m", folder);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST)
		return 0;
	if (fd < 0)
		return vdc_err_set(err, errno == EROFS ? -EACCES : -errno, "database %s: %m", path);
	if (fchmod(fd, st.st_mode & 0660) < 0) {
		close(fd);
		return vdc_err_set(err, -errno, "database %s: %m", path);
	}
	close(fd);
	return 0;
}

static int check_place(const char *path, const char *folder, struct vdc_err *err)
{
	const char *network;
	struct statfs fs;
	struct stat st;

	if (stat(path, &st) < 0) {
		if (errno == EACCES)
			return not_permitted(path, err);
		return vdc_err_set(err, -ENOENT, "database %s: %m; create it with: inventory init",
				   path);
	}
	if (!S_ISREG(st.st_mode))
		return vdc_err_set(err, -EINVAL, "database %s: not a regular file", path);
	if (statfs(folder, &fs) < 0)
		return vdc_err_set(err, -errno, "folder %s of the database: %m", folder);
	network = vdc_fs_network(fs.f_type);
	if (network)
		return vdc_err_set(err, -EPERM,
				   "database %s: lies on %s, but SQLite serves one "
				   "machine; for several use PostgreSQL "
				   "(--db postgresql://SERVER/NAME)",
				   path, network);
	return 0;
}

/* None of these reads the file. */
static void harden(sqlite3 *sqlite)
{
	sqlite3_extended_result_codes(sqlite, 1);
	sqlite3_busy_handler(sqlite, wait_for_writer, NULL);
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
}

/* A writer's cache holds the pages of the indexes that an import goes through at random. */
static int set_up_writing(struct sqlite_db *db, unsigned flags, struct vdc_err *err)
{
	static const char create[] = "PRAGMA journal_mode=WAL";
	static const char always[] = "PRAGMA synchronous=FULL; PRAGMA cache_size=-8000";

	if (flags & VDC_DB_READ_ONLY)
		return 0;
	if ((flags & VDC_DB_CREATE) &&
	    sqlite3_exec(db->sqlite, create, NULL, NULL, NULL) != SQLITE_OK)
		return vdc_sqlite_error(db, err);
	if (sqlite3_exec(db->sqlite, always, NULL, NULL, NULL) != SQLITE_OK)
		return vdc_sqlite_error(db, err);
	return 0;
}

/*
 * SQLite notes the old pages of each statement that could fail half-way. In a file from 64 KiB on,
 * that is most of the time of a bulk import. A short command is another matter: counting the memory
 * in use takes a lock for each allocation, and twenty pages of cache at once are never filled.
 */
static void configure(void)
{
	sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, 4 << 20);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
}

int vdc_sqlite_open(const char *where, unsigned flags, struct vdc_db **ret, struct vdc_err *err)
{
	static pthread_once_t configured = PTHREAD_ONCE_INIT;
	int mode = flags & VDC_DB_READ_ONLY ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	vdc_autofree char *folder = folder_of(where);
	struct sqlite_db *db;
	int r = 0;

	if (flags & VDC_DB_CREATE)
		r = make_folder(folder, err);
	if (r == 0 && (flags & VDC_DB_CREATE))
		r = make_file(where, folder, err);
	if (r == 0)
		r = check_place(where, folder, err);
	if (r < 0)
		return r;
	pthread_once(&configured, configure);
	db = vdc_alloc(sizeof(*db));
	vdc_db_init(&db->db, &vdc_sqlite_ops, where, flags);
	db->db.where = vdc_strdup(where);
	r = sqlite3_open_v2(where, &db->sqlite, mode | SQLITE_OPEN_NOMUTEX, NULL);
	if (r != SQLITE_OK) {
		r = vdc_sqlite_error(db, err);
	} else {
		harden(db->sqlite);
		r = set_up_writing(db, flags, err);
	}
	if (r < 0) {
		vdc_sqlite_close(&db->db);
		return r;
	}
	*ret = &db->db;
	return 0;
}

void vdc_sqlite_finalize(void *ctx vdc_unused, struct vdc_db_statement *statement)
{
	sqlite3_finalize(statement->handle);
}

void vdc_sqlite_close(struct vdc_db *base)
{
	struct sqlite_db *db = (struct sqlite_db *)base;

	vdc_db_cache_clear(&db->cache, vdc_sqlite_finalize, NULL);
	sqlite3_close(db->sqlite);
	vdc_db_done(&db->db);
	free(db);
}
