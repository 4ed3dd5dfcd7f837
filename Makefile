# pinhole: one Makefile, everything it makes goes to build/. SPDX-License-Identifier: MIT
VERSION := 0.1.0
CC ?= cc
OBJCOPY ?= objcopy
OBJDUMP ?= objdump
BUILD ?= build
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
# Warnings end a build only where a developer asks for it (WERROR=yes; make check does so): a release must build with compilers
# that are newer than the release.
WERROR ?=
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wno-unknown-warning-option -Wno-format-truncation
CFLAGS ?= -O2 -g
LIBRARIES := jansson libelf libunwind-generic capstone
# Demangles names of C++ and Rust; LIBIBERTY=/a/path/libiberty.a where the compiler would not find it.
LIBIBERTY ?= -liberty

# A missing library is a message, not a compiler error; set-up and cleaning must work without any.
ifeq ($(filter setup demo check check-browser check-consumers check-aarch64 aarch64 check-warnings consumers browser check-fleet fleet clean format includes dist,$(MAKECMDGOALS)),)
ifeq ($(shell command -v pkg-config 2>/dev/null),)
$(error pkg-config is missing: run tools/dev/setup)
endif
MISSING := $(foreach l,$(LIBRARIES),$(if $(shell pkg-config --exists $(l) || echo no),$(l)))
# It has no pkg-config file: a compiler that finds it says where.
ifeq ($(LIBIBERTY)$(findstring /,$(shell $(CC) -print-file-name=libiberty.a 2>/dev/null)),-liberty)
MISSING += libiberty
endif
ifneq ($(strip $(MISSING)),)
$(error missing libraries: $(MISSING): run tools/dev/setup)
endif
endif
# Position-independent for libpinhole.a, which shared objects link; hidden, so that calls between files need no table.
FLAGS := -std=gnu11 -D_GNU_SOURCE -I. -fPIC -fvisibility=hidden $(WARNINGS) $(CPPFLAGS) $(CFLAGS) $(SANITIZE) $(shell pkg-config --cflags $(LIBRARIES) 2>/dev/null)
ERRORS = $(if $(filter-out no 0,$(WERROR)),-Werror)
ALL_CFLAGS = -DPINHOLE_VERSION='"$(VERSION)"' $(FLAGS) $(ERRORS)
LIBS := $(shell pkg-config --libs $(LIBRARIES) 2>/dev/null) $(LIBIBERTY) -lm

