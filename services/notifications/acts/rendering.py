"""Notices and the bulletin as words: jinja2 templates, sandboxed, with HTML escaped and no name left undefined."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.wording import facts_of, subject_line
from services.notifications.store.notices import WrittenNotice
from shared.mail.protocol import Mail


def _one_line(text: object) -> str:
    return " ".join(str(text).split())


_TEMPLATES: Final = ImmutableSandboxedEnvironment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=StrictUndefined,
    autoescape=select_autoescape(["html"], default=False),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_TEMPLATES.filters["one_line"] = _one_line
_TEXT: Final = _TEMPLATES.get_template("notice.txt")
_HTML: Final = _TEMPLATES.get_template("notice.html")
_BULLETIN: Final = _TEMPLATES.get_template("bulletin.html")


def render_text(notice: WrittenNotice, *, name: str, base_url: str) -> str:
    """The notice as plain text; importer numbers are masked in it, because mail travels in the open."""
    return _TEXT.render(_words(notice, name, base_url))


def render_mail(notice: WrittenNotice, *, to: str, name: str, message_id: str, base_url: str) -> Mail:
    """The notice as a mail to an address."""
    words = _words(notice, name, base_url)
    return Mail(
        message_id=message_id,
        to=to,
        subject=words["subject"],
        text=_TEXT.render(words),
        html=_HTML.render(words),
        dated_at=notice.caused_at,
    )


def render_bulletin(
    *,
    terms: Mapping[str, str],
    postings: Sequence[Mapping[str, Any]] | None,
    problem: str | None,
    problem_term: str | None,
    next_link: str | None,
    choices: Mapping[str, Sequence[str]],
    citation: str,
    demonstration_at: datetime | None,
) -> str:
    """The bulletin's page: the form, and what a search found; `postings` is None when nothing was searched.

    `demonstration_at` is what the clock of a demonstration shows, of which nothing is real.
    """
    return _BULLETIN.render(
        terms=terms,
        postings=postings,
        problem=problem,
        problem_term=problem_term,
        next_link=next_link,
        choices=choices,
        citation=citation,
        demonstration_at=demonstration_at,
    )


def _words(notice: WrittenNotice, name: str, base_url: str) -> dict[str, Any]:
    kind = CATALOGUE[notice.kind]
    return {
        "kind": kind,
        "text": kind.words(notice.variant).text,
        "subject": subject_line(notice.kind, notice.subject, notice.entry_numbers),
        "name": name,
        "facts": facts_of(
            kind=notice.kind,
            entry_numbers=notice.entry_numbers,
            importer_number=notice.importer_number,
            center=notice.center,
            issued_on=notice.issued_on,
            due_on=notice.due_on,
            body=notice.body,
        ),
        "questions": notice.body.get("questions", ()),
        "reasons": notice.body.get("reasons", ()),
        "citation": notice.citation,
        "if_nothing_is_done": notice.if_nothing_is_done,
        "notice_id": notice.notice_id,
        "bulletin_url": f"{base_url.rstrip('/')}/bulletin.html",
    }
