# fence configure, enable and disable: what is refused before it is stored, and what is stored.
# shellcheck shell=bash disable=SC2154
# shellcheck disable=SC2016  # what a shell would do
load ../lib/common
load ../lib/agents

setup() {
	common_setup
	agents_setup
	new_database
	seed_cluster >/dev/null
	agent ipmilan
	agent apc
	(umask 077 && echo hunter2 >secret)
	device=(--agent ipmilan --address bmc1 --user admin --secret "file:$PWD/secret")
}

teardown() {
	common_teardown
}

# rows [FIELDS]: the fence agents that are stored
rows() {
	inventory list fence-agent --noheadings --sort agent_order,address,plug \
		--output "${1:-host,agent_order,type,address,options}" | sed 's/  */ /g; s/ $//'
}

managed() { inventory list host --select "name=$1" --noheadings --output pm_enabled | tr -d ' '; }

# since: types of the events since the last call
since() {
	events list --json | jq -r '.events[].type' >types
	tail -n +"$((${seen:-0} + 1))" types
	seen=$(wc -l <types)
}

@test "a host gets a device, and its power management" {
	since >/dev/null
	run_ok fence configure h1 "${device[@]}" --option lanplus=1 --dry-run
	output_is "would have added fence agent ipmilan at bmc1 of host h1
would have enabled power management of host h1"
	run_ok rows
	output_is ""
	run_ok since
	output_is ""
	run_ok fence configure h1 "${device[@]}" --option lanplus=1 --option delay=3 --port 624
	output_is "added fence agent ipmilan at bmc1 of host h1
enabled power management of host h1"
	run_ok rows host,agent_order,type,address,port,username,password,options
	output_is "h1 1 ipmilan bmc1 624 admin file:$PWD/secret lanplus=1\x0adelay=3"
	[ "$(managed h1)" = true ]
	run_ok since
	output_is "fence_agent_added
power_management_enabled"
	run_ok fence configure h2 "${device[@]}" --disabled --order 7
	[ "$(managed h2)" = false ]
	run_ok rows
	output_is "h1 1 ipmilan bmc1 lanplus=1\x0adelay=3
h2 7 ipmilan bmc1 -"
}

@test "the same device again is changed, another one is added" {
	fence configure h1 "${device[@]}"
	since >/dev/null
	run_ok fence configure h1 "${device[@]}" --option lanplus=yes
	output_is "changed fence agent ipmilan at bmc1 of host h1"
	run_ok since
	output_is fence_agent_changed
	run_ok fence configure h1 --agent ipmilan --address bmc1 --order 2
	run_ok rows host,agent_order,type,username,options
	output_is "h1 2 ipmilan admin lanplus=yes"
	run_ok fence configure h1 --agent apc --address pdu --user a --secret cred:pdu --plug 1
	contains "$stderr" "apc_snmp"
	run_ok fence configure h1 --agent apc --address pdu --user a --secret cred:pdu --plug 2
	run_ok rows host,agent_order,type,plug
	output_is "h1 1 apc 1
h1 1 apc 2
h1 2 ipmilan -"
}

@test "a device is taken away, and power management with the last one" {
	fence configure h1 "${device[@]}"
	fence configure h1 --agent apc --address pdu --secret cred:pdu --plug 1 --order 2
	run_fail 2 fence configure h1 --remove
	contains "$stderr" "several fence agents" "ipmilan at bmc1" "apc at pdu plug 1"
	run_fail 3 fence configure h1 --remove --plug 9
	run_fail 3 fence configure h2 --remove
	run_ok fence configure h1 --remove --order 2 --dry-run
	output_is "would have removed fence agent apc at pdu plug 1 of host h1"
	run_ok fence configure h1 --remove --agent apc
	[ "$(managed h1)" = true ]
	since >/dev/null
	run_ok fence configure h1 --remove
	output_is "removed fence agent ipmilan at bmc1 of host h1
disabled power management of host h1"
	[ "$(managed h1)" = false ]
	run_ok since
	output_is "fence_agent_removed
power_management_disabled"
}

# refused TEXT OPTION...: exit code 2, and TEXT in the message
refused() {
	run_fail 2 fence configure h1 "${device[@]}" "${@:2}"
	contains "$stderr" "$1"
}