comma := ,
space := $(subst x,,x x)
sources = $(sort $(shell find $(1) -name '*.c'))
POLICIES := $(call sources,policies)
GENERATOR := $(call sources,generator)
TRACER := $(call sources,tracer)
TOOLS := $(filter-out tools/library/%,$(call sources,tools))
LIBRARY := $(patsubst %.c,$(BUILD)/%.o,$(POLICIES) $(GENERATOR))
# What of the tracer is built for tests of its own: it reads files from outside.
SYMBOLS := $(addprefix tracer/symbols/,elf.c debug_file.c demangle.c symbols.c)
CODE := $(call sources,tracer/reach)
PROC := tracer/process/proc.c tracer/process/proc_text.c tracer/symbols/maps.c
EVENT_OBJECTS := $(addprefix $(BUILD)/tracer/ptrace/,event.o stop.o)
UNITS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/test_*.c))
PROGRAMS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/programs/*.c))
FUZZERS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/fuzz_*.c))

.SECONDARY:
.PHONY: FORCE all static setup demo quick check check-debian check-debian13 check-ltp check-portable check-browser check-consumers check-aarch64 aarch64 check-warnings consumers browser check-fleet fleet \
	unit e2e programs asan fuzz prove includes format tables confidence bench bench-filter bench-growth bench-tool soak survival clean install deb dist

all: $(BUILD)/pinhole $(BUILD)/libpinhole.a $(BUILD)/libpinhole.so

$(BUILD)/pinhole: $(LIBRARY) $(patsubst %.c,$(BUILD)/%.o,$(TRACER) $(TOOLS))
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# The command with all libraries in it, for images and machines that have none.
static: $(BUILD)/static/pinhole
$(BUILD)/static/pinhole: $(LIBRARY) $(patsubst %.c,$(BUILD)/%.o,$(TRACER) $(TOOLS))
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -static -s -o $@ $^ $(shell pkg-config --static --libs $(LIBRARIES) 2>/dev/null) $(LIBIBERTY) -lm

# With -flto among a packager's flags the compiler makes that object: ld alone would leave what is no machine code yet.
ONE_OBJECT = $(LD) -r
ifneq ($(findstring -flto,$(CFLAGS)),)
ONE_OBJECT = $(CC) $(CFLAGS) -r -nostdlib $(if $(findstring clang,$(shell $(CC) --version)),,-flinker-output=nolto-rel)
endif
# The library: one object of which only pinhole_… can be seen, so that no name of ours meets one of the program's.
$(BUILD)/libpinhole.a: $(BUILD)/tools/library/pinhole.o $(LIBRARY)
	rm -f $@ $(BUILD)/tools/library/parts.a
	$(AR) cr $(BUILD)/tools/library/parts.a $(LIBRARY)
	$(ONE_OBJECT) -o $(BUILD)/tools/library/whole.o $(BUILD)/tools/library/pinhole.o $(BUILD)/tools/library/parts.a
	$(OBJCOPY) --wildcard --keep-global-symbol='pinhole_*' $(BUILD)/tools/library/whole.o
	$(AR) cr $@ $(BUILD)/tools/library/whole.o

# The same as a shared library. SOVERSION goes up with each change that a program built before would not survive.
SOVERSION := 0
SONAME := libpinhole.so.$(SOVERSION)
$(BUILD)/libpinhole.so: $(BUILD)/libpinhole.a tools/library/pinhole.map
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(SONAME) -Wl,--version-script=tools/library/pinhole.map $(if $(SANITIZE),,-Wl,-z,defs) \
		-o $@ $(BUILD)/tools/library/whole.o $(shell pkg-config --libs jansson 2>/dev/null) -lm

# Other flags, or another version, make anew what they change. `make install` and `make deb` that are not given flags take what
# was built as it is: sudo does not keep the environment in which it was.
GIVEN := $(filter command environment,$(foreach v,CC CFLAGS CPPFLAGS SANITIZE,$(firstword $(origin $(v)))))
KEPT := $(if $(MAKECMDGOALS),$(if $(GIVEN)$(filter-out install deb,$(MAKECMDGOALS)),,yes))
quoted = '$(subst ','\'',$(1))'
changed = $(shell [ "$$(cat $(BUILD)/$(1) 2>&1)" = $(call quoted,$(2)) ] || echo FORCE)
$(BUILD)/flags: $(if $(and $(KEPT),$(wildcard $(BUILD)/flags)),,$(call changed,flags,$(CC) $(FLAGS)))
	@mkdir -p $(@D) && printf '%s\n' $(call quoted,$(CC) $(FLAGS)) >$@
$(BUILD)/version: $(call changed,version,$(VERSION))
	@mkdir -p $(@D) && echo $(VERSION) >$@
VERSIONED := $(shell grep -l PINHOLE_VERSION $(POLICIES) $(GENERATOR) $(TRACER) $(TOOLS) tools/library/pinhole.c)
$(foreach b,$(BUILD) $(BUILD)/fuzz,$(patsubst %.c,$(b)/%.o,$(VERSIONED))): $(BUILD)/version

$(BUILD)/%.o: %.c Makefile $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(EXTRA) -MMD -MP -c -o $@ $<

# What `pinhole doctor` says of itself.
$(BUILD)/tools/cmd_doctor.o: EXTRA = -DPINHOLE_LIBRARIES='"$(subst $(space),$(comma) ,$(strip $(foreach l,$(LIBRARIES),$(l)-$(shell pkg-config --modversion $(l) 2>/dev/null))))"'

# Files that are put into the command as they are.
ASSETS := $(BUILD)/policies/report/page/assets.o $(BUILD)/fuzz/policies/report/page/assets.o
$(ASSETS): policies/report/page/report.css policies/report/page/report.js policies/library/docker-default.json tools/dev/csp-hash
# The page's Content-Security-Policy allows these very bytes.
$(ASSETS): EXTRA = -DSTYLE_HASH='"$(shell tools/dev/csp-hash policies/report/page/report.css)"' \
	-DSCRIPT_HASH='"$(shell tools/dev/csp-hash policies/report/page/report.js)"'
$(BUILD)/generator/emit/container/runtime_calls.o $(BUILD)/fuzz/generator/emit/container/runtime_calls.o: policies/library/crun.json policies/library/runc.json

# Unit tests: one program a file.
$(BUILD)/tests/unit/%: tests/unit/%.c $(LIBRARY) $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(EXTRA) -MMD -MP -o $@ $< $(EXTRA_OBJECTS) $(LIBRARY) $(LIBS) $(EXTRA_LIBS) -lcmocka

# Files that have symbols, or had them.
SYMBOL_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(SYMBOLS))
$(BUILD)/tests/unit/test_event: $(EVENT_OBJECTS)
$(BUILD)/tests/unit/test_event: EXTRA_OBJECTS := $(EVENT_OBJECTS)
$(BUILD)/tests/unit/test_proc_text: $(BUILD)/tracer/process/proc_text.o
$(BUILD)/tests/unit/test_proc_text: EXTRA_OBJECTS := $(BUILD)/tracer/process/proc_text.o
EXEC_OBJECTS := $(BUILD)/tracer/notify/exec_words.o $(BUILD)/tracer/process/memory.o
$(BUILD)/tests/unit/test_exec_words: $(EXEC_OBJECTS)
$(BUILD)/tests/unit/test_exec_words: EXTRA_OBJECTS := $(EXEC_OBJECTS)
$(BUILD)/tests/unit/test_symbols: $(SYMBOL_OBJECTS) $(BUILD)/tests/unit/symbols/made
$(BUILD)/tests/unit/test_symbols: EXTRA_OBJECTS := $(SYMBOL_OBJECTS)
$(BUILD)/tests/unit/test_cache: $(SYMBOL_OBJECTS) $(patsubst %.c,$(BUILD)/%.o,$(CODE))
$(BUILD)/tests/unit/test_cache: EXTRA_OBJECTS := $(SYMBOL_OBJECTS) $(patsubst %.c,$(BUILD)/%.o,$(CODE))
$(BUILD)/tests/unit/symbols/made: $(wildcard tests/unit/symbols/*)
	@CC='$(CC)' OBJCOPY='$(OBJCOPY)' OBJDUMP='$(OBJDUMP)' tests/unit/symbols/make $(@D)

# What pinhole is compared with: tests and benchmarks alone, and only where it is there.
SECCOMP := $(shell pkg-config --exists libseccomp 2>/dev/null && echo libseccomp)
SECCOMP_LIBS := $(if $(SECCOMP),$(shell pkg-config --libs libseccomp))
SECCOMP_FLAGS := $(if $(SECCOMP),-DHAVE_LIBSECCOMP $(shell pkg-config --cflags libseccomp))
$(BUILD)/tests/unit/test_generator_libseccomp $(BUILD)/tests/unit/test_oci_libseccomp $(BUILD)/tests/bench/filter.o: EXTRA := $(SECCOMP_FLAGS)
$(BUILD)/tests/unit/test_generator_libseccomp $(BUILD)/tests/unit/test_oci_libseccomp: EXTRA_LIBS := $(SECCOMP_LIBS)
$(BUILD)/tests/bench/filter: $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/bench/*.c)) $(LIBRARY)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) $(SECCOMP_LIBS)

# What puts questions to z3 for tools/dev/prove-mutants.
$(BUILD)/tests/prove/%: tests/prove/%.c $(LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -o $@ $< $(LIBRARY) $(LIBS)

# Tracees: flags stand in the file ("build: -m32"). What this toolchain cannot make is left out, and the tests that
# need it say so.
$(BUILD)/tests/programs/%: tests/programs/%.c $(wildcard tests/programs/*.h)
	@mkdir -p $(@D)
	@flags=$$(sed -n '1,5s/.*build:\(.*\)\*\/.*/\1/p' $<); \
	$(CC) -O1 -g -D_GNU_SOURCE= -Wall -Wextra $(ERRORS) -o $@ $< $$flags 2>$@.log || \
	case "$$flags" in *-m32*|*-static*) echo "cannot make $@ here: $$(head -n 1 $@.log)";; *) cat $@.log; exit 1;; esac

