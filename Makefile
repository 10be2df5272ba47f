# SPDX-License-Identifier: LGPL-2.1-or-later
# Everything is built into $(O).  Variables to set: README.md, "Building".

PREFIX        ?= /usr/local
SBINDIR       ?= $(PREFIX)/sbin
LIBEXECDIR    ?= $(PREFIX)/libexec
DATADIR       ?= $(PREFIX)/share
MANDIR        ?= $(DATADIR)/man
DOCDIR        ?= $(DATADIR)/doc/pct
BASHCOMPDIR   ?= $(DATADIR)/bash-completion/completions
ZSHCOMPDIR    ?= $(DATADIR)/zsh/site-functions
FISHCOMPDIR   ?= $(DATADIR)/fish/vendor_completions.d
PCT_HOOKS     ?= $(LIBEXECDIR)/pct
PCT_TEMPLATES ?= $(DATADIR)/pct/distro-templates
PCT_PROGRAM   ?= $(SBINDIR)/pct
PCT_ETC       ?= /etc/pve
PCT_LIB       ?= /var/lib/lxc
PCT_VZ        ?= /var/lib/vz
PCT_RUN       ?= /run
PCT_UNITS     ?= $(PREFIX)/lib/systemd/system
O             ?= build
PKG_CONFIG    ?= pkg-config
# What runs a program that was built for another machine: its manual pages and tests need that.
EMULATOR      ?=

CFLAGS   ?= -O2 -g
CPPFLAGS += -D_GNU_SOURCE -I. -include lib/base/banned.h
PATHS     = ETC LIB VZ RUN HOOKS TEMPLATES PROGRAM UNITS
CPPFLAGS += $(foreach v,$(PATHS),-DPCT_$v='"$(PCT_$v)"')
CFLAGS   += -std=gnu11 -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes -Wshadow -Wvla \
            -Wwrite-strings -Wformat=2 -Wno-format-nonliteral -Wno-unknown-pragmas \
            -ffunction-sections -fdata-sections -fstack-protector-strong
LDFLAGS  += -Wl,--gc-sections -Wl,--as-needed
ifdef WERROR
CFLAGS   += -Werror
endif
ifdef SANITIZE
O        := $(O)$(if $(findstring fuzzer,$(SANITIZE)),-fuzz,-sanitize)
CFLAGS   += -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
LDFLAGS  += -fsanitize=$(SANITIZE)
endif

# No hook links liblxc, libarchive or jansson: each library costs a start a millisecond.
PKGS_HOOK := libmnl blkid
PKGS_NET  := libnl-3.0 libnl-route-3.0 libnftables
PKGS_PCT  := lxc libseccomp libmnl blkid jansson libcrypt
PKGS_ALL  := $(PKGS_PCT) libarchive $(PKGS_NET)
PKGS_TEST := cmocka
libs       = $(shell $(PKG_CONFIG) --libs $(1))
CPPFLAGS  += $(shell $(PKG_CONFIG) --cflags $(PKGS_ALL) 2>/dev/null)

