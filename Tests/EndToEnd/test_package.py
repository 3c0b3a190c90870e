"""The Debian package on a fresh Debian 12: the guide of README.md word for word, then reload, upgrade, removal and purge.

What is installed is what `./dev package` has made. Every case goes on where the one before it ended.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading

import clean_root
import pytest
from clean_root import REPOSITORY, CleanRoot
from clients import eventually

PACKAGES = sorted((REPOSITORY / "var" / "package").glob("swiftlet_*.deb"))
SERVICES = [f"swiftlet-{name}" for name in ["worker@web", "worker@slow", "worker@password", "turns@1", "jobs@1", "streamd"]]
SOCKETS = [f"swiftlet-{name}" for name in ["web", "slow", "password", "streamd", "events"]]
MISSING = [
    word
    for word, is_there in {
        "root": os.geteuid() == 0,
        "debootstrap": clean_root.BASE.exists() or shutil.which("debootstrap") is not None,
        "a package: ./dev package makes it": bool(PACKAGES),
    }.items()
    if not is_there
]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"the package is not tested without {', '.join(MISSING)}")

# In the place of the one command that needs an authority on the internet: it leaves its files where certbot does.
CERTIFICATE = """
    mkdir -p /etc/letsencrypt/live/chat.example.org && cd /etc/letsencrypt/live/chat.example.org &&
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=chat.example.org \
        -addext subjectAltName=DNS:chat.example.org -keyout privkey.pem -out fullchain.pem 2>/dev/null
"""


def guide():
    """The commands of the first block of the section “Production”."""
    section = (REPOSITORY / "README.md").read_text().partition("\n## Production\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"(?:^    .*\n)+", section, re.MULTILINE)
    return [line.strip() for line in blocks[0].splitlines()]


class Site:
    def __init__(self, root):
        self.root = root
        self.authority = []

    def curl(self, path, *options, scheme="https", timeout=60):
        """What an outsider gets: the answer's head and body."""
        names = ["--resolve", "chat.example.org:443:127.0.0.1", "--resolve", "chat.example.org:80:127.0.0.1"]
        enter = ["nsenter", "--target", self.root.first, "--net"]
        command = [*enter, "curl", "-sSi", "--max-time", str(timeout), *names, *self.authority, *options]
        done = subprocess.run([*command, f"{scheme}://chat.example.org{path}"], capture_output=True, timeout=timeout + 10)
        assert done.returncode == 0, done.stderr.decode()
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        return head.decode(), body

    def ask(self, path, body=None, token=None, method=None):
        options = ["-H", "Content-Type: application/json"]
        if token:
            options += ["-H", f"Authorization: Bearer {token}"]
        if body is not None:
            options += ["--data-binary", json.dumps(body)]
        if method:
            options += ["-X", method]
        head, answer = self.curl(path, *options)
        assert " 200" in head.splitlines()[0], (head, answer[:500])
        return json.loads(answer)


@pytest.fixture(scope="module")
def site():
    with tempfile.TemporaryDirectory(prefix="swiftlet-root.", dir="/var/tmp", ignore_cleanup_errors=True) as directory:
        root = CleanRoot(pathlib.Path(directory) / "root")
        shutil.copy(PACKAGES[-1], root.path / "root")
        # What apt fetches in the guide is fetched here: inside there is no network.
        root.prepare("apt-get -q update && apt-get -q -y install --download-only /root/swiftlet_*.deb certbot")
        root.boot()
        try:
            yield Site(root)
        finally:
            root.stop()


def active(site):
    units = [f"{name}.service" for name in SERVICES] + [f"{name}.socket" for name in SOCKETS]
    states = site.root.command(f"systemctl is-active swiftlet-migrate.service {' '.join(units)} || true").split()
    return states == ["active"] * (1 + len(units))


def test_the_guide(site):
    commands = guide()
    assert len(commands) == 10
    for command in commands:
        if command.startswith("certbot "):
            site.root.command(CERTIFICATE)
        else:
            site.root.command(command)
    site.root.command("for i in $(seq 60); do systemctl -q is-active swiftlet-migrate.service && break; sleep 1; done")
    assert active(site), site.root.command("journalctl --no-pager -u 'swiftlet*' | tail -n 40")
    assert site.root.command("systemctl --failed --plain --no-legend").strip() == ""
    certificate = pathlib.Path(tempfile.mkstemp()[1])
    certificate.write_bytes((site.root.path / "etc/letsencrypt/live/chat.example.org/fullchain.pem").read_bytes())
    site.authority = ["--cacert", str(certificate)]


