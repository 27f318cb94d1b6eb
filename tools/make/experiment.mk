# experiment.mk - experiments: measuring, printing, comparing, moving between stores.
.PHONY: experiment race races plan table plot suite csv experiments export import compare merge

# ---- Experiments ----
# Measured beside the chosen compositions, unless it is one of them: AGAINST alone, or these.  lazy is
# most of pathcomp.
CHOSEN  := $(subst $(comma), ,$(VARIANT))
BESIDE  := list lazy phase3 reference
# And these peers, other libraries' maps: names of those in peers/, or directories.  One that lacks something
# is left out, and it is said what.
LACKING := $(if $(PEERS),$(shell $(COMPOSE) lacking '$(PEERS)'))
$(if $(filter error:,$(firstword $(LACKING))),$(error $(wordlist 2,99,$(LACKING))))
ABSENT  := $(patsubst %:,%,$(filter %:,$(LACKING)))
OTHERS  := $(filter-out $(CHOSEN),$(subst $(comma), ,$(or $(AGAINST),$(BESIDE))) \
    $(filter-out $(ABSENT),$(subst $(comma), ,$(PEERS))))
STORE   := results/hamtlab.sqlite
space   := $(subst ,, )
csv      = $(subst $(space),$(comma),$(strip $(1)))
# $(call option,name,value): the runner's option, if there is a value.
option   = $(if $(2),--$(1) '$(2)')

# What can be measured here of a plan: all but peers that lack something, which are named.
PLAN_HERE  = $(if $(wildcard $(PLAN)),$(call here,$(PLAN)),$(PLAN))
here       = build/plans/$(notdir $(1))
write_here = mkdir -p build/plans && $(COMPOSE) present '$(1)' >$(call here,$(1)).$$$$ && \
    mv -f $(call here,$(1)).$$$$ $(call here,$(1))

# What holds for all that is measured, whatever is compared and how often.
ALIKE = $(call option,patterns,$(PATTERNS)) $(call option,keys,$(KEYS)) $(call option,scales,$(SCALES)) \
    $(call option,hash,$(HASH)) $(call option,key,$(KEY)) $(call option,alloc,$(ALLOC)) \
    $(call option,samples,$(SAMPLES)) \
    $(call option,parameters,$(if $(POOL_SLOTS),pool_slots=$(POOL_SLOTS))) $(call option,cell,$(CELL)) \
    $(call option,turns,$(TURNS)) $(call option,same,$(SAME)) $(call option,pin,$(PIN))
# More replicates of an experiment that is given by its id need no settings: it has them.
ASKED = $(if $(and $(MORE),$(EXPERIMENT)),$(call option,experiment,$(EXPERIMENT)),\
    --variants '$(call csv,$(CHOSEN) $(OTHERS))' \
    $(call option,ops,$(OPS)) $(ALIKE) $(call option,reps,$(REPS)) $(call option,seed,$(SEED)) \
    $(call option,copies,$(COPIES)) $(call option,plan,$(PLAN_HERE)) \
    $(call option,precision,$(PRECISION)) $(call option,decide,$(DECIDE)))
MEASURE_IT = build/run/run --store $(STORE) $(ASKED) $(call option,more,$(MORE)) $(call option,shard,$(SHARD))

# What adds blocks until PRECISION or DECIDE is reached, of the plan too, or BUDGET gone; with EXPERIMENT=id to that
# one.
GOAL_IN_PLAN = $(if $(PLAN),$(shell grep -sE '^([^#]*[[:space:]])?(PRECISION|DECIDE)=' '$(PLAN)'))
DECIDE_IT    = $(LAB) decide $(if $(EXPERIMENT),,"ASKED=$(strip $(ASKED))") \
    $(call given,STORE EXPERIMENT AGAINST BUDGET)
GOAL         = $(PRECISION)$(DECIDE)$(GOAL_IN_PLAN)
MEASURE      = $(if $(GOAL)$(BUDGET),$(DECIDE_IT),$(MEASURE_IT))
not_with_a_goal := not with PRECISION, DECIDE or BUDGET, which say themselves how many blocks there are
goal_is_stored  := what it is to decide is stored with it
goal_is_needed  := PRECISION=5% or DECIDE=2% is to say what is to be decided

# A plan may take its keys from a dictionary, which is a package's.
WORDS_PLAN := $(if $(wildcard $(PLAN)),$(shell grep -l '^[^\#]*KEYS=/usr/share/dict/' '$(PLAN)'))