src   = $(sort $(wildcard $(1)/*.c $(1)/*/*.c))
flat  = $(sort $(wildcard $(1)/*.c))
obj   = $(patsubst %.c,$(O)/obj/%.o,$(1))
LIB   := $(call obj,$(call src,lib) $(call src,setup) $(call src,ct))
HOOKS := $(filter-out hook pct-net pct-dhcp pct-enter,$(basename $(notdir $(call src,hooks))))
# hooks/net-up.c is liblxc's script.up, the others are lxc.hook.NAME.
hook_name = $(if $(filter net-%,$(1)),lxc.net.$(patsubst net-%,%,$(1)),lxc.hook.$(1))
HOOK_BINS := $(foreach h,$(HOOKS),$(O)/hooks/$(call hook_name,$h))
UNIT      := $(patsubst tests/unit/%.c,$(O)/tests/%,$(call flat,tests/unit))
FUZZ      := $(patsubst tests/fuzz/%.c,$(O)/fuzz/%,$(call flat,tests/fuzz))
FAULTS    := $(O)/faults/tracer $(O)/faults/powerloss
HOSTILE   := $(addprefix $(O)/hostile/,once race untar open-root.so prey grab loader loaded)
HOSTILE   += $(O)/hostile/gap.so
MAN       := $(patsubst man/%.in,$(O)/man/%,$(wildcard man/*.in))
TABLES    := $(O)/man/tables
BENCH     := $(patsubst tests/bench/%.c,$(O)/bench/%,$(call flat,tests/bench))

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-6s %s\n' $(1) $@;)

all: $(O)/pct $(O)/hooks/pct-create $(O)/hooks/pct-net $(O)/hooks/pct-dhcp $(O)/hooks/pct-enter \
		$(HOOK_BINS) $(O)/distro-templates

$(O)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# make PREFIX=... after a build for another one compiles the paths anew.
paths := $(foreach v,$(PATHS),$(PCT_$v))
$(O)/paths: FORCE
	@mkdir -p $(@D)
	@echo '$(paths)' | cmp -s - $@ || echo '$(paths)' > $@
$(O)/obj/lib/base/paths.o: $(O)/paths

$(O)/libpct.a: $(LIB)
	@rm -f $@
	$(call say,AR)$(AR) rcs $@ $^

# pct has pct-create run the commands that need libarchive: pct/create-exec.c.
PCT        := $(call src,pct)
PCT_CREATE := $(wildcard pct/create.c pct/distro*.c)
$(O)/pct: $(call obj,$(filter-out $(PCT_CREATE),$(PCT))) $(O)/libpct.a
	$(call say,LD)$(CC) $(LDFLAGS) -o $@ $^ $(call libs,$(PKGS_PCT))
$(O)/hooks/pct-create: $(call obj,$(filter-out pct/create-exec.c,$(PCT))) $(O)/libpct.a
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(LDFLAGS) -o $@ $^ $(call libs,$(PKGS_ALL))

# lxc.net.up has it set rates and filters where a network has them: hooks/pct-net.c.
$(O)/hooks/pct-net: $(O)/obj/hooks/pct-net.o $(O)/libpct.a
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(LDFLAGS) -o $@ $^ $(call libs,$(PKGS_HOOK) $(PKGS_NET))

# lib/net/host-managed.c has it keep a DHCP client where the host manages a network.
$(O)/hooks/pct-dhcp: $(O)/obj/hooks/pct-dhcp.o $(O)/libpct.a
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(LDFLAGS) -o $@ $^ $(call libs,$(PKGS_HOOK))

# lib/runtime/enter.c has it enter containers.  Static, as nothing of the host's is to be found in there, and
# without what is not needed, as it is copied each time.
$(O)/hooks/pct-enter: $(O)/obj/hooks/pct-enter.o
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(filter-out -fsanitize%,$(LDFLAGS)) -static -s -o $@ $^
$(O)/obj/hooks/pct-enter.o: CFLAGS := $(filter-out -fsanitize% -fno-sanitize%,$(CFLAGS))

define hook_rule
$(O)/hooks/$(call hook_name,$(1)): $(O)/obj/hooks/$(1).o $(O)/obj/hooks/hook.o $(O)/libpct.a
	@mkdir -p $$(@D)
	$$(call say,LD)$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(call libs,$$(PKGS_HOOK))
endef
$(foreach h,$(HOOKS),$(eval $(call hook_rule,$h)))

all: $(MAN)
# Manual pages have their tables from the program that prints them.
$(O)/man/%: man/%.in $(TABLES)
	$(call say,MAN)$(EMULATOR) $(TABLES) $< > $@
$(O)/man/tables: $(O)/obj/man/tables.o $(call obj,$(filter-out pct/create-exec.c pct/main.c,$(PCT))) $(O)/libpct.a
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(LDFLAGS) -o $@ $^ $(call libs,$(PKGS_ALL))
$(O)/obj/man/tables.o: $(O)/paths

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
$(O)/hostile/prey $(O)/hostile/grab $(O)/hostile/loaded: $(O)/hostile/%: tests/hostile/%.c lib/base/util.c lib/base/utf8.c
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

# Beside the program, where lib/base/paths.c looks first.
$(O)/distro-templates:
	@mkdir -p $(@D)
	$(Q)ln -sfn ../distro-templates $@

install: all
	install -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(PCT_HOOKS) $(DESTDIR)$(PCT_TEMPLATES)
	install -m 755 $(O)/pct $(DESTDIR)$(SBINDIR)/pct
	install -m 755 $(O)/hooks/pct-create $(O)/hooks/pct-net \
		$(O)/hooks/pct-dhcp $(O)/hooks/pct-enter $(HOOK_BINS) $(DESTDIR)$(PCT_HOOKS)
	cp -R distro-templates/. $(DESTDIR)$(PCT_TEMPLATES)
	for page in $(MAN); do \
		install -D -m 644 -t $(DESTDIR)$(MANDIR)/man$${page##*.} $$page || exit 1; \
	done
	install -D -m 644 completion/pct.bash $(DESTDIR)$(BASHCOMPDIR)/pct
	install -D -m 644 -t $(DESTDIR)$(ZSHCOMPDIR) completion/_pct
	install -D -m 644 -t $(DESTDIR)$(FISHCOMPDIR) completion/pct.fish
	install -D -m 644 -t $(DESTDIR)$(DOCDIR) README.md LICENSE
	install -D -m 644 -t $(DESTDIR)$(DOCDIR)/doc doc/*.md doc/*.svg
	install -d $(DESTDIR)$(PCT_UNITS)
	for unit in pct@ pct-autostart; do \
		sed 's|@SBINDIR@|$(SBINDIR)|; s|@RUN@|$(PCT_RUN)|' systemd/$$unit.service.in \
			>$(DESTDIR)$(PCT_UNITS)/$$unit.service || exit 1; \
	done

unit: $(UNIT)
	$(Q)for t in $(UNIT); do $(EMULATOR) $$t || exit 1; done

# All that is compiled, and the tests' programs.
programs: all $(UNIT) $(FUZZ) $(FAULTS) $(HOSTILE) $(BENCH)

# Each installs what it needs, so the build has to follow in a make of its own.
check live golden:
	tests/deps
	$(Q)$(MAKE) --no-print-directory all $(UNIT) $(FUZZ) $(FAULTS) $(HOSTILE)
	$(Q)O=$(O) tests/run $(TESTS)
live: TESTS ?= live/
golden: TESTS ?= setup

# The quick ones are in "make check", too; the analyzers and valgrind take minutes.
lint:
	tests/deps clang-tidy cppcheck valgrind
	$(Q)$(MAKE) --no-print-directory all $(UNIT)
	$(Q)O=$(O) tests/run lint/
	$(Q)$(MAKE) --no-print-directory -k analyze
	$(Q)O=$(O) tests/valgrind
	$(Q)$(MAKE) --no-print-directory SANITIZE=address,undefined golden
	$(Q)$(MAKE) --no-print-directory SANITIZE=address,undefined unit

ANALYZE := $(foreach d,lib setup ct hooks pct,$(call src,$d))
ANALYZE_H := $(wildcard lib/*/*.h setup/*.h setup/*/*.h ct/*.h hooks/*.h pct/*.h)
analyze: $(O)/analyze/cppcheck $(patsubst %.c,$(O)/analyze/%.gcc,$(ANALYZE)) \
		$(patsubst %.c,$(O)/analyze/%.tidy,$(ANALYZE))
	@echo "analyze: $(words $(ANALYZE)) files by gcc, clang-tidy and cppcheck, no finding"

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

# T seconds for each format; TESTS=FORMAT for one of them.
fuzz: T ?= 60
fuzz:
	tests/deps clang-14 libclang-rt-14-dev libfuzzer-14-dev
	$(Q)$(MAKE) --no-print-directory CC=clang-14 SANITIZE=fuzzer-no-link,address,undefined fuzzers
	$(Q)O=$(O)-fuzz T=$(T) tests/fuzz/run $(TESTS)
fuzzers: $(FUZZ)

# Every fault at every call, every power loss, and T seconds of 32 processes at once.  doc/faults.md.
faults: T ?= 300
faults:
	tests/deps
	$(Q)$(MAKE) --no-print-directory all $(FAULTS)
	$(Q)O=$(O) T=$(T) FULL=--full tests/run $(or $(TESTS),faults/)

# All of a hostile rootfs, archive and run folder; a short form of it is in "make check".
hostile:
	tests/deps
	$(Q)$(MAKE) --no-print-directory all $(HOSTILE)
	$(Q)O=$(O) FULL=--full tests/run $(or $(TESTS),hostile/)

bench:
	tests/deps
	$(Q)$(MAKE) --no-print-directory all $(BENCH)
	$(Q)O=$(O) bash tests/bench/run.sh

# Every skeleton and case by the programs that read the files, and full boots; doc/consumers.md.
# Then every template that the recipes can build, changes of networks while they run, Open vSwitch.
consumers:
	tests/deps
	tests/deps-consumers
	$(Q)$(MAKE) --no-print-directory all
	$(Q)O=$(O) tests/consumers/boots.sh; boots=$$?; \
	O=$(O) tests/consumers/run.sh --doc doc/consumers.md && \
	O=$(O) tests/consumers/recipes.sh && O=$(O) tests/consumers/live.sh && \
	O=$(O) tests/consumers/ovs.sh && exit $$boots

# In emulated machines: systemd as PID 1, cgroup v2 alone, AppArmor, VLANs.  RELEASES=12 for one.
vmcheck:
	tests/deps-vm
	$(Q)$(MAKE) --no-print-directory all $(HOSTILE)
	$(Q)O=$(O) TESTS='$(TESTS)' tests/vm/run.sh $(RELEASES)

# Of the commit that is checked out, with lintian's opinion; SUITE=trixie: in a tree of that.
deb:
	tests/deps debhelper lintian systemd
	$(Q)O=$(O) tests/package/build.sh $(O)/deb$(addprefix -,$(SUITE)) $(SUITE)

# One commit, built in two folders: the same bytes.
reproducible:
	tests/deps debhelper lintian systemd
	$(Q)O=$(O) tests/package/reproducible.sh $(SUITE)

# Built for another machine in a tree of Debian 12; its unit and golden tests are emulated.
arm64:
	tests/deps debian-archive-keyring
	$(Q)O=$(O) tests/package/cross.sh $(TESTS)

demo:
	tests/deps
	$(Q)$(MAKE) --no-print-directory all
	$(Q)O=$(O) bash tests/demo.sh

clean:
	rm -rf $(O)

-include $(shell find $(O)/obj -name '*.d' 2>/dev/null)
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: FORCE all install programs unit check live lint analyze golden fuzz fuzzers faults hostile bench consumers vmcheck deb reproducible arm64 demo clean
