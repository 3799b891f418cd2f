"""Sends requests to a running server as the phone's script does, without a browser: to make the
state that a browser test begins with.

    rahman = Caller(server, RAHMAN)
    receipt = wire.file_report(rahman, "sampah", photos=[wire.declared(data)])
    wire.decide(Caller(server, HARTONO), receipt["number"], "pengembalian")
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from typing import Any

from tests.cast import PASSWORD, Person
from tests.services.server import Server
from tests.services.speed import patience

ANSWER_SECONDS = 30


class Caller:
    """This person in a new session. The requests go to the server without the network between."""

    def __init__(self, server: Server, person: Person) -> None:
        self.user_id: str | None = None
        self._url = server.direct
        self._jar = CookieJar()
        cookies = urllib.request.HTTPCookieProcessor(self._jar)
        self._opener = urllib.request.build_opener(cookies)
        server.wait()
        entered = self.json("POST", "/masuk", {"phone": person.phone, "password": PASSWORD})
        self.user_id = entered["user"]["id"]

    @property
    def cookie(self) -> str:
        """The Cookie header of this session, for requests that are sent in another way."""
        return "; ".join(f"{one.name}={one.value}" for one in self._jar)

    def json(
        self,
        method: str,
        path: str,
        body: Any = None,
        status: int = 200,
        data: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Any:
        """Send `body` as JSON, or `data` as it is. Returns the parsed answer."""
        sent = {
            "Accept": "application/json",
            "Sec-Fetch-Site": "same-origin",
            "Sipokat-Sent-At": datetime.now(UTC).isoformat(),
        }
        if self.user_id:
            sent["Sipokat-User"] = self.user_id
        if body is not None:
            data = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        request = urllib.request.Request(
            self._url + path, data, sent | (headers or {}), method=method
        )
        try:
            answer: Any = self._opener.open(request, timeout=patience(ANSWER_SECONDS))
        except urllib.error.HTTPError as refusal:
            answer = refusal
        with answer:
            text = answer.read().decode()
        assert answer.status == status, f"{method} {path} answered {answer.status}:\n{text[:2000]}"
        return json.loads(text)
