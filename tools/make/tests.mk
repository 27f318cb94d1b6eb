# tests.mk - tests: the shared suite, those of the tools, and all of them.
.PHONY: check test test-triples test-all test-long test-matrix test-programs coverage

TEST_PROGRAMS :=

# The shared suite: build/test/map/<composition>/<key>/map_test.
check_libs = $(call packages,--cflags --libs check) $(LDFLAGS) $(LDLIBS)
COMPILE_TEST = $(CC) $(TEST_FLAGS) -D_GNU_SOURCE $(WARNINGS) $(CFLAGS)

# Less optimised than the rest, since test-all compiles thousands of these.
build/test/map/%/hamt.o: build/flags $$(call provenance_of,$$*) | build/packages
	@mkdir -p $(@D)
	$(call SAY,compile) $(if $(V),,sh tools/compile.sh $(call word_of,1,$*) $(call word_of,2,$*) -) \
	    $(call as_core,$(COMPILE_TEST)) -Og -Itests/seams $(include_of) $(DEPENDENCIES) -c $(source_of) -o $(PART) \
	    $(call joined) && $(WHOLE_OBJECT)

build/test/map/%/versions.o: build/flags $$(call provenance_of,$$*) | build/packages
	@mkdir -p $(@D)
	$(call SAY,compile) $(COMPILE_TEST) -Og -Itests/seams $(include_of) $(DEPENDENCIES) -c $(versions_of) -o $(PART) && \
	    $(WHOLE_OBJECT)

# What the suite is made of beside the map depends on the kind of key alone.
SUITE := map_test versions_cases threads_cases oracle mem random
define suite_rules
build/test/suite/$(1)/%.o: tests/map/%.c build/flags | build/packages
	@mkdir -p $$(@D)
	$$(call SAY,compile) $$(COMPILE_TEST) -Itests/seams -Itests/map/$(1) -Icommon/key/$(1) -Icommon $$(DEPENDENCIES) \
	    -c $$< -o $$(PART) && $$(WHOLE_OBJECT)

build/test/suite/$(1)/%.o: tests/seams/%.c build/flags | build/packages
	@mkdir -p $$(@D)
	$$(call SAY,compile) $$(COMPILE_TEST) -Itests/seams $$(DEPENDENCIES) -c $$< -o $$(PART) && $$(WHOLE_OBJECT)

build/test/single/%/$(1)/map_test: build/test/single/%/$(1)/hamt.o $(SUITE:%=build/test/suite/$(1)/%.o)
	$$(call SAY,compile) $$(COMPILE_TEST) $$^ $$(check_libs) -o $$(PART) && $$(WHOLE)

build/test/map/%/$(1)/map_test: build/test/map/%/$(1)/hamt.o build/test/map/%/$(1)/versions.o \
    $(SUITE:%=build/test/suite/$(1)/%.o)
	$$(call SAY,compile) $$(COMPILE_TEST) $$^ $$(libraries_of) $$(check_libs) -o $$(PART) && $$(WHOLE)
endef
$(foreach key,u64 str,$(eval $(call suite_rules,$(key))))

# The same suite on a composition that is one header (tools/single.py), as a program would compile it,
# with the tests' hash and memory: build/test/single/<c|c++>/<composition>/<key>/map_test.
SINGLE_SEAMS := -include tests/seams/mem.h -include tests/seams/random.h -DHAMT_IMPLEMENTATION -DHAMT_MALLOC=mem_alloc \
    -DHAMT_REALLOC=mem_resize -DHAMT_FREE=mem_free -DHAMT_USABLE=mem_usable -DHAMT_RANDOM=random_number

build/test/single/%/hamt.h: FORCE
	$(call single_made,header,$(call word_of,2,$*),$(call word_of,3,$*),tests/seams,hamt)

build/test/single/%/hamt.o: build/test/single/%/hamt.h build/flags
	$(call SAY,compile) $(filter-out -std=%,$(COMPILE_TEST)) -std=$(call word_of,1,$*)17 -Og $(SINGLE_SEAMS) \
	    -x $(call word_of,1,$*) -c $< -o $(PART) && $(WHOLE)

TEST_PROGRAMS += \
    $(foreach language,c c++,$(foreach map,champion/u64 champion/str compact/u64,\
        build/test/single/$(language)/$(map)/map_test)) \
    build/test/single/c/fix4+refcount/str/map_test

