# SPDX-License-Identifier: LGPL-2.1-only
#
# Debian packages for RELEASE, in build/RELEASE/deb.  They are built by debhelper
# in a copy of the sources, from what is in this folder.

DEB ?= $(B)/deb
DEB_TREE := $(DEB)/xenlight-arm64

# deb_commit(FORMAT): a fact about the last commit, whatever its hash's shortest
# form is here.
deb_commit = $(shell TZ=UTC git log -1 --abbrev=12 \
    --date=format-local:%Y%m%d --format='$(1)')
# DEBFULLNAME and DEBEMAIL, as for Debian's own tools, or the committer.
DEB_MAINTAINER = $(or $(DEBFULLNAME),$(call deb_commit,%cn)) \
    <$(or $(DEBEMAIL),$(call deb_commit,%ce))>

HELP += 'make deb          Debian packages for RELEASE, in build/RELEASE/deb'
.PHONY: deb
deb: $(SYSROOT_STAMP)
	rm -rf $(DEB_TREE) $(DEB)/*.deb $(DEB)/*.changes $(DEB)/*.buildinfo
	mkdir -p $(DEB_TREE)
	git ls-files -z --cached --others --exclude-standard | \
	    xargs -0 cp -P --parents -t $(DEB_TREE)
	awk -v series=$(LIGHT_SERIES) -v release=$(RELEASE) \
	    -v commit=$(call deb_commit,%cd.%h) \
	    -v date="$$(date -u -R -d @$(call deb_commit,%ct))" \
	    -v maintainer='$(DEB_MAINTAINER)' \
	    -f debian/changelog.awk CHANGELOG.md >$(DEB_TREE)/debian/changelog
	sed -i 's,@MAINTAINER@,$(DEB_MAINTAINER),' $(DEB_TREE)/debian/control
	$(if $(SYSROOT),cp $(SYSROOT)/shlibs $(DEB_TREE)/debian/shlibs.local)
	cd $(DEB_TREE) && env -u MAKEFLAGS -u MAKELEVEL CC=$(CC) \
	    RELEASE=$(RELEASE) SYSROOT=$(abspath $(SYSROOT)) \
	    DEB_BUILD_OPTIONS="nocheck $$DEB_BUILD_OPTIONS" \
	    dpkg-buildpackage --build=binary --host-arch=arm64 --no-sign \
	    --no-pre-clean --no-check-builddeps
