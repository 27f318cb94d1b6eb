# packages.mk - packages from the distribution, and what needs them alone: lint, formatting.
.PHONY: lint format compile_commands

build/packages: tools/packages.sh
	@mkdir -p $(@D)
	@sh tools/packages.sh
	@touch $@

# Beside the peers' packages, the headers of those that must not be installed.
build/packages-peers: tools/packages.sh tools/unpack.sh $(wildcard peers/*/peer.conf)
	@mkdir -p $(@D)
	@sh tools/packages.sh peers
	@for name in $$(sed -n 's/^unpack //p' peers/*/peer.conf); do sh tools/unpack.sh "$$name"; done
	@touch $@

build/packages-%: tools/packages.sh
	@mkdir -p $(@D)
	@sh tools/packages.sh $*
	@touch $@

lint: build/packages build/packages-lint
	@PYTHON='$(PYTHON)' sh tools/lint.sh

format: build/packages-lint
	clang-format -i $$(git ls-files -co --exclude-standard '*.c' '*.h')

compile_commands: build/packages build/packages-editor
	bear -- $(MAKE) -B build/run/run $(MAP_CELL) build/test/map/$(ID)/$(KEY)/map_test
