"""Who is told beside the importer: the filer and surety of an entry, and whom the importer lets act for it."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.delivery import Recipient, is_mail_address
from services.notifications.domain.holding import Manner
from services.notifications.domain.kind import EMAIL
from services.notifications.domain.subscriptions import NEWS_KINDS
from shared.customs.parties import EVERY_PROCESS, Contact, Delegation, Party, Scope, contact_for

PROCESS_OF_KIND: Final[Mapping[str, str]] = {
    "N-01": "account-assignment",
    "N-02": "center-appeal",
    **dict.fromkeys(("N-03", "N-04", "N-05", "N-06", "N-07"), "entry-summary-review"),
    "N-08": "quota",
    "N-20": "eapa",
    **dict.fromkeys(("N-22", "N-23"), "admissibility-advice"),
    **dict.fromkeys(("N-24", "N-25"), "prior-disclosure"),
    "N-26": "reconciliation",
    "N-27": "internal-advice",
    "N-28": "drawback-claim",
    **dict.fromkeys(("N-29", "N-30", "N-31", "N-32"), "petition"),
    **dict.fromkeys(("N-09", "N-10", "N-11", "N-12", "N-13", "N-14", "N-39"), "liquidation"),
    "N-15": "post-summary-correction",
    **dict.fromkeys(("N-16", "N-17", "N-18", "N-19", "N-40"), "protest"),
    "N-21": "preference",
    "N-33": "policy-analysis",
    "N-38": "tib-extension",
    **dict.fromkeys(("N-34", "N-35", "N-36", "N-37"), "payment"),
    "N-41": EVERY_PROCESS,
    "N-42": "inquiry",
    **dict.fromkeys(("N-43", "N-44", "N-48", "N-49"), "payment"),
    "N-45": EVERY_PROCESS,
    "N-46": "inquiry",
    "N-47": "policy-analysis",
}
"""The process of each kind of notice, by which a party names its contacts."""

_SCOPES_TOLD: Final[Mapping[str, frozenset[Scope]]] = {
    "account-assignment": frozenset(),
    "center-appeal": frozenset(),
    "entry-summary-review": frozenset({"respond"}),
    "quota": frozenset({"respond", "correct"}),
    "eapa": frozenset({"protest"}),
    "admissibility-advice": frozenset({"respond", "protest"}),
    "prior-disclosure": frozenset({"correct"}),
    "reconciliation": frozenset({"correct"}),
    "internal-advice": frozenset({"respond"}),
    "drawback-claim": frozenset({"refund"}),
    "petition": frozenset({"protest"}),
    "liquidation": frozenset({"protest", "extend"}),
    "post-summary-correction": frozenset({"correct"}),
    "protest": frozenset({"protest"}),
    "preference": frozenset({"refund", "protest"}),
    "policy-analysis": frozenset(),
    "tib-extension": frozenset({"extend"}),
    "payment": frozenset({"refund"}),
    "inquiry": frozenset(),
    EVERY_PROCESS: frozenset(),
}
_ALWAYS_TOLD: Final[frozenset[Scope]] = frozenset({"see", "all"})

# The surety's time to protest runs from the mailing of the demand (19 USC 1514(c)(3)), which is not done here: a mail
# of ours that speaks of the demand must not be taken for it.
_NOT_MAILED_TO_SURETY: Final = frozenset({"N-36"})

OF_ITS_OWN: Final = frozenset({"N-41", "N-46", "N-47"})
"""Kinds about what a recipient has or asked for here itself: nobody else is told, and no delegation is asked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a recipient asks for beside what the law requires: a second language, whom else to reach, and when it wants
    what may wait.

    There is nothing by which it could be told less, or be told later, of what the law has told; reminders add to that,
    and may be turned off.
    """

    language: str
    second_email: str | None
    manner: Manner
    wants_reminders: bool


@dataclass(frozen=True, slots=True)
class Matter:
    """What decides who is told of a notice. `surety_code` is of a surety that may see it, None where none may."""

    notice_id: str
    kind: str
    importer_number: str | None
    entry_number: str | None
    filer_code: str | None
    surety_code: str | None
    issued_on: date

    @property
    def filer(self) -> str | None:
        """The id of the filer of the entry."""
        return f"filer:{self.filer_code}" if self.filer_code is not None else None

    @property
    def surety(self) -> str | None:
        """The id of the surety that may be told of it by mail."""
        if self.surety_code is None or self.kind in _NOT_MAILED_TO_SURETY:
            return None
        return f"surety:{self.surety_code}"


def is_mailed(kind: str) -> bool:
    """Whether notices of this kind go out by e-mail; one that is only posted tells everybody.

    >>> is_mailed("N-13"), is_mailed("N-09")
    (False, True)
    """
    return EMAIL in CATALOGUE[kind].routes


def parties_told(matter: Matter, known: AbstractSet[str], delegations: Iterable[Delegation]) -> tuple[str, ...]:
    """The parties that are told by mail, beside the importer who always is: each once, in order of id.

    The filer and the surety where they are known, and who was delegated, for the day of the notice, what it is about.
    Whether a delegation was revoked meanwhile is asked when sending (`recipient_of`).
    """
    if matter.importer_number is None or matter.kind in OF_ITS_OWN or not is_mailed(matter.kind):
        return ()
    told = {party for party in (matter.filer, matter.surety) if party is not None and party in known}
    told |= {
        each.party_id
        for each in delegations
        if each.importer_number == matter.importer_number
        and each.from_on <= matter.issued_on
        and (each.to_on is None or matter.issued_on <= each.to_on)
        and _is_told(matter.kind, each.scopes)
    }
    return tuple(sorted(told))


def recipient_of(matter: Matter, party: Party, scopes: Iterable[str], today: date) -> Recipient:
    """A party as the recipient of a notice today, by its contact for the process, or the one for every process.

    `scopes` are what delegations of the importer give it for the day of the notice that are not revoked by today.
    """
    barred = None
    if party.is_closed(today):
        barred = f"the party has been closed since {party.closed_on}"
    elif not (
        party.party_id in (matter.filer, matter.surety)
        or matter.kind in OF_ITS_OWN
        or is_news_to_itself(matter)
        or _is_told(matter.kind, scopes)
    ):
        barred = "the importer revoked the delegation"
    contact = reachable_contact(party.contacts, PROCESS_OF_KIND[matter.kind])
    return Recipient(
        name=contact.name if contact is not None else party.name,
        email=contact.email if contact is not None else None,
        account="the party",
        barred=barred,
    )


def is_news_to_itself(matter: Matter) -> bool:
    """Whether a notice is news to a party about no importer: no delegation is asked for."""
    return matter.importer_number is None and matter.kind in NEWS_KINDS


def reachable_contact(contacts: Sequence[Contact], process: str) -> Contact | None:
    """The contact for a process that has an e-mail address, else the one for every process, else None."""
    return contact_for([contact for contact in contacts if contact.email is not None], process)


def second_of(told: Recipient, party: Party, kind: str, asked_for: str | None) -> str | None:
    """Whom to reach at a party when its first contact is not: what it asked for, else its next contact, else None."""
    process = PROCESS_OF_KIND[kind]
    ranked = sorted(party.contacts, key=lambda contact: (contact.process != process, contact.process != EVERY_PROCESS))
    addresses = [asked_for, *(contact.email for contact in ranked)]
    return next((each for each in addresses if each and each != told.email and is_mail_address(each)), None)


def scopes_told(kind: str) -> frozenset[Scope]:
    """The scopes of a delegation that let a party be told of a kind of notice; one is enough."""
    return _ALWAYS_TOLD | _SCOPES_TOLD[PROCESS_OF_KIND[kind]]


def _is_told(kind: str, scopes: Iterable[str]) -> bool:
    return not scopes_told(kind).isdisjoint(scopes)
