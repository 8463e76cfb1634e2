# The one list of packages.
load ../lib/common

setup() {
	common_setup
	mkdir tools
	cp "$VDC_TEST_SRC/tools/packages" tools/
}

@test "the list is sorted, has four sections and no package twice in one" {
	cd "$VDC_TEST_SRC"
	local own
	own=$(grep -v '^#' packages)
	diff -u <(LC_ALL=C sort -u -k1,1 -k2,2 <<<"$own" | sed 's/^build/0&/;s/^test/1&/;s/^lab/2&/;s/^run/3&/' |
		LC_ALL=C sort | sed 's/^[0-9]//') <(printf '%s\n' "$own")
	run_fail 1 grep -vE '^(build|test|lab|run) [a-z0-9][a-z0-9.+-]+$' <<<"$own"
}

@test "what is missing is named, by section" {
	command -v dpkg-query >/dev/null || skip "no Debian"
	printf '%s\n' '# comment' '' 'build bash' 'build no-such-package' 'lab neither-this-one' >packages
	run_ok tools/packages missing
	output_is "neither-this-one
no-such-package"
	run_ok tools/packages missing build
	output_is no-such-package
	run_ok tools/packages list build lab
	output_is "bash
neither-this-one
no-such-package"
}

@test "a line of another form is refused" {
	printf 'build\n' >packages
	run_fail 2 tools/packages list
	contains "$stderr" "packages:1: SECTION PACKAGE"
}
