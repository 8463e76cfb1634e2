# SQL means the same on both engines and stands in its own rooms (tools/check-sql), and the check sees.
load ../lib/common

setup() {
	common_setup
	check=$VDC_TEST_SRC/tools/check-sql
	mkdir -p lib/{edge,store/schema,act} cmd/inventory
}

refused() {
	printf '%s\n' "$2" >"$1"
	run_fail 1 "$check" .
	contains "$output" "$1:1: $3"
	rm "$1"
}

accepted() {
	printf '%s\n' "$2" >"$1"
	run_ok "$check" .
	output_is ""
	rm "$1"
}

@test "this tree keeps the rules" {
	run_ok "$check" "$VDC_TEST_SRC"
	output_is ""
}

@test "what the engines understand differently is refused" {
	refused lib/store/a.c '"SELECT id FROM vms WHERE name LIKE $1"' "LIKE ignores case"
	refused lib/store/a.c '"SELECT id FROM vms WHERE name ILIKE $1"' "LIKE ignores case"
	refused lib/store/a.c '"SELECT $1::BIGINT FROM vms"' "write CAST"
	refused lib/store/a.c '"SELECT group_concat(id) FROM vms"' "only one engine has it"
	refused lib/store/a.c '"SELECT id FROM vms WHERE id = $1 FOR UPDATE"' "only PostgreSQL locks"
	refused lib/store/a.c '"UPDATE vms SET local = TRUE "' "booleans are 0 and 1"
	refused lib/store/a.c '"SELECT id FROM vms WHERE id = ?1"' 'parameters are $1'
	refused lib/store/a.c '"SELECT upper(id) FROM vms"' "the engines differ"
	refused lib/store/a.c '"SELECT \"id\" FROM vms"' "names stand without quotes"
}

@test "a schema has TEXT and BIGINT only" {
	refused lib/store/schema/001_a.sql 'CREATE TABLE a (b BOOLEAN);' "columns are TEXT and BIGINT"
	refused lib/store/schema/001_a.sql 'CREATE TABLE a (b INTEGER);' "columns are TEXT and BIGINT"
	refused lib/store/schema/001_a.sql 'CREATE TABLE "a" (b TEXT);' "names stand without quotes"
	accepted lib/store/schema/001_a.sql 'CREATE TABLE a (b TEXT, c BIGINT); -- INTEGER "x" LIKE'
}

@test "SQL elsewhere is refused" {
	refused lib/act/a.c 'x = "SELECT id FROM vms";' "SQL belongs in lib/store"
	refused cmd/inventory/a.c 'x = "DELETE FROM vms";' "SQL belongs in lib/store"
	accepted lib/edge/db_sqlite.c 'x = "PRAGMA x; SELECT 1::INT FROM vms";'
}

@test "comments and messages are no SQL" {
	accepted lib/store/a.c '/* "SELECT x LIKE y FROM vms" */ x = "nothing like TRUE love";'
	accepted cmd/inventory/a.c 'x = "select the vms to delete from the list"; /* DELETE FROM */'
}
