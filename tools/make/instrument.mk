# instrument.mk - the tests of the measuring itself, and what the machine costs.
.PHONY: instrument studies verdict limits layout-objects layout-program

# The studies; lab.instrument.studies has their settings.
STUDIES     ?=
PAIRS       ?=
POWER_PAIRS ?=

instrument: studies
	@$(MAKE) --no-print-directory verdict

studies: build/run/run build/instrument/limits build/instrument/origin build/packages-counts
	@$(LAB).instrument.studies $(call option,studies,$(STUDIES)) $(call option,pairs,$(PAIRS)) \
	    $(call option,power-pairs,$(POWER_PAIRS)) $(call option,samples,$(SAMPLES)) \
	    $(call option,pin,$(PIN)) --out $(RESULTS)/instrument

# What the stored studies say; the machine's limits, and each composition's get in their terms.
verdict:
	@$(LAB).instrument.verdict --in $(RESULTS)/instrument

limits:
	@$(LAB).instrument.limits --in $(RESULTS)/instrument $(RUNS)

build/instrument/origin: experiments/instrument/origin.c $(RUN_SOURCES) $(wildcard experiments/run/*.h) build/flags | build/packages
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(TOOL_FLAGS) -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -Iexperiments/run $< $(RUN_SOURCES) $(RUN_LIBS) -o $(PART) && $(WHOLE)

LIMITS_SOURCES := $(addprefix experiments/,instrument/limits.c cell/process.c cell/steps.c)
build/instrument/limits: $(LIMITS_SOURCES) $(wildcard experiments/cell/*.h) build/flags | build/packages
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(CELL_FLAGS) -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) $(STUDY_IDENTITY) -Iexperiments/cell $(LIMITS_SOURCES) -ldl $(LDFLAGS) $(LDLIBS) -o $(PART) && $(WHOLE)

# The measuring program in pieces, and linked as experiments/instrument/relink.py asks for.
OBJECTS_OF     := build/instrument/objects/$(ID)/$(KEY)/$(HASH)
LAYOUT_OBJECTS := $(patsubst experiments/%.c,$(OBJECTS_OF)/%.o,$(CELL_SOURCES)) $(dir $(MAP_CELL))hamt.o

$(OBJECTS_OF)/%.o: experiments/%.c $(dir $(MAP_CELL))identity.h $(wildcard experiments/cell/*.h) build/flags
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(CELL_FLAGS) -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -I$(dir $(MAP_CELL)) -Iexperiments/cell \
	    -Iexperiments/cell/keys/$(KEY) $$($(COMPOSE) flags $(ID) $(KEY) $(HASH)) $(call packages,--cflags jansson) \
	    -c $< -o $(PART) && $(WHOLE)

layout-objects: $(LAYOUT_OBJECTS)
	@echo $^

layout-program:
	@$(CC) $(CELL_FLAGS) $(CFLAGS) $(OBJECTS) $(call packages,--libs jansson) $(LDFLAGS) $(LDLIBS) -o $(LAYOUT)
