# A storage domain where it lies, and what that may do meanwhile: hang, refuse, change, be elsewhere.
# shellcheck disable=SC2154,SC2086,SC2030,SC2031 # stderr and ids are of what is loaded
load ../lib/common
load ../lib/image-domain
load ../lib/image-churn
load ../lib/fake-host

setup() {
	common_setup
	image_setup
}

teardown() {
	common_teardown
}

findings() {
	image-discrepancies --confirm 0 --deep --json "$@" | jq -S '[.discrepancies[]? | del(.id)]'
}

@test "a dump of a folder is worth as much as the folder" {
	mv sd/images/$derived sd/images/_remove_me_$derived
	truncate -s 32M sd/images/$web/$base
	truncate -s 64M sd/images/$web/dddddddd-0000-4000-8000-000000000001
	sed -i 's/^DOMAIN=.*/DOMAIN=11111111-0000-4000-8000-000000000001/' sd/images/$web/$middle.meta
	qemu-img rebase -q -u -F raw -b $base sd/images/$web/$leaf
	run_ok image-discrepancies dump --deep sd
	echo "$output" >dump.json
	findings sd >folder
	[ "$(jq length folder)" -ge 5 ] || fail "$(cat folder)"
	findings dump.json | diff folder -
	run_ok image-discrepancies dump dump.json
	diff dump.json - <<<"$output"
	jq -e ".volumes | length == 6" dump.json
	run_fail 2 image-discrepancies dump sd/images
	run_fail 2 image-discrepancies dump
}

@test "storage that does not answer is given up, and the others are looked at" {
	cp -r sd other
	sed -i 's/^SDUUID=.*/SDUUID=c64637b4-f0e8-408c-b8af-6a52946113e2/' other/dom_md/metadata
	run_fail 8 silent other image-discrepancies --confirm 0 --timeout 1s other sd
	contains "$stderr" "other: its storage did not say within 1s what it is"
	contains "$output" "1 storage domain with 5 volumes checked, 0 findings" "1 source could not be read"
	run_fail 8 silent other/images/$web image-discrepancies --confirm 0 --timeout 1s other sd
	contains "$stderr" "other: its storage does not answer: nothing came within 1s"
	contains "$output" "1 storage domain with 5 volumes checked, 0 findings"
	run_fail 6 silent sd/images/$web image-discrepancies --timeout 1s sd
}

@test "a host that mounts it reads it" {
	fake_shell
	mkdir -p fake/h1
	findings sd >folder
	qemu-img create -q -f raw sd/images/$web/$middle 64M
	run_fail 1 image-discrepancies --confirm 0 --deep --json "h1:$PWD/sd"
	[ "$(jq -r '.discrepancies[].code' <<<"$output")" = HEADER_FORMAT_DIFFERS ]
	run_ok image-discrepancies --confirm 0 "$domain=h1:$PWD/sd"
	inventory add cluster of-hosts data_center="$(inventory list data-centers --noheadings --output name)" >/dev/null
	inventory add host first cluster=of-hosts address=first.invalid rsh_address=h1 >/dev/null
	run_ok image-discrepancies --confirm 0 "first:$PWD/sd"
	contains "$output" "No discrepancies found"
	run_fail 6 image-discrepancies "h2:$PWD/sd"
	contains "$stderr" "h2:$PWD/sd: h2: ssh: connect to host h2: No route to host"
	run_fail 2 image-discrepancies "h1:$PWD"
	contains "$stderr" "it is no storage domain: dom_md/metadata"
	fake_program h1 image-discrepancies <<<'exit 127'
	run_fail 3 image-discrepancies "h1:$PWD/sd"
	contains "$stderr" "image-discrepancies is not installed there"
	fake_program h1 image-discrepancies <<<'echo "{\"volumes\": {"'
	run_fail 2 image-discrepancies "h1:$PWD/sd"
	contains "$stderr" "cut off"
}

