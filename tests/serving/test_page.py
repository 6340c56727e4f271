"""The page in a real browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from fdc import registry
from fdc.faces.choose import choose_recipe
from fdc.sample.dataset import draw
from fdc.serving.champions import Champions
from fdc.serving.limits import Limits
from tests.registry.models import COLOUR, RECIPE, SIZE, photo, register
from tests.serving.conftest import running
from tests.waiting import wait_until

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")

ASKED_FOR_THE_LIMITS = """
return performance.getEntriesByType("resource").some(
    entry => entry.name.endsWith("/limits") && entry.responseEnd > 0)
"""

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="Chromium and chromedriver are not installed"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    """A headless Chromium with a drawn camera."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--window-size=1200,900",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
    ):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def drawn_face(tmp_path_factory) -> Path:
    """One portrait of the drawn sample."""
    root = draw(tmp_path_factory.mktemp("sample"), subjects=1, photos=1)
    return next((root / "images").glob("*.png"))


def upload(browser, path: Path) -> None:
    browser.find_element(By.ID, "file").send_keys(str(path))


def wait_for(browser, selector: str) -> str:
    found = WebDriverWait(browser, 60).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, selector)
    )
    return found[0].text


def speak(browser, language: str) -> None:
    browser.find_element(By.CSS_SELECTOR, f"[data-language={language}]").click()


def faults(browser) -> list[str]:
    """What the browser complained about, answers of the service apart."""
    return [
        each["message"] for each in browser.get_log("browser") if "/predict" not in each["message"]
    ]


def test_a_drawn_face_is_answered_in_both_languages(address, browser, drawn_face, champions):
    browser.get(address)
    upload(browser, drawn_face)
    wait_for(browser, ".card[data-task=colour] .result")
    said = champions.models["colour"].predictor.predict(drawn_face.read_bytes())

    for language in ("ko", "en"):
        speak(browser, language)
        shown = wait_for(browser, ".card[data-task=colour]").splitlines()
        assert shown[0] == {"ko": "색", "en": "Colour"}[language]
        assert shown[1] == said.names[language]
        assert len(browser.find_elements(By.CSS_SELECTOR, "[data-task=colour] .bar")) == 3
    widths = browser.execute_script(
        "return [...document.querySelectorAll('[data-task=colour] .bar i')]"
        ".map(e => e.getBoundingClientRect().width / e.parentNode.getBoundingClientRect().width)"
    )
    assert widths == pytest.approx(list(said.probabilities.values()), abs=0.01)
    assert "Right on 100%" in wait_for(browser, ".card[data-task=colour] .notes")
    assert "Off by 1.0 years" in wait_for(browser, ".card[data-task=age_regression] .notes")
    years = round(champions.models["age"].predictor.predict(drawn_face.read_bytes()).years)
    assert f"about {years} years" in wait_for(browser, ".card[data-task=age] .years")
    assert [each.text for each in browser.find_elements(By.CSS_SELECTOR, "#languages button")] == [
        "한국어",
        "English",
    ]
    assert faults(browser) == []


def test_a_file_that_is_no_photo_is_explained(address, browser, tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"no photo")
    browser.get(address)
    upload(browser, tmp_path / "broken.jpg")
    wait_for(browser, ".refused")

    speak(browser, "ko")
    assert "읽을 수 없습니다" in wait_for(browser, ".refused")
    speak(browser, "en")
    assert "cannot be read as a photo" in wait_for(browser, ".refused")


def test_a_photo_that_is_too_large_is_not_even_sent(browser, champions, tmp_path):
    (tmp_path / "large.png").write_bytes(photo((1, 2, 3)) + bytes(200_000))
    with running(champions, Limits(megabytes=0.1)) as address:
        browser.get(address)
        speak(browser, "en")
        wait_until(lambda: browser.execute_script(ASKED_FOR_THE_LIMITS))
        upload(browser, tmp_path / "large.png")

        assert "less than 0.1 MB" in wait_for(browser, ".refused")


def test_the_camera_takes_a_photo(address, browser):
    browser.get(address)
    browser.find_element(By.ID, "camera").click()
    WebDriverWait(browser, 60).until(
        lambda driver: driver.execute_script("return document.getElementById('video').videoWidth")
    )
    browser.find_element(By.ID, "shoot").click()

    assert wait_for(browser, ".card[data-task=colour] .result")
    assert not browser.find_element(By.ID, "viewfinder").is_displayed()


def test_a_photo_dropped_anywhere_is_answered(address, browser):
    browser.get(address)
    browser.execute_script(
        """
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = 64;
        const pen = canvas.getContext("2d");
        pen.fillStyle = "#00f";
        pen.fillRect(0, 0, 64, 64);
        canvas.toBlob((blob) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([blob], "photo.png", { type: "image/png" }));
          document.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true }));
        });
        """
    )
    wait_for(browser, ".card[data-task=colour] .result")
    speak(browser, "en")
    assert wait_for(browser, ".card[data-task=colour] .result") == "Blue"


def test_the_page_fits_a_narrow_screen(address, browser, drawn_face):
    size = {"width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        browser.get(address)
        upload(browser, drawn_face)
        wait_for(browser, ".card[data-task=colour] .result")
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 360
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_face_is_found_by_yunet_and_a_wall_is_refused(
    browser, drawn_face, shared, tmp_path, store
):
    """The whole way with a real detector inside the model."""
    weights = [shared / "models"]
    recipe = choose_recipe(
        size=SIZE,
        detector="yunet",
        background="grabcut",
        weights_folders=weights,
        download=False,
    )
    own = tmp_path / "mlflow.db"
    shutil.copyfile(store.removeprefix("sqlite:///"), own)
    uri = f"sqlite:///{own}"
    register(tmp_path / "yunet", uri, [True], recipe=recipe, weights_folders=weights)
    registry.promote("colour", tracking_uri=uri)
    champions = Champions(uri)
    champions.refresh()
    (tmp_path / "wall.png").write_bytes(photo((200, 190, 180), side=400))

    with running(champions) as address:
        browser.get(address)
        speak(browser, "en")
        upload(browser, drawn_face)
        assert wait_for(browser, ".card[data-task=colour] .result")
        upload(browser, tmp_path / "wall.png")
        assert "No face was found" in wait_for(browser, ".card.refused")
    assert recipe.fingerprint != RECIPE.fingerprint
    assert np.unique([m.predictor.recipe.fingerprint for m in champions.models.values()]).size == 2
    assert champions.models["colour"].predictor.task == COLOUR
