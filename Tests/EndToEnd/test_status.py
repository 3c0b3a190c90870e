"""What the server shows of itself: metrics whole across processes, the status page, request ids, readiness, and the commands."""

import base64
import hashlib
import json
import os
import pathlib
import re
import signal
import subprocess
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

import openai
import processes
import pytest
from clients import BASE, PATIENCE, Account, Chat, eventually, refused, unique
from pages import chromium
from prometheus_client.parser import text_string_to_metric_families
from selenium.webdriver.common.by import By
from test_hosts import Host

ROOT = pathlib.Path(__file__).resolve().parents[2]
POOLS = {"web", "slow", "password", "turns", "jobs", "streamd"}


class Metrics:
    """One reading of /metrics."""

    def __init__(self, admin):
        response = admin.ask("GET", "/metrics")
        assert response.status_code == 200, response.text[:300]
        assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        self.families = list(text_string_to_metric_families(response.text))
        self.samples = {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in self.families
            for sample in family.samples
        }

    def total(self, name, **labels):
        wanted = set(labels.items())
        return sum(value for (found, pairs), value in self.samples.items() if found == name and wanted <= set(pairs))

    def counts(self):
        """The samples that may only grow."""
        types = {family.name: family.type for family in self.families}
        names = {
            sample.name
            for family in self.families
            if types[family.name] in ("counter", "histogram", "summary")
            for sample in family.samples
        }
        return {key: value for key, value in self.samples.items() if key[0] in names}


# ---- Metrics


def test_metrics_are_for_administrators(admin, account):
    for somebody in (Account(), account, Account("sk-nothing"), Account("x.y.z")):
        for path in ("/metrics", "/status", "/status.json", "/status.txt"):
            refused(somebody.ask("GET", path), 401, 403)
    assert Metrics(admin).total("swiftlet_database_up") == 1


def test_every_metric_says_what_it_is(admin):
    response = admin.ask("GET", "/metrics").text
    helped = re.findall(r"^# HELP (\S+) \S", response, re.M)
    typed = re.findall(r"^# TYPE (\S+) (?:counter|gauge|histogram|summary)$", response, re.M)
    assert helped == typed and len(set(helped)) == len(helped)
    for family in text_string_to_metric_families(response):
        if family.type != "histogram":
            continue
        series = {}
        for sample in family.samples:
            labels = tuple(sorted((key, value) for key, value in sample.labels.items() if key != "le"))
            series.setdefault(labels, []).append(sample)
        for samples in series.values():
            buckets = [sample.value for sample in samples if sample.name.endswith("_bucket")]
            assert buckets == sorted(buckets) and len(buckets) > 5
            assert buckets[-1] == next(sample.value for sample in samples if sample.name.endswith("_count"))


def test_requests_are_counted_whichever_process_answers(admin):
    before = Metrics(admin)
    with ThreadPoolExecutor(8) as pool:
        good = list(pool.map(lambda _: Account().ask("GET", "/manifest.json").status_code, range(64)))
        bad = list(pool.map(lambda _: Account().ask("GET", "/api/v1/notes/").status_code, range(32)))
    assert good == [200] * 64 and bad == [401] * 32
    after = Metrics(admin)

    def grown(name, **labels):
        return after.total(name, **labels) - before.total(name, **labels)

    assert grown("swiftlet_http_requests_total", **{"class": "manifest", "status": "2xx"}) == 64
    assert grown("swiftlet_http_requests_total", **{"class": "notes", "status": "4xx"}) == 32
    assert grown("swiftlet_http_request_duration_seconds_count", **{"class": "manifest"}) == 64
    assert after.total("swiftlet_processes", pool="web") == len(processes.children(processes.pid("web"))) or after.total(
        "swiftlet_processes", pool="web"
    ) == 1
    assert after.total("swiftlet_memory_resident_bytes", pool="web") > 1 << 20
    assert after.total("swiftlet_listen_queue_limit", pool="web") > 0


def test_counts_do_not_go_back_when_a_worker_dies(admin):
    for _ in range(20):
        Account().get("/health")
    before = Metrics(admin)
    parent = processes.pid("web")
    workers = processes.children(parent) or [parent]
    os.kill(workers[0], signal.SIGKILL)
    # Its page is folded within seconds; at every moment in between the sums hold.
    for _ in range(30):
        now = Metrics(admin).counts()
        lost = [key for key, value in before.counts().items() if now.get(key, -1) < value]
        assert not lost, lost[:5]
        before = Metrics(admin)
        eventually(processes.is_healthy, every=0.2)
    directory = pathlib.Path(processes.STATE) / "run" / "counters"
    eventually(lambda: not list(directory.glob(f"web-{workers[0]}-*.page")), every=0.2)
    now = Metrics(admin).counts()
    assert not [key for key, value in before.counts().items() if now.get(key, -1) < value]


