# Every shell script of the tree passes shellcheck.
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
