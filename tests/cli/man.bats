# The manuals say what the programs do: options, verbs, settings, exit codes, examples.
# shellcheck disable=SC2016,SC2030,SC2031  # awk; page is local to each test
load ../lib/common

setup() {
	common_setup
	man=$VDC_TEST_SRC/man
}

teardown() {
	common_teardown
}

pages_of_commands() {
	printf '%s\n' "$man"/*.8
}

# options_of PAGE: "LETTER NAME" or "- NAME" of every option that has an item of its own.
options_of() {
	awk '$1 == ".It" && $2 == "Fl" {
		letter = "-"
		for (i = 3; i <= NF && ($i == "," || $i ~ /^-?[[:alnum:]-]+$/) && $i != "Ns"; i++) {
			if (length($i) == 1 && $i != ",")
				letter = $i
			else if ($i ~ /^-/)
				print letter, substr($i, 2)
		}
	}' "$1" | sort -u
}

verbs_of() {
	awk '/^[.]S[hs] / { inside = /^[.]Ss Verbs/ } inside && /^[.]It Cm / {
		print $3 ($4 ~ /^[a-z]/ ? " " $4 : "") }' "$1" | sort -u
}

# Of the table: with its letter, and as a page has it that does not tell the letter.
table_options() {
	jq -r '(.options + .common_options)[] | (.letter // "-", "-") + " " + .name' <<<"$table" |
		sort -u
}

names_only() {
	cut -d' ' -f2 | sort -u
}

# nothing_in DIFFERENCE WHAT: fails with the lines that are too much somewhere.
nothing_in() {
	[ -z "$1" ] || fail "$2:"$'\n'"$1"
}

@test "mandoc finds nothing to complain about" {
	run_ok mandoc -Tlint -W warning "$man"/*.[1-9]
	output_is ""
}

@test "every command has a page, and the overview knows it" {
	local command

	for command in "$VDC_TEST_BUILD"/bin/.libs/*; do
		command=$(basename "$command")
		[ -e "$man/$command.8" ] || fail "no page: $command"
		grep -q "^[.]It Xr $command 8" "$man/vdc-utils.7" || fail "not in vdc-utils(7): $command"
	done
}

@test "options and verbs are those of the table" {
	local page table

	for page in $(pages_of_commands); do
		table=$(basename "$page" .8)
		command -v "$table" >/dev/null || continue
		table=$("$table" --dump-options)
		nothing_in "$(comm -13 <(table_options) <(options_of "$page"))" \
			"$page has options that are not in the table"
		nothing_in "$(comm -23 <(table_options | names_only) \
			<(cat <(options_of "$page") <(options_of "$man/vdc-utils.7") | names_only))" \
			"$page lacks options of the table"
		nothing_in "$(comm -3 <(jq -r '.verbs[].name | select(. != "")' <<<"$table" | sort) <(verbs_of "$page"))" \
			"$page and the table have not the same verbs"
	done
}

@test "exit codes are those of the table" {
	nothing_in "$(diff <(thing --dump-options | jq -r '.exit_codes[] | "\(.code) \(.text)"') \
		<(awk '/^[.]Sh/ { inside = /EXIT STATUS/ } inside && /^[.]It [0-9]/ {
			code = $2; getline; print code, $0 }' "$man/vdc-utils.7"))" "vdc-utils(7)"
}

@test "settings and their defaults are those of the table" {
	VDC_LEVELS_DIR='' VDC_LOG_DIR='' VDC_CACHE_DIR='' thing settings | while IFS=$'\t' read -r name preset; do
		run_ok awk -v name="$name" '/^[.]It Cm / { inside = $3 == name } inside' "$man/vdc.conf.5"
		contains "$output" ".It Cm $name" "${preset:-Without either}"
	done
	nothing_in "$(comm -3 <(thing settings | cut -f1 | sort) \
		<(awk '/^[.]Sh/ { inside = /SETTINGS/ } inside && /^[.]It Cm / { print $3 }' \
			"$man/vdc.conf.5" | sort))" "vdc.conf(5)"
}

@test "the statuses of a host are those of the model" {
	local words

	new_database
	inventory init >/dev/null
	run_fail 2 inventory list hosts --select status=nonsense
	# shellcheck disable=SC2154
	words=$(sed 's/.*: //; s/, /\n/g' <<<"$stderr" | sort)
	nothing_in "$(comm -3 <(echo "$words") <(awk '/^[.]Sh/ { inside = /STATUS OF A HOST/ }
		inside && /^[.]It Cm / { print $3 }' "$man/vdc-utils.7" | sort))" "vdc-utils(7)"
}

# "CODE severity" of every finding that is possible.
codes_of() {
	sed -n 's/^\tCODE(\([A-Z_]*\), \([A-Z]*\),.*/\1 \2/p' "$@" | awk '{ print $1, tolower($2) }'
}

