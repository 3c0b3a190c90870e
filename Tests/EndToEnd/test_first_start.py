"""The first minutes of a server: who becomes its admin, and whom it believes."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from clients import PASSWORD, PATIENCE
from servers import Server, free_port

AUTHS = "/api/v1/auths"
VISITORS = 50


def test_of_fifty_first_visitors_at_once_one_becomes_the_admin():
    server = Server(WEB_PROCESSES="3")
    try:
        gate = threading.Barrier(VISITORS)

        def sign_up(number):
            body = {"name": f"Visitor {number}", "email": f"visitor{number}@example.com", "password": PASSWORD}
            with requests.Session() as http:
                gate.wait()
                return http.post(f"{server.url}{AUTHS}/signup", json=body, timeout=PATIENCE)

        with ThreadPoolExecutor(VISITORS) as pool:
            answers = list(pool.map(sign_up, range(VISITORS)))
        winners = [answer.json() for answer in answers if answer.status_code == 200]
        assert [winner["role"] for winner in winners] == ["admin"]
        assert {answer.status_code for answer in answers} == {200, 403}
        headers = {"Authorization": f"Bearer {winners[0]['token']}"}
        accounts = requests.get(f"{server.url}/api/v1/users/", headers=headers, timeout=PATIENCE).json()
        assert [(account["email"], account["role"]) for account in accounts["users"]] == [(winners[0]["email"], "admin")]
        assert accounts["total"] == 1
    finally:
        server.stop()


# ---- A proxy's word


def own_address():
    """An address of this machine that others reach it by; None when it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: the kernel only says from where it would be.
            probe.connect(("198.51.100.1", 9))
        except OSError:
            return None
        address = probe.getsockname()[0]
    return None if address.startswith("127.") else address


def enter(address, port, email):
    return requests.post(
        f"http://{address}:{port}{AUTHS}/signin",
        json={"email": "", "password": ""},
        headers={"X-Email": email},
        timeout=PATIENCE,
    )


@pytest.mark.skipif(not own_address(), reason="this machine has no address but the loopback's")
@pytest.mark.parametrize("named", [False, True], ids=["no proxy named", "proxy named"])
def test_only_a_proxy_says_who_somebody_is(named):
    address, port = own_address(), free_port()
    proxies = {"TRUSTED_PROXIES": address} if named else {}
    server = Server(PORT=str(port), BIND="0.0.0.0", WEBUI_AUTH_TRUSTED_EMAIL_HEADER="X-Email", **proxies)
    try:
        first = enter("127.0.0.1", port, "boss@example.com")
        assert first.status_code == 200 and first.json()["role"] == "admin"
        other = enter(address, port, "boss@example.com")
        assert other.status_code == (200 if named else 400), other.text
        # A token is not refused for what a stranger's header says.
        headers = {"Authorization": f"Bearer {first.json()['token']}", "X-Email": "somebody-else@example.com"}
        answer = requests.get(f"http://{address}:{port}{AUTHS}/", headers=headers, timeout=PATIENCE)
        assert answer.status_code == (401 if named else 200)
    finally:
        server.stop()
