# Stand-ins for fence agents, in the folder agents/ of the test.
#
#	load ../lib/common
#	load ../lib/agents
#	setup() { common_setup; agents_setup; }
# shellcheck shell=bash

agents_setup() {
	mkdir agents
	export VDC_CONF=$PWD/vdc.conf
	echo "fence.agent-directory = $PWD/agents" >"$VDC_CONF"
}

# agent NAME [BODY]: one that describes itself as `metadata NAME` says, and notes in the file asked that
# it was asked to; what else it does is BODY.
agent() {
	metadata "$1" >"$1.xml"
	cat >"agents/fence_$1" <<-END
		#!/bin/sh
		if [ "\$1" = -o ]; then
			cat >/dev/null
			echo $1 >>$PWD/asked
			exec cat $PWD/$1.xml
		fi
		${2:-true}
	END
	chmod +x "agents/fence_$1"
}

# metadata NAME: with the options that most agents have, one of each type, and what $parameters adds.
metadata() {
	cat <<-END
		<?xml version="1.0" ?>
		<resource-agent name="fence_$1" shortdesc="Fence agent for $1" >
		<longdesc>It is a stand-in.</longdesc>
		<vendor-url></vendor-url>
		<parameters>
			<parameter name="action" unique="0" required="1">
				<content type="string" default="reboot"  />
				<shortdesc lang="en">Fencing action</shortdesc>
			</parameter>
			$(parameter ip string '' 'required="1" obsoletes="ipaddr"')
			$(parameter ipaddr string '' 'required="1" deprecated="1"')
			$(parameter ipport integer 623)
			$(parameter password string '' 'obsoletes="passwd"')
			$(parameter passwd string '' 'deprecated="1"')
			$(parameter plug string '' 'obsoletes="port"')
			$(parameter port string '' 'deprecated="1"')
			$(parameter username string '' 'obsoletes="login"')
			$(parameter login string '' 'deprecated="1"')
			$(parameter lanplus boolean 0)
			$(parameter ssh boolean '' 'obsoletes="secure"')
			$(parameter secure boolean '' 'deprecated="1"')
			<parameter name="method" unique="0" required="0">
				<content type="select" default="onoff"  >
					<option value="onoff" />
					<option value="cycle" />
				</content>
				<shortdesc lang="en">Method to fence</shortdesc>
			</parameter>
			$(parameter verbose boolean)
			$(parameter debug_file string)
			$(parameter delay second 0)
			$(parameter snmp_priv_passwd string)
			${parameters:-}
		</parameters>
		<actions>
			<action name="on" automatic="0"/>
			<action name="off" />
			<action name="status" />
			<action name="metadata" />
		</actions>
		</resource-agent>
	END
}

# parameter NAME TYPE [DEFAULT [ATTRIBUTES]]
parameter() {
	echo "<parameter name=\"$1\" unique=\"0\" ${4:-}>" \
		"<content type=\"$2\" ${3:+default=\"$3\"} />" \
		"<shortdesc lang=\"en\">The $1 of it</shortdesc></parameter>"
}

# How many agents were asked since the last time.
times_asked() {
	touch asked
	wc -l <asked
	rm asked
}
