# What Debian and PyPI must supply. Sourced by ./dev.

readonly python=/usr/bin/python3
readonly build_packages=(
    pkg-config libfcgi-dev libpq-dev libssl-dev libcurl4-openssl-dev libcrypt-dev libargon2-dev libldap-dev
)
readonly run_packages=(
    nginx libnginx-mod-http-brotli-static libnginx-mod-http-brotli-filter postgresql-15
    ca-certificates curl openssl python3 python3-venv python3-brotli
)
readonly test_packages=(chromium chromium-driver fonts-liberation slapd ldap-utils systemd)
readonly bench_packages=(wrk gcc libc6-dev libargon2-dev libfcgi-dev)
readonly test_modules=(
    pytest pytest-rerunfailures requests 'python-socketio[client]' aiohttp websocket-client openai selenium 'pyjwt[crypto]' pycrdt
    scim2-tester 'scim2-client[httpx2]' prometheus_client
)

# need PACKAGE... : installs those that are missing.
need() {
    local package missing=()
    for package in "$@"; do
        if [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then
            missing+=("$package")
        fi
    done
    if ((${#missing[@]} == 0)); then return; fi
    say "installing ${missing[*]}"
    as_root apt-get -q update >>"$var/packages.log" 2>&1 || die "apt-get update failed: see $var/packages.log"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "${missing[@]}" \
        >>"$var/packages.log" 2>&1 || die "apt-get install failed: see $var/packages.log"
}

as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "root or sudo is needed to run: $*"
    fi
}

need_swift() {
    command -v swift >/dev/null || die "no Swift toolchain in PATH: install Swift 6.3 for Debian 12 first"
}

# The Python of the tests' clients, in var/venv. Made anew when the list above changes.
need_venv() {
    local wanted="${test_modules[*]}"
    if [[ -f $var/venv/modules && $(<"$var/venv/modules") == "$wanted" ]]; then return; fi
    say "preparing the test clients"
    "$python" -m venv --clear "$var/venv"
    "$var/venv/bin/pip" install -q --disable-pip-version-check "${test_modules[@]}"
    printf '%s\n' "$wanted" >"$var/venv/modules"
}
