# Dumps of storage domains against the database, on both databases.
# shellcheck disable=SC2154  # stderr
load ../lib/common
load ../lib/image-readings

nfs1=c277ad93-0973-43d9-a0ca-22199bc8e801
volume=ef325650-4b39-43cf-9e00-62b9f7659020
image=5e4ab4a2-7a50-4d19-8a3e-9f1c1b6a7d11

setup() {
	common_setup
	data=$VDC_TEST_SRC/tests/data/image-dump
	cp "$data"/site-[12].json .
	new_database
	inventory init >/dev/null
	inventory import "$data/site.xml" >/dev/null
}

teardown() {
	common_teardown
}

# without_findings: what is printed of these two domains when they are as they should be.
without_findings() {
	sed 's/^    image .*/    No discrepancies found/; s/, 1 finding.*/, 0 findings/' "$data/site.txt"
}

codes() {
	image-discrepancies --json "$@" | jq -r '.discrepancies[].code'
}

repair() {
	sed -i 's/2696984576/2696986624/' site-1.json
}

@test "it prints what the tool of old printed" {
	run_fail 1 image-discrepancies site-1.json site-2.json
	output_is "$(cat "$data/site.txt")"
	[ -z "$stderr" ]
}

@test "nothing is found on both sides of the same" {
	repair
	run_ok image-discrepancies site-1.json site-2.json
	output_is "$(without_findings)"
	run_ok image-discrepancies --quiet site-1.json site-2.json
	output_is ""
	run_ok image-discrepancies --summary site-1.json site-2.json
	output_is "2 storage domains with 2 volumes checked, 0 findings"
}

@test "a volume that only one side has" {
	repair
	jq 'del(.volumes[])' site-1.json >empty.json
	run_fail 1 image-discrepancies empty.json
	contains "$output" "    volume $volume of image $image is in the DB but not on storage [data loss risk]" \
		"1 storage domain of the database not checked"
	jq --arg id aaaaaaaa-0000-4000-8000-000000000001 --arg image aaaaaaaa-0000-4000-8000-000000000002 \
		'.volumes[$id] = (.volumes[] | .image = $image)' site-1.json >more.json
	run_fail 1 image-discrepancies more.json
	contains "$output" "    volume aaaaaaaa-0000-4000-8000-000000000001 of image \
aaaaaaaa-0000-4000-8000-000000000002 is on storage but not in the DB"
}

@test "what only the storage can say stands under headings of its own" {
	run_fail 1 image-discrepancies --storage-only "$data/block-full.json"
	output_is "Checking storage domain $nfs1
    Checking volumes...
    the metadata of volume eeeeeeee-0000-4000-8000-000000000001 cannot be read
    volume dddddddd-0000-4000-8000-000000000001 was to be removed and is still there
    Checking leases...
    the lease of VM 99999999-0000-4000-8000-000000000002 is half changed
1 storage domain with 6 volumes checked, 3 findings: 1 error, 2 warnings"
}

@test "documents say ids, names, both values and what to do" {
	local query='.discrepancies[0] | .code, .severity, .storage_domain.name, .disk, .image, .volume,
		.attribute, .storage, .database, (.in_flight | tostring), (.advice | length > 10)'

	run_fail 1 image-discrepancies --json site-1.json site-2.json
	[ "$(jq -r "$query" <<<"$output" | tr '\n' ' ')" = "CAPACITY_DIFFERS warning nfs1 web1_Disk1 \
$image $volume capacity 2696984576 2696986624 false true " ]
	run_fail 1 image-discrepancies --xml site-1.json site-2.json
	contains "$output" "<code>CAPACITY_DIFFERS</code>" "<in_flight>false</in_flight>"
	run_fail 1 image-discrepancies -n -o code,disk site-1.json site-2.json
	output_is "CAPACITY_DIFFERS web1_Disk1"
}

# follow_schemas OPERAND...: what is found there, as both documents, and that there is something
follow_schemas() {
	run_fail 1 image-discrepancies --json "$@"
	echo "$output" >found.json
	[ "$(jq '.discrepancies | length' found.json)" -gt 0 ]
	"$VDC_TEST_SRC/tests/helpers/check_json_schema" "$VDC_TEST_SRC/schemas/vdc.schema.json" found.json
	run_fail 1 image-discrepancies --xml "$@"
	xmllint --noout --relaxng "$VDC_TEST_SRC/schemas/vdc.rng" - <<<"$output"
}

