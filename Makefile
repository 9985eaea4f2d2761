# An index of one-line commands; `make` prints it.

.PHONY: help up down reset status test lint fmt prepare services assets explain report prove

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## run the whole portal on this machine; the only command that you need
	@deploy/local/up.sh up

down: ## stop it
	@deploy/local/up.sh down

reset: ## stop it and forget everything that it kept
	@deploy/local/up.sh reset

status: ## tell what of it runs
	@deploy/local/up.sh status

test: ## check and test everything
	@deploy/test.sh

lint: ## format, contracts and clippy
	@deploy/local/tools.sh buf && deploy/lint.sh

fmt: ## format the code
	@cargo fmt --all

prepare: ## renew every service's .sqlx after a change of a query or a migration
	@deploy/local/tools.sh postgres && deploy/local/prepare.sh

services: ## start the PostgreSQL that the tests use
	@deploy/local/tools.sh postgres nats clamav s3 && deploy/local/services.sh up && deploy/local/services.sh status

assets: ## build the gateway's stylesheet and scripts
	@deploy/local/assets.sh

explain: ## write how the pages' queries fare at a million cases to target/explain
	@deploy/local/explain.sh

report: ## drive the period that the reviewer reported through the service, and print its report
	@deploy/report.sh

prove: ## carry out the proofs that take minutes, and print their figures
	@deploy/prove.sh
