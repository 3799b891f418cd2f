"""The client of the web tests: it sends requests as one person and checks every answer.

    page = site(RAHMAN).get("/beranda")                    # 200, and all the checks below
    page.text("h1")                                        # "Selamat pagi, Pak Rahman"
    page = page.submit("form[action$=verifikasi]", note="Terima kasih")   # as without JavaScript
    report = site(HARTONO).json("GET", "/laporan/RT-1")    # as the phone's script, parsed
    site(SARI).get("/laporan/RT-1", status=404)

A page must parse without an error, have a title, tie its labels to its fields, repeat no id and
contain nothing that the content policy would drop without a word.
"""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

import html5lib
from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.cast import PASSWORD, Person
from tests.copies import check_copy, copy_of
from tests.services.shared import Found
from tests.sessions import open_for
from tests.tree import tree

UNTYPED = {"hidden", "submit", "button", "reset", "image"}
# What the checks below have found nothing in.
SEEN = Found("seen")
PARSED = Found("parsed")
# Not those in the name of a tag, as in h1.
NUMBERS = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}\b|(?<![A-Za-z])\d+")
# Words between two tags, and values but for the type of a field, which decides where it may stand.
ODD = r"<>&\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff"
WORDS = re.compile(rf">\s*[^\s{ODD}][^{ODD}]*<")
VALUES = re.compile(rf'(?<! type)="[^"{ODD}]*"')
FORBIDDEN_IN_POLICY = ("unsafe-inline", "unsafe-eval", "*", "http:", "https:")


class Visitor:
    """A browser in which `person` has signed in, or nobody. With `inside` they are found signed in,
    which takes much less time and is no news to them."""

    def __init__(self, app: Flask, person: Person | None = None, inside: bool = False) -> None:
        self.app = app
        self.person = person
        self.client = app.test_client()
        self.user_id: str | None = None
        if person and inside:
            self.user_id = open_for(self.client, person)
        elif person:
            answer = self.request(
                "POST",
                "/masuk",
                json={"phone": person.phone, "password": PASSWORD},
                headers={"Accept": "application/json"},
            )
            if answer.status_code == 200:
                self.user_id = answer.get_json()["user"]["id"]

    def request(self, method: str, path: str, **options: Any) -> TestResponse:
        """Send a request as the browser does from our pages, and check the answer's headers."""
        headers = {"Sec-Fetch-Site": "same-origin"} | dict(options.pop("headers", None) or {})
        response = self.client.open(path, method=method, headers=headers, **options)
        check_headers(response, signed_in=self.user_id is not None)
        return response

    def get(self, path: str, status: int = 200, **options: Any) -> Page:
        return self._page("GET", path, status, **options)

    def post(self, path: str, data: Any = None, status: int | None = None, **options: Any) -> Page:
        """Post a form; a 303 is followed, as browsers do, and `status` is that of the end."""
        return self._page("POST", path, status, data=data, **options)

    def fragment(self, method: str, path: str, status: int = 200, **options: Any) -> BeautifulSoup:
        """Send a request as htmx does. Returns the part of a page that it gets."""
        headers = {"HX-Request": "true"} | dict(options.pop("headers", None) or {})
        response = self.request(method, path, headers=headers, **options)
        expect_status(response, status)
        soup = parse(response.text, fragment=True)
        check_markup(soup)
        return soup

    def json(
        self, method: str, path: str, body: Any = None, status: int = 200, **options: Any
    ) -> Any:
        """Send a request as the phone's script does. Returns the parsed answer."""
        headers = {"Accept": "application/json", "Sipokat-Sent-At": datetime.now(UTC).isoformat()}
        if self.user_id:
            headers["Sipokat-User"] = self.user_id
        headers |= dict(options.pop("headers", None) or {})
        if body is not None:
            options["json"] = body
        response = self.request(method, path, headers=headers, **options)
        expect_status(response, status)
        assert response.mimetype == "application/json", response.mimetype
        return response.get_json()

    def _page(self, method: str, path: str, status: int | None, **options: Any) -> Page:
        response = self.request(method, path, **options)
        if response.status_code == 303 and status != 303:
            return self._page("GET", response.headers["Location"], status)
        expect_status(response, 200 if status is None else status)
        return Page(self, response)


