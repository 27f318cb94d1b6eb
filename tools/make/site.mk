# site.mk - the page of all stored results, and contributors' results.
.PHONY: site contribute

# Libraries come from npm, as web/package-lock.json pins them, below build/web; nothing is written into web/.
NODE_MODULES := build/web/node_modules
ESBUILD       = NODE_PATH=$(NODE_MODULES) $(NODE_MODULES)/.bin/esbuild

$(NODE_MODULES)/.package-lock.json: web/package.json web/package-lock.json | build/packages-web
	@mkdir -p build/web
	@cp web/package.json web/package-lock.json build/web/
	$(call SAY,fetch) npm ci --prefix build/web --ignore-scripts --no-audit --no-fund --loglevel=error \
	    >build/web/npm.log 2>&1 || { \
	    echo "npm could not fetch the page's libraries (web/package-lock.json); build/web/npm.log says why" >&2; \
	    exit 1; }
	@touch $@

build/web/page.js: $(wildcard web/*.js web/*.jsx web/views/*.jsx) $(NODE_MODULES)/.package-lock.json
	$(call SAY,bundle) $(ESBUILD) web/main.jsx --bundle --minify --format=iife --target=es2022 --charset=utf8 \
	    --jsx=automatic --jsx-import-source=preact --log-level=warning --outfile=$@

build/web/page.css: web/style.css $(NODE_MODULES)/.package-lock.json
	$(call SAY,bundle) $(ESBUILD) $< --minify --log-level=warning --outfile=$@

site: build/run/run build/web/page.js build/web/page.css | build/packages-paper
	@$(LAB) site $(call given,RESULTS)

contribute: build/packages
	$(call need,NAME,a name for this machine$(comma) of small letters$(comma) digits and -)
	@$(LAB) contribute $(call given,NAME EXPERIMENT STORE)
