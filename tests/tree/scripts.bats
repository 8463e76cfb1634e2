# Every shell script of the tree passes shellcheck, and no test has a line that cannot fail.
load ../lib/common

setup() {
	common_setup
	cd "$VDC_TEST_SRC"
}

@test "shellcheck finds nothing" {
	command -v shellcheck >/dev/null || skip "shellcheck is not installed"
	grep -rlIE --exclude='*.bats' '^#!(/usr)?/bin/(env )?(ba)?sh|^# shellcheck shell=' \
		bootstrap .ci tools tests contrib | sort | xargs shellcheck --exclude=SC1091 >&2
}

# `set -e` lets the failure of such a line pass, wherever it is not the last one.
@test "no test goes on behind a line that begins with ! and failed" {
	run_ok awk '
		held && !/^\t*}/ { print held }
		{ held = "" }
		/^\t+! / && !/\|\|/ { held = FILENAME ":" FNR ": " $0 }
	' $(find tests -name '*.bats' -o -name '*.bash')
	output_is ""
}
