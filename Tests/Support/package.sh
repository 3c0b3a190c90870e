# `./dev package`: var/package/swiftlet_VERSION_ARCHITECTURE.deb. Sourced by ./dev.
# DEBFULLNAME and DEBEMAIL name its maintainer, as for Debian's own tools.

readonly package_tools=(dpkg-dev)

make_package() {
    local tree=$var/package/tree programs=${SWIFTLET_BIN:-$root/.build/package/release} name
    need_swift
    need "${build_packages[@]}" "${run_packages[@]}" "${package_tools[@]}"
    package_build
    package_frontend
    rm -rf "$tree"
    mkdir -p "$tree/DEBIAN"
    # The same source gives the same package.
    SOURCE_DATE_EPOCH=$(git -C "$root" log -1 --format=%ct 2>/dev/null || date +%s)
    export SOURCE_DATE_EPOCH
    package_upstream=$("$programs/swiftlet" --version)
    package_version=$package_upstream-1
    package_maintainer="${DEBFULLNAME:-Swiftlet maintainers} <${DEBEMAIL:-swiftlet@localhost}>"
    package_architecture=$(dpkg --print-architecture)
    for name in swiftlet:usr/bin swiftlet-worker:usr/bin swiftlet-streamd:usr/bin; do
        install -D -m 755 -t "$tree/${name#*:}" "$programs/${name%:*}"
        strip --strip-unneeded "$tree/${name#*:}/${name%:*}"
    done
    package_share "$tree"
    package_systemd "$tree"
    package_settings "$tree"
    package_documents "$tree"
    package_control "$tree"
    package_close "$tree"
}

# The programs with the Swift runtime inside, in a build directory of their own.
package_build() {
    if [[ ${SKIP_BUILD:-} || ${SWIFTLET_BIN:-} ]]; then return; fi
    say "building for release, with the Swift runtime inside"
    (cd "$root" && swift build -c release --scratch-path .build/package --static-swift-stdlib --disable-local-rpath) >&2
}

# The client with its licence, which must come along.
package_frontend() {
    if [[ -d $frontend_cache && ! -f $frontend_cache/licenses/LICENSE ]]; then rm -rf "$frontend_cache"; fi
    STATE_DIR=$var/package
    mkdir -p "$STATE_DIR"
    need_frontend
}

package_share() {
    local share=$1/usr/share/swiftlet
    install -D -m 644 -t "$share/migrations" "$root"/migrations/*.sql
    install -D -m 644 -t "$share" "$root/CHANGELOG.md"
    mkdir -p "$share/frontend"
    cp -r --no-preserve=ownership "$frontend_cache/site" "$share/frontend/site"
    package_nginx "$share/nginx"
    install -D -m 644 -t "$1/etc/nginx/sites-available" "$root"/package/nginx/*
}

# The parts of a site that are this package's; the sites themselves are the administrator's.
package_nginx() {
    local name
    install -D -m 644 -t "$1" "$root"/nginx/*.conf
    for name in swiftlet server; do
        fill <"$root/nginx/$name.conf.in" >"$1/$name.conf" \
            CONF /usr/share/swiftlet/nginx SOCKETS /run/swiftlet ASK /run/swiftlet/ask DATA /var/lib/swiftlet \
            SITE /usr/share/swiftlet/frontend/site UPLOAD 1g SCRIPTS "$(site_scripts "$frontend_cache/site")"
    done
}

package_systemd() {
    local units=$1/lib/systemd/system directory
    install -D -m 644 -t "$units" "$root"/systemd/*.{target,service,socket}
    for directory in "$root"/systemd/*.d; do
        install -D -m 644 -t "$units/${directory##*/}" "$directory"/*.conf
    done
    install -D -m 644 "$root/systemd/nginx.conf" "$units/nginx.service.d/swiftlet.conf"
    install -D -m 644 "$root/systemd/swiftlet.sysusers" "$1/usr/lib/sysusers.d/swiftlet.conf"
    install -D -m 644 "$root/systemd/swiftlet.tmpfiles" "$1/usr/lib/tmpfiles.d/swiftlet.conf"
}

