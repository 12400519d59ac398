"""Calls to the APIs of a running product in somebody's name, as test of pages need them to see what came of a click."""

from typing import Any

import httpx

from cli.client import sign_token
from shared.runtime.identity import Identity
from tests.support.product import Product


async def ask(product: Product, person: Identity, service: str, path: str) -> Any:
    """The JSON answer to a GET; anything but success is an error of the test."""
    return await _call(product, person, "GET", service, path, None, None)


async def tell(
    product: Product, person: Identity, service: str, path: str, body: Any = None, *, key: str | None = None
) -> Any:
    """The JSON answer to a POST, None where there is none; anything but success is an error of the test."""
    return await _call(product, person, "POST", service, path, body, key)


async def _call(
    product: Product, person: Identity, method: str, service: str, path: str, body: Any, key: str | None
) -> Any:
    headers = {"authorization": f"Bearer {sign_token(product.environment, person)}"}
    if key is not None:
        headers["idempotency-key"] = key
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        url = product.environment.address_of(service) + path
        answer = await client.request(method, url, json=body, headers=headers)
    assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None
