# time limit: 300 s
# inventory import: what is wrong in a document is told with its place and changes nothing; neither
# does whatever ends an import half-way.
# shellcheck shell=bash disable=SC2154,SC2030,SC2031
load ../lib/common

setup() {
	common_setup
	new_database
	inventory init >/dev/null
	inventory import >/dev/null <<-END
		<vdc><data_centers><data_center><name>dc1</name></data_center></data_centers>
		<clusters><cluster><name>prod</name>
		<data_center><name>dc1</name></data_center></cluster></clusters>
		<hosts><host id="11111111-0000-4000-8000-000000000001"><name>h1</name>
		<cluster><name>prod</name></cluster></host></hosts></vdc>
	END
}

teardown() {
	common_teardown
}

# All but the log, in which every import has a line.
dump() { inventory export data-center cluster host vm; }

one_line_about() {
	[ -z "$output" ] || fail "$output"
	[ "${#stderr_lines[@]}" -eq 1 ] || fail "$stderr"
	[[ $stderr == "inventory: $1:"* ]] || fail "expected: $1, not: $stderr"
}

# refused FORMAT LINE:COLUMN PART...: the document on standard input is wrong at that place.
refused() {
	local format=$1 place=$2
	shift 2

	cat >"bad.$format"
	inventory export >before
	run_fail 2 inventory import "bad.$format"
	one_line_about "bad.$format:$place"
	contains "$stderr" "$@"
	inventory export | cmp - before
}

@test "empty" {
	refused xml 1:1 "the document is empty" </dev/null
	refused json 3:1 "the document is empty" <<<$' \n\t'
	refused json 1:1 "neither XML nor JSON" <<<"hosts"
}

@test "truncated" {
	refused xml 2:22 "Premature end" < <(printf '<hosts>\n<host><name>h2</name>')
	refused xml 2:6 "" < <(printf '<hosts>\n<host')
	refused json 2:1 "cut off" < <(printf '{"hosts":[\n{"name":"h2"')
	refused json 3:1 "cut off" < <(printf '{"hosts":[\n{"name":"h2","cluster":{"name":"prod"}}\n')
	refused json 2:9 "cut off" < <(printf '{"hosts":[\n{"name":"h2')
}

@test "wrong type" {
	refused xml 2:1 "memory: 'much' is not a size" <<<$'<host>\n<memory>much</memory></host>'
	refused json 2:10 "memory: 'true'" <<<$'{"host":{"name":"h2",\n"memory":true}}'
	refused xml 1:7 "name" <<<'<host><name><b>h2</b></name></host>'
	refused json 1:17 "name" <<<'{"host":{"name":{"b":"h2"}}}'
	refused xml 1:1 "<html>" <<<'<html><body/></html>'
	refused json 1:1 "known" <<<'[1, 2]'
	refused xml 1:1 "not a UUID" <<<'<host id="7"/>'
}

@test "unknown enum" {
	refused xml 2:1 "'asleep' is not a host status" non_responsive <<-'END'
		<host><name>h2</name>
		<status>asleep</status></host>
	END
	refused json 2:10 "'asleep' is not a host status" <<-'END'
		{"host":{"name":"h2",
		"status":"asleep"}}
	END
}

@test "duplicate name" {
	refused xml 2:1 "host h2" "line 1" <<-'END'
		<hosts><host><name>h2</name><cluster><name>prod</name></cluster></host>
		<host><name>h2</name><cluster><name>prod</name></cluster></host></hosts>
	END
	refused json 2:1 "host h1" "name" <<-'END'
		{"hosts":[
		{"id":"11111111-0000-4000-8000-000000000002","name":"h1","cluster":{"name":"prod"}}]}
	END
	refused json 2:1 "host h3 stands in line 1 already" <<-'END'
		{"hosts":[{"name":"h2","id":"11111111-0000-4000-8000-000000000002","cluster":{"name":"prod"}},
		{"name":"h3","id":"11111111-0000-4000-8000-000000000002","cluster":{"name":"prod"}}]}
	END
	refused json 2:1 "duplicate" <<<$'{"host":{"name":"h2",\n"name":"h3"}}'
	refused xml 1:21 "name" "twice" <<<'<host><name>a</name><name>b</name></host>'
}

