# The web frontend: the one inside the reference's package, never committed. Sourced by ./dev.

readonly frontend_package=open-webui==0.6.32
readonly frontend_sha256=ecc93cad4e6a06d81f8e040d725699ef960cdd140db8bb5224c9dd8b67ed5d8a
# Raised when frontend.py lays the files out differently.
readonly frontend_layout=1
readonly frontend_cache=$var/cache/frontend-${frontend_sha256:0:16}-$frontend_layout

# Leaves the frontend at STATE_DIR/frontend: `site` and CHANGELOG.md.
need_frontend() {
    if [[ ! -d $frontend_cache ]]; then
        mkdir -p "$var/cache"
        # One at a time: a second `./dev up` waits for the first one's download.
        (
            flock 9
            if [[ ! -d $frontend_cache ]]; then prepare_frontend; fi
        ) 9>"$var/cache/frontend.lock"
    fi
    ln -sfn "$frontend_cache" "$STATE_DIR/frontend"
}

prepare_frontend() {
    local download=$var/cache/download
    say "fetching the web frontend ($frontend_package)"
    rm -rf "$download"
    "$python" -m venv "$download/venv"
    "$download/venv/bin/pip" download -q --disable-pip-version-check --no-deps --only-binary :all: \
        -d "$download" "$frontend_package"
    say "preparing the web frontend (half a minute)"
    "$python" "$support/frontend.py" "$download"/*.whl "$frontend_sha256" "$frontend_cache"
    rm -rf "$download"
}
