/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/input.h>
#include <net/if.h>
#include <net/route.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tick.h"

void boot_mount(void)
{
	int console;

	mount("proc", "/proc", "proc", 0, NULL);
	mount("sys", "/sys", "sysfs", 0, NULL);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	console = open("/dev/console", O_RDWR);
	for (int fd = 0; console >= 0 && fd <= 2; fd++)
		dup2(console, fd);
}

/* the build lists them in the order in which they need each other */
void boot_modules(void)
{
	FILE *list = fopen("/modules/order", "re");
	char path[256];

	while (list && fgets(path, sizeof(path), list)) {
		int fd;

		path[strcspn(path, "\n")] = '\0';
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
			perror(path);
		close(fd);
	}
	if (list)
		fclose(list);
}

/* another id is another boot */
void boot_report(const struct request *request, struct reply *reply)
{
	char id[64];

	(void)request;
	first_line("/proc/sys/kernel/random/boot_id", id, sizeof(id));
	reply_ok(reply, "boot_id=%s", id);
}

/* the value of NAME=VALUE on the kernel's command line, or NULL */
const char *boot_option(const char *name)
{
	static char line[2048];
	size_t length = strlen(name);
	char *word, *rest = NULL;
	static char value[256];
	FILE *file = fopen("/proc/cmdline", "re");

	if (!file || !fgets(line, sizeof(line), file))
		line[0] = '\0';
	if (file)
		fclose(file);
	for (word = strtok_r(line, " \n", &rest); word; word = strtok_r(NULL, " \n", &rest))
		if (!strncmp(word, name, length) && word[length] == '=') {
			snprintf(value, sizeof(value), "%s", word + length + 1);
			return value;
		}
	return NULL;
}

static void interface_up(int fd, struct ifreq *request)
{
	if (ioctl(fd, SIOCGIFFLAGS, request))
		perror(request->ifr_name);
	request->ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, request))
		perror(request->ifr_name);
}

void boot_network(const char *address_and_prefix)
{
	struct ifreq request = { .ifr_name = "eth0" }, loopback = { .ifr_name = "lo" };
	struct sockaddr_in *address = (struct sockaddr_in *)&request.ifr_addr;
	char text[64];
	char *slash;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), prefix = 24;

	snprintf(text, sizeof(text), "%s", address_and_prefix);
	slash = strchr(text, '/');
	if (slash) {
		*slash = '\0';
		prefix = atoi(slash + 1);
	}
	address->sin_family = AF_INET;
	if (inet_pton(AF_INET, text, &address->sin_addr) != 1 || ioctl(fd, SIOCSIFADDR, &request))
		perror(address_and_prefix);
	address->sin_addr.s_addr = prefix ? htonl(~UINT32_C(0) << (32 - prefix)) : 0;
	if (ioctl(fd, SIOCSIFNETMASK, &request))
		perror(address_and_prefix);
	interface_up(fd, &request);
	interface_up(fd, &loopback);
	close(fd);
}

int boot_is_end(const char *word)
{
	return !strcmp(word, "poweroff") || !strcmp(word, "reboot") || !strcmp(word, "panic");
}

void boot_end(const char *word)
{
	if (!strcmp(word, "panic")) {
		int fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);

		(void)!write(fd, "c", 1);
	}
	reboot(!strcmp(word, "reboot") ? RB_AUTOBOOT : RB_POWER_OFF);
}

static void *watch_power_button(void *arg)
{
	int fd = (int)(intptr_t)arg;
	struct input_event event;

	while (read(fd, &event, sizeof(event)) == sizeof(event))
		if (event.type == EV_KEY && event.code == KEY_POWER && event.value)
			boot_end("poweroff");
	close(fd);
	return NULL;
}

/* what `virsh shutdown` presses */
void boot_watch_power_button(void)
{
	for (int i = 0; i < 4; i++) {
		char path[32];
		int fd;

		snprintf(path, sizeof(path), "/dev/input/event%d", i);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			start_thread(watch_power_button, (void *)(intptr_t)fd);
	}
}
