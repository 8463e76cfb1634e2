/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The real LVM on a loop device, 512 and 4096 bytes a sector. Its metadata needs no device-mapper. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/proc.h"
#include "base/setting.h"
#include "base/time.h"
#include "edge/lvm_volume.h"
#include "unit.h"

#define MIB (INT64_C(1) << 20)

static char folder[64], device[64], group[32];
static unsigned luns;
static struct vdc_arena *arena;
static struct vdc_lvm *lvm;
static struct vdc_err why;

static char *output_of(const char *const *argv)
{
	const struct vdc_proc proc = { .argv = argv };
	vdc_autoend end = { 0 };

	if (vdc_proc_run(&proc, &end, &why) || end.status)
		fail_msg("%s: %s", argv[0], end.err.data ? end.err.data : vdc_err_text(&why));
	return vdc_arena_strndup(arena, vdc_buf_str(&end.out),
				 strcspn(vdc_buf_str(&end.out), "\n"));
}

static int run(const char *const *words)
{
	struct vdc_lvm_rows rows;

	return vdc_lvm_run(lvm, words, arena, &rows, &why);
}

static struct vdc_lvm *shell(int64_t limit_us)
{
	const char *const devices[] = { device, NULL };
	const struct vdc_lvm_options options = { .devices = devices, .limit_us = limit_us };
	struct vdc_lvm *made;

	assert_int_equal(vdc_lvm_new(&options, &made, &why), 0);
	return made;
}

static void new_lun(const char *sector)
{
	const char *image = vdc_arena_format(arena, "%s/lun%u", folder, ++luns);
	const char *const losetup[] = {
		"losetup", "--find", "--show", "--sector-size", sector, image, NULL,
	};
	int fd = open(image, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 2048 * MIB), 0);
	close(fd);
	snprintf(device, sizeof(device), "%s", output_of(losetup));
	/* It goes when the last one closes it, however that ends. */
	assert_true(open(device, O_RDWR | O_CLOEXEC) >= 0);
	output_of((const char *const[]){ "losetup", "--detach", device, NULL });
	snprintf(group, sizeof(group), "vdc-%d-%u", (int)getpid(), luns);
}

static int setup(void **state)
{
	(void)state;
	if (geteuid())
		skip();
	arena = vdc_arena_new();
	snprintf(folder, sizeof(folder), "/tmp/vdc-lvm-XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(vdc_setting_set(VDC_SETTING_LVM_DIRECTORY,
					 vdc_arena_format(arena, "%s/conf", folder), NULL),
			 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (!arena)
		return 0;
	vdc_lvm_free(lvm);
	output_of((const char *const[]){ "rm", "-r", folder, NULL });
	vdc_arena_free(arena);
	return 0;
}

static void begin(const char *sector)
{
	new_lun(sector);
	vdc_lvm_free(lvm);
	lvm = shell(0);
	if (run((const char *const[]){ "vgcreate", "-s", "128m", group, device, NULL }))
		fail_msg("%s", vdc_err_text(&why));
}

