/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What sanlock's client prints (src/client_cmd.c, sanlock 3.8):
 *
 *	gets -h 1:		s LOCKSPACE:ID:PATH:OFFSET
 *				h ID gen GENERATION timestamp TIMESTAMP FLAG
 *	host_status -D:		lockspace LOCKSPACE
 *				ID timestamp TIMESTAMP
 *				    last_check=... (and more such lines)
 *	status -D:		daemon NAME
 *				    monotime=... (the clock of the daemon)
 *				    use_watchdog=0 or 1
 *				s LOCKSPACE:ID:PATH:OFFSET
 *				    io_timeout=... (and more such lines)
 *	renewal -s LOCKSPACE:	timestamp=... read_ms=... write_ms=... next_timeouts=... next_errors=...
 *
 * Lines that mean nothing here are passed over: other versions print more.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "plan/host_lease.h"

/* As many as sanlock can have in one lockspace, in many of them. */
enum { MOST_PEERS = 2000 * 64, NAME_LEN = 48 };

enum part { PART_NONE, PART_STATUS, PART_GETS, PART_HOSTS, PART_RENEWAL };

struct reading {
	struct vdc_arena *arena;
	enum part part;
	const char *lockspace;	       /* that the lines are about; NULL: none */
	struct vdc_buf flagged, peers; /* struct vdc_lease_peer each */
	struct vdc_lease_peer *peer;   /* that the lines are about, in PEERS */
	struct vdc_buf spaces;	       /* struct vdc_lease_space each */
	const char *name;
	int64_t now, watchdog;
	bool none, end;
};

static const struct {
	const char *word;
	enum vdc_lease_flag flag;
} flags[] = {
	{ "FREE", VDC_LEASE_FLAG_FREE },       { "LIVE", VDC_LEASE_FLAG_LIVE },
	{ "FAIL", VDC_LEASE_FLAG_FAIL },       { "DEAD", VDC_LEASE_FLAG_DEAD },
	{ "UNKNOWN", VDC_LEASE_FLAG_UNKNOWN },
};

static const char *after(const char *line, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(line, prefix, len) == 0 ? line + len : NULL;
}

/* Digits at *TEXT, which is moved behind them; -1: there are none, or too many. */
static int64_t number(const char **text)
{
	char *end;
	long long n;

	if (**text < '0' || **text > '9')
		return -1;
	errno = 0;
	n = strtoll(*text, &end, 10);
	*text = end;
	return errno ? -1 : n;
}

/* The number behind a word: "gen 1". */
static int64_t number_after(const char **text, const char *word)
{
	const char *found = after(*text, word);

	if (!found)
		return -1;
	*text = found;
	return number(text);
}

static const char *name_of(const struct reading *reading, const char *text, size_t len)
{
	return len && len <= NAME_LEN ? vdc_arena_strndup(reading->arena, text, len) : NULL;
}

static struct vdc_lease_peer *add_peer(struct reading *reading, struct vdc_buf *peers,
				       int64_t host_id)
{
	struct vdc_lease_peer peer = {
		.lockspace = reading->lockspace,
		.host_id = host_id,
		.generation = -1,
		.timestamp = -1,
		.last_check = -1,
		.last_live = -1,
		.io_timeout = -1,
	};

	if (!reading->lockspace || host_id <= 0 || peers->len / sizeof(peer) >= MOST_PEERS)
		return NULL;
	vdc_buf_add(peers, &peer, sizeof(peer));
	return (struct vdc_lease_peer *)(void *)(peers->data + peers->len - sizeof(peer));
}

static void take_flag(struct reading *reading, const char *line)
{
	struct vdc_lease_peer *peer;
	const char *rest;
	int64_t id;

	if ((rest = after(line, "s "))) {
		reading->lockspace = name_of(reading, rest, strcspn(rest, ":"));
		return;
	}
	rest = after(line, "h ");
	if (!rest)
		return;
	id = number(&rest);
	peer = add_peer(reading, &reading->flagged, id);
	if (!peer)
		return;
	peer->generation = number_after(&rest, " gen ");
	peer->timestamp = number_after(&rest, " timestamp ");
	for (size_t i = 0; i < VDC_COUNT(flags); i++)
		if (*rest == ' ' && strcmp(rest + 1, flags[i].word) == 0)
			peer->flag = flags[i].flag;
}

