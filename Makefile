# hamtlab: build, measure, test.  `make` alone prints what there is to do.
#
# What is built lies under build/, one directory for each composition (tools/compose.py resolves its
# name), kind of key and hash:
#     build/cell/<composition>/<key>/<hash>/cell     the measuring program
#     build/count/<composition>/<key>/<hash>/cell    the same, built for valgrind to count
#     build/test/map/<composition>/<key>/map_test    the shared test suite, under sanitizers

# ---- Settings: `make NAME=value target` ----
VARIANT ?=
HASH    ?=
KEY     ?= u64

# What VARIANT is measured against, instead of the usual ones.
AGAINST ?=

# The settings of an experiment; an empty one takes the runner's default (build/run/run --help).
OPS        ?=
PATTERNS   ?=
KEYS       ?=
SCALES     ?=
REPS       ?=
SAMPLES    ?=
SEED       ?=
ALLOC      ?=
POOL_SLOTS ?=
TURNS      ?=
PIN        ?=
PLAN       ?=
MORE       ?=
DRY        ?=

# Where `make install` puts things, and what is taken home is called; an environment has these for other reasons.
PREFIX := /usr/local
NAME   :=

# Those and all others: which there are, and what a value may be.
include tools/make/settings.mk

# RESULTS is where tables are printed from: results holds the committed ones.  OWN is where `make
# results` measures a reader's own, laid out alike.
RESULTS ?= results
OWN     ?= results/own

CC       ?= cc
# What builds Rust's archives; empty: Debian's, or the first in PATH.
CARGO    ?=
WARNINGS := -Wall -Wextra -Wpedantic -Werror
STANDARD := -std=c17
# For this very processor, if the compiler makes programs for its kind at all.
machine_of = $(subst arm64,aarch64,$(firstword $(subst -, ,$(shell $(1)))))
MACHINE    = $(call once,MACHINE,$(or $(call machine_of,$(CC) -dumpmachine 2>/dev/null),$(error CC=$(CC): no compiler)))
HOST      := $(call machine_of,uname -m)
SYSTEM    := $(shell uname)
NATIVE     = $(if $(filter $(HOST),$(MACHINE)),$(if $(filter aarch64,$(HOST)),-mcpu=native,-march=native))
# Every competitor is compiled with these; frame information costs nothing at run time.
PLAIN_FLAGS := $(STANDARD) -O3 -DNDEBUG -g
CELL_FLAGS   = $(STANDARD) -O3 $(NATIVE) -DNDEBUG -g
TEST_FLAGS := $(STANDARD) -O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=all
TOOL_FLAGS := $(STANDARD) -O2 -g -D_GNU_SOURCE

# A report that has a default of its own, or prints all there is, asks for what was given.
GIVEN_VARIANT := $(VARIANT)
GIVEN_HASH    := $(HASH)
override VARIANT := $(or $(VARIANT),list)
override HASH    := $(or $(HASH),xxh3)

COMPOSE := CC='$(CC)' CARGO='$(CARGO)' $(ANY_PYTHON) tools/compose.py
LAB      = PYTHON='$(PYTHON)' PYTHONPATH=notebooks $(PYTHON) -B -m lab
# $(call given,NAMES): those settings that have a value, as the lab takes them.
given    = $(foreach name,$(1),$(if $($(name)),'$(name)=$($(name))'))
packages = $(shell pkg-config $(1))
# $(call unless_error,what a tool printed): make ends, and says why, if that is an error.
unless_error = $(if $(filter error:,$(firstword $(1))),$(error $(wordlist 2,999,$(1))),$(1))

