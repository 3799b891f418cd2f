"""Takes the pictures of static/screenshots/ from a running demo city.

The browser shows them when it offers to install SIPOKAT, and the README has two of them. Start the
city with `make run`, then: .venv/bin/python tools/screenshots.py http://localhost:5000
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "static/screenshots"
PHONE = {"viewport": {"width": 360, "height": 640}, "device_scale_factor": 1.5, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 800}}
SHOTS = [
    ("home", "081200000101", "/beranda", PHONE),
    ("form", "081200000101", "/laporan/baru", PHONE),
    ("queue", "081200000201", "/verifikasi", PHONE),
    ("desk", "081200000201", "/verifikasi", DESK),
]


def main(url: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        for name, phone, path, screen in SHOTS:
            context = browser.new_context(base_url=url, locale="id-ID", **screen)  # type: ignore[arg-type]
            page = context.new_page()
            page.goto("/masuk")
            page.fill("[name=phone]", phone)
            page.fill("[name=password]", "sipokat-demo")
            page.get_by_role("button", name="Masuk", exact=True).click()
            page.wait_for_url("**/beranda")
            page.goto(path)
            page.wait_for_load_state("networkidle")
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            picture.quantize(128).save(FOLDER / f"{name}.png", optimize=True)
            context.close()


if __name__ == "__main__":
    main(sys.argv[1])
