# SPDX-License-Identifier: LGPL-2.1-or-later
# Included by the Makefile: the targets that test the suite, and their programs.

PKGS_TEST := cmocka
UNIT    := $(patsubst tests/unit/%.c,$(O)/tests/%,$(call flat,tests/unit))
FUZZ    := $(patsubst tests/fuzz/%.c,$(O)/fuzz/%,$(call flat,tests/fuzz))
FAULTS  := $(O)/faults/tracer $(O)/faults/powerloss
HOSTILE := $(addprefix $(O)/hostile/,once race untar open-root.so prey grab loader loaded gap.so calls)
BENCH   := $(patsubst tests/bench/%.c,$(O)/bench/%,$(call flat,tests/bench))

# ---- packages ----

deps: ## install what the targets below need, with apt-get; DEPS=no: install nothing
	$(if $(filter no,$(DEPS)),@:,$(Q)tests/deps $(SETS))
# A recipe first installs packages, $(call needs,SET), and then builds in a make of its own: this one
# has looked for headers and libraries before they were there.
needs   = $(Q)$(MAKE) --no-print-directory deps SETS='$(1)'
submake = $(Q)$(MAKE) --no-print-directory

# ---- what "make check" runs, and parts of it ----

# Without a test run: all that is compiled.
programs: all $(UNIT) $(FUZZ) $(FAULTS) $(HOSTILE) $(BENCH)

check: ## all tests; TESTS="live/exec cli/": only tests whose names contain one of these words
golden: ## compare the files that setup writes
live: ## real containers
check live golden:
	$(call needs)
	$(submake) all $(UNIT) $(FUZZ) $(FAULTS) $(HOSTILE)
	$(Q)O=$(O) tests/run $(TESTS)
live: TESTS ?= live/
golden: TESTS ?= golden/

unit: $(UNIT) ## the unit tests, as any user
	$(Q)for t in $(UNIT); do $(EMULATOR) $$t || exit 1; done

demo: ## show a container from template to shell, then remove it
	$(call needs)
	$(submake) all
	$(Q)O=$(O) bash tests/demo.sh

# ---- analyzers ----

# The quick ones are in "make check", too; the analyzers and valgrind take minutes.
lint: ## style, analyzers, valgrind, sanitizers
	$(call needs,lint)
	$(submake) all $(UNIT)
	$(Q)O=$(O) tests/run lint/
	$(submake) -k analyze
	$(Q)O=$(O) tests/valgrind
	$(submake) SANITIZE=address,undefined golden
	$(submake) SANITIZE=address,undefined unit

ANALYZE   := $(foreach d,lib setup ct hooks pct,$(call src,$d))
ANALYZE_H := $(foreach d,lib setup ct hooks pct,$(wildcard $d/*.h $d/*/*.h $d/*/*/*.h))
analyze: $(O)/analyze/cppcheck $(patsubst %.c,$(O)/analyze/%.gcc,$(ANALYZE)) \
		$(patsubst %.c,$(O)/analyze/%.tidy,$(ANALYZE))
	@echo "analyze: $(words $(ANALYZE)) files by gcc, clang-tidy and cppcheck, no finding"
$(O)/analyze/lib/base/paths.gcc $(O)/analyze/lib/base/paths.tidy: CPPFLAGS += $(macros)

# Left out, as gcc 12 does not know __attribute__((cleanup)), and clang-tidy sees these better:
# uninitialized values and null pointers.
$(O)/analyze/%.gcc: %.c $(ANALYZE_H)
	@mkdir -p $(@D)
	$(call say,GCC)gcc $(CPPFLAGS) $(CFLAGS) -Werror -fanalyzer -Wno-analyzer-null-dereference \
		-Wno-analyzer-use-of-uninitialized-value -Wno-analyzer-null-argument -c -o $@ $<
# It loses what is stored at v[i], for strv_push() and strv_split().
$(O)/analyze/lib/base/util.gcc: CFLAGS += -Wno-analyzer-malloc-leak

