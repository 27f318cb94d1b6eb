# settings.mk - which settings there are, and what a value may be.
#
# A value ends up in commands.  None is ever read by a shell or expanded by make: one that holds a
# character with a meaning there is refused before the first command runs, so that no recipe needs to
# take care.  A name that is not in the list is refused as well, since it is most likely misspelt.

# Of a composition, of an experiment, of stored results, of the instrument.
SETTINGS := VARIANT HASH KEY
SETTINGS += OPS PATTERNS SCALES ALLOC REPS SAMPLES SEED POOL_SLOTS CELL COPIES SAME TURNS PIN PLAN KEYS AGAINST
SETTINGS += PEERS BESIDE STORE MORE SHARD DRY
SETTINGS += RESULTS OWN EXPERIMENT FROM A B RELATIVE VARIANTS ANEW DRAFT DOCUMENT
SETTINGS += STUDIES PRECISION DECIDE BUDGET WEIGHTS FRONT FAMILY NAME
SETTINGS += PREFIX DESTDIR
SETTINGS += ON SITE CAMPAIGN BLOCKS
# Of these, what is a share, as in 5%.
SETTINGS_OF_SHARES := PRECISION DECIDE
# How make works; what the project's programs tell it; lists of words, as compilers take them.
SETTINGS += V PYTHON CARGO
SETTINGS += SAY LAYOUT
SETTINGS_OF_WORDS := CC CFLAGS LDFLAGS LDLIBS OBJECTS
# Not ours: what a loader preloads (preloaded.mk), and make's own.
NOT_CHECKED := LD_PRELOAD DYLD_INSERT_LIBRARIES MAKE MAKEFLAGS MAKEOVERRIDES SHELL

# In an environment this is more(1)'s.
ifeq ($(origin MORE),environment)
MORE :=
endif

define newline


endef
SPECIAL := ' " ` $$ \# % ; & | < > ( ) [ ] { } * ? ! \ ~
# $(call special,text): which characters in it are.  $(call blanks,text): not empty if there are some.
special = $(strip $(foreach one,$(SPECIAL),$(findstring $(one),$(1))))
blanks  = $(filter-out 1,$(words x$(1)x))
without_share = $(if $(filter $(SETTINGS_OF_SHARES),$(1)),$(subst %,,$(2)),$(2))
$(foreach name,$(SETTINGS) $(SETTINGS_OF_WORDS),$(if $(call special,$(call without_share,$(name),$(value $(name)))),\
    $(error $(name): it may not contain $(call special,$(call without_share,$(name),$(value $(name)))))))
$(foreach name,$(SETTINGS),$(if $(call blanks,$(value $(name))),\
    $(error $(name): it may not contain blanks or line breaks; several values have commas between)))
$(foreach name,$(SETTINGS_OF_WORDS),$(if $(findstring $(newline),$(value $(name))),\
    $(error $(name): it may not contain line breaks)))

# $(call once,NAME,value): the value, found out when it is first asked for and remembered as NAME.
once = $(eval override $(1) := $(2))$($(1))

# Python: that which can import what the project needs (tools/python.sh).  Any will do to begin with.
ANY_PYTHON := $(shell PYTHON='$(PYTHON)' sh tools/python.sh)
ifneq ($(filter error:,$(firstword $(ANY_PYTHON))),)
$(if $(PYTHON)$(wildcard build/packages),$(error $(wordlist 2,999,$(ANY_PYTHON))))
ANY_PYTHON := python3# which build/packages installs
endif
ifeq ($(PYTHON),)
override PYTHON = $(call once,PYTHON,$(shell sh tools/python.sh))
endif

# Names that were given to make and that it does not know.
ALL_SETTINGS := $(SETTINGS) $(SETTINGS_OF_WORDS) $(NOT_CHECKED)
unknown := $(foreach name,$(filter-out $(ALL_SETTINGS),$(.VARIABLES)),\
    $(if $(filter command,$(firstword $(origin $(name)))),$(name)))
nearest = $(if $(call special,$(1)),,; did you mean $(shell $(ANY_PYTHON) \
    -c 'import difflib, sys; print(*difflib.get_close_matches(sys.argv[1].upper(), sys.argv[2:], 1, 0))' \
    '$(1)' $(SETTINGS) $(SETTINGS_OF_WORDS))?)
$(foreach name,$(firstword $(unknown)),$(error $(name): no such setting$(call nearest,$(name))))
