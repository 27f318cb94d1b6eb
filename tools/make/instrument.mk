# instrument.mk - the tests of the measuring itself, and what the machine costs.
.PHONY: instrument studies verdict limits ways simulate layout-objects layout-program

# The studies, experiments/instrument-NAME.plan each, into OWN; STUDIES=aa,limits: some of them.
STUDIES ?= aa,power,layout,counts,limits

instrument: studies
	@$(LAB) verdict RESULTS='$(OWN)'

studies: $(patsubst %,$(OWN)/runs/instrument-%/experiment.csv,$(subst $(comma), ,$(STUDIES)))

# What the stored studies say; the machine's limits, and each composition's get in their terms.
verdict:
	@$(LAB) verdict $(call given,RESULTS)

limits:
	@$(LAB) limits $(call given,RESULTS)

# Campaigns that are made up, stopped when they are decided, and races that are replayed; into RESULTS.
simulate:
	@$(LAB) simulate OUT='$(RESULTS)' $(call given,REPS SEED)
	@echo
	@$(LAB) race-check OUT='$(RESULTS)' $(call given,REPS SEED)

# The ways of taking samples, side by side: as many rounds of their plan as BUDGET has room for, and what is known then;
# the next call goes on.  With EXPERIMENT, what is known of that one.
ways: build/run/run
	@mkdir -p $(dir $(STORE))
	@$(LAB) ways $(if $(EXPERIMENT),,"ASKED=--plan $(or $(PLAN),experiments/instrument-ways.plan)") \
	    $(call given,STORE EXPERIMENT BUDGET)

LIMITS_SOURCES := experiments/instrument/limits.c $(PROTOCOL_SOURCES)
build/instrument/limits: $(LIMITS_SOURCES) $(wildcard experiments/cell/*.h) build/flags | build/packages
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(CELL_FLAGS) -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) $(STUDY_IDENTITY) -Iexperiments/cell \
	    $(LIMITS_SOURCES) -ldl $(LDFLAGS) $(LDLIBS) -o $(PART) && $(WHOLE)

# The measuring program in pieces, and linked as experiments/instrument/relink.py asks for.
OBJECTS_OF     := build/instrument/objects/$(ID)/$(KEY)/$(HASH)
LAYOUT_OBJECTS := $(patsubst experiments/%.c,$(OBJECTS_OF)/%.o,$(CELL_SOURCES)) $(dir $(MAP_CELL))hamt.o

$(OBJECTS_OF)/%.o: experiments/%.c $(dir $(MAP_CELL))identity.h $(dir $(MAP_CELL))code.h \
    $(wildcard experiments/cell/*.h) build/flags
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(CELL_FLAGS) -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -I$(dir $(MAP_CELL)) -Iexperiments/cell \
	    -Iexperiments/cell/keys/$(KEY) $$($(COMPOSE) flags $(ID) $(KEY) $(HASH)) $(call packages,--cflags jansson) \
	    -c $< -o $(PART) && $(WHOLE)

layout-objects: $(LAYOUT_OBJECTS)
	@echo $^

layout-program:
	@$(CC) $(CELL_FLAGS) $(CFLAGS) $(OBJECTS) $(call packages,--libs jansson) -lm $(LDFLAGS) $(LDLIBS) -o $(LAYOUT)
