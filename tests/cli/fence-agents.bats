# fence agents and fence doctor: what agents say of themselves, kept in a file, and what they lack.
# shellcheck shell=bash disable=SC2154
load ../lib/common
load ../lib/agents

setup() {
	common_setup
	agents_setup
}

teardown() {
	common_teardown
}

types() { fence agents --noheadings --output type | tr -d ' ' | paste -sd' '; }

@test "agents that are installed are listed by type" {
	agent ipmilan
	agent idrac
	agent zz-top_1
	run_ok fence agents
	contains "$output" "TYPE" "drac7    fence_idrac" "idrac    fence_idrac" \
		"zz-top_1 fence_zz-top_1 Fence agent for zz-top_1"
	[ "$(types)" = "drac7 idrac ipmilan zz-top_1" ]
	run_ok fence agents --json
	[ "$(jq -r '.fence_devices[] | select(.type == "drac7").defaults.option |
		map("\(.name)=\(.value)") | join(" ")' <<<"$output")" = \
		"privlvl=operator lanplus=1 delay=10" ]
}

@test "what is no agent is not started" {
	agent ipmilan
	agent ack_manual
	agent virtd
	cp agents/fence_ipmilan agents/other
	cp agents/fence_ipmilan "agents/fence_a b"
	mkdir agents/fence_folder
	agent off
	chmod -x agents/fence_off
	[ "$(types)" = ipmilan ]
	[ "$(times_asked)" -eq 1 ]
}

@test "each is asked once, until it changes" {
	agent a
	agent b
	agent c
	[ "$(types)" = "a b c" ]
	[ "$(times_asked)" -eq 3 ]
	[ "$(types)" = "a b c" ]
	[ "$(times_asked)" -eq 0 ]
	touch -d 2001-01-01 agents/fence_b
	[ "$(types)" = "a b c" ]
	[ "$(times_asked)" -eq 1 ]
	rm agents/fence_c
	[ "$(types)" = "a b" ]
	agent d
	run_ok fence agents d
	[ "$(times_asked)" -eq 1 ]
	[ "$(types)" = "a b d" ]
	[ "$(times_asked)" -eq 0 ]
}

@test "a file that is damaged or not ours is not believed" {
	local file=$VDC_CACHE_DIR/fence-agents

	agent a
	types
	[ "$(stat -c %a "$file")" = 600 ]
	cp "$file" good
	times_asked
	believed() {
		[ "$(types)" = a ]
		[ "$(times_asked)" -eq "$1" ] || fail "$2"
	}
	believed 0 "the good one"
	truncate -s -1 "$file"
	believed 1 "cut off"
	: >"$file"
	believed 1 "empty"
	tr a b <good >"$file"
	believed 1 "damaged"
	cp good "$file"
	chmod 666 "$file"
	believed 1 "others may write it"
	rm "$file"
	ln -s "$PWD/good" "$file"
	believed 1 "a link"
	rm "$file"
	mkfifo "$file"
	believed 1 "a pipe"
	if [ "$(id -u)" -eq 0 ]; then
		cp good "$file"
		chown nobody "$file"
		believed 1 "somebody else's"
	fi
	believed 0 "written anew"
	VDC_CACHE_DIR=/dev/null/nowhere believed 1 "no place for it"
	VDC_CACHE_DIR=$PWD/far/away believed 1 "a new folder"
	[ -s far/away/fence-agents ]
}

@test "the options of one" {
	agent ipmilan
	run_ok fence agents ipmilan
	contains "$output" "OPTION" "lanplus" "boolean" "Method to fence: onoff|cycle"
	# What is given in another way or never, and names of older days.
	for name in action verbose debug_file password ipaddr; do
		! grep -q "^$name " <<<"$output" || fail "$name is listed"
	done
	run_ok fence agents ipmilan --json
	[ "$(jq -c '.fence_options[] | select(.name == "method") | [.type, .default, .choices]' \
		<<<"$output")" = '["select","onoff","onoff|cycle"]' ]
	run_ok fence agents ipmilan --select "type=second" --noheadings --output name,default
	output_is "delay 0"
	run_ok fence agents fence_ipmilan
	agent idrac
	run_ok fence agents drac7 --select "name=lanplus || name=delay" --noheadings --output name,default
	output_is $'lanplus 1\ndelay   10'
	agent apc
	run_ok fence agents apc
	contains "$stderr" "apc_snmp"
}

@test "the shell completes types" {
	local offered

	agent lamp
	types
	offered=$(fence --complete agents la)
	[ "$offered" = $'lamp\tFence agent for lamp' ]
	offered=$(fence --complete configure h1 --agent drac | cut -f1 | paste -sd' ')
	[ "$offered" = "drac5 drac7" ]
	[ "$(times_asked)" -eq 1 ]
}

@test "documents are as the schema says" {
	agent ipmilan
	fence agents --xml >devices.xml
	fence agents ipmilan --xml >options.xml
	xmllint --noout --relaxng "$VDC_TEST_SRC/schemas/vdc.rng" devices.xml
	xmllint --noout --relaxng "$VDC_TEST_SRC/schemas/vdc.rng" options.xml
}

@test "types that are not there, and what is no type" {
	agent ipmilan
	run_fail 3 fence agents ipmlan
	contains "$stderr" "fence_ipmlan is not installed" "did you mean ipmilan?"
	run_fail 3 fence agents wti
	contains "$stderr" "fence_wti is not installed"
	for type in ../fence_ipmilan agents/fence_ipmilan "$PWD/agents/fence_ipmilan" '' 'a b' ';id' fence_; do
		run_fail 2 fence agents "$type"
		contains "$stderr" "is not a type of power device"
	done
	echo "fence.agent-directory = $PWD/none" >"$VDC_CONF"
	run_fail 3 fence agents
	contains "$stderr" fence.agent-directory none
}

@test "agents that print what is no metadata" {
	agent good
	agent text "true"
	echo "usage: fence_text" >text.xml
	agent doctype
	echo '<!DOCTYPE a [<!ENTITY x SYSTEM "/etc/passwd">]><resource-agent shortdesc="&x;"/>' \
		>doctype.xml
	agent other
	echo '<domain/>' >other.xml
	agent mute
	: >mute.xml
	printf '#!/bin/sh\necho "x ERROR: it is broken" >&2\nexit 1\n' >agents/fence_broken
	printf '#!/bin/sh\nexec >&- 2>&-\n' >agents/fence_closed
	printf '#!/bin/sh\nexec head -c 100000000 /dev/zero\n' >agents/fence_loud
	printf '#!/no/such/interpreter\n' >agents/fence_alien
	printf '#!/bin/sh\nkill -9 $$\n' >agents/fence_killed
	chmod +x agents/*
	[ "$(types)" = good ]
	for type in text doctype other mute broken closed loud killed; do
		run_fail 2 fence agents $type
		contains "$stderr" "fence_$type does not tell its options"
	done
	run_fail 2 fence agents broken
	contains "$stderr" "it is broken"
}

@test "metadata of any shape" {
	parameters='<parameter/><parameter name="a b"/><parameter name="x"/>
		<parameter name="y"><content type="select"/></parameter>
		<parameter name="z"><content type="nonsense" default="&#10;&#9;two&#10;words "/>
		<shortdesc>é&#13;&#10;

		over lines</shortdesc></parameter>' agent odd
	run_ok fence agents odd --json
	[ "$(jq -c '.fence_options[] | select(.name | test("^[xyz]$")) | [.name, .type, .default, .description]' \
		<<<"$output" | tr '\n' ' ')" = \
		'["x","string",null,null] ["y","string",null,null] ["z","string","two words","é over lines"] ' ] ||
		fail "$(jq -c '.fence_options[]' <<<"$output" | tail -n 3)"
	[[ $output != *'a b'* ]]
}

@test "the agents that are installed here" {
	[ -x /usr/sbin/fence_ipmilan ] || skip "package fence-agents"
	echo "fence.agent-directory = /usr/sbin" >"$VDC_CONF"
	types >all
	for type in apc apc_snmp bladecenter cisco_ucs drac5 drac7 eps hpblade ilo ilo2 ilo3 ilo4 \
		ilo_ssh ipmilan rsa rsb wti idrac redfish; do
		grep -qw "$type" all || fail "$type is missing"
		run_ok fence agents $type
		contains "$output" "ip " username
	done
	run_ok fence agents ilo4 --select name=lanplus --noheadings --output default
	output_is 1
}

# used TYPE [FIELD=VALUE...]: host h1 has such a device
used() {
	inventory add fence-agent host=h1 type="$1" address=bmc "${@:2}" >/dev/null
}

doctor_setup() {
	new_database
	seed_cluster >/dev/null
	parameters="$(parameter tool_path string "$PWD/bin/tool")
		$(parameter ssh_path string "$PWD/bin/ssh") $(parameter telnet_path string "$PWD/bin/telnet")
		$(parameter sudo_path string "$PWD/bin/sudo") $(parameter cookie_path string /var/cookie)" \
		agent lamp
	mkdir bin
}

findings() { fence doctor --json "$@" | jq -r '.findings[] | .code + " " + .object' | sort; }

@test "doctor: what could be needed is for information" {
	doctor_setup
	run_ok fence doctor
	contains "$output" "there is no $PWD/bin/tool: lamp"
	run_ok findings
	output_is "FENCE_HELPER_NOT_INSTALLED $PWD/bin/ssh
FENCE_HELPER_NOT_INSTALLED $PWD/bin/telnet
FENCE_HELPER_NOT_INSTALLED $PWD/bin/tool"
	for tool in tool ssh telnet; do
		cp /bin/true bin/$tool
	done
	run_ok fence doctor
	output_is ""
}

@test "doctor: what hosts need is an error" {
	doctor_setup
	used lamp
	cp /bin/true bin/telnet
	run_fail 1 fence doctor
	contains "$output" "there is no $PWD/bin/tool, which is needed for h1"
	run_ok findings
	output_is "FENCE_HELPER_MISSING $PWD/bin/tool
FENCE_HELPER_NOT_INSTALLED $PWD/bin/ssh"
	cp /bin/true bin/tool
	run_ok fence doctor
	used lamp options=secure=1 plug=2
	run_fail 1 fence doctor
	contains "$output" "there is no $PWD/bin/ssh, which is needed for h1"
	used nosuch
	run_ok findings
	contains "$output" "FENCE_AGENT_NOT_INSTALLED h1"
	agent silent
	: >silent.xml
	run_ok findings
	contains "$output" "FENCE_AGENT_WITHOUT_METADATA fence_silent"
}

@test "doctor: hosts that act as proxies" {
	doctor_setup
	used lamp
	cp /bin/true bin/tool
	cp /bin/true bin/telnet
	export VDC_RSH=$PWD/rsh
	cat >rsh <<-'END'
		#!/bin/sh
		case $1 in
		h2*) exec sh -c "$2" ;;
		esac
		echo "ssh: connect to host $1 port 22: No route to host" >&2
		exit 255
	END
	chmod +x rsh
	run_ok fence doctor --host h2
	rm bin/tool
	chmod -x bin/telnet
	run_ok findings --host h2 --host h3
	output_is "FENCE_HELPER_MISSING $PWD/bin/telnet
FENCE_HELPER_MISSING $PWD/bin/tool
FENCE_HELPER_MISSING h2
FENCE_HELPER_MISSING h2
FENCE_HELPER_NOT_INSTALLED $PWD/bin/ssh
FENCE_PROXY_UNREACHABLE h3"
	rm agents/fence_lamp
	run_ok findings --host h2
	output_is "FENCE_AGENT_NOT_INSTALLED h1
FENCE_AGENT_NOT_INSTALLED h2"
	run_fail 3 fence doctor --host nobody
}
