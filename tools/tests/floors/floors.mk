# SPDX-License-Identifier: LGPL-2.1-only
#
# Whether each room of the library uses only rooms below it.

CHECKS += check-floors
HELP += 'make check-floors  whether no room uses a room above it'
.PHONY: check-floors
check-floors: $(LIGHT_OBJ)
	@tools/tests/floors/check $(TOOLS)nm $(LIGHT) $(B)/obj