def test_answers_tokens_and_providers_are_counted(admin, account, page, provider):
    host = urllib.parse.urlsplit(provider.url).netloc
    before = Metrics(admin)
    assert Chat(page).ask("Hello").done()["content"] == "Hello from the stub."
    client = openai.OpenAI(base_url=BASE + "/api", api_key=account.token, max_retries=0, timeout=PATIENCE)
    stream = client.chat.completions.create(
        model="stub-one", messages=[{"role": "user", "content": "x"}], stream=True
    )
    assert "".join(choice.delta.content or "" for event in stream for choice in event.choices)

    def grown(name, **labels):
        return Metrics(admin).total(name, **labels) - before.total(name, **labels)

    eventually(lambda: grown("swiftlet_answers_total", outcome="complete") == 2)
    # The stub says two tokens in and three out.
    assert grown("swiftlet_tokens_total", model="stub-one", type="prompt") == 4
    assert grown("swiftlet_tokens_total", model="stub-one", type="completion") == 6
    assert grown("swiftlet_model_answers_total", model="stub-one") == 2
    assert grown("swiftlet_provider_request_duration_seconds_count", provider=host) == 2
    assert grown("swiftlet_provider_first_byte_seconds_count", provider=host) == 2
    assert grown("swiftlet_events_sent_total", pool="turns") > 0
    eventually(lambda: Metrics(admin).total("swiftlet_streamd_sockets") >= 1)


# ---- Request ids


def test_a_request_id_runs_from_nginx_to_the_provider(account, provider):
    ids = set()
    for forged in ({}, {"X-Request-ID": "chosen-by-the-client"}):
        response = account.ask(
            "POST",
            "/api/chat/completions",
            headers=forged,
            json={"model": "stub-one", "stream": False, "messages": [{"role": "user", "content": "x"}]},
        )
        assert response.status_code == 200
        ids.add(response.headers["X-Request-ID"])
        assert provider.chats[-1].headers["X-Request-ID"] == response.headers["X-Request-ID"]
    assert len(ids) == 2 and all(re.fullmatch("[0-9a-f]{32}", id) for id in ids)
    log = pathlib.Path(processes.STATE) / "log" / "turns.log"

    def logged():
        lines = [json.loads(line) for line in log.read_text().splitlines() if "an answer was made" in line]
        return ids <= {line["metadata"]["request_id"] for line in lines}

    eventually(logged)


def test_every_answer_of_a_worker_has_an_id():
    for method, path, status in (("GET", "/health", 200), ("GET", "/api/none", 404), ("PUT", "/health", 405)):
        response = Account().ask(method, path)
        assert response.status_code == status
        assert re.fullmatch("[0-9a-f]{32}", response.headers["X-Request-ID"])
    assert "X-Request-ID" not in Account().ask("GET", "/static/favicon.png").headers


# ---- The status page


def test_the_status_shows_every_process(admin):
    status = admin.get("/status.json")
    hosts = [host for host in status["hosts"] if {pool["name"] for pool in host["pools"]} >= POOLS]
    assert hosts, status["hosts"]
    listed = {process["pid"] for process in hosts[0]["processes"]}
    running = processes.all_pids()
    for name in POOLS:
        assert running[name] in listed or set(processes.children(running[name])) & listed, name
    busy = [thread for process in hosts[0]["processes"] for thread in process["threads"] if thread["busy"]]
    assert "GET /status.json" in {thread["request"] for thread in busy}
    assert status["shared"]["database"]["limit"] > 0
    text = admin.ask("GET", "/status.txt").text
    assert all(name in text for name in POOLS) and "GET /status.txt" in text


def test_other_hosts_are_shown_until_they_are_gone(admin, tmp_path):
    def hosts():
        return {(host["name"], host["directory"]) for host in admin.get("/status.json")["hosts"]}

    before = hosts()
    second = Host(tmp_path)
    try:
        eventually(lambda: len(hosts() - before) == 1, every=0.5)
        (name, directory) = (hosts() - before).pop()
        assert name.startswith("second-")

        def pools():
            shown = [host for host in admin.get("/status.json")["hosts"] if host["directory"] == directory]
            return {pool["name"] for host in shown for pool in host["pools"]}

        # The first report is that of a host where not everything runs yet.
        eventually(lambda: pools() >= POOLS, every=0.5)
    finally:
        second.die()
        second.stop()
    eventually(lambda: hosts() == before, every=0.5)


