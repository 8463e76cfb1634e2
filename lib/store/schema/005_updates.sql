-- Updates of hosts, and the channels that offer them.

CREATE TABLE updates (
	id TEXT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	host_id TEXT NOT NULL
		REFERENCES hosts (id) DEFERRABLE INITIALLY DEFERRED,
	component TEXT NOT NULL,
	installed TEXT,
	version TEXT NOT NULL,
	channel TEXT,
	status TEXT NOT NULL,
	needs_reboot BIGINT CHECK (needs_reboot IN (0, 1)),
	package_count BIGINT,
	packages TEXT,
	libvirt_version TEXT,
	qemu_version TEXT,
	found BIGINT NOT NULL,
	approved_by TEXT,
	approved_time BIGINT,
	job_id TEXT,
	message TEXT
);
CREATE INDEX updates_by_host ON updates (host_id);
CREATE INDEX updates_by_status ON updates (status);

CREATE TABLE channel_releases (
	id TEXT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	channel TEXT NOT NULL,
	component TEXT NOT NULL,
	version TEXT NOT NULL,
	replaces TEXT,
	skips TEXT,
	platform TEXT,
	libvirt_version TEXT,
	qemu_version TEXT
);
