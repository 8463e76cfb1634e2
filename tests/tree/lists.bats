# A file that no Makemodule.am names is not built, not run or not in the tarball.
load ../lib/common

setup() {
	common_setup
	cd "$VDC_TEST_SRC"
	[ -e .git ] || skip "a tarball has only what is named"
}

@test "every file of the tree is named by a list of the build" {
	local file missing=

	lists=$(cat Makefile.am ./*/Makemodule.am ./*/*/Makemodule.am)
	while read -r file; do
		named "$file" || missing+=" $file"
	done < <(files_to_be_named)
	[ -z "$missing" ] || fail "named by no Makemodule.am:$missing"
}

# Itself, or a folder in which it lies.
named() {
	local path=$1

	while [[ $path == */* ]]; do
		! grep -qE "(^|[[:space:]/])${path//./[.]}(\$|[[:space:]])" <<<"$lists" || return 0
		path=${path%/*}
	done
	return 1
}

# A unit test is named by its program.
files_to_be_named() {
	git -c safe.directory='*' ls-files lib cmd levels man tests tools contrib completions |
		grep -v 'Makemodule[.]am$' | sed 's|\(tests/unit/test_.*\)[.]c$|\1|'
}

@test "make check-soak runs every file that has a test with the tag long" {
	run_ok comm -3 \
		<(grep -l '^# bats test_tags=long' tests/*/*.bats | sort) \
		<(sed -n '/^long_tests/,/[^\\]$/s/^\t\([^ ]*\).*/\1/p' tests/Makemodule.am | sort)
	output_is ""
}