# Fuzz targets: everything that reads data from outside, once more for libFuzzer.
# What of the agent reads runtimes' messages.
CONTAINERS := tracer/notify/container_json.c tools/containers/container_name.c
FUZZ_OBJECTS := $(patsubst %.c,$(BUILD)/fuzz/%.o,$(POLICIES) $(GENERATOR) $(SYMBOLS) $(CODE) $(PROC) $(CONTAINERS))
$(BUILD)/fuzz/%.o: %.c Makefile $(BUILD)/flags
	@mkdir -p $(@D)
	clang $(ALL_CFLAGS) $(EXTRA) -fsanitize=fuzzer-no-link,address,undefined -MMD -MP -c -o $@ $<
# Keys are hashes: with them a row that was changed is refused before anything else of it is looked at.
$(BUILD)/fuzz/policies/exchange/rows_codec.o: EXTRA = -DROWS_ANY_KEY
$(BUILD)/tests/fuzz/%: tests/fuzz/%.c $(FUZZ_OBJECTS)
	@mkdir -p $(@D)
	clang $(ALL_CFLAGS) -fsanitize=fuzzer,address,undefined -o $@ $< $(FUZZ_OBJECTS) $(LIBS)

# The estimates of `pinhole confidence` against models whose truth is known.
$(BUILD)/tests/confidence/simulation: tests/confidence/simulation.c tests/confidence/models.h $(LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -o $@ $< $(LIBRARY) $(LIBS)

# Policies learned from some scenarios, tried on the others.
$(BUILD)/tests/survival/crossval: tests/survival/crossval.c $(LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -o $@ $< $(LIBRARY) $(LIBS)

# systemd's library finds a function of this program in place of libseccomp's.
$(BUILD)/tests/import/systemd_filters: EXTRA_LIBS := -rdynamic

$(BUILD)/tests/import/kafel_filter: EXTRA_LIBS := -ldl
$(BUILD)/tests/import/random_policies: EXTRA_LIBS := -lcmocka
$(BUILD)/tests/import/firecracker_filter: EXTRA := $(SECCOMP_FLAGS)
$(BUILD)/tests/import/firecracker_filter: EXTRA_LIBS := $(SECCOMP_LIBS)

# Calls with all values that have names, to be printed by strace.
$(BUILD)/tests/import/%: tests/import/%.c $(LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(EXTRA) -MMD -MP -o $@ $< $(LIBRARY) $(LIBS) $(EXTRA_LIBS)

programs: $(PROGRAMS) $(patsubst %.c,$(BUILD)/%,$(wildcard tests/import/*.c)) $(BUILD)/tests/survival/crossval

setup:
	@tools/dev/setup

demo:
	@tools/dev/setup
	@[ -x $(BUILD)/pinhole ] || echo "pinhole: building" >&2
	@$(MAKE) --no-print-directory --silent -j$$(nproc 2>/dev/null || echo 1) all
	@tools/dev/demo

check:
	@tools/dev/setup --test
	@$(MAKE) --no-print-directory -j$$(nproc 2>/dev/null || echo 1) all programs
	@WERROR='$(WERROR)' tools/dev/check

# What a developer runs between two changes: in a minute, once all is built.
quick: all programs
	@WERROR='$(WERROR)' tools/dev/check quick

# `make demo` and `make check`, or the end-to-end tests of TESTS, in a tree of another release of Debian, which is kept under
# build/debian. It needs root.
RELEASE ?= sid
check-debian:
	@tests/debian/check $(RELEASE) $(TESTS)
# Programs of the Linux Test Project (LTP=PATH) end alike, natively and recorded: a slice of MINUTES at a time.
check-ltp: all
	@tests/ltp/check
check-debian13: RELEASE := trixie
check-debian13: check-debian
# Portable policies that were learned here and in each tree of check-debian, put into force in the others. It needs root.
check-portable: all programs
	@tests/run portable-trees

# What drives a browser over the report, for tests alone: large, and so not in check; its test is skipped without.
DRIVER := $(BUILD)/browser/node_modules/.package-lock.json
browser:
	@tools/dev/setup --browser
	@$(MAKE) --no-print-directory $(DRIVER)

$(DRIVER): tests/browser/package.json tests/browser/package-lock.json
	@mkdir -p $(BUILD)/browser
	@cp $^ $(BUILD)/browser
	cd $(BUILD)/browser && npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

check-browser: browser
	@tools/dev/setup
	@$(MAKE) --no-print-directory all programs
	@tests/run report-browser

# The databases that keep the profiles of many machines; what can't be had, its tests say.
fleet:
	@tools/dev/setup --fleet || echo "PostgreSQL or ClickHouse cannot be installed: the tests of the profiles of many machines are skipped"

# The profiles of many simulated hosts in these databases. make check does the same with 40 hosts, where the servers are there.
FLEET_HOSTS ?= 2000
check-fleet: fleet
	@$(MAKE) --no-print-directory all
	@FLEET_HOSTS=$(FLEET_HOSTS) TEST_TIMEOUT=7200 tests/run fleet

# The tools that pinhole writes for; what can't be had, its tests say.
consumers:
	@tools/dev/setup --consumers || echo "not all of the tools that pinhole writes for can be installed: the tests of the others are skipped"

check-consumers: consumers
	@tools/dev/setup --test
	@$(MAKE) --no-print-directory all programs
	@tests/consumers/run

# A cross compiler and qemu, for the tests on aarch64.
aarch64:
	@tools/dev/setup --aarch64 || echo "the cross compiler or qemu cannot be installed: the tests on aarch64 are skipped"

# Unit tests and end-to-end tests (of TESTS, or those of tests/aarch64/tests) on an emulated aarch64 machine.
check-aarch64: aarch64
	@tests/aarch64/check $(TESTS)

unit: $(UNITS)
	@for t in $(UNITS); do $$t || exit 1; done

e2e: all programs
	@tests/run

# The whole suite once more under the sanitizers.
asan:
	$(MAKE) BUILD=build/asan SANITIZE="-fsanitize=address,undefined -fno-sanitize-recover=undefined" all unit
	$(MAKE) programs
	PINHOLE=build/asan/pinhole tests/run

# Each target for so many seconds (0: only over the committed inputs), from the inputs under tests/.
FUZZ_SECONDS ?= 60
fuzz: $(FUZZERS)
	@for t in $(FUZZERS); do tests/fuzz/run $$t $(FUZZ_SECONDS) $(BUILD)/corpus || exit 1; done

# Another program's proof that filters say what their policies say (z3). MUTANTS=all: it judges each wrong filter, too.
prove: all programs
	@tools/dev/prove

includes:
	@tools/dev/check-includes

# Every compiler of this machine, at several levels of optimisation: minutes.
check-warnings:
	@tools/dev/check-warnings

format:
	clang-format -i $(filter-out policies/abi/names/%.c policies/abi/syscalls.c,$(shell find policies generator tracer tools tests -name "*.[ch]"))

# Filters against libseccomp's: sizes, paths, and times under the kernel.
bench-filter: all bench-tool
	@tools/dev/bench-filter
	@PINHOLE=$(BUILD)/pinhole tests/bench/steps

ifneq ($(SECCOMP),)
bench-tool: $(BUILD)/tests/bench/filter
else
bench-tool:
	@echo "bench-filter: libseccomp is missing: run tools/dev/setup --test" >&2; exit 2
endif

# Tables of tests/bench/RESULTS.md, from what the programs of this machine do.
tables: all bench-tool programs
	@tools/dev/table-policies --write
	@tools/dev/table-run --write
	@tools/dev/table-reach --write
	@tools/dev/bench-filter --write

# What recording costs, compared with strace; tools/dev/bench-record --write puts it into tests/bench/RESULTS.md.
bench: all $(BUILD)/tests/programs/queue
	@PINHOLE=$(BUILD)/pinhole PROGRAMS=$(BUILD)/tests/programs tools/dev/bench-record
	@PINHOLE=$(BUILD)/pinhole PROGRAMS=$(BUILD)/tests/programs tools/dev/bench-record --listen

# How the time of each command grows with its input: tests/bench/growth NAME for a part of the cases.
bench-growth: all
	@PINHOLE=$(BUILD)/pinhole tests/bench/growth

# What `pinhole confidence` predicts against models, and against what real programs do; both tables go into tests/bench/RESULTS.md.
confidence: all $(BUILD)/tests/confidence/simulation
	@PINHOLE=$(BUILD)/pinhole SIMULATION=$(BUILD)/tests/confidence/simulation tests/confidence/validate --write

# How many scenarios of real programs that were not seen would be denied by policies learned from some of them, by --args and
# --generalize; and runs under such policies with other standard streams, under load, on one processor. With --write both put
# their tables into tests/bench/RESULTS.md.
survival: all $(BUILD)/tests/survival/crossval
	@PINHOLE=$(BUILD)/pinhole CROSSVAL=$(BUILD)/tests/survival/crossval tests/survival/survival
	@PINHOLE=$(BUILD)/pinhole tests/survival/variations
	@tests/survival/rows

# What takes more than an hour: servers recorded under load, the same facts of them over 20 runs, ten million calls.
soak: all
	@PINHOLE=$(BUILD)/pinhole tests/soak/memory
	@PINHOLE=$(BUILD)/pinhole tests/soak/same-facts-servers
	@PINHOLE=$(BUILD)/pinhole tests/soak/soak

# The command, its manual (which names the folder of the next), what completes its command lines, the formats, schemas and
# ready-made policies; and the library for programs that put themselves under a policy.
SHARE = $(DESTDIR)$(PREFIX)/share
NUMBERS = $(subst ., ,$(VERSION))
install: all
	install -D -m 755 $(BUILD)/pinhole "$(DESTDIR)$(PREFIX)/bin/pinhole"
	install -d "$(SHARE)/man/man1" "$(SHARE)/man/man3" "$(SHARE)/man/man5" "$(SHARE)/man/man7" "$(SHARE)/pinhole/library/kubernetes" "$(SHARE)/pinhole/library/fleet" "$(DESTDIR)$(PREFIX)/lib/systemd/system" "$(SHARE)/bash-completion/completions" \
		"$(SHARE)/zsh/site-functions" "$(SHARE)/fish/vendor_completions.d" "$(DESTDIR)$(LIBDIR)/pkgconfig" \
		"$(DESTDIR)$(PREFIX)/include"
	tools/package/manuals $(BUILD)/pinhole $(BUILD)/man
	for page in tools/package/pinhole.1 $(BUILD)/man/*.1 tools/package/*.3 tools/package/*.5 tools/package/*.7; do \
		to="$(SHARE)/man/man$${page##*.}/$${page##*/}"; \
		sed 's|/usr/local|$(PREFIX)|' $$page >"$$to" && chmod 644 "$$to" || exit 1; \
	done
	tools/package/completions $(BUILD)/pinhole bash >"$(SHARE)/bash-completion/completions/pinhole"
	tools/package/completions $(BUILD)/pinhole zsh >"$(SHARE)/zsh/site-functions/_pinhole"
	tools/package/completions $(BUILD)/pinhole fish >"$(SHARE)/fish/vendor_completions.d/pinhole.fish"
	install -m 644 $(wildcard policies/library/*.*) "$(SHARE)/pinhole/library"
	install -m 644 policies/library/kubernetes/* "$(SHARE)/pinhole/library/kubernetes"
	install -m 644 policies/library/fleet/*.sql "$(SHARE)/pinhole/library/fleet"
	install -m 755 policies/library/fleet/load-* "$(SHARE)/pinhole/library/fleet"
	for unit in tools/package/pinhole-listen.*; do \
		to="$(DESTDIR)$(PREFIX)/lib/systemd/system/$${unit##*/}"; \
		sed 's|/usr/local|$(PREFIX)|' $$unit >"$$to" && chmod 644 "$$to" || exit 1; \
	done
	sed '/^#define PINHOLE_VERSION_MAJOR/s/[0-9]*$$/$(word 1,$(NUMBERS))/; /^#define PINHOLE_VERSION_MINOR/s/[0-9]*$$/$(word 2,$(NUMBERS))/; /^#define PINHOLE_VERSION_PATCH/s/[0-9]*$$/$(word 3,$(NUMBERS))/' \
		tools/library/pinhole.h >"$(DESTDIR)$(PREFIX)/include/pinhole.h"
	install -m 644 $(BUILD)/libpinhole.a "$(DESTDIR)$(LIBDIR)"
	install -m 644 $(BUILD)/libpinhole.so "$(DESTDIR)$(LIBDIR)/libpinhole.so.$(VERSION)"
	ln -sf libpinhole.so.$(VERSION) "$(DESTDIR)$(LIBDIR)/$(SONAME)"
	ln -sf $(SONAME) "$(DESTDIR)$(LIBDIR)/libpinhole.so"
	sed 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(subst $(PREFIX)/,$${prefix}/,$(LIBDIR))|; s|@VERSION@|$(VERSION)|' \
		tools/library/pinhole.pc.in >"$(DESTDIR)$(LIBDIR)/pkgconfig/pinhole.pc"
	chmod 644 "$(DESTDIR)$(PREFIX)/include/pinhole.h" "$(DESTDIR)$(LIBDIR)/pkgconfig/pinhole.pc" "$(SHARE)/bash-completion/completions/pinhole" \
		"$(SHARE)/zsh/site-functions/_pinhole" "$(SHARE)/fish/vendor_completions.d/pinhole.fish"

# Packages of Debian (the command, the library, what builds programs with it), for this machine's release and architecture; DEBFULLNAME and DEBEMAIL are who makes it.
deb: all
	@BUILD=$(BUILD) VERSION=$(VERSION) SONAME=$(SONAME) MAKE="$(MAKE)" tools/package/deb

# The sources, and the static command if `make static` has made it. The sources as they are committed, or where git does not know them, as they are.
DIST = pinhole-$(VERSION)
dist:
	@mkdir -p $(BUILD)
	@if [ -e .git ]; then \
		git archive --prefix=$(DIST)/ --format=tar.gz -o $(BUILD)/$(DIST).tar.gz HEAD; \
	else \
		tar -czf $(BUILD)/$(DIST).tar.gz --exclude=./build --transform 's|^\.|$(DIST)|' .; \
	fi
	@if [ -x $(BUILD)/static/pinhole ]; then \
		cp $(BUILD)/static/pinhole $(BUILD)/$(DIST)-static-$$(uname -m); \
		echo $(BUILD)/$(DIST)-static-$$(uname -m); \
	fi
	@echo $(BUILD)/$(DIST).tar.gz

# The trees of Debian are there, too, where something may be mounted.
clean:
	@bash -c '. tests/remove.sh && remove build'

-include $(shell find $(addprefix $(BUILD)/,policies generator tracer tools tests fuzz) -type f -name '*.d' 2>/dev/null)
