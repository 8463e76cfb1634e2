# What every command inherits: help, errors, exit codes, streams, questions, progress.
load ../lib/common

setup() {
	common_setup
}

# on_terminal COMMAND: with a terminal as all three streams; keys come from our stdin.
on_terminal() {
	script -qec "stty cols 80 -echo; $1" /dev/null
}

@test "help goes to standard output, in 80 columns" {
	local verb

	run_ok thing --help
	contains "$output" "Usage: thing [OPTION...] VERB" "exit CODE" --config=FILE
	[ -z "$stderr" ]
	for verb in "" exit list show set ask steps; do
		# shellcheck disable=SC2086
		run_ok thing $verb --help
		[ -z "$(awk 'length > 80' <<<"$output")" ] || fail "$output"
	done
	run_ok thing list -h
	contains "$output" "Usage: thing list [OPTION...] N" --select=EXPRESSION --long
	[[ $output != *--limit* ]]
}

@test "the version" {
	run_ok thing --version
	[[ $output =~ ^thing\ \(vdc-utils\)\ [0-9.]+$ ]]
}

@test "wrong usage: exit 2, one line on standard error, the nearest spelling" {
	run_fail 2 thing
	[ "$stderr" = "thing: what to do is missing; --help lists the verbs" ]
	run_fail 2 thing lits 3
	[ "$stderr" = "thing: unknown verb 'lits'; did you mean list?" ]
	run_fail 2 thing list 3 --nohaedings
	[ "$stderr" = "thing: unknown option --nohaedings; did you mean --noheadings?" ]
	[ -z "$output" ]
	run_fail 2 thing wait --how never
	[ "$stderr" = "thing: --how: 'never' is none of: soft hard" ]
}

@test "a verb of two words" {
	run_ok thing box open lid --how soft
	output_is "showed [lid] how=[soft]"
	run_ok thing --how=soft box open -- open
	output_is "showed [open] how=[soft]"
	run_ok thing box shut
	run_fail 2 thing box
	[ "$stderr" = "thing: box needs a second word: open, shut" ]
	run_fail 2 thing box opne lid
	[ "$stderr" = "thing: unknown verb 'box opne'; did you mean box open?" ]
	run_fail 2 thing box shut lid
	[ "$stderr" = "thing: box shut takes no operand, but there is 'lid'" ]
	run_fail 2 thing box shut --how soft
	contains "$stderr" "--how does not go with box shut"
	run_ok thing box open --help
	contains "$output" "Usage: thing box open [OPTION...] NAME" --how
	run_ok thing --help
	contains "$output" "box open NAME" "box shut"
}

@test "exit codes are those of the table" {
	local errno code

	for code in 0 1 3 8; do
		run_fail "$code" thing exit $code
		[ -z "$stderr" ]
	done
	# errno of Linux
	while read -r errno code; do
		run_fail "$code" thing exit -- "-$errno"
		[ "$stderr" = "thing: it went wrong" ]
	done <<-END
		22 2
		74 2
		84 2
		17 2
		2 3
		1 4
		39 4
		16 5
		11 5
		113 6
		111 6
		104 6
		110 6
		13 7
		5 1
		28 1
	END
}

@test "the place in a document is said once" {
	run_fail 2 thing bad-document
	[ "$stderr" = "thing: hosts.xml:12:7: the end of host is missing" ]
}

@test "a full disk is an error" {
	run_fail 1 bash -c 'thing list 3 >/dev/full'
	[ "$stderr" = "thing: standard output: No space left on device" ]
	run_fail 1 bash -c 'thing --help >/dev/full'
	run_fail 1 bash -c 'thing list 3 --json >/dev/full'
}

@test "closed streams do no harm" {
	run_fail 1 bash -c 'thing list 3 >&-'
	contains "$stderr" "thing: standard output: "
	run_ok bash -c 'thing list 3 <&- 2>&-'
}

@test "a reader that goes away ends it by SIGPIPE, quietly" {
	run --separate-stderr bash -c 'set -o pipefail; thing list 20000 | head -1'
	[ "$status" -eq 141 ]
	[ -z "$stderr" ]
	run --separate-stderr bash -c 'set -o pipefail; thing list 20000 --json | head -1'
	[ "$status" -eq 141 ]
	[ -z "$stderr" ]
}

