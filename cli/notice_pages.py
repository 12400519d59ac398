"""docs/notices.md: every row of the catalogue of notices with trigger, parties, channels, law and an example."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from services.notifications.acts.rendering import render_text
from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.kind import EDITIONS, VERSION, NoticeKind
from services.notifications.domain.languages import TRANSLATED_KINDS
from services.notifications.domain.letters import has_letter
from services.notifications.domain.recipients import OF_ITS_OWN, PROCESS_OF_KIND, is_mailed, scopes_told
from services.notifications.domain.work_notices import TOLD_ELSEWHERE, WORK_NOTICES
from services.notifications.store.notices import WrittenNotice
from shared.customs.parties import EVERY_PROCESS

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "notices.md"
_BASE_URL: Final = "https://notices.example.gov"
_ISSUED_ON: Final = date(2026, 3, 2)
_LANES: Final = {0: "first", 1: "usual", 2: "bulk", 4: "last"}
_NEWS: Final = {
    "N-46": (
        ("question", "SYNTHETIC: until when to protest"),
        ("answer", "SYNTHETIC: within 180 days of the liquidation."),
        ("rests on", "protest-180: A protest is filed within 180 days (19 USC 1514(c)(3))"),
    ),
    "N-47": (
        ("subject", "contact help-desk of CEE007 changes on 2026-03-02: phone 555-0102."),
        ("bulletin", "phone: 555-0101 → 555-0102"),
    ),
}
"""What the examples of news say."""


def page() -> str:
    """The whole page."""
    return "\n".join([*_head(), *_overview(), *_acts(), *_rows(), ""])


def _head() -> Iterator[str]:
    editions = ", ".join(f"{each.version} (used from {each.used_from})" for each in EDITIONS)
    yield "# Notices\n"
    yield "Written by `make contracts` from `services/notifications/domain/`; do not edit.\n"
    yield (
        f"Editions of the words: {editions}. A notice keeps the edition that it was made with. In Spanish as well:"
        f" {', '.join(sorted(TRANSLATED_KINDS))}; the English words stand beside them and govern.\n"
    )


def _overview() -> Iterator[str]:
    yield "| id | notice | form | trigger | parties | ways | lane | law | day |\n|---|---|---|---|---|---|---|---|---|"
    for kind in CATALOGUE.values():
        cells = (
            f"[{kind.id}](#{kind.id.lower()})",
            kind.name,
            kind.form,
            kind.trigger,
            _parties(kind),
            _ways(kind),
            _LANES[kind.lane],
            kind.law,
            kind.days or "none",
        )
        yield f"| {' | '.join(cells)} |"


def _parties(kind: NoticeKind) -> str:
    if not is_mailed(kind.id):
        return "everybody; surety" if kind.is_for_surety else "everybody"
    if kind.id in OF_ITS_OWN:
        return "whose it is, and nobody else"
    parties = ["importer", "filer"]
    if kind.id == "N-05":
        parties[0] = "importer (of a refused message: its filer alone)"
    if kind.is_for_surety:
        parties.append("surety (not mailed)" if kind.id == "N-36" else "surety")
    parties.append(f"who was delegated {', '.join(sorted(scopes_told(kind.id)))}")
    return "; ".join(parties)


def _ways(kind: NoticeKind) -> str:
    names = {"bulletin": "bulletin", "email": "e-mail", "portal": "inbox"}
    ways = [names[route.channel] for route in kind.routes]
    if is_mailed(kind.id):
        ways += ["inbox", "webhook"]
    if kind.is_lettered:
        ways.append("letter when no mail reaches the importer")
    if has_letter(kind.id):
        ways.append("PDF as a letter")
    return ", ".join(dict.fromkeys(ways))


def _acts() -> Iterator[str]:
    yield "\n## Acts on processes that cause a notice\n"
    yield "What is not named as told stays in the Center. A last day is the safe one, never moved.\n"
    yield "| process | acts | notice | case | tells | last day |\n|---|---|---|---|---|---|"
    for row in WORK_NOTICES:
        term = ""
        if row.term is not None:
            term = (
                f"`{row.term.field}`"
                if row.term.unit == "until"
                else f"{row.term.length} {row.term.unit} from `{row.term.field}`"
            )
        cells = (row.process, ", ".join(row.acts), row.kind, row.variant or "", ", ".join(row.tells), term)
        yield f"| {' | '.join(cells)} |"
    yield "\nActs that say that they cause one of these are told by what they follow, and not once more:\n"
    for kind, by in sorted(TOLD_ELSEWHERE.items()):
        yield f"- {kind}: {by}"


def _rows() -> Iterator[str]:
    for kind in CATALOGUE.values():
        yield f"\n## {kind.id}\n"
        process = PROCESS_OF_KIND[kind.id]
        contact = "that of `all`" if process == EVERY_PROCESS else f"that of the process `{process}`, else of `all`"
        yield f"{kind.name}. Contact of a party: {contact}.\n"
        yield f"```text\n{render_text(_example(kind), name='SYNTHETIC IMPORTER 0001', base_url=_BASE_URL).strip()}\n```"
        if kind.variants:
            yield "\n| case | says | if nothing is done |\n|---|---|---|"
        for case, words in kind.variants.items():
            yield f"| {case} | {words.text} | {words.if_nothing_is_done} |"


def _example(kind: NoticeKind) -> WrittenNotice:
    example = _example_of_entry(kind)
    if kind.id not in OF_ITS_OWN:
        return example
    if kind.id in _NEWS:
        news = {"recorded": [*map(list, _NEWS[kind.id])]}
        return replace(example, entry_number=None, entry_numbers=(), filer_code=None, body=news)
    body = {
        "webhook_id": "8f0c9a52-5d43-5c7b-9f0e-7c1f9a3d2e10",
        "host": "receiver.example",
        "reasons": [{"text": "The receiver was turned off: it answered 410 Gone.", "citation": None}],
    }
    return replace(example, entry_number=None, entry_numbers=(), center=None, filer_code=None, body=body)


def _example_of_entry(kind: NoticeKind) -> WrittenNotice:
    return WrittenNotice(
        notice_id=UUID(int=int(kind.id[2:])),
        kind=kind.id,
        subject="B7603245278",
        cause_sequence=1,
        version=VERSION,
        importer_number="07-345678900",
        entry_number="B7603245278",
        filer_code="B76",
        surety_code=None,
        center="CEE007",
        issued_on=_ISSUED_ON,
        due_on=_ISSUED_ON + timedelta(days=30) if kind.days else None,
        citation=kind.law,
        if_nothing_is_done=kind.if_nothing_is_done,
        body={"contact": "Kim Synthetic"} if kind.id not in {"N-09", "N-13"} else {},
        caused_at=datetime(2026, 3, 2, 15, 0, tzinfo=ZoneInfo("UTC")),
        variant=None,
        entry_numbers=("B7603245278",),
    )
