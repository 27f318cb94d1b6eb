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

# The settings of an experiment; an empty one takes the runner's default (build/run/run --help).
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

# RESULTS is where tables are printed from: results holds the committed ones.  OWN is where `make
# results` measures a reader's own, laid out alike.
RESULTS ?= results
OWN     ?= results/own

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
LAB      = PYTHONPATH=notebooks $(PYTHON) -B -m lab
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

.PHONY: help clean FORCE

# ---- How things are made ----
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
##    make plot                   the same as a figure, build/plot.svg and .png; EXPERIMENT may be a directory
##                                of results/runs, too
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
##    make tables                 the seed documents' figures beside ours, and all other stored tables
##    make audit                  their claims, each recomputed, and the nine suspicions
##    make findings               README's table of what each fix does, written into README.md
##    make factorial              which fix closes the gap: effects, ladder, what is left, and a figure
##    make allocators             each allocator beside glibc; make hash-costs: each hash beside xxh3
##    make superslab-table        the superslab allocator beside others, document 004 beside ours
##    make verdict                what the tests of the instrument say; make limits: what the machine costs
##    make notebooks              execute notebooks/*.ipynb: build/notebooks/*.html, figures
##    make paper                  PAPER.md and build/paper.html; DRAFT=1 leaves open what is missing
##  To measure those anew
##    make anew                   all below but counts, and from it tables, notebooks and the paper
##                                (about three hours and a half; goes on where it stopped)
##    make results                all plans, into results/own (about two hours and a half; likewise)
##    make superslab-results      the superslab's study, into results/own (about twenty minutes)
##    make instrument             put the instrument to the test, into RESULTS/instrument (25 minutes)
##        settings: STUDIES PAIRS POWER_PAIRS SAMPLES PIN
##    make recount, audit-counts  exact counts; the trees that the audit needs
##    make superslab              a quick study of the superslab, printed (about two minutes)
##  Results in and out
##    make export EXPERIMENT=id   an experiment as CSV under results/runs; make import FROM=dir
##    make merge FROM=file        take another store's experiments into this one
##  To work on it
##    make test                   every test, on the compositions in which every three parts meet
##    make test-all               the same on every composition there is (about an hour)
##    make test-long              real programs served by the superslab, for longer
##    make lint                   formatting and warnings under gcc and clang; make format mends the former
##    make VARIANT=x cell         build the measuring program, print its path; make superslab-lib likewise
##    make compile_commands       compile_commands.json for editors; make clean removes what was built

# ---- The targets, by what they are about ----
include $(addprefix tools/make/,packages.mk cell.mk experiment.mk results.mk reports.mk tests.mk \
    superslab.mk instrument.mk paper.mk)

clean:
	rm -rf build

-include $(wildcard build/cell/*/*/*/*.d build/test/*/*/*.d build/test/*/*/*/*.d)