@test "a folder that may not be read hides no volume" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	chmod 000 sd/images/$web
	chmod 755 .
	run_fail 7 setpriv --reuid 65534 --regid 65534 --clear-groups image-discrepancies --storage-only sd
	contains "$stderr" "sd: images/$web: Permission denied"
	chmod 755 sd/images/$web
	chmod 000 sd/images/$web/$leaf.meta
	run_fail 7 setpriv --reuid 65534 --regid 65534 --clear-groups image-discrepancies --storage-only sd
	contains "$stderr" "sd: images/$web/$leaf.meta: Permission denied"
}

not_in_trace() {
	if grep -E "$1" trace; then fail "storage was touched"; fi
}

@test "storage is opened for reading alone, and no lock is taken" {
	command -v strace >/dev/null || skip "strace is not installed"
	document >db.xml
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 run_ok strace -f -o trace -e trace=%file,fcntl,flock,ftruncate,fallocate \
		image-discrepancies --inventory db.xml --confirm 0 --deep sd
	grep -q "\"$leaf\", O_RDONLY" trace || fail "$(grep openat trace | tail -20)"
	not_in_trace '"(sd|dom_md|metadata|images|[0-9a-f]{8}-[^"]*)", [^)]*O_(WRONLY|RDWR|CREAT|TRUNC)'
	not_in_trace '^[0-9]+ +(creat|unlink|rename|mkdir|link|symlink|chmod|chown|utime|truncate|flock)'
	not_in_trace 'F_(OFD_)?SETLK|flock'
}

# sum_of FILE: as vdsm reckons it
sum_of() {
	grep -v '^_SHA' "$1" | LC_ALL=C sort | sed 's/ö/\&#246;/' | tr -d '\n' | sha1sum | cut -d' ' -f1
}

@test "metadata of the domain that is not what its checksum says" {
	sed -i 's/^DESCRIPTION=.*/DESCRIPTION=größer  /; s/größer/söhne/' sd/dom_md/metadata
	sed 's/ *$//' sd/dom_md/metadata >trimmed
	echo "_SHA_CKSUM=$(sum_of trimmed)" >>sd/dom_md/metadata
	run_ok image-discrepancies --confirm 0 sd
	sed -i 's/^ROLE=.*/ROLE=master/' sd/dom_md/metadata
	run_fail 1 image-discrepancies --confirm 0 sd
	contains "$output" "the checksum of the domain's metadata is wrong" "1 finding: 1 error"
}

@test "bitmaps that somebody wrote without" {
	qemu-img bitmap --add -f qcow2 sd/images/$web/$leaf backup
	run_ok image-discrepancies --confirm 0 --deep sd
	printf '\0' | dd of=sd/images/$web/$leaf bs=1 seek=95 conv=notrunc status=none
	run_fail 1 image-discrepancies --confirm 0 --deep sd
	contains "$output" "volume $leaf was written to without its bitmaps" "1 finding: 1 warning"
}

@test "an old backup of the database that is restored" {
	inventory export >backup.json
	overlay $web eeeeeeee-0000-4000-8000-000000000001 $leaf qcow2 LEAF 4
	sed -i 's/^VOLTYPE=.*/VOLTYPE=INTERNAL/' sd/images/$web/$leaf.meta
	run_fail 1 image-discrepancies --inventory backup.json --confirm 0 --deep --json sd
	[ "$(jq -r '.discrepancies[].code' <<<"$output" | sort | xargs)" = "VOLTYPE_DIFFERS VOLUME_ONLY_ON_STORAGE" ]
}

# Nobody has the image open.
snapshot() { :; }

merge() { (cd sd/images/$web && qemu-io -f qcow2 -c 'write 0 64k' $1 && qemu-img commit -q -d $1); }

@test "a healthy domain that changes all the time has no finding" {
	quiet 10
}

# bats test_tags=long
@test "a healthy domain that changes all the time has no finding in a hundred readings" {
	quiet 100
}
