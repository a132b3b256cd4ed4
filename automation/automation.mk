# SPDX-License-Identifier: LGPL-2.1-only
#
# What the scripts of this folder need from make: the two grant programs,
# linked statically so that any initrd can carry them, and the list of checks.

GRANTS_DIR := $(B)/grants
GRANTS := $(GRANTS_DIR)/share-grants $(GRANTS_DIR)/map-grants

$(GRANTS_DIR)/%: automation/grants/%.c automation/grants/grants.c \
                 automation/grants/grants.h | $(SYSROOT_STAMP)
	@mkdir -p $(@D)
	$(TARGET_CC) $(CFLAGS) $(BASE_CFLAGS) -static -o $@ $(filter %.c,$^)

.PHONY: grants check-format check-rig check-demo list-checks list-rig-checks
grants: $(GRANTS)

# Tracked files and new ones.
FORMATTED := git ls-files --cached --others --exclude-standard '*.c' '*.h'
# Another version breaks some lines elsewhere.  This one is Debian 12's.
CLANG_FORMAT_VERSION := 14
check-format:
	@[ -n "$$($(FORMATTED))" ] || { echo "check-format: git lists no files"; exit 1; }
	@if clang-format --version | grep -q ' version $(CLANG_FORMAT_VERSION)\.'; then \
	    $(FORMATTED) | xargs clang-format --dry-run --Werror && \
	    echo "check-format: $$($(FORMATTED) | wc -l) files are as they should be"; \
	else \
	    echo "skipped: the code is formatted by clang-format" \
	        "$(CLANG_FORMAT_VERSION), which is not here"; \
	    echo "0 passed, 0 failed, 1 skipped"; \
	fi

CHECKS += check-format

check-rig: all
	RELEASE=$(RELEASE) automation/rig-check

check-demo:
	RELEASE=$(RELEASE) automation/demo-check

RIG_CHECKS += check-rig check-demo
HELP += 'make check-rig    whether the rig that boots Xen works' \
        'make check-demo   whether the demo ends as it should' \
        'make check-format  whether clang-format would change nothing' \
        'make list-checks  the names of all checks; automation/test runs them'

# Checks that boot Xen: RIG_CHECKS.  All others: CHECKS.
list-checks:
	@printf '%s\n' $(CHECKS) $(RIG_CHECKS)

list-rig-checks:
	@printf '%s\n' $(RIG_CHECKS)
