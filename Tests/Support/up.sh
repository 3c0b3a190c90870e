# `./dev up`: one running Swiftlet in STATE_DIR. Sourced by ./dev.

up() {
    local skip_build=${SKIP_BUILD:-}
    if [[ ${1:-} == --no-build ]]; then
        skip_build=yes
        shift
    fi
    (($# == 0)) || die "up takes no more than --no-build"
    up_settings
    up_state
    need "${build_packages[@]}" "${run_packages[@]}"
    if [[ ! $skip_build ]]; then build; fi
    up_programs
    need_frontend
    trap up_end EXIT
    trap 'exit 0' INT TERM HUP
    up_database
    up_services
    services_watch
}

up_end() {
    trap '' INT TERM HUP
    services_stop
    rm -rf "$run" "$STATE_DIR/run"
}

up_settings() {
    export PORT=${PORT:-8080} STATE_DIR=${STATE_DIR:-$var}
    BIND=${BIND:-127.0.0.1}
    TRUSTED_PROXIES=${TRUSTED_PROXIES:-}
    web_processes=${WEB_PROCESSES:-$(nproc)}
    web_threads=${WEB_THREADS:-4}
    slow_threads=${SLOW_THREADS:-16}
    password_threads=${PASSWORD_THREADS:-$((($(nproc) + 1) / 2))}
    turn_threads=${TURN_THREADS:-2048}
    job_threads=${JOB_THREADS:-8}

    if [[ ! $PORT =~ ^[1-9][0-9]{0,4}$ ]] || ((PORT > 65535)); then die "PORT is not a port number: $PORT"; fi
    [[ $STATE_DIR == /* ]] || STATE_DIR=$PWD/$STATE_DIR
    # shellcheck disable=SC1003
    case $STATE_DIR$root in
        *['"$\;{}@'$'\n']*) die "the paths of the checkout and of STATE_DIR may not contain any of \" \$ \\ ; { } @" ;;
    esac
    mkdir -p "$STATE_DIR/log"
    STATE_DIR=$(cd "$STATE_DIR" && pwd -P)
    export DATA_DIR=${DATA_DIR:-$STATE_DIR/data}
    export SWIFTLET_SHARE=$root
    export FRONTEND_BUILD_DIR=${FRONTEND_BUILD_DIR:-$STATE_DIR/frontend/site}
    mkdir -p "$DATA_DIR/uploads"

    local address=$BIND
    case $BIND in 0.0.0.0 | '[::]' | '*') address=127.0.0.1 ;; esac
    health_url=http://$address:$PORT/health
    if (exec 3<>"/dev/tcp/${address//[\[\]]/}/$PORT") 2>/dev/null; then
        die "something listens on port $PORT of $address already; choose another PORT"
    fi
}

# Takes STATE_DIR for this process alone, and lays out its directories.
up_state() {
    exec {state_lock}>"$STATE_DIR/lock"
    flock -n "$state_lock" || die "another ./dev up uses $STATE_DIR; choose another STATE_DIR"

    run=$STATE_DIR/run
    if [[ -L $run ]]; then rm -rf "$(readlink "$run")"; fi
    rm -rf "$run"
    # An address of a unix socket has room for 107 bytes. The longest name below has 22.
    if (($(printf '%s' "$run" | wc -c) > 85)); then
        run=$(mktemp -d /tmp/swiftlet.XXXXXX)
        ln -s "$run" "$STATE_DIR/run"
    fi
    sockets=$run/sockets
    mkdir -p "$sockets"
    # PostgreSQL's user passes through; nobody else reaches a socket.
    chmod 0711 "$run"
    chmod 0700 "$sockets"
    export SWIFTLET_EVENTS_SOCKET=$sockets/events.sock SWIFTLET_COUNTERS_DIR=$run/counters

    local log
    for log in "$STATE_DIR"/log/*.log; do
        if [[ -f $log && $(stat -c %s "$log") -gt 10000000 ]]; then mv "$log" "$log.1"; fi
    done
    up_secret
}

# The key that signs tokens: the administrator's, else one made once.
up_secret() {
    local file=$STATE_DIR/secret_key
    if [[ ! ${WEBUI_SECRET_KEY:-} ]]; then
        if [[ ! -s $file ]]; then (umask 077 && openssl rand -base64 32 >"$file"); fi
        WEBUI_SECRET_KEY=$(<"$file")
    fi
    export WEBUI_SECRET_KEY
}

up_programs() {
    local name
    bin=${SWIFTLET_BIN:-$root/.build/release}
    for name in swiftlet swiftlet-worker swiftlet-streamd; do
        [[ -x $bin/$name ]] || die "$bin/$name is missing: run ./dev build"
    done
}

up_database() {
    if [[ ! ${DATABASE_URL:-} ]]; then
        cluster_create "$STATE_DIR/postgres" "$run/pg"
        service_start postgres
        cluster_await "$run/pg" || die "PostgreSQL did not start: see $STATE_DIR/log/postgres.log"
        cluster_database "$run/pg" swiftlet
        DATABASE_URL=$(cluster_url "$run/pg" swiftlet)
    fi
    export DATABASE_URL
    "$bin/swiftlet" migrate --migrations "$root/migrations" >>"$STATE_DIR/log/migrate.log" 2>&1 ||
        die "the migration failed: $(tail -n 3 "$STATE_DIR/log/migrate.log")"
}

up_services() {
    # Every process may hold as many connections as the machine allows.
    ulimit -Sn "$(ulimit -Hn)"
    site_render "$STATE_DIR/nginx/conf" "$STATE_DIR" "$sockets" "$FRONTEND_BUILD_DIR" "$DATA_DIR" "$BIND:$PORT"
    site_check "$STATE_DIR/nginx/conf" "$STATE_DIR" || die "nginx refuses its configuration"
    local name
    for name in streamd web slow password turns jobs nginx; do service_start "$name"; done
    services_await 60 || exit 1
    printf 'ready: http://127.0.0.1:%s\n' "$PORT"
}

command_postgres() { cluster_command "$STATE_DIR/postgres" "$run/pg"; }
command_streamd() {
    command=(
        "$bin/swiftlet-streamd" --socket "$sockets/streamd.sock" --events "$sockets/events.sock"
        --ask "$sockets/ask.sock" --name "${SWIFTLET_HOST:-$(hostname)}" --counters "$run/counters"
    )
}
command_web() {
    command=(
        "$bin/swiftlet-worker" serve --pool web --socket "$sockets/web.sock"
        --processes "$web_processes" --threads "$web_threads"
    )
}
command_slow() {
    command=(
        "$bin/swiftlet-worker" serve --pool slow --socket "$sockets/slow.sock" --processes 1 --threads "$slow_threads"
    )
}
command_password() {
    command=(
        "$bin/swiftlet-worker" serve --pool password --socket "$sockets/password.sock" --processes 1
        --threads "$password_threads"
    )
}
command_turns() { command=("$bin/swiftlet-worker" turns --threads "$turn_threads"); }
command_jobs() { command=("$bin/swiftlet-worker" jobs --threads "$job_threads"); }
command_nginx() {
    # An nginx that was killed leaves its socket behind and then cannot open it again.
    rm -f "$sockets/ask.sock"
    command=("$nginx" -p "$STATE_DIR/nginx" -e "$STATE_DIR/log/nginx.log" -c "$STATE_DIR/nginx/conf/nginx.conf")
}
