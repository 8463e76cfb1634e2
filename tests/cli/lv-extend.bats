# lv-extend as far as it goes where no guest runs.
# shellcheck shell=bash disable=SC2154
load ../lib/common

setup() {
	common_setup
	new_database
	inventory init >/dev/null
	inventory add data-center dc >/dev/null
	inventory add cluster c data_center=dc >/dev/null
	inventory add host h cluster=c libvirt_uri=test:///default >/dev/null
}

teardown() {
	common_teardown
}

@test "where nothing is thin nothing is found" {
	inventory sync --all >/dev/null
	run_ok lv-extend check --over 100ms
	output_is ""
	run_ok lv-extend check h test --over 100ms --json
	output_is '{"vdc":{"version":1}}'
}

# libvirt's test driver has no figures of disks.
@test "a disk without figures is unknown, and a finding" {
	cat >node.xml <<-END
		<node><domain type='test'>
		  <name>vm</name><uuid>7b1c0c1e-1111-4222-8333-444455556666</uuid>
		  <memory>65536</memory><os><type>hvm</type></os>
		  <devices>
		    <disk type='block' device='disk'><driver name='qemu' type='qcow2'/>
		      <source dev='/dev/data/thin'/><target dev='vda' bus='virtio'/></disk>
		    <disk type='block' device='disk'><driver name='qemu' type='raw'/>
		      <source dev='/dev/data/thick'/><target dev='vdb' bus='virtio'/></disk>
		    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/>
		      <source file='/var/lib/file'/><target dev='vdc' bus='virtio'/></disk>
		    <disk type='block' device='disk'><driver name='qemu' type='qcow2'/>
		      <source dev='/dev/data/base'/><target dev='vdd' bus='virtio'/><readonly/></disk>
		  </devices>
		</domain></node>
	END
	inventory set host h libvirt_uri="test://$PWD/node.xml" >/dev/null
	inventory sync --all >/dev/null
	run_fail 1 lv-extend check --over 100ms --noheadings --output vm,target,state,room
	output_is "vm vda unknown -"
}

@test "a document of thin disks is judged, and one of hosts is checked" {
	inventory sync --all >/dev/null
	cat >disks.json <<-END
		{"thin_disks":[{"id":"v/vda","vm":{"name":"v"},"target":"vda","host":{"name":"h"},
		"state":"fine","paused":false,"size":1073741824,"room":1000},
		{"id":"v/vdb","vm":{"name":"v"},"target":"vdb","host":{"name":"h"},
		"state":"due","paused":false,"size":1073741824,"room":1}]}
	END
	run_fail 1 lv-extend check - --noheadings --output vm,target,state,size <disks.json
	output_is "v vda fine 1 GiB
v vdb due  1 GiB"
	run_ok lv-extend check - --noheadings --output target --select state=fine <disks.json
	output_is "vda"
	lv-extend check - --json <disks.json >again.json || [ $? = 1 ]
	[ "$(jq -r '.thin_disks[1].room' again.json)" = 1 ]
	run_ok lv-extend check --over 100ms - < <(inventory list hosts --json)
	output_is ""
	run_fail 2 lv-extend check - <<<'{"thin_disks":[{"id":"v/vda"'
	run_fail 3 lv-extend check - <<<'<host id="7b1c0c1e-1111-4222-8333-444455556666"/>'
}

@test "a storage domain is held against what its disks may come to need" {
	inventory sync --all >/dev/null
	inventory add storage-domain data data_center=dc type=data storage_type=fcp >/dev/null
	inventory add storage-domain iso data_center=dc type=iso storage_type=nfs >/dev/null
	run_ok lv-extend check --domains --over 100ms --noheadings --output name,state,committed,disks
	output_is "data unknown 0 B 0"
	run_ok lv-extend check --domains --over 100ms --noheadings --output name iso
	output_is "iso"
	run_fail 2 lv-extend check --domains h
	contains "$stderr" "storage domains"
}

