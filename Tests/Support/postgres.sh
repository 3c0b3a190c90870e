# PostgreSQL clusters of our own: no TCP, a unix socket in a closed directory. Sourced by ./dev.
#
# PostgreSQL refuses to run as root. When root calls, it runs as Debian's user `postgres`, which may have to pass
# through directories that are closed to it (a checkout below /root): then it keeps the one right it needs for that.

readonly postgres_bin=/usr/lib/postgresql/15/bin

# postgres_prefix DIRECTORY : the words, one a line, to put before a command that works in DIRECTORY as PostgreSQL's user.
postgres_prefix() {
    if ((EUID != 0)); then return; fi
    local drop=(setpriv --reuid=postgres --regid=postgres --init-groups)
    if ! "${drop[@]}" test -x "$1"; then
        drop+=(--inh-caps=+dac_override --ambient-caps=+dac_override)
    fi
    printf '%s\n' "${drop[@]}"
}

# cluster_create DATA SOCKETS
cluster_create() {
    local data=$1 sockets=$2 prefix
    mkdir -p "$data" "$sockets"
    chmod 0700 "$data" "$sockets"
    if ((EUID == 0)); then chown postgres:postgres "$data" "$sockets"; fi
    if [[ -f $data/PG_VERSION ]]; then return; fi
    say "creating a PostgreSQL cluster in $data"
    mapfile -t prefix < <(postgres_prefix "$data")
    "${prefix[@]}" "$postgres_bin/initdb" --pgdata="$data" --username=postgres --auth=trust --encoding=UTF8 \
        --locale=C.UTF-8 >"$data.initdb.log" 2>&1 || die "initdb failed: see $data.initdb.log"
    rm -f "$data.initdb.log"
}

# cluster_command DATA SOCKETS OPTION... : sets `command` to what runs the cluster in the foreground.
cluster_command() {
    local data=$1 sockets=$2
    shift 2
    mapfile -t command < <(postgres_prefix "$data")
    # Set last: a change of user undoes it.
    command+=(
        setpriv --pdeathsig=INT
        "$postgres_bin/postgres" -D "$data" -c listen_addresses= -c "unix_socket_directories=$sockets"
        -c max_connections=300 -c log_line_prefix='%m [%p] ' "$@"
    )
}

# cluster_await SOCKETS: until it takes connections, a minute at most.
cluster_await() {
    local tries
    for ((tries = 0; tries < 300; tries++)); do
        if "$postgres_bin/pg_isready" -q -h "$1" -U postgres -d postgres; then return; fi
        sleep 0.2
    done
    return 1
}

# cluster_database SOCKETS NAME
cluster_database() {
    local found
    found=$("$postgres_bin/psql" -h "$1" -U postgres -d postgres -Atqc "select 1 from pg_database where datname = '$2'")
    if [[ -z $found ]]; then "$postgres_bin/createdb" -h "$1" -U postgres "$2"; fi
}

# cluster_url SOCKETS NAME
cluster_url() {
    local host='' character index
    for ((index = 0; index < ${#1}; index++)); do
        character=${1:index:1}
        case $character in
            [a-zA-Z0-9._~-]) host+=$character ;;
            *) host+=$(printf '%s' "$character" | od -An -tx1 | tr -d '\n' | tr ' ' '%') ;;
        esac
    done
    printf 'postgresql://postgres@%s/%s\n' "$host" "$2"
}
