# SPDX-License-Identifier: LGPL-2.1-only
#
# The page of the kinds of devices, made from their tables.

DEVICES_PAGE := python3 -B $(LIGHT)/device/kinds.py $(LIGHT)/device \
    tools/tests/fake/device-nodes

CHECKS += check-devices-docs
HELP += 'make check-devices-docs  whether docs/devices.md has every kind' \
        'make devices-docs  writes docs/devices.md'
.PHONY: check-devices-docs devices-docs
check-devices-docs:
	@$(DEVICES_PAGE) | diff -u docs/devices.md - || \
	    { echo "check-devices-docs: make devices-docs writes docs/devices.md"; \
	      exit 1; }

devices-docs:
	$(DEVICES_PAGE) >docs/devices.md
