# SPDX-License-Identifier: LGPL-2.1-only
#
# The Debian packages of every release, each built twice.

HELP += 'make check-deb    the Debian packages of all releases: built twice, read'
.PHONY: check-deb
check-deb:
	@tools/tests/deb/check $(patsubst config/release-%,%,\
	    $(sort $(wildcard config/release-*)))