experiment plan: $(if $(WORDS_PLAN),build/packages-words)
experiment plan: $(if $(wildcard $(PLAN)),plan-here)
.PHONY: plan-here
plan-here:
	@$(call write_here,$(PLAN))

experiment: build/run/run
	$(if $(and $(BUDGET)$(GOAL),$(MORE)$(SHARD)),$(error MORE and SHARD: $(not_with_a_goal)))
	$(if $(and $(EXPERIMENT),$(PRECISION)$(DECIDE)),$(error EXPERIMENT=$(EXPERIMENT): $(goal_is_stored)))
	$(if $(BUDGET),$(if $(GOAL)$(EXPERIMENT),,$(error BUDGET=$(BUDGET): $(goal_is_needed))))
	$(if $(and $(AGAINST),$(if $(OTHERS),,none)),$(error AGAINST=$(AGAINST): VARIANT is the same; name another))
	@mkdir -p $(dir $(STORE))
	$(if $(LACKING),@echo 'skipped for what they lack - $(LACKING) make build/packages-peers installs packages' >&2)
	@$(if $(DRY),$(MEASURE_IT) --dry-run,\
	    id=$$($(MEASURE)) && $(LAB) table $(call given,STORE AGAINST) "EXPERIMENT=$${id#experiment }")

# The best of the compositions VARIANT=a,b,c, or of all that the fixes of FAMILY's factorial make, by WEIGHTS; or those
# that no other beats in all goals of FRONT.  With a NAME it is kept, and races tells it again.
race: PATTERNS := $(or $(PATTERNS),shuffled)
race: SCALES   := $(or $(SCALES),100K)
race: build/run/run
	$(if $(and $(FRONT),$(WEIGHTS)),$(error FRONT=$(FRONT) WEIGHTS=$(WEIGHTS): a front has no weights; give one of them))
	@mkdir -p $(dir $(STORE))
	@$(LAB) $(if $(FRONT),race-front,race) "ASKED=$(strip $(ALIKE))" $(if $(GIVEN_VARIANT),'CANDIDATES=$(GIVEN_VARIANT)') \
	    $(call given,STORE WEIGHTS FRONT DECIDE BUDGET SEED FAMILY AGAINST NAME) 'OUT=$(RESULTS)'

races:
	@$(LAB) races 'OUT=$(RESULTS)'

# What an experiment of these settings would come to: nothing is built but the runner.
plan: build/run/run
	@$(MEASURE_IT) --dry-run

# The newest experiment's table once more, or that of EXPERIMENT=id.
table:
	@$(LAB) table $(call given,STORE EXPERIMENT AGAINST)

# The same drawn; EXPERIMENT may be the directory of an exported one, too.
plot: build/run/run | build/packages-figures
	@$(LAB) plot $(call given,STORE EXPERIMENT)

# The enhanced suite on one composition: every pattern, scale and way to ask.
suite:
	@$(MAKE) --no-print-directory experiment OPS=$(if $(OPS),$(OPS),put,get,get_in_order,get_chained) \
	    SCALES=$(if $(SCALES),$(SCALES),1K,10K,50K,100K) REPS=$(if $(REPS),$(REPS),6)
	@$(MAKE) --no-print-directory csv

csv:
	@mkdir -p build
	@$(LAB) csv CSV=build/table.csv $(call given,STORE EXPERIMENT AGAINST)

# What the store has.
experiments:
	@$(LAB) experiments $(call given,STORE)

# ---- Results in and out ----
# An experiment as CSV files that git can hold, below results/runs; and back.
# $(call need,SETTING,what it is): ends a target that cannot do without.
need = $(if $($(1)),,$(error $@: $(1)= is missing: $(2)))

export: build/run/run
	$(call need,EXPERIMENT,the experiment to write down$(comma) an id that make table prints)
	@build/run/run --store $(STORE) --export results/runs --experiment '$(EXPERIMENT)'

import: build/run/run
	$(call need,FROM,the directory of an exported experiment$(comma) such as results/runs/fixes)
	@build/run/run --store $(STORE) --import '$(FROM)'

compare:
	$(call need,A,an experiment$(comma) and B=another: ids$(comma) exports$(comma) commits or machines)
	$(call need,B,the experiment to compare A with)
	@$(LAB) compare $(call given,STORE RESULTS A B RELATIVE)

merge: build/run/run
	$(call need,FROM,the store to take experiments from)
	@$(LAB) merge $(call given,STORE FROM)
