# cell.mk - the measuring program of a composition, and the runner that starts it.
.PHONY: cell relinked-cell counted-cell one-cell show peers

# ---- The measuring program ----
MAP_CELL := $(if $(findstring $(comma),$(KEY)$(HASH)),one-cell,build/cell/$(ID)/$(KEY)/$(HASH)/cell)

# What a program that measures no map says of how it was made (experiments/cell/line.c), and what all
# programs have that speak the protocol.
STUDY_IDENTITY = -DCELL_FLAGS='"$(strip $(CELL_FLAGS) $(subst ",,$(CFLAGS)))"'
PROTOCOL_SOURCES := $(addprefix experiments/cell/,arguments.c line.c process.c steps.c)

# Other programs that speak the cell's protocol (experiments/cell.c): CELL=name is $(CELL_name).
CELL_random-mixed := build/superslab/random-mixed
CELL_random-mixed-counted := build/superslab/random-mixed-counted
CELL_steps        := build/superslab/steps
CELL_limits       := build/instrument/limits
CELL_versions     := $(MAP_CELL:build/cell/%=build/versions/%)
# Threads, by how versions get to readers: CELL=threads by RCU, or as a peer has it; CELL=threads-lock by the others.
threads_program    = threads$(if $(filter-out rcu,$(1)),-$(1))
$(foreach way,$(WAYS),$(eval CELL_$(call threads_program,$(way)) := $(MAP_CELL:build/cell/%=build/threads/$(way)/%)))
# The map's program with a delay in it that is known.
CELL_delayed      := $(MAP_CELL:build/cell/%=build/delayed/%)
# The map's program while callgrind counts what it does, while lookups are followed step by step, while perf looks on,
# while its functions are counted that are entered; comparisons of keys, counted.
CELL_map-counted  := $(MAP_CELL:build/cell/%/cell=build/count/%/counted)
CELL_map-followed := $(MAP_CELL:build/cell/%/cell=build/cell/%/followed)
CELL_map-sampled  := $(MAP_CELL:build/cell/%/cell=build/cell/%/sampled)
CELL_map-entered  := $(MAP_CELL:build/cell/%/cell=build/entered/%/entered)
CELL_flooding     := $(MAP_CELL:build/cell/%/cell=build/flooding/%/counted)
# The map's program linked in other orders: VARIANT=fix4.move.01.
CELL_relinked := relinked-cell
CELLS := map $(patsubst CELL_%,%,$(filter-out CELL_FLAGS CELL_SOURCES,$(filter CELL_%,$(.VARIABLES))))
CELL_MADE = $(if $(filter map,$(or $(CELL),map)),$(MAP_CELL),$(or $(if $(filter $(CELL),$(CELLS)),$(CELL_$(CELL))),\
    $(error CELL=$(CELL): no such program; one of: $(CELLS))))

cell: $(CELL_MADE)
	$(if $(filter relinked-cell,$<),,@echo $<)

relinked-cell:
	@experiments/instrument/relink.py -s VARIANT='$(RELINKED)' HASH='$(HASH)' KEY='$(KEY)' cell

counted-cell: $(MAP_CELL:build/cell/%=build/count/%)
	@echo $<

one-cell:
	$(error HASH=$(HASH) KEY=$(KEY): one of each makes a program)

show:
	@$(COMPOSE) show '$(VARIANT)'

# The words of a target's path below build/<kind>/: composition, key, hash.
word_of = $(word $(1),$(subst /, ,$(2)))
include_of = $$($(COMPOSE) flags $(call word_of,1,$*) $(call word_of,2,$*) $(call word_of,3,$*)) \
    $(XXHASH_FLAGS)
