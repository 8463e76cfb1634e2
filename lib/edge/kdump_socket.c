/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/kdump_socket.h"

#include <arpa/inet.h>
#include <byteswap.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/time.h"

/* fence-agents, agents/kdump/message.h */
#define MESSAGE_MAGIC UINT32_C(0x1B302A40)
#define MESSAGE_VERSION UINT32_C(1)

enum { MOST_ADDRESSES = 8, MOST_SOCKETS = MOST_ADDRESSES };

struct vdc_kdump_socket {
	int64_t port;
	struct sockaddr_storage addresses[MOST_ADDRESSES];
	socklen_t lens[MOST_ADDRESSES];
	size_t n_addresses;
	struct pollfd fds[MOST_SOCKETS];
	struct {
		int family;
		bool raw;
	} kinds[MOST_SOCKETS];
	size_t n;
};

bool vdc_kdump_is_message(const void *data, size_t len)
{
	uint32_t words[2];

	if (len < sizeof(words))
		return false;
	memcpy(words, data, sizeof(words));
	return (words[0] == MESSAGE_MAGIC && words[1] == MESSAGE_VERSION) ||
	       (words[0] == bswap_32(MESSAGE_MAGIC) && words[1] == bswap_32(MESSAGE_VERSION));
}

static bool is_same_address(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	const struct sockaddr_in *a4 = (const void *)a, *b4 = (const void *)b;
	const struct sockaddr_in6 *a6 = (const void *)a, *b6 = (const void *)b;

	if (a->ss_family != b->ss_family)
		return false;
	return a->ss_family == AF_INET
		       ? a4->sin_addr.s_addr == b4->sin_addr.s_addr
		       : memcmp(&a6->sin6_addr, &b6->sin6_addr, sizeof(a6->sin6_addr)) == 0;
}

static int resolve(struct vdc_kdump_socket *sockets, const char *address, struct vdc_err *err)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM };
	struct addrinfo *found = NULL;
	int r = getaddrinfo(address, NULL, &hints, &found);

	if (r)
		return vdc_err_set(err, -ENOENT, "%s: %s", address, gai_strerror(r));
	for (const struct addrinfo *a = found; a && sockets->n_addresses < MOST_ADDRESSES;
	     a = a->ai_next) {
		if (a->ai_family != AF_INET && a->ai_family != AF_INET6)
			continue;
		memcpy(&sockets->addresses[sockets->n_addresses], a->ai_addr, a->ai_addrlen);
		sockets->lens[sockets->n_addresses++] = a->ai_addrlen;
	}
	freeaddrinfo(found);
	return sockets->n_addresses ? 0
				    : vdc_err_set(err, -ENOENT, "%s: it has no address", address);
}

static void add(struct vdc_kdump_socket *sockets, int fd, int family, bool raw)
{
	sockets->fds[sockets->n] = (struct pollfd){ .fd = fd, .events = POLLIN };
	sockets->kinds[sockets->n].family = family;
	sockets->kinds[sockets->n++].raw = raw;
}

/* 0, or a negative errno. */
static int open_bound(struct vdc_kdump_socket *sockets, int family)
{
	struct sockaddr_in any4 = { .sin_family = AF_INET,
				    .sin_port = htons((uint16_t)sockets->port) };
	struct sockaddr_in6 any6 = { .sin6_family = AF_INET6,
				     .sin6_port = htons((uint16_t)sockets->port) };
	const void *any = family == AF_INET ? (const void *)&any4 : (const void *)&any6;
	socklen_t len = family == AF_INET ? sizeof(any4) : sizeof(any6);
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1, r = 0;

	if (fd < 0)
		return -errno;
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (bind(fd, any, len))
		r = -errno;
	if (r)
		close(fd);
	else
		add(sockets, fd, family, false);
	return r;
}

/* Packets from that address alone, and all of them: the port is looked at later. */
static int open_raw(struct vdc_kdump_socket *sockets, size_t i)
{
	int family = sockets->addresses[i].ss_family, r = 0;
	int fd = socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP);

	if (fd < 0)
		return -errno;
	if (connect(fd, (const void *)&sockets->addresses[i], sockets->lens[i]))
		r = -errno;
	if (r)
		close(fd);
	else
		add(sockets, fd, family, true);
	return r;
}