@test "the findings of inventory check are those of the program" {
	codes_of "$VDC_TEST_SRC"/lib/plan/{inventory_check,update_channel_check}.c >codes
	[ "$(wc -l <codes)" -gt 20 ]
	nothing_in "$(diff codes <(awk '/^[.]Sh/ { inside = /FINDINGS/ }
		inside && /^[.]It Cm / { print $3, $5 }' "$man/inventory.8"))" "inventory(8)"
}

@test "the findings of storage-health are those of the program" {
	codes_of "$VDC_TEST_SRC/lib/plan/storage_findings.c" >codes
	[ "$(wc -l <codes)" -gt 5 ]
	nothing_in "$(diff codes <(awk '/^[.]Sh/ { inside = /FINDINGS/ }
		inside && /^[.]It Cm / { print $3, $5 }' "$man/storage-health.8"))" "storage-health(8)"
}

@test "the findings of compat-level check are those of the program" {
	codes_of "$VDC_TEST_SRC"/lib/plan/{level_check,image_findings}.c >codes
	[ "$(wc -l <codes)" -gt 20 ]
	nothing_in "$(diff codes <(awk '/^[.]Sh/ { inside = /FINDINGS/ }
		inside && /^[.]It Cm / { print $3, $5 }' "$man/compat-level.8"))" "compat-level(8)"
}

@test "the findings of cluster-upgrade check are those of the program" {
	codes_of "$VDC_TEST_SRC"/lib/plan/{upgrade_check,image_findings}.c >codes
	[ "$(wc -l <codes)" -gt 15 ]
	nothing_in "$(diff codes <(awk '/^[.]Sh/ { inside = /FINDINGS/ }
		inside && /^[.]It Cm / { print $3, $5 }' "$man/cluster-upgrade.8"))" "cluster-upgrade(8)"
}

@test "the codes of vdc-discrepancies(7) are those of the program" {
	image-discrepancies explain | sed -n 's/^\([A-Z_]*\) (\(.*\))$/\1 \2/p' | sort >codes
	[ "$(wc -l <codes)" -gt 50 ]
	nothing_in "$(diff codes <(sed -n 's/^[.]It Cm \(.*\) Pq Cm /\1 /p' "$man/vdc-discrepancies.7" |
		sort))" "vdc-discrepancies(7); make update-discrepancies"
	nothing_in "$(diff <("$VDC_TEST_BUILD/tests/helpers/.libs/write_discrepancies") \
		<(sed -n '/^[.]Sh CODES/,/^[.]Sh SEE ALSO/p' "$man/vdc-discrepancies.7" | sed '$d'))" \
		"vdc-discrepancies(7); make update-discrepancies"
}

# examples_of PAGE: the literal blocks of EXAMPLES as the page shows them.
examples_of() {
	awk '/^[.]Sh/ { inside = /EXAMPLES/ }
		/^[.]Ed/ { literal = 0 }
		inside && literal { sub(/^\\&/, ""); gsub(/\\e/, "\\"); print }
		/^[.]Bd -literal/ { literal = 1 }' "$1"
}

# matches EXPECTED-FILE ACTUAL-FILE: line by line; "..." stands for any lines.
matches() {
	awk 'NR == FNR { expected[++n] = $0; next } { actual[++m] = $0 }
		function match_from(i, j) {
			if (i > n)
				return j > m
			if (expected[i] == "...")
				return match_from(i + 1, j) || (j <= m && match_from(i, j + 1))
			return j <= m && expected[i] == actual[j] && match_from(i + 1, j + 1)
		}
		END { exit !match_from(1, 1) }' "$1" "$2"
}

check_example() {
	[ -n "$1" ] || return 0
	bash -c "$1" >actual 2>&1 || :
	matches expected actual || fail "$page: $1"$'\n'"$(diff -u expected actual)"
}

@test "the examples of the manuals, as they stand there" {
	local page line command examples=0

	for page in "$man"/*.[1-9]; do
		seed_database
		command=
		: >expected
		while IFS= read -r line; do
			if [[ $line == "$ "* ]]; then
				check_example "$command"
				command=${line#"$ "}
				examples=$((examples + 1))
				: >expected
			else
				printf '%s\n' "$line" >>expected
			fi
		done < <(examples_of "$page")
		check_example "$command"
	done
	[ "$examples" -gt 3 ]
}
