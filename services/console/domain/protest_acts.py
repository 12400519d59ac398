"""The forms of acts on a protest: what each asks for, and what a person filled in, as liquidation takes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from services.console.domain.acts import read_fields
from services.console.domain.words import say_entry

ENTRIES: Final = 10
"""Entries of a protest that the form of a recommendation has room for; the others follow `otherwise`."""

NOTE: Final = "text"
"""What the note of an act is called, where the act has one."""


@dataclass(frozen=True, slots=True)
class Field:
    """What an act asks for."""

    name: str
    label: str
    kind: str
    codes: Mapping[str, str] | None = None
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """An act as its form shows it; `has_note` where a remark may be added."""

    label: str
    fields: tuple[Field, ...] = ()
    has_note: bool = True


@dataclass(frozen=True, slots=True)
class Offered:
    """An act that somebody may do on a protest, or what stands against it."""

    act: str
    label: str
    may: bool
    fields: Sequence[Field]
    has_note: bool
    code: str | None
    says: str | None
    remedy: str | None


_REASONS: Final = Field("reasons", "Reasons", "text")
_CRITERIA: Final = MappingProxyType(
    {
        "conflicts-with-decision": "It conflicts with an earlier decision",
        "not-ruled-on": "It has not been ruled on",
        "new-facts-or-arguments": "It has new facts or arguments",
        "advice-declined": "Headquarters declined to advise before",
    }
)
_CRITERION: Final = Field("criteria", "Criterion of 19 CFR 174.24", "code", _CRITERIA, is_required=False)
_OUTCOMES: Final = MappingProxyType({"allowed": "Allowed", "denied": "Denied"})
_IN_PART: Final = MappingProxyType({**_OUTCOMES, "allowed-in-part": "Allowed in part"})
GROUNDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "untimely": "Too late",
        "too-early": "Too early",
        "incomplete": "Incomplete",
        "no-standing": "Filed by somebody who may not",
        "not-protestable": "Against what cannot be protested",
        "second-protest": "A second one on the same category",
        "split": "One that should have been several",
    }
)
"""The grounds on which a protest is rejected, in words."""

FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        "begin-review": Form("Begin the review"),
        "ask-party": Form("Ask the party"),
        "party-answered": Form("The party has answered"),
        "suspend": Form("Suspend it behind a lead protest", (Field("lead", "Number of the lead protest", "string"),)),
        "resume": Form("Resume"),
        "recommend": Form(
            "Recommend a decision",
            (
                _REASONS,
                Field(
                    "otherwise",
                    "Entries without a row below",
                    "code",
                    MappingProxyType({"denied": "Denied"}),
                    is_required=False,
                ),
            ),
            has_note=False,
        ),
        "sign": Form(
            "Sign the decision",
            (Field("reasons", "Reasons, where they differ from the recommended ones", "text", is_required=False),),
            has_note=False,
        ),
        "return": Form("Return it to review"),
        "reject": Form(
            "Reject it for a defect", (Field("ground", "Ground", "code", GROUNDS), _REASONS), has_note=False
        ),
        "grant-further-review": Form("Grant further review", (_CRITERION,)),
        "refuse-further-review": Form("Refuse further review", (_REASONS,), has_note=False),
        "forward": Form("Forward it to headquarters"),
        "answer-further-review": Form(
            "Answer further review",
            (
                Field("outcome", "Decided", "code", _IN_PART),
                Field("reference", "Reference of the ruling", "string"),
                _REASONS,
            ),
            has_note=False,
        ),
        "set-aside": Form("Set the refusal of further review aside"),
        "refuse-set-aside": Form("Refuse to set it aside"),
        "void-denial": Form("Void the denial"),
        "amend": Form("Add categories", (Field("categories", "Categories", "references"),)),
        "add-grounds": Form("Add grounds"),
        "request-acceleration": Form(
            "Ask for accelerated disposition",
            (Field("mailed_on", "Mailed on, if not today", "date", is_required=False),),
        ),
        "apply-further-review": Form("Apply for further review", (_CRITERION,)),
        "request-set-aside": Form("Ask to set the refusal of further review aside"),
        "request-void": Form("Ask to void the denial"),
        "withdraw": Form("Withdraw the protest"),
        "summon": Form(
            "Note that a suit was begun",
            (
                Field("filed_on", "Filed on", "date"),
                Field("court_number", "Court number", "string"),
                Field("are_duties_paid", "Everything owed is paid", "flag"),
            ),
        ),
    }
)
"""The acts in the order in which a Center meets them; liquidation says who may do which, and when."""


def form_of(act: str, entries: Sequence[str]) -> Form:
    """The form of an act on a protest of these entries.

    >>> [each.label for each in form_of("recommend", ["B7603245278"]).fields][2:]
    ['B76-0324527-8', 'B76-0324527-8: change of duty, $', 'B76-0324527-8: change of fees, $']
    """
    form = FORMS[act]
    if act != "recommend":
        return form
    rows = [field for number, entry in enumerate(entries[:ENTRIES], 1) for field in _row(number, say_entry(entry))]
    return Form(form.label, (*form.fields, *rows), form.has_note)


def _row(number: int, entry: str) -> tuple[Field, ...]:
    return (
        Field(f"entry{number}.outcome", entry, "code", _OUTCOMES, is_required=False),
        Field(f"entry{number}.change_duty_usd", f"{entry}: change of duty, $", "money", is_required=False),
        Field(f"entry{number}.change_fees_usd", f"{entry}: change of fees, $", "money", is_required=False),
    )


def read_protest_act(form: Mapping[str, Sequence[str]], entries: Sequence[str]) -> dict[str, Any]:
    """The body of an act; raises `KeyError` for one that is none.

    >>> given = {"act": ["recommend"], "field.reasons": ["As entered."], "field.entry1.outcome": ["denied"]}
    >>> read_protest_act(given, ["B7603245278"])["items"]
    [{'outcome': 'denied', 'entry_number': 'B7603245278', 'reasons': 'As entered.'}]
    >>> read_protest_act({"act": ["withdraw"], "reason": ["Settled."]}, [])
    {'kind': 'withdraw', 'text': 'Settled.'}
    """
    act = form.get("act", [""])[0]
    asked = form_of(act, entries)
    given = read_fields(form, {field.name: field.kind for field in asked.fields})
    body: dict[str, Any] = {"kind": act}
    body |= {name: value for name, value in given.items() if "." not in name}
    if "criteria" in body:
        body["criteria"] = [body["criteria"]]
    if asked.has_note and (note := form.get("reason", [""])[0]):
        body[NOTE] = note
    if act == "recommend":
        rows = [(entry, _decided(given, number)) for number, entry in enumerate(entries[:ENTRIES], 1)]
        reasons = body.get("reasons", "")
        body["items"] = [{**row, "entry_number": entry, "reasons": reasons} for entry, row in rows if row]
    return body


def _decided(given: Mapping[str, Any], number: int) -> dict[str, Any]:
    """What the row of an entry says; empty where no outcome is chosen."""
    prefix = f"entry{number}."
    row = {name.removeprefix(prefix): value for name, value in given.items() if name.startswith(prefix)}
    return row if "outcome" in row else {}
