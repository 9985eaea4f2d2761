# An index of one-line commands; `make` prints it.

.PHONY: help services prepare

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

services: ## start the PostgreSQL that the tests use
	@deploy/local/tools.sh postgres nats && deploy/local/services.sh up && deploy/local/services.sh status

prepare: ## renew every service's .sqlx after a change of a query or a migration
	@deploy/local/tools.sh postgres && deploy/local/prepare.sh
