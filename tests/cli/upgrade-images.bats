# What storage holds is compared with the database before an upgrade, and before a data center is raised.
# shellcheck shell=bash disable=SC2154
load ../lib/common
load ../lib/upgrade
load ../lib/fake-host
load ../lib/image-domain

domain=c277ad93-0973-43d9-a0ca-22199bc8e801
disk=11111111-2222-4333-8444-555555555501
volumes="aaaaaaaa-0000-4000-8000-000000000001 aaaaaaaa-0000-4000-8000-000000000002"
none=00000000-0000-0000-0000-000000000000

setup() {
	common_setup
	new_database
	seed_vms >/dev/null
	make_domain
	document | inventory import - >/dev/null
}

teardown() {
	common_teardown
}

# Two layers of a disk in a file domain, as vdsm has them.
make_domain() {
	local images=mnt/$domain/images/$disk parent=$none type=INTERNAL format=RAW volume

	mkdir -p $images mnt/$domain/dom_md
	printf '%s\n' ALIGNMENT=1048576 BLOCK_SIZE=512 CLASS=Data DESCRIPTION=s1 ROLE=Master \
		SDUUID=$domain TYPE=NFS VERSION=5 >mnt/$domain/dom_md/metadata
	for volume in $volumes; do
		truncate -s 1M $images/$volume
		printf '%s\n' CAP=1048576 CTIME=1563949824 'DESCRIPTION={}' DISKTYPE=DATA DOMAIN=$domain \
			FORMAT=$format GEN=0 IMAGE=$disk LEGALITY=LEGAL PUUID=$parent TYPE=SPARSE \
			VOLTYPE=$type EOF >$images/$volume.meta
		parent=$volume type=LEAF format=COW
	done
}

document() {
	jq -n --arg domain $domain --arg disk $disk --arg mount "$PWD/mnt" --arg v "$volumes" '
		{storage_domains: [{id: $domain, name: "s1", type: "data", status: "active", master: true,
			data_center: {name: "dc"}, storage: {type: "nfs", mount_point: $mount},
			storage_format: "v5"}],
		disks: [{id: $disk, name: "disk1", status: "ok"}],
		volumes: [($v / " ") as [$base, $leaf] | ($base, $leaf) | {id: ., disk: {id: $disk},
			image: $disk, storage_domain: {id: $domain}, active: (. == $leaf), status: "ok",
			capacity: 1048576, format: (if . == $leaf then "cow" else "raw" end),
			allocation: "sparse", voltype: (if . == $leaf then "leaf" else "internal" end)}
			+ if . == $leaf then {parent: {id: $base}} else {} end]}'
}