static void grows(const char *sector)
{
	struct vdc_lvm_volume *volumes;
	struct vdc_lvm_group found;
	const char *const *devices;
	size_t n;

	begin(sector);
	assert_int_equal(vdc_lvm_group(lvm, group, arena, &found, &why), 0);
	assert_int_equal(found.extent, 128 * MIB);
	assert_int_equal(found.free, 15 * 128 * MIB);
	assert_int_equal(found.missing, 0);
	assert_int_equal(vdc_lvm_group_devices(lvm, group, arena, &devices, &why), 0);
	assert_string_equal(devices[0], device);
	assert_null(devices[1]);
	assert_int_equal(vdc_lvm_create(lvm, group, "a", 128 * MIB, "new", &why), 0);
	assert_int_equal(vdc_lvm_create(lvm, group, "a", 128 * MIB, NULL, &why), -EEXIST);
	assert_int_equal(vdc_lvm_extend(lvm, group, "a", 300 * MIB, &why), 0);
	assert_int_equal(vdc_lvm_extend(lvm, group, "a", 384 * MIB, &why), -EALREADY);
	assert_int_equal(vdc_lvm_extend(lvm, group, "a", 256 * MIB, &why), -EALREADY);
	assert_int_equal(vdc_lvm_extend(lvm, group, "a", 16384 * MIB, &why), -ENOSPC);
	assert_int_equal(vdc_lvm_create(lvm, group, "b", 16384 * MIB, NULL, &why), -ENOSPC);
	assert_int_equal(vdc_lvm_extend(lvm, group, "b", 384 * MIB, &why), -ENOENT);
	assert_int_equal(vdc_lvm_extend(lvm, "nowhere", "b", 384 * MIB, &why), -ENOENT);
	assert_int_equal(vdc_lvm_volumes(lvm, group, arena, &volumes, &n, &why), 0);
	assert_int_equal(n, 1);
	assert_int_equal(volumes[0].size, 384 * MIB);
	assert_string_equal(volumes[0].tags, "new");
	assert_int_equal(vdc_lvm_remove_tag(lvm, group, "a", "new", &why), 0);
	assert_int_equal(vdc_lvm_volumes(lvm, group, arena, &volumes, &n, &why), 0);
	assert_string_equal(volumes[0].tags, "");
}

static const char *tags_of_group(void)
{
	struct vdc_lvm_group found;

	assert_int_equal(vdc_lvm_group(lvm, group, arena, &found, &why), 0);
	return found.tags;
}

static int tag(const char *what, const char *name)
{
	return vdc_lvm_tag_group(lvm, group, what, name, &why);
}

/* The claim of a host on a group: what stands there is added to, taken away, and read by another shell. */
static void groups_are_tagged(void **state)
{
	struct vdc_lvm *other;

	(void)state;
	begin("512");
	assert_string_equal(tags_of_group(), "");
	assert_int_equal(tag("--addtag", "vdc-claim-1"), 0);
	assert_int_equal(tag("--addtag", "vdc-claim-1"), 0);
	assert_string_equal(tags_of_group(), "vdc-claim-1");
	other = lvm;
	lvm = shell(0);
	assert_string_equal(tags_of_group(), "vdc-claim-1");
	assert_int_equal(tag("--addtag", "vdc-claim-2"), 0);
	assert_string_equal(tags_of_group(), "vdc-claim-1,vdc-claim-2");
	vdc_lvm_free(lvm);
	lvm = other;
	assert_int_equal(tag("--deltag", "vdc-claim-1"), 0);
	assert_string_equal(tags_of_group(), "vdc-claim-2");
	/* One that is not there any more is away as it is wanted. */
	assert_int_equal(tag("--deltag", "vdc-claim-1"), 0);
	assert_int_equal(tag("--deltag", "vdc-claim-2"), 0);
	assert_string_equal(tags_of_group(), "");
	assert_true(tag("--addtag", "no tag") < 0);
	assert_int_equal(vdc_lvm_tag_group(lvm, "nowhere", "--addtag", "a", &why), -ENOENT);
	assert_int_equal(vdc_lvm_tag_group(lvm, "-x", "--addtag", "a", &why), -EINVAL);
	assert_string_equal(tags_of_group(), "");
}

static void volumes_grow_on_512_bytes(void **state)
{
	(void)state;
	grows("512");
}

static void volumes_grow_on_4096_bytes(void **state)
{
	(void)state;
	grows("4096");
}

static void words_stay_words(void **state)
{
	static const char *const bad[] = { "a b", "a\nlvremove", "#", "'a'", "\"a", "a\\", "" };

	(void)state;
	begin("512");
	for (size_t i = 0; i < VDC_COUNT(bad); i++)
		assert_int_equal(run((const char *const[]){ "vgs", bad[i], NULL }), -EINVAL);
	assert_int_equal(run((const char *const[]){ "vgs", "no;such", NULL }), -EIO);
	assert_int_equal(vdc_lvm_create(lvm, group, "$(id)", MIB, NULL, &why), -EINVAL);
}

