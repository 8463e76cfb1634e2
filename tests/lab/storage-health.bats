#!/usr/bin/env bats
# time limit: 500 s
# storage-health on real hosts: a mount that is gone, a storage that fails or hangs in the kernel for one
# host or for all, files and a real volume group; two hosts with our command and one without.
# shellcheck disable=SC2154 # status, output, lines: set by bats' run
load ../lib/common
load ../lib/lab
load ../lib/lab-guests

ID=c277ad93-0973-43d9-a0ca-22199bc8e802

setup_file() {
	local number

	lab_open g 3
	lab_install 1 2
	mkdir -p "$VDC_LAB_SHARED/files/$ID/dom_md"
	printf '%s\n' SDUUID=$ID VERSION=5 >"$VDC_LAB_SHARED/files/$ID/dom_md/metadata"
	for number in 1 2 3; do
		mounts $number
		# Each sees its own cable to the LUN, and not those of the others.
		lab rsh $number "printf '%s\n' 'devices {' \
			'global_filter=[\"a|^/dev/lun0\$|\",\"r|.*|\"]' 'use_devicesfile=0' '}' \
			>/etc/lvm/lvmlocal.conf"
	done
	lab rsh 1 'pvcreate -qqy /dev/lun0 && vgcreate -qq vg0 /dev/lun0' >/dev/null 2>&1
}

teardown_file() { lab_end; }

setup() {
	common_setup
	lab_setup
	cat >>"$VDC_CONF" <<-END
		storage.failure-timeout = 0
		storage.retry = 0
	END
	{
		inventory add storage-domain files id=$ID data_center=dc type=data \
			storage_type=posixfs storage_format=v5 mount_point=/srv/files
		inventory add storage-domain lun data_center=dc type=data storage_type=iscsi \
			volume_group=vg0 critical_space_action_blocker=1
	} >/dev/null
	inventory sync --all >/dev/null
	storage-health --quiet || storage-health --findings
}

teardown() {
	local number

	for number in 1 2 3; do lab heal $number >/dev/null 2>&1 || true; done
	common_teardown
}

mounts() { lab rsh "$1" 'mkdir -p /srv/files && mount --bind /shared/files /srv/files'; }

status() { field host "$1" status; }
domain() { field storage-domain "$1" status; }

# reach HOST: status of its domains, in the order of their names
reach() {
	inventory list domain-reach --select "host=$1" --sort storage_domain --noheadings \
		--output status | tr -d ' ' | tr '\n' ' '
}

# stuck HOST-NUMBER: how many processes wait for the storage in the kernel there
stuck() {
	lab rsh "$1" 'ps -eo wchan:32,stat | grep -cE "request_wait_answer|exit_aio|D"' || true
}

nothing_stuck() { [ "$(stuck "$1")" = 0 ]; }

@test "all hosts read all domains" {
	run_ok storage-health
	[ "$(grep -c ' ok ' <<<"$output")" -eq 9 ] || fail "$output"
	[ "$(domain files) $(domain lun) $(domain shared)" = "active active active" ]
	inventory list storage-domain --select name=lun --output available --noheadings
	[ "$(field storage-domain lun available)" = "4.0 GiB" ]
}

# bats test_tags=long
@test "of a volume group the volume metadata is read where it is active" {
	local number

	lab rsh 1 'lvcreate --config global/activation=0 -qy -an -Zn -Wn -L 64m -n metadata vg0' >/dev/null 2>&1
	for number in 1 3; do lab rsh $number 'lvchange -ay vg0/metadata' >/dev/null 2>&1; done
	run_ok storage-health --quiet
	[ "$(reach host1)$(reach host2)$(reach host3)" = "ok ok ok ok ok ok ok ok ok " ]
	# what cannot be read there is lost, whatever the disks of the group say
	for number in 1 3; do
		lab rsh $number 'mv /dev/vg0/metadata /dev/vg0/kept && mkdir /dev/vg0/metadata'
		run_fail 1 storage-health --quiet
		[ "$(reach host$number)" = "ok lost ok " ]
		lab rsh $number 'rmdir /dev/vg0/metadata && mv /dev/vg0/kept /dev/vg0/metadata'
		run_ok storage-health --recover --quiet
		[ "$(status host$number) $(reach host$number)" = "up ok ok ok " ]
	done
	for number in 1 3; do lab rsh $number 'lvchange -an vg0/metadata' >/dev/null 2>&1; done
	lab rsh 1 'lvremove --config global/activation=0 -qfy vg0/metadata' >/dev/null 2>&1
}

