"""The page that shows an OpenAPI document and tries its operations: all of it comes from the service itself."""

from html import escape
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

PATH: Final = "/docs"
STATIC: Final = Path(__file__).parent / "static"
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="docs/static/vendor/favicon-32x32.png">
<link rel="stylesheet" href="docs/static/vendor/swagger-ui.css">
<script src="docs/static/vendor/swagger-ui-bundle.js"></script>
<script src="docs/static/docs.js"></script>
</head>
<body>
<main id="operations"></main>
<noscript>This page needs scripts; the document itself is <a href="openapi.json">openapi.json</a>.</noscript>
</body>
</html>
"""


class _Assets(StaticFiles):
    """Files that a browser keeps and asks about anew, since a newer service has newer ones."""

    async def get_response(self, path: str, scope: Any) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


def add_docs(app: FastAPI) -> None:
    """Serve the page at /docs, and what it is made of below; both take no token."""
    page = _PAGE.format(title=escape(app.title))

    async def read_docs(_: Request) -> HTMLResponse:
        return HTMLResponse(page)

    app.add_route(PATH, read_docs, include_in_schema=False)
    app.mount(f"{PATH}/static", GZipMiddleware(_Assets(directory=STATIC), minimum_size=1_000, compresslevel=6))