@test "a question needs a terminal, or --yes" {
	run_fail 4 setsid --wait thing ask </dev/null
	[ "$stderr" = "thing: Really? There is no terminal to ask on: give --yes" ]
	run_ok setsid --wait thing ask --yes
	output_is yes
	run_ok on_terminal 'thing ask' <<<y
	contains "$output" "Really? [y/N] " yes
	run_ok on_terminal 'thing ask' <<<n
	contains "$output" "Really? [y/N] " no
	run_ok on_terminal 'thing ask' <<<""
	contains "$output" no
}

@test "progress: a line per step from two seconds on" {
	run_ok thing steps
	output_is "done"
	[[ $stderr != *"step 15"* ]]
	contains "$stderr" "thing: [25/30] step 26" "thing: warning: a message in between"
	run_ok thing steps --quiet
	[ -z "$stderr" ]
}

@test "progress: one line on a terminal, gone at the end" {
	export TERM=xterm
	run_ok on_terminal 'thing steps'
	contains "$output" $'\r[9/30] step 10\e[K' $'\r\e[Kthing: warning: a message in between' \
		$'\r\e[Kdone'
	export TERM=dumb
	run_ok on_terminal 'thing steps'
	[[ $output != *$'\e'* ]]
}

@test "a wait has a limit and names what it was for" {
	run_fail 6 thing wait --limit 1s
	[ "$stderr" = "thing: waited 1s for host h1 to start in vain" ]
}

@test "a wait says after ten seconds what it waits for" {
	run_fail 6 thing wait --limit 11s
	contains "$stderr" "thing: waiting for host h1 to start, since 10s, at most 11s"
}

@test "settings: file, environment, command line" {
	run_ok thing settings
	contains "$output" $'sync-jobs\t64'
	printf 'sync-jobs = 3\nrsh = lsh\n' >conf
	VDC_CONF=conf VDC_RSH=rsh run_ok thing settings
	contains "$output" $'sync-jobs\t3' $'rsh\trsh'
	printf 'sync-jobs = 4\n' >other
	VDC_CONF=conf run_ok thing settings --config other
	contains "$output" $'sync-jobs\t4'
	printf '\nsync-job = 4\n' >bad
	run_fail 2 thing settings --config bad
	[ "$stderr" = "thing: bad:2: unknown setting 'sync-job'; did you mean sync-jobs?" ]
}

@test "the database: option, environment, and how one is made" {
	run_fail 3 thing database --db missing.db
	contains "$stderr" "missing.db" "inventory init"
	VDC_DB=$PWD/a.db inventory init
	VDC_DB=$PWD/a.db run_ok thing database
	contains "$output" a.db
	VDC_DB=/nonexistent/x.db run_ok thing --db a.db database
	contains "$output" a.db
}

@test "the table itself is sound" {
	run_ok thing --dump-options
	jq -e . <<<"$output" >/dev/null
	[ "$(jq -r '.exit_codes[] | .code' <<<"$output" | tr '\n' ' ')" = "0 1 2 3 4 5 6 7 8 " ]
	[ "$(jq -c '.options[] | select(.name == "how") | [.value, .verbs, .choices]' \
		<<<"$output")" = '["HOW",["wait","show","box-open"],["soft","hard"]]' ]
}

@test "a session of its own outlives its parent and the terminal" {
	local i

	export VDC_LOG_DIR=$PWD/logs/here
	run_fail 129 "$VDC_TEST_SRC/tests/lib/on-terminal" "logs to $VDC_LOG_DIR/thing.log" SIGHUP \
		-- thing session
	contains "$output" "begun, logs to"
	for ((i = 0; i < 100; i++)); do
		! grep -qx "still there" "$VDC_LOG_DIR/thing.log" || return 0
		sleep 0.1
	done
	fail "it is gone: $(cat "$VDC_LOG_DIR/thing.log")"
}

@test "a session whose log cannot be written goes on all the same, and that is said" {
	VDC_LOG_DIR=/dev/null/logs run_fail 129 "$VDC_TEST_SRC/tests/lib/on-terminal" \
		"logs to nothing" SIGHUP -- thing session
	contains "$output" "/dev/null/logs/thing.log: Not a directory; nothing will be logged"
}
