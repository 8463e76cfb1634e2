# image-discrepancies --tree: chains with what was found at each volume.
# shellcheck disable=SC2154,SC2086 # stderr and ids are of what is loaded
load ../lib/common
load ../lib/image-domain

setup() { common_setup && image_setup; }
teardown() { common_teardown; }

tree() {
	image-discrepancies --confirm 0 --tree "$@" sd
}

whole="Disk $web on storage domain
  $domain  nfs1
  * $base  raw  internal  64 MiB
  * $middle  cow  internal  64 MiB
  * $leaf  cow  leaf      64 MiB  active"

@test "a chain, by the id and the name of its disk and of its machine" {
	local word

	run_ok tree $web
	output_is "$whole"
	inventory add data-center dc2 >/dev/null
	inventory add cluster c data_center=dc2 >/dev/null
	inventory add vm shop cluster=c >/dev/null
	inventory add disk-attachment vm=shop disk=$web >/dev/null
	inventory add disk-attachment vm=shop disk=$derived >/dev/null
	run_ok tree d1
	output_is "$whole"
	for word in shop "$(inventory list vm --noheadings --output id | xargs)"; do
		run_ok tree "$word"
		[ "$(grep -c ^Disk <<<"$output")" = 2 ]
		contains "$output" "$whole" "  : $shared  of a template, or of another disk
  * $child  cow  leaf      64 MiB  active"
	done
	run_ok image-discrepancies --confirm 0 --tree "${web^^}" --storage-only sd
	output_is "${whole/  active/}"
}

@test "a volume that is not there, and one that only the database has" {
	rm sd/images/$web/$middle{,.meta}
	run_fail 1 tree $web
	output_is "Disk $web on storage domain
  $domain  nfs1
  * $base  raw  internal  64 MiB
      INTERNAL_WITHOUT_CHILD (error)
  ? $middle  is missing
  * $leaf  cow  leaf      64 MiB  active
      PARENT_MISSING (data_loss_risk)
  - $middle  VOLUME_ONLY_IN_DATABASE (data_loss_risk)"
	run_ok tree $derived
	[[ $output != *"("* ]]
}

@test "two volumes on one, each with what hangs on it" {
	local b1=bbbbbbbb-0000-4000-8000-000000000011 b2=bbbbbbbb-0000-4000-8000-000000000012

	overlay $web $b1 $base raw INTERNAL 2
	overlay $web $b2 $b1 qcow2 LEAF 3
	run_fail 1 tree $web
	output_is "Disk $web on storage domain
  $domain  nfs1
  * $base  raw  internal  64 MiB
  |   CHAIN_FORK (data_loss_risk)
  | * $b1  cow  internal  64 MiB
  | |   VOLUME_ONLY_ON_STORAGE (warning)
  | * $b2  cow  leaf      64 MiB
  |     SEVERAL_LEAVES (data_loss_risk)
  |     VOLUME_ONLY_ON_STORAGE (warning)
  * $middle  cow  internal  64 MiB
  * $leaf  cow  leaf      64 MiB  active"
}

@test "a circle, and values that differ" {
	sed -i "s/^PUUID=.*/PUUID=$leaf/" sd/images/$web/$middle.meta
	run_fail 1 tree $web
	contains "$output" "  : $leaf  stands further down: a circle
  * $middle  cow  internal  64 MiB
  |   CHAIN_LOOP (data_loss_risk)
  |   PARENT_DIFFERS (data_loss_risk): $leaf, DB: $base
  |   SEQUENCE_NOT_GROWING (warning)
  * $leaf  cow  leaf      64 MiB  active
      LEAF_WITH_CHILD (error)"
}

@test "who is not there, and what does not go together" {
	run_fail 3 tree nobody
	contains "$stderr" "none of the storage domains has a volume of a disk or virtual machine 'nobody'"
	run_fail 2 image-discrepancies --tree $web --json sd
}
