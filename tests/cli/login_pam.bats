# Confirming by the caller's own login: real PAM with real modules, in a system of the test's own.
# shellcheck disable=SC2154,SC2016  # stderr: set by run; $0 and the like are for the inner shell
load ../lib/common

setup() {
	common_setup
	unshare -m true 2>/dev/null || skip "needs root"
	new_database
	inventory init >/dev/null
	password_file right "sesame open"
	password_file wrong "sesame shut"
	new_system
	# pam_unix hashes through libcrypt, which the sanitizer must not stand in front of.
	export LD_PRELOAD=libcrypt.so.1 ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0
}

teardown() {
	unset LD_PRELOAD
	common_teardown
}

password_file() {
	(umask 077 && printf '%s\n' "$2" >"$1")
}

# What it takes of /etc for the users ada, who is an administrator, and bob: their password is that
# of the file `right`. The service is the one that we ship.
new_system() {
	local hash

	hash=$(VDC_DB=hash.db hash_of right)
	mkdir etc
	cp /etc/passwd /etc/group etc/
	cp -r /etc/pam.d etc/
	printf '%s\n' ada:x:4711:4711::/:/bin/sh bob:x:4712:4712::/:/bin/sh >>etc/passwd
	printf '%s\n' "root:$hash:19000:0:99999:7:::" "ada:$hash:19000:0:99999:7:::" \
		"bob:$hash:19000:0:99999:7:::" >etc/shadow
	sed -i 's/^sudo:.*/&,ada/; s/:,/:/' etc/group
	cp "$VDC_TEST_SRC/contrib/pam.d/vdc" etc/pam.d/vdc
	chmod 644 etc/passwd etc/group
	chmod 640 etc/shadow
	chgrp shadow etc/shadow
	echo 4294967295 >loginuid
}

# hash_of FILE
hash_of() {
	inventory init >/dev/null
	inventory passwd --password-file "$1" >/dev/null
	sqlite3 "$VDC_DB" "SELECT hash FROM accounts"
}

# service LINE...: instead of the one that we ship
service() {
	printf '%s\n' "$@" >etc/pam.d/vdc
}

# within COMMAND...: in that system, with the log-in of the file `loginuid`.
within() {
	unshare -m bash -c 'for name in passwd group shadow pam.d; do
			mount --bind "etc/$name" "/etc/$name" || exit 125
		done
		mount --bind loginuid "/proc/$$/loginuid" || exit 125
		exec "$@"' within "$@"
}

# as USER COMMAND...: as `sudo COMMAND` of that user would be.
as() {
	SUDO_USER=$1 SUDO_UID=$(id_of "$1") within "${@:2}"
}

# plainly USER COMMAND...: as that user, who only may enter the test's folder.
plainly() {
	local id

	id=$(id_of "$1")
	within setpriv --reuid "$id" --regid "$id" --clear-groups --inh-caps=+dac_override \
		--ambient-caps=+dac_override -- "${@:2}"
}

id_of() {
	awk -F: -v name="$1" '$1 == name { print $3 }' etc/passwd
}

# Whose passwords were tried.
tried() {
	inventory list events --noheadings --output description --select type=login_tried --sort time |
		cut -d, -f1 | sort -u
}

@test "root confirms with root's password" {
	run_ok within thing confirm --password-file right
	output_is confirmed
	run_fail 7 within thing confirm --password-file wrong
	[ "$stderr" = "thing: wrong password" ]
	[ "$(tried)" = root ]
}

@test "under sudo it is the caller's password, not root's" {
	password_file roots "another one"
	sed -i "s|^root:[^:]*|root:$(VDC_DB=hash.db hash_of roots)|" etc/shadow
	run_ok as ada thing confirm --password-file right
	output_is confirmed
	[ "$(tried)" = ada ]
	run_ok inventory list events --noheadings --output actor --select type=login_confirmed
	output_is ada
	run_fail 7 as ada thing confirm --password-file roots
	[ "$stderr" = "thing: wrong password" ]
}

@test "a plain user confirms through the helper of pam_unix" {
	run_ok plainly ada thing confirm --password-file right
	output_is confirmed
	run_fail 7 plainly ada thing confirm --password-file wrong
	[ "$stderr" = "thing: wrong password" ]
	# What sudo would have set is no evidence for somebody who is not root.
	SUDO_USER=ada SUDO_UID=4711 run_fail 7 plainly bob thing confirm --password-file right
	contains "$stderr" "bob is no administrator"
}

@test "whoever logged in counts before whoever sudo names" {
	id_of bob >loginuid
	run_fail 7 as ada thing confirm --password-file right
	contains "$stderr" "bob is no administrator"
	id_of ada >loginuid
	run_ok as bob thing confirm --password-file right
	[ "$(tried)" = ada ]
}

@test "a caller of sudo who does not exist, or has another number, is nobody" {
	SUDO_USER=ada SUDO_UID=4712 run_ok within thing confirm --password-file right
	SUDO_USER=eve SUDO_UID=4713 run_ok within thing confirm --password-file right
	SUDO_UID=4711 run_ok within thing confirm --password-file right
	[ "$(tried)" = root ]
}

@test "only administrators: refused before a password is asked for" {
	run_fail 7 as bob thing confirm --password-file right
	contains "$stderr" "bob is no administrator (root %sudo %wheel)" "--as admin@internal"
	[ "$(tried)" = "" ]
	run_ok inventory list events --noheadings --output type,severity
	output_is "login_refused warning"
	echo 'administrators = eve bob %nogroup-of-this-name' >vdc.conf
	run_ok as bob thing confirm --config vdc.conf --password-file right
	run_fail 7 as ada thing confirm --config vdc.conf --password-file right
	echo 'administrators = %bob' >vdc.conf
	echo "bob:x:4712:" >>etc/group
	run_ok as bob thing confirm --config vdc.conf --password-file right
}

