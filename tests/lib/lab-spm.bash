# Three hosts of a lab in the lockspace of one domain, with an I/O time-out of 2 s. The path of the lockspace
# has a colon in it, as that of an NFS server has.
# shellcheck shell=bash

DOMAIN=c277ad93-0973-43d9-a0ca-22199bc8e801
AREA=/shared/server:_data/$DOMAIN/dom_md
VM_LEASE=$DOMAIN:vm1:/shared/server\\:_data/$DOMAIN/dom_md/leases:3145728

# spm_lab_begin: for a file of tests
spm_lab_begin() {
	local number

	lab_open p 3
	lab_install 1 2 3
	for number in 1 2 3; do write_document $number >"$VDC_LAB_SHARED/host$number.json"; done
	mkdir -p "$VDC_LAB_SHARED/server:_data"
	lab rsh 1 spm-elect init --local --from /shared/host1.json
	lab rsh 1 "sanlock client init -r '$VM_LEASE'"
	for number in 1 2 3; do
		lab rsh $number spm-elect join --local --from /shared/host$number.json >/dev/null &
	done
	wait
}

# spm_lab_setup: for one test, with an inventory of hosts, BMCs and domain
spm_lab_setup() {
	local number

	common_setup
	lab_setup
	cat >>"$VDC_CONF" <<-END
		fence.status-delay = 200ms
		fence.status-interval = 200ms
		fence.agent-timeout = 12s
		job-lease = 3s
	END
	printf '{"storage_domains":[{"id":"%s","name":"data","type":"data","master":true,
		"storage":{"type":"nfs"},"data_center":{"name":"dc"}}]}' "$DOMAIN" |
		inventory import - >/dev/null
	for number in 1 2 3; do
		bmc $number
		inventory set host host$number spm_id=$number
	done >/dev/null
	inventory sync --all >/dev/null
}

bmc() { # HOST-NUMBER
	local address=VDC_LAB_BMC$1

	inventory add fence-agent host="host$1" type=ipmilan address="${!address}" agent_order=1 \
		username="$VDC_LAB_BMC_USER" password="file:$VDC_LAB_BMC_SECRET" \
		options="lanplus=1
cipher=3
power_wait=0
power_timeout=5"
	inventory set host "host$1" pm_enabled=true
}

sanlock_name() { lab rsh "$1" sanlock client status | sed -n 's/^daemon //p'; }

# write_document HOST-NUMBER [ID [NAME]]: of the lockspace in $AREA
write_document() {
	printf '{"lockspaces":[{"id":"%s","name":"data","host_id":%d,"sanlock_name":"%s",' \
		"$DOMAIN" "${2:-$1}" "${3:-$(sanlock_name "$1")}"
	printf '"place":{"ids":"%s/ids","leases":"%s/leases"},' "$AREA" "$AREA"
	printf '"block_size":512,"alignment":1048576,"io_timeout":2,"master":true}]}\n'
}
