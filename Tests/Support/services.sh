# Starting, watching and stopping the processes of one running Swiftlet. Sourced by ./dev.
#
# Each service runs in a session of its own: with the kernel's autogroup scheduling, services that share a session
# starve each other. `setpriv --pdeathsig` ends a service whose ./dev was killed, so that nothing is left behind.

declare -A service_pid=() # name -> process, while it runs
declare -a service_order=() # names in the order they were started
declare -i service_deaths=0

# service_start NAME : sets `command` by command_NAME and runs it.
service_start() {
    local name=$1
    local -a command=()
    "command_$name"
    # No lock is handed down: it belongs to ./dev and ends with it.
    setsid setpriv --pdeathsig=TERM "${command[@]}" >>"$STATE_DIR/log/$name.log" 2>&1 </dev/null {state_lock}>&- &
    service_pid[$name]=$!
    echo "$!" >"$run/$name.pid"
    if [[ " ${service_order[*]} " != *" $name "* ]]; then service_order+=("$name"); fi
}

# Starts again what ends, for ever: a signal ends it.
services_watch() {
    while true; do
        services_revive
        # The tick finds those whose end bash took note of before it waited: they do not end `wait -n`.
        sleep 1 &
        wait -n "${service_pid[@]}" "$!" 2>/dev/null || true
    done
}

services_revive() {
    local name status
    for name in "${service_order[@]}"; do
        if kill -0 "${service_pid[$name]}" 2>/dev/null; then continue; fi
        status=0
        wait "${service_pid[$name]}" 2>/dev/null || status=$?
        service_again "$name" "$status"
    done
}

service_again() {
    local name=$1 status=$2
    service_deaths+=1
    say "$name ended with status $status; starting it again (log: $STATE_DIR/log/$name.log)"
    # What it had started is of no use without it, and would hold its sockets.
    kill -TERM -- "-${service_pid[$name]}" 2>/dev/null || true
    unset "service_pid[$name]"
    pause 1
    service_start "$name"
}

# A sleep that a signal ends.
pause() {
    sleep "$1" &
    wait "$!" || true
}

# services_await SECONDS : until /health answers and streamd listens. Meanwhile what dies is started again, a few times.
services_await() {
    local -i until=$((SECONDS + $1))
    while true; do
        if [[ -S $sockets/streamd.sock ]] && curl -fs -o /dev/null --max-time 2 "$health_url"; then return; fi
        if ((SECONDS > until || service_deaths > 5)); then
            services_complain
            return 1
        fi
        services_revive
        pause 0.2
    done
}

services_complain() {
    local name
    say "the server did not come up; its logs end:"
    for name in "${service_order[@]}"; do
        printf -- '--- %s\n' "$STATE_DIR/log/$name.log" >&2
        tail -n 5 "$STATE_DIR/log/$name.log" >&2 || true
    done
}

# Stops what runs, the door first and the database last, and waits for each.
services_stop() {
    local name
    for name in nginx jobs turns password slow web streamd postgres; do
        if [[ ${service_pid[$name]:-} ]]; then service_stop "$name" "${service_pid[$name]}"; fi
    done
    service_pid=()
}

# service_stop NAME PID : asks kindly for ten seconds, then insists.
service_stop() {
    local name=$1 pid=$2 signal=TERM
    local -i tries
    case $name in
        nginx) signal=QUIT ;;   # what is in flight is answered; see worker_shutdown_timeout
        postgres) signal=INT ;; # disconnects clients, writes everything
    esac
    kill "-$signal" "$pid" 2>/dev/null || true
    for ((tries = 0; tries < 100; tries++)); do
        if ! kill -0 "$pid" 2>/dev/null; then break; fi
        sleep 0.1
    done
    if kill -0 "$pid" 2>/dev/null; then
        say "$name does not stop; ending it"
        if [[ $name == postgres ]]; then kill -QUIT "$pid"; else kill -KILL -- "-$pid"; fi 2>/dev/null || true
    else
        # Children that outlived it.
        kill -KILL -- "-$pid" 2>/dev/null || true
    fi
    wait "$pid" 2>/dev/null || true
    rm -f "$run/$name.pid"
}
