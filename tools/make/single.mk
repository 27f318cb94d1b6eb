# single.mk - a composition to take home: as one header, and as a small library (tools/single.py).
.PHONY: single champion.h champion_str.h install uninstall

SINGLE_GOALS := single champion.h champion_str.h install uninstall build/single/%
ifneq ($(filter $(SINGLE_GOALS),$(MAKECMDGOALS)),)

# `make NAME=map VARIANT=compact single` writes map.h; an environment has a NAME for other reasons.
SINGLE_VARIANT := $(if $(filter champion.h champion_str.h,$(MAKECMDGOALS)),champion,$(or $(GIVEN_VARIANT),champion))
SINGLE_HASH    := $(or $(GIVEN_HASH),xxh3_alone)
SINGLE_CALLED  := $(if $(filter command,$(firstword $(origin NAME))),$(NAME))
SINGLE_WRITES   = $(ANY_PYTHON) tools/single.py $(1) '$(SINGLE_VARIANT)' $(2) '$(SINGLE_HASH)' '$(SINGLE_CALLED)'
# KEY:NAME for each kind of key.
SINGLE_KINDS   := $(shell $(ANY_PYTHON) tools/single.py names '$(SINGLE_VARIANT)' '$(SINGLE_CALLED)')
ifneq ($(filter error:,$(firstword $(SINGLE_KINDS))),)
$(error $(wordlist 2,999,$(SINGLE_KINDS)))
endif
SINGLE_NAMES := $(foreach kind,$(SINGLE_KINDS),$(word 2,$(subst :, ,$(kind))))
SINGLE_KEY    = $(firstword $(subst :, ,$(filter %:$(1),$(SINGLE_KINDS))))
# What the library is called, and its page: after the first.
SINGLE_NAME  := $(patsubst %_str,%,$(firstword $(SINGLE_NAMES)))

# $(call single_made,command,key): a file that is written anew each time, and changes if its text does.
single_made = @mkdir -p $(@D) && { $(call SINGLE_WRITES,$(1),$(2)) >$(PART) || { sed 's/^error: //' $(PART) >&2; rm $(PART); false; }; } && $(IF_CHANGED)

$(SINGLE_NAMES:%=build/single/%.h): build/single/%.h: FORCE
	$(call single_made,header,$(call SINGLE_KEY,$*))

$(SINGLE_NAMES:%=build/single/%.3): build/single/%.3: FORCE
	$(call single_made,manual,$(call SINGLE_KEY,$*))

single: $(SINGLE_NAMES:%=build/single/%.h)
	@printf '%s\n' $^

champion.h champion_str.h: %: build/single/%
	@echo $<

# ---- The library: for any processor of this kind, whatever it is built on ----
# Until version 1 a minor version may change what a program was compiled for.
SINGLE_VERSION := $(shell cat VERSION)
SINGLE_MAJOR   := $(basename $(SINGLE_VERSION))
SINGLE_SONAME  := lib$(SINGLE_NAME).so.$(SINGLE_MAJOR)
SINGLE_FLAGS   := $(STANDARD) -O3 -DNDEBUG -g -fPIC -fvisibility=hidden
SINGLE_IN       = build/single/$(SINGLE_NAME)
single_capital  = $(shell printf %s '$(1)' | tr a-z A-Z)

$(SINGLE_NAMES:%=build/single/%.o): build/single/%.o: build/single/%.h build/flags
	$(call SAY,compile) $(CC) $(SINGLE_FLAGS) $(WARNINGS) $(CFLAGS) -D$(call single_capital,$*)_IMPLEMENTATION \
	    -D$(call single_capital,$*)_API='__attribute__((visibility("default")))' -x c -c $< -o $(PART) && $(WHOLE)

$(SINGLE_IN).a: $(SINGLE_NAMES:%=build/single/%.o)
	$(call SAY,archive) ar rcs $(PART) $^ && $(WHOLE)

$(SINGLE_IN).so: $(SINGLE_NAMES:%=build/single/%.o)
	$(call SAY,link) $(CC) -shared -Wl,-soname,$(SINGLE_SONAME) $^ $(LDFLAGS) $(LDLIBS) -o $(PART) && $(WHOLE)

$(SINGLE_IN).pc: FORCE
	$(call single_made,pkgconfig,u64)

AT := $(DESTDIR)$(PREFIX)
SINGLE_INSTALLED := $(SINGLE_NAMES:%=include/%.h) $(SINGLE_NAMES:%=share/man/man3/%.3) lib/pkgconfig/$(SINGLE_NAME).pc \
    lib/lib$(SINGLE_NAME).a lib/lib$(SINGLE_NAME).so lib/$(SINGLE_SONAME) lib/lib$(SINGLE_NAME).so.$(SINGLE_VERSION) \
    share/doc/$(SINGLE_NAME)/LICENSE

install: $(SINGLE_NAMES:%=build/single/%.h) $(SINGLE_NAMES:%=build/single/%.3) $(addprefix $(SINGLE_IN),.a .so .pc)
	install -d $(addprefix $(AT)/,include lib/pkgconfig share/man/man3 share/doc/$(SINGLE_NAME))
	install -m 644 $(SINGLE_NAMES:%=build/single/%.h) $(AT)/include
	install -m 644 $(SINGLE_NAMES:%=build/single/%.3) $(AT)/share/man/man3
	install -m 644 $(SINGLE_IN).a $(AT)/lib/lib$(SINGLE_NAME).a
	install -m 755 $(SINGLE_IN).so $(AT)/lib/lib$(SINGLE_NAME).so.$(SINGLE_VERSION)
	ln -sf lib$(SINGLE_NAME).so.$(SINGLE_VERSION) $(AT)/lib/$(SINGLE_SONAME)
	ln -sf $(SINGLE_SONAME) $(AT)/lib/lib$(SINGLE_NAME).so
	sed 's|@PREFIX@|$(PREFIX)|' $(SINGLE_IN).pc >$(AT)/lib/pkgconfig/$(SINGLE_NAME).pc
	install -m 644 LICENSE $(AT)/share/doc/$(SINGLE_NAME)

# What install put there, and the directory that is the map's alone.
uninstall:
	rm -f $(SINGLE_INSTALLED:%=$(AT)/%)
	-rmdir $(AT)/share/doc/$(SINGLE_NAME)

endif