class Page:
    """An answer for a person, checked and parsed. `soup` is BeautifulSoup's tree."""

    def __init__(self, visitor: Visitor, response: TestResponse) -> None:
        self.visitor = visitor
        self.response = response
        self.url = response.request.path
        if 300 <= response.status_code < 400:
            return
        assert response.mimetype == "text/html", response.mimetype
        kept = "Sipokat-Copy-Seconds" in response.headers
        alike = f"{kept} {numbered(response.text)}"
        if alike in SEEN:
            return
        parse_strictly(response.text, self.soup)
        check_page(self.soup)
        check_markup(self.soup)
        if kept and self.has("meta[name=sipokat-user]"):
            check_copy(response.text)
        SEEN.add(alike)

    @cached_property
    def soup(self) -> BeautifulSoup:
        redirect = 300 <= self.response.status_code < 400
        return tree("" if redirect else self.response.text)

    def in_copy(self) -> str:
        """The words of the page in a copy that the phone keeps of it."""
        return " ".join(tree(copy_of(self.response.text)).get_text().split())

    def all(self, selector: str) -> list[Tag]:
        return list(self.soup.select(selector))

    def one(self, selector: str) -> Tag:
        found = self.all(selector)
        assert len(found) == 1, f"{len(found)} of {selector} on {self.url}"
        return found[0]

    def has(self, selector: str) -> bool:
        return bool(self.all(selector))

    def text(self, selector: str = "body") -> str:
        """The words in the only such element, with single spaces."""
        return " ".join(self.one(selector).get_text(" ").split())

    def values(self, form: str) -> MultiDict[str, Any]:
        """What a browser would send if nobody changed anything in the form."""
        sent: MultiDict[str, Any] = MultiDict()
        for field in self.one(form).select("input, select, textarea"):
            name = str(field.get("name", ""))
            kind = str(field.get("type", "text")) if field.name == "input" else field.name
            if not name or field.has_attr("disabled") or kind in (UNTYPED - {"hidden"} | {"file"}):
                continue
            if kind in ("checkbox", "radio") and not field.has_attr("checked"):
                continue
            if kind == "textarea":
                sent.add(name, field.get_text().removeprefix("\n"))
            elif kind == "select":
                options = field.select("option")
                chosen = [option for option in options if option.has_attr("selected")]
                for option in chosen or options[:1]:
                    sent.add(name, str(option.get("value", option.get_text())))
            else:
                sent.add(name, str(field.get("value", "on" if kind == "checkbox" else "")))
        return sent

    def submit(
        self, form: str, status: int | None = None, typed: dict[str, Any] | None = None, **more: Any
    ) -> Page:
        """Fill in and send a form as a browser without JavaScript does.

        `typed` is for names that are no Python names (`fields.jenis`); None leaves a field out.
        """
        sent = self.values(form)
        for name, value in ((typed or {}) | more).items():
            sent.poplist(name)
            if value is not None:
                sent.setlist(name, value if isinstance(value, list) else [value])
        element = self.one(form)
        path = urljoin(self.url, str(element.get("action") or self.url))
        if str(element.get("method", "get")).lower() == "get":
            return self.visitor.get(path, status or 200, query_string=sent)
        kind = str(element.get("enctype", "application/x-www-form-urlencoded"))
        return self.visitor.post(path, sent, status, content_type=kind)


def expect_status(response: TestResponse, status: int) -> None:
    assert response.status_code == status, (
        f"{response.request.method} {response.request.path} answered {response.status}, "
        f"not {status}:\n{response.text[:2000]}"
    )


