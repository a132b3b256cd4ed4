# SPDX-License-Identifier: LGPL-2.1-only
#
# What is done with each field of a configuration: create/fields.txt, made into
# code, a check and a page.

FIELDS := $(LIGHT)/create/fields.txt
FIELDS_PY := python3 -B $(LIGHT)/create/fields.py
FIELDS_INC := $(LIGHT_GEN)/fields.inc
LIGHT_GEN_HDR += $(FIELDS_INC)

$(FIELDS_INC): $(FIELDS) $(LIGHT)/create/fields.py \
    $(LIGHT)/types/headers.py $(LIGHT_PUBLIC_HEADERS)
	@mkdir -p $(@D)
	$(FIELDS_PY) rows $(FIELDS) $(TARGET_CC) >$@

# The manual page that names every option.
XL_CFG := $(B)/man/usr/share/man/man5/xl.cfg.5.gz
$(XL_CFG): automation/apt-root
	automation/apt-root $(RELEASE) arm64 $(B)/man xen-utils-common
	touch $@

CHECKS += check-fields
HELP += 'make check-fields  whether every field and option is dealt with' \
        'make options-docs  writes docs/options.md'
.PHONY: check-fields options-docs
check-fields: $(XL_CFG) $(FIELDS_INC) $(LIGHT_TYPES_INDEX)
	$(FIELDS_PY) check $(FIELDS) $(LIGHT) $(XL_CFG) $(TARGET_CC)
ifeq ($(RELEASE),bookworm)
	@$(FIELDS_PY) page $(FIELDS) $(TARGET_CC) | diff -u docs/options.md - || \
	    { echo "check-fields: make options-docs writes docs/options.md"; \
	      exit 1; }
endif
	@tools/tests/lint/guards $(TARGET_INCLUDE) $(LIGHT_TYPES_INDEX)

options-docs: $(FIELDS_INC)
	$(FIELDS_PY) page $(FIELDS) $(TARGET_CC) >docs/options.md
