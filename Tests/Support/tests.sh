# `./dev test`: Swift tests on a throw-away database, then the clients of Tests/EndToEnd on a running server.
# Sourced by ./dev.

run_tests() {
    local name=${1:-}
    local -a clients=()
    (($# <= 1)) || die "test takes one name at most"
    mapfile -t clients < <(find "$root/Tests/EndToEnd" -name "test_*$name*.py" 2>/dev/null | sort)
    need_swift
    need "${build_packages[@]}" "${run_packages[@]}"
    test_reports=$var/test/reports
    rm -rf "$test_reports"
    mkdir -p "$test_reports"
    trap test_cleanup EXIT
    trap 'exit 130' INT TERM HUP

    build
    # A name that belongs to client tests is theirs; any other filters the Swift tests.
    if [[ ! $name ]] || ((${#clients[@]} == 0)); then test_swift "$name"; fi
    if ((${#clients[@]} > 0)); then test_clients "${clients[@]}"; fi
    "$python" "$support/count.py" "$test_reports"
}

# Every part leaves a JUnit report; a part that breaks before it can is counted as one failed test.
test_swift() {
    local filter=()
    if [[ $1 ]]; then filter=(--filter "$1"); fi
    say "building the tests"
    if ! (cd "$root" && swift build --build-tests) >&2; then
        echo broken >"$test_reports/swift-build.broken"
        return
    fi
    test_database
    (cd "$root" && TEST_DATABASE_URL=$test_database_url swift test --skip-build --disable-xctest "${filter[@]}" \
        --xunit-output "$test_reports/swift.xml") || echo broken >"$test_reports/swift.broken"
}

# A cluster for this run alone: fast instead of durable.
test_database() {
    local data=$var/test/postgres
    local -a command=()
    run=$(mktemp -d /tmp/swiftlet.XXXXXX)
    chmod 0711 "$run"
    rm -rf "$data"
    cluster_create "$data" "$run/pg"
    cluster_command "$data" "$run/pg" -c fsync=off -c synchronous_commit=off -c full_page_writes=off
    setsid "${command[@]}" >"$var/test/postgres.log" 2>&1 </dev/null &
    test_database_pid=$!
    cluster_await "$run/pg" || die "PostgreSQL did not start: see $var/test/postgres.log"
    cluster_database "$run/pg" swiftlet_test
    test_database_url=$(cluster_url "$run/pg" swiftlet_test)
}

test_clients() {
    need "${test_packages[@]}"
    need_venv
    local oidc_port scim_token
    oidc_port=$(free_port)
    scim_token=$(openssl rand -hex 16)
    # The cases of OpenID run its provider; see test_oidc.py. Several web workers, on a single core too.
    server_start "$var/test/server" WEB_PROCESSES=2 SCIM_ENABLED=true SCIM_TOKEN="$scim_token" \
        OPENID_PROVIDER_URL="http://127.0.0.1:$oidc_port/.well-known/openid-configuration" OAUTH_PROVIDER_NAME=House \
        OAUTH_CLIENT_ID=suite-client OAUTH_CLIENT_SECRET=suite-secret-0123456789abcdef0123456789 \
        ENABLE_OAUTH_SIGNUP=true OAUTH_MERGE_ACCOUNTS_BY_EMAIL=true ENABLE_OAUTH_ROLE_MANAGEMENT=true
    # On a busy machine a browser may miss its moment: what fails is tried once more, and the count of such reruns is shown.
    (cd "$root/Tests/EndToEnd" && BASE=$server_url STATE_DIR=$var/test/server SCIM_TOKEN=$scim_token \
        OIDC_BASE=$server_url OIDC_PORT=$oidc_port \
        "$var/venv/bin/python" -m pytest -q -p no:cacheprovider --reruns 1 --junitxml="$test_reports/clients.xml" "$@") ||
        echo broken >"$test_reports/clients.broken"
}

free_port() {
    "$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# server_start STATE_DIR [NAME=VALUE...] : a fresh server on a free port with these settings, running until this script
# ends. Sets server_url.
server_start() {
    local state=$1 port
    shift
    rm -rf "$state"
    mkdir -p "$state"
    port=$(free_port)
    say "starting a server (its words: $state/up.log)"
    # Tests touch nobody's database or files, whatever the caller's environment names.
    env -u DATABASE_URL -u DATA_DIR -u FRONTEND_BUILD_DIR -u BIND -u TRUSTED_PROXIES -u WEBUI_SECRET_KEY \
        PORT="$port" STATE_DIR="$state" "$@" setpriv --pdeathsig=TERM "$root/dev" up --no-build >"$state/up.log" 2>&1 </dev/null &
    server_pid=$!
    trap test_cleanup EXIT
    until grep -q '^ready: ' "$state/up.log"; do
        kill -0 "$server_pid" 2>/dev/null || die "the server did not start: $(tail -n 30 "$state/up.log")"
        sleep 0.2
    done
    server_url=$(sed -n 's/^ready: //p' "$state/up.log")
}

test_cleanup() {
    if [[ ${server_pid:-} ]]; then
        kill -TERM "$server_pid" 2>/dev/null || true
        wait "$server_pid" 2>/dev/null || true
    fi
    if [[ ${test_database_pid:-} ]]; then
        kill -INT "$test_database_pid" 2>/dev/null || true
        wait "$test_database_pid" 2>/dev/null || true
        rm -rf "$run"
    fi
}
