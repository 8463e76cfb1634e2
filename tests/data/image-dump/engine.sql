-- The tables of an engine's database that say what storage should hold, with the columns that every
-- version has, and the site of site.xml in them. (ovirt-engine, packaging/dbscripts/create_tables.sql)
CREATE TABLE storage_pool (id uuid PRIMARY KEY, name varchar(40) NOT NULL, status integer NOT NULL);
CREATE TABLE storage_domain_static (id uuid PRIMARY KEY, storage varchar(250) NOT NULL,
	storage_name varchar(250) NOT NULL, storage_domain_type integer NOT NULL,
	storage_type integer NOT NULL, storage_domain_format_type varchar(50) NOT NULL);
CREATE TABLE storage_pool_iso_map (storage_id uuid NOT NULL, storage_pool_id uuid NOT NULL,
	status integer, PRIMARY KEY (storage_id, storage_pool_id));
CREATE TABLE images (image_guid uuid PRIMARY KEY, creation_date timestamp with time zone NOT NULL,
	size bigint NOT NULL, it_guid uuid NOT NULL, parentid uuid, imagestatus integer DEFAULT 0,
	lastmodified timestamp with time zone, vm_snapshot_id uuid,
	volume_type integer DEFAULT 2 NOT NULL, volume_format integer DEFAULT 4 NOT NULL,
	image_group_id uuid, active boolean DEFAULT false NOT NULL, volume_classification smallint);
CREATE TABLE base_disks (disk_id uuid PRIMARY KEY, disk_alias varchar(255),
	disk_description varchar(500), disk_storage_type smallint);
CREATE TABLE image_storage_domain_map (image_id uuid NOT NULL, storage_domain_id uuid NOT NULL,
	quota_id uuid, disk_profile_id uuid, PRIMARY KEY (image_id, storage_domain_id));
CREATE TABLE disk_image_dynamic (image_id uuid PRIMARY KEY, actual_size bigint NOT NULL);
CREATE TABLE vm_static (vm_guid uuid PRIMARY KEY, vm_name varchar(255) NOT NULL,
	entity_type varchar(32) NOT NULL);
CREATE TABLE vm_device (device_id uuid NOT NULL, vm_id uuid NOT NULL, type varchar(30) NOT NULL,
	device varchar(30) NOT NULL, PRIMARY KEY (device_id, vm_id));

INSERT INTO storage_pool VALUES ('d0000000-0000-4000-8000-000000000001', 'home', 1);
INSERT INTO storage_domain_static VALUES
	('c277ad93-0973-43d9-a0ca-22199bc8e801', 'c1', 'nfs1', 0, 1, '5'),
	('c64637b4-f0e8-408c-b8af-6a52946113e2', 'c2', 'nfs2', 1, 1, '5'),
	('072fbaa1-08f3-4a40-9f34-a5ca22dd1d74', 'g', 'ovirt-image-repository', 4, 8, '0');
INSERT INTO storage_pool_iso_map VALUES
	('c277ad93-0973-43d9-a0ca-22199bc8e801', 'd0000000-0000-4000-8000-000000000001', 3),
	('c64637b4-f0e8-408c-b8af-6a52946113e2', 'd0000000-0000-4000-8000-000000000001', 3);
INSERT INTO vm_static VALUES
	('00000000-0000-0000-0000-000000000000', 'Blank', 'TEMPLATE'),
	('e0000000-0000-4000-8000-000000000001', 'web1', 'VM'),
	('e0000000-0000-4000-8000-000000000002', 'db1', 'VM'),
	('e0000000-0000-4000-8000-000000000003', 'golden', 'TEMPLATE');
INSERT INTO base_disks VALUES
	('5e4ab4a2-7a50-4d19-8a3e-9f1c1b6a7d11', 'web1_Disk1', '', 0),
	('0f9a4b5e-2c1d-4b67-9a84-3f0d5c7e9b22', 'db1_Disk1', '', 0),
	('a0000000-0000-4000-8000-000000000001', 'golden_Disk1', '', 0),
	('a0000000-0000-4000-8000-000000000009', 'volume at Ceph', '', 3);
INSERT INTO vm_device VALUES
	('5e4ab4a2-7a50-4d19-8a3e-9f1c1b6a7d11', 'e0000000-0000-4000-8000-000000000001', 'disk', 'disk'),
	('0f9a4b5e-2c1d-4b67-9a84-3f0d5c7e9b22', 'e0000000-0000-4000-8000-000000000002', 'disk', 'disk'),
	('a0000000-0000-4000-8000-000000000001', 'e0000000-0000-4000-8000-000000000003', 'disk', 'disk');
INSERT INTO images (image_guid, creation_date, size, it_guid, parentid, imagestatus, volume_type,
	volume_format, image_group_id, active) VALUES
	('00000000-0000-0000-0000-000000000000', '2008-04-01', 0,
	 '00000000-0000-0000-0000-000000000000', NULL, 0, 2, 4, NULL, false),
	('ef325650-4b39-43cf-9e00-62b9f7659020', '2019-07-24', 2696986624,
	 '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', 1, 2, 4,
	 '5e4ab4a2-7a50-4d19-8a3e-9f1c1b6a7d11', true),
	('852613ce-79ee-4adc-a56a-ea650dcb4cfa', '2019-07-24', 5424252928,
	 '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', 1, 2, 4,
	 '0f9a4b5e-2c1d-4b67-9a84-3f0d5c7e9b22', true),
	('a0000000-0000-4000-8000-000000000002', '2019-07-24', 1073741824,
	 '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', 1, 2, 5,
	 'a0000000-0000-4000-8000-000000000001', true),
	('a0000000-0000-4000-8000-00000000000a', '2019-07-24', 1073741824,
	 '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', 1, 1, 5,
	 'a0000000-0000-4000-8000-000000000009', true);
INSERT INTO image_storage_domain_map (image_id, storage_domain_id) VALUES
	('ef325650-4b39-43cf-9e00-62b9f7659020', 'c277ad93-0973-43d9-a0ca-22199bc8e801'),
	('852613ce-79ee-4adc-a56a-ea650dcb4cfa', 'c64637b4-f0e8-408c-b8af-6a52946113e2'),
	('a0000000-0000-4000-8000-000000000002', 'c277ad93-0973-43d9-a0ca-22199bc8e801'),
	('a0000000-0000-4000-8000-000000000002', 'c64637b4-f0e8-408c-b8af-6a52946113e2'),
	('a0000000-0000-4000-8000-00000000000a', 'c64637b4-f0e8-408c-b8af-6a52946113e2');
INSERT INTO disk_image_dynamic VALUES ('ef325650-4b39-43cf-9e00-62b9f7659020', 200704);
