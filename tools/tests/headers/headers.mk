# SPDX-License-Identifier: LGPL-2.1-only
#
# A build against the headers of a release that nobody knows yet.

HELP += 'make check-headers  a build for an unknown release, without a network'
.PHONY: check-headers
check-headers: $(SYSROOT_STAMP)
	@tools/tests/headers/check $(abspath $(SYSROOT)) $(abspath $(B))
