# shellcheck shell=bash disable=SC2154
# The schemas in the tree are those of the field tables, and hold for what we write.
load ../lib/common

setup() {
	common_setup
	schemas=$VDC_TEST_SRC/schemas
}

teardown() {
	common_teardown
}

check_json() {
	"$VDC_TEST_SRC/tests/helpers/check_json_schema" "$schemas/vdc.schema.json" "$@"
}

needs_jsonschema() {
	python3 -c 'import jsonschema' 2>/dev/null || skip "python3-jsonschema is not installed"
}

@test "vdc.rng is what the field tables say (make update-schemas)" {
	write_schemas rng >now.rng
	diff -u "$schemas/vdc.rng" now.rng
}

@test "vdc.schema.json is what the field tables say (make update-schemas)" {
	write_schemas json | jq --indent 1 . >now.json
	diff -u "$schemas/vdc.schema.json" now.json
}

@test "what we write of every kind is as vdc.rng says" {
	write_samples xml >all.xml
	xmllint --noout --relaxng "$schemas/vdc.rng" all.xml
}

@test "what we write of every kind is as vdc.schema.json says" {
	needs_jsonschema
	write_samples json >all.json
	check_json all.json
}

@test "both schemas hold for an empty document" {
	echo '<vdc version="1"/>' | convert xml >empty.xml
	xmllint --noout --relaxng "$schemas/vdc.rng" empty.xml
	needs_jsonschema
	convert json <empty.xml >empty.json
	check_json empty.json
}

spoil_xml() {
	write_samples xml | sed "$1" >bad.xml
	run_fail 3 xmllint --noout --relaxng "$schemas/vdc.rng" bad.xml
}

@test "vdc.rng refuses what we never write" {
	spoil_xml 's|<status>[a-z]*</status>|<status>asleep</status>|'
	spoil_xml 's|<host id=|<host colour="red" id=|'
	spoil_xml 's|</host>|<more/></host>|'
	spoil_xml 's|<vdc version="1">|<vdc version="2">|'
}

spoil_json() {
	write_samples json | jq "$1" >bad.json
	run_fail 1 check_json bad.json
}

@test "vdc.schema.json refuses what we never write" {
	needs_jsonschema
	spoil_json '.hosts[0].status = "asleep"'
	spoil_json '.hosts[0].colour = "red"'
	spoil_json '.hosts[0].memory = "1"'
	spoil_json 'del(.hosts[0].name)'
	spoil_json '.vdc.version = 2'
}
