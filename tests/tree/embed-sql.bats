# Migrations are embedded as they are, in order, and without a gap.
load ../lib/common

setup() {
	common_setup
	embed=$VDC_TEST_SRC/tools/embed-sql
	mkdir schema
	printf 'CREATE TABLE a (x TEXT) -- "\\n" %%s\n' >schema/001_first.sql
	printf 'SELECT 1;\n\nSELECT 2;\n' >schema/002_second_one.sql
}

@test "what comes out of the compiler is what went in" {
	"$embed" schema/002_second_one.sql schema/001_first.sql >m.c
	printf '%s\n' '#include <stdio.h>' '#include "m.c"' 'int main(void) {' \
		'for (const struct vdc_migration *m = vdc_migrations; m->sql; m++)' \
		'	printf("%d %s\n%s", m->version, m->name, m->sql);' '}' >main.c
	gcc -Wall -Werror -I"$VDC_TEST_SRC/lib" -o main main.c
	run_ok ./main
	output_is "1 first
$(cat schema/001_first.sql)
2 second_one
$(cat schema/002_second_one.sql)"
}

@test "a gap is refused" {
	mv schema/002_second_one.sql schema/003_second_one.sql
	run_fail 1 "$embed" schema/*
	contains "$stderr" "003_second_one.sql: migration 2 comes next"
}

@test "a number that comes twice is refused" {
	touch schema/001_again.sql
	run_fail 1 "$embed" schema/*
	contains "$stderr" "migration 2 comes next"
}

@test "a name of another form is refused" {
	mv schema/002_second_one.sql schema/2-second.sql
	run_fail 1 "$embed" schema/*
	contains "$stderr" "2-second.sql: the name is not NNN_name.sql"
}
