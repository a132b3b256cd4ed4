# SPDX-License-Identifier: LGPL-2.1-only
#
# What linters find in scripts, man pages and texts.

CHECKS += check-lint
HELP += 'make check-lint   scripts, man pages and spelling, by their linters'
.PHONY: check-lint
check-lint:
	@tools/tests/lint/check
