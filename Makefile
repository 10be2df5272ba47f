# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds everything into $(O), and installs it.  Variables to set: doc/building.md.
# tests/tests.mk has the targets that test; "make help" lists all.

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
PCT_UDEV      ?= $(PREFIX)/lib/udev/rules.d
O             ?= build
PKG_CONFIG    ?= pkg-config
# What runs a program that was built for another machine: its manual pages and tests need that.
EMULATOR      ?=

CFLAGS   ?= -O2 -g
CPPFLAGS += -D_GNU_SOURCE -I. -include lib/base/banned.h
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

# No hook links liblxc, libarchive, jansson or libyaml: each library costs a start a millisecond.
PKGS_HOOK := libmnl blkid
PKGS_NET  := libnl-3.0 libnl-route-3.0 libnftables
PKGS_PCT  := lxc libseccomp libmnl blkid jansson yaml-0.1 libcrypt
PKGS_ALL  := $(PKGS_PCT) libarchive $(PKGS_NET)
# Asked in recipes alone, so that "make clean" and "make help" need no pkg-config; the flags, once.
libs       = $(shell $(PKG_CONFIG) --libs $(1))
cflags     = $(eval cflags := $(shell $(PKG_CONFIG) --cflags $(PKGS_ALL) 2>/dev/null))$(cflags)
CPPFLAGS  += $(cflags)

src   = $(sort $(wildcard $(1)/*.c $(1)/*/*.c $(1)/*/*/*.c))
flat  = $(sort $(wildcard $(1)/*.c))
obj   = $(patsubst %.c,$(O)/obj/%.o,$(1))
LIB   := $(call obj,$(call src,lib) $(call src,setup) $(call src,ct))
HOOKS := $(filter-out hook pct-net pct-dhcp pct-enter pct-start,$(basename $(notdir $(call src,hooks))))
# hooks/net-up.c is liblxc's script.up, the others are lxc.hook.NAME.
hook_name = $(if $(filter net-%,$(1)),lxc.net.$(patsubst net-%,%,$(1)),lxc.hook.$(1))
HOOK_BINS := $(foreach h,$(HOOKS),$(O)/hooks/$(call hook_name,$h))
MAN       := $(patsubst man/%.in,$(O)/man/%,$(wildcard man/*.in))
TABLES    := $(O)/man/tables

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-6s %s\n' $(1) $@;)

all: ## build everything that is installed
all: $(O)/pct $(O)/hooks/pct-create $(O)/hooks/pct-net $(O)/hooks/pct-dhcp $(O)/hooks/pct-enter \
		$(O)/hooks/pct-start $(HOOK_BINS) $(O)/distro-templates

$(O)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Only lib/base/paths.c gets these, so that nothing else holds an old one after make PCT_ETC=...
PATHS  := ETC LIB VZ RUN HOOKS TEMPLATES PROGRAM UNITS
macros := $(foreach v,$(PATHS),-DPCT_$v='"$(PCT_$v)"')
paths  := $(foreach v,$(PATHS),$(PCT_$v))
$(O)/paths: FORCE
	@mkdir -p $(@D)
	@echo '$(paths)' | cmp -s - $@ || echo '$(paths)' > $@
$(O)/obj/lib/base/paths.o: $(O)/paths
$(O)/obj/lib/base/paths.o: CPPFLAGS += $(macros)

# The package's version is the suite's.
VERSION := $(shell sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog)
$(O)/obj/pct/version.o: CPPFLAGS += -DPCT_VERSION='"$(VERSION)"'
$(O)/obj/pct/version.o: debian/changelog

$(O)/libpct.a: $(LIB)
	@rm -f $@
	$(call say,AR)$(AR) rcs $@ $^

# pct has pct-create run the commands that need libarchive: pct/create/create-exec.c.
PCT        := $(call src,pct)
PCT_CREATE := $(wildcard pct/create/create.c pct/distro/*.c)
$(O)/pct: $(call obj,$(filter-out $(PCT_CREATE),$(PCT))) $(O)/libpct.a
	$(call say,LD)$(CC) $(LDFLAGS) -o $@ $^ $(call libs,$(PKGS_PCT))
$(O)/hooks/pct-create: $(call obj,$(filter-out pct/create/create-exec.c,$(PCT))) $(O)/libpct.a
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

# lib/runtime/enter/enter.c has it enter containers.  Static, as nothing of the host's is to be found in there, and
# without what is not needed, as it is copied each time.
ENTER := hooks/pct-enter lib/runtime/enter/enter-user lib/runtime/transfer/transfer-serve \
	lib/rootfs/transfer lib/rootfs/transfer-send lib/rootfs/transfer-receive lib/host/free-space \
	$(addprefix lib/base/,buf err file interrupt utf8 util)
$(O)/hooks/pct-enter: $(ENTER:%=$(O)/obj/static/%.o)
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(filter-out -fsanitize%,$(LDFLAGS)) -static -s -o $@ $^
$(O)/obj/static/%.o: CFLAGS := $(filter-out -fsanitize% -fno-sanitize%,$(CFLAGS))
$(O)/obj/static/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# lib/runtime/runtime.c has it start containers.  It links liblxc alone, and has no symbols, as it is
# copied each time.
$(O)/hooks/pct-start: $(O)/obj/hooks/pct-start.o $(O)/libpct.a
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(LDFLAGS) -s -o $@ $^ $(call libs,lxc)

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
$(O)/man/tables: $(O)/obj/man/tables.o $(call obj,$(filter-out pct/create/create-exec.c pct/main.c,$(PCT))) $(O)/libpct.a
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(LDFLAGS) -o $@ $^ $(call libs,$(PKGS_ALL))

# Beside the program, where lib/base/paths.c looks first.
$(O)/distro-templates:
	@mkdir -p $(@D)
	$(Q)ln -sfn ../distro-templates $@

install: all ## install it: PREFIX=/usr/local DESTDIR=
	install -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(PCT_HOOKS) $(DESTDIR)$(PCT_TEMPLATES)
	install -m 755 $(O)/pct $(DESTDIR)$(SBINDIR)/pct
	install -m 755 $(O)/hooks/pct-create $(O)/hooks/pct-net \
		$(O)/hooks/pct-dhcp $(O)/hooks/pct-enter $(O)/hooks/pct-start $(HOOK_BINS) \
		$(DESTDIR)$(PCT_HOOKS)
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
	for unit in pct@ pct-autostart pct-net-repair; do \
		sed 's|@SBINDIR@|$(SBINDIR)|; s|@RUN@|$(PCT_RUN)|' systemd/$$unit.service.in \
			>$(DESTDIR)$(PCT_UNITS)/$$unit.service || exit 1; \
	done
	install -D -m 644 -t $(DESTDIR)$(PCT_UDEV) udev/90-pct.rules

clean: ## remove $(O)
	rm -rf $(O)

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):[^#]*## \(.*\)/\1\t\2/p' Makefile tests/tests.mk | expand -t 14

include tests/tests.mk
-include $(shell find $(O)/obj -name '*.d' 2>/dev/null)
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: FORCE all install clean help