lose_volumes() { rm mnt/$domain/images/$disk/*; }

codes() { cluster-upgrade check c --ha-reserve 0 --json "$@" | jq -r '.findings[]?.code' | xargs; }

@test "storage that agrees with the database is no finding" {
	[ "$(codes)" = CPU_UNKNOWN ] || fail "$(cluster-upgrade check c --ha-reserve 0)"
}

@test "one finding for each code of a domain" {
	lose_volumes
	run_fail 1 cluster-upgrade check c --ha-reserve 0 --json
	[ "$(jq -r '.findings[] | select(.code == "VOLUME_ONLY_IN_DATABASE") |
		"\(.severity) \(.kind) \(.object) \(.id)"' <<<"$output")" = \
		"data_loss_risk storage-domain s1 VOLUME_ONLY_IN_DATABASE:$domain" ]
	contains "$(jq -r '.findings[].text' <<<"$output")" "storage domain s1: " "; and 1 more"
	[ "$(codes --skip-images)" = CPU_UNKNOWN ]
}

# The images were read once, and the second time is waited for.
has_read() { [ -e trace ] && awk '/images/ { read = 1 } read && /clock_nanosleep/ { waits = 1 } END { exit !waits }' trace; }

@test "what is still being written when it is read is read again" {
	local volume=mnt/$domain/images/$disk/${volumes% *}

	mv "$volume" kept
	command -v strace >/dev/null || skip "strace is not installed"
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 strace -f -qq -o trace \
		-e trace=openat,clock_nanosleep cluster-upgrade check c --ha-reserve 0 --json \
		>out 2>err 3>&- &
	soon 60 has_read
	mv kept "$volume"
	wait $! || fail "$(cat out err)"
	[ "$(jq -r '.findings[]?.code' out)" = CPU_UNKNOWN ]
}

@test "a domain that cannot be read here is said, and stops nothing" {
	mv mnt away
	run_ok cluster-upgrade check c --ha-reserve 0
	contains "$output" IMAGES_UNKNOWN warning "storage domain s1 are well: here: " "is it mounted there?"
	inventory set storage-domain s1 mount_point= >/dev/null
	contains "$(cluster-upgrade check c --ha-reserve 0)" IMAGES_UNKNOWN "mount_point"
	# What is switched off on purpose holds nothing that runs.
	inventory set storage-domain s1 --observed status=maintenance >/dev/null
	[ "$(codes)" = CPU_UNKNOWN ]
	mv away mnt
	echo SDUUID=$none >mnt/$domain/dom_md/metadata
	inventory set storage-domain s1 --observed mount_point="$PWD/mnt" status=active >/dev/null
	contains "$(cluster-upgrade check c --ha-reserve 0)" IMAGES_UNKNOWN "storage domain $none"
}

@test "storage that hangs is given up" {
	printf 'storage.read-timeout = 1s\n' >vdc.conf
	run_ok silent mnt/$domain/images/$disk cluster-upgrade check c --ha-reserve 0 --config vdc.conf
	contains "$output" IMAGES_UNKNOWN "does not answer: nothing came within 1s"
	run_ok silent mnt/$domain cluster-upgrade check c --ha-reserve 0 --config vdc.conf
	contains "$output" IMAGES_UNKNOWN "s1 are well: here: "
}

@test "what takes too long altogether is given up" {
	printf 'storage.compare-timeout = 1s\n' >vdc.conf
	run_ok silent mnt/$domain/images/$disk cluster-upgrade check c --ha-reserve 0 --config vdc.conf
	contains "$output" IMAGES_UNKNOWN "all of it may take 1s (storage.compare-timeout)"
	fake_shell
	mkdir -p fake/h2
	inventory set host h2 rsh_address=h2 >/dev/null
	inventory set storage-domain s1 mount_point=/nowhere >/dev/null
	fake_program h2 image-discrepancies <<<'exec sleep 20'
	run_ok timeout 15 cluster-upgrade check c --ha-reserve 0 --config vdc.conf
	contains "$output" IMAGES_UNKNOWN "all of it may take 1s (storage.compare-timeout)"
}

@test "where this machine reaches no storage a host reads it" {
	local here=$PWD

	fake_shell
	mkdir -p fake/h2
	inventory set host h2 rsh_address=h2 >/dev/null
	inventory set storage-domain s1 mount_point=/nowhere >/dev/null
	fake_program h2 image-discrepancies <<-END
		echo "\$@" >>$here/asked
		exec $VDC_TEST_BUILD/bin/.libs/image-discrepancies dump $here/mnt/$domain
	END
	[ "$(codes)" = CPU_UNKNOWN ]
	contains "$(cat asked)" "/nowhere/$domain"
	lose_volumes
	contains "$(codes)" VOLUME_ONLY_IN_DATABASE
	inventory set storage-domain s1 storage_type=iscsi volume_group=thin >/dev/null
	contains "$(codes)" VOLUME_ONLY_IN_DATABASE
	contains "$(tail -1 asked)" "vg:thin"
	inventory set storage-domain s1 storage_type=nfs volume_group= >/dev/null
	fake_program h2 image-discrepancies <<<'exit 127'
	contains "$(cluster-upgrade check c --ha-reserve 0)" IMAGES_UNKNOWN "here: /nowhere" \
		"on a host: h2:/nowhere/$domain: " "not installed there"
}

@test "run refuses it, too, unless it is told not to look" {
	lose_volumes
	run_fail 4 cluster-upgrade run c --all --dry-run --ha-reserve 0
	contains "$stderr" "storage domain s1: " "cluster-upgrade check c says what to do"
	run_ok cluster-upgrade run c --all --dry-run --ha-reserve 0 --skip-images
}

@test "a data center is not raised over damage" {
	inventory set data-center dc version=4.6 >/dev/null
	run_ok compat-level check dc --to 4.7
	[[ $output != *VOLUME_ONLY_IN_DATABASE* ]]
	lose_volumes
	run_fail 1 compat-level check dc --to 4.7
	contains "$output" VOLUME_ONLY_IN_DATABASE data_loss_risk s1
	run_ok compat-level check dc --to 4.7 --skip-images
	run_fail 4 compat-level raise dc --to 4.7 --yes
	contains "$stderr" "storage domain s1: " "compat-level check"
	run_ok compat-level raise dc --to 4.7 --yes --skip-images
}
