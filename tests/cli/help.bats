# Every command explains itself in the same way.
# shellcheck disable=SC2154  # stderr
load ../lib/common

setup() {
	common_setup
}

commands() {
	local file

	for file in "$VDC_TEST_BUILD"/bin/.libs/*; do
		basename "$file"
	done
}

verbs_of() {
	"$1" --dump-options | jq -r '.verbs[].name'
}

@test "--help and --version of every command and verb, in 80 columns" {
	local command verb

	for command in $(commands); do
		for verb in "" $(verbs_of "$command"); do
			# shellcheck disable=SC2086
			run_ok "$command" $verb --help
			[[ $output == "Usage: $command "* && -z $stderr ]] || fail "$command $verb"
			[ -z "$(awk 'length > 80' <<<"$output")" ] || fail "$output"
		done
		run_ok "$command" --version
		[[ $output =~ ^$command\ \(vdc-utils\)\ [0-9] ]]
	done
}

# vm-migrate VM...: a word that is no verb names an object.
takes_names_for_verbs() {
	"$1" --help | grep -qE '^(  |Usage: [a-z-]+ \[OPTION\.\.\.\] )\['
}

@test "unknown options and verbs of every command" {
	local command

	for command in $(commands); do
		run_fail 2 "$command" --frobnicate
		[ "$stderr" = "$command: unknown option --frobnicate" ]
		takes_names_for_verbs "$command" && continue
		run_fail 2 "$command" frobnicate
		[[ -z $output && $stderr == "$command: unknown verb 'frobnicate'"* ]]
	done
}

# Options of one name take a value or none alike, and a letter stands for one name only; what
# excludes, is needed or takes options exists.
@test "the tables of every command are sound" {
	local command

	for command in $(commands); do
		run_ok "$command" --dump-options
		jq -e '
			(.options + .common_options) as $all
			| [.verbs[].name | gsub(" "; "-")] as $verbs
			| [$all[].name] as $names
			| ($all | group_by(.name) | all((map(has("value")) | unique | length) == 1))
			and ($all | map(select(.letter)) | group_by(.letter)
				| all((map(.name) | unique | length) == 1))
			and ($all | all((.verbs // []) - $verbs == []))
			and ($all | all((.excludes // []) - $names == []))
			and ($all | all([.needs // empty] - $names == []))
			and ($all + .verbs | all((.help | length) > 0))
		' <<<"$output" >/dev/null || fail "$command: $output"
	done
}
