-- Clusters of hosts that serve storage alone, as engines have them.

ALTER TABLE clusters ADD COLUMN virt_service BIGINT NOT NULL DEFAULT 1 CHECK (virt_service IN (0, 1));
