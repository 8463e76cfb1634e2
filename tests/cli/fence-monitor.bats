# fence monitor and fence treat: hosts of libvirt's test driver, such as do not answer, and power devices
# that are files.
load ../lib/common
load ../lib/fence-monitor

setup() { monitor_setup; }
teardown() { monitor_teardown; }

@test "all is well: silent, once and again, and recorded" {
	run_ok fence monitor --once
	output_is ""
	[ "$stderr" = "" ]
	run_ok fence monitor --once --cluster c --cluster c
	output_is ""
	[ "$(database_sql "SELECT count(*), min(status) FROM jobs" | tr '|' ' ')" = "2 paused" ]
	[ "$(jobs_of fence-treatment)" -eq 0 ]
}

@test "bad input" {
	run_fail 2 fence monitor --once --interval 5s
	run_fail 2 fence monitor --explain h1 --once
	run_fail 2 fence monitor --interval 0
	run_fail 2 fence monitor h1
	run_fail 2 fence treat
	run_fail 3 fence monitor --once --cluster nowhere
	run_fail 3 fence monitor --explain nobody
	run_fail 3 fence treat nobody
	contains "$stderr" nobody
}

@test "one monitor for a cluster; a second one names its owner" {
	inventory add cluster other data_center=dc >/dev/null
	begin_monitor --cluster c
	run_fail 5 fence monitor --once --cluster c
	contains "$stderr" "another monitor watches these hosts: " "pid $monitor"
	run_fail 5 fence monitor --once
	contains "$stderr" "pid $monitor"
	run_ok fence monitor --once --cluster other
	end_monitor
	run_ok fence monitor --once
}

@test "a monitor that was killed is followed by the next one, which continues its time" {
	local started

	setting fence.quiet-time 1h
	begin_monitor
	started=$(watch_state started)
	kill -KILL "$monitor"
	wait "$monitor" || true
	run_fail 5 fence monitor --once
	soon 30 fence monitor --once --quiet
	[ "$(watch_state started)" = "$started" ]
}