XXHASH_FLAGS = $(call once,XXHASH_FLAGS,$(shell pkg-config --cflags libxxhash 2>/dev/null))
source_of = $$($(COMPOSE) source $(call word_of,1,$*))
versions_of = $$($(COMPOSE) versions $(call word_of,1,$*))
libraries_of = $$($(COMPOSE) libraries $(call word_of,1,$*))
# $(call as_core,flags): the same, for the language of the core: a peer's may be C++.
as_core = $(filter-out -std=%,$(1)) $$($(COMPOSE) standard $(call word_of,1,$*))
# Of a peer, nothing of others.  $(call provenance_of,$*): the file that changes when what it is made from
# does.  $(call joined,flags): the step that puts an archive, if it is in another language, into the object.
peer_of = $(wildcard $(addsuffix /peer.conf,peers/$(call word_of,1,$(1)) $(subst @,/,$(call word_of,1,$(1)))))
provenance_of = $(if $(call peer_of,$(1)),build/peers/$(call word_of,1,$(1)).provenance)
joined = $(if $(call peer_of,$*),&& $(COMPOSE) join $(call word_of,1,$*) $(call word_of,2,$*) $(PART) "$(1)" >&2)
compile_cell = $(call COMPILE,$(call word_of,1,$*),$(call word_of,2,$*),$(call word_of,3,$*))
# The header that has a digest of the machine code in the objects which it is made from.
write_code = @$(COMPOSE) code $(call word_of,1,$*) $(call word_of,2,$*) $(call word_of,3,$*) \
    $(filter %.o,$^) >$(PART) || \
    { sed 's/^error: //' $(PART) >&2; rm $(PART); exit 2; }; $(WHOLE)
CODE_TOOLS = tools/compose.py tools/machine_code.py

# Files that change when the compiler or its flags do.
CC_VERSION = $(if $(MACHINE),$(CC) $(shell $(CC) --version | head -n 1))
IF_CHANGED = if cmp -s $(PART) $@; then rm $(PART); else $(WHOLE); fi

build/flags: | build/packages
build/flags build/single/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC_VERSION) $(CELL_FLAGS) $(TEST_FLAGS) $(CFLAGS) $(LDFLAGS) $(LDLIBS)' >$(PART) && $(IF_CHANGED)

# What is timed is built for this very processor.  What is counted is built for an instruction set that
# valgrind knows, whatever CFLAGS says of the processor, with debugging information that it can read;
# the last line has its flags.
build/count/flags: FORCE | build/packages
	@mkdir -p $(@D)
	@set=$$(sh tools/instruction_set.sh counted $(CC)) && \
	printf '%s\n' '$(CC_VERSION) $(LDFLAGS) $(LDLIBS)' \
	    "$(PLAIN_FLAGS) -gdwarf-4 $(strip $(filter-out -m%,$(CFLAGS)) $$set)" >$(PART) && $(IF_CHANGED)

BUILT_cell  = $(CELL_FLAGS) $(CFLAGS)
BUILT_count = $$(tail -n 1 build/count/flags)
# A map of which each function of the source is one of the program, and says so when it is entered.
BUILT_entered = $(BUILT_cell) -Dclock_gettime=entered_clock
CORE_entered  = $(call as_core,$(BUILT_entered)) -O0 -finstrument-functions
CORE_cell   = $(call as_core,$(BUILT_cell))
CORE_count  = $(call as_core,$$(tail -n 1 build/count/flags | sed 's/-std=[^ ]*//'))