def test_the_units(site):
    units = " ".join([f"{name}.service" for name in SERVICES] + [f"{name}.socket" for name in SOCKETS])
    assert site.root.command(f"systemd-analyze verify --man=no swiftlet.target swiftlet-migrate.service {units}").strip() == ""
    # The watchdog is on, and each of them has said that it serves.
    for name in SERVICES:
        shown = site.root.command(f"systemctl show -p Type,WatchdogUSec,NRestarts {name}.service").split()
        assert sorted(shown) == ["NRestarts=0", "Type=notify", "WatchdogUSec=1min"], name


def test_secrets_are_out_of_the_environment(site):
    secret = site.root.command("cat /etc/swiftlet/credentials/WEBUI_SECRET_KEY").strip()
    assert len(secret) == 44
    assert site.root.command("stat -c '%U %a' /etc/swiftlet/credentials/WEBUI_SECRET_KEY").split() == ["root", "600"]
    for process in site.root.command("pgrep swiftlet").split():
        assert secret not in site.root.command(f"cat /proc/{process}/environ /proc/{process}/cmdline | tr '\\0' '\\n'")


def test_the_site(site):
    head, body = site.curl("/health", "--http2")
    assert head.startswith("HTTP/2 200") and json.loads(body) == {"status": True}
    head, body = site.curl("/")
    assert "Strict-Transport-Security: max-age=63072000".lower() in head.lower()
    assert "content-security-policy: default-src 'self'" in head.lower()
    assert b"/_app/immutable/entry/start" in body
    files = site.root.path / "usr/share/swiftlet/frontend/site"
    script = next(path for path in sorted(files.glob("_app/immutable/chunks/*.js")) if path.with_name(path.name + ".br").exists())
    head, body = site.curl(f"/{script.relative_to(files)}", "-H", "Accept-Encoding: br, gzip")
    assert "content-encoding: br" in head.lower() and "max-age=31536000, immutable" in head
    assert body == script.with_name(script.name + ".br").read_bytes()
    head, _ = site.curl("/c/x?y=1", scheme="http")
    assert head.startswith("HTTP/1.1 308") and "Location: https://chat.example.org/c/x?y=1" in head
    with pytest.raises(AssertionError):
        site.curl("/", "--tls-max", "1.2")


def test_a_chat(site):
    form = {"name": "First", "email": "first@example.com", "password": "correct horse battery"}
    account = site.ask("/api/v1/auths/signup", form)
    assert account["role"] == "admin"
    site.token = account["token"]
    model = site.ask("/api/models", token=site.token)["data"][0]["id"]
    body = {"model": model, "stream": True, "messages": [{"role": "user", "content": "Hello"}]}
    head, answer = site.curl(
        "/api/chat/completions",
        *["-H", f"Authorization: Bearer {site.token}", "-H", "Content-Type: application/json"],
        *["--data-binary", json.dumps(body)],
    )
    assert "text/event-stream" in head.lower()
    assert answer.count(b"data: ") > 2 and answer.rstrip().endswith(b"data: [DONE]")
    # The administrator's command finds the same database by itself.
    assert "first@example.com" in site.root.command("swiftlet user list")


def test_a_flood_is_refused(site):
    enter = ["nsenter", "--target", site.root.first, "--net", "curl", "-sk", "-o", "/dev/null", "-w", "%{http_code}\n"]
    enter += ["--parallel", "--parallel-max", "50", "https://127.0.0.1/api/v1/auths/signin?n=[1-200]"]
    codes = subprocess.run(enter, capture_output=True, text=True, timeout=120).stdout.split()
    assert len(codes) == 200 and codes.count("429") > 10 and codes.count("502") == 0


class Visitor(threading.Thread):
    """Asks without pause, and keeps what was not answered."""

    def __init__(self, site):
        super().__init__()
        self.site, self.is_over, self.failures, self.answers = site, threading.Event(), [], 0

    def run(self):
        while not self.is_over.is_set():
            try:
                head, _ = self.site.curl("/api/config")
                assert " 200" in head.splitlines()[0], head
                self.answers += 1
            except AssertionError as error:
                self.failures.append(str(error))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.join()


def members(site, pool):
    """The processes that serve, below the one that keeps them alive."""
    return set(site.root.command(f"pgrep -P $(systemctl show -P MainPID swiftlet-worker@{pool})").split())


