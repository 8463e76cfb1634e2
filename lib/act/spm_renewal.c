/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * When this host's id was renewed, by what the storage says. sanlock's own word is older by the time
 * between two renewals: it looks at the records right before it writes its own. A reading may hang in
 * the kernel where no signal ends it, so it is done by a process that nobody waits for.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "act/spm_part.h"
#include "base/time.h"

static bool is_ours(const struct vdc_lockspace *space, const struct vdc_lease_record *record)
{
	return vdc_lease_record_is_held(record) && record->owner_id == (uint64_t)space->host_id &&
	       (!space->sanlock_name || strcmp(record->name, space->sanlock_name) == 0);
}

static _Noreturn void read_on(const struct vdc_lockspace *space, struct spm_renewal *renewal,
			      pid_t parent, int64_t interval)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (getppid() == parent) {
		struct vdc_lease_record record;

		if (vdc_lockspace_read_host(space, space->host_id, &record, NULL) == 0) {
			if (is_ours(space, &record))
				atomic_store(&renewal->last,
					     (int64_t)record.timestamp * VDC_SECOND);
			else
				atomic_store(&renewal->lost, true);
		}
		vdc_sleep(interval);
	}
	_exit(0);
}

int spm_renewal_watch(const struct vdc_lockspace *space, int64_t interval_us,
		      const struct spm_renewal **ret)
{
	const pid_t parent = getpid();
	struct spm_renewal *renewal = mmap(NULL, sizeof(*renewal), PROT_READ | PROT_WRITE,
					   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	if (renewal == MAP_FAILED)
		return -errno;
	atomic_init(&renewal->last, VDC_UNSET);
	atomic_init(&renewal->lost, false);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		read_on(space, renewal, parent, interval_us);
	*ret = renewal;
	return 0;
}