@test "documents follow the schemas" {
	jq 'del(.volumes[])' site-2.json >empty.json
	jq '.metadata.version = "4" | .metadata.role = "Regular" | .volumes[].image = "_remove_me_x" |
		.volumes[].description = "{\"a" | .volumes[].parent = "'$image'"' site-1.json >odd.json
	follow_schemas odd.json empty.json
	follow_schemas --confirm 1ms odd.json empty.json
	follow_schemas --storage-only --fail-on info "$data/block-full.json"
	inventory set disk $image --observed status=locked >/dev/null
	follow_schemas --fail-on info site-1.json
	[ "$(jq '.discrepancies[0].in_flight' found.json)" = true ]
}

@test "the database as a document" {
	run_fail 1 image-discrepancies --db /nowhere --inventory "$data/site.xml" site-1.json site-2.json
	output_is "$(cat "$data/site.txt")"
	run_fail 1 image-discrepancies --json --db /nowhere --inventory - site-1.json site-2.json <"$data/site.xml"
	[ "$(jq -r '.discrepancies[0].disk' <<<"$output")" = web1_Disk1 ]
	inventory export >all.json
	run_fail 1 image-discrepancies --inventory all.json site-1.json site-2.json
	output_is "$(cat "$data/site.txt")"
}

@test "a dump on standard input, and one that must be told its domain" {
	run_fail 1 image-discrepancies - site-2.json <site-1.json
	contains "$output" "$volume has a different attribute capacity"
	run_fail 2 image-discrepancies --storage-only "$data/chains.json"
	[ "$stderr" = "image-discrepancies: $data/chains.json: it does not say of which storage domain it is; \
write ID=$data/chains.json" ]
	run_fail 1 image-discrepancies --storage-only "$nfs1=$data/chains.json"
	contains "$output" "Checking storage domain $nfs1" "eeeeeeee-0000-4000-8000-000000000001 cannot be read"
	run_ok codes --storage-only "$data/chains-old.json"
	output_is METADATA_INVALID
}

@test "work on a disk is marked and no reason to fail" {
	inventory set volume "$volume" status=locked >/dev/null
	run_ok image-discrepancies site-1.json site-2.json
	contains "$output" "on DB(2696986624) (being worked on)" "1 finding: 1 information"
}

@test "--ignore by code, by id, and by a file with end and reason" {
	run_ok image-discrepancies --ignore CAPACITY_DIFFERS site-1.json site-2.json
	contains "$output" "    No discrepancies found" ", 0 findings" "1 finding ignored"
	run_ok image-discrepancies --ignore "$image" site-1.json
	run_ok image-discrepancies --ignore "$volume" site-1.json
	run_ok image-discrepancies --ignore "$nfs1" site-1.json
	run_fail 1 image-discrepancies --ignore CHAIN_FORK site-1.json
	printf '# of the import\n\ncapacity_differs 2999-01-01 rounded by the import\n' >list
	run_ok image-discrepancies --ignore ./list site-1.json
	echo "$volume - known" >list
	run_ok image-discrepancies --ignore ./list site-1.json
	echo "$volume 2020-01-01 was being moved" >list
	run_fail 1 image-discrepancies --ignore ./list site-1.json
	contains "$stderr" "./list:1: $volume is ignored no longer: it was until 2020-01-01"
}

@test "an --ignore that means nothing is refused" {
	run_fail 2 image-discrepancies --ignore CAPACITY_DIFFER site-1.json
	contains "$stderr" "--ignore CAPACITY_DIFFER: no such code, no id, and as a file: No such file"
	echo "CAPACITY_DIFFERS" >list
	run_fail 2 image-discrepancies --ignore ./list site-1.json
	contains "$stderr" "./list:1: write CODE|ID, until when (a time or -), and why"
	printf '\nCAPACITY 2999-01-01 because\n' >list
	run_fail 2 image-discrepancies --ignore ./list site-1.json
	contains "$stderr" "./list:2: 'CAPACITY' is neither a code nor an id"
	echo "CAPACITY_DIFFERS tomorrow because" >list
	run_fail 2 image-discrepancies --ignore ./list site-1.json
	contains "$stderr" "./list:1: " tomorrow
}

