# Tables, JSON and XML of whatever is listed.
# shellcheck disable=SC2154  # stderr
load ../lib/common

setup() {
	common_setup
}

# on_terminal WIDTH COMMAND
on_terminal() {
	script -qec "stty cols $1; $2" /dev/null | tr -d '\r'
}

@test "a table is aligned, numbers to the right, sizes for people" {
	run_ok thing list 10 --output name,status,memory --sort name
	output_is "NAME STATUS         MEMORY
h1   up              1 GiB
h2   up              2 GiB
h3   non_responsive  3 GiB
h4   up              4 GiB
h5   up              5 GiB
h6   non_responsive  6 GiB
h7   up              7 GiB
h8   up              8 GiB
h9   non_responsive  9 GiB
h10  up             10 GiB"
}

@test "no headings" {
	run_ok thing list 1 -n -o name,comment
	output_is "h1 -"
}

@test "nothing found is no error and prints nothing" {
	run_ok thing list 0
	output_is ""
	run_ok thing list 3 --select name=x
	output_is ""
}

@test "fields: chosen, added, all, listed" {
	run_ok thing list 1 -n -o +memory
	[[ $output == *"1 GiB" ]]
	run_ok thing list 1 -o all
	contains "$output" COMMENT MEMORY
	run_ok thing list 1 -o help
	contains "$output" "* name " "  comment "
	[ -z "$(awk 'length > 80' <<<"$output")" ] || fail "$output"
	run_fail 2 thing list 1 -o name,memroy
	[ "$stderr" = "thing: --output: a host has no field 'memroy'; did you mean memory?" ]
	run_fail 2 thing list 1 --sort -nothing-such
	[ "$stderr" = "thing: --sort: a host has no field 'nothing-such'; --output help lists them" ]
}

@test "order: several fields, the largest first" {
	run_ok thing list 4 -n -o name --sort status,-name
	output_is "h4
h2
h1
h3"
}

@test "selection, and where it is wrong" {
	run_ok thing list 9 -n -o name --select 'status!=up && memory<8G' --sort name
	output_is "h3
h6"
	run_fail 2 thing list 9 --select 'status=up && memroy<8G'
	[ "$stderr" = "thing: --select, column 14: unknown field 'memroy'; did you mean memory?" ]
}

@test "JSON has what was chosen" {
	run_ok thing list 3 --json -o name,memory -s 'name!=h2' --sort name
	[ "$(jq -c .hosts <<<"$output")" = \
		'[{"name":"h1","memory":1073741824},{"name":"h3","memory":3221225472}]' ]
}

@test "a terminal cuts what is too wide, a pipe does not" {
	run_ok thing list 1 --long -n -o name,comment,memory
	contains "$output" "until the line is full"
	run_ok on_terminal 60 'thing list 1 --long -n -o name,comment,memory'
	[[ $output == h1*"1 GiB" && ${#output} -le 60 && $output != *full* ]] || fail "$output"
}

@test "colour on a terminal only, and only if wanted" {
	export TERM=xterm
	run_ok on_terminal 80 'thing list 3 -o name,status'
	contains "$output" $'\e[31mnon_responsive'
	run_ok on_terminal 80 'NO_COLOR=1 thing list 3 -o name,status'
	[[ $output != *$'\e'* ]]
	run_ok on_terminal 80 'TERM=dumb thing list 3 -o name,status'
	[[ $output != *$'\e'* ]]
	run_ok thing list 3
	[[ $output != *$'\e'* ]]
}
