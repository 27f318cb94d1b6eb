# hamtlab: build, measure, test.  `make` alone prints what there is to do.
#
# What is built lies under build/, one directory for each composition (tools/compose.py resolves its
# name), kind of key and hash:
#     build/cell/<composition>/<key>/<hash>/cell     the measuring program
#     build/test/map/<composition>/<key>/map_test    the shared test suite, under sanitizers

# ---- Settings: `make NAME=value target` ----
VARIANT ?= list
HASH    ?= xxh3
KEY     ?= u64

# The settings of an experiment; an empty one takes the runner's default (build/run --help).
OPS        ?=
PATTERNS   ?=
SCALES     ?=
REPS       ?=
SAMPLES    ?=
SEED       ?=
ALLOC      ?=
POOL_SLOTS ?=
PIN        ?=
PLAN       ?=

CC       ?= cc
WARNINGS := -Wall -Wextra -Wpedantic -Werror
STANDARD := -std=c17
NATIVE   := $(if $(filter arm64 aarch64,$(shell uname -m)),-mcpu=native,-march=native)
# Every competitor is compiled with these; frame information costs nothing at run time.
CELL_FLAGS := $(STANDARD) -O3 $(NATIVE) -DNDEBUG -g
TEST_FLAGS := $(STANDARD) -O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=all
TOOL_FLAGS := $(STANDARD) -O2 -g -D_GNU_SOURCE

PYTHON  := /usr/bin/python3
COMPOSE := $(PYTHON) tools/compose.py
packages = $(shell pkg-config $(1))

