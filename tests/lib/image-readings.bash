# The two readings of image-discrepancies --confirm.
# shellcheck shell=bash

# between_readings COMMAND... -- SOURCE...: the command runs once the first reading found something, and
# long before the second one; then nothing is found. The output is in ./out.
between_readings() {
	local command=() pid

	while [ "$1" != -- ]; do command+=("$1") && shift; done
	image-discrepancies --verbose --confirm 3s "${@:2}" >out 2>said 3>&- &
	pid=$!
	soon 60 grep -q 'all is read again in 3s' said
	"${command[@]}"
	wait "$pid" || fail "exit code $?: $(cat out said)"
}
