# Exported, imported elsewhere and exported again: the same bytes, with a value in every field of
# every kind, on each engine and from one to the other.
# shellcheck shell=bash disable=SC2154
load ../lib/common

setup() {
	common_setup
	new_database
	inventory init >/dev/null
	write_samples xml | inventory import - >/dev/null
	inventory export --xml >one.xml
	inventory export --json >one.json
}

teardown() {
	common_teardown
}

is_the_same() {
	inventory export --xml | cmp - one.xml
	inventory export --json | cmp - one.json
}

@test "every kind and every field is in it" {
	run_ok inventory list --noheadings --output number
	[ "$(sort -u <<<"$output" | tr -d ' ')" = 1 ]
	write_samples json >all.json
	diff <(jq -S 'paths | map(tostring) | join(".")' all.json | grep -v '\.name"$') \
		<(jq -S 'paths | map(tostring) | join(".")' one.json | grep -v '\.name"$')
}

@test "into an empty database of the same engine" {
	local format

	for format in xml json; do
		new_database
		inventory init >/dev/null
		run_ok inventory import "one.$format"
		is_the_same
	done
}

@test "into itself: nothing changes" {
	run_ok inventory import one.xml
	run_ok inventory import one.json
	is_the_same
}

@test "to the other engine and back" {
	[ "$VDC_TEST_DB" = postgres ] || skip "the run on PostgreSQL has both"
	inventory init --db other.db >/dev/null
	inventory export | inventory import --db other.db -
	VDC_DB=other.db is_the_same
	new_database
	inventory init >/dev/null
	inventory export --json --db other.db | inventory import -
	is_the_same
}
