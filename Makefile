# Recado. `make help` says what there is; each command brings what it needs and skips what is there.
# Every step is plain shell in .ci/; this file only names and orders them.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help serve dev test long check sizes pictures install

help: ## This list
	@sed -n 's/^\([a-z0-9]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS=$$'\t' read -r name what; do printf '  make %-9s %s\n' "$$name" "$$what"; done

serve: ## Build Recado (release) and start it: SQLite in ./data, the address to open is printed
	@.ci/build serve
	@. .ci/env; exec target/release/recado serve

dev: ## The same from a quick debug build, server and browser alike; run it again after an edit
	@.ci/build dev
	@. .ci/env; RECADO_SITE=target/site-dev exec target/debug/recado serve

test: ## All tests: formatting, lints, Rust on both databases, sizes, real Chromium on both databases
	@.ci/test

long: ## The long form of tests, with a release build: 200 kills, 5,000 sockets, 100,000 tickets, figures (hours)
	@.ci/long

check: ## The inner loop: does it compile, on both sides, without a warning
	@.ci/build check

sizes: ## Brotli sizes of what a browser loads, into target/sizes.json; fails above a budget
	@.ci/build sizes

pictures: ## Take the README's pictures anew, of the world that `recado seed` makes
	@.ci/build serve && .ci/install test
	@. .ci/env; RECADO_CHROMIUM=$$(find_chromium) RECADO_PYTHON=$$(find_python) RECADO_PICTURES=1 RECADO_BIN=$$PWD/target/release/recado RECADO_SITE=$$PWD/target/site \
	  npm --prefix end2end test -- tests/seed.spec.ts --project=sqlite

install: ## Only bring what the commands above need (toolchain, tools, Chromium, PostgreSQL)
	@.ci/toolchain && .ci/install test