check: build/test/map/$(ID)/$(KEY)/map_test
	@$<

# Readers in several threads, under ThreadSanitizer: build/test/threads/<composition>/<key>/threads_test.
build/test/threads/%/threads_test: tests/map/threads_test.c build/flags | build/packages
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(STANDARD) -O1 -g1 -fsanitize=thread -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) \
	    -Itests/map/$(call word_of,2,$*) $(include_of) -Icommon/hash/xxh3 $(DEPENDENCIES) $< $(source_of) $(check_libs) \
	    -pthread $(LDLIBS) -o $(PART) && \
	    mv -f $(PART).d $@.d && $(WHOLE)

TEST_PROGRAMS += \
    $(foreach variant,list counted fix4 reference champion champ-fat,build/test/threads/$(variant)/u64/threads_test)

# Maps that threads share: build/test/sharing/<kind>/<way>/<composition>/<key>/<name>_test.
SHARING_CORE  := common/threads/shared_map.c
SHARING_PARTS := $(SHARING_CORE) \
    $(wildcard $(addsuffix .h,$(addprefix common/,* threads/* threads/*/*) \
        $(addprefix tests/,threads/* threads/tsan/* map/* map/*/*)))
# One thread, with memory that can be denied, on the objects of the shared suite.
SHARING_ONE   := tests/threads/contract_test.c $(SHARING_CORE) tests/map/oracle.c tests/seams/mem.c tests/seams/random.c
sharing_flags  = -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -Itests/map/$(call word_of,2,$*) -Itests/map -Itests/threads
of_map         = $$($(COMPOSE) flags $(call word_of,1,$*) $(call word_of,2,$*) $(1))

define sharing_rules
build/test/sharing/contract/$(1)/%/contract_test: $(SHARING_ONE) $(SHARING_PARTS) build/test/map/%/hamt.o \
    build/test/map/%/versions.o
	@mkdir -p $$(@D)
	$$(call SAY,compile) $$(CC) $$(TEST_FLAGS) $$(sharing_flags) -Itests/seams $(call way_includes,$(1)) $$(call of_map) \
	    $(SHARING_ONE) $$(filter %.o,$$^) $$(libraries_of) $$(check_libs) $$(call way_libraries,$(1)) -o $$(PART) && \
	    $$(WHOLE)
endef
$(foreach way,$(WAYS),$(eval $(call sharing_rules,$(way))))

# $(call map_rules,kind,sanitizer,object,source): a map for several threads.
# $(call crowd_rules,kind,sanitizer,way,test,sources beside it): these threads.
define map_rules
build/test/sharing/$(1)/map/%/$(3).o: build/flags $$$$(call provenance_of,$$$$*) | build/packages
	@mkdir -p $$(@D)
	$$(call SAY,compile) $$(call as_core,$(CC) $(STANDARD)) -O1 -g1 $(2) -D_GNU_SOURCE $$(WARNINGS) $$(CFLAGS) \
	    $$(call of_map,xxh3) \
	    $$(DEPENDENCIES) -c $(4) -o $$(PART) && $$(WHOLE_OBJECT)
endef
define crowd_rules
build/test/sharing/$(1)/$(3)/%/$(4)_test: tests/threads/$(4)_test.c $(5) $(SHARING_PARTS) \
    build/test/sharing/$(1)/map/%/hamt.o build/test/sharing/$(1)/map/%/versions.o
	@mkdir -p $$(@D)
	$$(call SAY,compile) $$(CC) $(STANDARD) -O1 -g1 $(2) $$(sharing_flags) $(call way_includes,$(3)) $$(call of_map,xxh3) \
	    -idirafter tests/seams \
	    tests/threads/$(4)_test.c $(5) $(SHARING_CORE) $$(filter %.o,$$^) $$(check_libs) $$(call way_libraries,$(3)) \
	    -o $$(PART) && $$(WHOLE)
endef
SHARING_thread  := -fsanitize=thread -Itests/threads/tsan
SHARING_address := $(filter -f%,$(TEST_FLAGS))
$(foreach kind,thread address,\
    $(eval $(call map_rules,$(kind),$(SHARING_$(kind)),hamt,$$(source_of)))\
    $(eval $(call map_rules,$(kind),$(SHARING_$(kind)),versions,$$(versions_of))))
