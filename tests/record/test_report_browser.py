"""A real browser opens the report as a customer would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_view import fake_journal, fake_plate, fake_view

from reclad.record import render_report

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [pytest.mark.browser, pytest.mark.slow]

# every visible text of every figure: is it cut by its figure, does it run into another?
COLLISIONS = """() => {
  const found = [];
  document.querySelectorAll("svg").forEach((figure) => {
    const box = figure.getBoundingClientRect();
    if (!box.width) { return; }
    const texts = [...figure.querySelectorAll("text")]
      .map((t) => [t.textContent, t.getBoundingClientRect()]).filter(([, r]) => r.width > 0);
    texts.forEach(([name, r], i) => {
      if (r.left < box.left - 1 || r.right > box.right + 1 || r.top < box.top - 1 ||
          r.bottom > box.bottom + 1) { found.push("cut: " + name); }
      texts.slice(0, i).forEach(([other, q]) => {
        const wide = Math.min(r.right, q.right) - Math.max(r.left, q.left);
        const tall = Math.min(r.bottom, q.bottom) - Math.max(r.top, q.top);
        if (wide > 1 && tall > 3) { found.push(name + " on " + other); }
      });
    });
  });
  return found;
}"""


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("report")
    jobs = {"pipe": fake_view, "journal": fake_journal, "plate": fake_plate}
    for name, job in jobs.items():
        (folder / f"{name}.html").write_text(render_report(job()), encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in jobs}


@pytest.fixture(scope="module")
def address(addresses: dict[str, str]) -> str:
    return addresses["pipe"]


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    api = pytest.importorskip("playwright.sync_api", reason="NOT RUN: playwright is missing")
    if not CHROMIUM.exists():
        pytest.skip(f"NOT RUN: no browser at {CHROMIUM}")
    with api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: object, address: str) -> Iterator[object]:
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.complaints = []
    page.requests = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda request: page.requests.append(request.url))
    page.goto(address)
    yield page
    context.close()


def test_it_opens_offline_without_complaint_and_asks_for_nothing(page, address) -> None:
    assert page.requests == [address]
    assert page.complaints == []
    assert page.evaluate("document.documentElement.lang") == "zh-CN"


def test_the_button_changes_language_address_and_title(page, address) -> None:
    assert page.get_by_text("推荐参数").first.is_visible()
    assert not page.get_by_text("What is proposed").first.is_visible()
    page.click("#language")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.evaluate("location.hash") == "#en"
    assert page.get_by_text("What is proposed").first.is_visible()
    assert not page.get_by_text("推荐参数").first.is_visible()
    assert page.title() == "pipe-0412: laser cladding report"
    page.reload()
    assert page.evaluate("document.documentElement.lang") == "en"
    page.click("#language")
    assert page.evaluate("location.hash") == "#zh"
    assert page.complaints == []


@pytest.mark.parametrize("shape", ["pipe", "journal", "plate"])
def test_no_label_is_cut_or_runs_into_another(page, addresses, shape) -> None:
    page.goto(addresses[shape])
    for language in ("zh", "en"):
        for width in (1280, 768):
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate(f"location.hash = '#{language}'")
            page.wait_for_function(f"document.documentElement.lang.startsWith('{language}')")
            assert page.evaluate(COLLISIONS) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.complaints == []


def test_a_plate_has_no_view_in_space_and_its_buttons_work(page, addresses) -> None:
    page.goto(addresses["plate"])
    assert page.locator("canvas").count() == 0
    assert page.locator("svg.still").count() == 0
    page.click("#language")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.get_by_text("Layer 1, from above").first.is_visible()
    page.emulate_media(media="print")
    assert page.get_by_text("Layer 1, from above").first.is_visible()
    assert page.complaints == []


def test_the_view_in_space_turns_under_the_mouse(page) -> None:
    canvas = page.locator("#space")
    canvas.scroll_into_view_if_needed()
    before = canvas.screenshot()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 330, box["y"] + 240, steps=4)
    page.mouse.up()
    page.wait_for_function("() => new Promise((done) => requestAnimationFrame(() => done(true)))")
    assert canvas.screenshot() != before
    assert page.complaints == []


def test_print_shows_the_still_view_and_no_buttons(page) -> None:
    page.emulate_media(media="print")
    assert page.locator("svg.still").is_visible()
    assert not page.locator("#space").is_visible()
    assert not page.locator("#language").is_visible()


def test_without_scripts_the_still_view_stands_in(browser, address) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator("svg.still").is_visible()
    assert not page.locator("#space").is_visible()
    context.close()
