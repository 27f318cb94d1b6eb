# campaign.mk - a plan measured in shards, here or by Slurm (notebooks/lab/campaign); machines beside each other.
.PHONY: campaign machines

not_in_a_campaign := not with a campaign, which says itself what each task measures
campaign: $(if $(WORDS_PLAN),build/packages-words)
campaign: $(if $(wildcard $(PLAN)),plan-here)
campaign: build/run/run
	$(call need,PLAN,the plan to measure$(comma) such as experiments/frontier-core.plan)
	$(if $(MORE)$(SHARD)$(DRY),$(error MORE$(comma) SHARD and DRY: $(not_in_a_campaign)))
	$(if $(LACKING),@echo 'skipped for what they lack - $(LACKING) make build/packages-peers installs packages' >&2)
	@$(LAB) campaign "ASKED=$(strip $(ASKED))" $(call given,ON SITE CAMPAIGN BLOCKS AGAINST BUDGET)

# The newest experiment's plan, or that of EXPERIMENT=id, on every machine that has measured it.
machines:
	@$(LAB) machines $(call given,STORE EXPERIMENT AGAINST)
