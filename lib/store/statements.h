/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The statements that are written out, file by file, so that a test can prepare them all. */
#pragma once

struct vdc_statement {
	const char *name; /* NULL ends a list */
	const char *sql;
};

extern const struct vdc_statement vdc_account_statements[];
extern const struct vdc_statement vdc_event_statements[];
extern const struct vdc_statement vdc_extension_statements[];
extern const struct vdc_statement vdc_job_open_statements[];
extern const struct vdc_statement vdc_job_statements[];
extern const struct vdc_statement vdc_job_step_statements[];
extern const struct vdc_statement vdc_load_statements[];
extern const struct vdc_statement vdc_migrate_statements[];
extern const struct vdc_statement vdc_migration_statements[];
extern const struct vdc_statement vdc_reach_statements[];
extern const struct vdc_statement vdc_seen_statements[];
extern const struct vdc_statement vdc_setting_statements[];
