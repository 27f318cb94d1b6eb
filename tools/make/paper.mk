# paper.mk - the paper and the notebooks, from stored results.
.PHONY: paper notebooks

# ---- The paper: every figure in it from stored results; a reader's own lies beside their results ----
paper: build/run/run | build/packages-figures build/packages-paper
	@$(LAB) hamt-figure
	@$(LAB) paper-figures $(call given,RESULTS)
	@$(LAB) paper $(call given,RESULTS DRAFT)

# ---- Notebooks ----
notebooks: build/run/run | build/packages-figures build/packages-notebooks
	@$(LAB) notebooks $(call given,RESULTS)
