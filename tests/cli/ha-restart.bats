# ha-restart as far as it goes on hosts of libvirt's test driver, which forget what was started as soon
# as nobody is connected: which VMs are taken up, where and in which order, and what is refused.
# shellcheck shell=bash disable=SC2154
load ../lib/common

setup() {
	common_setup
	new_database
	printf 'ha.retry = 1s\nha.retries = 1\nha.retry-slow = 1h\nconnect-timeout = 2s\n' >vdc.conf
	printf 'job-lease = 2s\n' >>vdc.conf
	export VDC_CONF=$PWD/vdc.conf
	{
		seed_cluster
		inventory set cluster c level_family= version=
		sed '/<domain/,/<\/domain>/d' "$VDC_TEST_SRC/tests/data/libvirt/node.xml" >node.xml
		inventory set host h2 libvirt_uri="test://$PWD/node.xml"
		inventory set host h3 libvirt_uri="test://$PWD/node.xml"
		add_ha web 50
		add_ha db 100
		add_ha batch 1
		add_vm plain h1
		inventory set host h1 --observed status=non_responsive
	} >/dev/null
}

teardown() {
	common_teardown
}

# add_ha NAME PRIORITY: a highly available VM on h1, defined
add_ha() {
	local id

	add_vm "$1" h1
	inventory set vm "$1" high_availability=true priority="$2"
	id=$(inventory list vm --select "name=$1" --noheadings --output id | tr -d ' ')
	inventory set vm "$1" --observed machine_type= running_machine_type= domain_xml="<domain \
type='test'><name>$1</name><uuid>$id</uuid><memory unit='MiB'>64</memory><os><type arch='i686'>hvm\
</type></os></domain>"
}

down() { host_down h1 "bmc1 says off" >/dev/null; }

# of VM FIELD...
of() { inventory list vm --select "name=$1" --noheadings --output "$2" | tr -s ' ' | sed 's/ $//'; }

rows() { ha-restart list --noheadings --output vm,state | tr -s ' ' | sed 's/ $//'; }

@test "VMs of a host that is not known to be down stay where they are" {
	run_fail 4 ha-restart h1
	contains "$stderr" "host h1 is not known to be down" "fence off h1" "fence confirm h1"
	run_fail 4 ha-restart h2
	run_fail 4 ha-restart --dry-run h1
	contains "$output" "db" "refused" "host h1 may be running it and is not known to be down"
	run_ok inventory list job --noheadings
	output_is ""
	[ "$(of web status)" = up ]
}

@test "HA VMs of a host that is down start elsewhere, by priority, and nothing else does" {
	down
	[ "$(of plain status)" = down ]
	run_ok ha-restart --dry-run h1 --json
	[ "$(jq -r '[.ha_starts[].vm.name] | join(" ")' <<<"$output")" = "db web batch" ]
	[ "$(jq -r '[.ha_starts[].to.name] | sort | unique | join(" ")' <<<"$output")" = "h2 h3" ]
	[ "$(rows)" = $'db ready\nweb waiting\nbatch waiting' ]
	run_ok ha-restart h1 --json
	[ "$(jq -r '[.ha_starts[] | .vm.name + " " + .state] | join(",")' <<<"$output")" = \
		"db started,web started,batch started" ]
	[ "$(inventory export event --json |
		jq -r '[.events[] | select(.type == "vm_ha_started") | .object.name] | join(" ")')" = \
		"db web batch" ]
	for vm in db web batch; do [ "$(of $vm status)" = up ]; done
	[ "$(of plain status)" = down ]
	[ "$(inventory list job --select action=ha-restart --noheadings --output status |
		tr -d ' ')" = finished ]
	run_ok ha-restart list --noheadings
	output_is ""
	run_ok ha-restart h1
	output_is ""
}

@test "for cron: silent when nothing is to do" {
	inventory set host h1 --observed status=up >/dev/null
	run_ok ha-restart --all
	output_is ""
	[ -z "$stderr" ]
	run_ok ha-restart resume
	output_is ""
}

@test "a strategy goes before the wish to be highly available" {
	inventory set vm web run_strategy=halted >/dev/null
	inventory set vm plain run_strategy=always >/dev/null
	down
	[ "$(rows | cut -d' ' -f1 | sort | xargs)" = "batch db plain" ]
	# And who does not want to run any more is not started.
	inventory set vm db run_strategy=halted >/dev/null
	run_fail 8 ha-restart h1 --wait 0 --output vm,state
	contains "$output" "db    dropped"
	[ "$(of db status)" = down ]
}