def check_headers(response: TestResponse, signed_in: bool) -> None:
    """The headers that each of our answers must have."""
    headers = response.headers
    assert headers.get("Sipokat") == "1"
    assert headers.get("X-Content-Type-Options") == "nosniff"
    assert headers.get("Referrer-Policy") == "same-origin"
    assert "storage" not in headers.get("Clear-Site-Data", "")
    if response.mimetype == "text/html":
        policy = headers["Content-Security-Policy"]
        sources = re.split(r"[\s;]+", policy)
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert not [word for word in sources if word.strip("'") in FORBIDDEN_IN_POLICY]
    shell = "Sipokat-Shell" in headers
    if response.mimetype in ("text/html", "application/json") and not shell:
        varied = {name.strip().lower() for name in headers.get("Vary", "").split(",")}
        assert {"accept", "hx-request", "cookie"} <= varied, headers.get("Vary")
        if signed_in:
            assert "no-store" in headers.get("Cache-Control", ""), response.request.path


def numbered(markup: str) -> str:
    """The markup with its first number called 1, its second other number 2 and so on, and so its
    ids: what is checked of two pages that are alike in this is alike."""
    names: dict[str, str] = {}
    return NUMBERS.sub(lambda found: names.setdefault(found[0], f"{len(names)}."), markup)


def skeleton(markup: str) -> str:
    """The markup without the words and values that a parser reads over: it has the same errors and
    the same tree."""
    return WORDS.sub(">x<", VALUES.sub('=""', markup))


def parse(markup: str, fragment: bool = False) -> BeautifulSoup:
    """The tree of the markup, after a strict parser has found no error in it."""
    soup = tree(markup)
    parse_strictly(markup, soup, fragment)
    return soup


def parse_strictly(markup: str, soup: BeautifulSoup, fragment: bool = False) -> None:
    """Fails where a strict parser finds an error in the markup, or another tree than `soup`.
    It takes long, so it looks once at what differs in words and values alone."""
    alike = f"{fragment} {skeleton(markup)}"
    if alike in PARSED:
        return
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    try:
        strict = parser.parseFragment(markup) if fragment else parser.parse(markup)
    except html5lib.html5parser.ParseError as error:
        (line, column), code, details = parser.errors[-1]
        shown = markup.splitlines()[line - 1].strip() if line > 0 else ""
        raise AssertionError(
            f"Invalid HTML at {line}:{column}, {code} {details}:\n{shown}"
        ) from error
    theirs = [
        (one.tag.rpartition("}")[2].lower(), tags(one), values(one.attrib))
        for one in strict.iter()
        if isinstance(one.tag, str)  # not a comment
    ]
    ours = [(one.name, len(children(one)), values(one.attrs)) for one in soup.find_all(True)]
    assert ours == theirs[fragment:], "read otherwise, as where an end tag is left out"
    PARSED.add(alike)


def tags(element: Any) -> int:
    return sum(isinstance(child.tag, str) for child in element)


def values(attributes: Mapping[Any, Any]) -> list[str]:
    """The values of a tag's attributes, in the order of their names."""
    return [
        " ".join(one if isinstance(one, list) else one.split())
        for _, one in sorted((str(name).lower(), one) for name, one in attributes.items())
    ]


def children(tag: Tag) -> list[Tag]:
    return [one for one in tag.children if isinstance(one, Tag)]


def check_page(soup: BeautifulSoup) -> None:
    """What a whole page must have: language, title, one heading, one main part."""
    html = soup.find("html")
    assert html
    assert html.get("lang") == "id"
    assert soup.title
    assert soup.title.get_text(strip=True)
    assert soup.find("meta", attrs={"name": "viewport"})
    titles = [h1.get_text(strip=True) for h1 in soup.find_all("h1")]
    assert len(titles) == 1, titles
    assert len(soup.find_all("main")) == 1


