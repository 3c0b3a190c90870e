"""The web client in a real browser: what a person sees of the main job. Screenshots are left in var/screenshots."""

import pathlib
import tempfile
import threading

import pytest
from clients import BASE, PASSWORD, PATIENCE, Account, eventually, unique
from provider import Answer, words
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

SCREENSHOTS = pathlib.Path(__file__).resolve().parents[2] / "var" / "screenshots"
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--lang=en-US",
    "--window-size=1400,1000",
    # Nothing leaves the machine.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


class Browser:
    """What a person does in a window of the web client."""

    def __init__(self, driver):
        self.driver = driver

    def go(self, path="/"):
        self.driver.get(BASE + path)

    def elements(self, selector, text=""):
        """The visible elements that hold this text."""
        try:
            found = self.driver.find_elements(By.CSS_SELECTOR, selector)
            return [item for item in found if item.is_displayed() and text in (item.text or "")]
        except StaleElementReferenceException:
            return []

    def see(self, selector, text="", timeout=PATIENCE):
        try:
            return eventually(lambda: self.elements(selector, text), timeout)[0]
        except AssertionError as error:
            self.shoot("failed")
            page = self.driver.find_element(By.TAG_NAME, "body").text[:800]
            raise AssertionError(f"no {selector} with {text!r}; the page says: {page!r}") from error

    def click(self, selector, text=""):
        def press():
            try:
                self.see(selector, text).click()
                return True
            except WebDriverException:
                return False

        eventually(press)

    def type(self, selector, text):
        field = self.see(selector)
        field.clear()
        field.send_keys(text)

    def sign_in(self, email, password=PASSWORD):
        self.go("/auth")
        self.type("#email", email)
        self.type("#password", password)
        self.click("button[type=submit]")
        self.see("#chat-input")

    def leave(self):
        """As a browser that was never here, but shows the list of chats."""
        self.driver.get(BASE + "/static/favicon.png")
        self.driver.execute_script("localStorage.clear(); sessionStorage.clear(); localStorage.sidebar = 'true'")
        self.driver.delete_all_cookies()

    def choose(self, model):
        self.click("#model-selector-0-button")
        self.type("#model-search-input", model)
        self.click(f'button[aria-label="{model}"]')
        self.see("#model-selector-0-button", model)

    def say(self, text):
        box = self.see("#chat-input")
        box.click()
        box.send_keys(text)
        box.send_keys(Keys.ENTER)

    def answer(self):
        """The text of the last answer."""
        found = self.elements(".chat-assistant")
        try:
            return found[-1].text if found else ""
        except StaleElementReferenceException:
            return ""

    def answered(self, text):
        try:
            eventually(lambda: text in self.answer())
        except AssertionError as error:
            self.shoot("failed")
            raise AssertionError(f"no answer {text!r}; it says {self.answer()[:300]!r}") from error

    def shoot(self, name):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(SCREENSHOTS / f"{name}.png"))

    def complaints(self):
        """What the browser itself complains of."""
        entries = self.driver.get_log("browser")
        return [entry["message"] for entry in entries if entry["level"] == "SEVERE"]


@pytest.fixture(scope="module")
def driver():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in [*FLAGS, f"--user-data-dir={profile}"]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
        driver.set_page_load_timeout(PATIENCE)
        yield driver
        driver.quit()


@pytest.fixture
def browser(driver):
    browser = Browser(driver)
    browser.leave()
    browser.complaints()
    yield browser
    browser.leave()


@pytest.fixture
def person(browser, account):
    """A browser in which an account is signed in."""
    browser.sign_in(account.details["email"])
    return browser