$(foreach way,$(WAYS),\
    $(eval $(call crowd_rules,thread,$(SHARING_thread),$(way),history,tests/threads/linear.c))\
    $(eval $(call crowd_rules,thread,$(SHARING_thread),$(way),stress,))\
    $(eval $(call crowd_rules,address,$(SHARING_address),$(way),stress,)))

build/test/threads/linear_test: tests/threads/linear_test.c tests/threads/linear.c tests/threads/linear.h build/flags \
    | build/packages
	@mkdir -p $(@D)
	$(call SAY,compile) $(COMPILE_TEST) $(filter %.c,$^) $(check_libs) -o $(PART) && $(WHOLE)

# Layouts that share nodes, each way to know what may be changed; one that does not; keys with memory of their own.
# Of a way that is like another, one layout.
SHARING_CONTRACT := fix4+stamped/u64 lazy/u64 refcount+lazy/str pathcopy/u64 champion/u64 tags+segmented+dated/u64
SHARING_HISTORY  := fix4+stamped/u64 refcount+lazy/str champion/u64 tags+segmented+dated/u64
sharing_maps      = $(if $(call way_needs,$(1),like),$(firstword $(2)),$(2))
SHARING_TESTS = build/test/threads/linear_test $(foreach way,$(WAYS_HERE),\
    $(foreach map,$(call sharing_maps,$(way),$(SHARING_CONTRACT)),\
        build/test/sharing/contract/$(way)/$(map)/contract_test)\
    $(foreach map,$(call sharing_maps,$(way),$(SHARING_HISTORY)),\
        build/test/sharing/thread/$(way)/$(map)/history_test)\
    build/test/sharing/thread/$(way)/fix4+stamped/u64/stress_test \
    $(if $(call way_needs,$(way),like),,build/test/sharing/address/$(way)/refcount+lazy/str/stress_test))

# The number of nodes against theory: build/test/shape/<composition>/u64/<hash>/shape_test.
build/test/shape/%/shape_test: build/cell/%/hamt.o tests/shape/shape.h $(wildcard tests/shape/*.c)
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(STANDARD) -O2 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -Icommon -Icommon/key/u64 \
	    tests/shape/$(call word_of,1,$*)_test.c $< $(check_libs) -lm -o $(PART) && $(WHOLE)

TEST_PROGRAMS += $(foreach hash,xxh3 wyhash murmur3,$(foreach variant,list lazy,\
    build/test/shape/$(variant)/u64/$(hash)/shape_test))

# What small maps weigh: build/test/bytes/<composition>/bytes_test.  Its memory takes the place of
# the suite's.
BYTES_WITH := tests/bytes/packed.c $(filter-out %/mem.c,$(wildcard tests/seams/*.c))
BYTES_OF   := list outline inline exact array64 uncounted four slotwise pool pool+exact pool+four growpool \
    growpool+exact \
    single inline4 sizes tagged sizes+tagged arena sizes+arena freelist lazy pathcomp fix4
BYTES_OF_CHAMP := boxed fat within within+fat narrow+within narrow+within+fat rounded+within \
    classes+within splitting+within
COMPILE_BYTES = $(COMPILE_TEST) -DCOMPOSITION='"$*"' -Itests/seams -Icommon -Icommon/key/u64

build/test/bytes/%/bytes_test: build/test/map/%/u64/hamt.o tests/bytes/bytes.h $(wildcard tests/bytes/*.c tests/seams/*)
	@mkdir -p $(@D)
	$(call SAY,compile) $(COMPILE_BYTES) \
	    $(or $(wildcard tests/bytes/$*_test.c),tests/bytes/$(if $(filter $*,$(BYTES_OF_CHAMP)),champ,trie)_test.c) \
	    $(BYTES_WITH) $< $(check_libs) $(LDLIBS) -o $(PART) && $(WHOLE)

build/test/bytes/%/check_test: build/test/map/%/u64/hamt.o tests/bytes/bytes.h $(wildcard tests/bytes/*.c tests/seams/*)
	@mkdir -p $(@D)
	$(call SAY,compile) $(COMPILE_BYTES) $$($(COMPOSE) flags $* u64) tests/bytes/check_test.c $(BYTES_WITH) \
	    $(check_libs) $(LDLIBS) -o $(PART) && $(WHOLE)

TEST_PROGRAMS += $(patsubst %,build/test/bytes/%/bytes_test,$(BYTES_OF) $(BYTES_OF_CHAMP) reference) \
    $(patsubst %,build/test/bytes/%/check_test,list single inline4)

# What is in the bucket trie's region beside buckets: build/test/bucket/gaps_test.
$(patsubst tests/%.c,build/test/%,$(wildcard tests/bucket/*_test.c)): build/test/bucket/%_test: \
    tests/bucket/%_test.c build/flags | build/packages
	@mkdir -p $(@D)
	$(call SAY,compile) $(COMPILE_TEST) $(addprefix -Icommon,/ /bucket /map /key/u64) $(DEPENDENCIES) $< $(check_libs) \
	    -o $(PART) && \
	    mv -f $(PART).d $@.d && $(WHOLE)

# What is inside a whole map of the composition that the test's directory names: build/test/bucket/dated/clock_test.
define inside_rules
build/test/bucket/$(1)/%_test: tests/bucket/$(1)/%_test.c $(wildcard tests/bucket/*.h) \
    $$(patsubst %,build/test/map/$(1)/u64/%.o,hamt versions) $$(patsubst %,build/test/suite/u64/%.o,mem random)
	@mkdir -p $$(@D)
	$$(call SAY,compile) $$(COMPILE_TEST) -Itests/seams $$$$($$(COMPOSE) flags $(1) u64) $$(filter-out %.h,$$^) \
	    $$(check_libs) -o $$(PART) && $$(WHOLE)
endef
INSIDE := $(patsubst tests/bucket/%/,%,$(wildcard tests/bucket/*/))
$(foreach composition,$(INSIDE),$(eval $(call inside_rules,$(composition))))

