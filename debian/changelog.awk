# SPDX-License-Identifier: LGPL-2.1-only
#
# Makes debian/changelog with the newest version in CHANGELOG.md.  An unreleased
# one is the version before it with the commit's day and hash.
#
#   awk -v series=4.17 -v release=bookworm -v commit=DAY.HASH \
#       -v date=DATE -v maintainer=WHO -f changelog.awk CHANGELOG.md

/^## / { version[++n] = $2 }
END {
    if (version[1] == "Unreleased")
        version[1] = (n > 1 ? version[2] : "0") "+git" commit
    printf "xenlight-arm64 (%s-1+xen%s) %s; urgency=medium\n\n", version[1],
        series, release
    print "  * New version: changelog.gz, in this folder, has the changes."
    printf "\n -- %s  %s\n", maintainer, date
}