@test "without a terminal and an environment" {
	local service cron

	service=$(sed -n 's|^ExecStart=/usr/bin/||p' \
		"$VDC_TEST_SRC/contrib/systemd/vdc-fence-monitor-once.service")
	cron=$(sed -n 's|.*\troot\t||p' "$VDC_TEST_SRC/contrib/cron/vdc-fence-monitor")
	bare() {
		env -i PATH="$PATH" LD_LIBRARY_PATH="$LD_LIBRARY_PATH" ASAN_OPTIONS="$ASAN_OPTIONS" \
			VDC_DB="$VDC_DB" VDC_LEVELS_DIR="$VDC_LEVELS_DIR" setsid --wait "$@" </dev/null
	}
	for line in "$service" "$cron"; do
		# shellcheck disable=SC2086
		run_ok bare $line
		[ "$output$stderr" = "" ] || fail "$output$stderr"
	done
	begin_monitor
	for line in "$service" "$cron"; do
		# shellcheck disable=SC2086
		run_fail 5 bare $line
		[ "$output$stderr" = "" ] || fail "$output$stderr"
	done
	end_monitor
	# Once for each treatment, and not each minute.
	setting host-grace 1h
	silence h2
	# shellcheck disable=SC2086
	run_fail 1 bare env VDC_CONF="$VDC_CONF" $cron
	contains "$output$stderr" "host h2 does not answer"
	soon 20 phase_is h2 grace
	# shellcheck disable=SC2086
	run_fail 1 bare env VDC_CONF="$VDC_CONF" $cron
	[ "$output$stderr" = "" ] || fail "$output$stderr"
	service=$(sed -n 's|^ExecStart=/usr/bin/||p' \
		"$VDC_TEST_SRC/contrib/systemd/vdc-fence-monitor.service")
	[ "$service" = "fence monitor" ]
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze"
	mkdir units
	cp "$VDC_TEST_SRC"/contrib/systemd/vdc-fence-monitor* units
	sed -i "s|^ExecStart=/usr/bin/fence|ExecStart=$(command -v true)|" units/*.service
	run_ok systemd-analyze verify --man=no ./units/vdc-fence-monitor.service \
		./units/vdc-fence-monitor-once.service ./units/vdc-fence-monitor-once.timer
	[[ $stderr != *vdc-fence-monitor* ]]
}

@test "a silent host: soft fencing, non_responsive, off, its VMs down, on" {
	silence h2
	begin_monitor
	soon 40 phase_is h2 return
	soon 40 grep -q "waits: it was fenced and starts" monitor.out
	end_monitor
	[ "$(tr '\n' ' ' <stub/log | grep -o 'h2 o[nf]*' | tr '\n' ' ')" = "h2 off h2 on " ]
	[ "$(field host h2 status)" = reboot ]
	[ "$(field vm db1 status)" = down ]
	run_ok fence history h2 --noheadings --output action,result
	[ "$(tr -s ' ' <<<"$output" | tr '\n' ' ')" = "soft failed off success on success " ]
	[ "$(told host_non_responsive)" -eq 1 ]
	[ "$(told vm_unknown)" -eq 1 ]
	[ "$(told vm_set_down)" -eq 1 ]
	contains "$(<monitor.out)" "host h2: does not answer"
	# It comes back.
	revive h2
	begin_monitor
	soon 20 no_treatment h2
	end_monitor
	[ "$(field host h2 status)" = up ]
	contains "$(<fence.log)" "its treatment ended: it was fenced, and is up again"
	[ "$(grep -c 'h2 off' stub/log)" -eq 1 ]
}

@test "a monitor tells of its own clusters" {
	setting host-grace 1h
	inventory add cluster other data_center=dc >/dev/null
	inventory set host h3 cluster=other >/dev/null
	silence h3
	run_fail 1 fence monitor --once
	soon 20 phase_is h3 grace
	run_ok fence monitor --once --cluster c
	output_is ""
	run_fail 1 fence monitor --once --cluster other
	contains "$output" "host h3: "
}

@test "a silence that ends within the grace is nothing but that" {
	setting host-grace 20s
	silence h2
	begin_monitor
	soon 20 phase_is h2 grace
	revive h2
	soon 20 no_treatment h2
	end_monitor
	[ "$(field host h2 status)" = up ]
	run_ok fence history
	output_is ""
	[ "$(told host_treatment_ended)" -eq 0 ]
}

@test "sync leaves to a treatment when a host is lost" {
	setting host-grace 1h
	silence h2
	begin_monitor
	soon 20 phase_is h2 grace
	setting host-grace 0
	inventory sync h2 >/dev/null || true
	inventory sync h2 >/dev/null || true
	[ "$(field host h2 status)" = connecting ]
	end_monitor
	end_treatments
	inventory sync h2 >/dev/null || true
	[ "$(field host h2 status)" = non_responsive ]
}

@test "without power management it is left alone, and somebody is told" {
	inventory set host h2 pm_enabled=false >/dev/null
	silence h2
	begin_monitor
	soon 30 phase_is h2 pause
	end_monitor
	[ "$(field host h2 status)" = non_responsive ]
	[ "$(field vm db1 status)" = unknown ]
	contains "$(events list --select 'type=host_not_fenced' --output description)" \
		"fence confirm h2"
	[ ! -e stub/log ]
}

@test "a device that fails, and one that does not obey: its VMs are not set down" {
	echo password >stub/h2.fault
	silence h2
	begin_monitor
	soon 30 phase_is h2 pause
	echo deaf >stub/h2.fault
	soon 30 round_is h2 2
	end_monitor
	[ "$(field vm db1 status)" = unknown ]
	[ "$(told vm_set_down)" -eq 0 ]
	[ "$(told host_not_fenced)" -ge 2 ]
}

@test "in maintenance nobody is treated, and treatment ends there" {
	inventory set host h2 --observed status=maintenance >/dev/null
	silence h2
	fence monitor --once
	fence monitor --once
	[ "$(jobs_of fence-treatment)" -eq 0 ]
	inventory set host h2 --observed status=up >/dev/null
	setting fence.delay 1h
	begin_monitor
	soon 30 phase_is h2 held
	inventory set host h2 --observed status=maintenance >/dev/null
	soon 20 no_treatment h2
	end_monitor
	[ ! -e stub/log ]
	[ "$(field host h2 status)" = maintenance ]
}

@test "quiet time: nobody is switched off, and passes of --once belong together" {
	local started

	setting fence.quiet-time 1h
	silence h2
	run_fail 1 fence monitor --once
	started=$(watch_state started)
	soon 30 phase_is h2 held
	run_fail 1 fence monitor --once
	[ "$(watch_state started)" = "$started" ]
	soon 20 message_is h2 "waits: nobody is fenced so soon after monitoring began"
	# After a gap it begins anew.
	database_sql "UPDATE jobs SET state = 'started=1
	last=2' WHERE action = 'fence-monitor'"
	run_fail 1 fence monitor --once
	[ "$(watch_state started)" -gt "$started" ]
	[ ! -e stub/log ]
}

@test "the storm guard: two of three" {
	silence h1
	silence h2
	begin_monitor
	soon 30 phase_is h1 pause
	soon 30 phase_is h2 pause
	end_monitor
	[ ! -e stub/log ]
	contains "$(events list --select 'type=host_not_fenced' --output description)" \
		"2 of 3 hosts of cluster c do not answer, more than 50 %"
}

@test "one of two may be fenced, both are not" {
	inventory remove host h3 --cascade --yes >/dev/null # libvirt's test VM is on h1 or there
	silence h2
	begin_monitor
	soon 40 phase_is h2 return
	silence h1
	soon 30 phase_is h1 pause
	end_monitor
	run_fail 1 grep h1 stub/log
}

@test "a kernel dump is waited for where one may come, and none comes" {
	setting fence.kdump-timeout 1s
	inventory set host h2 pm_kdump_detection=true >/dev/null
	inventory set host h2 --observed kdump_status=enabled >/dev/null
	silence h2
	begin_monitor
	soon 60 phase_is h2 return
	end_monitor
	run_ok fence history h2 --noheadings --output action,result
	[ "$(tr -s ' ' <<<"$output" | tr '\n' ' ')" = "soft failed kdump failed off success on success " ] ||
		fail "$output"
}

@test "so many fences in an hour" {
	inventory set cluster c max_fences_per_hour=1 \
		skip_fencing_if_connectivity_broken=false >/dev/null
	silence h1
	silence h2
	begin_monitor
	soon 40 any_pause
	end_monitor
	[ "$(grep -c ' off' stub/log)" -eq 1 ]
}

@test "where fencing is disabled only the status is set" {
	inventory set cluster c fencing_enabled=false >/dev/null
	silence h2
	begin_monitor
	soon 30 phase_is h2 pause
	end_monitor
	[ "$(field host h2 status)" = non_responsive ]
	[ ! -e stub/log ]
	run_ok fence history
	output_is ""
}

@test "--explain touches nothing, and says what would be" {
	local before

	silence h2
	setting fence.quiet-time 5m
	inventory sync h2 >/dev/null || true
	inventory set host h2 pm_enabled=false >/dev/null
	before=$(inventory export | sha256sum)
	run_ok fence monitor --explain h2
	contains "$output" soft non_responsive "fence confirm h2"
	[ "$(inventory export | sha256sum)" = "$before" ]
	inventory set host h2 pm_enabled=true >/dev/null
	before=$(inventory export | sha256sum)
	run_ok fence monitor --explain h2
	contains "$output" soft non_responsive "soon after monitoring began" off down on
	run_ok fence monitor --explain h2 --json
	# shellcheck disable=SC2154
	document=$(jq -r '[.fence_steps[].action] | join(" ")' <<<"$output")
	contains "$document" "soft" "off down free_leases on"
	# One that answers, as if it fell silent: two of three are too many then.
	run_ok fence monitor --explain h1 --json
	[ "$(jq -r '[.fence_steps[].action] | join(" ")' <<<"$output")" = \
		"connecting soft non_responsive wait give_up" ]
	contains "$output" "if it fell silent now" "2 of 3 hosts of cluster c do not answer"
	run_ok fence monitor --explain h3 --select action=connecting --noheadings --output reason
	[ "$(inventory export | sha256sum)" = "$before" ]
	revive h2
	setting host-grace 60s
	setting fence.delay 30s
	inventory sync h2 >/dev/null
	before=$(inventory export | sha256sum)
	run_ok fence monitor --explain h2
	contains "$output" connecting "it may be silent for 60s" soft non_responsive \
		"of 3 hosts of cluster c 1 would not answer, more than 50 % would be too many" off down on
	[ "$(inventory export | sha256sum)" = "$before" ]
	inventory set host h1 --observed status=maintenance >/dev/null
	before=$(inventory export | sha256sum)
	run_ok fence monitor --explain h1
	contains "$output" done "its status is maintenance"
	[ "$(inventory export | sha256sum)" = "$before" ]
	[ ! -e stub/log ]
	[ "$(jobs_of fence-treatment)" -eq 0 ]
}