@test "three wrong ones lock the login here, for a while, and for nobody else" {
	for _ in 1 2; do run_fail 7 as ada thing confirm --password-file wrong; done
	run_fail 7 as ada thing confirm --password-file wrong
	contains "$stderr" "wrong password; ada is locked until 2"
	run_fail 7 as ada thing confirm --password-file right
	contains "$stderr" "thing: ada is locked until 2"
	run_ok within thing confirm --password-file right
	run_ok inventory accounts --noheadings --output id,type,wrong_tries,changed
	output_is "ada system 3 -"
	database_sql "UPDATE accounts SET locked_until = locked_until - 301000000"
	run_ok as ada thing confirm --password-file right
	run_ok inventory accounts --noheadings
	output_is ""
}

@test "an account that is expired or has no password is refused" {
	sed -i 's/^ada:\([^:]*\):.*/ada:\1:10000:0:99999:7::10001:/' etc/shadow
	run_fail 7 as ada thing confirm --password-file right
	contains "$stderr" "PAM, service vdc, user ada" expired
	sed -i 's/^ada:[^:]*/ada:/' etc/shadow
	run_fail 7 as ada thing confirm --password-file right
	[ "$stderr" = "thing: wrong password" ]
}

@test "where our service is missing, the system's own for others counts" {
	rm etc/pam.d/vdc
	printf '%s\n' 'auth required pam_deny.so' 'account required pam_deny.so' >etc/pam.d/other
	run_fail 7 within thing confirm --password-file right
	[ "$stderr" = "thing: wrong password" ]
	service '@include common-auth' '@include common-account'
	run_ok within thing confirm --password-file right
}

@test "a module that cannot be opened is no wrong password" {
	service 'auth required pam_no_such_thing.so' 'account required pam_permit.so'
	run_fail 1 within thing confirm --password-file right
	contains "$stderr" "PAM, service vdc, user root"
}

@test "a module that hangs is killed at the limit, and the try counts" {
	build_module
	service "auth required $PWD/module.so hang" 'account required pam_permit.so'
	echo 'login-timeout = 1s' >vdc.conf
	run_fail 6 within thing confirm --config vdc.conf --password-file right
	contains "$stderr" "PAM, service vdc, user root: no answer within 1s"
	run_ok inventory accounts --noheadings --output wrong_tries
	output_is 1
	kill -0 "$(cat child)" 2>/dev/null && fail "the child lives on"
	run_ok inventory list events --noheadings --output type --sort time
	output_is $'login_tried\nlogin_refused'
}

@test "a module that crashes is no right password" {
	build_module
	service "auth required $PWD/module.so crash" 'account required pam_permit.so'
	run_fail 1 within thing confirm --password-file right
	contains "$stderr" "PAM, service vdc, user root" "ended by signal 11"
}

@test "the password answers prompts without echo and nothing else" {
	build_module
	service "auth required $PWD/module.so silent" 'account required pam_permit.so'
	run_ok within thing confirm --password-file right
	[ "$(cat heard)" = "sesame open" ]
	service "auth required $PWD/module.so echo" 'account required pam_permit.so'
	rm heard
	run_fail 1 within thing confirm --password-file right
	contains "$stderr" "it asks for more than a password"
	[ "$(cat heard)" = "" ]
}

@test "the child with the password can be neither dumped nor read" {
	build_module
	service "auth required $PWD/module.so hang" 'account required pam_permit.so'
	echo 'login-timeout = 20s' >vdc.conf
	plainly ada thing confirm --config vdc.conf --password-file right 3>&- &
	until [ -s child ]; do sleep 0.1; done
	[ "$(stat -c %u "/proc/$(cat child)/environ")" = 0 ] || fail "ada could read it"
	contains "$(cat "/proc/$(cat child)/limits")" "Max core file size        0 "
	run_fail 1 grep -qa sesame "/proc/$(cat child)/environ" "/proc/$(cat child)/cmdline"
	kill -9 "$(cat child)"
	wait $! || [ $? -eq 1 ]
}

# A PAM module that does what its argument says.
build_module() {
	cat >module.c <<'C'
#include <security/pam_modules.h>
#include <security/pam_ext.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void note(const char *file, const char *text)
{
	FILE *out = fopen(file, "w");

	if (out)
		fprintf(out, "%s\n", text ? text : ""), fclose(out);
}

int pam_sm_authenticate(pam_handle_t *pam, int flags, int argc, const char **argv)
{
	char *heard = NULL, id[20];

	if (!strcmp(argv[0], "hang")) {
		snprintf(id, sizeof(id), "%d", getpid());
		note("child", id);
		for (;;)
			pause();
	}
	if (!strcmp(argv[0], "crash"))
		raise(SIGSEGV);
	int style = strcmp(argv[0], "echo") ? PAM_PROMPT_ECHO_OFF : PAM_PROMPT_ECHO_ON;
	int r = pam_prompt(pam, style, &heard, "What? ");
	note("heard", heard);
	return r;
}

int pam_sm_setcred(pam_handle_t *pam, int flags, int argc, const char **argv)
{
	return PAM_SUCCESS;
}
C
	gcc -shared -fPIC -o module.so module.c -lpam
}
