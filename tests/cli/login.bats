# Confirming by the password of an internal account, on a terminal and from a file.
# shellcheck disable=SC2154  # stderr: set by run
load ../lib/common

setup() {
	common_setup
	new_database
	inventory init >/dev/null
	password_file right "sesame open"
	password_file wrong "sesame shut"
	inventory passwd --password-file right >/dev/null
}

teardown() { common_teardown; }

# password_file NAME TEXT
password_file() {
	(umask 077 && printf '%s\n' "$2" >"$1")
}

# confirm FILE [OPTION...]: as admin@internal
confirm() {
	thing confirm --as admin@internal --password-file "$@"
}

# on_terminal CODE WORDS... -- COMMAND...: with its dialogue; the terminal echoes again afterwards.
on_terminal() {
	run_fail "$1" "$VDC_TEST_SRC/tests/lib/on-terminal" "${@:2}"
	contains "$output" "echo is on"
	[[ $output != *sesame* ]] || fail "$output"
}

# events_are TYPE...: all that there were, in order.
events_are() {
	run_ok inventory list events --noheadings --output type --sort time
	output_is "$(printf '%s\n' "$@")"
}

# later MICROSECONDS: as if so much time had gone by.
later() {
	database_sql "UPDATE accounts SET locked_until = locked_until - $1"
}

@test "the right password confirms, and both are events" {
	run_ok confirm right
	output_is confirmed
	events_are password_changed login_tried login_confirmed
	run_ok inventory list events --noheadings --output description --select type=login_confirmed
	output_is "admin@internal, to confirm the end of the thing: confirmed"
}

@test "a wrong one does not, and three lock for five minutes" {
	for try in 1 2; do
		run_fail 7 confirm wrong
		[ "$stderr" = "thing: wrong password" ] || fail "$try: $stderr"
	done
	run_fail 7 confirm wrong
	contains "$stderr" "wrong password; admin@internal is locked until 2"
	run_fail 7 confirm right
	contains "$stderr" "thing: admin@internal is locked until 2" "after too many wrong passwords"
	later 290000000
	run_fail 7 confirm right
	later 11000000
	run_ok confirm right
	events_are password_changed login_tried login_refused login_tried login_refused login_tried \
		login_locked login_refused login_refused login_tried login_confirmed
}

@test "when a lock is over three more tries lock again" {
	for try in 1 2 3; do run_fail 7 confirm wrong; done
	later 301000000
	for try in 1 2; do
		run_fail 7 confirm wrong
		[ "$stderr" = "thing: wrong password" ] || fail "$try: $stderr"
	done
	run_fail 7 confirm wrong
	contains "$stderr" "is locked until"
}

@test "a right one clears the count" {
	for try in 1 2 3; do
		run_fail 7 confirm wrong
		run_fail 7 confirm wrong
		run_ok confirm right
	done
	run_ok inventory accounts --noheadings --output wrong_tries,locked_until
	output_is "0 -"
}

@test "tries and lock are settings" {
	printf 'login-tries = 1\nlogin-lock = 1h\n' >vdc.conf
	run_fail 7 confirm wrong --config vdc.conf
	later 3500000000
	run_fail 7 confirm right
	later 101000000
	run_ok confirm right
}

@test "many at once get no more tries than one after the other" {
	for _ in {1..12}; do
		confirm wrong 2>>said || echo $? >>codes &
	done
	wait
	[ "$(sort codes | uniq -c | tr -s ' ')" = " 12 7" ] || fail "$(cat codes said)"
	run_ok inventory list events --noheadings --output description --select type=login_tried --sort time
	[ "${#lines[@]}" -eq 3 ] || fail "$output"
	contains "$output" "try 1 of 3" "try 2 of 3" "try 3 of 3"
	run_fail 7 confirm right
}

@test "a try whose process is killed counts" {
	database_sql "UPDATE accounts SET hash = '\$y\$jFT\$A8CYfUDkDwho2uL8gvTvt0\$jqSNVGfSD9tNABigFri5yMjqzk7oyKuVaSdeJGFVOP2'"
	confirm right 2>/dev/null & # takes long with that much work
	until [ "$(database_sql "SELECT wrong_tries FROM accounts")" = 1 ]; do sleep 0.05; done
	kill -9 $!
	wait $! || :
	events_are password_changed login_tried
}

@test "the terminal: the risk, the password without echo, again when it is wrong" {
	on_terminal 0 "Password of admin@internal: " $'sesame shut\n' \
		"Password of admin@internal: " $'sesame open\n' -- thing confirm --as admin@internal
	output_is "It is irreversible.
Password of admin@internal: 
wrong password
Password of admin@internal: 
confirmed
echo is on"
}

@test "the terminal: until it is locked, and then without asking" {
	local ask=("Password of admin@internal: " $'sesame shut\n')

	on_terminal 7 "${ask[@]}" "${ask[@]}" "${ask[@]}" -- thing confirm --as admin@internal
	contains "$output" "wrong password; admin@internal is locked until"
	on_terminal 7 -- thing confirm --as admin@internal
	[[ $output != *Password* ]]
}

@test "the terminal: no password, no try" {
	for nothing in $'\n' $'\x04'; do
		on_terminal 4 "Password of" "$nothing" -- thing confirm --as admin@internal
		contains "$output" "thing: no password was typed"
	done
	events_are password_changed
}

@test "the terminal echoes again whatever signal comes" {
	for signal in HUP INT QUIT TERM USR1 ALRM; do
		on_terminal $((128 + $(kill -l $signal))) "Password of" SIG$signal -- \
			thing confirm --as admin@internal
	done
	on_terminal 130 "Password of" $'\x03' -- thing confirm --as admin@internal
	# That the test sees it: nothing helps against this one.
	run_fail 137 "$VDC_TEST_SRC/tests/lib/on-terminal" "Password of" SIGKILL -- \
		thing confirm --as admin@internal
	contains "$output" "echo is off"
}

