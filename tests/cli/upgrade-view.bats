# The screen of an upgrade, on terminals: drawn by a real one (tmux) where it is looked at.
# shellcheck shell=bash disable=SC2154
load ../lib/common
load ../lib/upgrade

setup() {
	common_setup
	export VDC_TEST_DB=sqlite
	new_database
	seed_run >/dev/null
	export TERM=xterm-256color
	leave=$'\e[?1049l'
}

teardown() {
	tmux -L "vdc-$$" kill-server 2>/dev/null || :
	common_teardown
}

# on_terminal CODE WORDS... -- COMMAND...: the terminal echoes again afterwards.
on_terminal() {
	run_fail "$1" "$VDC_TEST_SRC/tests/lib/on-terminal" "${@:2}"
	contains "$output" "echo is on"
}

# screen COLUMNSxLINES COMMAND: runs it in a shell on a terminal of that size.
screen() {
	tmux -L "vdc-$$" -f /dev/null new-session -d -x "${1%x*}" -y "${1#*x}" \
		"PS1='ready> ' exec bash --norc -i"
	shown "ready>"
	type_keys "$2" Enter
}

type_keys() { tmux -L "vdc-$$" send-keys "$@"; }

# shown TEXT...: what stands on the screen, as soon as it has all of that
shown() {
	local text i part

	for ((i = 0; i < 100; i++)); do
		text=$(tmux -L "vdc-$$" capture-pane -p)
		for part; do
			[[ $text == *"$part"* ]] || {
				sleep 0.1
				continue 2
			}
		done
		printf '%s\n' "$text"
		return
	done
	fail "never shown: $*"$'\n'"$text"
}

@test "hosts, what moves, the log and the keys, on 80 columns and 24 lines" {
	screen 80x24 'cluster-upgrade status --follow'
	run_ok shown "q close" "migration begun"
	contains "$output" " c  upgrade 4f1c2a7b: started by lab pid 42" "33 %" "1/3 hosts" \
		"wave 2/3" "waits for host h2: drain for" "100/400 MiB  20 MiB/s  15s left" \
		"LOG" "host h2: upgrade: started"
	grep -E '^   1 h1 +upgraded +.* 1/1' <<<"$output"
	grep -E '^   2 h2 +working +drain ' <<<"$output"
	grep -E '^   3 h3 +waiting ' <<<"$output"
	[ "$(wc -L <<<"$output")" -le 80 ]
	end_step 40100 finished
	run_ok shown "VM a: h2 to h1: done"
	[[ $output != *"ON THEIR WAY"* ]] || fail "$output"
}

@test "it follows the size of the terminal, down to 20 columns and 5 lines" {
	screen 80x24 'cluster-upgrade status --follow'
	shown "q close"
	tmux -L "vdc-$$" resize-window -x 20 -y 5
	run_ok shown "33% 1/3 hosts"
	contains "$output" " c  upgrade"
	[[ $output != *"q close"* ]] || fail "$output"
	tmux -L "vdc-$$" resize-window -x 120 -y 40
	run_ok shown "q close" "? help" "host h2: upgrade: started"
	contains "$output" "VM a: migrate for"
}

@test "q closes it and nothing else, and says how to come back" {
	screen 80x24 'cluster-upgrade status --follow; echo "code $?"'
	shown "q close"
	type_keys q
	run_ok shown "code 0"
	contains "${output//$'\n'/}" "run $run_id goes on; cluster-upgrade status --follow $run_id"
	[ "$(database_sql "SELECT status, request IS NULL FROM jobs")" = "started|1" ]
}

@test "help, and back" {
	screen 80x24 'cluster-upgrade status --follow'
	shown "q close"
	type_keys '?'
	shown "any key: back" "abort what moves"
	type_keys q
	shown "q close" "LOG"
}

@test "Ctrl-C asks the run to stop, the second time to abort what moves" {
	screen 80x24 'cluster-upgrade status --follow'
	shown "q close"
	type_keys C-c
	shown "asked the run to stop after what moves now" "asked to pause"
	[ "$(database_sql "SELECT request FROM jobs")" = pause ]
	type_keys C-c
	shown "asked the run to abort what moves" "asked to cancel"
	[ "$(database_sql "SELECT request FROM jobs")" = cancel ]
}

