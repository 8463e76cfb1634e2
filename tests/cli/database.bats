# Each test file of this folder runs on both databases; each test gets its own.
load ../lib/common

setup() {
	common_setup
	new_database
}

teardown() {
	common_teardown
}

@test "a new database is empty" {
	case $VDC_TEST_DB in
	sqlite) run_ok database_sql "SELECT count(*) FROM sqlite_master" ;;
	postgres) run_ok database_sql "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'" ;;
	esac
	output_is 0
}

@test "two databases of one test are two" {
	database_sql "CREATE TABLE a (x TEXT)"
	new_database
	database_sql "CREATE TABLE a (x TEXT)"
}

@test "SQLite compares bytes, and the server, unless it is told to, does not" {
	case $VDC_TEST_DB in
	sqlite)
		run_ok database_sql "SELECT 'a' < 'B'"
		output_is 0
		;;
	postgres)
		run_ok database_sql "SELECT 'a' < 'B', 'a' COLLATE \"C\" < 'B'"
		output_is "t|f"
		;;
	esac
}

@test "databases are gone after the test" {
	[ "$VDC_TEST_DB" = postgres ] || skip "a file in the test's folder"
	new_database
	drop_databases
	run_ok server_sql "SELECT count(*) FROM pg_database WHERE datname LIKE 't\_$$\_%'"
	output_is 0
}