@test "a mount that is gone on one host takes that one out, and it comes back" {
	local number

	for number in 2 3; do
		lab rsh $number 'umount /srv/files'
		run_fail 1 storage-health --quiet
		contains "$stderr" "host host$number does not read storage domain files" \
			"is it mounted there?" "host host$number is non_operational"
		[ "$(status host$number)" = non_operational ]
		[ "$(reach host$number)" = "lost ok ok " ]
		[ "$(domain files)" = active ]
		run_fail 1 host-maintenance leave host$number
		contains "$output" "does not reach storage domain files"
		mounts $number
		run_ok storage-health --recover --quiet
		[ "$(status host$number)" = up ]
	done
}

@test "a storage that hangs for one host holds up nobody, and leaves no more behind" {
	local number before ms

	for number in 1 3; do
		lab cut $number storage --hang
		ms=$(milliseconds eval 'storage-health --timeout 2s --quiet 2>err || [ $? = 1 ]')
		((ms < 12000)) || fail "$ms ms"
		contains "$(<err)" "host host$number is non_operational" "no answer within 2s"
		[ "$(reach host$number)" = "lost lost lost " ]
		[ "$(reach host2)" = "ok ok ok " ]
		# What hangs there waits for the storage, and the next ones wait for that.
		run_fail 1 storage-health --timeout 1s --quiet
		before=$(stuck $number)
		((before > 0)) || fail "nothing hangs: $(lab rsh $number ps -eo stat,wchan:32,args)"
		run_fail 1 storage-health --timeout 1s --quiet
		run_fail 1 storage-health --timeout 1s --quiet
		[ "$(stuck $number)" -le "$before" ]
		lab heal $number
		soon 10 nothing_stuck $number
		run_ok storage-health --recover --quiet
		[ "$(status host$number)" = up ]
	done
}

@test "a storage that fails for all hosts: its domains are inactive, the hosts stay up" {
	local number

	for number in 1 2 3; do lab cut $number storage; done
	run_fail 1 storage-health --quiet
	contains "$stderr" "no host reads storage domain lun" "Input/output error"
	[ "$(domain files) $(domain lun) $(domain shared)" = "inactive inactive inactive" ]
	[ "$(inventory list hosts --select status=up --noheadings | wc -l)" -eq 3 ]
	for number in 1 2 3; do lab heal $number; done
	run_ok storage-health --recover --quiet
	[ "$(domain files) $(domain lun) $(domain shared)" = "active active active" ]
}

@test "a host that cannot be asked says nothing" {
	lab cut 2 net
	run_fail 1 storage-health --quiet
	[ "$(reach host2)" = "unknown unknown unknown " ]
	[ "$(domain files) $(status host1) $(status host2)" = "active up up" ]
	lab heal 2
	run_ok storage-health --quiet
	contains "$stderr" "host host2 reads again storage domains files, lun, shared"
}

# images: what an upgrade's check finds on storage: "DOMAIN CODE"
images() {
	cluster-upgrade check c --all --json --accept-unknown |
		jq -r '.findings[]? | select(.kind == "storage-domain") | "\(.object) \(.code)"'
}

@test "before an upgrade storage is compared with the database, through a host that mounts it" {
	local disk=11111111-2222-4333-8444-555555555501 volume=aaaaaaaa-0000-4000-8000-000000000001
	local folder=$VDC_LAB_SHARED/files/$ID/images/$disk

	mkdir -p "$folder"
	jq -n --arg domain $ID --arg disk $disk --arg volume $volume '
		{disks: [{id: $disk, name: "disk1", status: "ok"}],
		volumes: [{id: $volume, disk: {id: $disk}, image: $disk, storage_domain: {id: $domain},
			active: true, status: "ok", capacity: 1048576, format: "raw",
			allocation: "sparse", voltype: "leaf"}]}' | inventory import - >/dev/null
	# A volume group that nobody made a domain of is none.
	run_ok images
	contains "$output" "files VOLUME_ONLY_IN_DATABASE" "lun IMAGES_UNKNOWN"
	truncate -s 1M "$folder/$volume"
	printf '%s\n' CAP=1048576 CTIME=1563949824 'DESCRIPTION={}' DISKTYPE=DATA DOMAIN=$ID FORMAT=RAW \
		GEN=0 IMAGE=$disk LEGALITY=LEGAL PUUID=00000000-0000-0000-0000-000000000000 TYPE=SPARSE \
		VOLTYPE=LEAF EOF >"$folder/$volume.meta"
	run_ok images
	[[ $output != *files* ]] || fail "$output"
	rm -r "$VDC_LAB_SHARED/files/$ID/images"
}
