#!/usr/bin/env bats
# time limit: 1500 s
# cluster-upgrade run on real hosts: by image and in place, killed, interrupted, with hosts and
# destinations that lose their power, commands that fail, and images that do not come up.
# shellcheck disable=SC2154 # status, output, lines: set by bats' run
# shellcheck disable=SC2086 # $accept is two words
load ../lib/common
load ../lib/lab
load ../lib/lab-guests
load ../lib/lab-upgrade

setup_file() { upgrade_begin next next-os broken; }

teardown_file() { lab_end; }

setup() { upgrade_setup; }

teardown() { upgrade_teardown; }

@test "by image: guests go on, the host is made known again, what was switched is put back" {
	guest 1 1
	guest 2 2
	define_off 2
	inventory sync --all >/dev/null
	inventory set cluster c scheduling_policy=evenly_distributed >/dev/null
	before=$(boots 1 2)
	run_ok cluster-upgrade run c --all --qemu 10.0 --image all $accept --yes \
		--image-command "$LAB_DIR/lab upgrade %h --image next --new-key --wipe"
	[ "$(inventory export host --json |
		jq -r '[.hosts[] | "\(.status) \(.qemu_version.full_version)"] | unique[]')" = \
		"up 10.0.2" ] || fail "$(inventory list host)"
	[ "$(boots 1 2)" = "$before" ]
	unhurt 1 2
	run_ok lab rsh 2 'virsh list --all --name; cat /etc/libvirt/qemu-sanlock.conf'
	contains "$output" "off1" "host_id = 2"
	[ "$(field cluster c scheduling_policy)" = evenly_distributed ]
	[ "$(field cluster c upgrade_in_progress)" = false ]
	[ "$(job status,percent,exit_code)" = "finished 100 0" ]
	# Of the three each was away once; the first wave's guest moved twice.
	[ "$(told vm_migrated)" -le 4 ]
	run_fail 2 cluster-upgrade resume c
	contains "$stderr" "is over: finished"
}

@test "killed at steps all along: every host is upgraded, every guest runs once" {
	guest 1 1
	guest 2 2
	inventory sync --all >/dev/null
	run_and_kill 6 c --all $accept --yes --command true
	((kills >= 5)) || fail "killed $kills times only"
	upgraded host1 host2 host3
	unhurt 1 2
	[ "$(field cluster c scheduling_policy)" = none ]
}

# bats test_tags=long
@test "stopped past its lease: another goes on, and the first one does nothing more" {
	local pid status=0

	guest 1 1
	inventory sync --all >/dev/null
	cluster-upgrade run c --hosts host1,host2 $accept --yes --command true \
		>out 2>&1 3>&- &
	pid=$!
	soon 60 grep -q 'host1.*update' out
	kill -STOP $pid
	run_ok cluster-upgrade resume c
	kill -CONT $pid
	wait $pid || status=$?
	[ "$status" = 5 ] || fail "exit $status: $(cat out)"
	contains "$(cat out)" "no longer ours"
	upgraded host1 host2
	unhurt 1
}

@test "an image that does not come up is rolled back, and the host runs VMs again" {
	guest 1 1
	inventory sync --all >/dev/null
	run_fail 1 cluster-upgrade run c --hosts host1 --image host1 $accept --yes \
		--image-command "$LAB_DIR/lab upgrade %h --image broken --no-wait" \
		--rollback-command "$LAB_DIR/lab upgrade %h --image bookworm" --return-timeout 12s
	contains "$(job message)" "host host1" "not back after" "rolled back"
	[ "$(field host host1 status)" = up ]
	unhurt 1
	[ "$(field cluster c scheduling_policy)" = none ]
}

@test "commands that fail, hang and flood: what failed is skipped and says why" {
	guest 1 1
	inventory sync --all >/dev/null
	update_script <<-'END'
		case $(hostname) in
		host1) echo "no space left" >&2; exit 3 ;;
		host2) sleep 1000 ;;
		host3) head -c 100000000 /dev/zero | tr '\0' x; echo; echo done ;;
		esac
	END
	run_fail 8 cluster-upgrade run c --all $accept --yes --on-failure skip \
		--command /shared/update --timeout 4s
	upgraded host3
	contains "$(reason host1)" "failed with status 3: no space left"
	contains "$(reason host2)" "did not end in its time (4 s)"
	[ "$(field host host1 status)" = install_failed ]
	[ "$(field host host3 status)" = up ]
	unhurt 1
	# What failed gets another chance.
	update_script <<<'exit 0'
	run_ok cluster-upgrade resume c
	upgraded host1 host2 host3
	unhurt 1
}

