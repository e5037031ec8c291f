"""The pictures of the documents, taken from a real report: `python docs/pictures.py JOB`."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

OUT = Path(__file__).parent / "img"
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


def main() -> None:
    report = Path(sys.argv[1]).resolve() / "plan" / "report.html"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=FLAGS.split()
        )
        page = browser.new_page(viewport={"width": 900, "height": 1200}, device_scale_factor=1.5)
        page.goto(f"{report.as_uri()}#en")
        shots = [
            Image.open(io.BytesIO(page.locator(what).first.screenshot()))
            for what in (
                ".verdict",
                "section:has-text('Process window')",
                "section:has-text('Cross-section')",
            )
        ]
        browser.close()
    width = max(shot.width for shot in shots)
    sheet = Image.new("RGB", (width, sum(shot.height for shot in shots)), "white")
    top = 0
    for shot in shots:
        sheet.paste(shot, (0, top))
        top += shot.height
    OUT.mkdir(exist_ok=True)
    sheet.quantize(128).save(OUT / "report.png", optimize=True)


if __name__ == "__main__":
    main()