# ---- What the settings name.  A name that makes no sense ends make with one line. ----
# $(call known,SETTING,directory): its values, with commas between, are names of directories there.
names_in = $(sort $(notdir $(wildcard $(1)/*)))
comma := ,
known = $(if $(filter-out $(call names_in,$(2)),$(or $(subst $(comma), ,$($(1))),none)),\
    $(error $(1)=$($(1)): not known; one of: $(call names_in,$(2))))

# CELL=relinked VARIANT=fix4.move.01 is fix4 in a layout of its own (experiments/instrument/relink.py).
ifeq ($(CELL),relinked)
RELINKED := $(VARIANT)
override VARIANT := $(basename $(basename $(VARIANT)))
endif

ID := $(shell $(COMPOSE) id '$(firstword $(subst $(comma), ,$(VARIANT)))')
ifneq ($(filter error:,$(firstword $(ID))),)
$(error $(wordlist 2,999,$(ID)))
endif
$(call known,HASH,common/hash)
$(call known,KEY,common/key)
# An experiment takes several compositions, what else is made of one takes one.
SINGLE := $(filter-out experiment campaign race plan suite table csv,$(MAKECMDGOALS))
ifneq ($(and $(findstring $(comma),$(VARIANT)),$(SINGLE)),)
$(error VARIANT=$(VARIANT): $(firstword $(SINGLE)) takes one composition; experiment and suite take several)
endif

.PHONY: help clean FORCE

# ---- How things are made ----
# Compilers' command lines are shown with V=1 only.
SAY = $(if $(V),,@echo "  $(1)  $@" &&)
# $(call COMPILE,composition,key,hash): compiles a part of it, and says in one line what is wrong there.
COMPILE = $(call SAY,compile) $(if $(V),,sh tools/compile.sh $(1) $(2) $(3)) $(CC)
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
##    make VARIANT=x experiment   composition x, or x,y, beside list, lazy, phase3 and reference
##    make VARIANT=x AGAINST=y experiment   x and y alone, and ratios of x to y
##        settings: OPS PATTERNS KEYS SCALES HASH KEY ALLOC REPS SAMPLES SEED POOL_SLOTS TURNS PIN PLAN PRECISION DECIDE
##        BUDGET;
##        CC CFLAGS LDFLAGS LDLIBS PYTHON; LD_PRELOAD=library is taken for ALLOC=library
##        CELL=name measures with another program; COPIES=2 has each competitor twice in a block;
##        SAME=allowed: competitors may be one program under two names, which is refused otherwise
##        SHARD=1/2 measures every other block; make merge puts the stores of all shards together
##        PRECISION=5%, or DECIDE=2%, adds blocks until every ratio's interval is so narrow, or every ratio
##        certainly is below 1, above it, or within 2 % of it; BUDGET=10m ends it sooner (an hour, if it is not given),
##        and with EXPERIMENT=id goes on with one
##        MORE=12 adds replicates to the newest of these settings that is finished, or to EXPERIMENT=id
##        PEERS=boost,/some/dir measures other libraries' maps beside it; make peers lists them, with
##        what each can do; CARGO builds those in Rust
##    make VARIANT=a,b,c race     which of them is the best, at 95 %; losers are dropped early.  Without VARIANT: of all
##                                that the factorial's fixes make, those of the trie or of FAMILY=bucket.
##                                WEIGHTS=put:1,get:2,bytes:0.5 says what is best; DECIDE=2% how much worse than it
##                                what is found may be; BUDGET, as above.
##                                FRONT=get,bytes instead of WEIGHTS: all that no other beats in both.
##                                AGAINST=boost runs along to be told beside it; NAME=x keeps the race
##    make races                  what came of the races that were kept (results/races), from their samples
##    make PLAN=file campaign     a plan measured in shards, one after the other, or with ON=slurm by a cluster; again,
##                                it goes on where it is.  SITE=file says what Slurm is to be told, BLOCKS=8 how many
##                                blocks a task measures, CAMPAIGN=directory where it lies (results/campaigns/...);
##                                docs/campaigns.md
##    make machines               the newest experiment's plan, or that of EXPERIMENT=id, on all machines that measured
##                                it: a column for each, and what holds where; EXPERIMENT=results/runs/rise: of stored
##                                results, those beside it that other machines measured
##    make VARIANT=x plan         how many runs that would be, how long, how much memory; so does DRY=1
##    make VARIANT=x suite        every pattern, scale and way to ask, as a table and as build/table.csv
##    make table                  the newest experiment's table again, or that of EXPERIMENT=id
##    make plot                   the same as a figure, build/plot.svg and .png; EXPERIMENT may be a directory
##                                of results/runs, too
##    make csv                    the same as a CSV file, build/table.csv, with all digits
##    make compare A=x B=y        two experiments beside each other: ids, exports, commits or machines
##  Of any composition
##    make VARIANT=x why          what its time goes to, on one page, from what is stored of it
##    make VARIANT=x show         which directory each part comes from, and what each variant changes
##    make VARIANT=x tree         its shape beside what a uniform hash predicts
##    make VARIANT=x pool         how full the pool of child slots gets, and what size would do
##    make VARIANT=x hashes       what each hash makes of each pattern; HASH=a,b narrows it
##    make flooding               what keys cost that were chosen to collide, under each hash
##    make VARIANT=x entered      proof of treatment: which functions of the parts that x changes are entered by which
##                                operation; fails if those of a part are not, by those of OPS
##    make VARIANT=x count        what `make counts` prints, counted now, of x; make VARIANT=x attribute likewise
##    make VARIANT=x profile      the documents' profile: times, tree, pool, what it is spent on
##  To take home
##    make champion.h             write the map champion as one header for C and C++, and print its path; champion_str.h
##                                for string keys; make VARIANT=x single: x, for each kind of key.  HASH, NAME=y: y.h,
##                                y_put
##    make install                champion, or VARIANT, as a library with pkg-config and a man page; PREFIX
##                                (/usr/local), DESTDIR, NAME; make uninstall takes it away
##  From stored results (RESULTS=results/own: from yours)
##    make tables                 the figures of the documents it began with beside ours, and all other tables;
##                                DOCUMENT=000 to 004: the tables of one document
##    make audit                  the documents' claims, each recomputed, and nine suspicions about them
##    make steps                  what each variant does beside the one that it is one step from
##    make versions               what snapshots, diffs and merges of versions cost in each layout
##    make threads                how maps do that threads read while others write: targets, latencies, and a figure
##    make findings               what each layout does, written into docs/results.md
##    make factorial              which fix closes the gap: effects, ladder, what is left, and a figure; FAMILY=bucket:
##                                which decision makes a bucket trie fast
##    make frontier               how fast, how small: targets beside what was reached, latencies, and a figure
##    make allocators             each allocator compared with glibc's malloc; make hash-costs: each hash with xxh3
##    make superslab-table        the superslab allocator compared with others, and with document 004
##    make counts                 instructions, misses, chains of loads; VARIANT, OPS, PATTERNS and SCALES narrow them
##    make attribution            what they are spent on, beside the documents' shares; VARIANT=x: by x
##    make model                  a get's time predicted from counts and what the machine's loads cost
##    make verdict                what the tests of the instrument say; make limits: what the machine costs
##    make notebooks              execute notebooks/*.ipynb: build/notebooks/*.html, figures
##    make paper                  PAPER.md and build/paper.html; DRAFT=1 leaves open what is missing
##    make site                   build/site/index.html: all results on one page, to filter, compare and share
##  To measure those anew
##    make anew                   results, superslab-results and instrument, and from them tables, notebooks and the
##                                paper (about eight hours; goes on where it stopped)
##    make results                the plans behind the tables, the audit and most of the paper, into results/own (about
##                                six and a half hours; goes on where it stopped)
##    make frontier-results       the frontier's plans, into results/own (about three hours)
##    make superslab-results      the superslab's study, into results/own (about half an hour)
##    make instrument             put the instrument to the test, into results/own (an hour);
##                                STUDIES=aa,power,layout,counts,limits: some of its studies
##    make simulate               made-up experiments that end when they are decided, and races that are replayed: how
##                                often they are wrong, what they cost; results/sequential.csv, race.csv (ten minutes)
##    make ways BUDGET=1h         how sure each way of taking samples is (TURNS), into the store, in as many rounds as
##                                there is time for; the next call goes on
##    make recount, audit-counts  exact counts; the trees that the audit needs; make recount-entered: which functions of
##                                changed parts are entered
##    make superslab              a quick study of the superslab, into results/own (about two minutes)
##  Results in and out
##    make experiments            what the store has; ids may be shortened everywhere
##    make export EXPERIMENT=id   an experiment as CSV under results/runs; make import FROM=dir
##    make merge FROM=file        take another store's experiments into this one
##    make NAME=x contribute      the newest experiment, or EXPERIMENT=id, into results/contributed/x.json, for the page
##  To work on it
##    make test                   every test, on the compositions in which every two parts meet
##    make test-triples           the shared suite where every three meet (half an hour);
##    make test-all               on every composition there is (a night)
##    make VARIANT=x check        the shared suite on x alone
##    make test-long              real programs served by the superslab, for longer; all faults of shared maps; a
##                                campaign on Slurm, killed twenty times
##    make sharing                the ways in which threads share a map, and what each lacks here
##    make coverage               the share of lines that tests run, in C and in Python (build/coverage)
##    make test-matrix            what depends on the processor: gcc and clang, for each instruction set
##    make lint                   formatting, warnings under gcc and clang, cppcheck, shellcheck, pyflakes, spelling;
##                                make format mends the first
##    make VARIANT=x cell         build the measuring program and print its path; make superslab-lib, the allocator
##    make compile_commands       compile_commands.json for editors; make clean removes what was built

# ---- The targets, by what they are about ----
include $(addprefix tools/make/,packages.mk preloaded.mk threads.mk cell.mk experiment.mk campaign.mk results.mk \
    reports.mk tests.mk superslab.mk instrument.mk paper.mk site.mk single.mk)

clean:
	rm -rf build

# What objects and programs were made from.
MADE := $(addsuffix /*/*/*,cell versions threads/* count entered delayed* flooding) \
    $(addprefix test/,* */* */*/* sharing/*/map/*/*)
-include $(wildcard $(patsubst %,build/%/*.d,$(MADE)))
