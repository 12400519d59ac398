"""Dead letters as operators see and settle them: previewed, settled at once or slice by slice, with who and why."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from shared.bus import dead_letters, outbox
from shared.bus.dead_letters import LetterFilter, ParkedLetters, headers_from_json
from shared.contracts.decode import Rejection, decode
from shared.db import operator_acts
from shared.db.operator_acts import OperatorAct
from shared.db.transaction import Transaction
from shared.runtime.errors import Conflict

REPLAY: Final = "replay-letters"
DISCARD: Final = "discard-letters"
PUBLISH: Final = "publish-events"
DROP: Final = "discard-events"
ON_LETTERS: Final = frozenset({REPLAY, DISCARD})

MOST_IDS: Final = 500
"""Letters that are named one by one in one act; of more a filter is given."""
SLICE: Final = 2_000
"""Letters that are settled in one statement and one transaction; an act on more goes on in the next."""
SAMPLE: Final = 5
WINDOW: Final = 16_384
"""Bytes of a message that are shown at once."""

_HEX_WIDTH: Final = 16
_SSN: Final = re.compile(rb"(?<![0-9])[0-9]{3}-[0-9]{2}-(?=[0-9]{4}(?![0-9]))")
_HIDDEN: Final = b"***-**-"


@dataclass(frozen=True, slots=True)
class Preview:
    """What an act on the letters of a filter would reach: how many, since when, and the first of them."""

    parked: ParkedLetters
    sample: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Shown:
    """A part of a message's bytes as text and in hexadecimal digits; a social security number in it is not whole."""

    size: int
    offset: int
    text: str
    hex_lines: tuple[str, ...]
    is_masked: bool


async def preview(tx: Transaction, wanted: LetterFilter) -> Preview:
    """What would be settled now; what is parked later is not part of it."""
    parked = await dead_letters.count_parked(tx, wanted)
    sample = await dead_letters.listing(tx, state="parked", after=0, limit=SAMPLE, wanted=wanted)
    return Preview(parked, sample)


async def settle_ids(
    tx: Transaction, ids: Sequence[int], *, is_replay: bool, reason: str, by: str, at: datetime
) -> OperatorAct:
    """Settle letters that are named; `done` of the act says how many of them were parked."""
    named = list(dict.fromkeys(ids))
    act = await operator_acts.write(
        tx, REPLAY if is_replay else DISCARD, {"ids": named}, reason=reason, by=by, at=at, total=len(named)
    )
    settle = dead_letters.request_replay if is_replay else dead_letters.discard
    return await _end(tx, act, await settle(tx, named, act=act.act_id), at)


async def settle_like(
    tx: Transaction,
    wanted: LetterFilter,
    *,
    letters: int,
    up_to: int,
    is_replay: bool,
    reason: str,
    by: str,
    at: datetime,
) -> OperatorAct:
    """Begin to settle the letters of a filter that were previewed: the first slice now, the rest by `go_on`.

    Raises `Conflict` where they are not those of the preview any more.
    """
    now = await dead_letters.count_parked(tx, wanted, up_to=up_to)
    if now.letters != letters:
        raise Conflict(
            f"{now.letters:,} letters are parked now of the {letters:,} of the preview.",
            rule="preview",
            code="preview-outdated",
            remedy="Look at the preview again, and send its numbers.",
        )
    asked = {**_filter_fields(wanted), "up_to": up_to}
    act = await operator_acts.write(
        tx, REPLAY if is_replay else DISCARD, asked, reason=reason, by=by, at=at, total=letters
    )
    return await go_on(tx, act, at)


async def go_on(tx: Transaction, act: OperatorAct, at: datetime, *, limit: int = SLICE) -> OperatorAct:
    """Settle the next slice of an act, which the caller holds; where it was interrupted does not matter."""
    settled, reached = await dead_letters.settle_next(
        tx,
        filter_of(act),
        after=act.reached,
        up_to=act.asked["up_to"],
        limit=limit,
        is_replay=act.act == REPLAY,
        act=act.act_id,
    )
    moved = await operator_acts.move(
        tx,
        act.act_id,
        reached=max(reached, act.reached),
        done=act.done + settled,
        result={},
        state="done" if settled < limit else "going-on",
        at=at,
    )
    return moved or act


async def settle_set_aside(
    tx: Transaction, ids: Sequence[int], *, is_published: bool, reason: str, by: str, at: datetime
) -> OperatorAct:
    """Publish events that were set aside once more, or discard them; `done` says how many were waiting."""
    named = list(dict.fromkeys(ids))
    act = await operator_acts.write(
        tx, PUBLISH if is_published else DROP, {"ids": named}, reason=reason, by=by, at=at, total=len(named)
    )
    settle = outbox.return_set_aside if is_published else outbox.discard_set_aside
    return await _end(tx, act, await settle(tx, named, act=act.act_id), at)


def filter_of(act: OperatorAct) -> LetterFilter:
    """The filter that an act was asked for."""
    asked = act.asked
    return LetterFilter(
        asked.get("reason"), asked.get("topic"), _instant(asked.get("failed_from")), _instant(asked.get("failed_to"))
    )


def read_anew(letter: Mapping[str, Any], max_bytes: int) -> Rejection | None:
    """Why this release refuses the message of a letter, as far as its form goes; None: it can be read now."""
    headers = headers_from_json(letter["headers"])
    content = decode(letter["topic"], letter["key"], letter["value"], headers, max_bytes)
    return content if isinstance(content, Rejection) else None


def explain(letter: Mapping[str, Any], max_bytes: int) -> list[dict[str, str | None]]:
    """The faults of the message of a letter, one for each place; none where it is no event at all, or none is left."""
    refused = read_anew(letter, max_bytes)
    return [] if refused is None else [asdict(fault) for fault in refused.faults]


def show(value: bytes | None, offset: int = 0, most: int = WINDOW) -> Shown:
    """A part of a message's bytes for people.

    >>> shown = show(b'{"importer": "123-45-6789"}')
    >>> shown.text, shown.is_masked
    ('{"importer": "***-**-6789"}', True)
    """
    whole = value or b""
    masked = hide(whole)
    part = masked[offset : offset + most]
    return Shown(
        len(whole),
        min(offset, len(whole)),
        part.decode("utf-8", "replace"),
        tuple(_hex_line(offset + at, part[at : at + _HEX_WIDTH]) for at in range(0, len(part), _HEX_WIDTH)),
        masked != whole,
    )


def hide(value: bytes) -> bytes:
    """The bytes with every social security number in them hidden but for its end, as long as they were."""
    return _SSN.sub(_HIDDEN, value)


def _hex_line(offset: int, part: bytes) -> str:
    halves = part[:8].hex(" "), part[8:].hex(" ")
    readable = "".join(chr(each) if 32 <= each < 127 else "." for each in part)
    return f"{offset:08x}  {halves[0]:<23}  {halves[1]:<23} |{readable}|"


def _filter_fields(wanted: LetterFilter) -> dict[str, str]:
    fields: dict[str, str | datetime | None] = asdict(wanted)
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in fields.items()
        if value is not None
    }


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


async def _end(tx: Transaction, act: OperatorAct, done: int, at: datetime) -> OperatorAct:
    ended = await operator_acts.move(tx, act.act_id, reached=0, done=done, result={}, state="done", at=at)
    assert ended is not None  # it was written in this transaction
    return ended
