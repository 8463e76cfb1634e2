# time limit: 7200 s
# An import that is killed at any moment leaves the old state or the new one.
load ../lib/common

rounds=${VDC_SOAK_ROUNDS:-200}

setup() {
	common_setup
	new_database
	"$VDC_TEST_SRC/tests/bench/make-cluster" 20 500 >old.xml
	"$VDC_TEST_SRC/tests/bench/make-cluster" 20 3000 >new.xml
}

teardown() { common_teardown; }

vms() { inventory list vms --noheadings --output id | wc -l; }

start_anew() {
	rm -f "$VDC_DB"*
	inventory init >/dev/null
	inventory import old.xml >/dev/null
}

import_and_kill() { # MS
	local importer

	inventory import new.xml >/dev/null &
	importer=$!
	sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"
	kill -KILL "$importer" 2>/dev/null || :
	wait "$importer" || :
}

# Every other round aims at the end, where the transaction is committed.
delay_of() { # ROUND MS-OF-A-WHOLE-IMPORT
	if (($1 % 2)); then
		echo $(($2 * 8 / 10 + RANDOM % ($2 * 4 / 10)))
	else
		echo $((RANDOM % ($2 * 11 / 10)))
	fi
}

@test "kill -9 in the middle of an import, many times" {
	local round start took finished=0 undone=0

	start_anew
	start=$EPOCHREALTIME
	inventory import new.xml >/dev/null
	took=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
	for ((round = 0; round < rounds; round++)); do
		start_anew
		import_and_kill "$(delay_of "$round" "$took")"
		case $(vms) in
		500) undone=$((undone + 1)) ;;
		3000) finished=$((finished + 1)) ;;
		*) fail "round $round: $(vms) VMs" ;;
		esac
		run_ok inventory check
	done
	echo "# $rounds rounds: $undone as before, $finished as after" >&3
	# Otherwise it never came near the moment that matters.
	((rounds < 20 || (undone > 0 && finished > 0)))
}
