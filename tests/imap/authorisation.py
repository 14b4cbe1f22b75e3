"""A provider's sign-in (RFC 6749, 7636, 7662) on this machine: people, codes, tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT = ("crm", "client secret")
Answer = tuple[int, dict[str, object]]


class AuthorisationServer:
    """A context manager. What clients asked is counted, and what goes wrong can be set."""

    def __init__(self) -> None:
        # Who is signed in at the provider in the person's browser.
        self.person = ""
        self.allows = True
        self.lifetime = 3600
        self.hands_out_new_refresh_tokens = True
        # Status of each answer of the token endpoint; 200 answers as it should.
        self.status = 200
        self.asked: list[str] = []
        self.before_answer: Callable[[], None] = lambda: None
        self._codes: dict[str, dict[str, str]] = {}
        self._refresh: dict[str, str] = {}
        self._access: dict[str, str] = {}
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"server_of_tokens": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> AuthorisationServer:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    # --- what people do there

    def consent(self, url: str) -> str:
        """The person's browser at the authorisation endpoint; where it is sent back to."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT[0]
        assert query["code_challenge_method"] == "S256"
        back = {"state": query["state"]}
        if self.allows:
            back["code"] = secrets.token_urlsafe()
            self._codes[back["code"]] = {**query, "person": self.person or query["login_hint"]}
        else:
            back["error"] = "access_denied"
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def take_back(self, person: str) -> None:
        """The person no longer allows anything."""
        self.end_access(person)
        self._refresh = {token: who for token, who in self._refresh.items() if who != person}

    def end_access(self, person: str) -> None:
        """Tokens for logging in end early."""
        self._access = {token: who for token, who in self._access.items() if who != person}

    # --- what programs ask

    def token(self, form: dict[str, str]) -> Answer:
        self.asked.append(form["grant_type"])
        self.before_answer()
        if self.status != 200:
            # Like servers that repeat what they were sent.
            return self.status, {"error": "server_error", "error_description": str(form)}
        if (form.get("client_id"), form.get("client_secret")) != CLIENT:
            return 401, {"error": "invalid_client"}
        with self._lock:
            person = self._person(form)
            if person is None:
                return 400, {"error": "invalid_grant", "error_description": str(form)}
            return 200, self._tokens(person, form)

    def introspect(self, form: dict[str, str]) -> Answer:
        person = self._access.get(form.get("token", ""))
        if person is None:
            return 200, {"active": False}
        return 200, {"active": True, "username": person, "token_type": "Bearer"}

    def _person(self, form: dict[str, str]) -> str | None:
        if form["grant_type"] == "refresh_token":
            return self._refresh.get(form["refresh_token"])
        asked = self._codes.pop(form["code"], None)
        if asked is None or asked["redirect_uri"] != form["redirect_uri"]:
            return None
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        return asked["person"] if challenge == asked["code_challenge"] else None

    def _tokens(self, person: str, form: dict[str, str]) -> dict[str, object]:
        access = f"access-{secrets.token_urlsafe()}"
        self._access[access] = person
        found: dict[str, object] = {
            "access_token": access,
            "expires_in": self.lifetime,
            "token_type": "Bearer",
        }
        if form["grant_type"] != "refresh_token" or self.hands_out_new_refresh_tokens:
            # The one before is spent.
            self._refresh.pop(form.get("refresh_token", ""), None)
            refresh = f"refresh-{secrets.token_urlsafe()}"
            self._refresh[refresh] = person
            found["refresh_token"] = refresh
        return found


class _Handler(BaseHTTPRequestHandler):
    server_of_tokens: AuthorisationServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        server = self.server_of_tokens
        answer = server.introspect if self.path == "/introspect" else server.token
        status, said = answer(form)
        text = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""