@test "options that the agent does not know, and values that they cannot have" {
	refused "no option 'lanpls'; did you mean lanplus?" --option lanpls=1
	refused "fence agents ipmilan" --option colour=red
	refused "'maybe', only yes or no" --option lanplus=maybe
	refused "only yes or no" --option lanplus=
	refused "only one of onoff|cycle" --option method=on
	refused "only one of onoff|cycle" --option 'method=onoff|cycle'
	refused "only one of onoff|cycle" --option method=
	refused "a number of seconds" --option delay=soon
	refused "a number of seconds" --option delay=1.5
	refused "cannot be negative" --option delay=-1
	refused "NAME=VALUE" --option lanplus
	refused "NAME=VALUE" --option "delay=1"$'\n'"lanplus=1"
	refused "NAME=VALUE" --option '=1'
	refused "no option 'a b'" --option 'a b=1'
	run_ok rows
	output_is ""
	[ "$(managed h1)" = false ]
}

@test "what no option may say" {
	for option in action=on Action=off; do
		refused "what is to be done is said with each call" --option "$option"
		refused "what is to be done" --raw-option "lanplus=1" --raw-option "$option"
		refused "what is to be done" --raw-option $'\t'" $option"
	done
	for option in passwd=hunter2 ' password=hunter2' $'\xc2\xa0snmp-priv-passwd=hunter2'; do
		refused "secrets are not kept" --raw-option "$option"
		[[ $stderr != *hunter2* ]]
	done
	refused "would count as off" --raw-option missing_as_off=1
	refused "would count as off" --raw-option $'\tmissing-as-off=1'
	refused "give it as --secret" --option passwd=hunter2
	refused "give it as --secret" --option password=hunter2
	refused "give it as --plug" --option plug=1
	refused "give it as --address" --option ip=bmc2
	refused "give it as --user" --option login=a
	refused "give it as --port" --option port=623
	refused "secrets are not kept" --option snmp_priv_passwd=hunter2
	refused "into a log or file" --option verbose=1
	refused "do nothing, and say that all is well" --option version=1
	refused "would count as off" --option missing_as_off=1
	run_ok rows
	output_is ""
}

# Byte for byte, in whatever engine it was meanwhile, and through a document.
@test "raw options reach the agent as they are, a line each" {
	local raw=('delay=3' lanplus 'devices=/dev/a,/dev/b' 'path=C:\x\,y ' '  a = "b' '#c' '=d' 'ü="$x"' $'t\tu'
		'verbose=1' 'help')

	agent ipmilan "cat >$PWD/input; exit 2"
	run_ok fence configure h1 --agent ipmilan --address bmc1 --option delay=1 "${raw[@]/#/--raw-option=}"
	[ "$(grep -c "a raw option is sent as it is, but:" <<<"$stderr")" = 2 ]
	contains "$stderr" "option verbose: the agent would write" "option help: the agent would do nothing"
	fence status h1
	printf '%s\n' action=status ipaddr=bmc1 "${raw[@]}" >wanted
	cmp input wanted
	for format in xml json; do
		inventory export --"$format" >document
		inventory remove --yes fence-agent "$(inventory list fence-agent --noheadings --output id | tr -d ' ')"
		inventory import document
		rm input
		fence status h1
		cmp input wanted
	done
}

@test "addresses, users and secrets that are none" {
	for address in -oProxyCommand=id 'a b' 'a;id' $'a\naction=on' '$(id)'; do
		run_fail 2 fence configure h1 --agent ipmilan --address "$address" --secret cred:a
	done
	run_fail 2 fence configure h1 --agent ipmilan --address bmc1 --user $'a\naction=on'
	contains "$stderr" "control character"
	refused "control character" --plug $'1\taction=on'
	refused "each is one line" --raw-option $'lanplus\naction=on'
	refused "each is one line" --raw-option $'lanplus\raction=on'
	refused "each is one line" --raw-option ''
	run_fail 2 fence configure h1 --agent ipmilan --address bmc --secret hunter2
	contains "$stderr" "file:PATH"
	[[ $stderr != *hunter2* ]]
	run_fail 2 fence configure h1 --agent ipmilan --secret cred:a
	contains "$stderr" "ipmilan needs --address"
	run_fail 2 fence configure h1 "${device[@]}" --port 65536
	run_fail 2 fence configure h1 "${device[@]}" --order 0
	run_fail 2 fence configure h1 --remove --secret cred:a
	run_ok rows
	output_is ""
}

@test "which agent" {
	run_fail 2 fence configure h1
	contains "$stderr" "fence agents"
	while read -r maker type; do
		inventory set host h1 --observed hardware_vendor="$maker" >/dev/null
		run_fail 2 fence configure h1 --address bmc1
		contains "$stderr" "--agent $type would fit"
	done <<-END
		HPE ilo4
		Dell idrac
		IBM ipmilan
		Lenovo ipmilan
	END
	inventory set host h1 --observed hardware_vendor=HP "hardware_product=ProLiant DL380 G7" >/dev/null
	run_fail 2 fence configure h1
	contains "$stderr" "--agent ilo3 would fit"
	run_fail 3 fence configure nobody "${device[@]}"
	run_fail 3 fence configure nobody
}

