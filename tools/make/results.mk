# results.mk - results: measuring all that is claimed, and printing what is stored of it.
.PHONY: results anew tables steps versions threads findings audit audit-counts factorial frontier frontier-results

# ---- Results: what is claimed, measured, and printed ----
# runs/<plan>/ is the plan's experiment as CSV.  What is interrupted goes on at the next call, and what
# is finished is not measured again.
PLANS := fixes steps seeds suite factorial audit allocators hashes churn buckets pools versions threads \
    threads-writes champ pages rise
RUNS   = --runs $(RESULTS)/runs

results: $(PLANS:%=$(OWN)/runs/%/experiment.csv)

# The frontier's plans, three hours of them, are not among `make results`.  One needs more memory than many machines
# have.
FRONTIER := $(patsubst experiments/%.plan,%,$(wildcard experiments/frontier*.plan))

frontier-results: $(patsubst %,$(OWN)/runs/%/experiment.csv,$(filter-out frontier-100M,$(FRONTIER)))

$(patsubst %,$(OWN)/runs/%/experiment.csv,buckets versions threads champ rise model model-counts \
    $(FRONTIER)): | build/packages-peers
$(OWN)/runs/threads/experiment.csv $(OWN)/runs/threads-writes/experiment.csv: | build/packages-threads
$(OWN)/runs/frontier-strings/experiment.csv $(OWN)/runs/fixes/experiment.csv: | build/packages-words
$(OWN)/runs/%/experiment.csv: experiments/%.plan | build/run/run
	@mkdir -p $(OWN)
	@echo "$*: $$(sed -n '1s/^# //p' $<)"
	@$(call write_here,$<)
	@id=$$(build/run/run --store $(OWN)/hamtlab.sqlite --plan $(call here,$<) --name $*) && rm -rf $(@D) && \
	    build/run/run --store $(OWN)/hamtlab.sqlite --export $(OWN)/runs --experiment "$${id#experiment }"

# What is measured with stopwatches, into results/own, and all that is made from it.
anew:
	@$(MAKE) --no-print-directory -j1 results superslab-results studies
	@$(MAKE) --no-print-directory RESULTS=$(OWN) tables notebooks paper

# One table after another; what one lacks does not keep the others from being printed.  When nobody
# reads on (`| head`), there is nothing left to do.  Of DOCUMENT, 000 to 004, its own tables alone.
DOCUMENT ?=
ALL_TABLES = ' seed-tables RESULTS=$(RESULTS)' ' table EXPERIMENT=$(RESULTS)/runs/suite' \
    $(foreach name,churn buckets pools,\
        $(if $(wildcard $(RESULTS)/runs/$(name)/),' table EXPERIMENT=$(RESULTS)/runs/$(name)')) \
    ' attribution' \
    ' allocators RESULTS=$(RESULTS)' ' hash-costs RESULTS=$(RESULTS)' \
    ' superslab-table RESULTS=$(RESULTS)'
TABLES_OF = $(if $(DOCUMENT),' seed-tables RESULTS=$(RESULTS) DOCUMENT=$(DOCUMENT)',$(ALL_TABLES))

tables: build/run/run
	@trap '' PIPE; status=0; for table in $(TABLES_OF); do \
	    name=$${table#?}; echo "==== $${name%% *}" 2>/dev/null || exit 0; \
	    $(LAB)$$table || status=1; echo 2>/dev/null || exit 0; \
	done; exit $$status

# What each single step does, beside what it is one step from.
steps:
	@$(LAB) steps $(call given,RESULTS)

# What versions cost, and what is reached of what is asked of them.
versions:
	@$(LAB) versions $(call given,RESULTS)

# What threads do that read while others write: targets, tables and a figure.
threads: | build/packages-figures
	@$(LAB) threads $(call given,RESULTS)

# The table of docs/results.md, which it writes there.
findings: build/run/run
	@$(LAB) findings $(call given,RESULTS)

# ---- The audit: every claim of the seed documents, recomputed from stored results ----
audit: build/run/run
	@$(LAB) audit $(call given,DOCUMENT RESULTS)

# The counts that no experiment has; the same on every machine.
audit-counts: build/packages build/run/run
	@mkdir -p $(OWN)
	@$(LAB) audit-counts STORE='$(OWN)/hamtlab.sqlite'

# ---- Which fix closes the gap: experiments/factorial.plan, of FAMILY=bucket frontier-factorial.plan (both made by lab
# factorial-plan) ----
factorial: build/run/run | build/packages-figures
	@$(LAB) factorial $(call given,RESULTS FAMILY)

# ---- How fast, how small: the targets beside what was reached, latencies, and a figure ----
frontier: | build/packages-figures
	@$(LAB) frontier $(call given,RESULTS)
