"""Around every page: what a browser may load and send, that only our own pages send anything, and how long it took."""

from collections.abc import Awaitable, Callable, Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.console.acts.timing import Asked, current_asked

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_YEAR = "public, max-age=31536000, immutable"

Exempt = Callable[[str], bool]


class PageGuard:
    """Pure ASGI: headers on every answer, and no unsafe call from a page that is not ours."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        origin: str,
        is_secure: bool,
        called_by_machines: Sequence[str],
    ) -> None:
        """`called_by_machines` are paths whose callers are no browsers and bring proofs of their own."""
        self.app = app
        self.origin = origin
        self.called_by_machines = frozenset(called_by_machines)
        self.headers = {
            "content-security-policy": "; ".join(
                [
                    "default-src 'none'",
                    "script-src 'self'",
                    "style-src 'self'",
                    "font-src 'self'",
                    "img-src 'self'",
                    "connect-src 'self'",
                    "form-action 'self'",
                    "frame-ancestors 'none'",
                    "base-uri 'none'",
                ]
            ),
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin",
            "permissions-policy": "camera=(), geolocation=(), microphone=()",
        }
        if is_secure:
            self.headers["strict-transport-security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what another site sends; dress every answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_asset = scope["path"].startswith("/static/")
        asked = Asked()
        current_asked.set(asked)

        async def send_dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self.headers)
                if asked.spans:
                    headers["server-timing"] = asked.header()
                headers.setdefault("cache-control", _YEAR if is_asset and message["status"] == 200 else "no-store")
            await send(message)

        if scope["method"] not in _SAFE and scope["path"] not in self.called_by_machines:
            headers = Headers(scope=scope)
            if not is_from_here(headers.get("sec-fetch-site"), headers.get("origin"), self.origin):
                refusal: Callable[[Scope, Receive, Send], Awaitable[None]] = PlainTextResponse(
                    "This form was not sent by a page of the console. Open the page again and send it from there.", 403
                )
                await refusal(scope, receive, send_dressed)
                return
        await self.app(scope, receive, send_dressed)


def is_from_here(fetch_site: str | None, origin: str | None, own_origin: str) -> bool:
    """Whether a browser says that a page of ours sent this; who says nothing is not believed.

    >>> is_from_here("same-origin", None, "https://x"), is_from_here(None, "https://x", "https://x")
    (True, True)
    >>> is_from_here("cross-site", "https://x", "https://x"), is_from_here(None, None, "https://x")
    (False, False)
    """
    if fetch_site is not None:
        return fetch_site == "same-origin"
    return origin == own_origin
