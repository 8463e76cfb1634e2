/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts that send messages of fence_kdump from addresses of the loopback. */
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unit.h"

static const char kdump_message[] = { 0x40, 0x2a, 0x30, 0x1b, 1, 0, 0, 0 };

/* A UDP port that nobody has just now. */
static inline int64_t free_port(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (const void *)&address, len), 0);
	assert_int_equal(getsockname(fd, (void *)&address, &len), 0);
	close(fd);
	return ntohs(address.sin_port);
}

static inline int open_at(const char *source)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	inet_pton(AF_INET, source, &from.sin_addr);
	return fd >= 0 && bind(fd, (const void *)&from, sizeof(from)) == 0 ? fd : -1;
}

static inline ssize_t send_to(int fd, int64_t port, const void *data, size_t len)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	return sendto(fd, data, len, 0, (const void *)&to, sizeof(to));
}

static inline void send_from(const char *source, int64_t port, const void *data, size_t len)
{
	int fd = open_at(source);

	assert_true(fd >= 0);
	assert_int_equal(send_to(fd, port, data, len), len);
	close(fd);
}
