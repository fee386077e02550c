"""A small identity provider on this machine: real HTTP, real keys, and every lie one can ask it for."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

KEY, OTHER = RSAKey.generate_key(2048, {"kid": "one"}), RSAKey.generate_key(2048, {"kid": "one"})


class Desk:
    """What the provider knows, and how it should lie."""

    def __init__(self) -> None:
        self.issuer = ""
        self.lie: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.claims: dict[str, Any] = {"sub": "u-1", "preferred_username": "王小明", "groups": ["carbon-editors"]}

    def approve(self, address: str) -> tuple[str, str]:
        """What the provider's login page sends the browser back with: code and state."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return code, query["state"]

    def token(self, query: dict[str, str]) -> str:
        """The id token, true or with the lie."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": query["client_id"],
            "nonce": query["nonce"],
            "exp": now + 300,
            "iat": now,
            **self.claims,
        }
        claims |= {name: value for name, value in self.lie.items() if name in claims or name == "azp"}
        if self.lie.get("alg") == "none":
            parts = ({"alg": "none"}, claims)
            return ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in parts) + "."
        if self.lie.get("alg") == "HS256":
            from joserfc.jwk import OctKey

            return jwt.encode({"alg": "HS256", "kid": "one"}, claims, OctKey.import_key(KEY.as_pem(private=False)))
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, OTHER if self.lie.get("key") else KEY)


def handler(desk: Desk) -> type[BaseHTTPRequestHandler]:
    """The addresses of the provider."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/.well-known/openid-configuration":
                names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
                told = {"issuer": desk.lie.get("discovered", desk.issuer), **{name: f"{desk.issuer}/{name}" for name in names}}
                self.tell(told | ({"token_endpoint": "http://10.0.0.1/x"} if desk.lie.get("elsewhere") else {}))
            else:
                self.tell(KeySet([KEY]).as_dict(private=False))

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
            query = desk.codes.pop(form["code"][0], None)
            challenge = hashlib.sha256(form["code_verifier"][0].encode()).digest()
            fits = query and base64.urlsafe_b64encode(challenge).rstrip(b"=").decode() == query["code_challenge"]
            fits = (
                fits and form["redirect_uri"][0] == query["redirect_uri"] and self.headers["authorization"].startswith("Basic ")
            )
            self.tell(
                {"id_token": desk.token(query), "access_token": "x", "token_type": "Bearer"}
                if fits
                else {"error": "invalid_grant"}
            )

        def tell(self, what: Any) -> None:
            body = json.dumps(what).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *told: Any) -> None:
            """Say nothing."""

    return Answers


@contextmanager
def provider() -> Iterator[Desk]:
    """A running provider."""
    desk = Desk()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(desk))
    desk.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield desk
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
