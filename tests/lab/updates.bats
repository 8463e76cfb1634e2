#!/usr/bin/env bats
# time limit: 600 s
# cluster-upgrade updates: real hosts are asked over ssh, by their package manager and by a command.
# shellcheck disable=SC2154 # status, output, stderr: set by bats' run
load ../lib/common
load ../lib/lab-guests

setup_file() {
	((EUID == 0)) || skip "a lab takes root"
	command -v apt-get >/dev/null || skip "hosts of a lab are Debian"
	LAB_DIR=$(dirname "$(readlink -f "$BATS_TEST_FILENAME")")
	export LAB_DIR LAB_NAME=o$$
	VDC_LAB=$LAB_NAME "$LAB_DIR/lab" up 2 2>"$BATS_FILE_TMPDIR/up.err" ||
		{ cat "$BATS_FILE_TMPDIR/up.err" >&2; return 1; }
}

teardown_file() {
	[ -z "${LAB_NAME:-}" ] || VDC_LAB=$LAB_NAME "$LAB_DIR/lab" down
}

setup() {
	local number address

	common_setup
	export PATH=$LAB_DIR:/usr/sbin:/sbin:$PATH VDC_LAB=$LAB_NAME VDC_CONF=$PWD/vdc.conf
	eval "$(lab env 2>/dev/null)"
	: >vdc.conf
	new_database
	{
		inventory init
		inventory add data-center dc
		inventory add cluster c data_center=dc
		for number in 1 2; do
			address=VDC_LAB_HOST$number
			inventory add host host$number cluster=c address="${!address}" \
				rsh_address=host$number libvirt_uri="qemu+tcp://${!address}/system"
		done
	} >/dev/null
}

teardown() {
	common_teardown
}

# offer HOST PACKAGE=VERSION...: all that the package manager of the host knows of from now on
offer() {
	local host=$1 package
	shift

	lab rsh "$host" 'rm -rf /srv/offer /var/lib/apt/lists/* /etc/apt/sources.list*; mkdir /srv/offer
		echo "deb [trusted=yes] file:/srv/offer ./" >/etc/apt/sources.list'
	for package; do
		printf '%s\n' "Package: ${package%%=*}" "Version: ${package#*=}" "Architecture: amd64" \
			"Maintainer: nobody" "Filename: ./none.deb" "Size: 1" \
			"SHA256: $(printf '%064d' 0)" "Description: none" ""
	done | lab rsh "$host" 'cat >/srv/offer/Packages'
}

installed() { lab rsh "$1" "dpkg-query -W -f '\${Version}' $2"; }

column() { # FIELDS SELECT
	inventory list updates --noheadings --output "$1" --sort host,component --select "$2" |
		tr -s ' ' | sed 's/ $//'
}

