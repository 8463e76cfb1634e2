# shellcheck shell=bash disable=SC2154
# Every writer into every reader that should take it, as XML and as JSON. A command that writes
# documents adds its line to `writers`, one that reads them to `readers`; both hold the schemas.
load ../lib/common

setup() {
	common_setup
	new_database
	inventory init >/dev/null
	small_cluster
}

teardown() {
	common_teardown
}

small_cluster() {
	inventory add data-center dc1
	inventory add cluster prod data_center=dc1 version=4.7
	inventory add host h1 cluster=prod address=10.0.0.1
	inventory add fence-agent host=h1 type=ipmilan address=10.1.0.1 'options=lanplus=1'
	inventory add vm web1 cluster=prod memory=4G 'comment=<&> "quoted"'
} >/dev/null

writers=(
	"inventory export"
	"inventory export host cluster"
	"inventory list data-centers"
	"inventory list clusters"
	"inventory list hosts"
	"inventory list vms"
	"inventory show host h1"
	"inventory show vm web1"
	"events list"
)
readers=(
	"inventory import -"
	"inventory import --dry-run -"
)

hold_schema() {
	case $1 in
	xml) xmllint --noout --relaxng "$VDC_TEST_SRC/schemas/vdc.rng" "$2" ;;
	json)
		python3 -c 'import jsonschema' 2>/dev/null || return 0
		"$VDC_TEST_SRC/tests/helpers/check_json_schema" \
			"$VDC_TEST_SRC/schemas/vdc.schema.json" "$2"
		;;
	esac
}

every_writer() {
	local writer reader document

	for writer in "${writers[@]}"; do
		document=document.$1
		$writer "--$1" >"$document"
		hold_schema "$1" "$document" || fail "$writer --$1"
		for reader in "${readers[@]}"; do
			echo "$writer --$1 | $reader"
			$reader <"$document"
		done
	done
}

# What was read back where it came from has changed nothing but the log.
unchanged() {
	inventory export data-center cluster host fence-agent vm --xml
}

@test "every writer into every reader, as XML" {
	unchanged >before
	every_writer xml
	unchanged | cmp before -
}

@test "every writer into every reader, as JSON" {
	unchanged >before
	every_writer json
	unchanged | cmp before -
}

@test "other programs in between change nothing: jq, xmllint" {
	inventory export --json | jq . | convert json >again.json
	inventory export --json | cmp again.json -
	inventory export --xml | xmllint --format - | convert xml >again.xml
	inventory export --xml | cmp again.xml -
}