def test_the_page_draws_itself_in_a_browser(admin):
    with chromium() as driver:
        driver.get(BASE + "/health")
        driver.add_cookie({"name": "token", "value": admin.token})
        driver.get_log("browser")
        for width in (1280, 390):
            metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 400}
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            driver.get(BASE + "/status")
            eventually(lambda: len(driver.find_elements(By.CSS_SELECTOR, "#plots svg")) == 8)
            eventually(lambda: driver.find_elements(By.CSS_SELECTOR, ".thread.busy"))
            # Nothing sticks out to the side.
            assert driver.execute_script("return document.documentElement.scrollWidth") <= width
        page = driver.find_element(By.TAG_NAME, "body").text
        assert all(f"{name} " in page for name in POOLS)
        assert [entry for entry in driver.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_the_page_is_served_under_a_strict_policy(admin):
    response = admin.ask("GET", "/status")
    policy = response.headers["Content-Security-Policy"]
    for tag in ("script", "style"):
        content = response.text.split(f"<{tag}>", 1)[1].split(f"</{tag}>", 1)[0]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy


# ---- Readiness and commands


def command(*arguments, **more):
    """Runs `swiftlet` in the server's environment."""
    state = pathlib.Path(processes.STATE)
    sockets = urllib.parse.quote(str((state / "run" / "pg").resolve()), safe="")
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"postgresql://postgres@{sockets}/swiftlet",
        "DATA_DIR": str(state / "data"),
        "SWIFTLET_COUNTERS_DIR": str(state / "run" / "counters"),
        "SWIFTLET_EVENTS_SOCKET": str(state / "run" / "sockets" / "events.sock"),
        "FRONTEND_BUILD_DIR": str(state / "frontend" / "site"),
        "WEBUI_SECRET_KEY": unique("secret"),
        **more,
    }
    return subprocess.run(
        [ROOT / ".build" / "release" / "swiftlet", *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_a_host_that_drains_is_not_ready_and_still_answers(account):
    assert Account().get("/ready") == {"status": True}
    try:
        assert command("drain").returncode == 0
        assert refused(Account().ask("GET", "/ready"), 503)
        assert Account().get("/health") == {"status": True}
        assert account.get("/api/v1/auths/")["id"] == account.id
    finally:
        assert command("drain", "--undo").returncode == 0
    assert Account().get("/ready") == {"status": True}


def test_the_status_command_shows_what_the_page_shows():
    text = command("status").stdout
    assert all(name in text for name in POOLS)
    status = json.loads(command("status", "--json").stdout)
    assert status["hosts"][0]["pools"] and status["shared"]["turns"]
    # Without the database there is still this host.
    alone = command("status", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert alone.returncode == 0 and "web" in alone.stdout and "does not answer" in alone.stderr


def test_the_doctor_finds_this_server_well(provider):
    nginx = str(pathlib.Path(processes.STATE) / "nginx" / "conf" / "nginx.conf")
    result = command("doctor", "--nginx", nginx, "--json")
    findings = {finding["check"]: finding for finding in json.loads(result.stdout)}
    assert [finding for finding in findings.values() if finding["state"] == "bad"] == []
    assert result.returncode == 0
    assert findings["provider 1"]["state"] == "good" and findings["migrations"]["state"] == "good"


@pytest.mark.parametrize(
    "check, environment",
    [
        ("database", {"DATABASE_URL": "postgresql://nobody:secret-word@127.0.0.1:1/none"}),
        ("counters", {"SWIFTLET_COUNTERS_DIR": "/nowhere/counters"}),
        ("secret key", {"WEBUI_SECRET_KEY": ""}),
        ("configuration", {"SLOW_REQUEST_MS": "soon"}),
    ],
)
def test_the_doctor_says_how_to_mend_what_is_wrong(check, environment):
    result = command("doctor", **environment)
    assert result.returncode == 1
    assert re.search(rf"^BAD  {check}: .+\n       \S", result.stdout, re.M), result.stdout
    assert "secret-word" not in result.stdout + result.stderr


def test_tune_proposes_what_an_environment_file_takes():
    result = command("tune")
    assert result.returncode == 0 and "Connections to Postgres" in result.stdout
    lines = command("tune", "--environment").stdout.splitlines()
    names = ["WEB_PROCESSES", "WEB_THREADS", "SLOW_THREADS", "TURN_THREADS", "JOB_THREADS"]
    assert [line.partition("=")[0] for line in lines] == names
    assert all(int(line.partition("=")[2]) > 0 for line in lines)
    assert command("settings", "WEB_THREADS", **dict(line.split("=") for line in lines)).returncode == 0
