# The database of an oVirt or RHV engine as the side that storage is compared with.
# shellcheck disable=SC2154  # stderr
load ../lib/common

disk=5e4ab4a2-7a50-4d19-8a3e-9f1c1b6a7d11
volume=ef325650-4b39-43cf-9e00-62b9f7659020
template=a0000000-0000-4000-8000-000000000002

setup() {
	local dump

	common_setup
	data=$VDC_TEST_SRC/tests/data/image-dump
	new_database
	psql_of "$VDC_DB" -f "$data/engine.sql"
	engine=$VDC_DB
	VDC_DB=$BATS_TEST_TMPDIR/none.db # nothing may look at it
	for dump in 1 2; do
		jq --arg id $template '.volumes[$id] = {apparentsize: 1073741824, capacity: 1073741824,
			ctime: 1563949824, disktype: "DATA", format: "RAW", generation: 0,
			image: "a0000000-0000-4000-8000-000000000001", legality: "LEGAL",
			parent: "00000000-0000-0000-0000-000000000000", sequence: 1, status: "OK",
			truesize: 4096, type: "SPARSE", voltype: "SHARED"}' "$data/site-$dump.json" >$dump.json
	done
}

teardown() {
	drop_databases
	common_teardown
}

# version X: what upgrades to that version of the engine have added
version() {
	psql_of "$engine" -c "ALTER TABLE vm_static ADD lease_sd_id uuid" \
		-c "ALTER TABLE images ADD qcow_compat integer DEFAULT 0" \
		-c "ALTER TABLE base_disks ADD disk_content_type smallint NOT NULL DEFAULT 0" \
		-c "CREATE TABLE image_transfers (command_id uuid PRIMARY KEY, phase integer NOT NULL, disk_id uuid)" \
		-c "CREATE TABLE async_tasks_entities (async_task_id uuid NOT NULL, entity_id uuid NOT NULL,
			entity_type varchar(128))" \
		-c "CREATE TABLE command_entities (command_id uuid PRIMARY KEY, status varchar(20))" \
		-c "CREATE TABLE command_assoc_entities (command_id uuid NOT NULL, entity_id uuid NOT NULL,
			entity_type varchar(128))"
	[ "$1" = 4.2 ] || psql_of "$engine" -c "ALTER TABLE base_disks ADD backup varchar(32) DEFAULT 'None'"
	[ "$1" != 4.5 ] || psql_of "$engine" -c "ALTER TABLE images ADD sequence_number integer DEFAULT 0" \
		-c "UPDATE images SET sequence_number = 1"
}

check() {
	image-discrepancies --engine "$engine" "$@" 1.json 2.json
}

codes() {
	check --json --fail-on info | jq -r '.discrepancies[]? | .code + " " + (.in_flight | tostring)'
}

change() {
	psql_of "$engine" -c "$1"
}

# as_the_old_tool_said: the one difference, and nothing once it is mended
as_the_old_tool_said() {
	run_fail 1 check
	output_is "$(sed 's/with 2 volumes/with 4 volumes/' "$data/site.txt")"
	[ -z "$stderr" ]
	change "UPDATE images SET size = 2696984576 WHERE image_guid = '$volume'"
	run_ok check --fail-on info
	contains "$output" "0 findings"
}

@test "what every version has is enough" {
	as_the_old_tool_said
}

@test "an engine 4.2" {
	version 4.2
	as_the_old_tool_said
}

@test "an engine 4.4" {
	version 4.4
	as_the_old_tool_said
}

@test "an engine 4.5 counts the volumes of a chain" {
	version 4.5
	as_the_old_tool_said
	change "UPDATE images SET sequence_number = 7 WHERE image_guid = '$volume'"
	[ "$(codes)" = "SEQUENCE_DIFFERS false" ]
}

@test "every value that an engine has is compared" {
	local statement code

	version 4.5
	change "UPDATE images SET size = 2696984576 WHERE image_guid = '$volume'"
	while read -r code statement; do
		psql_of "$engine" -c "UPDATE $statement WHERE image_guid = '$volume'"
		[ "$(codes | sort -u)" = "$code false" ] || fail "$statement: $(codes)"
		psql_of "$engine" -c "UPDATE images SET parentid = NULL, volume_format = 4, volume_type = 2,
			imagestatus = 1, size = 2696984576 WHERE image_guid = '$volume'"
	done <<-END
		CAPACITY_DIFFERS images SET size = 5
		PARENT_DIFFERS images SET parentid = '$template'
		FORMAT_DIFFERS images SET volume_format = 5
		ALLOCATION_DIFFERS images SET volume_type = 1
		LEGALITY_DIFFERS images SET imagestatus = 4
	END
	change "UPDATE base_disks SET disk_content_type = 1 WHERE disk_id = '$disk'"
	[ "$(codes)" = "CONTENT_TYPE_DIFFERS false" ]
	change "UPDATE base_disks SET disk_content_type = 0"
	change "UPDATE vm_static SET entity_type = 'TEMPLATE' WHERE vm_name = 'web1'"
	[ "$(codes)" = "VOLTYPE_DIFFERS false" ]
}

