"""The web client in a real browser: what a person does in a window and sees there."""

import json
import os
import pathlib
import tempfile
from contextlib import contextmanager

from clients import BASE, PASSWORD, PATIENCE, Account, eventually
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException, WebDriverException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

STATE = os.environ.get("STATE_DIR") or pathlib.Path(__file__).resolve().parents[2] / "var"
SCREENSHOTS = pathlib.Path(STATE) / "screenshots"
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


@contextmanager
def chromium():
    """A Chromium with a profile of its own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in [*FLAGS, f"--user-data-dir={profile}"]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        options.add_experimental_option("perfLoggingPrefs", {"enableNetwork": True, "enablePage": False})
        driver = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
        driver.set_page_load_timeout(PATIENCE)
        try:
            yield driver
        finally:
            driver.quit()


class Browser:
    """What a person does in a window of the web client."""

    def __init__(self, driver, base=BASE):
        self.driver, self.base = driver, base

    # Going somewhere

    def go(self, path="/"):
        self.driver.get(self.base + path)

    @property
    def path(self):
        return self.driver.current_url.removeprefix(self.base)

    def leave(self):
        """As a browser that was never here, but shows the list of chats."""
        self.go("/static/favicon.png")
        self.driver.execute_script("localStorage.clear(); sessionStorage.clear(); localStorage.sidebar = 'true'")
        self.driver.delete_all_cookies()

    def enter(self, account, path="/"):
        """As a browser in which this account signed in earlier."""
        self.leave()
        self.driver.execute_script("localStorage.token = arguments[0]", account.token)
        self.go(path)

    def sign_in(self, email, password=PASSWORD):
        self.go("/auth")
        self.type("#email", email)
        self.type("#password", password)
        self.click("button[type=submit]")
        self.see("#chat-input")

    def account(self):
        """The API with the token of this window."""
        token = self.driver.execute_script("return localStorage.token")
        return Account(token, Account(token, base=self.base).get("/api/v1/auths/"), self.base)

    @contextmanager
    def second_tab(self, path):
        """Another tab of the same browser, until the end of the block."""
        first = self.driver.current_window_handle
        self.driver.switch_to.new_window("tab")
        try:
            self.go(path)
            yield
        finally:
            self.driver.close()
            self.driver.switch_to.window(first)

    # Looking

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
            raise AssertionError(f"no {selector} with {text!r}; {self.failure()}") from error

    def gone(self, selector, text="", timeout=PATIENCE):
        try:
            return eventually(lambda: not self.elements(selector, text), timeout)
        except AssertionError as error:
            raise AssertionError(f"{selector} with {text!r} stays; {self.failure()}") from error

    def failure(self):
        """What the page says, and a picture of it, for the report of a failed case."""
        self.shoot("failed")
        return f"the page says: {self.text[:800]!r}"

    @property
    def text(self):
        try:
            return self.driver.find_element(By.TAG_NAME, "body").text
        except (NoSuchElementException, StaleElementReferenceException):
            return ""

    def shoot(self, name):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(SCREENSHOTS / f"{name}.png"))

    # Doing

    def act(self, selector, text, action):
        """Does something with an element, again when the page has replaced or covered it meanwhile."""

        def attempt():
            try:
                action(self.see(selector, text))
                return True
            except WebDriverException:
                return False

        try:
            eventually(attempt)
        except AssertionError as error:
            raise AssertionError(f"{selector} with {text!r} cannot be used; {self.failure()}") from error

    def click(self, selector, text=""):
        self.act(selector, text, lambda element: element.click())

    def hover(self, selector, text=""):
        self.act(selector, text, lambda element: ActionChains(self.driver).move_to_element(element).perform())

    def double_click(self, selector, text=""):
        self.act(selector, text, lambda element: ActionChains(self.driver).double_click(element).perform())

    def drag(self, source, target):
        """Drags an element onto another one."""
        ActionChains(self.driver).drag_and_drop(source, target).perform()

    def press(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def type(self, selector, text, *keys):
        """Fills a field, and presses keys there."""

        def fill(field):
            field.send_keys(Keys.CONTROL, "a")
            field.send_keys(text, *keys)

        self.act(selector, "", fill)

    def write(self, text, selector="#chat-input", place=0):
        """Writes into a field of rich text, where its caret is, and ends with the return key."""
        field = eventually(lambda: self.elements(selector)[place:])[0]
        field.send_keys(text, Keys.ENTER)

    # Chats

    def choose(self, model, place=0):
        """Chooses a model, in the place of so many that are asked at once."""
        self.click(f"#model-selector-{place}-button")
        self.type("#model-search-input", model)
        self.click(f'button[aria-label="{model}"]')
        self.see(f"#model-selector-{place}-button", model)

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
            raise AssertionError(f"no answer {text!r} but {self.answer()[:300]!r}; {self.failure()}") from error

    def stored(self, account):
        """The chat that is open, as it is stored."""
        return account.get(f"/api/v1/chats/{self.path.rpartition('/')[2]}")

    # What went wrong

    def is_quiet(self):
        """Waits until the page, and all that it asked for, is there, and nothing new was asked for for a moment."""
        script = """
            const [done] = arguments;
            const wait = () => setTimeout(() => {
                const last = Math.max(...performance.getEntriesByType('resource').map(item => item.responseEnd));
                document.readyState === 'complete' && performance.now() - last > 300 ? done() : wait();
            }, 100);
            wait();
        """
        self.driver.execute_async_script(script)

    def complaints(self):
        """What the browser itself complained of since the last time, but for what is on other servers."""
        entries = [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
        return [entry for entry in entries if "ERR_NAME_NOT_RESOLVED" not in entry]

    def refusals(self):
        """The requests since the last time that were not answered with success: "404 GET /api/…"."""
        methods, found = {}, []
        for entry in self.driver.get_log("performance"):
            event = json.loads(entry["message"])["message"]
            data = event["params"]
            if event["method"] == "Network.requestWillBeSent":
                methods[data["requestId"]] = data["request"]["method"]
            elif event["method"] == "Network.responseReceived" and data["response"]["status"] >= 400:
                address = data["response"]["url"].removeprefix(self.base)
                found.append(f"{data['response']['status']} {methods.get(data['requestId'], '?')} {address}")
        return found