CELL_SOURCES := experiments/cell.c $(wildcard experiments/cell/*.c)
ENTERED_SOURCES := $(CELL_SOURCES) experiments/instrument/entered.c
DELAYED_SOURCES := $(filter-out %/undelayed.c,$(CELL_SOURCES)) experiments/instrument/calibrate.c

# What a rule depends on may hang on the target's name: provenance_of.
.SECONDEXPANSION:

# $(call cell_rules,kind,how it is built,flags' file,the core's file and what goes with it,other sources)
define cell_rules
build/$(1)/%/hamt.o: $(3) $$$$(call provenance_of,$$$$*) | build/packages
	@mkdir -p $$(@D)
	$$(compile_cell) $$(CORE_$(2)) $$(WARNINGS) $$(include_of) $$(DEPENDENCIES) -c $(4) -o $$(PART) \
	    $$(call joined,$$(BUILT_$(2))) && $$(WHOLE_OBJECT)

build/$(1)/%/identity.h: $(3) $$$$(call provenance_of,$$$$*) experiments/lineups.conf tools/compose.py tools/peers.py
	@mkdir -p $$(@D)
	@$$(COMPOSE) identity $$(call word_of,1,$$*) $$(call word_of,2,$$*) $$(call word_of,3,$$*) \
	    "$$(BUILT_$(2))" >$$(PART) && $$(WHOLE)

build/$(1)/%/code.h: build/$(1)/%/hamt.o $(CODE_TOOLS)
	$$(write_code)

build/$(1)/%/cell: build/$(1)/%/hamt.o build/$(1)/%/identity.h build/$(1)/%/code.h $(5) \
    $(wildcard experiments/cell/*.h experiments/instrument/*.h)
	$$(compile_cell) $$(BUILT_$(2)) -D_GNU_SOURCE $$(WARNINGS) -I$$(@D) -Iexperiments/cell \
	    -Iexperiments/cell/keys/$$(call word_of,2,$$*) $$(include_of) $(5) $$< \
	    $$(libraries_of) $$(call packages,--cflags --libs jansson) -lm $$(LDFLAGS) $$(LDLIBS) -o $$(PART) && $$(WHOLE)
endef
DELAYED_CORE = experiments/instrument/delayed.c -I. -DCORE=\"$(source_of)\"
$(eval $(call cell_rules,cell,cell,build/flags,$$(source_of),$(CELL_SOURCES)))
$(eval $(call cell_rules,count,count,build/count/flags,$$(source_of),$(CELL_SOURCES)))
$(eval $(call cell_rules,entered,entered,build/flags,$$(source_of),$(ENTERED_SOURCES)))
$(eval $(call cell_rules,delayed,cell,build/flags,$$(DELAYED_CORE),$(DELAYED_SOURCES)))
$(eval $(call cell_rules,delayed-count,count,build/count/flags,$$(DELAYED_CORE),$(DELAYED_SOURCES)))

# Cells that are scripts, each with the program that it runs.
counted_by = @printf '\#!/bin/sh\nexec $(PYTHON) -B experiments/counted/$(1).py $< "$$@"\n' >$(PART) && \
    chmod +x $(PART) && $(WHOLE)

build/count/%/counted: build/count/%/cell | build/packages-counts
	$(call counted_by,counted)

build/cell/%/followed: build/cell/%/cell | build/packages-counts
	$(call counted_by,followed)

build/cell/%/sampled: build/cell/%/cell
	$(call counted_by,sampled)

build/entered/%/entered: build/entered/%/cell
	$(call counted_by,entered)

build/flooding/%/counted: build/flooding/%/flooding
	$(call counted_by,flooding)

FLOODING_FLAGS = $(STANDARD) -O2 -g1 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS)

build/flooding/%/identity.h: build/flags experiments/lineups.conf tools/compose.py
	@mkdir -p $(@D)
	@$(COMPOSE) identity $(call word_of,1,$*) $(call word_of,2,$*) $(call word_of,3,$*) "$(FLOODING_FLAGS)" >$(PART) && \
	    $(WHOLE)

build/flooding/%/flooding: experiments/flooding/flooding.c experiments/flooding/keyops.h build/flooding/%/identity.h \
    build/flags | build/packages
	$(call SAY,compile) $(CC) $(FLOODING_FLAGS) -I$(@D) -Iexperiments/flooding -Iexperiments/cell $(include_of) \
	    $(DEPENDENCIES) $< experiments/cell/process.c $(source_of) -o $(PART) && mv -f $(PART).d $@.d && $(WHOLE)

# The program that measures versions, on the same map: build/versions/<composition>/<key>/<hash>/cell.
REQUEST_SOURCES  := experiments/request/request.c experiments/cell/trace.c $(PROTOCOL_SOURCES)
VERSIONS_SOURCES := experiments/versions.c $(REQUEST_SOURCES)

build/versions/%/versions.o: build/flags | build/packages
	@mkdir -p $(@D)
	$(compile_cell) $(BUILT_cell) $(WARNINGS) $(include_of) $(DEPENDENCIES) -c $(versions_of) -o $(PART) && $(WHOLE_OBJECT)

build/versions/%/code.h: build/cell/%/hamt.o build/versions/%/versions.o $(CODE_TOOLS)
	$(write_code)

build/versions/%/cell: build/versions/%/versions.o build/cell/%/hamt.o build/cell/%/identity.h \
    build/versions/%/code.h $(VERSIONS_SOURCES) $(wildcard experiments/cell/*.h experiments/request/*.h)
	$(compile_cell) $(BUILT_cell) -D_GNU_SOURCE $(WARNINGS) -I$(@D) -Ibuild/cell/$* \
	    -Iexperiments/cell -Iexperiments/request \
	    -Iexperiments/cell/keys/$(call word_of,2,$*) $(include_of) $(VERSIONS_SOURCES) $(filter %.o,$^) \
	    $(libraries_of) $(call packages,--cflags --libs jansson) $(LDFLAGS) $(LDLIBS) -o $(PART) && $(WHOLE)

# The program that measures threads: build/threads/<way>/<composition>/<key>/<hash>/cell.
THREADS_SOURCES := experiments/threads.c $(wildcard experiments/threads/*.c) experiments/cell/latency.c \
    $(REQUEST_SOURCES)
# A peer that is made for threads answers for itself, but where another way is asked for; of rcu it needs no library
# then.
shared_by_itself = $(call unless_error,$(shell $(COMPOSE) shared $(call word_of,1,$*)))
shared_of        = $(if $(filter rcu,$(1)),$(shared_by_itself),$(if $(shared_by_itself),common/threads/shared_map.c))
shared_libraries = $(if $(filter common/%,$(call shared_of,$(1))),$(call way_libraries,$(1)),-pthread)

define threads_rules
build/threads/$(1)/%/shared_map.o: build/flags | build/packages
	@mkdir -p $$(@D)
	$$(compile_cell) $$(BUILT_cell) -D_GNU_SOURCE $$(WARNINGS) $(call way_includes,$(1)) $$(include_of) $$(DEPENDENCIES) \
	    -c $$(call shared_of,$(1)) -o $$(PART) && $$(WHOLE_OBJECT)

build/threads/$(1)/%/code.h: build/cell/%/hamt.o build/versions/%/versions.o build/threads/$(1)/%/shared_map.o \
    $(CODE_TOOLS)
	$$(write_code)

build/threads/$(1)/%/cell: build/threads/$(1)/%/shared_map.o build/versions/%/versions.o build/cell/%/hamt.o \
    build/cell/%/identity.h build/threads/$(1)/%/code.h $(THREADS_SOURCES) \
    $(wildcard $(addprefix experiments/,cell/*.h request/*.h threads/*.h))
	$$(compile_cell) $$(BUILT_cell) -D_GNU_SOURCE $$(WARNINGS) -DTHREADS_PROGRAM='"$(call threads_program,$(1))"' \
	    -I$$(@D) -Ibuild/cell/$$* $(addprefix -Iexperiments/,cell request threads) \
	    -Iexperiments/cell/keys/$$(call word_of,2,$$*) $$(include_of) $(THREADS_SOURCES) \
	    $$(filter %.o,$$^) \
	    $$(libraries_of) $$(call shared_libraries,$(1)) $$(call packages,--cflags --libs jansson) $$(LDFLAGS) $$(LDLIBS) \
	    -o $$(PART) && $$(WHOLE)
endef
$(foreach way,$(WAYS),$(eval $(call threads_rules,$(way))))

# ---- Peers: other libraries' maps ----
peers:
	@$(COMPOSE) peers

# What a peer is made from: its libraries, flags, adapter.
build/peers/%.provenance: FORCE | build/packages
	@mkdir -p $(@D)
	@{ $(COMPOSE) provenance $* >$(PART) || { cat $(PART) >&2; rm $(PART); false; }; } && $(IF_CHANGED)

# ---- The runner ----
RUN_SOURCES := $(wildcard experiments/run/*.c) experiments/cell/keyfile.c
RUN_LIBS     = $(call packages,--cflags --libs sqlite3 jansson nettle) $(LDFLAGS) $(LDLIBS)

build/run/run: experiments/run.c $(RUN_SOURCES) $(wildcard experiments/run/*.h) build/flags | build/packages
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(TOOL_FLAGS) $(WARNINGS) $(CFLAGS) -Iexperiments/run experiments/run.c $(RUN_SOURCES) \
	    $(RUN_LIBS) -o $(PART) && $(WHOLE)
