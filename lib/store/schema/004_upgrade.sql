-- What a rolling upgrade has to remember of VMs.

ALTER TABLE vms ADD COLUMN starts_with_home BIGINT CHECK (starts_with_home IN (0, 1));