# Which checks, and why not the others: .clang-tidy
$(O)/analyze/%.tidy: %.c $(ANALYZE_H) .clang-tidy
	@mkdir -p $(@D)
	$(call say,TIDY)clang-tidy -quiet $< -- $(CPPFLAGS) -std=gnu11 >$@.log 2>&1 || \
		{ cat $@.log && false; }
	@touch $@

# Left out, as matters of taste: variables are declared where a block begins, and an empty loop has
# a "continue".  It does not know __attribute__((cleanup)), which reads a variable.
$(O)/analyze/cppcheck: $(ANALYZE) $(ANALYZE_H)
	@mkdir -p $(@D)
	$(call say,CPPCHK)cppcheck --quiet --error-exitcode=1 --enable=warning,style,performance,portability \
		--suppress=variableScope --suppress=redundantContinue --suppress=unreadVariable \
		--suppress=unusedStructMember --std=c11 -D_GNU_SOURCE -I. $(ANALYZE)
	@touch $@

# ---- longer runs ----

# TESTS=FORMAT for one of them.
fuzz: T ?= 60
fuzz: ## each parser of untrusted input under libFuzzer, for T=60 seconds
	$(call needs,fuzz)
	$(submake) CC=clang-14 SANITIZE=fuzzer-no-link,address,undefined fuzzers
	$(Q)O=$(O)-fuzz T=$(T) tests/fuzz/run $(TESTS)
fuzzers: $(FUZZ)

# doc/faults.md; T seconds of 32 processes at once.
faults: T ?= 300
faults: ## failing system calls, power loss, many commands at once; takes an hour
	$(call needs)
	$(submake) all $(FAULTS)
	$(Q)O=$(O) T=$(T) FULL=--full tests/run $(or $(TESTS),faults/)

# A short form of it is in "make check".
hostile: ## all attacks by a root file system, an archive, a process; all damaged configs
	$(call needs)
	$(submake) all $(HOSTILE)
	$(Q)O=$(O) FULL=--full tests/run $(or $(TESTS),hostile/ live/states live/cycles)

bench: ## measurements against plain liblxc and tar
	$(call needs)
	$(submake) all $(BENCH)
	$(Q)O=$(O) bash tests/bench/run.sh

# Every skeleton and case by the programs that read the files, and full boots; doc/consumers.md.
# Then every template that the recipes can build, changes of networks while they run, cloud-init,
# Open vSwitch, a database whose data outlive its container, and each live change compared with a start.
consumers: ## the programs that read network files, on the files that setup writes
	$(call needs,consumers)
	$(submake) all
	$(Q)failed=''; \
	part() { echo "# $$1"; O=$(O) "tests/$$@" || failed="$$failed $$1"; }; \
	part consumers/boots.sh; part consumers/run.sh --doc doc/consumers.md; \
	part consumers/recipes.sh; part consumers/live.sh; part consumers/cloud-init.sh; \
	part consumers/ovs.sh; part consumers/postgresql.sh; \
	part live/set-like-start.sh --full; \
	[ -z "$$failed" ] || { echo "these failed:$$failed"; exit 1; }

vmcheck: ## emulated machines: systemd, cgroup v2 only, AppArmor, VLANs; RELEASES=12: one release
	$(call needs,vm)
	$(submake) all $(HOSTILE)
	$(Q)O=$(O) TESTS='$(TESTS)' tests/vm/run.sh $(RELEASES)

# The machine's tree is made once: it takes up to half an hour to compile ZFS for its kernel.
vm-zfs: ## an emulated machine with ZFS: Debian 12; RELEASES=13: another release
	$(call needs,vm)
	$(submake) all $(HOSTILE)
	$(Q)O=$(O) TESTS='$(or $(TESTS),vm/guest/zfs)' tests/vm/run.sh $(addsuffix -zfs,$(or $(RELEASES),12))