def check_markup(soup: BeautifulSoup) -> None:
    """What pages and fragments must hold to: ids, labels, words on buttons, the content policy."""
    # Found by name and attribute, because a CSS selector takes seventy times as long. Ids and
    # labels of a <template> count within it alone.
    ids = [(tag["id"], template_of(tag)) for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids)), [one for one, count in Counter(ids).items() if count > 1]
    labels = [(tag["for"], template_of(tag)) for tag in soup.find_all("label", attrs={"for": True})]
    assert set(labels) <= set(ids), f"labels for nothing: {set(labels) - set(ids)}"
    for field in soup.find_all(["input", "select", "textarea"], hidden=None):
        if field.get("type") not in UNTYPED:
            own = (field.get("id"), template_of(field))
            assert own in labels or labelled(field), f"no label: {field}"
    for button in soup.find_all(["button", "a"], hidden=None):
        if button.name == "button" or button.has_attr("href"):
            assert worded(button), f"no words: {button}"
    check_links(soup)
    check_cards(soup)
    for image in soup.find_all("img"):
        assert image.has_attr("alt"), f"no alt: {image}"
    check_policy(soup)


def name_of(link: Tag) -> str:
    """What a screen reader says of the link."""
    label = link.get("aria-label")
    pictures = [str(one["alt"]) for one in link.find_all("img", alt=True)]
    signs = [str(one["aria-label"]) for one in link.find_all("svg", attrs={"aria-label": True})]
    said = [str(label)] if label else [*link.find_all(string=True), *pictures, *signs]
    return " ".join(" ".join(said).split()).lower()


def check_links(soup: BeautifulSoup) -> None:
    """Links with the same name lead to the same place."""
    targets: dict[tuple[str, int], set[str]] = {}
    for link in soup.find_all("a", href=True):
        targets.setdefault((name_of(link), template_of(link)), set()).add(str(link["href"]))
    doubtful = {name: hrefs for (name, _), hrefs in targets.items() if len(hrefs) > 1}
    assert not doubtful, f"links of one name to several places: {doubtful}"


def check_cards(soup: BeautifulSoup) -> None:
    """What can be tapped as a whole looks so, and the rail below a badge does not say it again."""
    for link in soup.find_all("a", class_="card-link"):
        box = link.find_parent(class_=["tap", "queue-card"])
        assert box, f"a card without the border of what can be tapped: {link}"
        arrow = box.find("use", href=re.compile("#chevron-right$"))
        assert arrow or "›" in box.get_text(), f"a card without its arrow: {link}"
    for rail in soup.find_all(class_="rail"):
        card = rail.find_parent("article")
        silent = rail.get("aria-hidden") == "true"
        assert silent or not (card and card.find(class_="badge")), "said twice: badge and rail"


def template_of(tag: Tag) -> int:
    return id(tag.find_parent("template"))


def labelled(field: Tag) -> bool:
    """Whether the field has a name without a label that points at it."""
    return bool(
        field.get("aria-label") or field.get("aria-labelledby") or field.find_parent("label")
    )


def worded(tag: Tag) -> bool:
    words = "".join(tag.find_all(string=True)).strip() or tag.get("aria-label")
    return bool(words or tag.find("img", alt=True) or tag.find("svg", attrs={"aria-label": True}))


def check_policy(soup: BeautifulSoup) -> None:
    assert not soup.find("style")
    for script in soup.find_all("script"):
        assert script.get("src") or script.get("type") == "application/json", script
    for tag in soup.find_all(True):
        for name, value in tag.attrs.items():
            text = str(value)
            assert not name.startswith(("on", "hx-on", "style")), f"{name} on {tag.name}"
            assert not re.match(r"\s*(js|javascript):", text), f"{name}={text}"
            assert not (name == "hx-trigger" and "[" in text), f"{name}={text}"


def fresh_id() -> str:
    """A client id, as the phone makes it."""
    return str(uuid.uuid4())
