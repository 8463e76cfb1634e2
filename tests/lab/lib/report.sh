# shellcheck shell=bash
# What the lab tells people and programs about itself.

yes_no() { if "$@"; then echo true; else echo false; fi; }

host_facts() { # HOST: sets the variables that both reports print
	dir=$(host_dir "$1")
	address=$(host_address "$1") bmc=$(bmc_address "$1") uuid=$(cat "$dir/uuid") image=$(cat "$dir/image")
	power=off ready=false pid=0
	is_on "$1" || return 0
	power=on ready=$(yes_no is_ready "$1")
	init_is_dead "$1" || read -r pid _ <"$dir/init"
}

cmd_status() {
	local format=table number separator='' dir address bmc uuid image power ready pid
	[[ ${1:-} != --json ]] || format=json
	[[ -e $STATE/subnet ]] || die "lab '$VDC_LAB' is not up" 3
	"${format}_start"
	for number in $(host_numbers); do
		host_facts "$number"
		"${format}_host"
	done
	"${format}_end"
}

table_start() { printf '%-8s %-6s %-6s %-10s %-15s %-15s %s\n' HOST POWER READY IMAGE ADDRESS BMC PID; }
table_host() {
	printf '%-8s %-6s %-6s %-10s %-15s %-15s %s\n' \
		"host$number" "$power" "$ready" "$image" "$address" "$bmc" "$pid"
}
table_end() { :; }

json_start() { printf '{"lab": "%s", "state": "%s", "hosts": [' "$VDC_LAB" "$STATE"; }
json_host() {
	printf '%s\n  {"name": "host%s", "number": %s, "uuid": "%s",' "$separator" "$number" "$number" "$uuid"
	printf ' "power": "%s", "ready": %s, "image": "%s", "pid": %s,' "$power" "$ready" "$image" "$pid"
	printf ' "address": "%s", "uri": "qemu+tcp://%s/system",' "$address" "$address"
	printf ' "socket": "%s", "bmc": "%s"}' "$dir/run/libvirt/libvirt-sock" "$bmc"
	separator=,
}
json_end() { printf '\n]}\n'; }

cmd_env() {
	[[ -e $STATE/subnet ]] || die "lab '$VDC_LAB' is not up" 3
	local hosts number
	hosts=$(host_numbers)
	print_export VDC_LAB "$VDC_LAB"
	print_export VDC_LAB_STATE "$VDC_LAB_STATE"
	print_export VDC_LAB_CACHE "$VDC_LAB_CACHE"
	print_export VDC_LAB_DIR "$STATE"
	print_export VDC_LAB_SHARED "$STATE/storage/shared"
	print_export VDC_LAB_SSH_CONFIG "$STATE/ssh_config"
	print_export VDC_LAB_SSH_KEY "$STATE/ssh/login"
	print_export VDC_RSH "ssh -F $STATE/ssh_config"
	print_export VDC_LAB_BMC_USER "$BMC_USER"
	print_export VDC_LAB_BMC_SECRET "$STATE/bmc.secret"
	for number in $hosts; do
		print_export "VDC_LAB_HOST$number" "$(host_address "$number")"
		print_export "VDC_LAB_BMC$number" "$(bmc_address "$number")"
	done
}

print_export() { printf 'export %s=%q\n' "$1" "$2"; }
