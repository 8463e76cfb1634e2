-- When the leases were freed that a host held when it was proven down.

ALTER TABLE hosts ADD COLUMN leases_freed BIGINT;