# A pool takes a device-mapper: LVM's commands here say what it would make them say.
@test "thin pools below a group that nobody extends are told" {
	note() { # THRESHOLD MONITORED
		printf '#!/bin/sh\ncase $* in *seg_monitor*) echo "  %s" ;; esac\n' "$2" >bin/lvs
		printf '#!/bin/sh\necho monitoring=1\necho thin_pool_autoextend_threshold=%s\n' "$1" >bin/lvm
		chmod +x bin/*
		run_ok lv-extend check data --domains --over 100ms --json
		jq -r '.thin_domains[0].note' <<<"$output"
	}
	mkdir bin
	printf '#!/bin/sh\n' >bin/pvs
	printf '#!/bin/sh\nshift\nPATH=%s:$PATH exec sh -c "$*"\n' "$PWD/bin" >rsh
	chmod +x rsh
	export VDC_RSH=$PWD/rsh
	inventory set host h rsh_address=h.invalid >/dev/null
	inventory add storage-domain data data_center=dc type=data storage_type=fcp volume_group=data >/dev/null
	inventory sync --all >/dev/null
	[ "$(note 70 monitored)" = null ]
	contains "$(note 100 monitored)" "thin_pool_autoextend_threshold"
	contains "$(note 70 'not monitored')" "monitor"
	contains "$(note 100 'not monitored')" "monitor"
}

@test "what is no name, or too many, is refused" {
	run_fail 3 lv-extend check g
	contains "$stderr" "'g'"
	inventory add storage-domain h data_center=dc >/dev/null
	run_fail 2 lv-extend check h
	contains "$stderr" "several things"
	run_fail 2 lv-extend check --over 10ms
	contains "$stderr" "--over"
}

@test "a host that knows no domain has no mailbox" {
	export VDC_CONF=$PWD/vdc.conf
	printf '%s\n' "lockspaces = $PWD/lockspaces.json" >"$VDC_CONF"
	run_fail 3 lv-extend mailbox show
	contains "$stderr" "knows no master domain"
	run_fail 3 lv-extend mailbox init data
	contains "$stderr" "knows no storage domain data"
	run_fail 2 lv-extend mailbox clear --host-id 250
	contains "$stderr" "--host-id"
}

@test "a host without libvirt is waited for, and a stop is obeyed" {
	local watch

	((EUID == 0)) || skip "it takes root"
	export VDC_CONF=$PWD/vdc.conf
	printf '%s\n' "lockspaces = $PWD/lockspaces.json" >"$VDC_CONF"
	unset VDC_DB
	lv-extend watch 2>said &
	watch=$!
	for _ in {1..300}; do
		! grep -q 'watched' said || break
		sleep 0.1
	done
	grep -q 'thin disks are watched\|nothing is watched for' said
	kill "$watch"
	wait "$watch"
	run_fail 2 lv-extend watch h
	run_fail 2 lv-extend watch --json
}

@test "a watch must be called as the inventory calls the host" {
	((EUID == 0)) || skip "it takes root"
	run_fail 3 lv-extend watch --host nobody
	contains "$stderr" "nobody"
}

@test "the unit does what the manual says" {
	local unit=$VDC_TEST_SRC/contrib/systemd/vdc-lv-extend-watch.service

	grep -qx 'ExecStart=/usr/bin/lv-extend watch' "$unit"
	grep -qx 'Restart=always' "$unit"
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze"
	mkdir units
	sed "s|^ExecStart=/usr/bin/lv-extend|ExecStart=$(command -v true)|" "$unit" >units/vdc-lv-extend-watch.service
	run_ok systemd-analyze verify --man=no ./units/vdc-lv-extend-watch.service
	[[ $stderr != *vdc-lv-extend-watch* ]]
}

@test "serve wants a master domain, and has a unit" {
	export VDC_CONF=$PWD/vdc.conf
	printf '%s\n' "lockspaces = $PWD/lockspaces.json" >"$VDC_CONF"
	run_fail 3 lv-extend serve
	contains "$stderr" "knows no master domain"
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze"
	sed "s|^ExecStart=/usr/bin/lv-extend|ExecStart=$(command -v true)|" \
		"$VDC_TEST_SRC/contrib/systemd/vdc-lv-extend-serve.service" >vdc-lv-extend-serve.service
	run_ok systemd-analyze verify --man=no ./vdc-lv-extend-serve.service
	[[ $stderr != *vdc-lv-extend* ]]
}

# Of a domain whose volumes grow, and one whose are files.
volumes() {
	inventory add storage-domain thin data_center=dc storage_type=iscsi volume_group=thinvg \
		extend_chunk=8M status=active
	inventory add storage-domain files data_center=dc storage_type=nfs
	inventory add volume id=$1 storage_domain=thin capacity=256M format=cow allocation=sparse
	inventory set volume $1 --observed size=64M
	inventory add volume id=$2 storage_domain=thin capacity=256M format=raw
	inventory add volume id=$3 storage_domain=files capacity=256M format=cow allocation=sparse
} >/dev/null

@test "extend says what cannot be extended, and why" {
	local thin=d772f1c6-3ebb-43c3-a42e-73fcd8255a51 thick=d772f1c6-3ebb-43c3-a42e-73fcd8255a52 \
		file=d772f1c6-3ebb-43c3-a42e-73fcd8255a53

	volumes $thin $thick $file
	run_ok lv-extend extend $thin --dry-run --noheadings --output status,requested_size,old_size
	[ "$(tr -s ' ' <<<"$output")" = "waiting 72 MiB 64 MiB" ]
	run_ok lv-extend extend $thin --dry-run --by 10M --json
	[ "$(jq '.extensions[0].requested_size' <<<"$output")" = $((74 << 20)) ]
	run_fail 2 lv-extend extend $thin --dry-run --to 64M
	contains "$stderr" "has 64 MiB already"
	run_fail 2 lv-extend extend $thin --dry-run --to 1G
	contains "$stderr" "more than its disk can need, 282 MiB"
	run_fail 4 lv-extend extend $thick --dry-run
	contains "$stderr" "preallocated"
	run_fail 2 lv-extend extend $file --dry-run
	contains "$stderr" "files"
	run_fail 3 lv-extend extend d772f1c6-3ebb-43c3-a42e-73fcd8255a5f
	run_fail 3 lv-extend extend nothing:vda
	run_fail 8 lv-extend extend $thin $thick --dry-run
	run_fail 2 lv-extend extend $thin --to 1M --by 1M
	inventory set storage-domain thin --observed space=critical >/dev/null
	run_fail 4 lv-extend extend $thin --dry-run
	contains "$stderr" "--below-critical"
	run_ok lv-extend extend $thin --dry-run --below-critical
}

@test "extend takes what check found, and a way that is not there is told" {
	local thin=d772f1c6-3ebb-43c3-a42e-73fcd8255a51

	volumes $thin d772f1c6-3ebb-43c3-a42e-73fcd8255a52 d772f1c6-3ebb-43c3-a42e-73fcd8255a53
	disk() { # STATE PATH
		printf '{"thin_disks":[{"id":"x/vda","vm":{"name":"vm"},"target":"vda","host":{"name":"h"},'
		printf '"storage_domain":{"name":"thin"},"path":"%s","state":"%s","paused":false,' "$2" "$1"
		printf '"capacity":268435456,"allocated":67000000,"size":67108864}]}\n'
	}
	disk due /dev/thinvg/$thin >due.json
	run_ok lv-extend extend - --dry-run --json <due.json
	[ "$(jq -r '.extensions[0].volume.id' <<<"$output")" = $thin ]
	(($(jq '.extensions[0].requested_size' <<<"$output") > 67108864))
	run_ok lv-extend extend - --dry-run < <(disk fine /dev/thinvg/$thin)
	output_is ""
	run_fail 2 lv-extend extend - < <(disk due /dev/thinvg/other)
	run_fail 2 lv-extend extend - --to 1G <due.json
	run_fail 2 lv-extend extend - < <(echo nonsense)
	export VDC_CONF=$PWD/vdc.conf
	printf '%s\n' "lockspaces = $PWD/lockspaces.json" >"$VDC_CONF"
	run_fail 2 lv-extend extend $thin
	contains "$stderr" "knows no master domain"
	[ "$VDC_TEST_DB" = sqlite ] || return 0
	inventory set storage-domain thin extend_transport=database >/dev/null
	run_fail 2 lv-extend extend $thin
	contains "$stderr" "SQLite serves one machine"
}