static void take_detail(struct reading *reading, const char *line)
{
	struct vdc_lease_peer *peer = reading->peer;
	const struct {
		const char *key;
		int64_t *into;
	} numbers[] = {
		{ "last_check=", &peer->last_check },	    { "last_live=", &peer->last_live },
		{ "timestamp=", &peer->timestamp },	    { "io_timeout=", &peer->io_timeout },
		{ "owner_generation=", &peer->generation },
	};
	const char *rest;

	for (size_t i = 0; i < VDC_COUNT(numbers); i++)
		if ((rest = after(line, numbers[i].key)))
			*numbers[i].into = number(&rest);
	if ((rest = after(line, "owner_name=")))
		peer->name = name_of(reading, rest, strlen(rest));
}

static void take_peer(struct reading *reading, const char *line)
{
	const char *rest = line + strspn(line, " ");
	int64_t id;

	if (rest != line) {
		if (reading->peer)
			take_detail(reading, rest);
		return;
	}
	reading->peer = NULL;
	if ((rest = after(line, "lockspace "))) {
		reading->lockspace = name_of(reading, rest, strlen(rest));
		return;
	}
	rest = line;
	id = number(&rest);
	if (after(rest, " timestamp "))
		reading->peer = add_peer(reading, &reading->peers, id);
}

static struct vdc_lease_space *last_space(struct reading *reading)
{
	struct vdc_lease_space *spaces = (struct vdc_lease_space *)(void *)reading->spaces.data;
	size_t n = reading->spaces.len / sizeof(*spaces);

	return n ? &spaces[n - 1] : NULL;
}

static void add_space(struct reading *reading, const char *text)
{
	size_t len = strcspn(text, ":");
	const char *rest = text + len + (text[len] == ':');
	const struct vdc_lease_space space = {
		.lockspace = name_of(reading, text, len),
		.host_id = number(&rest),
		.generation = -1,
		.io_timeout = -1,
		.renewed = -1,
		.latency_us = -1,
		.timeouts = -1,
	};

	if (space.lockspace && space.host_id > 0)
		vdc_buf_add(&reading->spaces, &space, sizeof(space));
}

/* Lines that belong to the daemon come first, then those of each of its lockspaces. */
static void take_status(struct reading *reading, const char *line)
{
	struct vdc_lease_space *space = last_space(reading);
	const char *rest;

	if ((rest = after(line, "daemon ")))
		reading->name = name_of(reading, rest, strlen(rest));
	else if ((rest = after(line, "    monotime=")))
		reading->now = number(&rest);
	else if ((rest = after(line, "    use_watchdog=")))
		reading->watchdog = number(&rest);
	else if ((rest = after(line, "s ")))
		add_space(reading, rest);
	else if (space && (rest = after(line, "    io_timeout=")))
		space->io_timeout = number(&rest);
	else if (space && (rest = after(line, "    host_generation=")))
		space->generation = number(&rest);
	else if (space && (rest = after(line, "    renewal_last_success=")))
		space->renewed = number(&rest);
}

/* The number behind "NAME=" in a line of such words; -1: there is none. */
static int64_t number_named(const char *line, const char *name)
{
	const char *found = strstr(line, name);

	if (!found)
		return -1;
	found += strlen(name);
	return number(&found);
}

static void take_renewal(struct reading *reading, const char *line)
{
	int64_t read = number_named(line, "read_ms="), write = number_named(line, "write_ms=");
	struct vdc_lease_space *spaces = (struct vdc_lease_space *)(void *)reading->spaces.data;

	if (!reading->lockspace || read < 0 || write < 0 || read + write > INT32_MAX)
		return;
	for (size_t i = 0; i < reading->spaces.len / sizeof(*spaces); i++) {
		if (strcmp(spaces[i].lockspace, reading->lockspace) != 0)
			continue;
		if ((read + write) * 1000 > spaces[i].latency_us)
			spaces[i].latency_us = (read + write) * 1000;
		spaces[i].timeouts = number_named(line, "next_timeouts=");
	}
}