@test "the terminal: stopped, and asked again when it goes on" {
	on_terminal 0 "Password of" $'\x1a' "back" "" "Password of" $'sesame open\n' -- \
		bash -mc 'thing confirm --as admin@internal; stty -a | grep -q " echo " && echo back; fg'
	contains "$output" back confirmed
}

@test "what is typed ahead, too long or binary is no password" {
	on_terminal 2 "Password of" "$(printf '%0600d' 0)"$'\n' -- thing confirm --as admin@internal
	contains "$output" "longer than 511 bytes"
	(umask 077 && printf 'sesame\0open\n' >zero)
	run_fail 2 confirm zero
	contains "$stderr" "zero byte"
	password_file long "$(printf '%0512d' 0)"
	run_fail 2 confirm long
	password_file longest "$(printf '%0511d' 0)"
	run_ok inventory passwd --password-file longest
	run_ok confirm longest
}

@test "without a terminal it says what to give" {
	run_fail 7 setsid -w thing confirm --as admin@internal
	contains "$stderr" "no terminal" "--password-file"
}

@test "a password file is for its owner alone" {
	for mode in 640 604 660 777; do
		chmod "$mode" right
		run_fail 4 confirm right
		contains "$stderr" "others may read or write it (mode 0$mode); chmod 600"
	done
	chmod 400 right
	run_ok confirm right
	run_fail 3 confirm nowhere
	run_fail 2 confirm .
	password_file nothing ""
	run_fail 2 confirm nothing
	contains "$stderr" "its first line is empty"
	events_are password_changed login_tried login_confirmed
}

@test "a link or a file of somebody else is refused" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	ln -s right link
	run_ok confirm link
	chown -h nobody link
	run_fail 4 confirm link
	contains "$stderr" "link is a link of somebody else"
	chown nobody right
	run_fail 4 confirm right
	contains "$stderr" "right belongs to somebody else"
}

@test "a pipe will do, standard input too unless it is the document" {
	run_ok bash -c 'thing confirm --as admin@internal --password-file <(cat right)'
	run_ok confirm - <right
	run_fail 2 confirm - - <right
	contains "$stderr" "both the document and the password file"
	on_terminal 4 -- thing confirm --as admin@internal --password-file -
	contains "$output" "standard input is a terminal"
}

@test "a pipe that says nothing is not waited for long" {
	echo 'login-timeout = 1s' >vdc.conf
	mkfifo -m 600 mute
	exec 4<>mute
	run_fail 6 confirm mute --config vdc.conf
	exec 4>&-
	contains "$stderr" "password file mute: Connection timed out"
}

@test "only internal accounts have their password here" {
	for name in root admin @internal admin@elsewhere admin@internal@internal ''; do
		run_fail 2 inventory passwd "$name" --password-file right
		run_fail 2 thing confirm --as "$name" --password-file right
	done
	run_fail 3 thing confirm --as eve@internal --password-file right
	contains "$stderr" "there is no account 'eve@internal'; make it with: inventory passwd eve@internal"
}

@test "passwd: asked for twice, not short, and never shown" {
	on_terminal 0 "New password of eve@internal: " $'sesame street\n' "again: " \
		$'sesame street\n' -- inventory passwd eve@internal
	contains "$output" "set the password of account eve@internal"
	on_terminal 2 "New password" $'sesame street\n' "again: " $'sesame sweet\n' -- inventory passwd
	contains "$output" "the two passwords are not the same"
	on_terminal 2 "New password" $'7 chars\n' -- inventory passwd
	contains "$output" "too short: it takes 8 characters at least"
	run_ok confirm right
	run_ok inventory accounts --json
	jq -e '[.accounts[].id] == ["admin@internal", "eve@internal"]' <<<"$output"
	run_fail 1 grep -qE 'sesame|[$]y[$]' <(inventory accounts --json; inventory export)
	if [ "$VDC_TEST_DB" = sqlite ]; then
		run_fail 1 grep -q sesame inventory.db*
	fi
	run_ok database_sql "SELECT name FROM accounts WHERE hash NOT BETWEEN '\$y\$' AND '\$y\$~'"
	output_is ""
}

@test "passwd takes a lock away, --remove the account" {
	for try in 1 2 3; do run_fail 7 confirm wrong; done
	run_ok inventory passwd --password-file wrong
	run_fail 7 confirm right
	run_ok confirm wrong
	run_ok inventory passwd --dry-run --password-file right
	output_is "would have set the password of account admin@internal"
	run_ok inventory passwd --dry-run --remove
	output_is "would have removed account admin@internal"
	run_ok confirm wrong
	run_fail 4 inventory passwd --remove
	contains "$stderr" --yes
	run_ok inventory passwd --remove --yes
	output_is "removed account admin@internal"
	run_fail 3 inventory passwd --remove --yes
	run_fail 3 confirm wrong
	run_ok inventory accounts --noheadings
	output_is ""
}

@test "a hash that is none: said, and still a try" {
	database_sql "UPDATE accounts SET hash = '*nonsense'"
	run_fail 2 confirm right
	contains "$stderr" "the stored hash is none that libcrypt knows"
	events_are password_changed login_tried login_refused
}

@test "a database that may only be read takes no password" {
	[ "$VDC_TEST_DB" = sqlite ] || skip "a file"
	chmod 400 inventory.db
	if [ "$(id -u)" -eq 0 ]; then
		run_fail 7 setpriv --bounding-set=-all --inh-caps=-all -- \
			inventory passwd --password-file right
	else
		run_fail 7 inventory passwd --password-file right
	fi
}
