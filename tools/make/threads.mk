# threads.mk - the ways in which threads share a map: common/threads/<way>/publish.h.
.PHONY: sharing

# A way that needs a library says so in way.conf, as a peer does in peer.conf; there it also says
# that it is like another.
WAYS := $(patsubst common/threads/%/publish.h,%,$(sort $(wildcard common/threads/*/publish.h)))
way_needs     = \
    $(if $(wildcard common/threads/$(1)/way.conf),$(shell sed -n 's/^$(2) //p' common/threads/$(1)/way.conf))
way_lacks     = $(strip $(foreach module,$(call way_needs,$(1),pkg-config),\
    $(if $(shell pkg-config --exists $(module) && echo there),,$(module))))
way_includes  = -Icommon/threads/$(1) -Icommon/threads
way_libraries = $(foreach module,$(call way_needs,$(1),pkg-config),$(call packages,--libs $(module))) -pthread
# Those that can be built here; one that lacks something is skipped by name.
WAYS_HERE = $(foreach way,$(WAYS),$(if $(call way_lacks,$(way)),\
    $(shell echo 'skipped for what it lacks - $(way): $(call way_lacks,$(way))' >&2),$(way)))

sharing:
	@$(foreach way,$(WAYS),echo '$(way)$(if $(call way_lacks,$(way)),: skipped; it lacks $(call way_lacks,$(way)))';)
