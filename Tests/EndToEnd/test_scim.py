"""Accounts and groups as an identity provider keeps them: the checks of scim2-tester, which reads the server's own documents first."""

import httpx2
import pytest
import requests
from clients import PATIENCE
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server
from servers import Server

TOKEN = "end-to-end-scim-token"
ROOT = "/api/v1/scim/v2"
BOSS = {"name": "Boss", "email": "boss@example.com", "password": "A-good-password-1"}


@pytest.fixture(scope="module")
def server():
    server = Server(SCIM_ENABLED="true", SCIM_TOKEN=TOKEN)
    assert requests.post(f"{server.url}/api/v1/auths/signup", json=BOSS, timeout=PATIENCE).json()["role"] == "admin"
    yield server
    server.stop()


@pytest.fixture(scope="module")
def results(server):
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx2.Client(base_url=server.url + ROOT, headers=headers, timeout=PATIENCE) as http:
        return check_server(SyncSCIMClient(http))


def test_the_tester_finds_no_error(results):
    good = (Status.SUCCESS, Status.COMPLIANT)
    assert [f"{item.title} of {item.resource_type}: {item.reason}" for item in results if item.status not in good] == []


def test_the_tester_has_made_and_changed_users_and_groups(results):
    done = {(item.resource_type, item.title) for item in results}
    for resource in ("User", "Group"):
        for check in ("object_creation", "object_query", "object_replacement", "object_deletion"):
            assert (resource, check) in done


def test_a_wrong_token_opens_nothing(server):
    for header in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}):
        answer = requests.get(f"{server.url}{ROOT}/Users", headers=header, timeout=PATIENCE)
        assert answer.status_code == 401 and answer.json()["status"] == "401"


def test_who_is_deactivated_may_do_nothing_from_then_on(server):
    headers = {"Authorization": f"Bearer {TOKEN}"}
    boss = requests.post(f"{server.url}/api/v1/auths/signin", json=BOSS, timeout=PATIENCE).json()["token"]
    form = {"name": "Ann", "email": "ann@example.com", "password": "A-good-password-1", "role": "user"}
    ann = requests.post(
        f"{server.url}/api/v1/auths/add", json=form, headers={"Authorization": f"Bearer {boss}"}, timeout=PATIENCE
    ).json()

    def chats():
        own = {"Authorization": f"Bearer {ann['token']}"}
        return requests.get(f"{server.url}/api/v1/chats/", headers=own, timeout=PATIENCE).status_code

    assert chats() == 200
    patch = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "active", "value": False}],
    }
    path = f"{server.url}{ROOT}/Users/{ann['id']}"
    assert requests.patch(path, json=patch, headers=headers, timeout=PATIENCE).json()["active"] is False
    assert chats() == 401
    assert requests.delete(path, headers=headers, timeout=PATIENCE).status_code == 204
    assert chats() == 401
