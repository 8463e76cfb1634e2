# What TAB offers: by the command itself, and through each shell.
load ../lib/common

setup() {
	common_setup
}

teardown() {
	common_teardown
}

# offers WORD...: the words that are offered for that line, on one line.
offers() {
	thing --complete "$@" | cut -f1 | tr '\n' ' '
}

offers_is() {
	local expected=$1 offered
	shift
	offered=$(offers "$@")
	[ "$offered" = "$expected" ] || fail "$*: '$offered' instead of '$expected'"
}

# type_into SHELL...: standard input as keys, the lines slowly enough for an interactive shell.
type_into() {
	while IFS= read -r line; do
		printf '%b\r' "$line"
		sleep 0.6
	done | script -qec "stty cols 200; $*" /dev/null | tr -d '\r'
}

# new_job ACTION STATUS: its id
new_job() {
	local id

	id=$(</proc/sys/kernel/random/uuid)
	database_sql "INSERT INTO jobs (id, action, status, description, start_time) VALUES ('$id', '$1', \
		'$2', 'what $1 does', 1)"
	echo "$id"
}

# completes_in NAME SHELL SET-UP: "thing show" tells what the shell made of each line.
completes_in() {
	local output
	command -v "$1" >/dev/null || skip "$1 is not installed"
	sed 's/@COMMAND@/thing/g' "$VDC_TEST_SRC/completions/$1.in" >completion.sh
	output=$(type_into "$2" <<-END
		$3
		thing sho\\tx --how=h\\t
		thing show x --file=completion.s\\t
		thing show x --file completion.s\\t
		thing show host --outpu\\tname,memor\\t
		thing set host h1 spm_pri\\t5
		exit
	END
	)
	contains "$output" "showed [x] how=[hard]" "showed [x] file=[completion.sh]" \
		"showed [host] output=[name,memory]" "showed [host] [h1] [spm_priority=5]"
	[ "$(grep -c 'file=[[]completion.sh[]]' <<<"$output")" -eq 2 ] || fail "$output"
}

@test "verbs, options, choices" {
	offers_is "show set steps session settings " s
	offers_is "--select --sort " list 3 --s
	offers_is "--limit " wait --l
	offers_is "soft hard " wait --how ""
	offers_is "--how=hard " wait --how=h
	offers_is "" nosuchverb ""
	offers_is "bad-document box " b
	offers_is "open shut " box ""
	offers_is "shut " box s
	offers_is "--how " box open --ho
	offers_is "" box nosuchverb ""
	offers_is "" ask ""
}

@test "kinds, files, fields" {
	offers_is "fence-agent " show fence-a
	offers_is ":file " show --file ""
	offers_is ":file " show --file=x
	offers_is "memory " list 3 -o memory
	offers_is "name,memory " list 3 -o name,memory
	offers_is "--sort=name,-memory " list 3 --sort=name,-memory
	offers_is "+memory " show host -o +memory
	offers_is "" show --output me
	offers_is "spm_priority= " set host h1 spm_pri
	offers_is "status=maintenance " set host h1 status=mai
}

@test "names of objects" {
	local where

	seed_database
	offers_is "h1 h10 h2 " show host ""
	offers_is "h1 h10 " show host h1
	offers_is "--host=h2 " show --host=h2
	offers_is "prod " show cluster p
	offers_is "cluster=test " set host h1 cluster=t
	where=$VDC_DB VDC_DB=missing.db
	offers_is "h2 " --db "$where" show host h2
	VDC_DB=$where
}

@test "jobs that are not ended" {
	local job

	seed_database
	[ -z "$(ha-restart --complete resume "")" ]
	job=$(new_job ha-restart started)
	new_job ha-restart finished
	new_job vm-migrate started
	[ "$(ha-restart --complete resume "")" = "$job"$'\t'"what ha-restart does" ]
	[ -z "$(host-maintenance --complete resume "")" ]
	job=$(new_job cluster-upgrade paused)
	contains "$(cluster-upgrade --complete status "")" "$job" "prod"
	[ -z "$(cluster-upgrade --complete plan "${job:0:4}")" ]
}

@test "trouble is silent" {
	run_ok thing --complete
	run_ok thing --complete show host ""
	[ -z "$output$stderr" ]
	run_ok thing --complete --db /nonexistent/x.db show host ""
	[ -z "$output$stderr" ]
	run_ok thing --complete --config /nonexistent show host ""
	[ -z "$output$stderr" ]
}

@test "bash" {
	completes_in bash "bash --norc -i" "source ./completion.sh"
}

@test "zsh" {
	completes_in zsh "zsh -f -i" "autoload -U compinit; compinit -u -D; \
_thing() { source ./completion.sh }; compdef _thing thing"
}

@test "fish" {
	completes_in fish "fish --no-config -i" "source ./completion.sh"
}
