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
# What is reported and not kept: documents of other schemas.
reporters=(
	"inventory check"
	"compat-level show"
	"compat-level features --family hci"
	"compat-level features 4.6"
	"compat-level check prod --to 4.8"
	"compat-level raise prod --to 4.8 --dry-run"
	"compat-level vm list"
	"compat-level vm list --count"
)
readers=(
	"inventory import -"
	"inventory import --dry-run -"
)
# From these hosts or clusters are read.
level_documents=(
	"inventory export"
	"inventory export cluster host"
	"inventory list clusters"
	"inventory list hosts"
	"inventory show host h1"
	"compat-level show"
)

# hold_schema FORMAT DOCUMENT [SCHEMA]
hold_schema() {
	local schema=$VDC_TEST_SRC/schemas/${3:-vdc}

	case $1 in
	xml) xmllint --noout --relaxng "$schema.rng" "$2" ;;
	json)
		python3 -c 'import jsonschema' 2>/dev/null || return 0
		"$VDC_TEST_SRC/tests/helpers/check_json_schema" \
			"$schema.schema.json" "$2"
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

report_all() {
	local reporter

	for reporter in "${reporters[@]}"; do
		echo "$reporter --$1"
		$reporter "--$1" >report || [ "$?" -eq 1 ]
		hold_schema "$1" report report || fail "$reporter --$1: $(cat report)"
	done
}

@test "every report is as its schemas say" {
	inventory add host h2 cluster=prod status=up >/dev/null
	inventory set --observed host h1 agent_version=4.50.1 libvirt_version=10.10.0 \
		qemu_version=9.1.0 >/dev/null
	inventory remove --yes host h2 >/dev/null
	inventory set host h1 status=up >/dev/null
	report_all xml
	report_all json
}

@test "levels are read from every document with hosts or clusters" {
	local writer format

	inventory set --observed host h1 agent_version=4.50.1 libvirt_version=8.0.0 >/dev/null
	for format in xml json; do
		for writer in "${level_documents[@]}"; do
			echo "$writer --$format | compat-level show -"
			$writer "--$format" | VDC_DB=/nonexistent compat-level show - >shown
			[ "$(wc -l <shown)" -gt 1 ]
		done
	done
}

@test "other programs in between change nothing: jq, xmllint" {
	inventory export --json | jq . | convert json >again.json
	inventory export --json | cmp again.json -
	inventory export --xml | xmllint --format - | convert xml >again.xml
	inventory export --xml | cmp again.xml -
}

@test "a plan into the command that holds it against the cluster" {
	local format

	seed_database
	for format in xml json; do
		cluster-upgrade plan prod --all --accept-unknown "--$format" >"plan.$format"
		hold_schema "$format" "plan.$format"
	done
	xmllint --format plan.xml | cluster-upgrade plan --verify - --accept-unknown
	jq . plan.json | cluster-upgrade plan --verify - --accept-unknown
}
