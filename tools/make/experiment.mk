# experiment.mk - experiments: measuring, printing, comparing, moving between stores.
.PHONY: experiment table plot suite csv export import compare merge

# ---- Experiments ----
# Measured beside the chosen composition, unless it is one of them.
BESIDE  := list phase3 reference
STORE   := results/hamtlab.sqlite
TABLES   = $(LAB).tables --store $(STORE)
space   := $(subst ,, )
csv      = $(subst $(space),$(comma),$(strip $(1)))
# $(call option,name,value): the runner's option, if there is a value.
option   = $(if $(2),--$(1) '$(2)')

experiment: build/run/run
	@mkdir -p $(dir $(STORE))
	@id=$$(build/run/run --store $(STORE) \
	    --variants '$(call csv,$(VARIANT) $(filter-out $(VARIANT),$(BESIDE)))' \
	    $(call option,ops,$(OPS)) $(call option,patterns,$(PATTERNS)) $(call option,scales,$(SCALES)) \
	    $(call option,hash,$(HASH)) $(call option,key,$(KEY)) $(call option,alloc,$(ALLOC)) \
	    $(call option,reps,$(REPS)) $(call option,samples,$(SAMPLES)) $(call option,seed,$(SEED)) \
	    $(call option,pool-slots,$(POOL_SLOTS)) $(call option,pin,$(PIN)) $(call option,plan,$(PLAN))) && \
	$(TABLES) --experiment "$${id#experiment }"

# The newest experiment's table once more, or that of EXPERIMENT=id.
table:
	@$(TABLES) $(call option,experiment,$(EXPERIMENT))

# The same drawn; EXPERIMENT may be the directory of an exported one, too.
plot: build/run/run | build/packages-figures
	@$(LAB).figures.plot --store $(STORE) $(call option,experiment,$(EXPERIMENT))

# The enhanced suite on one composition: every pattern, scale and way to ask.
suite:
	@$(MAKE) --no-print-directory experiment OPS=$(if $(OPS),$(OPS),put,get,get_in_order,get_chained) \
	    SCALES=$(if $(SCALES),$(SCALES),1K,10K,50K,100K) REPS=$(if $(REPS),$(REPS),6)
	@$(MAKE) --no-print-directory csv

csv:
	@mkdir -p build
	@$(TABLES) $(call option,experiment,$(EXPERIMENT)) --csv build/table.csv && echo build/table.csv

# ---- Results in and out ----
# An experiment as CSV files that git can hold, below results/runs; and back.
export: build/run/run
	@build/run/run --store $(STORE) --export results/runs --experiment '$(EXPERIMENT)'

import: build/run/run
	@build/run/run --store $(STORE) --import '$(FROM)'

compare: build/run/run
	@$(LAB).compare --store $(STORE) '$(A)' '$(B)'

merge: build/run/run
	@$(LAB).merge --store $(STORE) '$(FROM)'
