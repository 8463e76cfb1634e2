-- How full a storage domain is by its own limits, so that it is told once.

ALTER TABLE storage_domains ADD COLUMN space TEXT;
