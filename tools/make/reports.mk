# reports.mk - reports on one composition: the shape of a full map, allocators and hashes, exact counts.
.PHONY: why tree pool hashes flooding allocator allocators hash-costs
.PHONY: counts attribution model count attribute profile recount entered recount-entered

# $(call as_asked,NAMES): of VARIANT and HASH what make was given, since the report has another default.
as_asked = $(foreach name,$(1),$(if $(GIVEN_$(name)),'$(name)=$(GIVEN_$(name))'))

# ---- The shape of one full map; nothing is timed or stored ----
tree: build/packages
	@$(LAB) tree $(call given,VARIANT HASH KEY SCALES PATTERNS SEED)

pool: build/packages
	@$(LAB) pool $(call as_asked,VARIANT) $(call given,HASH KEY SCALES PATTERNS SEED POOL_SLOTS)

hashes: build/packages
	@$(LAB) hashes $(call as_asked,VARIANT HASH) $(call given,KEY SCALES PATTERNS SEED)

# What keys cost that were chosen to collide; counted anew with ANEW=1.
flooding: build/packages build/run/run
	@$(LAB) flooding $(call given,ANEW)

# ---- What a composition's time goes to, on one page ----
why: build/packages build/run/run
	@$(LAB) why $(call given,VARIANT HASH KEY SCALES PATTERNS SEED STORE RESULTS)

# ---- Allocators: the library of one (the runner asks for it); what swapping them or the hash does ----
allocator:
	@MAKE='$(MAKE)' sh tools/allocator.sh '$(ALLOC)'

allocators: build/run/run
	@$(LAB) allocators $(call given,RESULTS)

hash-costs: build/run/run
	@$(LAB) hash-costs $(call given,RESULTS)

# ---- Exact counts: instructions, simulated misses, chains of loads; where put and get spend them ----
# Those that are stored; of VARIANT alone, if it is given.
counts:
	@$(LAB) counts $(call as_asked,VARIANT) $(call given,OPS SCALES PATTERNS)

attribution:
	@$(LAB) attribution $(call as_asked,VARIANT) $(call given,SCALES PATTERNS)

# The time of a get predicted from them, for compositions that the prices were not fitted to.
model:
	@$(LAB) model $(call given,RESULTS)

# The same of a composition, counted now.
count: build/packages-counts
	@$(LAB) count $(call given,VARIANT HASH KEY OPS SCALES PATTERNS SEED)

attribute: build/packages-counts
	@$(LAB) attribute $(call given,VARIANT HASH KEY SCALES PATTERNS SEED)

profile: build/run/run
	@$(LAB) profile $(call given,VARIANT HASH KEY SCALES PATTERNS SEED REPS)

# All compositions that have a name and those that are stored, or VARIANTS=a,b, OPS and PATTERNS: what has
# changed since it was stored; all with ANEW=1.
recount: build/packages-counts
	@mkdir -p $(OWN)
	@$(LAB) recount $(call given,VARIANTS OPS PATTERNS ANEW) STORE='$(OWN)/hamtlab.sqlite'

# ---- Proof of treatment: which functions of the changed parts are entered by which operation ----
# Of VARIANT, counted now, or of all that is stored.
entered: build/packages
	@$(LAB) entered $(call as_asked,VARIANT) $(call given,HASH KEY OPS SCALES PATTERNS SEED)

recount-entered: build/packages build/run/run
	@$(LAB) recount-entered $(call given,VARIANTS ANEW)
