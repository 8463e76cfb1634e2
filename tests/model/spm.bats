# time limit: 900 s
# The model of elections and holders of the role of the storage pool manager: in no state that can be
# reached a rule is broken, and every mutant of the model breaks one. tests/soak has the larger ones.
load ../lib/common

setup() {
	common_setup
	command -v spin >/dev/null || skip "spin is not installed"
	model=$VDC_TEST_SRC/tests/model/spm.pml
	export VDC_TEST_COMMAND_LIMIT=600
}

# explored MACRO...: all states, and no assertion is violated
explored() {
	run_ok "$VDC_TEST_SRC/tests/model/run-spin" "$model" "$@"
	echo "# $output" >&3
	contains "$output" " states, "
}

# Each mutant, what it breaks, and what it takes to see that.
mutants() {
	cat <<-END
		NO_LVER_CHECK old_write FAULTS=1
		RELEASE_BEFORE_STOP two_holders FAULTS=1
		ID_REUSED two_holders FAULTS=1
		NO_DEAD_MAN two_holders FAULTS=1
		PATIENT_DEAD_MAN two_holders FAULTS=1
		DEAD_TOO_SOON two_holders FAULTS=2
		LEASE_NOT_READ two_holders FAULTS=1 STOPPED_CLOCKS
		NO_PROOF unproven FAULTS=1
		LATE_START unproven FAULTS=1
	END
}

# The assertion, as pan prints it.
text_of() {
	case $1 in
	old_write) echo 'violated (hosts[h].lver>=lver)' ;;
	two_holders) echo '.woke)' ;;
	unproven) echo 'violated (((wait_lease||' ;;
	esac
}

@test "two elections at once, and one mishap" {
	explored ELECTIONS=2 FAULTS=1
}

@test "an election that looks slowly" {
	explored ELECTIONS=1 FAULTS=1 SLOW_LOOK
}

@test "hosts whose clocks stand still while they are frozen" {
	explored ELECTIONS=1 FAULTS=1 STOPPED_CLOCKS
}

@test "every mutant breaks a rule" {
	local mutant rule macros

	export VDC_SPIN_OPTIMIZE=0 # compiling takes longer than searching
	while read -r mutant rule macros; do
		# shellcheck disable=SC2086 # words
		run_fail 1 "$VDC_TEST_SRC/tests/model/run-spin" "$model" ELECTIONS=1 $macros "$mutant"
		echo "# $rule: $output" >&3
		contains "$output" "$(text_of "$rule")"
	done < <(mutants)
}

@test "every mutant of the model is tried" {
	# Of the rest two are modes.
	diff <(sed -nE 's/^#ifn?def ([A-Z_]+)$/\1/p' "$model" | sort -u |
		grep -vxE 'HOSTS|ELECTIONS|FAULTS|TAKES|SLOW_LOOK|STOPPED_CLOCKS') \
		<(mutants | cut -d' ' -f1 | sort)
}

@test "what the model stands for is there" {
	local function functions

	functions=$(sed -n '/What stands for what/,/\*\//p' "$model" | grep -oE '[a-z_]+\(\)')
	(($(wc -l <<<"$functions") > 15)) || fail "$functions"
	for function in $functions; do
		grep -qE "^[a-z_].*\b${function%??}\(" "$VDC_TEST_SRC"/lib/{act,plan}/spm_*.c ||
			fail "$function is nowhere"
	done
}