def test_a_reload_drops_no_request(site):
    before = {pool: members(site, pool) for pool in ["web", "slow", "password"]}
    with Visitor(site) as visitor:
        site.root.command("systemctl reload 'swiftlet-worker@*'")
        for pool, processes in before.items():
            eventually(lambda: not processes & members(site, pool), 120)
    assert visitor.failures == [] and visitor.answers > 5
    assert active(site)


def test_an_upgrade_keeps_everything(site):
    site.root.command("echo '# my own words' >> /etc/swiftlet/swiftlet.conf")
    secret = site.root.command("cat /etc/swiftlet/credentials/WEBUI_SECRET_KEY")
    with Visitor(site) as visitor:
        site.root.command("apt-get -q -y install --reinstall ./swiftlet_*_amd64.deb")
    assert visitor.failures == []
    assert site.root.command("tail -n 1 /etc/swiftlet/swiftlet.conf") == "# my own words\n"
    assert site.root.command("cat /etc/swiftlet/credentials/WEBUI_SECRET_KEY") == secret
    site.root.command("for i in $(seq 60); do systemctl -q is-active 'swiftlet-turns@1' && break; sleep 1; done")
    assert active(site), site.root.command("journalctl --no-pager -u 'swiftlet*' | tail -n 40")
    assert site.ask("/api/v1/auths/", token=site.token)["email"] == "first@example.com"


def test_a_process_that_dies_comes_back(site):
    site.root.command("systemctl kill --kill-whom=main -s KILL swiftlet-streamd swiftlet-turns@1 swiftlet-worker@web")
    # What comes meanwhile waits in the socket.
    head, _ = site.curl("/health")
    assert " 200" in head.splitlines()[0]
    site.root.command(
        "for i in $(seq 60); do systemctl -q is-active swiftlet-streamd swiftlet-turns@1 swiftlet-worker@web && break; sleep 1; done"
    )
    assert active(site)


def test_the_other_site(site):
    site.root.command(
        "rm /etc/nginx/sites-enabled/swiftlet && ln -s /etc/nginx/sites-available/swiftlet-behind-proxy /etc/nginx/sites-enabled/"
    )
    try:
        assert "warn" not in site.root.command("nginx -t")
        site.root.command("systemctl restart nginx")
        enter = ["nsenter", "--target", site.root.first, "--net", "curl", "-si"]
        answer = subprocess.run([*enter, "http://127.0.0.1:8080/health"], capture_output=True, text=True, timeout=60).stdout
        assert answer.startswith("HTTP/1.1 200") and "Strict-Transport" not in answer
    finally:
        site.root.command(
            "rm /etc/nginx/sites-enabled/swiftlet-behind-proxy && ln -s /etc/nginx/sites-available/swiftlet /etc/nginx/sites-enabled/"
        )
    assert "warn" not in site.root.command("nginx -t")
    site.root.command("systemctl restart nginx")


def test_manual_pages(site):
    for page in ["man1/swiftlet.1", "man8/swiftlet-worker.8", "man8/swiftlet-streamd.8", "man5/swiftlet.conf.5"]:
        site.root.command(f"gzip -t /usr/share/man/{page}.gz")
        warnings = site.root.command(f"zcat /usr/share/man/{page}.gz | LC_ALL=C.UTF-8 groff -Tutf8 -man -ww -z 2>&1 || true")
        assert "error" not in warnings, warnings


def test_removal_keeps_what_is_the_administrators(site):
    site.root.command("apt-get -q -y remove swiftlet")
    assert site.root.command("systemctl list-units --plain --no-legend 'swiftlet*'").strip() == ""
    site.root.command("nginx -t && systemctl restart nginx")
    site.root.command("test -e /etc/swiftlet/swiftlet.conf -a -e /etc/swiftlet/credentials/WEBUI_SECRET_KEY -a -d /var/lib/swiftlet")


def test_purge_leaves_nothing_behind(site):
    site.root.command("apt-get -q -y purge swiftlet")
    left = site.root.command(
        "find / -xdev -iname '*swiftlet*' -not -path '/root/*' -not -path '/proc/*' -not -path '/var/cache/apt/*' "
        "-not -path '/var/lib/dpkg/info/nginx*'"
    )
    assert left.strip() == ""
    assert site.root.command("getent passwd swiftlet; getent group swiftlet; true").strip() == ""