/* The PID of its only child. */
static pid_t shell_of(void)
{
	char *path =
		vdc_arena_format(arena, "/proc/%d/task/%d/children", (int)getpid(), (int)getpid());

	return (pid_t)atoi(output_of((const char *const[]){ "head", "-1", path, NULL }));
}

static void a_shell_that_died_is_started_again(void **state)
{
	struct vdc_lvm_group found;
	siginfo_t info;
	pid_t pid;

	(void)state;
	begin("512");
	pid = shell_of();
	kill(pid, SIGKILL);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(vdc_lvm_group(lvm, group, arena, &found, &why), 0);
}

static void a_command_that_waits_is_killed(void **state)
{
	struct vdc_lvm_group found;
	int lock;

	(void)state;
	begin("512");
	lock = open(vdc_arena_format(arena, "/run/lock/lvm/V_%s", group),
		    O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(flock(lock, LOCK_EX), 0);
	vdc_lvm_free(lvm);
	lvm = shell(VDC_SECOND / 2);
	assert_int_equal(vdc_lvm_create(lvm, group, "a", MIB, NULL, &why), -ETIMEDOUT);
	/* who only reads does not wait */
	assert_int_equal(vdc_lvm_group(lvm, group, arena, &found, &why), 0);
	close(lock);
	assert_int_equal(vdc_lvm_create(lvm, group, "a", MIB, NULL, &why), 0);
}

static void it_dies_with_its_owner(void **state)
{
	int fds[2];
	pid_t owner, of_owner = 0;

	(void)state;
	begin("512");
	assert_int_equal(pipe(fds), 0);
	owner = fork();
	if (owner == 0) {
		struct vdc_lvm_group found;

		lvm = shell(0);
		if (vdc_lvm_group(lvm, group, arena, &found, &why))
			_exit(1);
		of_owner = shell_of();
		if (write(fds[1], &of_owner, sizeof(of_owner)) < 0)
			_exit(1);
		pause();
	}
	assert_int_equal(read(fds[0], &of_owner, sizeof(of_owner)), sizeof(of_owner));
	assert_int_equal(kill(of_owner, 0), 0);
	kill(owner, SIGKILL);
	waitpid(owner, NULL, 0);
	for (int i = 0; i < 500 && kill(of_owner, 0) == 0; i++)
		usleep(10000);
	assert_int_equal(kill(of_owner, 0), -1);
	close(fds[0]);
	close(fds[1]);
}

static void nothing_but_its_devices_is_looked_at(void **state)
{
	const char *const other[] = { "/dev/nothing.there", NULL };
	const char *const bad[] = { "/dev/a|b", NULL };
	const struct vdc_lvm_options options = { .devices = other };
	struct vdc_lvm_group found;

	(void)state;
	begin("512");
	vdc_lvm_free(lvm);
	lvm = NULL;
	assert_int_equal(vdc_lvm_new(&options, &lvm, &why), 0);
	assert_int_equal(vdc_lvm_group(lvm, group, arena, &found, &why), -ENOENT);
	vdc_lvm_free(lvm);
	lvm = NULL;
	assert_int_equal(vdc_lvm_new(&(struct vdc_lvm_options){ .devices = bad }, &lvm, &why),
			 -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(volumes_grow_on_512_bytes),
		cmocka_unit_test(volumes_grow_on_4096_bytes),
		cmocka_unit_test(groups_are_tagged),
		cmocka_unit_test(words_stay_words),
		cmocka_unit_test(a_shell_that_died_is_started_again),
		cmocka_unit_test(a_command_that_waits_is_killed),
		cmocka_unit_test(it_dies_with_its_owner),
		cmocka_unit_test(nothing_but_its_devices_is_looked_at),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
