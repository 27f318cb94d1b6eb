# single.mk - a composition to take home: as one header, and as a small library (tools/single.py).
#     build/single/<composition>/<hash>/<key>/<name>.h   the header; its page of the manual is .3, its object .o
#     build/single/<composition>/<hash>/lib<name>.a      the library, of all kinds of key; .so, and .pc for pkg-config
.PHONY: single champion.h champion_str.h install uninstall

# What VARIANT, HASH and NAME ask for; champion, if they do not.
SINGLE_HASH    := $(or $(GIVEN_HASH),xxh3_alone)
SINGLE_IN      := build/single/$(if $(GIVEN_VARIANT),$(ID),champion)/$(SINGLE_HASH)
SINGLE_NAMES    = $(call once,SINGLE_NAMES,$(call names_of,$(or $(GIVEN_VARIANT),champion),$(NAME)))
SINGLE_NAME     = $(firstword $(SINGLE_NAMES))
SINGLE_MAPS     = $(addprefix $(SINGLE_IN)/,$(call kinds_in,$(SINGLE_NAMES)))
SINGLE_HEADERS  = $(SINGLE_MAPS:=.h)
SINGLE_MANUALS  = $(SINGLE_MAPS:=.3)
SINGLE_LIBRARY  = $(SINGLE_IN)/lib$(SINGLE_NAME)
# $(call names_of,composition,name): what the library is called, and KEY/NAME of each map in it.
names_of = $(call unless_error,$(shell $(ANY_PYTHON) tools/single.py names '$(1)' '$(2)'))
kinds_in = $(wordlist 2,$(words $(1)),$(1))

# $(call single_made,command,composition,key,hash,name): a file that is written anew each time, and changes if its text
# does.
single_made = @mkdir -p $(@D) && { $(ANY_PYTHON) tools/single.py $(1) '$(2)' '$(3)' '$(4)' '$(5)' >$(PART) || \
    { sed 's/^error: //' $(PART) >&2; rm $(PART); false; }; } && $(IF_CHANGED)
of_map_in   = \
    $(call single_made,$(1),$(call word_of,1,$*),$(call word_of,3,$*),$(call word_of,2,$*),$(call word_of,4,$*))
library_in  = $(patsubst lib%,%,$(call word_of,3,$(1)))

build/single/%.h: FORCE
	$(call of_map_in,header)

build/single/%.3: FORCE
	$(call of_map_in,manual)

build/single/%.pc: FORCE
	$(call single_made,pkgconfig,$(call word_of,1,$*),u64,$(call word_of,2,$*),$(call library_in,$*))

# Which files VARIANT and NAME lead to is asked in recipes: GNU make before 4.4 expands what explicit rules depend on
# whatever it is to make.
single:
	@$(MAKE) --no-print-directory $(SINGLE_HEADERS)
	@printf '%s\n' $(SINGLE_HEADERS)

champion.h: build/single/champion/$(SINGLE_HASH)/u64/champion.h
champion_str.h: build/single/champion/$(SINGLE_HASH)/str/champion_str.h
champion.h champion_str.h:
	@echo $<

# ---- The library: for any processor of this kind, whatever it is built on ----
# Until version 1 a minor version may change what a program was compiled for.
SINGLE_VERSION := $(shell cat VERSION)
SINGLE_MAJOR   := $(basename $(SINGLE_VERSION))
SINGLE_FLAGS   := $(STANDARD) -O3 -DNDEBUG -g -fPIC -fvisibility=hidden
# $(call shared_name,library,version): what it is called where programs look for it; without a version, by the linker.
ifeq ($(SYSTEM),Darwin)
SHARED      := .dylib
shared_name  = $(1)$(addprefix .,$(2))$(SHARED)
known_as     = -Wl,-install_name,$(PREFIX)/lib/$(1)
else
SHARED      := .so
shared_name  = $(1)$(SHARED)$(addprefix .,$(2))
known_as     = -Wl,-soname,$(1)
endif
capital    = $(shell printf %s '$(1)' | tr '[:lower:]' '[:upper:]')
objects_in = $(foreach map,$(call kinds_in,$(call names_of,$(call word_of,1,$(1)),$(call library_in,$(1)))),\
    build/single/$(call word_of,1,$(1))/$(call word_of,2,$(1))/$(map).o)

build/single/%.o: build/single/%.h build/single/flags
	$(call SAY,compile) $(CC) $(SINGLE_FLAGS) $(WARNINGS) $(CFLAGS) -D$(call capital,$(*F))_IMPLEMENTATION \
	    -D$(call capital,$(*F))_API='__attribute__((visibility("default")))' -x c -c $< -o $(PART) && $(WHOLE)

build/single/%.a: $$(call objects_in,$$*)
	$(call SAY,archive) ar rcs $(PART) $^ && $(WHOLE)

# Linked anew each time, since it may tell where it will be.
build/single/%$(SHARED): $$(call objects_in,$$*) FORCE
	@$(CC) -shared $(call known_as,$(call shared_name,$(*F),$(SINGLE_MAJOR))) $(filter %.o,$^) $(LDFLAGS) $(LDLIBS) \
	    -o $(PART) && $(IF_CHANGED)

AT := $(DESTDIR)$(PREFIX)
SHARED_NAMES     = \
    $(foreach version,$(SINGLE_VERSION) $(SINGLE_MAJOR),$(call shared_name,lib$(SINGLE_NAME),$(version))) \
    $(call shared_name,lib$(SINGLE_NAME))
SINGLE_INSTALLED = $(patsubst %,include/%.h,$(notdir $(SINGLE_MAPS))) \
    $(patsubst %,share/man/man3/%.3,$(notdir $(SINGLE_MAPS))) \
    lib/pkgconfig/$(SINGLE_NAME).pc lib/lib$(SINGLE_NAME).a $(addprefix lib/,$(SHARED_NAMES)) \
    share/doc/$(SINGLE_NAME)/LICENSE

install:
	@$(MAKE) --no-print-directory $(SINGLE_HEADERS) $(SINGLE_MANUALS) $(addprefix $(SINGLE_LIBRARY),.a $(SHARED) .pc)
	install -d $(addprefix $(AT)/,include lib/pkgconfig share/man/man3 share/doc/$(SINGLE_NAME))
	install -m 644 $(SINGLE_HEADERS) $(AT)/include
	install -m 644 $(SINGLE_MANUALS) $(AT)/share/man/man3
	install -m 644 $(SINGLE_LIBRARY).a $(AT)/lib
	install -m 755 $(SINGLE_LIBRARY)$(SHARED) $(AT)/lib/$(firstword $(SHARED_NAMES))
	ln -sf $(firstword $(SHARED_NAMES)) $(AT)/lib/$(word 2,$(SHARED_NAMES))
	ln -sf $(word 2,$(SHARED_NAMES)) $(AT)/lib/$(word 3,$(SHARED_NAMES))
	sed 's|@PREFIX@|$(PREFIX)|' $(SINGLE_LIBRARY).pc >$(AT)/lib/pkgconfig/$(SINGLE_NAME).pc
	install -m 644 LICENSE $(AT)/share/doc/$(SINGLE_NAME)

# What install put there, and the directory that is the map's alone.
uninstall:
	rm -f $(addprefix $(AT)/,$(SINGLE_INSTALLED))
	-rmdir $(AT)/share/doc/$(SINGLE_NAME)