@test "--baseline leaves what was known" {
	local format

	for format in json xml; do
		image-discrepancies --$format site-1.json >"known.$format" || :
		run_ok image-discrepancies --baseline "known.$format" site-1.json
		jq 'del(.volumes[])' site-1.json >empty.json
		run_fail 1 image-discrepancies --baseline "known.$format" empty.json
	done
	run_fail 2 image-discrepancies --baseline nowhere site-1.json
	contains "$stderr" "--baseline nowhere: No such file"
}

@test "--confirm tells what both readings found" {
	run_fail 1 image-discrepancies --json --confirm 100ms site-1.json
	[ "$(jq '.discrepancies[0].confirmed' <<<"$output")" = true ]
	between_readings repair -- site-1.json
	contains "$(cat out)" ", 0 findings"
	run_fail 2 image-discrepancies --confirm 1s - <site-1.json
	contains "$stderr" "standard input cannot be read again"
}

@test "--fail-on says from which severity on it fails" {
	run_ok image-discrepancies --fail-on error site-1.json
	run_fail 1 image-discrepancies --fail-on info site-1.json
	jq 'del(.volumes[])' site-1.json >empty.json
	run_fail 1 image-discrepancies --fail-on data_loss_risk empty.json
	run_fail 2 image-discrepancies --fail-on bad site-1.json
}

@test "exit codes, --summary and --quiet by severity" {
	local least code

	# one information, one warning, one error, one risk of losing data
	jq '.volumes[].truesize = 900000000000' site-1.json | jq '.volumes[].legality = "ILLEGAL"' >1.json
	jq '.volumes[].parent = "aaaaaaaa-0000-4000-8000-000000000001" | .metadata.version = "4"' site-2.json >2.json
	inventory set volume $volume --observed actual_size=4096 >/dev/null
	run_fail 1 image-discrepancies 1.json 2.json --summary
	output_is "2 storage domains with 2 volumes checked, 6 findings: 2 data loss risks, 1 error, \
2 warnings, 1 information"
	while read -r least code; do
		run_fail "$code" image-discrepancies 1.json --ignore CAPACITY_DIFFERS --ignore LEGALITY_DIFFERS \
			--fail-on "$least" --quiet
		[ -z "$output" ] || [ "$code" = 1 ] || fail "$least: $output"
	done <<-END
		info 1
		warning 0
		error 0
		data_loss_risk 0
	END
	for least in info warning error; do
		run_fail 1 image-discrepancies 1.json --quiet --fail-on $least
	done
	run_ok image-discrepancies 1.json --quiet --fail-on data_loss_risk
	output_is ""
	run_fail 1 image-discrepancies 2.json --quiet --fail-on data_loss_risk
	contains "$output" "[data loss risk]"
	run_fail 8 image-discrepancies 2.json none.json --quiet --summary
	contains "$output" "1 source could not be read"
	repair
	run_fail 8 image-discrepancies site-1.json none.json --quiet --json
	[ "$(jq '.discrepancies | length' <<<"$output")" = 0 ]
}