@test "Ctrl-Z stops it with the terminal as it was, fg brings it back" {
	screen 80x24 'cluster-upgrade status --follow'
	shown "q close"
	type_keys C-z
	run_ok shown "Stopped"
	[[ $output != *"q close"* ]] || fail "$output"
	type_keys fg Enter
	shown "q close" "33 %"
}

@test "arrows and pages scroll, Tab chooses what" {
	local i

	screen 80x24 'cluster-upgrade status --follow'
	shown "q close" "LOG"
	for i in {1..40}; do
		a_step $((60200 + i)) "part$i" finished host h3 $((now - 10)) $((now - 9))
	done | inventory import - >/dev/null
	shown "part40: finished"
	type_keys Tab Home
	run_ok shown "host h2: upgrade: started" "more below)"
	[[ $output != *"part40: finished"* ]] || fail "$output"
	type_keys NPage
	shown "part20: finished"
	type_keys Up Down End
	run_ok shown "part40: finished"
	[[ $output != *"more below)"* ]] || fail "$output"
}

@test "when the run ends it closes, prints how it ended, and has its exit code" {
	screen 80x24 'cluster-upgrade status --follow; echo "code $?"'
	shown "q close"
	end_run failed 8 "host h3 failed"
	run_ok shown "code 8"
	contains "$output" "run $run_id: failed" "host h3 failed"
}

@test "a hang-up and SIGTERM close the view only, and give the terminal back" {
	local signal

	for signal in SIGHUP SIGTERM SIGQUIT; do
		on_terminal 0 "q close" $signal -- cluster-upgrade status --follow
		contains "$output" "$leave"
	done
	[ "$(database_sql "SELECT status, request IS NULL FROM jobs")" = "started|1" ]
}

@test "of a data centre: the cluster whose turn it is; Ctrl-C asks for all of it" {
	seed_turn
	screen 80x24 'cluster-upgrade status dc --follow'
	run_ok shown "q close" "migration begun"
	contains "$output" " c  upgrade 4f1c2a7b: started by lab pid 42"
	type_keys C-c
	shown "asked the run to stop"
	[ "$(database_sql "SELECT request FROM jobs")" = $'pause\npause' ]
	type_keys C-c
	shown "asked the run to abort"
	[ "$(database_sql "SELECT request FROM jobs")" = $'cancel\ncancel' ]
	type_keys q
	shown "run $parent_id goes on"
}

@test "of a data centre: it ends when the cluster has, and so has the data centre's" {
	seed_turn
	screen 80x24 'cluster-upgrade status dc --follow; echo "exit=$?"'
	shown "q close" "migration begun"
	end_run failed 8 "host h3 failed"
	shown "cluster c, run $run_id: failed"
	database_sql "UPDATE steps SET status = 'failed', message = 'host h3 failed'
		WHERE job_id = '$parent_id'"
	run_id=$parent_id end_run failed 8 "0 of 1 cluster upgraded"
	shown "cluster c: failed: host h3 failed" "run $parent_id: failed: 0 of 1" "exit=8"
}

@test "no colours with NO_COLOR" {
	on_terminal 0 "q close" q -- cluster-upgrade status --follow
	contains "$output" $'\e[32m'
	NO_COLOR=1 on_terminal 0 "q close" q -- cluster-upgrade status --follow
	[[ $output != *$'\e[3'[0-7]m* ]] || fail "$output"
}

@test "lines instead: TERM=dumb, --no-view, a pipe" {
	TERM=dumb on_terminal 130 "migration begun" SIGINT -- cluster-upgrade status --follow
	[[ $output != *$'\e'* ]] || fail "$output"
	on_terminal 130 "migration begun" SIGINT -- cluster-upgrade status --follow --no-view
	[[ $output != *$'\e'* ]] || fail "$output"
	on_terminal 0 -- bash -c 'cluster-upgrade status --follow | head -2'
	contains "$output" "host h2: upgrade: started"
}
