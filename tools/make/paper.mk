# paper.mk - the paper and the notebooks, from stored results.
.PHONY: paper notebooks

# ---- The paper: every figure in it from stored results ----
# A reader's own paper lies beside their results, and says what differs there.
OWN_PAPER = $(if $(filter results,$(RESULTS)),,--own --markdown $(RESULTS)/PAPER.md)

paper: build/run/run | build/packages-figures build/packages-paper
	@$(LAB) hamt-figure
	@$(LAB).paper.figures --results $(RESULTS)
	@$(LAB).paper.build --results $(RESULTS) $(OWN_PAPER) $(if $(DRAFT),--draft) --html build/paper.html

# ---- Notebooks ----
notebooks: build/run/run | build/packages-figures build/packages-notebooks
	@$(LAB).figures.notebooks --results $(RESULTS)
