# SPDX-License-Identifier: LGPL-2.1-only
#
# Which lines and branches of the library the tests of the building machine
# reach: they are built once more, without sanitizers, whose branches would
# count as well.

COVERAGE := tools/tests/coverage
COVERAGE_OUT := $(B)/coverage
COVERAGE_CHECKS := check-unit check-fake check-property check-types-native \
    check-memmap
COVERAGE_DOC := docs/coverage.md

HELP += 'make coverage-all    lines and branches that tests reach, by room'
.PHONY: coverage-all
coverage-all:
	@find $(COVERAGE_OUT) -name '*.gcda' -delete 2>/dev/null || true
	@$(MAKE) --no-print-directory B=$(COVERAGE_OUT) SYSROOT=$(SYSROOT) \
	    SYSROOT_STAMP=$(SYSROOT_STAMP) NATIVE_COMPILERS=gcc \
	    NATIVE_SANITIZE='--coverage -O0' $(COVERAGE_CHECKS) \
	    >$(COVERAGE_OUT).log 2>&1 || { tail -n 30 $(COVERAGE_OUT).log; exit 1; }
	@python3 -B $(COVERAGE)/rooms.py --files $(COVERAGE_OUT) \
	    >$(COVERAGE_OUT)/files.txt
	@{ cat $(COVERAGE)/head.md; \
	   python3 -B $(COVERAGE)/rooms.py $(COVERAGE_OUT) \
	       $(COVERAGE)/reasons.txt; } >$(COVERAGE_OUT)/coverage.md && \
	    cp $(COVERAGE_OUT)/coverage.md $(COVERAGE_DOC)
	@sed -n '/^|/p' $(COVERAGE_DOC)
	@echo "coverage-all: by file in $(COVERAGE_OUT)/files.txt"
