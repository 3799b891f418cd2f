"""What a phone needs to put SIPOKAT on its home screen."""

from __future__ import annotations

import io
import json
from urllib.parse import urljoin

from PIL import Image

MANIFEST = "/static/manifest.json"


def test_the_manifest_is_complete_and_its_pictures_are_as_large_as_it_says(app):
    client = app.test_client()
    with client.get(MANIFEST) as answer:
        manifest = json.loads(answer.data)
    for key in ("id", "name", "short_name", "description", "scope", "start_url", "theme_color"):
        assert manifest[key], key
    assert manifest["lang"] == "id"
    assert manifest["display"] == "standalone"
    purposes = {purpose for icon in manifest["icons"] for purpose in icon["purpose"].split()}
    assert purposes >= {"any", "maskable"}
    assert {one["form_factor"] for one in manifest["screenshots"]} == {"narrow", "wide"}
    assert [one["name"] for one in manifest["shortcuts"]] == ["Buat laporan", "Kotak keluar"]
    icons = [icon for one in manifest["shortcuts"] for icon in one["icons"]]
    for picture in [*manifest["icons"], *manifest["screenshots"], *icons]:
        with client.get(urljoin(MANIFEST, picture["src"])) as answer:
            assert answer.status_code == 200, picture["src"]
            data = answer.data
        with Image.open(io.BytesIO(data)) as opened:
            assert f"{opened.width}x{opened.height}" == picture["sizes"], picture["src"]
