-- What the last test of a host's power management found.

ALTER TABLE hosts ADD COLUMN pm_problem TEXT;
ALTER TABLE hosts ADD COLUMN pm_tested BIGINT;

-- When it was last proven that a host is down, and by what: its VMs may run elsewhere then.

ALTER TABLE hosts ADD COLUMN proven_down BIGINT;
ALTER TABLE hosts ADD COLUMN down_evidence TEXT;