@test "an agent that is not installed here, or says nothing" {
	run_fail 3 fence configure h1 --agent ilo4 --address ilo --secret cred:a
	contains "$stderr" "fence_ilo4 is not installed" "--not-checked"
	run_fail 3 fence configure h1 --agent ipmlan --address ilo --secret cred:a
	contains "$stderr" "did you mean ipmilan?"
	run_fail 2 fence configure h1 --agent "$PWD/agents/fence_ipmilan" --address bmc1
	run_fail 2 fence configure h1 --agent ../agents/fence_ipmilan --address bmc1 --not-checked
	run_fail 2 fence configure h1 --agent ilo4 --address ilo --not-checked --option action=on
	run_ok fence configure h1 --agent ilo4 --address ilo --not-checked --option colour=red
	contains "$stderr" "not checked"
	agent mute
	echo nonsense >mute.xml
	run_fail 2 fence configure h1 --agent mute --address bmc2
	contains "$stderr" "does not tell its options"
	run_ok fence configure h1 --agent mute --address bmc2 --not-checked
	run_ok rows host,type,options
	output_is "h1 mute -
h1 ilo4 colour=red"
}

@test "words that all devices understand" {
	run_ok fence configure h1 --agent apc --address pdu --secret cred:a --plug 1 --option secure=1
	run_fail 2 fence configure h1 --agent apc --address pdu --secret cred:a --option slot=1
	contains "$stderr" "give it as --plug"
	agent cisco_ucs
	run_fail 2 fence configure h1 --agent cisco_ucs --address ucs --option secure=1
	contains "$stderr" "no option 'secure'"
}

@test "enable and disable: hosts and clusters" {
	fence configure h1 "${device[@]}" --disabled
	run_fail 4 fence enable h2
	contains "$stderr" "has no fence agent"
	run_fail 4 fence enable h1 h2
	[ "$(managed h1)" = false ]
	since >/dev/null
	run_ok fence enable h1 --dry-run
	[ "$(managed h1)" = false ]
	run_ok fence enable h1
	output_is "enabled power management of host h1"
	[ "$(managed h1)" = true ]
	run_ok fence enable h1
	output_is ""
	run_ok fence disable h1 c
	output_is "disabled power management of host h1
disabled fencing in cluster c"
	run_ok inventory list cluster --noheadings --output fencing_enabled
	output_is false
	run_ok fence enable c
	run_ok since
	output_is "power_management_enabled
power_management_disabled
fencing_disabled
fencing_enabled"
	run_fail 3 fence disable nobody
	run_fail 2 fence disable
	add_host c c >/dev/null
	run_fail 2 fence disable c
	contains "$stderr" "there is a cluster 'c' and a host of that name"
	run_ok fence disable "$(inventory list cluster --noheadings --output id | tr -d ' ')"
	output_is "disabled fencing in cluster c"
}

@test "a password that cannot be read is told" {
	chmod 644 secret
	run_ok fence configure h1 "${device[@]}" --dry-run
	[[ $stderr != *password* ]]
	run_ok fence configure h1 "${device[@]}"
	contains "$stderr" "the password cannot be read now" "chmod 600"
	chmod 600 secret
	run_ok fence configure h1 "${device[@]}"
	[[ $stderr != *password* ]]
}

# The agent looks for the password in the memory of whoever called it, as far as a core file would hold it,
# and in the arguments and environments of all processes; and for the address, to see that it can find.
@test "no secret in the database, events, logs, memory or processes" {
	agent ipmilan "
		cat >$PWD/input
		for what in secret decoy; do
			$VDC_TEST_SRC/tests/lib/search-memory \$PPID $PWD/\$what >$PWD/\$what.found
		done
		echo 'unknown option password=hunter2' >&2
		exit 1"
	echo bmc1 >decoy
	fence configure h1 "${device[@]}" --option lanplus=1 -v >said 2>&1
	run_fail 2 fence configure h2 --agent ipmilan --address b --secret hunter2 -v
	run fence status h1 --debug
	printf '%s\n' "$output" "$stderr" >>said
	grep -qx password=hunter2 input
	[ "$(head -n 1 input)" = action=status ]
	grep -q memory decoy.found
	[ ! -s secret.found ] || fail "$(cat secret.found)"
	inventory export >export.xml
	events list --json --output all >events.json
	fence history --output all >history
	contains "$(cat said)" "unknown option password=*******"
	rm secret input agents/fence_ipmilan
	! grep -r hunter2 . || fail "it was found"
}
