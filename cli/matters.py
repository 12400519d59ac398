"""The matters of the sample: opened and taken on by the people of the Centers, as they would through the API."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, get_args

import orjson

from cli.client import Client
from services.workqueue.domain.processes.shape import Division
from shared.runtime.identity import Identity, RoleName

_DIVISIONS: Final = frozenset(get_args(Division))


def read_matters(folder: Path) -> list[dict[str, Any]]:
    """The rows of matters.jsonl, in their order; none where the sample has no such file."""
    path = folder / "matters.jsonl"
    return [orjson.loads(text) for text in path.read_bytes().splitlines()] if path.exists() else []


async def load_matters(client: Client, matters: list[dict[str, Any]], advance: Callable[[int], None]) -> None:
    """Open each matter, and do its acts in the name of whom it names; a second time nothing is done again.

    Raises `CallRefused` with what the work queue says.
    """
    for number, matter in enumerate(matters, start=1):
        person = _person_of(matter)
        key = f"sample matter {number}"
        opened = await client.post("workqueue", "/items", _opening_of(matter), key=key, person=person)
        if acts := matter.get("acts"):
            await _do_acts(client, f"/items/{opened['item_id']}", acts, person, key)
        advance(1)


async def _do_acts(client: Client, item: str, acts: list[dict[str, Any]], person: Identity, key: str) -> None:
    """Claim the item, do the acts that an interrupted run has not done, and give it back."""
    claim = await client.post("workqueue", f"{item}/claim", None, person=person)
    known = await client.get("workqueue", item, person=person)
    done = len(known["matter"]["acts"])
    for number, act in enumerate(acts[done:], start=done + 1):
        body = {**act, "token": claim["token"]}
        await client.post("workqueue", f"{item}/acts", body, key=f"{key} act {number}", person=person)
    await client.post("workqueue", f"{item}/release", {"token": claim["token"]}, person=person)


def _opening_of(matter: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in matter.items() if name not in ("by", "acts")}


def _person_of(matter: dict[str, Any]) -> Identity:
    by = matter["by"]
    return Identity(
        subject=by["subject"],
        name=by["name"],
        roles=frozenset({RoleName(by["role"])}),
        centers=frozenset({matter["center"]}),
        divisions=_DIVISIONS,
    )
