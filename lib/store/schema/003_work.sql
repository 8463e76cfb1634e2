-- What is being done, and what was done.

CREATE TABLE jobs (
	id TEXT NOT NULL PRIMARY KEY,
	action TEXT NOT NULL,
	description TEXT,
	status TEXT NOT NULL,
	request TEXT,
	object_kind TEXT,
	object_id TEXT,
	object_name TEXT,
	parent TEXT,
	actor TEXT,
	correlation_id TEXT,
	start_time BIGINT,
	end_time BIGINT,
	last_updated BIGINT,
	percent BIGINT,
	exit_code BIGINT,
	message TEXT,
	plan TEXT,
	state TEXT
);
CREATE INDEX jobs_by_object ON jobs (object_id);

-- One row for each job that has an owner or had one. The token grows with every new owner and never
-- goes back; whoever writes for a job presents the token that it was given.
CREATE TABLE job_leases (
	job_id TEXT NOT NULL PRIMARY KEY
		REFERENCES jobs (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
	token BIGINT NOT NULL,
	owner TEXT,
	heartbeat BIGINT,
	expires BIGINT
);

CREATE TABLE steps (
	id TEXT NOT NULL PRIMARY KEY,
	job_id TEXT NOT NULL
		REFERENCES jobs (id) DEFERRABLE INITIALLY DEFERRED,
	number BIGINT NOT NULL,
	action TEXT NOT NULL,
	description TEXT,
	status TEXT NOT NULL,
	object_kind TEXT,
	object_id TEXT,
	object_name TEXT,
	tries BIGINT,
	start_time BIGINT,
	end_time BIGINT,
	message TEXT,
	state TEXT,
	UNIQUE (job_id, number)
);

CREATE TABLE events (
	id TEXT NOT NULL PRIMARY KEY,
	time BIGINT NOT NULL,
	severity TEXT NOT NULL,
	type TEXT,
	code BIGINT,
	description TEXT NOT NULL,
	object_kind TEXT,
	object_id TEXT,
	object_name TEXT,
	data_center_id TEXT,
	cluster_id TEXT,
	host_id TEXT,
	vm_id TEXT,
	storage_domain_id TEXT,
	job_id TEXT,
	actor TEXT,
	correlation_id TEXT,
	origin TEXT,
	custom_id BIGINT,
	flood_rate BIGINT,
	details TEXT
);
CREATE INDEX events_by_time ON events (time);
CREATE INDEX events_by_object ON events (object_id);
CREATE INDEX events_by_correlation ON events (correlation_id);

CREATE TABLE extensions (
	id TEXT NOT NULL PRIMARY KEY,
	volume_id TEXT NOT NULL
		REFERENCES volumes (id) DEFERRABLE INITIALLY DEFERRED,
	storage_domain_id TEXT NOT NULL
		REFERENCES storage_domains (id) DEFERRABLE INITIALLY DEFERRED,
	host_id TEXT
		REFERENCES hosts (id) DEFERRABLE INITIALLY DEFERRED,
	status TEXT NOT NULL,
	requested_size BIGINT NOT NULL,
	old_size BIGINT,
	new_size BIGINT,
	requested BIGINT NOT NULL,
	start_time BIGINT,
	end_time BIGINT,
	tries BIGINT,
	lver BIGINT,
	message TEXT
);
CREATE INDEX extensions_by_volume ON extensions (volume_id);
CREATE INDEX extensions_by_storage_domain ON extensions (storage_domain_id);
CREATE INDEX extensions_by_host ON extensions (host_id);
CREATE INDEX extensions_by_status ON extensions (status);

CREATE TABLE spm_history (
	id TEXT NOT NULL PRIMARY KEY,
	data_center_id TEXT NOT NULL
		REFERENCES data_centers (id) DEFERRABLE INITIALLY DEFERRED,
	start_time BIGINT NOT NULL,
	end_time BIGINT,
	host_id TEXT,
	host_name TEXT,
	spm_id BIGINT,
	lver BIGINT,
	master_domain_id TEXT,
	result TEXT,
	reason TEXT,
	seed BIGINT,
	actor TEXT,
	correlation_id TEXT
);
CREATE INDEX spm_history_by_data_center ON spm_history (data_center_id);

CREATE TABLE fence_history (
	id TEXT NOT NULL PRIMARY KEY,
	host_id TEXT NOT NULL
		REFERENCES hosts (id) DEFERRABLE INITIALLY DEFERRED,
	start_time BIGINT NOT NULL,
	end_time BIGINT,
	action TEXT NOT NULL,
	result TEXT NOT NULL,
	agent TEXT,
	proxy TEXT,
	reason TEXT,
	evidence TEXT,
	message TEXT,
	actor TEXT,
	job_id TEXT,
	correlation_id TEXT
);
CREATE INDEX fence_history_by_host ON fence_history (host_id);