static void take_line(struct reading *reading, const char *line)
{
	static const struct {
		const char *word;
		enum part part;
	} parts[] = {
		{ "status", PART_STATUS },
		{ "gets", PART_GETS },
		{ "hosts", PART_HOSTS },
	};
	const char *rest = after(line, "== ");

	if (rest) {
		reading->part = PART_NONE;
		reading->lockspace = NULL;
		reading->peer = NULL;
		for (size_t i = 0; i < VDC_COUNT(parts); i++)
			if (strcmp(rest, parts[i].word) == 0)
				reading->part = parts[i].part;
		if ((line = after(rest, "renewal "))) {
			reading->part = PART_RENEWAL;
			reading->lockspace = name_of(reading, line, strlen(line));
		}
		reading->none = reading->none || strcmp(rest, "none") == 0;
		reading->end = strcmp(rest, "end") == 0;
	} else if (reading->part == PART_STATUS) {
		take_status(reading, line);
	} else if (reading->part == PART_RENEWAL) {
		take_renewal(reading, line);
	} else if (reading->part == PART_GETS) {
		take_flag(reading, line);
	} else if (reading->part == PART_HOSTS) {
		take_peer(reading, line);
	}
}

static void make_key(struct vdc_buf *key, const struct vdc_lease_peer *peer)
{
	vdc_buf_clear(key);
	vdc_buf_printf(key, "%s:%lld", peer->lockspace, (long long)peer->host_id);
}

/* The flags stand elsewhere than the rest; those of another generation are of another moment. */
static void join(struct reading *reading)
{
	struct vdc_lease_peer *peers = (struct vdc_lease_peer *)(void *)reading->peers.data;
	const struct vdc_lease_peer *flagged =
		(const struct vdc_lease_peer *)(const void *)reading->flagged.data;
	struct vdc_map *map = vdc_map_new();
	vdc_autobuf key = { 0 };

	for (size_t i = 0; i < reading->flagged.len / sizeof(*flagged); i++) {
		make_key(&key, &flagged[i]);
		*vdc_map_add(map, key.data, key.len) = i;
	}
	for (size_t i = 0; i < reading->peers.len / sizeof(*peers); i++) {
		const uint64_t *at;

		make_key(&key, &peers[i]);
		at = vdc_map_find(map, key.data, key.len);
		if (at && flagged[*at].generation == peers[i].generation)
			peers[i].flag = flagged[*at].flag;
	}
	vdc_map_free(map);
}

static const void *keep(const struct vdc_buf *buf, struct vdc_arena *arena)
{
	void *ret = vdc_arena_alloc(arena, buf->len + 1);

	if (buf->len)
		memcpy(ret, buf->data, buf->len);
	return ret;
}

int vdc_lease_report_parse(const char *text, struct vdc_arena *arena, struct vdc_lease_report *ret,
			   struct vdc_err *err)
{
	struct reading reading = { .arena = arena, .now = -1, .watchdog = -1 };
	vdc_autofree char *lines = vdc_strdup(text);
	int r = 0;

	for (char *save = NULL, *line = strtok_r(lines, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		take_line(&reading, line);
	if (!reading.end)
		r = vdc_err_set(err, -EBADMSG, "what it says of sanlock is not complete");
	else if (reading.none)
		r = vdc_err_set(err, -ENOENT, "it has no sanlock");
	else if (reading.now < 0)
		r = vdc_err_set(err, -ENOENT, "its sanlock does not answer");
	if (!r) {
		join(&reading);
		*ret = (struct vdc_lease_report){
			.now = reading.now,
			.name = reading.name,
			.peers = keep(&reading.peers, arena),
			.n = reading.peers.len / sizeof(struct vdc_lease_peer),
			.spaces = keep(&reading.spaces, arena),
			.n_spaces = reading.spaces.len / sizeof(struct vdc_lease_space),
			.watchdog = reading.watchdog,
		};
	}
	vdc_buf_free(&reading.peers);
	vdc_buf_free(&reading.flagged);
	vdc_buf_free(&reading.spaces);
	return r;
}
