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
#define VDC_SETTINGS(X)                                                                            \
	X(DATABASE, "database", TEXT, NULL, 0, 0, "VDC_DB", "the database of all commands")        \
	X(DATABASE_TIMEOUT, "database-timeout", DURATION, "90s", VDC_SECOND, VDC_SETTING_HOUR,     \
	  NULL, "how long a PostgreSQL server may be silent in the middle of a statement")         \
	X(RSH, "rsh", TEXT, "ssh -o BatchMode=yes -o ConnectTimeout=5", 0, 0, "VDC_RSH",           \
	  "how a command is run on a host: words to which the address and the command are added")  \
	X(LEVELS_DIRECTORY, "levels-directory", TEXT, NULL, 0, 0, "VDC_LEVELS_DIR",                \
	  "where the catalogue of levels is read from, instead of the usual places")               \
	X(LOG_DIRECTORY, "log-directory", TEXT, NULL, 0, 0, "VDC_LOG_DIR",                         \
	  "where what goes on without a terminal logs, instead of the usual place")                \
	X(CACHE_DIRECTORY, "cache-directory", TEXT, NULL, 0, 0, "VDC_CACHE_DIR",                   \
	  "where what can be found out again is kept, instead of the usual place")                 \
	X(EVENT_RETENTION, "event-retention", DURATION, "30d", VDC_SETTING_HOUR, 0, NULL,          \
	  "how long events are kept")                                                              \
	X(SYNC_JOBS, "sync-jobs", NUMBER, "64", 1, 256, NULL, "how many hosts are read at once")   \
	X(CONNECT_TIMEOUT, "connect-timeout", DURATION, "10s", VDC_SECOND, VDC_SETTING_HOUR, NULL, \
	  "time limit for reaching a host")                                                        \
	X(SYNC_TIMEOUT, "sync-timeout", DURATION, "60s", VDC_SECOND, VDC_SETTING_HOUR, NULL,       \
	  "time limit for reading all of a host")                                                  \
	X(HOST_REFRESH, "host-refresh", DURATION, "3s", VDC_SECOND, VDC_SETTING_HOUR, NULL,        \
	  "pause between two looks at a host that is watched")                                     \
	X(HOST_GRACE, "host-grace", DURATION, "60s", 0, VDC_SETTING_HOUR, NULL,                    \
	  "how long a silent host counts as connecting before it is non_responsive")               \
	X(HOST_GRACE_SPM, "host-grace-spm", DURATION, "20s", 0, VDC_SETTING_HOUR, NULL,            \
	  "added to host-grace for the storage pool manager")                                      \
	X(HOST_GRACE_PER_VM, "host-grace-per-vm", DURATION, "500ms", 0, VDC_SETTING_HOUR, NULL,    \
	  "added to host-grace for each VM on the host")                                           \
	X(HOST_ATTEMPTS, "host-attempts", NUMBER, "2", 0, 100, NULL,                               \
	  "failed attempts in a row that never make a host non_responsive")                        \
	X(HOST_REBOOT_TIMEOUT, "host-reboot-timeout", DURATION, "10m", 0, 0, NULL,                 \
	  "how long a host that was told to reboot may be silent")                                 \
	X(JOB_LEASE, "job-lease", DURATION, "15s", 2 * VDC_SECOND, VDC_SETTING_HOUR, NULL,         \
	  "how long a process that carries out a job counts as alive after it was heard of")       \
	X(UPGRADE_COMMAND, "upgrade.command", TEXT, NULL, 0, 0, NULL,                              \
	  "what updates a host, run on it; not set: its package manager, apt-get or dnf")          \
	X(UPGRADE_IMAGE_COMMAND, "upgrade.image-command", TEXT, NULL, 0, 0, NULL,                  \
	  "what gives a host a new image, run here; %h is its name, %a its address")               \
	X(UPGRADE_ROLLBACK_COMMAND, "upgrade.rollback-command", TEXT, NULL, 0, 0, NULL,            \
	  "what gives a host its former image back when the new one does not come up")             \
	X(UPGRADE_TIMEOUT, "upgrade.timeout", DURATION, "1h", VDC_SECOND, 0, NULL,                 \
	  "time limit of these commands")                                                          \
	X(UPGRADE_RETURN_TIMEOUT, "upgrade.return-timeout", DURATION, "10m", VDC_SECOND, 0, NULL,  \
	  "how long an upgraded host may take to answer again")                                    \
	X(UPDATES_COMMAND, "updates.command", TEXT, NULL, 0, 0, NULL,                              \
	  "what tells at a host which updates it can get, in place of its package manager")        \
	X(UPDATES_TIMEOUT, "updates.timeout", DURATION, "5m", VDC_SECOND, VDC_SETTING_HOUR, NULL,  \
	  "time limit for looking for the updates of a host")                                      \
	X(FENCE_AGENT_DIRECTORY, "fence.agent-directory", TEXT, "/usr/sbin", 0, 0, NULL,           \
	  "where the programs fence_* are")                                                        \
	X(FENCE_STATUS_INTERVAL, "fence.status-interval", DURATION, "10s", 0, VDC_SETTING_HOUR,    \
	  NULL, "pause between two questions whether the power followed")                          \
	X(FENCE_STATUS_PATIENCE, "fence.status-patience", DURATION, "3s", 0, VDC_SETTING_HOUR,     \
	  NULL, "when a question for the power takes so long, the next device is asked, too")      \
	X(FENCE_STATUS_TRIES, "fence.status-tries", NUMBER, "18", 1, 1000, NULL,                   \
	  "how often that is asked")                                                               \
	X(FENCE_STATUS_DELAY, "fence.status-delay", DURATION, "5s", 0, VDC_SETTING_HOUR, NULL,     \
	  "pause before it is asked for the first time")                                           \
	X(FENCE_UNKNOWN_TRIES, "fence.unknown-tries", NUMBER, "3", 0, 100, NULL,                   \
	  "how many answers that are neither on nor off are put up with")                          \
	X(FENCE_ON_RETRIES, "fence.on-retries", NUMBER, "1", 0, 100, NULL,                         \
	  "how often switching on is tried again")                                                 \
	X(FENCE_OFF_RETRIES, "fence.off-retries", NUMBER, "0", 0, 100, NULL,                       \
	  "how often switching off is tried again")                                                \
	X(FENCE_AGENT_TIMEOUT, "fence.agent-timeout", DURATION, "60s", VDC_SECOND,                 \
	  VDC_SETTING_HOUR, NULL, "time limit of one call of an agent, its own waits added")       \
	X(FENCE_DEVICE_CALLS, "fence.device-calls", NUMBER, "1", 0, 64, NULL,                      \
	  "calls of agents at once to one device that hosts share; 0: any number")                 \
	X(FENCE_DEVICE_WAIT, "fence.device-wait", DURATION, "5m", 0, VDC_SETTING_HOUR, NULL,       \
	  "how long a call waits for its turn at such a device")                                   \
	X(FENCE_PROXY_TRIES, "fence.proxy-tries", NUMBER, "3", 1, 100, NULL,                       \
	  "how often a proxy is looked for, and how many are tried in a call of an agent")         \
	X(FENCE_PROXY_INTERVAL, "fence.proxy-interval", DURATION, "30s", 0, VDC_SETTING_HOUR,      \
	  NULL, "pause between these tries")                                                       \
	X(FENCE_JOBS, "fence.jobs", NUMBER, "32", 1, 256, NULL,                                    \
	  "hosts whose power is switched or asked at once")                                        \
	X(FENCE_TEST_TIME, "fence.test-time", DURATION, "30m", 0, 24 * VDC_SETTING_HOUR, NULL,     \
	  "time after which fence test begins no question any more")                               \
	X(FENCE_QUIET_TIME, "fence.quiet-time", DURATION, "5m", 0, 24 * VDC_SETTING_HOUR, NULL,    \
	  "time after a start of the monitor in which nobody is fenced")                           \
	X(FENCE_DELAY, "fence.delay", DURATION, "30s", 0, VDC_SETTING_HOUR, NULL,                  \
	  "time that a non_responsive host has before it is fenced")                               \
	X(FENCE_SOFT_TIMEOUT, "fence.soft-timeout", DURATION, "60s", VDC_SECOND, VDC_SETTING_HOUR, \
	  NULL, "how long a host may take to answer after a soft fence")                           \
	X(FENCE_KDUMP_TIMEOUT, "fence.kdump-timeout", DURATION, "30s", 0, VDC_SETTING_HOUR, NULL,  \
	  "how long the first message of a kernel dump is waited for")                             \
	X(FENCE_KDUMP_LIMIT, "fence.kdump-limit", DURATION, "30m", VDC_SECOND,                     \
	  24 * VDC_SETTING_HOUR, NULL, "how long a kernel dump may take")                          \
	X(FENCE_KDUMP_PORT, "fence.kdump-port", NUMBER, "7410", 1, 65535, NULL,                    \
	  "UDP port to which hosts tell that they write one")                                      \
	X(FENCE_LEASE_AGE, "fence.lease-age", DURATION, "80s", VDC_SECOND, VDC_SETTING_HOUR, NULL, \
	  "a storage lease renewed so recently shows that its host lives")                         \
	X(FENCE_LEASES_TIMEOUT, "fence.leases-timeout", DURATION, "60s", VDC_SECOND,               \
	  VDC_SETTING_HOUR, NULL,                                                                  \
	  "how long the leases of a host that is off may take to be freed")                        \
	X(FENCE_RETURN_TIMEOUT, "fence.return-timeout", DURATION, "10m", VDC_SECOND,               \
	  24 * VDC_SETTING_HOUR, NULL, "how long a fenced host may take to answer again")          \
	X(FENCE_REPEAT, "fence.repeat", DURATION, "1m", VDC_SECOND, 24 * VDC_SETTING_HOUR, NULL,   \
	  "first pause before a host that stays away is treated again; it doubles")                \
	X(FENCE_REPEAT_MOST, "fence.repeat-most", DURATION, "30m", VDC_SECOND,                     \
	  24 * VDC_SETTING_HOUR, NULL, "longest such pause")                                       \
	X(HA_RETRY, "ha.retry", DURATION, "30s", VDC_SECOND, VDC_SETTING_HOUR, NULL,               \
	  "pause before a VM that did not start elsewhere is tried again")                         \
	X(HA_RETRIES, "ha.retries", NUMBER, "10", 0, 1000, NULL,                                   \
	  "how often, until only ha.retry-slow is left")                                           \
	X(HA_RETRY_SLOW, "ha.retry-slow", DURATION, "30m", VDC_SECOND, 24 * VDC_SETTING_HOUR,      \
	  NULL, "pause between all further tries")                                                 \
	X(HA_PRIORITY_WAIT, "ha.priority-wait", DURATION, "10m", 0, 24 * VDC_SETTING_HOUR, NULL,   \
	  "how long a VM waits for others of a higher priority to start")                          \
	X(HA_START_TIMEOUT, "ha.start-timeout", DURATION, "3m", VDC_SECOND, VDC_SETTING_HOUR,      \
	  NULL, "time limit for starting one VM")                                                  \
	X(LOCKSPACES, "lockspaces", TEXT, "/var/lib/vdc/lockspaces.json", 0, 0, NULL,              \
	  "document in which this host keeps the lockspaces that it is to be in")                  \
	X(SPM_DIRECTORY, "spm-directory", TEXT, "/run/vdc/spm", 0, 0, NULL,                        \
	  "where a holder of the manager's lease says what it is about")                           \
	X(STORAGE_READ_TIMEOUT, "storage.read-timeout", DURATION, "30s", VDC_SECOND,               \
	  VDC_SETTING_HOUR, NULL, "a storage domain that is not read within this is lost")         \
	X(STORAGE_READ_SLOW, "storage.read-slow", DURATION, "5s", 0, VDC_SETTING_HOUR, NULL,       \
	  "a storage domain that takes longer to read is slow")                                    \
	X(STORAGE_COMPARE_TIMEOUT, "storage.compare-timeout", DURATION, "10m", VDC_SECOND,         \
	  24 * VDC_SETTING_HOUR, NULL,                                                             \
	  "how long a check may compare the storage of a data centre with the database")           \
	X(STORAGE_FAILURE_TIMEOUT, "storage.failure-timeout", DURATION, "5m", 0,                   \
	  24 * VDC_SETTING_HOUR, NULL,                                                             \
	  "how long a domain is lost before anything is done about it")                            \
	X(STORAGE_RETRY, "storage.retry", DURATION, "5m", 0, 24 * VDC_SETTING_HOUR, NULL,          \
	  "pause between two tries to bring back a host that had lost storage")                    \
	X(STORAGE_REACH_AGE, "storage.reach-age", DURATION, "10m", VDC_SECOND,                     \
	  24 * VDC_SETTING_HOUR, NULL,                                                             \
	  "a look at the storage that is older says nothing any more")                             \
	X(LVM_DIRECTORY, "lvm-directory", TEXT, "/run/vdc/lvm", 0, 0, NULL,                        \
	  "where the configuration is kept under which LVM's metadata is changed")                 \
	X(REFRESH_COMMAND, "refresh.command", TEXT, "lvchange --refresh", 0, 0, NULL,              \
	  "what makes this host see the new size of a logical volume, which is added to it")       \
	X(RESCAN_COMMAND, "rescan.command", TEXT, "rescan-scsi-bus.sh --resize", 0, 0, NULL,       \
	  "what makes this host see new LUNs, and new sizes of those that it has")                 \
	X(RESCAN_TIMEOUT, "rescan.timeout", DURATION, "60s", VDC_SECOND, VDC_SETTING_HOUR, NULL,   \
	  "time limit of that")                                                                    \
	X(ADMINISTRATORS, "administrators", TEXT, "root %sudo %wheel", 0, 0, NULL,                 \
	  "users and %groups whose login password confirms what cannot be undone")                 \
	X(LOGIN_TRIES, "login-tries", NUMBER, "3", 1, 100, NULL,                                   \
	  "so many wrong passwords in a row lock an account for a while")                          \
	X(LOGIN_LOCK, "login-lock", DURATION, "5m", VDC_SECOND, 24 * VDC_SETTING_HOUR, NULL,       \
	  "how long an account is locked after that")                                              \
	X(LOGIN_TIMEOUT, "login-timeout", DURATION, "30s", VDC_SECOND, VDC_SETTING_HOUR, NULL,     \
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
