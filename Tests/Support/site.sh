# nginx's configuration, filled in. Sourced by ./dev.

readonly nginx=/usr/sbin/nginx

# site_render DIRECTORY STATE SOCKETS SITE DATA LISTEN : writes DIRECTORY/nginx.conf and what it includes.
site_render() {
    local directory=$1 state=$2 sockets=$3 site=$4 data=$5 listen=$6
    local user='' access=off trusted='' from_trusted='' proxy files
    # A root that tests in its own home directory may read it; Debian's www-data may not.
    if ((EUID == 0)); then user='user root;'; fi
    if [[ ${ACCESS_LOG:-} ]]; then access="\"$state/log/access.log\" swiftlet buffer=64k flush=1s"; fi
    for proxy in ${TRUSTED_PROXIES//,/ }; do
        trusted+="set_real_ip_from $proxy; "
        from_trusted+="$proxy 1; "
    done
    files=$(ulimit -Hn)
    if [[ $files == unlimited ]] || ((files > 65536)); then files=65536; fi

    mkdir -p "$directory" "$state/nginx" "$state/log"
    cp "$root"/nginx/*.conf "$directory/"
    local name
    for name in nginx swiftlet server; do
        fill <"$root/nginx/$name.conf.in" >"$directory/$name.conf" \
            USER "$user" STATE "$state" FILES "$files" CONF "$directory" SOCKETS "$sockets" ASK "$sockets" SITE "$site" DATA "$data" \
            LISTEN "$listen" UPLOAD "${MAX_UPLOAD:-1g}" ACCESS_LOG "$access" TRUSTED "$trusted" \
            FROM_TRUSTED "$from_trusted" SCRIPTS "$(site_scripts "$site")"
    done
}

# site_scripts SITE : the hashes of the scripts that stand in the start page itself, as a content security policy names them.
site_scripts() {
    if [[ -f $1/index.html ]]; then "$python" "$support/scripts.py" "$1/index.html"; fi
}

# fill NAME VALUE... : standard input with each @NAME@ replaced by its VALUE.
fill() {
    local text
    text=$(cat)
    while (($#)); do
        text=${text//"@$1@"/"$2"}
        shift 2
    done
    if [[ $text =~ @[A-Z_]+@ ]]; then die "nginx template: nothing is known for ${BASH_REMATCH[0]}"; fi
    printf '%s\n' "$text"
}

# site_check DIRECTORY STATE
site_check() {
    "$nginx" -t -q -p "$2/nginx" -e "$2/log/nginx.log" -c "$1/nginx.conf"
}