def test_a_prompt_streams_is_kept_and_gets_a_title(person, account, provider):
    provider.title = "A title of the stub's"
    provider.answer = Answer(f"Here are {words(60)} and **no more**.", gate=threading.Event(), gate_at=20)
    person.choose("stub-one")
    person.shoot("1-new-chat")
    person.say("Tell me words")
    person.answered("word0015")
    assert "no more" not in person.answer()
    person.shoot("2-streaming")
    provider.answer.gate.set()
    person.answered("no more")
    person.see("a", "A title of the stub's")
    person.see("[id^=message-]", "What else?")
    person.shoot("3-answered")
    address = person.driver.current_url
    assert "/c/" in address
    person.driver.refresh()
    person.answered("no more")
    person.see(".chat-user", "Tell me words")
    person.see("a", "A title of the stub's")
    person.shoot("4-reloaded")
    row = account.get(f"/api/v1/chats/{address.rpartition('/')[2]}")
    assert row["title"] == "A title of the stub's"
    assert [item["role"] for item in row["chat"]["messages"]] == ["user", "assistant"]
    assert row["chat"]["messages"][1]["content"].endswith("and **no more**.")
    assert person.complaints() == []


def test_a_second_tab_goes_on_in_the_middle_of_an_answer(person, account, provider):
    provider.answer = Answer(words(300), gate=threading.Event(), gate_at=150)
    person.choose("stub-one")
    person.say("Tell me words")
    person.answered("word0149")
    first = person.driver.current_window_handle
    address = person.driver.current_url
    person.driver.switch_to.new_window("tab")
    try:
        person.driver.get(address)
        person.answered("word0149")
        assert "word0150" not in person.answer()
        person.shoot("5-second-tab")
        provider.answer.gate.set()
        person.answered("word0299")
        text = person.answer()
        assert text[text.index("word0000") :].split()[:300] == words(300).split()
        person.shoot("6-second-tab-done")
    finally:
        person.driver.close()
        person.driver.switch_to.window(first)
    person.answered("word0299")
    text = person.answer()
    assert text[text.index("word0000") :].split()[:300] == words(300).split()


def test_the_stop_button_keeps_the_text(person, account, provider):
    provider.answer = Answer(words(2000), pause=0.03)
    person.choose("stub-one")
    person.say("Tell me words")
    person.answered("word0020")
    # The button has no name: it takes the place of the one that sends, beside the field.
    person.click("form button.rounded-full")
    eventually(lambda: provider.chats[-1].aborted)
    person.shoot("7-stopped")
    person.driver.refresh()
    person.answered("word0020")
    assert "word1999" not in person.answer()


def test_a_refusal_of_the_provider_is_shown(person, account, provider):
    provider.answer = Answer(status=500, body={"error": {"message": "the stub is tired"}})
    person.choose("stub-one")
    person.say("Hello")
    person.see("body", "the stub is tired")
    person.shoot("8-refused")
    person.driver.refresh()
    person.see("body", "the stub is tired")


def test_a_visitor_signs_up_and_waits(browser, admin):
    path = "/api/v1/auths/admin/config"
    before = admin.get(path)
    email = f"{unique('browser')}@example.com"
    try:
        admin.post(path, {**before, "ENABLE_SIGNUP": True, "DEFAULT_USER_ROLE": "pending"})
        browser.go("/auth")
        browser.click("button", "Sign up")
        browser.type("#name", "A Visitor")
        browser.type("#email", email)
        browser.type("#password", PASSWORD)
        browser.shoot("9-sign-up")
        browser.click("button[type=submit]")
        browser.see("body", "Account Activation Pending")
        browser.shoot("10-pending")
    finally:
        admin.post(path, before)
    (found,) = admin.get("/api/v1/users/", params={"query": email})["users"]
    assert found["role"] == "pending" and found["name"] == "A Visitor"


def test_a_wrong_password_is_told_and_the_right_one_opens(browser, account):
    browser.go("/auth")
    browser.type("#email", account.details["email"])
    browser.type("#password", "not-this-one")
    browser.click("button[type=submit]")
    browser.see("li", "The email or password provided is incorrect")
    browser.type("#password", PASSWORD)
    browser.click("button[type=submit]")
    browser.see("#chat-input")
    browser.shoot("11-signed-in")
    cookie = browser.driver.get_cookie("token")
    assert Account(cookie["value"]).get("/api/v1/auths/")["id"] == account.id
