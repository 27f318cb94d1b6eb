# cell.mk - the measuring program of a composition, and the runner that starts it.
.PHONY: cell show

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
RUN_SOURCES := $(wildcard experiments/run/*.c) experiments/cell/keyfile.c
RUN_LIBS     = $(call packages,--cflags --libs sqlite3 jansson)

build/run/run: experiments/run.c $(RUN_SOURCES) $(wildcard experiments/run/*.h) build/flags | build/packages
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(TOOL_FLAGS) $(WARNINGS) $(CFLAGS) -Iexperiments/run experiments/run.c $(RUN_SOURCES) $(RUN_LIBS) -o $(PART) && $(WHOLE)