@test "every night, without a terminal and an environment" {
	local service cron
	bare() {
		env -i PATH="$PATH" LD_LIBRARY_PATH="$LD_LIBRARY_PATH" ASAN_OPTIONS="$ASAN_OPTIONS" \
			VDC_DB="$VDC_DB" SOURCES="$PWD/site-1.json $PWD/site-2.json" setsid --wait sh -c "$1" </dev/null
	}

	service=$(sed -n 's|^ExecStart=/usr/bin/||p' \
		"$VDC_TEST_SRC/contrib/systemd/vdc-image-discrepancies.service")
	cron=$(sed -n 's|.*\troot\t||p' "$VDC_TEST_SRC/contrib/cron/vdc-image-discrepancies")
	[ ". /etc/vdc/image-discrepancies && $service" = "$cron" ]
	run_fail 1 bare "$service"
	output_is "$(cat "$data/site.txt")"
	repair
	run_ok bare "$service"
	[ -z "$output$stderr" ]
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze"
	mkdir units
	cp "$VDC_TEST_SRC"/contrib/systemd/vdc-image-discrepancies.* units
	sed -i "s|^ExecStart=/usr/bin/image-discrepancies|ExecStart=$(command -v true)|" units/*.service
	run_ok systemd-analyze verify --man=no ./units/vdc-image-discrepancies.service \
		./units/vdc-image-discrepancies.timer
	[[ $stderr != *vdc-image* ]]
}

# After 0.2 s it begins to say so.
@test "a terminal sees which domain is read, and then no more of that" {
	local quiet

	mkfifo slow
	export TERM=xterm
	for quiet in "" --quiet; do
		(sleep 0.4; cat site-1.json) >slow 3>&- &
		# shellcheck disable=SC2086
		run_fail 1 "$VDC_TEST_SRC/tests/lib/on-terminal" -- image-discrepancies $quiet slow site-2.json
		wait
		contains "$output" "Checking storage domain"
		[ "$(grep -c "\[1/2\] reading site-2.json" <<<"$output")" = "$([ "$quiet" ] && echo 0 || echo 1)" ]
		[[ ${output#*Checking storage domain} != *reading* ]]
	done
}

@test "a terminal sees how far a long dump is" {
	jq -c '.volumes = ([range(3000) | {key: ("aaaaaaaa-0000-4000-8000-00000000" + (1000 + . | tostring)), value: {}}] |
		from_entries)' site-1.json >long.json
	mkfifo slow
	(head -c 66000 long.json; sleep 0.8; tail -c +66001 long.json) >slow 3>&- &
	TERM=xterm run_ok "$VDC_TEST_SRC/tests/lib/on-terminal" -- image-discrepancies --storage-only slow
	wait
	[[ $output =~ "[0/1] reading slow: "[0-9]+" volumes" ]] || fail "$output"
	contains "$output" "1 storage domain with 3000 volumes checked, 0 findings"
}

@test "names with new lines and control characters spoil neither text nor documents" {
	local format

	mv site-1.json $'odd\nname\x1b[31m.json'
	printf '{' >$'bad\n\xff.json'
	run_fail 8 image-discrepancies $'odd\nname\x1b[31m.json' $'bad\n\xff.json'
	[ "${#stderr_lines[@]}" = 1 ] || fail "$stderr"
	[[ $output != *$'\x1b'* && $stderr != *$'\x1b'* ]]
	jq '.metadata.name = "a\nb\u001b[31m" | .volumes[].description = "\u0007\nx" |
		.volumes[].capacity = 5' site-2.json >2.json
	for format in --json --xml ""; do
		# shellcheck disable=SC2086
		run_fail 1 image-discrepancies $format 2.json
		[[ $output != *$'\x1b'* && $output != *$'\a'* ]]
		contains "${output^^}" CAPACITY
		case $format in
		--json) jq . <<<"$output" >/dev/null ;;
		--xml) xmllint --noout - <<<"$output" ;;
		esac
	done
}

@test "a dump that is not UTF-8 is refused where it is not" {
	sed -i 's/"disktype": "DATA"/"disktype": "\xff\xfe"/' site-1.json
	run_fail 2 image-discrepancies site-1.json
	[ -z "$output" ]
	contains "$stderr" "site-1.json:" "not UTF-8"
}

@test "a dump that cannot be read does not hide the others" {
	head -c 600 site-1.json >cut.json
	run_fail 8 image-discrepancies cut.json site-2.json
	contains "$stderr" "cut.json:" "cut off"
	contains "$output" "1 storage domain with 1 volume checked, 0 findings" "1 source could not be read"
	run_fail 8 image-discrepancies --quiet site-1.json cut.json
	run_fail 2 image-discrepancies cut.json
	run_fail 3 image-discrepancies nowhere.json
	contains "$stderr" "nowhere.json: No such file or directory"
	run_fail 2 image-discrepancies .
	contains "$stderr" ".: it is no storage domain"
}

@test "bad dumps are refused with their place" {
	run_fail 2 image-discrepancies - </dev/null
	contains "$stderr" "standard input:1:1: " empty
	run_fail 2 image-discrepancies - <<<'{"hosts":[{"name":"h"}]}'
	contains "$stderr" "it is no dump of a storage domain" '"hosts"'
	run_fail 2 image-discrepancies - <<<'{"volumes":{"../../etc/passwd":{}}}'
	contains "$stderr" "'../../etc/passwd' is no id of a volume"
	run_fail 2 image-discrepancies "$nfs1=site-2.json"
	contains "$stderr" "it is of storage domain c64637b4-f0e8-408c-b8af-6a52946113e2"
	run_fail 8 image-discrepancies site-1.json ./site-1.json
	contains "$stderr" "./site-1.json: site-1.json is of the same storage domain"
	run_fail 2 image-discrepancies --inventory - - <site-1.json
	contains "$stderr" "standard input can be read by one only"
}

@test "values that make no sense are told and not believed" {
	jq '.volumes[].capacity = "ten" | .volumes[].description = "a\nb"' site-1.json >odd.json
	run_fail 1 image-discrepancies odd.json
	contains "$output" "    the metadata of volume $volume has a value that makes no sense"
	jq '.volumes[].ctime = 99999999999' site-1.json >odd.json
	run_ok codes odd.json --select 'code=CREATION_TIME_WRONG'
	output_is CREATION_TIME_WRONG
}

@test "domains of ISO images are passed, unless asked for" {
	jq '.metadata.class = "Iso" | del(.volumes[])' site-1.json >iso.json
	run_ok image-discrepancies iso.json
	contains "$output" "    Not compared: it is an ISO domain" ", 0 findings"
	run_fail 1 image-discrepancies --all-domains iso.json
	contains "$output" "is in the DB but not on storage"
}

@test "explain" {
	run_ok image-discrepancies explain chain_fork
	output_is "CHAIN_FORK (data_loss_risk)
  What    two volumes are based on one that only one may be based on
  Why     a preview or a merge that was interrupted, a volume that was
          restored beside its successor
  Repair  find out which of them the VM uses; the other one is left over
  Never   merge downwards: it changes what the other one is based on"
	run_fail 3 image-discrepancies explain CHAIN_FROK
	contains "$stderr" "did you mean CHAIN_FORK?"
	run_ok image-discrepancies explain
	[ "$(grep -c '^  What' <<<"$output")" -gt 50 ]
	[ -z "$(awk 'length > 80' <<<"$output")" ]
}

# to_sqlite DUMP FILE: as `vdsm-tool dump-volume-chains -o sqlite` made it
to_sqlite() {
	local row="[.key, .value.parent, .value.image, .value.status, .value.voltype, .value.format, .value.legality,
		.value.type, .value.disktype, (.value | .capacity, .apparentsize, .truesize, .ctime)]"

	sqlite3 "$2" 'CREATE TABLE volumes(uuid, parent, image, status, voltype, format, legality, type, disktype,
		capacity, apparentsize, truesize, ctime)'
	jq -r ".volumes | to_entries[] | $row | @csv" "$1" >rows.csv
	sqlite3 "$2" '.mode csv' '.import rows.csv volumes'
}

@test "a dump that is an SQLite file" {
	to_sqlite site-1.json 'a?b#.db'
	chmod 444 'a?b#.db'
	run_fail 1 image-discrepancies "$nfs1=a?b#.db" site-2.json
	output_is "$(cat "$data/site.txt")"
	[ -z "$(find . -name 'a*.db-*')" ]
	run_fail 2 image-discrepancies 'a?b#.db'
	contains "$stderr" "it does not say of which storage domain it is; write ID=a?b#.db"
	run_fail 2 image-discrepancies - <'a?b#.db'
	contains "$stderr" "a dump of SQLite must be a file"
	head -c 5000 'a?b#.db' >cut.db
	run_fail 2 image-discrepancies "$nfs1=cut.db"
	contains "$stderr" "image-discrepancies: cut.db: "
	sqlite3 view.db 'CREATE VIEW volumes AS WITH RECURSIVE n(uuid) AS (SELECT 1 UNION ALL SELECT uuid FROM n) SELECT * FROM n'
	run_fail 2 image-discrepancies "$nfs1=view.db"
	contains "$stderr" 'view.db: it has no table "volumes"'
	sqlite3 odd.db "CREATE TABLE volumes(uuid); INSERT INTO volumes VALUES ('../x')"
	run_fail 2 image-discrepancies "$nfs1=odd.db"
	contains "$stderr" "odd.db: '../x' is no id of a volume"
}

@test "an unprivileged reader opens nothing for writing" {
	command -v strace >/dev/null || skip "strace is not installed"
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 run_fail 1 strace -f -o trace -e trace=open,openat,creat,unlink,rename,mkdir \
		image-discrepancies site-1.json site-2.json
	! grep -E 'site-[12].json.*(O_WRONLY|O_RDWR|O_CREAT)' trace || fail "$(cat trace)"
	grep -q 'site-1.json.*O_RDONLY' trace
}
