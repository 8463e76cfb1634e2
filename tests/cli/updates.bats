# cluster-upgrade updates and approve, with a remote shell that prints what hosts would.
# shellcheck shell=bash disable=SC2154
load ../lib/common

setup() {
	common_setup
	new_database
	export VDC_CONF=$PWD/vdc.conf VDC_RSH=$PWD/rsh
	: >vdc.conf
	# What the host of that name prints is in a file; the command is kept.
	cat >rsh <<-'END'
		#!/bin/sh
		here=$(dirname "$0")
		printf '%s\n' "$2" >"$here/$1.asked"
		[ -e "$here/$1.out" ] || { echo "no route to $1" >&2; exit 255; }
		cat "$here/$1.out"
		exit "$(cat "$here/$1.code" 2>/dev/null || echo 0)"
	END
	chmod +x rsh
	{
		inventory init
		inventory add data-center dc
		inventory add cluster c data_center=dc
		add_host h1
		add_host h2
	} >/dev/null
}

teardown() { common_teardown; }

add_host() {
	inventory add host "$1" cluster=c address="$1"
	inventory set host "$1" --observed status=up os_type=Debian os_version=12.5 os_major=12 \
		qemu_version=7.2.9
}

# by_command: hosts print the lines of the setting's command from now on
by_command() { echo 'updates.command = /usr/local/bin/look --all' >vdc.conf; }

offers() { # HOST LINE...
	local host=$1
	shift
	printf '%s\n' "$@" >"$host.out"
}

look() { cluster-upgrade updates --check "$@"; }

# name HOST COMPONENT: of its open update
name() {
	cluster-upgrade updates --noheadings --output name \
		--select "host=$1 && component=$2 && status!=superseded"
}

# column FIELDS [SELECT]: of all updates that ever were found
column() {
	inventory list updates --noheadings --output "$1" --sort host,component,version \
		--select "${2:-version}" | tr -s ' ' | sed 's/ $//'
}

packages_of_debian() {
	cat <<-'END'
		stale apt-get update: no network
		apt Inst base-files [12.4+deb12u5] (12.4+deb12u6 Debian:12.6/stable [amd64])
		apt Inst linux-image-6.1.0-22-amd64 (6.1.94-1 Debian:12.6/stable [amd64])
		apt Inst qemu-system-x86 [1:7.2+dfsg-7+deb12u5] (1:7.2+dfsg-7+deb12u6 Debian:12.6/stable [amd64])
		offers
		os ID=debian
		os VERSION_ID="12"
		debian 12.5
		end
	END
}

@test "nothing was ever found" {
	run_ok cluster-upgrade updates
	output_is "cluster c: supported; channel stable, approval automatic"
	run_ok cluster-upgrade updates c --json
	[ "$(jq -c 'keys' <<<"$output")" = '["vdc"]' ]
	run_fail 3 cluster-upgrade updates nowhere
	contains "$stderr" nowhere
}

