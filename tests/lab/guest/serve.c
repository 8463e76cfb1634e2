/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tick.h"

#define REQUEST_MS 5000

__attribute__((format(printf, 3, 0))) static void compose(struct reply *reply, const char *word,
							  const char *fmt, va_list args)
{
	size_t used = (size_t)snprintf(reply->text, sizeof(reply->text), "%s ", word);

	vsnprintf(reply->text + used, sizeof(reply->text) - used, fmt, args);
}

void reply_ok(struct reply *reply, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	compose(reply, "ok", fmt, args);
	va_end(args);
}

void reply_error(struct reply *reply, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	compose(reply, "error", fmt, args);
	va_end(args);
}

void start_thread(void *(*run)(void *), void *arg)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 << 10);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread, &attr, run, arg))
		fprintf(stderr, "tick: no thread: %s\n", strerror(errno));
	pthread_attr_destroy(&attr);
}

static void pong(const struct request *request, struct reply *reply)
{
	reply_ok(reply, "%s", request->word);
}

static const struct {
	const char *word;
	request_fn *answer;
} requests[] = {
	{ "ping", pong },
	{ "ticks", clock_report },
	{ "reset", clock_reset },
	{ "pause", clock_pause },
	{ "write", disk_write },
	{ "read", disk_read },
	{ "verify", disk_verify },
	{ "fill", disk_fill },
	{ "journal", journal_report },
	{ "dirty", load_dirty },
	{ "devices", devices_report },
	{ "boot", boot_report },
	{ "stamp", stamp_report },
	{ "poweroff", pong },
	{ "reboot", pong },
	{ "panic", pong },
};

static struct request parse(char *line)
{
	struct request request = { 0 };
	char *rest = NULL;
	const char *number;

	request.word = strtok_r(line, " \r\n", &rest);
	if (!request.word)
		request.word = "";
	while (request.count < 2 && (number = strtok_r(NULL, " \r\n", &rest)))
		request.number[request.count++] = strtoull(number, NULL, 10);
	return request;
}

static void answer(const struct request *request, struct reply *reply)
{
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		if (!strcmp(request->word, requests[i].word)) {
			requests[i].answer(request, reply);
			return;
		}
	reply_error(reply, "no such request: %.100s", request->word);
}

/* one line, cut off at SIZE; -1 if it does not come */
static int read_line(int fd, char *line, size_t size)
{
	size_t used = 0;

	while (used < size - 1 && !memchr(line, '\n', used)) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		ssize_t n = -1;

		if (poll(&ready, 1, REQUEST_MS) > 0)
			n = read(fd, line + used, size - 1 - used);
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		used += (size_t)n;
	}
	line[used] = '\0';
	return 0;
}

/* a machine that ends too early takes its answer with it */
static void wait_until_read(int fd)
{
	struct pollfd closed = { .fd = fd, .events = POLLIN };

	shutdown(fd, SHUT_WR);
	poll(&closed, 1, REQUEST_MS);
}

static void *converse(void *arg)
{
	int fd = (int)(intptr_t)arg;
	struct request request = { .word = "" };
	struct reply reply;
	char line[256];

	if (read_line(fd, line, sizeof(line)) == 0) {
		request = parse(line);
		answer(&request, &reply);
		dprintf(fd, "%s\n", reply.text);
		wait_until_read(fd);
	}
	close(fd);
	if (boot_is_end(request.word))
		boot_end(request.word);
	return NULL;
}

void serve(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(TICK_PORT) };
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	signal(SIGPIPE, SIG_IGN);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listener, (struct sockaddr *)&any, sizeof(any)) || listen(listener, 16))
		perror("tick: port 7");
	for (;;) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (fd >= 0)
			start_thread(converse, (void *)(intptr_t)fd);
		else
			sleep_ms(TICK_MS);
	}
}