@test "apt-get on real hosts: what is newer than what they have, and nothing is installed" {
	local base qemu

	base=$(installed 1 base-files)
	qemu=$(installed 1 qemu-system-x86)
	offer 1 base-files=12.4+deb12u99 qemu-system-x86=1:99.1+dfsg-1 vim-tiny=0.1
	offer 2
	run_ok cluster-upgrade updates --check
	[[ $output != *"old lists"* ]]
	[ "$(column host,component,version,package_count status=pending)" = \
		"host1 platform 12.99 1
host1 virtualization 1:99.1+dfsg-1 1" ]
	[ "$(column installed component=virtualization)" = "$qemu" ]
	[ "$(column installed component=platform)" = "$(lab rsh 1 cat /etc/debian_version)" ]
	[ "$(inventory list hosts -n -s update_available=true -o name)" = host1 ]
	[ "$(installed 1 base-files)" = "$base" ]
	run_ok cluster-upgrade updates --output component,message -n
	contains "$output" "the platform goes before the next minor version"

	# The lists are refreshed: what is offered no more is superseded.
	offer 1 base-files=12.4+deb12u99
	run_ok cluster-upgrade updates --check
	[ "$(column component,status component=virtualization)" = "virtualization superseded" ]
	[ "$(column status component=platform)" = pending ]
}

@test "lists that cannot be refreshed are used and remarked on" {
	offer 1 base-files=12.4+deb12u99
	offer 2
	lab rsh 1 'apt-get -q update >/dev/null; rm -r /srv/offer'
	run_ok cluster-upgrade updates --check
	contains "$(column message host=host1)" "old lists of packages: apt-get update: "
}

@test "a command of the site, and a host whose network is cut" {
	echo 'updates.command = cat /etc/offers' >vdc.conf
	lab rsh 1 'printf "platform 13.1 # new\nvirtualization 10.0.2 reboot\n" >/etc/offers'
	lab cut 2 net
	run_fail 8 cluster-upgrade updates --check
	contains "$stderr" "host host2 was not looked at"
	[ "$(column component,version,needs_reboot host=host1)" = "platform 13.1 true
virtualization 10.0.2 true" ]
	lab heal 2
	run_fail 8 cluster-upgrade updates --check
	contains "$stderr" "host host2 was not looked at" "exit code 1" /etc/offers
}

# really HOST VERSION: what its package manager knows is vdc-test, which can be installed
really() {
	# shellcheck disable=SC2016 # the host expands it
	offer "$1"
	lab rsh "$1" 'set -e; cd /srv/offer; mkdir -p x/DEBIAN
		printf "%s\n" "Package: vdc-test" "Version: '"$2"'" "Architecture: all" \
			"Maintainer: nobody <nobody@example.org>" "Description: none" >x/DEBIAN/control
		dpkg-deb -b x vdc-test.deb >/dev/null
		{ cat x/DEBIAN/control; echo "Filename: ./vdc-test.deb"
			echo "Size: $(stat -c %s vdc-test.deb)"
			echo "SHA256: $(sha256sum <vdc-test.deb | cut -d" " -f1)"; } >Packages'
}

# ready: all hosts may take part in an upgrade
ready() {
	inventory sync --all >/dev/null
	inventory set cluster c scheduling_properties=HighUtilization=1000 >/dev/null
}

over() { [ "$(inventory list job -n -s action=cluster-upgrade -o status | tr -d ' ')" = finished ]; }

@test "approval automatic: what the timer calls begins the upgrade, which installs it" {
	local number

	for number in 1 2; do
		really $number 1.0
		lab rsh $number 'dpkg -i /srv/offer/vdc-test.deb >/dev/null'
		really $number 1.1
	done
	ready
	inventory set cluster c update_approval=manual >/dev/null
	run_ok cluster-upgrade updates c --check --run
	[ "$(inventory list job -n | wc -l)" = 0 ]
	inventory set cluster c update_approval=automatic >/dev/null
	run_ok cluster-upgrade updates c --check --run
	soon 60 over
	for number in 1 2; do
		[ "$(installed $number vdc-test)" = 1.1 ]
	done
	[ "$(column status status=pending)" = "" ]
	[ "$(column host status=done)" = "host1
host2" ]
	[ -z "$(inventory list hosts -n -s update_available=true -o name)" ]
	run_ok cluster-upgrade updates c --check --run
	[ "$(inventory list job -n | wc -l)" = 1 ]
}

# A stand-in for dnf: there is none for these hosts. Hosts of that kind can have an apt-get, too.
@test "hosts with dnf: it is asked, and its upgrade is the command" {
	local number

	for number in 1 2; do
		lab rsh $number 'rm /etc/os-release
			printf "%s\n" ID=rhel "ID_LIKE=fedora" VERSION_ID=9.6 "NAME=RHEL" >/etc/os-release
			cat >/usr/bin/dnf; chmod 755 /usr/bin/dnf' <<-'END'
			#!/bin/sh
			echo "$*" >>/var/log/dnf.calls
			case "$*" in
			*check-update*)
				[ ! -e /etc/bash.new ] || exit 0
				printf '\nbash.x86_64    5.1.8-9.el9    baseos\n'
				exit 100 ;;
			*upgrade*) : >/etc/bash.new ;;
			esac
		END
	done
	ready
	[ "$(inventory list hosts -n -o os_type | sort -u | tr -d ' ')" = RHEL ]
	run_ok cluster-upgrade updates --check
	[ "$(column host,component,packages status=pending)" = "host1 platform bash=5.1.8-9.el9
host2 platform bash=5.1.8-9.el9" ]
	run_ok cluster-upgrade run c --hosts host1,host2 --no-reboot --yes
	contains "$(lab rsh 1 cat /var/log/dnf.calls)" "-q -y upgrade"
	[ "$(column status status=pending)" = "" ]
	run_ok cluster-upgrade updates --check
	[ "$(column status status=pending)" = "" ]
}
