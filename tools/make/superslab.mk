# superslab.mk - the superslab allocator, its tests, and its study.
.PHONY: superslab-lib superslab-wrapped-lib superslab superslab-results superslab-table superslab-programs

# ---- The superslab allocator ----
# A malloc of its own, to be preloaded: build/superslab/libsuperslab.so, and -debug.so, which checks
# what is freed.  Linux only: it maps memory in ways that macOS does not have.
SUPERSLAB_SOURCES := $(wildcard common/superslab/*.c)
SUPERSLAB_HEADERS := $(wildcard common/superslab/*.h)
SUPERSLAB_FLAGS   := -D_GNU_SOURCE -fPIC -fvisibility=hidden -ftls-model=initial-exec -fno-builtin-malloc
SUPERSLAB_LIB     := build/superslab/libsuperslab.so

superslab-lib: $(SUPERSLAB_LIB)
	@echo $(SUPERSLAB_LIB)

ifeq ($(SYSTEM),Linux)
$(SUPERSLAB_LIB): SUPERSLAB_KIND = $(CELL_FLAGS)
build/superslab/libsuperslab-debug.so: SUPERSLAB_KIND := $(STANDARD) -O2 -g -DSUPERSLAB_DEBUG

$(SUPERSLAB_LIB) build/superslab/libsuperslab-debug.so: $(SUPERSLAB_SOURCES) $(SUPERSLAB_HEADERS) build/flags
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(SUPERSLAB_KIND) $(SUPERSLAB_FLAGS) $(WARNINGS) $(CFLAGS) -shared $(SUPERSLAB_SOURCES) \
	    -o $(PART) && $(WHOLE)

# Its tests hold it under prefixed names beside the C library's malloc:
# build/test/superslab/<kind>/<part>_test, by kind as it is released, with its checks, and with TSan.
SUPERSLAB_TEST = $(STANDARD) -O2 -g1 -D_GNU_SOURCE -fno-builtin-malloc -DSUPERSLAB_PREFIX=ss_
SUPERSLAB_TEST_release := -DNDEBUG -fsanitize=undefined -fno-sanitize-recover=all
SUPERSLAB_TEST_debug   := -DSUPERSLAB_DEBUG -fsanitize=undefined -fno-sanitize-recover=all
SUPERSLAB_TEST_threads := -fsanitize=thread

define superslab_rules
build/test/superslab/$(1)/%.o: common/superslab/%.c $(SUPERSLAB_HEADERS) build/flags
	@mkdir -p $$(@D)
	$$(call SAY,compile) $$(CC) $$(SUPERSLAB_TEST) $$(SUPERSLAB_TEST_$(1)) $$(WARNINGS) $$(CFLAGS) -c $$< -o $$(PART) && \
	    $$(WHOLE)

build/test/superslab/$(1)/%_test: tests/superslab/%_test.c $(wildcard tests/superslab/*.h) \
    $(SUPERSLAB_SOURCES:common/superslab/%.c=build/test/superslab/$(1)/%.o) | build/packages
	$$(call SAY,compile) $$(CC) $$(SUPERSLAB_TEST) $$(SUPERSLAB_TEST_$(1)) $$(WARNINGS) $$(CFLAGS) -Icommon/superslab \
	    $$(filter %.c %.o,$$^) $$(check_libs) -o $$(PART) && $$(WHOLE)
endef
$(foreach kind,release debug threads,$(eval $(call superslab_rules,$(kind))))

# Run with the allocator preloaded.
build/test/superslab/forks: tests/superslab/forks.c build/flags
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(STANDARD) -O2 -g1 -D_GNU_SOURCE -pthread $(WARNINGS) $(CFLAGS) $< -o $(PART) && $(WHOLE)

TEST_PROGRAMS += \
    $(patsubst %,build/test/superslab/release/%_test,contract differential double_free memory threads fork) \
    $(patsubst %,build/test/superslab/debug/%_test,contract differential guard threads) \
    build/test/superslab/threads/threads_test
else
$(SUPERSLAB_LIB) build/superslab/libsuperslab-debug.so:
	@echo "the superslab allocator is for Linux" >&2; exit 1
endif

# ---- The superslab study: the allocator beside others, and the document's figures beside ours ----
STUDY_FLAGS = $(CELL_FLAGS) -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -Iexperiments/superslab -Iexperiments/cell \
    $(STUDY_IDENTITY)
STUDY_HEADERS := $(wildcard experiments/superslab/*.h experiments/cell/*.h)
STUDY_MIXED   := $(addprefix experiments/superslab/,random_mixed.c mixed.c footprint.c) $(PROTOCOL_SOURCES)
STUDY_STEPS   := experiments/superslab/steps.c $(PROTOCOL_SOURCES)

build/superslab/random-mixed: $(STUDY_MIXED) $(STUDY_HEADERS) build/flags | build/packages
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(STUDY_FLAGS) $(STUDY_MIXED) -pthread -ldl -o $(PART) && $(WHOLE)

build/superslab/steps: $(STUDY_STEPS) $(STUDY_HEADERS) build/flags | build/packages
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(STUDY_FLAGS) $(STUDY_STEPS) -ldl -o $(PART) && $(WHOLE)

# The same under what counts it.
build/superslab/random-mixed-counted: build/superslab/random-mixed
	$(call counted_by,random_mixed)

# What the document would gain by leaner wrappers: the same allocator as it would be without them.
STUDY_WRAPPED := build/superslab-wrapped/libsuperslab.so
superslab-wrapped-lib: $(STUDY_WRAPPED)

$(STUDY_WRAPPED): $(SUPERSLAB_SOURCES) $(SUPERSLAB_HEADERS) build/flags
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(CELL_FLAGS) $(SUPERSLAB_FLAGS) -fno-inline -fstack-protector-all \
	    -ftls-model=global-dynamic $(WARNINGS) $(CFLAGS) -shared $(SUPERSLAB_SOURCES) -o $(PART) && $(WHOLE)

STUDY_PROGRAMS := build/superslab/random-mixed build/superslab/random-mixed-counted build/superslab/steps \
    $(SUPERSLAB_LIB) $(STUDY_WRAPPED)

superslab-programs: $(STUDY_PROGRAMS)

# experiments/superslab.plan, and the same with fewer blocks, into OWN.
superslab-results: $(OWN)/runs/superslab/experiment.csv

superslab: $(OWN)/runs/superslab-quick/experiment.csv
	@$(LAB) superslab-table RESULTS='$(OWN)' NAME=superslab-quick

$(OWN)/runs/superslab/experiment.csv $(OWN)/runs/superslab-quick/experiment.csv: | build/packages-study

superslab-table:
	@$(LAB) superslab-table $(call given,RESULTS)
