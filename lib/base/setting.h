/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Settings of the process: what vdc.conf(5) says, overridden by the environment. One table; the
 * manual's list is checked against it. Read by edge/conf.h once at the start; defaults before that.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/time.h"

#define VDC_SETTING_HOUR (3600 * VDC_SECOND)

/* name in the file, type, default, least and most (0, 0: any), environment variable, help */
#define VDC_SETTINGS(X)                                                                        \
	X(DATABASE, "database", TEXT, NULL, 0, 0, "VDC_DB", "the database of all commands")    \
	X(DATABASE_TIMEOUT, "database-timeout", DURATION, "90s", VDC_SECOND, VDC_SETTING_HOUR, \
	  NULL, "how long a PostgreSQL server may be silent in the middle of a statement")     \
	X(RSH, "rsh", TEXT, "ssh -o BatchMode=yes -o ConnectTimeout=5", 0, 0, "VDC_RSH",       \
	  "how a command is run on a host: words to which the address and the command are added") \
	X(LEVELS_DIRECTORY, "levels-directory", TEXT, NULL, 0, 0, "VDC_LEVELS_DIR",            \
	  "where the catalogue of levels is read from, instead of the usual places")         \
	X(LOG_DIRECTORY, "log-directory", TEXT, NULL, 0, 0, "VDC_LOG_DIR",                     \
	  "where what goes on without a terminal logs, instead of the usual place")          \
	X(EVENT_RETENTION, "event-retention", DURATION, "30d", VDC_SETTING_HOUR, 0, NULL,      \
	  "how long events are kept")                                                          \
	X(SYNC_JOBS, "sync-jobs", NUMBER, "64", 1, 256, NULL, "how many hosts are read at once") \
	X(CONNECT_TIMEOUT, "connect-timeout", DURATION, "10s", VDC_SECOND,             \
	  VDC_SETTING_HOUR, NULL, "time limit for reaching a host")                            \
	X(SYNC_TIMEOUT, "sync-timeout", DURATION, "60s", VDC_SECOND, VDC_SETTING_HOUR, \
	  NULL, "time limit for reading all of a host")                                        \
	X(HOST_REFRESH, "host-refresh", DURATION, "3s", VDC_SECOND, VDC_SETTING_HOUR,  \
	  NULL, "pause between two looks at a host that is watched")                           \
	X(HOST_GRACE, "host-grace", DURATION, "60s", 0, VDC_SETTING_HOUR, NULL,                \
	  "how long a silent host counts as connecting before it is non_responsive")           \
	X(HOST_GRACE_SPM, "host-grace-spm", DURATION, "20s", 0, VDC_SETTING_HOUR, NULL,        \
	  "added to host-grace for the storage pool manager")                                  \
	X(HOST_GRACE_PER_VM, "host-grace-per-vm", DURATION, "500ms", 0, VDC_SETTING_HOUR, NULL, \
	  "added to host-grace for each VM on the host")                                       \
	X(HOST_ATTEMPTS, "host-attempts", NUMBER, "2", 0, 100, NULL,                           \
	  "failed attempts in a row that never make a host non_responsive")                    \
	X(HOST_REBOOT_TIMEOUT, "host-reboot-timeout", DURATION, "10m", 0, 0, NULL,             \
	  "how long a host that was told to reboot may be silent")                             \
	X(JOB_LEASE, "job-lease", DURATION, "15s", 2 * VDC_SECOND, VDC_SETTING_HOUR, NULL,     \
	  "how long a process that carries out a job counts as alive after it was heard of")   \
	X(UPGRADE_COMMAND, "upgrade.command", TEXT, NULL, 0, 0, NULL,                          \
	  "what updates a host, run on it; not set: its package manager, apt-get or dnf")      \
	X(UPGRADE_IMAGE_COMMAND, "upgrade.image-command", TEXT, NULL, 0, 0, NULL,              \
	  "what gives a host a new image, run here; %h is its name, %a its address")           \
	X(UPGRADE_ROLLBACK_COMMAND, "upgrade.rollback-command", TEXT, NULL, 0, 0, NULL,        \
	  "what gives a host its former image back when the new one does not come up")         \
	X(UPGRADE_TIMEOUT, "upgrade.timeout", DURATION, "1h", VDC_SECOND, 0, NULL,             \
	  "time limit of these commands")                                                      \
	X(UPGRADE_RETURN_TIMEOUT, "upgrade.return-timeout", DURATION, "10m", VDC_SECOND, 0,    \
	  NULL, "how long an upgraded host may take to answer again")                          \
	X(UPDATES_COMMAND, "updates.command", TEXT, NULL, 0, 0, NULL,                          \
	  "what tells at a host which updates it can get, in place of its package manager")    \
	X(UPDATES_TIMEOUT, "updates.timeout", DURATION, "5m", VDC_SECOND, VDC_SETTING_HOUR,    \
	  NULL, "time limit for looking for the updates of a host")                            \
	X(ADMINISTRATORS, "administrators", TEXT, "root %sudo %wheel", 0, 0, NULL,             \
	  "users and %groups whose login password confirms what cannot be undone")             \
	X(LOGIN_TRIES, "login-tries", NUMBER, "3", 1, 100, NULL,                               \
	  "so many wrong passwords in a row lock an account for a while")                      \
	X(LOGIN_LOCK, "login-lock", DURATION, "5m", VDC_SECOND, 24 * VDC_SETTING_HOUR, NULL,   \
	  "how long an account is locked after that")                                          \
	X(LOGIN_TIMEOUT, "login-timeout", DURATION, "30s", VDC_SECOND, VDC_SETTING_HOUR, NULL, \
	  "time limit for PAM to check a password")

enum vdc_setting {
#define X(id, ...) VDC_SETTING_##id,
	VDC_SETTINGS(X)
#undef X
	VDC_N_SETTINGS
};

const char *vdc_setting_text(enum vdc_setting setting);	    /* NULL: not set */
int64_t vdc_setting_number(enum vdc_setting setting);	    /* durations in microseconds */
const char *vdc_setting_name(enum vdc_setting setting);	    /* "sync-jobs" */
const char *vdc_setting_variable(enum vdc_setting setting); /* "VDC_DB", or NULL */
const char *vdc_setting_default(enum vdc_setting setting);  /* text, or NULL */
const char *vdc_setting_help(enum vdc_setting setting);

/* VDC_N_SETTINGS when there is none of that name. */
enum vdc_setting vdc_setting_find(const char *name);

/* -EINVAL for a value that it can not have. Copies TEXT. */
int vdc_setting_set(enum vdc_setting setting, const char *text, struct vdc_err *err);