@test "one that no host can take is tried again, ever more seldom, and says why" {
	inventory set vm db memory=64G >/dev/null
	down
	printf 'ha.priority-wait = 1s\n' >>vdc.conf
	run_fail 8 ha-restart h1 --wait 4s --json
	[ "$(jq -r '[.ha_starts[] | .vm.name + " " + .state] | join(",")' <<<"$output")" = \
		"db retrying,web started,batch started" ]
	[ "$(jq -r '.ha_starts[0].failures' <<<"$output")" = 2 ]
	contains "$(jq -r '.ha_starts[0].reason' <<<"$output")" "no room"
	run_ok events list
	contains "$output" "VM db, whose host h1 failed, does not start elsewhere: " \
		"VM db, whose host h1 failed, does not start elsewhere and is tried only now and then"
	# The next one is not due before an hour: nothing to do.
	run_ok ha-restart --all --wait 0
	output_is ""
	[ "$(rows)" = "db retrying" ]
}

@test "a host that does not answer is asked until it does: nobody knows whether it runs the VM" {
	down
	inventory set host h3 libvirt_uri="test:///nowhere.xml" >/dev/null
	run_fail 1 ha-restart h1 --wait 5s --json
	[ "$(jq -r '[.ha_starts[] | select(.state == "started")] | length' <<<"$output")" = 0 ]
	inventory set host h3 libvirt_uri="test://$PWD/node.xml" >/dev/null
	run_ok ha-restart h1
}

@test "a host that came back with its VM keeps it" {
	down
	inventory set host h1 --observed status=up >/dev/null
	inventory set vm db --observed status=up host=h1 >/dev/null
	inventory set host h1 libvirt_uri="test://$PWD/node.xml" >/dev/null
	run_ok ha-restart --all --json
	[ "$(jq -r '.ha_starts[] | select(.vm.name == "db") | .state + " " + .reason' \
		<<<"$output")" = "started it runs on host h1" ]
	[ "$(of db host)" = h1 ]
}

@test "a lease without a lock manager that honours it is none" {
	inventory add storage-domain leases data_center=dc type=data storage_type=posixfs \
		mount_point=/shared >/dev/null
	inventory set vm db lease_storage_domain=leases >/dev/null
	inventory set vm db --observed status=unknown >/dev/null
	run_fail 4 ha-restart --dry-run h1 --output vm,state
	contains "$output" "db    ready" "web   refused"
	run_fail 1 ha-restart h1 --wait 0
	contains "$output" "db" "retrying" "its definition has no lease"
	[ "$(of db status,host)" = "unknown h1" ]
	down
	run_ok ha-restart h1
	[ "$(of db status)" = up ]
}

@test "one at a time, and what a killed one left is gone on with" {
	inventory set vm db memory=64G >/dev/null
	sed -i 's/^ha.retries.*/ha.retries = 1000/' vdc.conf
	down
	ha-restart h1 >first.out 2>&1 &
	first=$!
	for ((i = 0; i < 200; i++)); do
		[ "$(inventory list job --select action=ha-restart --noheadings --output id |
			wc -l)" = 1 ] && ha-restart list --noheadings --output failures |
			grep -q '[1-9]' && break
		sleep 0.05
	done
	run_fail 5 ha-restart --all --wait 0
	output_is ""
	[ -z "$stderr" ]
	run_fail 5 ha-restart h1
	contains "$stderr" "is being done by"
	kill -9 $first
	wait $first || true
	inventory set vm db memory=4G >/dev/null
	run_ok ha-restart resume
	contains "$output" "db" "started"
}

@test "what is asked for must make sense" {
	run_fail 2 ha-restart
	run_fail 2 ha-restart --all h1
	run_fail 3 ha-restart nowhere
	run_fail 3 ha-restart resume 11111111-2222-4333-8444-555555555555
}

@test "the timer's service and the cron file call what there is, without terminal and environment" {
	local service cron

	service=$(sed -n 's|^ExecStart=/usr/bin/||p' "$VDC_TEST_SRC/contrib/systemd/vdc-ha.service")
	cron=$(sed -n 's|.*\troot\t||p' "$VDC_TEST_SRC/contrib/cron/vdc-ha")
	down
	# shellcheck disable=SC2086
	run_ok env -i PATH="$PATH" LD_LIBRARY_PATH="$LD_LIBRARY_PATH" VDC_CONF="$VDC_CONF" \
		VDC_DB="$VDC_DB" setsid $service </dev/null
	contains "$output" "batch        1 started"
	# shellcheck disable=SC2086
	run_ok env -i PATH="$PATH" LD_LIBRARY_PATH="$LD_LIBRARY_PATH" VDC_CONF="$VDC_CONF" \
		VDC_DB="$VDC_DB" setsid $cron </dev/null
	output_is ""
	[ -z "$stderr" ]
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze"
	mkdir units
	cp "$VDC_TEST_SRC"/contrib/systemd/vdc-ha.* units
	sed -i "s|^ExecStart=/usr/bin/ha-restart|ExecStart=$(command -v true)|" units/*.service
	run_ok systemd-analyze verify --man=no ./units/vdc-ha.service ./units/vdc-ha.timer
	[[ $stderr != *vdc-ha* ]]
}
