# The arrows of the house go down only (tools/check-layers), and the check itself sees.
load ../lib/common

setup() {
	common_setup
	check=$VDC_TEST_SRC/tools/check-layers
	mkdir -p lib/{base,edge,model,doc,store,plan,act,cli} cmd/inventory
}

source_with() {
	printf '#include %s\n' "${@:2}" >"$1"
}

refused() {
	source_with "$1" "$2"
	run_fail 1 "$check" .
	contains "$output" "$1:1: $3"
}

accepted() {
	source_with "$@"
	run_ok "$check" .
	output_is ""
}

@test "this tree keeps its layers" {
	run_ok "$check" "$VDC_TEST_SRC"
	output_is ""
}

@test "an upward include is refused" {
	refused lib/base/a.c '"model/vm.h"' "base may not include model"
}

@test "plan reaches model and base and nothing else" {
	accepted lib/plan/a.c '"model/vm.h"' '"base/err.h"' '"plan/b.h"' '"b.h"' '<string.h>'
	refused lib/plan/a.c '"edge/xml.h"' "plan may not include edge"
	refused lib/plan/a.c '"store/vm.h"' "plan may not include store"
	refused lib/plan/a.c '<time.h>' "plan is pure"
	refused lib/plan/a.c '<sys/socket.h>' "plan is pure"
}

@test "a command does not reach the edge" {
	accepted cmd/inventory/main.c '"cli/main.h"' '"store/vm.h"' '"list.h"'
	refused cmd/inventory/main.c '"edge/libvirt.h"' "cmd may not include edge"
}

@test "store does not reach its neighbours" {
	refused lib/store/a.c '"plan/fence.h"' "store may not include plan"
	refused lib/store/a.h '"act/job.h"' "store may not include act"
}

@test "a third-party header stays behind its edge file" {
	accepted lib/edge/libvirt_domain.c '<libvirt/libvirt.h>' '<errno.h>'
	rm lib/edge/libvirt_domain.c
	refused lib/edge/xml_reader.c '<libvirt/libvirt.h>' "<libvirt/libvirt.h> belongs behind"
	refused lib/edge/xml_reader.c '<libpq-fe.h>' "<libpq-fe.h> belongs behind"
}

@test "a header that nobody fences is refused" {
	refused lib/edge/xml.c '<glib.h>' "<glib.h> is fenced by no file"
}

@test "ways around are refused" {
	refused lib/base/a.c '"../model/vm.h"' '"../model/vm.h" is no header of lib/'
	refused lib/base/a.c 'HEADER' "include of a macro"
	rm lib/base/a.c
	mkdir lib/util
	refused lib/util/a.c '<errno.h>' "no layer of this name"
}