# ---- What the settings name.  A name that makes no sense ends make with one line. ----
# $(call known,SETTING,value,directory): the value is the name of a directory there.
known = $(if $(and $(2),$(wildcard $(3)/$(2)/)),,$(error $(1)=$(2): not known; one of: $(sort $(notdir $(wildcard $(3)/*)))))
comma := ,
each  = $(subst $(comma), ,$(1))

ID := $(shell $(COMPOSE) id '$(VARIANT)')
ifneq ($(filter error:,$(firstword $(ID))),)
$(error $(wordlist 2,999,$(ID)))
endif
$(foreach hash,$(call each,$(HASH)),$(call known,HASH,$(hash),common/hash))
$(foreach key,$(call each,$(KEY)),$(call known,KEY,$(key),common/key))

.PHONY: help experiment table suite csv results tables findings tree pool hashes export import cell show test test-all lint format compile_commands clean FORCE
# Compilers' command lines are shown with V=1 only.
SAY = $(if $(V),,@echo "  $(1)  $@" &&)
# Several makes may run at once in this tree (the tests do): what is made gets its name when it is
# whole.  PART is the name until then, DEPENDENCIES the option that lists what it was made from.
PART         = $@.$$$$
DEPENDENCIES = -MMD -MP -MT $@ -MF $(PART).d
WHOLE        = mv -f $(PART) $@
WHOLE_OBJECT = mv -f $(PART).d $(@:.o=.d) && $(WHOLE)
.DELETE_ON_ERROR:
.SECONDARY:

help:
	@sed -n 's/^##  //p' Makefile

##  To measure
##    make VARIANT=x experiment   composition x beside list, phase3 and reference
##        settings: OPS PATTERNS SCALES HASH KEY ALLOC REPS SAMPLES SEED POOL_SLOTS PIN PLAN
##    make VARIANT=x suite        every pattern, scale and way to ask, as a table and as build/table.csv
##    make table                  the newest experiment's table again, or that of EXPERIMENT=id
##    make csv                    the same as a CSV file, build/table.csv, with all digits
##    make compare A=x B=y        two experiments beside each other: ids, exports, commits or machines
##  Of any composition
##    make VARIANT=x show         which directory each part comes from, and what each change changes
##    make VARIANT=x tree         its shape beside what a uniform hash predicts
##    make VARIANT=x pool         how full the pool of child slots gets, and what size would do
##    make VARIANT=x hashes       what each hash makes of each pattern; HASH=a,b narrows it
##    make VARIANT=x counts       instructions, misses and chains of loads; without VARIANT those stored
##    make VARIANT=x attribution  what they are spent on; without VARIANT beside the documents' shares
##    make VARIANT=x profile      the documents' profile: times, tree, pool, what it is spent on
##  From stored results (RESULTS=results/own: from yours)
##    make tables                 the seed documents' figures beside ours, with a verdict each
##    make audit                  their claims, each recomputed, and the nine suspicions
##    make factorial              which fix closes the gap: effects, ladder, what is left, and a figure
##    make allocators             each allocator beside glibc; make hash-costs: each hash beside xxh3
##    make superslab-table        the superslab allocator beside others, document 004 beside ours
##    make verdict                what the tests of the instrument say; make limits: what the machine costs
##    make notebooks              execute notebooks/*.ipynb: build/notebooks/*.html, figures
##    make paper                  PAPER.md and build/paper.html
##  To measure those anew
##    make anew                   all below but counts, and from it tables, notebooks and the paper
##                                (about three hours; goes on where it stopped)
##    make results                all plans, into results/own (about two hours; likewise)
##    make superslab-results      the superslab's study, into results/own (about ten minutes)
##    make instrument             put the instrument to the test (about 25 minutes)
##    make recount, audit-counts  exact counts; the trees that the audit needs
##    make superslab              a quick study of the superslab, printed (about four minutes)
##  Results in and out
##    make export EXPERIMENT=id   an experiment as CSV under results/runs; make import FROM=dir
##    make merge FROM=file        take another store's experiments into this one
##  To work on it
##    make test                   every test, on the compositions in which every three parts meet
##    make test-all               the same on every composition there is (about an hour)
##    make test-long              real programs served by the superslab, for longer
##    make lint                   formatting and warnings under gcc and clang
##    make VARIANT=x cell         build the measuring program, print its path; make superslab-lib likewise
##    make compile_commands       compile_commands.json for editors; make clean removes what was built

# ---- Packages: build/packages for all, build/packages-lint and -editor for those who want them ----
build/packages: tools/packages.sh
	@mkdir -p $(@D)
	@sh tools/packages.sh
	@touch $@

build/packages-%: tools/packages.sh
	@mkdir -p $(@D)
	@sh tools/packages.sh $*
	@touch $@

lint: build/packages build/packages-lint
	@sh tools/lint.sh

format: build/packages-lint
	clang-format -i $$(git ls-files -co --exclude-standard '*.c' '*.h')

compile_commands: build/packages build/packages-editor
	bear -- $(MAKE) -B build/run/run $(CELL) build/test/map/$(ID)/$(KEY)/map_test

# ---- The measuring program ----
CELL := build/cell/$(ID)/$(KEY)/$(HASH)/cell

cell: $(CELL)
	@echo $(CELL)

show:
	@$(COMPOSE) show '$(VARIANT)'

# The words of a target's path below build/<kind>/: composition, key, hash.
word_of = $(word $(1),$(subst /, ,$(2)))
include_of = $$($(COMPOSE) flags $(call word_of,1,$*) $(call word_of,2,$*) $(call word_of,3,$*)) \
    $(shell pkg-config --cflags libxxhash 2>/dev/null)
source_of = $$($(COMPOSE) source $(call word_of,1,$*))

# A file that changes when the compiler or its flags do.
build/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(shell $(CC) --version | head -n 1) $(CELL_FLAGS) $(TEST_FLAGS) $(CFLAGS)' >$(PART) && \
	if cmp -s $(PART) $@; then rm $(PART); else $(WHOLE); fi

build/cell/%/hamt.o: build/flags | build/packages
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(CELL_FLAGS) $(WARNINGS) $(CFLAGS) $(include_of) $(DEPENDENCIES) -c $(source_of) -o $(PART) && $(WHOLE_OBJECT)

build/cell/%/identity.h: build/flags experiments/lineups.conf tools/compose.py
	@mkdir -p $(@D)
	@$(COMPOSE) identity $(call word_of,1,$*) $(call word_of,2,$*) $(call word_of,3,$*) \
	    '$(CELL_FLAGS) $(CFLAGS)' >$(PART) && $(WHOLE)

CELL_SOURCES := experiments/cell.c $(wildcard experiments/cell/*.c)

build/cell/%/cell: build/cell/%/hamt.o build/cell/%/identity.h $(CELL_SOURCES) $(wildcard experiments/cell/*.h)
	$(call SAY,compile) $(CC) $(CELL_FLAGS) -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -I$(@D) -Iexperiments/cell \
	    -Iexperiments/cell/keys/$(call word_of,2,$*) $(include_of) $(CELL_SOURCES) $< \
	    $(call packages,--cflags --libs jansson) $(LDLIBS) -o $(PART) && $(WHOLE)

# ---- The runner ----
RUN_SOURCES := $(wildcard experiments/run/*.c)
RUN_LIBS     = $(call packages,--cflags --libs sqlite3 jansson)

build/run/run: experiments/run.c $(RUN_SOURCES) $(wildcard experiments/run/*.h) build/flags | build/packages
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(TOOL_FLAGS) $(WARNINGS) $(CFLAGS) -Iexperiments/run experiments/run.c $(RUN_SOURCES) $(RUN_LIBS) -o $(PART) && $(WHOLE)

# ---- Experiments ----
# Measured beside the chosen composition, unless it is one of them.
BESIDE  := list phase3 reference
STORE   := results/hamtlab.sqlite
TABLES   = PYTHONPATH=notebooks $(PYTHON) -B -m lab.tables --store $(STORE)
space   := $(subst ,, )
csv      = $(subst $(space),$(comma),$(strip $(1)))
# $(call option,name,value): the runner's option, if there is a value.
option   = $(if $(2),--$(1) '$(2)')

experiment: build/run/run
	@mkdir -p $(dir $(STORE))
	@id=$$(build/run/run --store $(STORE) \
	    --variants '$(call csv,$(VARIANT) $(filter-out $(VARIANT),$(BESIDE)))' \
	    $(call option,ops,$(OPS)) $(call option,patterns,$(PATTERNS)) $(call option,scales,$(SCALES)) \
	    $(call option,hash,$(HASH)) $(call option,key,$(KEY)) $(call option,alloc,$(ALLOC)) \
	    $(call option,reps,$(REPS)) $(call option,samples,$(SAMPLES)) $(call option,seed,$(SEED)) \
	    $(call option,pool-slots,$(POOL_SLOTS)) $(call option,pin,$(PIN)) $(call option,plan,$(PLAN))) && \
	$(TABLES) --experiment "$${id#experiment }"

# The newest experiment's table once more, or that of EXPERIMENT=id.
table:
	@$(TABLES) $(call option,experiment,$(EXPERIMENT))

# The enhanced suite on one composition: every pattern, scale and way to ask.
suite:
	@$(MAKE) --no-print-directory experiment OPS=$(if $(OPS),$(OPS),put,get,get_in_order,get_chained) \
	    SCALES=$(if $(SCALES),$(SCALES),1K,10K,50K,100K) REPS=$(if $(REPS),$(REPS),6)
	@$(MAKE) --no-print-directory csv

csv:
	@mkdir -p build
	@$(TABLES) $(call option,experiment,$(EXPERIMENT)) --csv build/table.csv && echo build/table.csv

# ---- Results: what is claimed, measured, and printed ----
# RESULTS is where tables are printed from: results holds the committed ones.  OWN is where `make
# results` measures a reader's own, laid out alike: runs/<plan>/ is the plan's experiment as CSV.
# What is interrupted goes on at the next call, and what is finished is not measured again.
RESULTS ?= results
OWN     ?= results/own
PLANS   := fixes seeds suite factorial audit allocators hashes
LAB      = PYTHONPATH=notebooks $(PYTHON) -B -m lab
RUNS     = --runs $(RESULTS)/runs

results: $(PLANS:%=$(OWN)/runs/%/experiment.csv)

$(OWN)/runs/%/experiment.csv: experiments/%.plan | build/run/run
	@mkdir -p $(OWN)
	@echo "$*: $$(sed -n '1s/^# //p' $<)"
	@id=$$(build/run/run --store $(OWN)/hamtlab.sqlite --plan $< --name $*) && rm -rf $(@D) && \
	    build/run/run --store $(OWN)/hamtlab.sqlite --export $(OWN)/runs --experiment "$${id#experiment }"

# What is measured with stopwatches, into results/own, and all that is made from it.  What has ended is
# marked there and not measured again.
.PHONY: anew
anew:
	@$(MAKE) --no-print-directory -j1 results $(OWN)/measured/superslab $(OWN)/measured/studies
	@$(MAKE) --no-print-directory RESULTS=$(OWN) tables notebooks paper

$(OWN)/measured/superslab: MEASURE = superslab-results
$(OWN)/measured/studies:   MEASURE = RESULTS=$(OWN) studies
$(OWN)/measured/%:
	@$(MAKE) --no-print-directory $(MEASURE)
	@mkdir -p $(@D) && touch $@

# One table after another; what one lacks does not keep the others from being printed.
TABLES_OF = 'documents.tables $(RUNS)' 'tables $(RUNS) --name suite' 'counts.attribution' \
    'experiments.allocators $(RUNS)' 'experiments.hash_costs $(RUNS)' \
    'superslab.report --runs $(RESULTS)/superslab'

tables: build/run/run
	@status=0; for table in $(TABLES_OF); do \
	    echo "==== $${table%% *}"; PYTHONPATH=notebooks $(PYTHON) -B -m lab.$$table || status=1; echo; \
	done; exit $$status

# README's table of findings.
findings: build/run/run
	@$(LAB).experiments.ladder $(RUNS)

# ---- The audit: every claim of the seed documents, recomputed from stored results ----
# Outcomes are written down for the committed results only; a reader's own are printed.
.PHONY: audit audit-counts

audit: build/run/run
	@$(LAB).audit.report $(RUNS) $(if $(filter results,$(RESULTS)),--outcomes results/audit/outcomes.csv)

# The counts that no experiment has; the same on every machine.
audit-counts: build/packages
	@$(LAB).audit.trees

# ---- Reports on the shape of one full map; nothing is timed or stored ----
REPORT = PYTHONPATH=notebooks $(PYTHON) -B -m lab.shape.$@
# $(call chosen,x): the VARIANT that was asked for, x if none was.
chosen = $(if $(filter file,$(origin VARIANT)),$(1),$(VARIANT))

tree: build/packages
	@$(REPORT) --variant '$(VARIANT)' --hash '$(HASH)' --key '$(KEY)' \
	    $(call option,scale,$(SCALES)) $(call option,pattern,$(PATTERNS)) $(call option,seed,$(SEED))

pool: build/packages
	@$(REPORT) --variant '$(call chosen,phase2)' --hash '$(HASH)' --key '$(KEY)' \
	    $(call option,scales,$(SCALES)) $(call option,pattern,$(PATTERNS)) $(call option,seed,$(SEED)) \
	    $(call option,pool-slots,$(POOL_SLOTS))

hashes: build/packages
	@$(REPORT) --variant '$(call chosen,lazy)' --key '$(KEY)' \
	    $(call option,hashes,$(if $(filter-out file,$(origin HASH)),$(HASH))) \
	    $(call option,scale,$(SCALES)) $(call option,patterns,$(PATTERNS)) $(call option,seed,$(SEED))

# ---- Allocators: the library of one (the runner asks for it); what swapping them or the hash does ----
.PHONY: allocator allocators hash-costs

allocator:
	@MAKE='$(MAKE)' sh tools/allocator.sh '$(ALLOC)'

allocators: build/run/run
	@$(LAB).experiments.allocators $(RUNS)

hash-costs: build/run/run
	@$(LAB).experiments.hash_costs $(RUNS)

# ---- Exact counts: instructions, simulated misses, chains of loads; where put and get spend them ----
.PHONY: counts attribution profile recount

# Those of VARIANT, counted now, or all that are stored.
counts: $(if $(call chosen,),build/packages-counts)
	@$(LAB).counts.report $(call option,variant,$(call chosen,)) --hash '$(HASH)' --key '$(KEY)' \
	    $(call option,ops,$(OPS)) $(call option,scales,$(SCALES)) $(call option,pattern,$(PATTERNS)) \
	    $(call option,seed,$(SEED))

attribution: $(if $(call chosen,),build/packages-counts)
	@$(LAB).counts.attribution $(call option,variant,$(call chosen,)) --hash '$(HASH)' --key '$(KEY)' \
	    $(call option,scale,$(SCALES)) $(call option,pattern,$(PATTERNS)) $(call option,seed,$(SEED))

profile: build/run/run
	@$(LAB).counts.profile --variant '$(VARIANT)' --hash '$(HASH)' --key '$(KEY)' \
	    $(call option,scale,$(SCALES)) $(call option,pattern,$(PATTERNS)) $(call option,seed,$(SEED)) \
	    $(call option,processes,$(REPS))

# All compositions that have a name and those that are stored, or VARIANTS=a,b and OPS: what has changed
# since it was stored; all with ANEW=1.
recount: build/packages-counts
	@$(LAB).counts.report --store $(call option,variants,$(VARIANTS)) $(call option,ops,$(OPS)) $(if $(ANEW),--anew)

# ---- Results in and out ----
# An experiment as CSV files that git can hold, below results/runs; and back.
export: build/run/run
	@build/run/run --store $(STORE) --export results/runs --experiment '$(EXPERIMENT)'

import: build/run/run
	@build/run/run --store $(STORE) --import '$(FROM)'

# ---- Tests ----
TEST_PROGRAMS :=

# The shared suite: build/test/map/<composition>/<key>/map_test.
check_libs = $(call packages,--cflags --libs check)
COMPILE_TEST = $(CC) $(TEST_FLAGS) -D_GNU_SOURCE $(WARNINGS) $(CFLAGS)

# Less optimised than the rest, since test-all compiles thousands of these.
build/test/map/%/hamt.o: build/flags | build/packages
	@mkdir -p $(@D)
	$(call SAY,compile) $(COMPILE_TEST) -Og -Itests/seams $(include_of) $(DEPENDENCIES) -c $(source_of) -o $(PART) && $(WHOLE_OBJECT)

# What the suite is made of beside the map depends on the kind of key alone.
SUITE := map_test oracle mem
define suite_rules
build/test/suite/$(1)/%.o: tests/map/%.c build/flags | build/packages
	@mkdir -p $$(@D)
	$$(call SAY,compile) $$(COMPILE_TEST) -Itests/seams -Itests/map/$(1) -Icommon/key/$(1) -Icommon $$(DEPENDENCIES) -c $$< -o $$(PART) && $$(WHOLE_OBJECT)

build/test/suite/$(1)/%.o: tests/seams/%.c build/flags | build/packages
	@mkdir -p $$(@D)
	$$(call SAY,compile) $$(COMPILE_TEST) -Itests/seams $$(DEPENDENCIES) -c $$< -o $$(PART) && $$(WHOLE_OBJECT)

build/test/map/%/$(1)/map_test: build/test/map/%/$(1)/hamt.o $(SUITE:%=build/test/suite/$(1)/%.o)
	$$(call SAY,compile) $$(COMPILE_TEST) $$^ $$(check_libs) $$(LDLIBS) -o $$(PART) && $$(WHOLE)
endef
$(foreach key,u64 str,$(eval $(call suite_rules,$(key))))

# The number of nodes against theory: build/test/shape/<composition>/u64/<hash>/shape_test.
build/test/shape/%/shape_test: build/cell/%/hamt.o tests/shape/shape.h $(wildcard tests/shape/*.c)
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(STANDARD) -O2 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -Icommon -Icommon/key/u64 \
	    tests/shape/$(call word_of,1,$*)_test.c $< $(check_libs) -lm -o $(PART) && $(WHOLE)

TEST_PROGRAMS += $(foreach hash,xxh3 wyhash murmur3,$(foreach variant,list lazy,\
    build/test/shape/$(variant)/u64/$(hash)/shape_test))

# The runner's parts, and the runner from the outside: build/test/run/<part>_test, run_test.py.
build/test/run/%_test: tests/run/%_test.c tests/run/fixture.h $(RUN_SOURCES) $(wildcard experiments/run/*.h) build/flags | build/packages
	@mkdir -p $(@D)
	$(call SAY,compile) $(COMPILE_TEST) -Iexperiments/run $< $(RUN_SOURCES) $(check_libs) $(RUN_LIBS) -o $(PART) && $(WHOLE)

TEST_PROGRAMS += $(patsubst tests/run/%.c,build/test/run/%,$(wildcard tests/run/*_test.c))

# Each hash against its published vectors: build/test/hash/<hash>/hash_test.
build/test/hash/%/hash_test: tests/hash/%_test.c tests/hash/second_unit.c tests/hash/hash_test.h common/hash/%/hash.h
	@mkdir -p $(@D)
	$(call SAY,compile) $(COMPILE_TEST) -Icommon/hash/$* $(filter %.c,$^) $(check_libs) -o $(PART) && $(WHOLE)

TEST_PROGRAMS += $(patsubst tests/hash/%_test.c,build/test/hash/%/hash_test,$(wildcard tests/hash/*_test.c))

# ---- The superslab allocator ----
# A malloc of its own, to be preloaded: build/superslab/libsuperslab.so, and -debug.so, which checks
# what is freed.  Linux only: it maps memory in ways that macOS does not have.
SUPERSLAB_SOURCES := $(wildcard common/superslab/*.c)
SUPERSLAB_HEADERS := $(wildcard common/superslab/*.h)
SUPERSLAB_FLAGS   := -D_GNU_SOURCE -fPIC -fvisibility=hidden -ftls-model=initial-exec -fno-builtin-malloc
SUPERSLAB_LIB     := build/superslab/libsuperslab.so

.PHONY: superslab-lib
superslab-lib: $(SUPERSLAB_LIB)
	@echo $(SUPERSLAB_LIB)

ifeq ($(shell uname),Linux)
$(SUPERSLAB_LIB): SUPERSLAB_KIND := $(CELL_FLAGS)
build/superslab/libsuperslab-debug.so: SUPERSLAB_KIND := $(STANDARD) -O2 -g -DSUPERSLAB_DEBUG

$(SUPERSLAB_LIB) build/superslab/libsuperslab-debug.so: $(SUPERSLAB_SOURCES) $(SUPERSLAB_HEADERS) build/flags
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(SUPERSLAB_KIND) $(SUPERSLAB_FLAGS) $(WARNINGS) $(CFLAGS) -shared $(SUPERSLAB_SOURCES) -o $(PART) && $(WHOLE)

# Its tests hold it under prefixed names beside the C library's malloc:
# build/test/superslab/<kind>/<part>_test, by kind as it is released, with its checks, and with TSan.
SUPERSLAB_TEST = $(STANDARD) -O2 -g1 -D_GNU_SOURCE -fno-builtin-malloc -DSUPERSLAB_PREFIX=ss_
SUPERSLAB_TEST_release := -DNDEBUG -fsanitize=undefined -fno-sanitize-recover=all
SUPERSLAB_TEST_debug   := -DSUPERSLAB_DEBUG -fsanitize=undefined -fno-sanitize-recover=all
SUPERSLAB_TEST_threads := -fsanitize=thread

define superslab_rules
build/test/superslab/$(1)/%.o: common/superslab/%.c $(SUPERSLAB_HEADERS) build/flags
	@mkdir -p $$(@D)
	$$(call SAY,compile) $$(CC) $$(SUPERSLAB_TEST) $$(SUPERSLAB_TEST_$(1)) $$(WARNINGS) $$(CFLAGS) -c $$< -o $$(PART) && $$(WHOLE)

build/test/superslab/$(1)/%_test: tests/superslab/%_test.c tests/superslab/blocks.h $(SUPERSLAB_SOURCES:common/superslab/%.c=build/test/superslab/$(1)/%.o) | build/packages
	$$(call SAY,compile) $$(CC) $$(SUPERSLAB_TEST) $$(SUPERSLAB_TEST_$(1)) $$(WARNINGS) $$(CFLAGS) -Icommon/superslab \
	    $$(filter %.c %.o,$$^) $$(check_libs) $$(LDLIBS) -o $$(PART) && $$(WHOLE)
endef
$(foreach kind,release debug threads,$(eval $(call superslab_rules,$(kind))))

TEST_PROGRAMS += $(patsubst %,build/test/superslab/release/%_test,contract differential memory threads) \
    $(patsubst %,build/test/superslab/debug/%_test,contract differential guard threads) \
    build/test/superslab/threads/threads_test
else
$(SUPERSLAB_LIB) build/superslab/libsuperslab-debug.so:
	@echo "the superslab allocator is for Linux" >&2; exit 1
endif

# ---- The superslab study: the allocator beside others, and the document's figures beside ours ----
.PHONY: superslab superslab-results superslab-table superslab-programs test-long

STUDY_FLAGS = $(STANDARD) -O3 $(NATIVE) -DNDEBUG -g -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) \
    -Iexperiments/superslab -Iexperiments/cell
STUDY_HEADERS := $(wildcard experiments/superslab/*.h experiments/cell/*.h)
STUDY_MIXED   := $(addprefix experiments/,superslab/random_mixed.c superslab/mixed.c superslab/footprint.c cell/process.c)
STUDY_STEPS   := $(addprefix experiments/,superslab/steps.c cell/process.c)

build/superslab/random-mixed: $(STUDY_MIXED) $(STUDY_HEADERS) build/flags | build/packages
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(STUDY_FLAGS) $(STUDY_MIXED) -pthread -ldl -o $(PART) && $(WHOLE)

build/superslab/steps: $(STUDY_STEPS) $(STUDY_HEADERS) build/flags | build/packages
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(STUDY_FLAGS) $(STUDY_STEPS) -ldl -o $(PART) && $(WHOLE)

# ---- The instrument: how good it is, what the machine costs; two experiments compared; stores ----
.PHONY: instrument studies verdict limits layout-objects layout-program compare merge

# The studies; lab.instrument.studies has their settings.
STUDIES ?=
PAIRS   ?=

instrument: studies
	@$(MAKE) --no-print-directory verdict

studies: build/run/run build/instrument/limits build/instrument/origin build/packages-counts
	@$(LAB).instrument.studies $(call option,studies,$(STUDIES)) $(call option,pairs,$(PAIRS)) \
	    $(call option,samples,$(SAMPLES)) $(call option,pin,$(PIN)) --out $(RESULTS)/instrument

# What the stored studies say; the machine's limits, and each composition's get in their terms.
verdict:
	@$(LAB).instrument.verdict --in $(RESULTS)/instrument

limits:
	@$(LAB).instrument.limits --in $(RESULTS)/instrument $(RUNS)

TOOL_INCLUDE := -Iexperiments/run -Iexperiments/cell

build/instrument/%: experiments/instrument/%.c $(RUN_SOURCES) $(wildcard experiments/run/*.h) experiments/cell/timer.h build/flags | build/packages
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(CELL_FLAGS) -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) $(TOOL_INCLUDE) $< $(RUN_SOURCES) $(RUN_LIBS) -o $(PART) && $(WHOLE)

# The measuring program in pieces, and linked as experiments/instrument/relink.py asks for.
OBJECTS_OF     := build/instrument/objects/$(ID)/$(KEY)/$(HASH)
LAYOUT_OBJECTS := $(patsubst experiments/%.c,$(OBJECTS_OF)/%.o,$(CELL_SOURCES)) $(dir $(CELL))hamt.o

$(OBJECTS_OF)/%.o: experiments/%.c $(dir $(CELL))identity.h $(wildcard experiments/cell/*.h) build/flags
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(CELL_FLAGS) -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -I$(dir $(CELL)) -Iexperiments/cell \
	    -Iexperiments/cell/keys/$(KEY) $$($(COMPOSE) flags $(ID) $(KEY) $(HASH)) $(call packages,--cflags jansson) \
	    -c $< -o $(PART) && $(WHOLE)

layout-objects: $(LAYOUT_OBJECTS)
	@echo $^

layout-program:
	@$(CC) $(CELL_FLAGS) $(CFLAGS) $(OBJECTS) $(call packages,--libs jansson) $(LDLIBS) -o $(LAYOUT)

compare: build/run/run
	@$(LAB).compare --store $(STORE) '$(A)' '$(B)'

merge: build/run/run
	@$(LAB).merge --store $(STORE) '$(FROM)'

# What the document would gain by leaner wrappers: the same allocator as it would be without them.
STUDY_WRAPPED := build/superslab/wrapped/libsuperslab.so
$(STUDY_WRAPPED): $(SUPERSLAB_SOURCES) $(SUPERSLAB_HEADERS) build/flags
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(CELL_FLAGS) $(SUPERSLAB_FLAGS) -fno-inline -fstack-protector-all \
	    -ftls-model=global-dynamic $(WARNINGS) $(CFLAGS) -shared $(SUPERSLAB_SOURCES) -o $(PART) && $(WHOLE)

STUDY_PROGRAMS := build/superslab/random-mixed build/superslab/steps $(SUPERSLAB_LIB) $(STUDY_WRAPPED)
STUDY_MEASURE   = MAKE='$(MAKE)' $(LAB).superslab.measure

superslab-programs: $(STUDY_PROGRAMS)

superslab: $(STUDY_PROGRAMS) | build/packages-study
	@$(STUDY_MEASURE) --size quick --out $(OWN)/superslab-quick
	@$(LAB).superslab.report --runs $(OWN)/superslab-quick

superslab-results: $(STUDY_PROGRAMS) | build/packages-study
	@$(STUDY_MEASURE) --size full --out $(OWN)/superslab

superslab-table:
	@$(LAB).superslab.report --runs $(RESULTS)/superslab

test-long: build/packages
	@$(PYTHON) tests/all.py $(wildcard tests/superslab/long/*.py)

# ---- Which fix closes the gap: experiments/factorial.plan (made by lab.factorial.design) ----
.PHONY: factorial

factorial: build/run/run | build/packages-figures
	@$(LAB).factorial.report $(RUNS) --figures $(RESULTS)/figures

# ---- The paper: every figure in it from stored results ----
.PHONY: paper

# A reader's own paper lies beside their results, and says what differs there.
OWN_PAPER = $(if $(filter results,$(RESULTS)),,--own --markdown $(RESULTS)/PAPER.md)

paper: build/run/run | build/packages-figures build/packages-paper
	@$(LAB).figures.hamt
	@$(LAB).paper.figures --results $(RESULTS)
	@$(LAB).paper.build --results $(RESULTS) $(OWN_PAPER) $(if $(DRAFT),--draft) --html build/paper.html

# ---- Notebooks ----
.PHONY: notebooks

notebooks: build/run/run | build/packages-figures build/packages-notebooks
	@$(LAB).figures.notebooks --results $(RESULTS)

.PHONY: test-programs
test-programs:
	@echo $(TEST_PROGRAMS)

# What the tests need beside the compiler; tests install nothing themselves but allocators.
TEST_PACKAGES := build/packages $(addprefix build/packages-,figures counts programs study notebooks paper)

test: $(TEST_PACKAGES)
	@$(PYTHON) tests/all.py cover

test-all: $(TEST_PACKAGES)
	@$(PYTHON) tests/all.py all

clean:
	rm -rf build

-include $(wildcard build/cell/*/*/*/*.d build/test/*/*/*.d build/test/*/*/*/*.d)
