# Everything there is to do here. “make help” lists it.

GO      ?= go
NPM     ?= npm
ARGS    ?=
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -type f -print 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help run dev build web gen fmt check test test-go test-web test-android e2e e2e-engines e2e-screens apk screenshots pictures bench bench-realtime bench-many bench-screen clean

help: ## List what there is to do
	@awk 'BEGIN { FS = ":.*## " } /^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Build everything and serve on http://localhost:8080 (more settings: make run ARGS="--listen :9000")
	./bin/happychat serve $(ARGS)

dev: web/node_modules/.package-lock.json ## Serve on http://localhost:5173, both sides reloading when a file changes
	node scripts/dev.mjs

build: web ## Build bin/happychat with the web app inside
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o bin/happychat ./cmd/happychat

web: internal/webui/dist/index.html

internal/webui/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	$(NPM) --prefix web run --silent build -- --logLevel error
	@touch $@

apk: web ## Build the Android app; a “make build” after it puts it on the server's page for downloads
	node scripts/system.mjs android
	VERSION=$(VERSION) node android/tools/apk.mjs
	@mkdir -p internal/webui/apk && cp android/build/happychat.apk internal/webui/apk/

%/node_modules/.package-lock.json: %/package-lock.json
	$(NPM) --prefix $* ci --no-audit --no-fund --loglevel=error
	@touch $@

gen: web/node_modules/.package-lock.json ## Write the API description and the web app's types from the Go code
	$(GO) run ./cmd/happychat openapi > api/openapi.json.new
	mv api/openapi.json.new api/openapi.json
	$(NPM) --prefix web run --silent gen

fmt: web/node_modules/.package-lock.json e2e/node_modules/.package-lock.json ## Format all code
	$(GO) tool -modfile=tools/go.mod golangci-lint fmt
	$(NPM) --prefix web run --silent format
	$(NPM) --prefix e2e run --silent format

check: ## Are generated files fresh, code formatted, linted, vetted and well typed?
	node scripts/test.mjs check

test: ## Every check and every test, in real browsers too; what cannot run is counted and explained
	node scripts/test.mjs

test-go: ## Only the tests in Go
	node scripts/test.mjs go

test-web: ## Only the unit tests of the web app
	node scripts/test.mjs web

test-android: ## Only the checks of the Android app
	node scripts/test.mjs android

e2e: ## Only the end-to-end tests
	node scripts/test.mjs e2e

e2e-engines: build e2e/node_modules/.package-lock.json ## The core of them on Firefox and WebKit, and three people on one engine each
	$(NPM) --prefix e2e run --silent engines

e2e-screens: build e2e/node_modules/.package-lock.json ## Every screen, in every theme, on all three engines, as axe sees it
	$(NPM) --prefix e2e run --silent screens

screenshots: build e2e/node_modules/.package-lock.json ## Take a picture of every screen into e2e/screenshots-out (ONLY=chat,me: of some)
	$(NPM) --prefix e2e run --silent screenshots

pictures: build e2e/node_modules/.package-lock.json ## Take the pictures of the documentation from the running app
	$(NPM) --prefix e2e run --silent pictures

bench: build ## Measure: sends a second, latency, start, memory, history
	$(GO) run ./bench/chat $(ARGS)

bench-realtime: bench/realtime/peers/node/node_modules/.package-lock.json ## Measure the Socket.IO server beside its peers
	$(GO) run ./bench/realtime $(ARGS)

bench-many: build ## Hold 250,000 signed-in connections on one installation; needs PostgreSQL, 12 GiB and ten minutes
	$(GO) run ./bench/many $(ARGS)

bench-screen: build bench/screen/node_modules/.package-lock.json ## Measure how soon the first screen is there on a slow phone (Lighthouse)
	node bench/screen/main.mjs $(ARGS)

clean: ## Remove what was built (never the data)
	rm -rf bin internal/webui/dist internal/webui/apk android/build .cache web/node_modules e2e/node_modules
