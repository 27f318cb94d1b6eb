# threads.mk - the ways in which threads share a map: common/threads/<way>/publish.h.
.PHONY: sharing

# A way that needs a library says so in way.conf, as a peer does in peer.conf.
WAYS := $(patsubst common/threads/%/publish.h,%,$(sort $(wildcard common/threads/*/publish.h)))
way_needs     = $(if $(wildcard common/threads/$(1)/way.conf),$(shell sed -n 's/^$(2) //p' common/threads/$(1)/way.conf))
way_lacks     = $(foreach module,$(call way_needs,$(1),pkg-config),$(if $(shell pkg-config --exists $(module) && echo there),,$(module)))
way_includes  = -Icommon/threads/$(1) -Icommon/threads
way_libraries = $(foreach module,$(call way_needs,$(1),pkg-config),$(call packages,--libs $(module))) -pthread
# Those that can be built here; one that lacks something is skipped by name.
WAYS_HERE = $(foreach way,$(WAYS),$(if $(call way_lacks,$(way)),$(info skipped for what it lacks - $(way): $(call way_lacks,$(way))),$(way)))

sharing:
	@$(foreach way,$(WAYS),echo '$(way)$(if $(call way_lacks,$(way)),: skipped; it lacks $(call way_lacks,$(way)))';)

# ---- Tests: build/test/sharing/<kind>/<way>/<composition>/<key>/<name>_test ----
SHARING_CORE  := common/threads/shared_map.c
SHARING_PARTS := $(SHARING_CORE) $(wildcard common/shared_map.h common/threads/*.h common/threads/*/*.h tests/threads/*.h)
# One thread, with memory that can be denied, on the objects of the shared suite.
SHARING_ONE   := tests/threads/contract_test.c $(SHARING_CORE) tests/map/oracle.c tests/seams/mem.c tests/seams/random.c
sharing_flags  = -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -Itests/map/$(call word_of,2,$*) -Itests/map -Itests/threads
of_map         = $$($(COMPOSE) flags $(call word_of,1,$*) $(call word_of,2,$*) $(1))

define sharing_rules
build/test/sharing/contract/$(1)/%/contract_test: $(SHARING_ONE) $(SHARING_PARTS) build/test/map/%/hamt.o build/test/map/%/versions.o
	@mkdir -p $$(@D)
	$$(call SAY,compile) $$(CC) $$(TEST_FLAGS) $$(sharing_flags) -Itests/seams $(call way_includes,$(1)) $$(call of_map) \
	    $(SHARING_ONE) $$(filter %.o,$$^) $$(libraries_of) $$(check_libs) $$(call way_libraries,$(1)) -o $$(PART) && $$(WHOLE)
endef
$(foreach way,$(WAYS),$(eval $(call sharing_rules,$(way))))

# $(call crowd_rules,kind,sanitizer,way,test,sources beside it): several threads.
define crowd_rules
build/test/sharing/$(1)/$(3)/%/$(4)_test: tests/threads/$(4)_test.c $(5) $(SHARING_PARTS) build/flags
	@mkdir -p $$(@D)
	$$(call SAY,compile) $$(CC) $(STANDARD) -O1 -g1 $(2) $$(sharing_flags) $(call way_includes,$(3)) $$(call of_map,xxh3) \
	    $$(filter %.c,$$^) $$(source_of) $$(versions_of) -idirafter tests/seams $$(check_libs) $$(call way_libraries,$(3)) -o $$(PART) && $$(WHOLE)
endef
$(foreach way,$(WAYS),\
    $(eval $(call crowd_rules,thread,-fsanitize=thread -Itests/threads/tsan,$(way),history,tests/threads/linear.c))\
    $(eval $(call crowd_rules,thread,-fsanitize=thread -Itests/threads/tsan,$(way),stress,))\
    $(eval $(call crowd_rules,address,$(filter -f%,$(TEST_FLAGS)),$(way),stress,)))

build/test/threads/linear_test: tests/threads/linear_test.c tests/threads/linear.c tests/threads/linear.h build/flags | build/packages
	@mkdir -p $(@D)
	$(call SAY,compile) $(COMPILE_TEST) $(filter %.c,$^) $(check_libs) -o $(PART) && $(WHOLE)

# Layouts that share nodes, each way to know what may be changed; one that does not; keys with memory of their own.
SHARING_TESTS = build/test/threads/linear_test $(foreach way,$(WAYS_HERE),\
    $(foreach map,lazy/u64 refcount+lazy/str fix4+stamped/u64 pathcopy/u64 champion/u64,build/test/sharing/contract/$(way)/$(map)/contract_test)\
    $(foreach map,fix4+stamped/u64 refcount+lazy/str champion/u64,build/test/sharing/thread/$(way)/$(map)/history_test)\
    build/test/sharing/thread/$(way)/fix4+stamped/u64/stress_test build/test/sharing/address/$(way)/refcount+lazy/str/stress_test)