@test "volumes that one side does not have" {
	version 4.4
	change "UPDATE images SET size = 2696984576 WHERE image_guid = '$volume'"
	jq --arg id $template 'del(.volumes[$id])' 2.json >less && mv less 2.json
	run_fail 1 check --json
	[ "$(jq -r '.discrepancies[] | .code, .storage_domain.name, .disk' <<<"$output")" = \
		$'VOLUME_ONLY_IN_DATABASE\nnfs2\ngolden_Disk1' ]
	change "DELETE FROM image_storage_domain_map
		WHERE image_id = '$template' AND storage_domain_id = 'c64637b4-f0e8-408c-b8af-6a52946113e2'"
	run_ok check
	change "DELETE FROM image_storage_domain_map WHERE image_id = '$volume'"
	run_fail 1 check
	contains "$output" "volume $volume of image $disk is on no storage domain in the DB, and lies on c277ad93-"
	[ "$(codes)" = "ROW_WITHOUT_DOMAIN false" ]
	jq --arg id $volume 'del(.volumes[$id])' 1.json >less
	run_fail 1 image-discrepancies --engine "$engine" less 2.json
	contains "$output" "Checking the database
    volume $volume of image $disk is on no storage domain in the DB, and on none that was read"
	change "DELETE FROM images WHERE image_guid = '$volume'"
	[ "$(codes)" = "VOLUME_ONLY_ON_STORAGE false" ]
}

@test "domains are passed by their type" {
	local type

	change "UPDATE images SET size = 2696984576 WHERE image_guid = '$volume'"
	change "DELETE FROM images WHERE image_group_id = '0f9a4b5e-2c1d-4b67-9a84-3f0d5c7e9b22'"
	for type in 1:1 2:0 3:0; do
		change "UPDATE storage_domain_static SET storage_domain_type = ${type%:*}
			WHERE storage_name = 'nfs2'"
		run_fail "${type#*:}" check
	done
	contains "$output" "Not compared: it is an export domain"
}

@test "a lease of a virtual machine" {
	version 4.5
	change "UPDATE images SET size = 2696984576 WHERE image_guid = '$volume'"
	jq '. + {xleases: {"e0000000-0000-4000-8000-000000000001": {offset: 3145728, updating: false}}}' 1.json >full && mv full 1.json
	change "UPDATE vm_static SET lease_sd_id = 'c277ad93-0973-43d9-a0ca-22199bc8e801' WHERE vm_name = 'db1'"
	[ "$(codes | grep VM_LEASE)" = "VM_LEASE_LEFTOVER false"$'\n'"VM_LEASE_MISSING false" ]
	change "UPDATE vm_static SET lease_sd_id = NULL WHERE vm_name = 'db1'"
	change "UPDATE vm_static SET lease_sd_id = 'c277ad93-0973-43d9-a0ca-22199bc8e801' WHERE vm_name = 'web1'"
	! codes | grep VM_LEASE
}

@test "the disks of a machine of the engine are drawn" {
	version 4.4
	run_fail 1 check --tree web1
	output_is "Disk $disk on storage domain
  c277ad93-0973-43d9-a0ca-22199bc8e801  nfs1
  * $volume  cow  leaf      2.5 GiB  active
      CAPACITY_DIFFERS (warning): 2696984576, DB: 2696986624"
	run_ok check --tree golden_Disk1
	[ "$(grep -c ^Disk <<<"$output")" = 2 ]
}

@test "work of the engine is marked" {
	local begin end

	version 4.5
	while IFS='|' read -r begin end; do
		[ "$(codes)" = "CAPACITY_DIFFERS false" ]
		change "$begin"
		[ "$(codes | grep CAPACITY)" = "CAPACITY_DIFFERS true" ] || fail "$begin"
		change "$end"
	done <<-END
		UPDATE images SET imagestatus = 2 WHERE image_guid = '$volume'|UPDATE images SET imagestatus = 1
		INSERT INTO image_transfers VALUES ('$disk', 2, '$disk')|UPDATE image_transfers SET phase = 9
		INSERT INTO async_tasks_entities VALUES ('$disk', '$disk', 'Disk')|DELETE FROM async_tasks_entities
		INSERT INTO async_tasks_entities VALUES ('$disk', 'e0000000-0000-4000-8000-000000000001', 'VM')|DELETE FROM async_tasks_entities
		INSERT INTO command_entities VALUES ('$disk', 'ACTIVE'); INSERT INTO command_assoc_entities VALUES ('$disk', '$disk', 'Disk')|UPDATE command_entities SET status = 'ENDED_SUCCESSFULLY'
	END
	[ "$(codes)" = "CAPACITY_DIFFERS false" ]
}

@test "a lock that nobody holds" {
	version 4.5
	change "UPDATE images SET size = 2696984576, imagestatus = 2 WHERE image_guid = '$volume'"
	run_fail 1 check
	contains "$output" "volume $volume is locked in the DB, and nothing works on its disk"
	[ "$(codes)" = "LOCKED_WITHOUT_WORK false" ]
	change "INSERT INTO async_tasks_entities VALUES ('$disk', '$disk', 'Disk')"
	run_ok check --fail-on info
	# who may not read what says so says nothing of it
	change "DROP TABLE async_tasks_entities"
	run_ok check --fail-on info
}

