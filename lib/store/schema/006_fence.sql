-- What the last test of a host's power management found.

ALTER TABLE hosts ADD COLUMN pm_problem TEXT;
ALTER TABLE hosts ADD COLUMN pm_tested BIGINT;
