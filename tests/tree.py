"""BeautifulSoup's tree of our own markup, in a third of the time that its `html.parser` takes.

    soup = tree("<p>Satu<br>dua</p>")

It reads what our pages are made of and leaves anything else to BeautifulSoup itself.
`tests/test_page.py` compares the two, and `tests/page.py` each tree with that of a strict parser.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from bs4 import BeautifulSoup, Comment, Doctype, NavigableString, Tag
from bs4.element import AttributeValueList, HTMLAttributeDict

VALUE = r"""(?:=(?:"[^"]*"|'[^']*'))?"""
TOKEN = re.compile(
    rf"""([^<]+)
    | </([a-z][a-z0-9-]*)>
    | <([a-z][a-z0-9-]*)((?:\s+[^\s"'<>/=]+{VALUE})*)\s*(/?)>
    | <!--(.*?)-->
    | <!doctype\ ([^>]*)>""",
    re.DOTALL | re.VERBOSE,
)
TEXT, END, START, COMMENT, DOCTYPE = 1, 2, 5, 6, 7  # the last group of each kind
ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:=(?:"([^"]*)"|'([^']*)'))?""")
PLAIN = ("script", "style")  # nothing in them is markup
BLANK = re.compile(r"[\n\t\f\r ]*")


class Odd(Exception):
    """Markup that is not read here."""


def tree(markup: str) -> BeautifulSoup:
    """What `BeautifulSoup(markup, "html.parser")` is."""
    try:
        return Builder().read(markup)
    except Odd:
        return BeautifulSoup(markup, "html.parser")


class Builder:
    """Makes the objects of the tree by hand, each with its neighbours."""

    def __init__(self) -> None:
        self.soup = BeautifulSoup("", "html.parser")
        self.rules: Any = self.soup.builder
        self.open: list[Tag] = [self.soup]
        self.last: Any = None
        self.kinds: list[type[NavigableString]] = [NavigableString]
        self.keeping_blanks = 0

    def read(self, markup: str) -> BeautifulSoup:
        place = 0
        while place < len(markup):
            found = TOKEN.match(markup, place)
            if found is None:
                raise Odd
            kind, place = found.lastindex, found.end()
            if kind == TEXT:
                self.add_text(unescape(found[TEXT]))
            elif kind == END:
                self.close(found[END])
            elif kind == START:
                name, attributes, closed = found.group(3, 4, 5)
                self.begin(name, attributes)
                if closed or name in self.rules.empty_element_tags:
                    self.close(name)
                elif name in PLAIN:
                    end = markup.find(f"</{name}>", place)
                    if end > place:
                        self.add_text(markup[place:end])
                        place = end
            else:
                self.add(str.__new__(Comment if kind == COMMENT else Doctype, found[kind]))
        if len(self.open) > 1:
            raise Odd
        return self.soup

    def begin(self, name: str, attributes: str) -> None:
        rules = self.rules
        values = HTMLAttributeDict()
        for key, one, other in ATTRIBUTE.findall(attributes):
            dict.__setitem__(values, key.lower(), unescape(one or other))
        lists = rules.cdata_list_attributes
        for key in (lists["*"] | lists.get(name, set())) & values.keys():
            dict.__setitem__(values, key, AttributeValueList(values[key].split()))
        container = rules.string_containers.get(name)
        tag = Tag.__new__(Tag)
        tag.__dict__ = {
            "parser_class": BeautifulSoup,
            "name": name,
            "namespace": None,
            "_namespaces": {},
            "prefix": None,
            "sourceline": None,
            "sourcepos": None,
            "attribute_value_list_class": AttributeValueList,
            "attrs": values,
            "known_xml": False,
            "contents": [],
            "can_be_empty_element": name in rules.empty_element_tags,
            "cdata_list_attributes": lists,
            "preserve_whitespace_tags": rules.preserve_whitespace_tags,
            "interesting_string_types": {container} if container else Tag.MAIN_CONTENT_STRING_TYPES,
        }
        if name == "meta":
            rules.set_up_substitutions(tag)
        self.add(tag)
        self.open.append(tag)
        self.keeping_blanks += name in rules.preserve_whitespace_tags
        if container:
            self.kinds.append(container)

    def close(self, name: str) -> None:
        if self.open.pop().name != name:
            raise Odd
        self.keeping_blanks -= name in self.rules.preserve_whitespace_tags
        if name in self.rules.string_containers:
            self.kinds.pop()

    def add_text(self, text: str) -> None:
        if not self.keeping_blanks and BLANK.fullmatch(text):
            text = "\n" if "\n" in text else " "
        self.add(str.__new__(self.kinds[-1], text))

    def add(self, new: Any) -> None:
        """Append this tag or string to the tag that is open."""
        parent, last = self.open[-1], self.last
        around = parent.contents
        before = around[-1] if around else None
        new.__dict__.update(
            hidden=False,
            parent=parent,
            previous_element=last,
            next_element=None,
            previous_sibling=before,
            next_sibling=None,
        )
        if before is not None:
            before.next_sibling = new
        if last is not None:
            last.next_element = new
        self.last = new
        around.append(new)