@test "dangling reference" {
	refused xml 1:6 "vm v: cluster: there is no cluster 'prd'; did you mean prod?" \
		<<<'<vms><vm><name>v</name><cluster><name>prd</name></cluster></vm></vms>'
	refused json 2:1 "vm v: host: there is no host" 11111111-0000-4000-8000-000000000009 <<-'END'
		{"vms":[
		{"name":"v","cluster":{"name":"prod"},"host":{"id":"11111111-0000-4000-8000-000000000009"}}]}
	END
}

@test "a value that is missing" {
	refused xml 1:6 "vm v" cluster <<<'<vms><vm><name>v</name></vm></vms>'
}

@test "billion laughs" {
	refused xml 2:1 DOCTYPE <<-'END'
		<?xml version="1.0"?>
		<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
		<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>
		<host><name>&d;</name></host>
	END
}

@test "external entity" {
	echo secret >file
	refused xml 1:1 DOCTYPE <<-END
		<!DOCTYPE host [<!ENTITY e SYSTEM "file://$PWD/file">]>
		<host><name>&e;</name></host>
	END
	[[ $stderr != *secret* ]]
	refused xml 1:1 DOCTYPE <<<"<!DOCTYPE host SYSTEM \"file://$PWD/file\"><host/>"
	refused xml 1:16 "Entity 'e' not defined" <<<'<host><name>&e;</name></host>'
}

# repeat COUNT TEXT
repeat() { printf "$2%.0s" $(seq "$1"); }

@test "10,000 levels deep" {
	refused xml 1:771 "256 levels" < <(repeat 10000 '<a>' | sed 's/^<a>/<vdc>/')
	refused json 1:1289 "256 levels" < <(printf '{"host":'; repeat 10000 '{"a":')
	refused json 1:9 "too deep" < <(repeat 10000 '[')
}

@test "NUL bytes" {
	refused xml 1:14 "" < <(printf '<host><name>a\0b</name></host>')
	refused json 1:19 "byte 0x00" < <(printf '{"host":{"name":"a\0b"}}')
	refused json 1:19 "u0000" <<<'{"host":{"name":"a\u0000b"}}'
	refused json 1:1 "neither XML nor JSON" < <(printf '\0\0\0\0')
}

@test "invalid UTF-8" {
	refused xml 2:7 "UTF-8" < <(printf '<host>\n<name>\377</name></host>')
	refused json 2:10 "UTF-8" < <(printf '{"host":{\n"name":"a\300\200"}}')
	refused json 2:1 "UTF-8" < <(printf '{"host":{\n"\355\240\200":1}}')
}

# 64 MiB and what the program maps; sanitizers need memory of their own.
in_little_memory() {
	if ldd "$(command -v inventory)" | grep -q libasan; then
		ASAN_OPTIONS=$ASAN_OPTIONS:hard_rss_limit_mb=160:quarantine_size_mb=8 "$@"
	else
		(ulimit -v 200000 && "$@")
	fi
}

import_gigabyte() {
	{
		printf '%s' "$1"
		head -c 1G /dev/zero | tr '\0' x
	} 2>/dev/null | in_little_memory inventory import
}

@test "a string of 1 GiB" {
	inventory export >before
	run_fail 2 import_gigabyte '<host><name>'
	one_line_about "standard input:1:7"
	run_fail 2 import_gigabyte '<host name="'
	one_line_about "standard input:1"
	run_fail 2 import_gigabyte '{"host":{"name":"'
	one_line_about "standard input:1:17"
	run_fail 2 import_gigabyte '{"hosts":[{"'
	one_line_about "standard input:1:12"
	inventory export | cmp - before
}

@test "a folder, a missing file, and no file at all" {
	run_fail 2 inventory import .
	one_line_about "."
	run_fail 2 inventory import nowhere.xml
	one_line_about "nowhere.xml"
	run_fail 1 bash -c 'exec inventory import - <&-'
	one_line_about "standard input"
}

# many HOW-MANY: VMs with ids, about 1 KiB each
many() {
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < 20; i++) filler = filler "words that fill a description, to be long "
		print "<vdc><vms>"
		for (i = 1; i <= n; i++)
			printf "<vm id=\"22222222-0000-4000-8000-%012d\"><name>v%d</name>" \
			       "<cluster><name>prod</name></cluster><description>%s</description></vm>\n", \
			       i, i, filler
		print "</vms></vdc>"
	}'
}