TEST_PROGRAMS += $(patsubst tests/%.c,build/test/%,$(wildcard tests/bucket/*_test.c tests/bucket/*/*_test.c))

# The runner's parts, and the runner from the outside: build/test/run/<part>_test, *_test.py.
build/test/run/%_test: tests/run/%_test.c tests/run/fixture.h $(RUN_SOURCES) $(wildcard experiments/run/*.h) \
    build/flags | build/packages
	@mkdir -p $(@D)
	$(call SAY,compile) $(COMPILE_TEST) -Iexperiments/run $< $(RUN_SOURCES) $(check_libs) $(RUN_LIBS) -o $(PART) && \
	    $(WHOLE)

TEST_PROGRAMS += $(patsubst tests/run/%.c,build/test/run/%,$(wildcard tests/run/*_test.c))

# Each hash against its published vectors: build/test/hash/<hash>/hash_test.
build/test/hash/%/hash_test: tests/hash/%_test.c tests/hash/second_unit.c tests/hash/hash_test.h common/hash/%/hash.h \
    common/xxh3_inverse.h
	@mkdir -p $(@D)
	$(call SAY,compile) $(COMPILE_TEST) -Icommon/hash/$* -Icommon $(filter %.c,$^) $(check_libs) -o $(PART) && $(WHOLE)

TEST_PROGRAMS += $(patsubst tests/hash/%_test.c,build/test/hash/%/hash_test,$(wildcard tests/hash/*_test.c))

# Installed before, as two tests at once would get into each other's way.
test-long: build/packages build/packages-programs build/packages-threads build/packages-slurm
	@$(PYTHON) tests/all.py $(wildcard tests/*/long/*.py)

# Those that depend on the processor, under each compiler and instruction set.
test-matrix: build/packages build/packages-lint build/packages-counts
	@$(PYTHON) tests/matrix.py

test-programs:
	@echo $(TEST_PROGRAMS) $(SHARING_TESTS)

# What the tests need beside the compiler; tests install nothing themselves but allocators.
TEST_PACKAGES := build/packages \
    $(addprefix build/packages-,peers threads figures counts programs study notebooks browser paper documents web \
    slurm)

test: $(TEST_PACKAGES)
	@$(PYTHON) tests/all.py pairs

test-triples test-all: build/packages build/packages-peers
	@$(PYTHON) tests/all.py $(@:test-%=%)

# The share of lines that tests run.
coverage: $(TEST_PACKAGES) build/packages-coverage
	@$(PYTHON) tests/coverage_of_all.py
