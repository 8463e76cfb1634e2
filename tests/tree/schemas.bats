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

@test "report.rng and report.schema.json are what the field tables say (make update-schemas)" {
	write_schemas rng report >now.rng
	diff -u "$schemas/report.rng" now.rng
	write_schemas json report | jq --indent 1 . >now.json
	diff -u "$schemas/report.schema.json" now.json
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

levels_hold() {
	xmllint --noout --relaxng "$schemas/levels.rng" "$@"
}

@test "levels.rng holds for the catalogue that is shipped" {
	levels_hold "$VDC_TEST_SRC"/levels/*.xml
}

@test "levels.rng and the program take the example of vdc-levels(5)" {
	mkdir levels
	awk '/^[.]Ed/ { inside = 0 } inside; /^[.]Bd -literal/ { inside = 1 }' \
		"$VDC_TEST_SRC/man/vdc-levels.5" >levels/site.xml
	grep -q '<family name="acme"' levels/site.xml
	levels_hold levels/site.xml
	levels levels/site.xml | grep -qx 'acme 1.0 2.0'
}

spoil_levels() {
	sed "$1" "$VDC_TEST_SRC/levels/20-hci.xml" >bad.xml
	run_fail 3 levels_hold bad.xml
	run_fail 1 levels bad.xml
	contains "$stderr" "bad.xml:"
}

@test "levels.rng and the program refuse the same slips" {
	spoil_levels 's|<level version="6.8"|<level vrsion="6.8"|'
	spoil_levels 's|<level version="6.8"|<level version="six"|'
	spoil_levels 's|<host agent_from="6.2"/>||'
	spoil_levels 's|agent_from="6.2"|agent_from="new"|'
	spoil_levels 's|<host agent_from="6.2"/>|&<guest/>|'
	spoil_levels 's|to="6.8 6.9"|to="later"|'
	spoil_levels 's|name="hci" ||'
	spoil_levels 's|name="l3_cache"|name="l3 cache"|'
	spoil_levels 's|levels version="1"|levels version="2"|'
}
