"""`swiftlet user`, `swiftlet sessions` and `swiftlet audit` on a running server."""

import json
import os
import pathlib
import pty
import subprocess

import processes
import pytest
from clients import PASSWORD, PATIENCE, Account, refused, sign_in, unique
from wire import engine

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / ".build/release/swiftlet"
pytestmark = pytest.mark.skipif(not processes.STATE or not PROGRAM.exists(), reason="no server of ours, or no program")


def environment():
    """What the server's own processes were given: its database, its key, its event socket."""
    pairs = pathlib.Path(f"/proc/{processes.pid('web')}/environ").read_bytes().split(b"\0")
    return dict(pair.decode().split("=", 1) for pair in pairs if b"=" in pair)


def swiftlet(*arguments, typed="", status=0):
    """What a command prints; `typed` is its standard input."""
    done = subprocess.run(
        [PROGRAM, *arguments], input=typed, env=environment(), capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout if status == 0 else done.stderr


@pytest.fixture
def email(admin):
    email = f"{unique('cli')}@example.com"
    made = json.loads(swiftlet("user", "add", email, "--name", "Ann", "--role", "user", "--json", typed=PASSWORD + "\n"))
    assert made["email"] == email and made["role"] == "user"
    return email


def test_an_account_is_made_and_listed(email):
    assert sign_in(email).details["name"] == "Ann"
    (row,) = json.loads(swiftlet("user", "list", email, "--json"))
    assert row["role"] == "user" and row["email"] == email
    assert email in swiftlet("user", "list", "--role", "user") and email not in swiftlet("user", "list", "--role", "admin")
    assert "registered" in swiftlet("user", "add", email, typed=PASSWORD + "\n", status=1)


def test_a_password_is_never_an_argument(email):
    assert "nexpected argument" in swiftlet("user", "reset-password", email, "New-password-3", status=64)
    assert "nknown option" in swiftlet("user", "add", f"{unique('x')}@example.com", "--password", "p", status=64)
    assert "No password" in swiftlet("user", "reset-password", email, status=1)


def test_a_password_typed_at_a_terminal_is_not_shown(email):
    keeper, terminal = pty.openpty()
    command = subprocess.Popen(
        [PROGRAM, "user", "reset-password", email],
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        text=True,
    )
    for prompt in ("Password: ", "The same again: "):
        seen = ""
        while not seen.endswith(prompt):
            seen += command.stderr.read(1)
        os.write(keeper, b"Typed-password-4\n")
    assert command.wait(PATIENCE) == 0
    os.set_blocking(keeper, False)
    try:
        assert b"Typed" not in os.read(keeper, 1000)
    except BlockingIOError:
        pass
    assert "Typed" not in command.stdout.read()
    os.close(keeper)
    os.close(terminal)
    sign_in(email, "Typed-password-4")


def test_a_new_password_ends_what_is_open(email):
    account = sign_in(email)
    line = engine()
    line.send(f'40{{"token":"{account.token}"}}')
    assert line.text().startswith("40{")
    swiftlet("user", "reset-password", email, typed="New-password-3\n")
    assert line.ending() is not None
    refused(account.ask("GET", "/api/v1/auths/"), 401)
    sign_in(email, "New-password-3")


def test_a_role_is_changed(email, admin):
    account = sign_in(email)
    swiftlet("user", "set-role", email, "admin")
    account.get("/api/v1/users/")
    swiftlet("user", "set-role", account.id, "user")
    refused(account.ask("GET", "/api/v1/users/"), 401)
    assert "There is no account" in swiftlet("user", "set-role", "nobody@example.com", "user", status=1)
    assert swiftlet("user", "set-role", email, "king", status=64)


def test_sessions_are_listed_and_revoked(email):
    first, second = sign_in(email), sign_in(email)
    rows = json.loads(swiftlet("sessions", "list", email, "--json"))
    assert len(rows) == 2 and all(row["address"] for row in rows)
    swiftlet("sessions", "revoke", rows[0]["id"])
    states = [Account(item.token).ask("GET", "/api/v1/auths/").status_code for item in (first, second)]
    assert sorted(states) == [200, 401]
    swiftlet("sessions", "revoke", "--user", email)
    for account in (first, second):
        refused(account.ask("GET", "/api/v1/auths/"), 401)
    assert "no session" in swiftlet("sessions", "revoke", rows[0]["id"], status=1)


def test_an_account_is_deleted(email):
    account = sign_in(email)
    assert "Nothing was deleted" in swiftlet("user", "delete", email, typed="somebody@example.com\n", status=1)
    account.get("/api/v1/auths/")
    swiftlet("user", "delete", email, typed=email + "\n")
    refused(account.ask("GET", "/api/v1/auths/"), 401)
    assert json.loads(swiftlet("user", "list", email, "--json")) == []


def test_the_trail_tells_who_did_it_and_is_whole(email, admin):
    mark = swiftlet("audit", "verify").rsplit(" ", 1)[1].strip()
    swiftlet("user", "set-role", email, "admin")
    swiftlet("user", "set-role", email, "user")
    (account,) = json.loads(swiftlet("user", "list", email, "--json"))
    entries = json.loads(swiftlet("audit", "list", "--subject", account["id"], "--json"))
    assert [entry["new"] for entry in entries[:2]] == [{"role": "user"}, {"role": "admin"}]
    assert {entry["via"] for entry in entries[:2]} == {"swiftlet user set-role"}
    assert PASSWORD not in json.dumps(entries)
    assert swiftlet("audit", "verify", "--contains", mark).startswith("The audit trail is whole")
    other = mark[:-1] + ("0" if mark[-1] != "0" else "1")
    assert "not on the chain" in swiftlet("audit", "verify", "--contains", other, status=1)


def test_a_setting_is_in_the_trail_with_its_secrets_covered(admin):
    form = admin.get("/api/v1/auths/admin/config/ldap/server")
    secret = unique("secret")
    admin.post(
        "/api/v1/auths/admin/config/ldap/server",
        {
            **form,
            "label": unique("label"),
            "host": "ldap.example",
            "app_dn": "cn=app",
            "app_dn_password": secret,
            "search_base": "dc=example",
            "attribute_for_mail": "mail",
            "attribute_for_username": "uid",
        },
    )
    entries = json.loads(swiftlet("audit", "list", "--action", "setting.save", "--json"))
    changed = {entry["subject"]["name"]: entry for entry in entries}
    assert changed["LDAP_APP_PASSWORD"]["new"] == "•••"
    assert changed["LDAP_APP_PASSWORD"]["actor"]["name"] == admin.details["email"]
    assert changed["LDAP_SERVER_HOST"]["new"] == "ldap.example"
    assert secret not in json.dumps(entries)
