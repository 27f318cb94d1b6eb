# reports.mk - reports on one composition: the shape of a full map, allocators and hashes, exact counts.
.PHONY: why tree pool hashes flooding allocator allocators hash-costs counts attribution profile recount

# ---- Reports on the shape of one full map; nothing is timed or stored ----
REPORT = $(LAB).shape.$@
# $(call chosen,x): the VARIANT that was asked for, x if none was.
chosen = $(if $(filter file,$(origin VARIANT)),$(1),$(VARIANT))

tree: build/packages
	@$(REPORT) --variant '$(VARIANT)' --hash '$(HASH)' --key '$(KEY)' \
	    $(call option,scale,$(SCALES)) $(call option,pattern,$(PATTERNS)) $(call option,seed,$(SEED))

pool: build/packages
	@$(REPORT) --variant '$(call chosen,phase2)' --hash '$(HASH)' --key '$(KEY)' \
	    $(call option,scales,$(SCALES)) $(call option,pattern,$(PATTERNS)) $(call option,seed,$(SEED)) \
	    $(call option,pool-slots,$(POOL_SLOTS))

hashes: build/packages
	@$(REPORT) --variant '$(call chosen,lazy)' --key '$(KEY)' \
	    $(call option,hashes,$(if $(filter-out file,$(origin HASH)),$(HASH))) \
	    $(call option,scale,$(SCALES)) $(call option,patterns,$(PATTERNS)) $(call option,seed,$(SEED))

# What keys cost that were chosen to collide; counted anew with ANEW=1.
flooding: build/packages
	@$(REPORT) $(if $(ANEW),--anew)

build/flooding/%/flooding: experiments/flooding/flooding.c experiments/flooding/keyops.h build/flags | build/packages
	@mkdir -p $(@D)
	$(call SAY,compile) $(CC) $(STANDARD) -O2 -g1 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -Iexperiments/flooding $(include_of) \
	    $(DEPENDENCIES) $< $(source_of) -o $(PART) && mv -f $(PART).d $@.d && $(WHOLE)

# ---- What a composition's time goes to, on one page ----
why: build/packages build/run/run
	@$(LAB).why --variant '$(VARIANT)' --hash '$(HASH)' --key '$(KEY)' \
	    $(call option,scale,$(SCALES)) $(call option,pattern,$(PATTERNS)) $(call option,seed,$(SEED)) \
	    --store $(STORE) $(RUNS) --results $(RESULTS)

# ---- Allocators: the library of one (the runner asks for it); what swapping them or the hash does ----
allocator:
	@MAKE='$(MAKE)' sh tools/allocator.sh '$(ALLOC)'

allocators: build/run/run
	@$(LAB).experiments.allocators $(RUNS)

hash-costs: build/run/run
	@$(LAB).experiments.hash_costs $(RUNS)

# ---- Exact counts: instructions, simulated misses, chains of loads; where put and get spend them ----
# Those of VARIANT, counted now, or all that are stored.
counts: $(if $(call chosen,),build/packages-counts)
	@$(LAB).counts.report $(call option,variant,$(call chosen,)) --hash '$(HASH)' --key '$(KEY)' \
	    $(call option,ops,$(OPS)) $(call option,scales,$(SCALES)) $(call option,pattern,$(PATTERNS)) \
	    $(call option,seed,$(SEED))

attribution: $(if $(call chosen,),build/packages-counts)
	@$(LAB).counts.attribution $(call option,variant,$(call chosen,)) --hash '$(HASH)' --key '$(KEY)' \
	    $(call option,scale,$(SCALES)) $(call option,pattern,$(PATTERNS)) $(call option,seed,$(SEED))

profile: build/run/run
	@$(LAB).counts.profile --variant '$(VARIANT)' --hash '$(HASH)' --key '$(KEY)' \
	    $(call option,scale,$(SCALES)) $(call option,pattern,$(PATTERNS)) $(call option,seed,$(SEED)) \
	    $(call option,processes,$(REPS))

# All compositions that have a name and those that are stored, or VARIANTS=a,b, OPS and PATTERNS: what has
# changed since it was stored; all with ANEW=1.
recount: build/packages-counts
	@$(LAB).counts.report --store $(call option,variants,$(VARIANTS)) $(call option,ops,$(OPS)) \
	    $(call option,pattern,$(PATTERNS)) $(if $(ANEW),--anew)
	@$(LAB).counts.hash_counts --store