@test "a host loses its power in the midst of its update: it goes on when it is back" {
	local pid

	guest 1 1
	inventory sync --all >/dev/null
	update_script <<-'END'
		echo "$(hostname)" >>/shared/updates
		sleep 3
	END
	cluster-upgrade run c --hosts host1 $accept --yes --command /shared/update \
		>out 2>&1 3>&- &
	pid=$!
	soon 60 grep -qx host1 "/var/tmp/vdc-lab/$LAB_NAME/storage/shared/updates"
	lab off 1
	kill -9 $pid
	wait $pid || true
	lab on 1
	run_ok cluster-upgrade resume c
	upgraded host1
	# Begun twice, since it was cut off once.
	[ "$(grep -cx host1 "/var/tmp/vdc-lab/$LAB_NAME/storage/shared/updates")" = 2 ]
	unhurt 1
}

@test "a destination loses its power in mid-migration: another host takes the guest" {
	local to

	guest 1 1
	inventory set cluster c migration_bandwidth=3M >/dev/null
	inventory sync --all >/dev/null
	cluster-upgrade run c --all $accept --yes --command true --on-failure skip \
		>out 2>&1 3>&- &
	soon 60 moves guest1 1
	to=$(sed -n 's/.*VM guest1: host1 to \(host.\): migration begun/\1/p' out)
	lab off "$to"
	wait $! || true
	lab on "$to"
	inventory sync --all >/dev/null
	[ "$(where guest1 | wc -l)" = 1 ] || fail "guest1 runs on: $(where guest1)"
	unhurt 1
	# The one that was cut off may have been back in time.
	[ "$(job status)" = finished ] || run_ok cluster-upgrade resume c
	upgraded host1 host2 host3
	unhurt 1
}

@test "one at a time; paused, gone on with, aborted" {
	local pid status=0

	guest 1 1
	inventory sync --all >/dev/null
	update_script <<<'sleep 2'
	cluster-upgrade run c --all $accept --yes --command /shared/update \
		>out 2>&1 3>&- &
	pid=$!
	soon 60 grep -q 'drain: finished' out
	run_fail 5 cluster-upgrade run c --all $accept --yes
	contains "$stderr" "is being upgraded by job" "pid $pid"
	kill -INT $pid
	wait $pid || status=$?
	[ "$status" = 1 ] || fail "exit $status: $(cat out)"
	[ "$(job status)" = paused ]
	run_fail 5 cluster-upgrade run c --all $accept --yes
	contains "$stderr" "resume" "abort"
	cluster-upgrade resume c >out 2>&1 3>&- &
	pid=$!
	soon 60 grep -q 'upgrade: finished' out
	run_ok cluster-upgrade abort c
	contains "$output" "pid $pid" "was asked to abort"
	wait $pid || status=$?
	[ "$(job status)" = aborted ]
	# Nothing is left in between: what was begun is upgraded, the rest as it was.
	[ "$(inventory list host --noheadings --output status | sort -u | tr -d ' ')" = up ]
	[ "$(field cluster c scheduling_policy)" = none ]
	unhurt 1
}

@test "an update that needs no reboot moves and restarts nothing" {
	local before

	guest 1 1
	guest 2 2
	inventory sync --all >/dev/null
	before=$(lab rsh 1 'pgrep qemu')
	run_ok cluster-upgrade run c --all $accept --yes --command true --no-reboot
	upgraded host1 host2 host3
	[ "$(lab rsh 1 'pgrep qemu')" = "$before" ]
	[ "$(told vm_migrated)" = 0 ]
	[ "$(field vm guest1 host)" = host1 ]
}

@test "another major version: guests go to it and never back, until all hosts have it" {
	local image="$LAB_DIR/lab upgrade %h --image next-os"

	guest 1 1
	guest 2 2
	inventory sync --all >/dev/null
	inventory add affinity-group apart cluster=c vms_enabled=true vms_positive=false \
		vms_enforcing=true >/dev/null
	inventory add affinity-vm affinity_group=apart vm=guest1 >/dev/null
	inventory add affinity-vm affinity_group=apart vm=guest2 >/dev/null
	run_ok cluster-upgrade run c --hosts host1 --os-major --image host1 $accept \
		--yes --image-command "$image"
	upgraded host1
	contains "$(job message)" "the policy stays"
	[ "$(field cluster c scheduling_policy)" = in_cluster_upgrade ]
	# The policy goes over affinity.
	run_ok vm-migrate guest1 --to host1
	run_ok vm-migrate guest2 --to host1
	run_fail 4 vm-migrate guest1 --to host2
	contains "$output" "its operating system is"
	runs_on guest1 host1
	run_ok cluster-upgrade run c --hosts host2,host3 --os-major --image all \
		$accept --yes --image-command "$image"
	upgraded host2 host3
	[ "$(field cluster c scheduling_policy)" = none ]
	contains "$(steps)" "c affinity finished"
	[ "$(where guest1)" != "$(where guest2)" ]
	run_fail 4 vm-migrate guest1 --to "$(where guest2)"
	contains "$output" "affinity group apart"
	unhurt 1 2
}