static bool has_family(const struct vdc_kdump_socket *sockets, int family)
{
	for (size_t i = 0; i < sockets->n_addresses; i++)
		if (sockets->addresses[i].ss_family == family)
			return true;
	return false;
}

static int open_family(struct vdc_kdump_socket *sockets, int family, struct vdc_err *err)
{
	int r = open_bound(sockets, family), raw = 0;

	if (r == -EAFNOSUPPORT)
		return 0;
	if (r && r != -EADDRINUSE)
		return vdc_err_set(err, r, "UDP port %lld cannot be listened to: %s",
				   (long long)sockets->port, strerror(-r));
	for (size_t i = 0; r && i < sockets->n_addresses && !raw; i++)
		if (sockets->addresses[i].ss_family == family)
			raw = open_raw(sockets, i);
	return raw ? vdc_err_set(err, -EADDRINUSE,
				 "UDP port %lld is in use, and its packets cannot be copied: %s",
				 (long long)sockets->port, strerror(-raw))
		   : 0;
}

int vdc_kdump_open(const char *address, int64_t port, struct vdc_kdump_socket **ret,
		   struct vdc_err *err)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct vdc_kdump_socket *sockets = vdc_alloc(sizeof(*sockets));
	int r;

	sockets->port = port;
	r = resolve(sockets, address, err);
	for (size_t i = 0; i < VDC_COUNT(families) && !r; i++)
		if (has_family(sockets, families[i]))
			r = open_family(sockets, families[i], err);
	if (!r && !sockets->n)
		r = vdc_err_set(err, -EAFNOSUPPORT, "%s: its address family is not here", address);
	if (r)
		vdc_kdump_close(sockets);
	else
		*ret = sockets;
	return r;
}

void vdc_kdump_close(struct vdc_kdump_socket *sockets)
{
	for (size_t i = 0; sockets && i < sockets->n; i++)
		close(sockets->fds[i].fd);
	free(sockets);
}

/* What a raw socket brings: the header of UDP, and before it for IPv4 that of IP. NULL: another port. */
static const char *payload(const struct vdc_kdump_socket *sockets, int family, const char *packet,
			   size_t *len)
{
	struct udphdr udp;
	size_t skip = family == AF_INET && *len ? (size_t)(packet[0] & 15) * 4 : 0;

	if (*len < skip + sizeof(udp))
		return NULL;
	memcpy(&udp, packet + skip, sizeof(udp));
	*len -= skip + sizeof(udp);
	return ntohs(udp.dest) == sockets->port ? packet + skip + sizeof(udp) : NULL;
}

static bool is_of_host(const struct vdc_kdump_socket *sockets, const struct sockaddr_storage *from)
{
	for (size_t i = 0; i < sockets->n_addresses; i++)
		if (is_same_address(&sockets->addresses[i], from))
			return true;
	return false;
}

/* Takes one packet. */
static bool take(const struct vdc_kdump_socket *sockets, size_t i, char from[VDC_KDUMP_ADDRESS])
{
	char packet[256];
	struct sockaddr_storage address = { 0 };
	socklen_t address_len = sizeof(address);
	ssize_t n = recvfrom(sockets->fds[i].fd, packet, sizeof(packet), 0, (void *)&address,
			     &address_len);
	const char *data = packet;
	size_t len = n > 0 ? (size_t)n : 0;

	if (len && sockets->kinds[i].raw)
		data = payload(sockets, sockets->kinds[i].family, packet, &len);
	if (!len || !data || !vdc_kdump_is_message(data, len) || !is_of_host(sockets, &address))
		return false;
	return getnameinfo((void *)&address, address_len, from, VDC_KDUMP_ADDRESS, NULL, 0,
			   NI_NUMERICHOST) == 0;
}

int vdc_kdump_wait(struct vdc_kdump_socket *sockets, int64_t limit_us, char from[VDC_KDUMP_ADDRESS],
		   struct vdc_err *err)
{
	int64_t end = vdc_time_monotonic() + limit_us, left = limit_us;

	for (; left >= 0; left = end - vdc_time_monotonic()) {
		int n = poll(sockets->fds, (nfds_t)sockets->n, (int)(left / 1000) + 1);

		if (n < 0 && errno != EINTR)
			return vdc_err_set(err, -errno, "cannot wait for messages: %m");
		for (size_t i = 0; n > 0 && i < sockets->n; i++)
			if (sockets->fds[i].revents && take(sockets, i, from))
				return 1;
	}
	return 0;
}
