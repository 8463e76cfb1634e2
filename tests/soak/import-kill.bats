# time limit: 3600 s
# An import that is killed at any moment leaves the old state or the new one.
load ../lib/common

rounds=${VDC_SOAK_ROUNDS:-200}

setup() {
	common_setup
	new_database
	inventory init >/dev/null
	"$VDC_TEST_SRC/tests/bench/make-cluster" 20 500 >old.xml
	"$VDC_TEST_SRC/tests/bench/make-cluster" 20 3000 >new.xml
}

teardown() { common_teardown; }

vms() { inventory list vms --noheadings --output id | wc -l; }

@test "kill -9 in the middle of an import, many times" {
	local round importer finished=0 undone=0

	for ((round = 0; round < rounds; round++)); do
		new_database
		rm -f "$VDC_DB"*
		inventory init >/dev/null
		inventory import old.xml >/dev/null
		inventory import new.xml >/dev/null &
		importer=$!
		sleep "$((RANDOM % 3)).$((RANDOM % 100))"
		kill -KILL "$importer" 2>/dev/null || :
		wait "$importer" || :
		case $(vms) in
		500) undone=$((undone + 1)) ;;
		3000) finished=$((finished + 1)) ;;
		*) fail "round $round: $(vms) VMs" ;;
		esac
		run_ok inventory check
	done
	echo "# $rounds rounds: $undone as before, $finished as after" >&3
}
