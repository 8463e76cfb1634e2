/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an engine provides to edge/db.c; nobody else includes this. */
#pragma once

#include "edge/db.h"

struct vdc_db_ops;

struct vdc_db_batch {
	uint64_t failed; /* tag of the statement that doomed the transaction */
};

/* What to do about a server that is away. */
struct vdc_db_reconnect {
	int64_t limit;
	vdc_db_waits_fn *fn; /* may be NULL */
	void *ctx;
};

/* The beginning of every engine's connection. */
struct vdc_db {
	const struct vdc_db_ops *ops;
	char *where; /* without secrets */
	char *given; /* WHERE as it was given: may hold a password, never print it */
	unsigned flags;
	int64_t patience; /* how long a server may be silent */
	struct vdc_db_reconnect reconnect;
	bool reading; /* a row callback is running: the connection is taken */
	bool in_transaction;
	bool batching;
	bool unsure; /* the connection was lost at COMMIT */
	struct vdc_db_batch batch;
	int doomed; /* the first statement of the transaction that failed: its error */
	struct vdc_err doom;
	bool clashed; /* the last transaction failed for a key that was not unique */
	char clash[320]; /* the values of the last key that was not unique */
};

enum vdc_db_begin { VDC_DB_BEGIN_WRITE, VDC_DB_BEGIN_SNAPSHOT };

struct vdc_db_call {
	const char *sql;
	const struct vdc_value *params;
	size_t n;
	vdc_db_row_fn *fn;
	void *ctx;
	int64_t changed; /* out */
	bool refused;	 /* out: the error came from FN, not from the engine */
};

struct vdc_db_ops {
	enum vdc_db_engine engine;
	int (*open)(const char *where, unsigned flags, struct vdc_db **ret, struct vdc_err *err);
	void (*close)(struct vdc_db *db);
	/* Connects if there is no connection. NULL: it cannot be lost. */
	int (*connect)(struct vdc_db *db, struct vdc_err *err);
	int (*run)(struct vdc_db *db, struct vdc_db_call *call, struct vdc_err *err);
	int (*prepare)(struct vdc_db *db, const char *sql, size_t *n_params, struct vdc_err *err);
	int (*script)(struct vdc_db *db, const char *sql, struct vdc_err *err);
	int (*begin)(struct vdc_db *db, enum vdc_db_begin how, struct vdc_err *err);
	int (*commit)(struct vdc_db *db, struct vdc_err *err);
	void (*rollback)(struct vdc_db *db);
	/* The three below may be NULL: a batch is then a row of runs. */
	int (*batch_begin)(struct vdc_db *db, struct vdc_err *err);
	int (*batch_run)(struct vdc_db *db, struct vdc_db_call *call, uint64_t tag,
			 uint64_t *failed, struct vdc_err *err);
	int (*batch_end)(struct vdc_db *db, uint64_t *failed, struct vdc_err *err);
	int (*now)(struct vdc_db *db, int64_t *ret, struct vdc_err *err);
	int (*wait_change)(struct vdc_db *db, int64_t limit_us, struct vdc_err *err);
	int (*change_fd)(const struct vdc_db *db); /* may be NULL */
};

/* What an engine's open() begins with, and the last that its close() does. */
void vdc_db_init(struct vdc_db *db, const struct vdc_db_ops *ops, const char *where,
		 unsigned flags);
void vdc_db_done(struct vdc_db *db);

/* Shared by edge/db*.c. */
int vdc_db_check_free(const struct vdc_db *db, struct vdc_err *err);
/* Waits for a server that is away, as vdc_db_set_reconnect() said. */
int vdc_db_connect(struct vdc_db *db, struct vdc_err *err);

extern const struct vdc_db_ops vdc_sqlite_ops;