# Every setting of the table; what an installed service needs is set.
package_settings() {
    local file=$1/etc/swiftlet/swiftlet.conf
    install -d -m 755 "$1/etc/swiftlet"
    install -d -m 700 "$1/etc/swiftlet/credentials"
    "$1/usr/bin/swiftlet" settings template |
        sed -e 's|^#\(DATABASE_URL\)=.*|\1=postgresql:///swiftlet|' -e 's|^#\(ENV\)=.*|\1=prod|' \
            -e 's|^#\(FRONTEND_BUILD_DIR\)=.*|\1=/usr/share/swiftlet/frontend/site|' >"$file"
    chmod 640 "$file"
    [[ $(grep -c '^[A-Z]' "$file") == 3 ]] || die "package: the settings that an installed service needs are not in the table"
}

package_documents() {
    local documents=$1/usr/share/doc/swiftlet manuals=$1/usr/share/man name
    mkdir -p "$documents" "$manuals"/man{1,5,8}
    fill VERSION "$package_version" MAINTAINER "$package_maintainer" UPSTREAM "$package_upstream" DATE "$(date -R -u -d "@$SOURCE_DATE_EPOCH")" \
        <"$root/package/changelog.in" | gzip -9n >"$documents/changelog.Debian.gz"
    fill LICENSE "$(sed -e 's/^$/./' -e 's/^/ /' "$frontend_cache/licenses/LICENSE")" \
        <"$root/package/copyright.in" >"$documents/copyright"
    install -m 644 "$root/package/README.Debian" "$documents/"
    for name in swiftlet.1 swiftlet-worker.8 swiftlet-streamd.8; do
        "$python" "$root/package/manual.py" "$1/usr/bin/${name%.*}" "${name##*.}" "$root/package/man/$name" |
            gzip -9n >"$manuals/man${name##*.}/$name.gz"
    done
    {
        echo ".TH SWIFTLET.CONF 5 $(date -u -d "@$SOURCE_DATE_EPOCH" +%F) \"Swiftlet\" \"File formats\""
        cat "$root/package/man/swiftlet.conf.5"
        "$1/usr/bin/swiftlet" settings manual
        cat "$root/package/man/swiftlet.conf.5.end"
    } | gzip -9n >"$manuals/man5/swiftlet.conf.5.gz"
    install -D -m 644 "$root/package/lintian-overrides" "$1/usr/share/lintian/overrides/swiftlet"
}

package_control() {
    local name
    fill VERSION "$package_version" MAINTAINER "$package_maintainer" ARCHITECTURE "$package_architecture" SIZE "$(du -sk --apparent-size "$1" | cut -f1)" \
        DEPENDS "$(package_libraries "$1")" <"$root/package/control.in" >"$1/DEBIAN/control"
    for name in postinst prerm postrm; do install -m 755 "$root/package/$name" "$1/DEBIAN/"; done
    (cd "$1" && find etc -type f -printf '/%p\n' | sort) >"$1/DEBIAN/conffiles"
    (cd "$1" && find usr lib -type f -print0 | sort -z | xargs -0 md5sum) >"$1/DEBIAN/md5sums"
}

# package_libraries TREE : the packages that have the shared libraries of the programs, with the versions they need.
package_libraries() {
    local work=$var/package/shlibs
    mkdir -p "$work/debian"
    printf 'Source: swiftlet\n\nPackage: swiftlet\nArchitecture: any\n' >"$work/debian/control"
    (cd "$work" && dpkg-shlibdeps -O "$1"/usr/bin/*) | sed -n 's/^shlibs:Depends=//p'
}

package_close() {
    local file=$var/package/swiftlet_${package_version}_$package_architecture.deb
    find "$1" -newermt "@$SOURCE_DATE_EPOCH" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
    # Most of it is compressed already.
    dpkg-deb --root-owner-group -Zxz -z1 --build "$1" "$file" >&2
    if command -v lintian >/dev/null; then lintian --fail-on error --tag-display-limit 0 "$file" >&2; fi
    printf '%s\n' "$file"
}