# bats test_tags=long
@test "a guest that writes too fast blocks its host: the run says so and leaves it as it was" {
	guest 1 1
	inventory sync --all >/dev/null
	inventory set cluster c migration_bandwidth=8M migration_timeout_per_gib=15 >/dev/null
	answer 1 dirty 16 >/dev/null
	run_fail 1 cluster-upgrade run c --hosts host1 $accept --yes --command true
	contains "$(job message)" "guest1" "15 s"
	runs_on guest1 host1
	[ "$(field host host1 status)" = up ]
	[ "$(field cluster c scheduling_policy)" = none ]
}

@test "clusters of one and of two hosts" {
	guest 1 1
	inventory sync --all >/dev/null
	inventory remove host host3 --yes >/dev/null
	run_fail 4 cluster-upgrade run c --all --yes --command true --accept-high-load
	contains "$stderr" "--accept-no-reserve"
	# Both are over-loaded, whatever they do.
	inventory set cluster c scheduling_properties='HighUtilization=1
CpuOverCommitDurationMinutes=0' >/dev/null
	run_fail 4 cluster-upgrade run c --all --accept-no-reserve --yes --command true
	contains "$stderr" "1 % are allowed"
	run_ok cluster-upgrade run c --all $accept --yes --command true
	upgraded host1 host2
	unhurt 1
	inventory set cluster c scheduling_properties= >/dev/null
	inventory sync --all >/dev/null
	[ "$(field vm guest1 host)" = host1 ] || vm-migrate guest1 --to host1 >/dev/null
	inventory remove host host2 --cascade --yes >/dev/null
	run_fail 4 cluster-upgrade run c --all $accept --yes --command true
	contains "$stderr" "alone"
}

# bats test_tags=long
@test "a data centre, killed all along: its clusters one after another, and then its level" {
	guest 1 1
	two_clusters
	inventory sync --all >/dev/null
	run_and_kill 7 dc --all $accept --yes --command true --raise-level
	((kills >= 3)) || fail "killed $kills times only"
	upgraded host1 host2 host3
	unhurt 1
	[ "$(levels cluster) $(levels data-center)" = "7.2 7.2" ] ||
		fail "$(inventory list cluster; inventory list data-center)"
	run_ok cluster-upgrade history --noheadings --output cluster,data_center,status
	[ "$(tr -s ' ' <<<"$output" | sort | paste -sd,)" = \
		"- dc finished,c - finished,d - finished" ] || fail "$output"
	contains "$(steps)" "d cluster-upgrade finished" "e cluster-upgrade skipped it has no host" \
		"dc raise_level finished"
	[ "$(told host_upgraded)" = 3 ]
}

# bats test_tags=long
@test "a data centre: stopped and paused in a cluster, gone on with, and followed from elsewhere" {
	local pid status=0

	two_clusters
	inventory sync --all >/dev/null
	update_script <<<'sleep 1'
	cluster-upgrade run dc --all $accept --yes --command /shared/update --json >out 2>err 3>&- &
	pid=$!
	soon 120 grep -q '"upgrade","status":"started"' out
	kill -INT $pid
	wait $pid || status=$?
	run_is paused dc
	run_is paused c
	[ "$(tail -1 out | jq -r '.event + " " + .status')" = "end paused" ]
	cluster-upgrade resume dc --background >/dev/null
	run_ok cluster-upgrade pause dc
	contains "$output" "was asked to stop"
	soon 60 run_is paused dc
	run_is paused c
	cluster-upgrade resume dc --background >/dev/null
	run_ok cluster-upgrade status dc --follow
	contains "$output" "cluster c: finished" "cluster d: run " "host host3: upgrade: finished" \
		"finished: 2 of 3 clusters upgraded"
	upgraded host1 host2 host3
}