@test "the name and description of a disk are what its volume has" {
	local said='{"DiskAlias":"web1_Disk1","DiskDescription":"6600fc007200","Enc":"2"}'

	change "UPDATE images SET size = 2696984576 WHERE image_guid = '$volume'"
	jq --arg id $volume --arg text "$said" '.volumes[$id].description = $text' 1.json >with && mv with 1.json
	[ "$(codes)" = "DESCRIPTION_DIFFERS false" ]
	change "UPDATE base_disks SET disk_description = 'für' WHERE disk_id = '$disk'"
	[ -z "$(codes)" ]
	change "UPDATE base_disks SET disk_alias = 'a \"b\"' WHERE disk_id = '$disk'"
	run_fail 1 check --json --fail-on info
	[ "$(jq -r '.discrepancies[].database' <<<"$output")" = '{"DiskAlias":"a \"b\"","DiskDescription":"für"}' ]
	# the volumes below are those of older names
	change "UPDATE images SET active = false WHERE image_guid = '$volume'"
	[ "$(codes)" = "ACTIVE_COUNT false" ]
}

@test "snapshots without volumes, and volumes without snapshots" {
	local vm=e0000000-0000-4000-8000-000000000001 now=5a000000-0000-4000-8000-000000000001

	change "UPDATE images SET size = 2696984576 WHERE image_guid = '$volume'"
	change "UPDATE images SET vm_snapshot_id = '5a000000-0000-4000-8000-000000000009' WHERE image_guid = '$template'"
	psql_of "$engine" -c "CREATE TABLE snapshots (snapshot_id uuid PRIMARY KEY, vm_id uuid NOT NULL,
		snapshot_type varchar(32) NOT NULL, status varchar(32) NOT NULL)" \
		-c "INSERT INTO snapshots VALUES ('$now', '$vm', 'ACTIVE', 'OK')" \
		-c "UPDATE images SET vm_snapshot_id = '$now' WHERE image_guid = '$volume'"
	[ -z "$(codes)" ]
	change "INSERT INTO snapshots VALUES ('${now/%1/2}', '$vm', 'REGULAR', 'LOCKED'),
		('${now/%1/3}', 'e0000000-0000-4000-8000-000000000002', 'REGULAR', 'OK')"
	[ -z "$(codes)" ]
	change "UPDATE snapshots SET status = 'OK'"
	run_ok check
	contains "$output" "snapshot ${now/%1/2} of VM $vm has no volume in the DB"
	[ "$(codes)" = "SNAPSHOT_WITHOUT_VOLUMES false" ]
	change "DELETE FROM snapshots WHERE snapshot_id IN ('$now', '${now/%1/2}')"
	run_fail 1 check
	contains "$output" "volume $volume is the state of snapshot $now, which the DB does not have"
	[ "$(codes)" = "SNAPSHOT_UNKNOWN false" ]
}

@test "a database that is none, and one that may not be read" {
	local guest=reader_$$_$BATS_TEST_NUMBER

	run_fail 2 image-discrepancies --engine "$PWD/x.db" 1.json
	contains "$stderr" "an engine's database is PostgreSQL"
	run_fail 2 image-discrepancies --engine "$engine" --storage-only 1.json
	server_sql "CREATE ROLE $guest LOGIN"
	run_fail 2 image-discrepancies --engine "${engine/vdc@/$guest@}" 1.json
	contains "$stderr" "images.image_guid is missing" "GRANT SELECT ON ALL TABLES IN SCHEMA public"
	psql_of "$engine" -c "GRANT SELECT ON ALL TABLES IN SCHEMA public TO $guest"
	run_fail 1 image-discrepancies --engine "${engine/vdc@/$guest@}" 1.json 2.json
	psql_of "$engine" -c "DROP OWNED BY $guest" -c "DROP ROLE $guest"
	change "ALTER TABLE images RENAME size TO bytes"
	run_fail 2 check
	contains "$stderr" "images.size is missing"
	run_fail 6 image-discrepancies --engine "postgresql:///engine?host=$PWD" 1.json
}

@test "it only reads: one snapshot, and nothing is changed" {
	local said

	psql_of "$engine" -c "ALTER DATABASE ${vdc_test_databases[-1]} SET log_statement = 'all'"
	said=$(stat -c %s "$VDC_TEST_BUILD/tests/postgres/log" 2>/dev/null || echo 0)
	run_fail 1 check
	run tail -c "+$((said + 1))" "$VDC_TEST_BUILD/tests/postgres/log"
	contains "$output" "ISOLATION LEVEL REPEATABLE READ READ ONLY" \
		"default_transaction_read_only = on" "COMMIT"
	[[ $output != *"NOTIFY"* && $output != *INSERT* && $output != *"BEGIN ISOLATION LEVEL SERIALIZABLE"* ]]
}