vm-ceph: ## an emulated machine with Ceph: Debian 12; RELEASES=13: another release
	$(call needs,vm)
	$(submake) all $(HOSTILE)
	$(Q)O=$(O) TESTS='$(or $(TESTS),vm/guest/rbd)' tests/vm/run.sh $(addsuffix -ceph,$(or $(RELEASES),12))

# ---- packages of the commit that is checked out ----

deb: ## the Debian packages, with lintian's opinion; SUITE=trixie: in a tree of that
	$(call needs,deb)
	$(Q)O=$(O) tests/package/build.sh $(O)/deb$(addprefix -,$(SUITE)) $(SUITE)

reproducible: ## build them twice, in two folders, and compare
	$(call needs,deb)
	$(Q)O=$(O) tests/package/reproducible.sh $(SUITE)

arm64: ## build for arm64 in a tree of Debian 12; unit and golden tests are emulated
	$(call needs,arm64)
	$(Q)O=$(O) tests/package/cross.sh $(TESTS)

# ---- the tests' programs ----

$(O)/bench/%: $(O)/obj/tests/bench/%.o $(O)/libpct.a
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(LDFLAGS) -o $@ $^ $(call libs,$(PKGS_ALL))

$(O)/faults/tracer: $(patsubst %,$(O)/obj/tests/faults/%.o,tracer calls inject) $(O)/libpct.a
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(LDFLAGS) -o $@ $^
$(O)/faults/powerloss: $(O)/obj/tests/faults/powerloss.o $(O)/libpct.a
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(LDFLAGS) -o $@ $^ $(call libs,fuse3)
$(O)/obj/tests/faults/powerloss.o: CPPFLAGS += $(shell $(PKG_CONFIG) --cflags fuse3)

$(O)/tests/%: $(O)/obj/tests/unit/%.o $(O)/libpct.a
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(LDFLAGS) -o $@ $^ $(call libs,$(PKGS_TEST) $(PKGS_ALL))

$(O)/hostile/%: $(O)/obj/tests/hostile/%.o $(O)/libpct.a
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(LDFLAGS) -o $@ $^ $(call libs,$(PKGS_ALL))
# Preloaded, so without a sanitizer of its own.
$(O)/hostile/%.so: tests/hostile/%.c
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(CPPFLAGS) $(filter-out -fsanitize%,$(CFLAGS)) -shared -fPIC -o $@ $<

# Static, as they run in containers; so without a sanitizer, too.
$(O)/hostile/prey: $(wildcard tests/hostile/prey-*.c) tests/hostile/prey.h
$(addprefix $(O)/hostile/,prey grab loaded calls): $(O)/hostile/%: tests/hostile/%.c lib/base/util.c lib/base/utf8.c
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(CPPFLAGS) $(filter-out -fsanitize%,$(CFLAGS)) -static -pthread -o $@ \
		$(filter %.c,$^)
$(O)/hostile/loader: tests/hostile/loader.c
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(CPPFLAGS) -O2 -std=gnu11 -Wall -Wextra -ffreestanding \
		-fno-stack-protector -static -no-pie -fno-pie -nostdlib -o $@ $<

# Under libFuzzer it brings main() itself.
FUZZ_MAIN := $(if $(findstring fuzzer,$(SANITIZE)),,$(O)/obj/tests/fuzz/common/replay.o)
$(O)/fuzz/%: $(O)/obj/tests/fuzz/%.o $(O)/obj/tests/fuzz/common/fuzz.o $(FUZZ_MAIN) $(O)/libpct.a
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(LDFLAGS) $(if $(FUZZ_MAIN),,-fsanitize=fuzzer) -o $@ $^ $(call libs,$(PKGS_ALL))
$(O)/obj/tests/fuzz/%.o: CFLAGS += -Wno-unused-function

.PHONY: deps programs check live golden unit demo lint analyze fuzz fuzzers faults hostile bench \
	consumers vmcheck vm-zfs vm-ceph deb reproducible arm64
