"""Notices and the bulletin as words: jinja2 templates, sandboxed, with HTML escaped and no name left undefined."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import FileSystemLoader, StrictUndefined, Template, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.notifications.domain.addresses import NO_ADDRESSES, MailAddresses
from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.editions import find_edition, words_in_edition
from services.notifications.domain.kind import EDITIONS, VERSION, Edition
from services.notifications.domain.languages import DEFAULT, PHRASES, label_in, language_of, name_in, words_in
from services.notifications.domain.subscriptions import Links, topic_of
from services.notifications.domain.wording import facts_of, subject_line, told_of, who_has_it
from services.notifications.store.notices import WrittenNotice
from shared.mail.protocol import Mail


def _one_line(text: object) -> str:
    return " ".join(str(text).split())


_TEMPLATES: Final = ImmutableSandboxedEnvironment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=StrictUndefined,
    autoescape=select_autoescape(["html", "xml"], default=False),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_TEMPLATES.filters["one_line"] = _one_line
_NOTICES: Final = {
    (edition.version, kind): _TEMPLATES.get_template(f"notice.{edition.version}.{kind}")
    for edition in EDITIONS
    for kind in ("txt", "html")
}
"""The templates of every edition: a notice is told for ever as it was when it was made."""
# Names of their own: the sandbox looks at each attribute, and there are many in each mail.
_PHRASES: Final = {
    language: {f"say_{name}": phrase for name, phrase in asdict(phrases).items()}
    for language, phrases in PHRASES.items()
}
_DIGESTS: Final = {suffix: _TEMPLATES.get_template(f"digest.{suffix}") for suffix in ("txt", "html")}
_FEED: Final = _TEMPLATES.get_template("bulletin.xml")
_BULLETIN: Final = _TEMPLATES.get_template("bulletin.html")


def told_in_edition(notice: WrittenNotice, edition: Edition) -> WrittenNotice:
    """The notice in the words and templates of another edition, its facts as they are: for a look, never a mail."""
    words = words_in_edition(notice.kind, notice.variant, edition.version)
    return replace(notice, version=edition.version, if_nothing_is_done=words.if_nothing_is_done)


def render_text(notice: WrittenNotice, *, name: str, base_url: str, language: str = DEFAULT) -> str:
    """The notice as plain text; importer numbers are masked in it, because mail travels in the open."""
    return _template(notice, "txt").render(_words(notice, name, base_url, language))


def render_page(notice: WrittenNotice, *, name: str, base_url: str, language: str = DEFAULT) -> str:
    """The notice as HTML."""
    return _template(notice, "html").render(_words(notice, name, base_url, language))


def render_mail(
    notice: WrittenNotice,
    *,
    to: str,
    name: str,
    message_id: str,
    base_url: str,
    language: str = DEFAULT,
    addresses: MailAddresses = NO_ADDRESSES,
    delivery: tuple[str, str] = ("email", "importer"),
    links: Links | None = None,
) -> Mail:
    """The notice as a mail to an address; `delivery` is the channel and the recipient, which bounces are told by.

    News bears a link by which the recipient is told no more of it; nothing else does.
    """
    unsubscribe = _unsubscribe(notice, delivery[1], links)
    words = _words(notice, name, base_url, language) | {"unsubscribe_url": unsubscribe}
    return Mail(
        message_id=message_id,
        to=to,
        subject=words["subject"],
        text=_template(notice, "txt").render(words),
        html=_template(notice, "html").render(words),
        dated_at=notice.caused_at,
        reply_to=addresses.reply_to(notice.center),
        list_id=addresses.list_id(notice.kind),
        return_path=addresses.return_path(notice.notice_id, *delivery),
        unsubscribe=unsubscribe,
    )


def render_digest(
    notices: Sequence[WrittenNotice],
    first: Mail,
    *,
    message_id: str,
    name: str,
    base_url: str,
    language: str = DEFAULT,
    recipient_role: str = "importer",
    links: Links | None = None,
) -> Mail:
    """Several notices to one recipient in one mail, each whole; a bounce of it comes back for the first."""
    subject = f"{len(notices)} notices"
    each = [
        _words(notice, name, base_url, language) | {"unsubscribe_url": _unsubscribe(notice, recipient_role, links)}
        for notice in notices
    ]
    words = {
        "subject": subject,
        "name": name,
        "notices": each,
        "texts": [_template(notice, "txt").render(told) for notice, told in zip(notices, each, strict=True)],
    }
    return replace(
        first,
        message_id=message_id,
        subject=subject,
        text=_DIGESTS["txt"].render(words),
        html=_DIGESTS["html"].render(words),
        dated_at=max(notice.caused_at for notice in notices),
        reply_to=None,
        list_id=None,
        unsubscribe=None,
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


def render_feed(postings: Sequence[Mapping[str, Any]], *, base_url: str, query: str, now: datetime) -> str:
    """Postings as an Atom feed (RFC 4287): each entry has the address of its posting, which stays."""
    return _FEED.render(
        postings=postings,
        base_url=base_url,
        query=query,
        updated=now.isoformat(),
        feed_url=f"{base_url}/bulletin.atom?{query}",
    )


def _unsubscribe(notice: WrittenNotice, recipient_role: str, links: Links | None) -> str | None:
    """The link in news by which its recipient is told no more of it; None for all other notices."""
    if links is None or topic_of(notice.kind, notice.variant) is None:
        return None
    return links.link(notice.notice_id, recipient_role)


def words_of(notice: WrittenNotice, *, name: str, base_url: str, language: str) -> Mapping[str, Any]:
    """What the templates of mails are filled with, for what else tells the same notice: a letter."""
    return _words(notice, name, base_url, language)


def _template(notice: WrittenNotice, suffix: str) -> Template:
    edition = max(notice.version, EDITIONS[0].version)  # the first edition was told as the second is
    return _NOTICES[edition, suffix]


def _words(notice: WrittenNotice, name: str, base_url: str, wanted: str) -> dict[str, Any]:
    kind = CATALOGUE[notice.kind]
    language = language_of(notice.kind, wanted)
    base_url = base_url.rstrip("/")
    english = words_in_edition(notice.kind, notice.variant, notice.version)
    words = replace(english, if_nothing_is_done=notice.if_nothing_is_done)
    edition = find_edition(notice.version) or EDITIONS[0]
    told = words_in(language, kind.id, notice.variant, words)
    body = notice.body
    facts = facts_of(
        kind=notice.kind,
        entry_numbers=notice.entry_numbers,
        importer_number=notice.importer_number,
        center=notice.center,
        issued_on=notice.issued_on,
        due_on=notice.due_on,
        body=body,
    )
    due = facts[-1] if notice.due_on is not None else None
    # In the editions before what is due stood among the facts.
    shown = facts if due is None or notice.version < VERSION else facts[:-1]
    return {
        "kind": kind,
        "name_of_kind": name_in(language, kind.id, kind.name),
        "language": language,
        **_PHRASES[language],
        "text": english.text,
        "told_text": told.text,
        "told_if_nothing": told.if_nothing_is_done,
        "form": kind.form,
        "kind_id": kind.id,
        "english": words if language != DEFAULT else None,
        "subject": subject_line(notice.kind, notice.subject, notice.entry_numbers, language),
        "name": name,
        "due": (label_in(language, due[0]), due[1]) if due is not None else None,
        "facts": [(label_in(language, label), value) for label, value in shown],
        "told": told_of(body, language),
        "faults": body.get("faults", ()),
        "questions": body.get("questions", ()),
        "reasons": body.get("reasons", ()),
        "citation": notice.citation,
        "if_nothing_is_done": notice.if_nothing_is_done,
        "who_has_it": who_has_it(notice.center, body.get("contact")),
        "edition": PHRASES[language].edition.format(version=notice.version, used_from=edition.used_from.isoformat()),
        "notice_id": notice.notice_id,
        "reply_url": f"{base_url}/notices/{notice.notice_id}",
        "bulletin_url": f"{base_url}/bulletin.html",
        "unsubscribe_url": None,
    }