# begin_import SIGNAL-SAFE COMMAND...: feeds it the first half of many.xml and leaves it waiting;
# its process is $pid, the other half would go to ${feed}.
begin_import() {
	mkfifo feed
	env --default-signal=INT inventory import - <feed >said 2>&1 3>&- &
	pid=$!
	exec {feed}>feed
	head -c $(($(stat -c %s many.xml) / 2)) many.xml >&"$feed"
}

# end_import: how it ended is in $ended
end_import() {
	exec {feed}>&-
	ended=0
	wait "$pid" || ended=$?
}

@test "kill -9 in the middle leaves the old state, and the same again works" {
	many 2000 >many.xml
	dump >before
	begin_import
	kill -9 "$pid"
	end_import
	[ "$ended" -eq 137 ]
	dump | cmp - before
	run_ok inventory import many.xml
	output_is "imported 2000 vms"
	run_ok inventory list vms --noheadings --output name
	[ "${#lines[@]}" -eq 2000 ]
}

@test "kill -9 at any moment leaves the old state or the new one" {
	local delay n

	many 2000 >many.xml
	dump >before
	for delay in 0.05 0.1 0.15 0.2 0.3 0.4 0.6 0.8; do
		inventory import many.xml >/dev/null 3>&- &
		pid=$!
		sleep "$delay"
		kill -9 "$pid" || :
		wait "$pid" || :
		dump >"after-$delay"
	done
	inventory import many.xml
	dump >after
	for n in after-*; do
		cmp -s "$n" before || cmp -s "$n" after || fail "$n: neither old nor new"
	done
}

@test "Ctrl-C ends it at once and changes nothing" {
	many 2000 >many.xml
	dump >before
	begin_import
	kill -INT "$pid"
	end_import
	[ "$ended" -eq 130 ]
	[ ! -s said ]
	dump | cmp - before
}

@test "a reader sees nothing of an import that goes on" {
	many 2000 >many.xml
	dump >before
	begin_import
	dump | cmp - before
	tail -c +$(($(stat -c %s many.xml) / 2 + 1)) many.xml >&"$feed"
	end_import
	[ "$ended" -eq 0 ]
	[ "$(inventory list vms --noheadings --output name | wc -l)" -eq 2000 ]
}

@test "two imports at once: both are in, once" {
	local first second

	many 500 >many.xml
	inventory import many.xml >first 2>&1 3>&- &
	first=$!
	inventory import many.xml >second 2>&1 3>&- &
	second=$!
	wait "$first" || fail "$(cat first)"
	wait "$second" || fail "$(cat second)"
	[ "$(inventory list vms --noheadings --output name | sort -u | wc -l)" -eq 500 ]
}

@test "the server ends the session in the middle: exit 6, nothing changed" {
	[ "$VDC_TEST_DB" = postgres ] || skip "PostgreSQL only"
	many 2000 >many.xml
	dump >before
	begin_import
	server_sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = '${vdc_test_databases[0]}'"
	tail -c +$(($(stat -c %s many.xml) / 2 + 1)) many.xml >&"$feed" || :
	end_import
	[ "$ended" -eq 6 ] || fail "$ended: $(cat said)"
	[ "$(wc -l <said)" -eq 1 ]
	dump | cmp - before
}

@test "the fence agent of API v3, written flat" {
	local host='<host id="0b1c0000-0000-4000-8000-000000000009"><name>v3</name>
		<address>10.0.0.9</address><cluster><name>old</name></cluster><power_management type="ipmilan"><enabled>true</enabled>
		<address>10.9.0.9</address><username>admin</username>
		<options><option name="lanplus" value="on"/></options>
		<kdump_detection>true</kdump_detection></power_management></host>'

	inventory add data-center old >/dev/null
	inventory add cluster old data_center=old >/dev/null
	for _ in once again; do run_ok inventory import - <<<"$host"; done
	run_ok inventory list fence-agents --noheadings --select address=10.9.0.9 \
		--output host,type,username,options,agent_order
	output_is "v3 ipmilan admin lanplus=on 1"
	run_ok inventory show host v3 --json
	contains "$output" '"enabled":true'
}
