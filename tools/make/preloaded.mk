# preloaded.mk - LD_PRELOAD=library make experiment: how else one would measure with an allocator.
#
# What is preloaded would serve make, the compiler and the runner, while each cell gets the allocator
# that its row names.  So an experiment takes the library for ALLOC, as if that had been given; what
# else measures has no such setting, and refuses it.
MEASURING := results anew superslab superslab-results instrument studies profile
PRELOADED := $(strip $(value LD_PRELOAD) $(value DYLD_INSERT_LIBRARIES))
say_alloc  = the library is given by make ALLOC=/its/path experiment

ifneq ($(and $(PRELOADED),$(filter experiment suite campaign,$(MAKECMDGOALS))),)
$(if $(ALLOC),$(error LD_PRELOAD=$(PRELOADED) and ALLOC=$(ALLOC): one of them))
$(if $(or $(call special,$(PRELOADED)),$(call blanks,$(PRELOADED)),$(findstring :,$(PRELOADED)),\
    $(findstring $(comma),$(PRELOADED)),$(if $(findstring /,$(PRELOADED)),,none)),\
    $(error LD_PRELOAD=$(PRELOADED): not the path of one library; $(say_alloc)))
override ALLOC := $(abspath $(PRELOADED))
export ALLOC
unexport LD_PRELOAD DYLD_INSERT_LIBRARIES
$(info LD_PRELOAD is taken for ALLOC=$(ALLOC))
else ifneq ($(and $(PRELOADED),$(filter $(MEASURING),$(MAKECMDGOALS))),)
$(error LD_PRELOAD=$(PRELOADED): $(firstword $(filter $(MEASURING),$(MAKECMDGOALS))) measures without; $(say_alloc))
endif