@test "what apt-get says becomes an update of each component" {
	packages_of_debian >h1.out
	packages_of_debian | sed '/^apt/d' >h2.out
	run_ok look
	contains "$(cat h1.asked)" "apt-get -s" "check-update"
	contains "$output" "NAME " "true          2 old lists of packages"
	[ "$(column host,component,installed,version status=pending)" = "h1 platform 12.5 12.6
h1 virtualization 1:7.2+dfsg-7+deb12u5 1:7.2+dfsg-7+deb12u6" ]
	[ "$(inventory list hosts -n -s update_available=true -o name)" = h1 ]
	run_ok inventory list updates --select component=virtualization --output packages,qemu_version -n
	contains "$output" "qemu-system-x86=1:7.2+dfsg-7+deb12u6" 7.2
	run_ok events list --select type=update_found --output description -n
	contains "$output" "host h1 can get platform 12.6 in place of 12.5"
	inventory set cluster c update_approval=manual >/dev/null 2>&1
	run_ok cluster-upgrade updates -n --output message
	contains "$output" "it waits for approval; old lists of packages: apt-get update: no network"
}

@test "what dnf says" {
	cat >h1.out <<-'END'
		dnf kernel.x86_64          5.14.0-503.el9      baseos
		dnf redhat-release.x86_64  9.5-0.6.el9         baseos
		dnf qemu-kvm-core.x86_64   17:9.0.0-10.el9_5.2 appstream
		offers
		os ID=rhel
		os VERSION_ID="9.4"
		end
	END
	run_fail 8 look
	[ "$(column component,installed,version host=h1)" = "platform 9.4 9.5
virtualization 7.2.9 17:9.0.0-10.el9_5.2" ]
}

@test "some hosts cannot be looked at: exit code 8; none: 6; in maintenance none has to" {
	by_command
	offers h1
	run_fail 8 look
	contains "$stderr" "host h2 was not looked at" "no route to h2"
	rm h1.out
	run_fail 6 look
	inventory set host h1 status=maintenance >/dev/null
	inventory set host h2 status=down >/dev/null
	run_ok look
	contains "$stderr" "host h1 was not looked at"
}

@test "a package manager that fails, and one that is missing" {
	printf '%s\n' "failed apt-get: E: broken" offers end >h1.out
	printf '%s\n' "failed it has neither apt-get nor dnf" offers end >h2.out
	run_fail 1 look
	contains "$stderr" "host h1 was not looked at: apt-get: E: broken" "host h2" neither
	packages_of_debian | sed '/^end/d' >h1.out
	run_fail 1 look c
	contains "$stderr" "host h1 was not looked at: the answer of the remote shell is not complete"
}

@test "a command of the site, and garbage by host and line" {
	by_command
	offers h1 "# ours" "platform 12.6 no-reboot" "virtualization 7.2.10"
	offers h2 "platform 12.6" "kernel 6.1"
	run_fail 8 look
	[ "$(cat h1.asked)" = "/usr/local/bin/look --all" ]
	contains "$stderr" "host h2 was not looked at" "line 2: 'kernel' is not a component"
	[ "$(column component,version,needs_reboot host=h1)" = "platform 12.6 false
virtualization 7.2.10 false" ]
	[ "$(column version host=h2)" = "" ]
	echo 3 >h1.code
	run_fail 1 look
	contains "$stderr" "updates.command: exit code 3"
	[ "$(column status "host=h1 && component=platform")" = pending ]
	echo 'updates.timeout = soon' >>vdc.conf
	run_fail 2 look
}

@test "--check twice changes nothing; something else supersedes" {
	by_command
	offers h1 "virtualization 7.2.10"
	offers h2
	look >/dev/null
	run_ok look
	[ "$(column version,status)" = "7.2.10 pending" ]
	offers h1 "virtualization 7.2.11"
	run_ok look --quiet
	output_is ""
	[ "$(column version,status)" = "7.2.10 superseded
7.2.11 pending" ]
	offers h1
	run_ok look
	[ "$(column status 'status!=superseded')" = "" ]
	[ "$(inventory list hosts -n -s update_available=true -o name)" = "" ]
}

@test "a channel leads one step at a time" {
	by_command
	{
		inventory add channel-release a component=virtualization version=7.2
		inventory add channel-release b component=virtualization version=8.0 replaces=7.2
		inventory add channel-release d component=virtualization version=9.0 replaces=8.0
	} >/dev/null
	offers h1 "virtualization 9.0"
	offers h2 "virtualization 8.0.4"
	run_ok look
	contains "$stderr" "host h1 does not get virtualization 9.0" \
		"channel stable leads from virtualization 7.2.9 to 8.0; 9.0 is another step"
	[ "$(column host,version)" = "h2 8.0.4" ]
	run_ok events list --select type=update_refused --output object_name -n
	output_is h1
	# Another channel knows nothing of it, and lets pass what is offered.
	inventory set cluster c update_channel=fast >/dev/null
	run_ok look
	[ "$(column host,channel "status=pending && version=9.0")" = "h1 fast" ]
	run_ok inventory check --select 'code=CHANNEL_TWO_ENDS'
	inventory add channel-release e component=virtualization version=10.0 >/dev/null
	run_fail 1 inventory check
	contains "$output" CHANNEL_TWO_ENDS "nothing follows 9.0, nor 10.0"
	inventory set cluster c update_channel=stable >/dev/null
	run_ok look
	contains "$stderr" "channel stable is not in order"
	run_ok cluster-upgrade updates
	contains "$output" "cluster c: unsupported" "nothing follows 9.0, nor 10.0"
}

@test "releases are objects like others: export, import" {
	inventory add channel-release a component=virtualization version=9.0 skips="8.1 8.2" \
		replaces=7.2 platform=13 >/dev/null
	inventory export --json channel-releases >releases.json
	inventory remove --yes channel-release a >/dev/null
	run_ok inventory import releases.json
	run_ok inventory list channel-releases -n -o channel,version,replaces,skips,platform
	[ "$(tr -s ' ' <<<"$output")" = "stable 9.0 7.2 8.1 8.2 13" ]
	run_fail 2 inventory add channel-release b component=kernel version=1
	contains "$stderr" platform virtualization
}

@test "the platform goes before the next minor version" {
	by_command
	offers h1 "platform 12.6" "virtualization 8.0"
	offers h2
	look >/dev/null
	run_ok cluster-upgrade updates --select component=virtualization --output message -n
	contains "$output" "the platform goes before the next minor version: first $(name h1 platform)"
}

@test "a cluster out of step is shown as unsupported, one that nobody knows is not called supported" {
	inventory set host h2 --observed os_version=13.1 os_major=13 >/dev/null
	run_ok cluster-upgrade updates c
	contains "$output" "cluster c: unsupported" "host h1 has Debian 12, host h2 Debian 13"
	inventory set host h2 --observed os_version=12.5 os_major=12 >/dev/null
	inventory add channel-release a component=virtualization version=7.2 platform=13 >/dev/null
	run_ok cluster-upgrade updates --clusters --json
	[ "$(jq -r '.cluster_updates[0].support' <<<"$output")" = unsupported ]
	contains "$(jq -r '.cluster_updates[0].reason' <<<"$output")" \
		"host h1 is out of step: virtualization 7.2.9 needs platform 13, and it has 12.5"
	inventory remove --yes channel-release a >/dev/null
	inventory set host h1 --observed os_type= os_version= os_major= >/dev/null
	run_ok cluster-upgrade updates
	contains "$output" "nobody knows whether it is supported" "what runs on h1"
	run_ok cluster-upgrade updates --clusters --output name,support -n
	[ "$(tr -s ' ' <<<"$output")" = "c unknown" ]
}

@test "choosing manual approval warns, and is done" {
	run_ok inventory set cluster c update_approval=manual
	contains "$stderr" "update_approval=manual" "automatic is recommended"
	contains "$(inventory show cluster c)" manual
	run_ok inventory set cluster c update_approval=automatic
	[ -z "$stderr" ]
	run_ok inventory add cluster d data_center=dc update_approval=manual
	contains "$stderr" "automatic is recommended"
	run_ok inventory set cluster d description=manual
	[ -z "$stderr" ]
}

@test "approve: as it was shown, by whom, and never what was superseded" {
	local first second

	by_command
	inventory set cluster c update_approval=manual >/dev/null 2>&1
	offers h1 "virtualization 7.2.10"
	offers h2 "virtualization 7.2.10"
	look >/dev/null
	first=$(name h1 virtualization)
	run_ok cluster-upgrade updates --output message -n
	contains "$output" "it waits for approval"
	run_ok cluster-upgrade approve "$first" --dry-run
	output_is "would have approved virtualization 7.2.10 for host h1 (update $first)"
	[ "$(column status host=h1)" = pending ]
	run_ok cluster-upgrade approve "$first" --json
	[ "$(jq -r '.updates[0] | "\(.status) \(.host.id != null)"' <<<"$output")" = "approved true" ]
	run_ok cluster-upgrade approve "$first"
	contains "$output" "approved before"
	[ "$(column approved_by host=h1)" = "$(id -un)" ]
	run_ok events list --select type=update_approved --output description -n
	output_is "virtualization 7.2.10 for host h1 was approved (update $first)"

	offers h1 "virtualization 7.2.11"
	look >/dev/null
	second=$(name h1 virtualization)
	run_fail 4 cluster-upgrade approve "$first"
	contains "$stderr" "update $first was superseded" "virtualization 7.2.11 now, update $second"
	# All or none.
	run_fail 4 cluster-upgrade approve "$second" "$first"
	[ "$(column status name="$second")" = pending ]
	run_fail 3 cluster-upgrade approve "$second" nothing
	contains "$stderr" "'nothing'"
	run_fail 2 cluster-upgrade approve
	run_ok cluster-upgrade approve "$second" "$(name h2 virtualization)"
	[ "$(column host,status status=approved)" = "h1 approved
h2 approved" ]
}

@test "options that make no sense" {
	run_fail 2 cluster-upgrade updates --run
	contains "$stderr" --check
	run_fail 2 cluster-upgrade updates --jobs 3
	run_fail 2 cluster-upgrade updates --check --jobs 0
	run_fail 2 cluster-upgrade updates c d
	run_fail 2 cluster-upgrade updates --select 'colour=red'
}

@test "documents are as the schemas say" {
	by_command
	offers h1 "platform 12.6" "virtualization 8.0"
	offers h2
	look --xml >updates.xml
	xmllint --noout --relaxng "$VDC_TEST_SRC/schemas/vdc.rng" updates.xml
	cluster-upgrade updates --clusters --xml >clusters.xml
	xmllint --noout --relaxng "$VDC_TEST_SRC/schemas/vdc.rng" clusters.xml
	contains "$(cat clusters.xml)" "<support>supported</support>"
}

@test "--run: nothing to do, and what begins must be able to" {
	by_command
	offers h1
	offers h2
	run_ok look --run
	offers h1 "virtualization 7.2.10"
	inventory set cluster c update_approval=manual >/dev/null 2>&1
	run_ok look --run
	contains "$output" "it waits for approval"
	inventory set cluster c --observed upgrade_in_progress=true >/dev/null
	cluster-upgrade approve "$(name h1 virtualization)" >/dev/null
	run_ok look --run
	contains "$stderr" "an upgrade of cluster c is under way"
	# A VM that cannot leave h1, which has to boot anew.
	inventory set cluster c --observed upgrade_in_progress=false >/dev/null
	add_vm a h1 >/dev/null
	inventory set vm a affinity=pinned >/dev/null
	offers h1 "platform 12.6"
	run_ok look
	cluster-upgrade approve "$(name h1 platform)" >/dev/null
	run_fail 1 look --run
	contains "$stderr" "the upgrade of cluster c did not begin: cluster-upgrade: "
}

@test "the timer's service and the cron file call what there is" {
	local service cron

	offers h1
	offers h2
	by_command
	service=$(sed -n 's|^ExecStart=/usr/bin/||p' "$VDC_TEST_SRC/contrib/systemd/vdc-updates.service")
	cron=$(sed -n 's|.*\troot\t||p' "$VDC_TEST_SRC/contrib/cron/vdc-updates")
	# shellcheck disable=SC2086
	run_ok $service
	# shellcheck disable=SC2086
	run_ok $cron
	output_is ""
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze"
	mkdir units
	cp "$VDC_TEST_SRC"/contrib/systemd/vdc-updates.* units
	sed -i "s|^ExecStart=/usr/bin/cluster-upgrade|ExecStart=$(command -v true)|" units/*.service
	run_ok systemd-analyze verify --man=no ./units/vdc-updates.service ./units/vdc-updates.timer
	[[ $stderr != *vdc-updates* ]]
}
