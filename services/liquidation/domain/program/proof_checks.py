"""Whether a proof proves what it says: from the fields to the leaf, up to the root, and the money reckoned anew.

Nothing is asked of anybody: the published rates of interest are those of `shared.customs`, all else stands in the
proof. Its part `told` is what Centerline says beside it, and nothing of that is proved. Of a line its number is told
only: the leaf has headings and amounts, so lines without duty are told too. What an importer owed for a time before the
act is bound by the interest alone, and so is all that was owed when other acts on the money came before this one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final, get_args

from services.liquidation.domain.money.assessment import MINIMUM_CENTS
from services.liquidation.domain.money.interest import (
    Debtor,
    Interest,
    PayeeKind,
    Segment,
    accrue_segments,
)
from services.liquidation.domain.money.settings import MoneySettings
from services.liquidation.domain.money.terms import InterestTerms, Terms
from services.liquidation.domain.program.definition import Definition, definition_from_json
from services.liquidation.domain.program.merkle import climb, hash_leaf
from services.liquidation.domain.program.proof_documents import (
    PROOF_FORM,
    Unreadable,
    leap_years_matter,
    list_rates,
    posted_name,
    read_count,
    read_day,
    read_posted,
    read_usd,
)
from services.liquidation.domain.program.proving import (
    LEAF_FIELDS,
    Posted,
    definition_digest,
    leaf_digest,
    leaf_text,
)
from services.liquidation.domain.sequences import LIQUIDATION_KEY
from shared.customs.entry_number import InvalidEntryNumber, parse_entry_number
from shared.customs.interest import InterestRateUnknown
from shared.customs.money import format_cents

_BYTES: Final = 32
_PERCENT: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")
_HALF: Final = re.compile("[\ud800-\udfff]")
"""Half of a character: text that JSON can hold and no digest can be made of."""


@dataclass(frozen=True, slots=True)
class Published:
    """A root as it was published: of a report or the bulletin. `leaves` None: how many it is over was not given."""

    root: bytes
    leaves: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a proof that does not say what follows from the rest of it, and from what that follows."""

    field: str
    says: str | None
    follows: str | None
    why: str


def read_published(text: str) -> Published:
    """A root as `HEX` or `LEAVES:HEX`; raises `ValueError` for anything else.

    >>> read_published("1000000:" + "0f" * 32).leaves
    1000000
    """
    leaves, colon, root = text.strip().rpartition(":")
    if not colon:
        leaves = ""
    elif not (leaves.isascii() and leaves.isdigit()):
        raise ValueError(f"{leaves!r} is no count of leaves")
    found = bytes.fromhex(root)
    if len(found) != _BYTES:
        raise ValueError(f"a root has 64 hexadecimal digits, and this one {len(root)}")
    return Published(found, int(leaves) if leaves else None)


def check_proof(proof: Mapping[str, Any], published: Published | None) -> list[Difference]:
    """What of a proof does not hold, field by field; none when it proves what it says.

    `published` is the root that the run was published with; None: the proof is held against its own root alone.
    """
    if (broken := _find_half(proof)) is not None:
        return [broken]
    if proof.get("form") != PROOF_FORM:
        return [Difference("form", _text(proof.get("form")), PROOF_FORM, "the form of proofs that is known here")]
    try:
        posted = read_posted(_part(proof, "posted"))
    except Unreadable as wrong:
        return [_unreadable(wrong)]
    found: list[Difference] = []
    for check in (_check_entry, _check_leaf, _check_program, _check_lines, _check_money):
        found += _collect(check(proof, posted))
    return found + _collect(_check_tree(proof, posted, published))


def _find_half(proof: Mapping[str, Any]) -> Difference | None:
    parts: list[tuple[str, Any]] = [("", proof)]
    while parts:
        at, part = parts.pop()
        if isinstance(part, str) and _HALF.search(part):
            return Difference(at, ascii(part), None, "it holds half of a character")
        if isinstance(part, list):
            parts += [(f"{at}[{place}]", each) for place, each in enumerate(part)]
        elif isinstance(part, Mapping):
            names = {name: name.encode("ascii", "backslashreplace").decode() for name in part}
            parts += [(f"{at}.{shown}".lstrip("."), part[name]) for name, shown in names.items()]
            if any(_HALF.search(name) for name in part):
                return Difference(at, None, None, "the name of a field holds half of a character")
    return None


def _collect(differences: Iterator[Difference]) -> list[Difference]:
    found: list[Difference] = []
    try:
        found.extend(differences)
    except Unreadable as wrong:
        found.append(_unreadable(wrong))
    return found


def _unreadable(wrong: Unreadable) -> Difference:
    return Difference(wrong.field, _text(wrong.says), None, f"it is {wrong.expected}")


def _part(holder: Mapping[str, Any], name: str, within: str = "") -> Mapping[str, Any]:
    part = holder.get(name)
    if not isinstance(part, Mapping):
        raise Unreadable(f"{within}{name}", part, "no part with fields")
    return part


def _list(holder: Mapping[str, Any], name: str, within: str) -> Sequence[Any]:
    part = holder.get(name)
    if not isinstance(part, list):
        raise Unreadable(f"{within}{name}", part, "no list")
    return part


def _usd(cents: int | None) -> str | None:
    return None if cents is None else format_cents(cents)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _check_entry(_: Mapping[str, Any], posted: Posted) -> Iterator[Difference]:
    try:
        parse_entry_number(posted.entry_number)
    except InvalidEntryNumber as wrong:
        yield Difference("posted.entry_number", posted.entry_number, None, f"it is no entry number: {wrong}")


def _check_leaf(proof: Mapping[str, Any], posted: Posted) -> Iterator[Difference]:
    leaf = _part(proof, "leaf")
    try:
        text = leaf_text(posted)
    except ValueError as wrong:
        yield Difference("posted", None, None, str(wrong))
        return
    if leaf.get("text") != text:
        yield from _compare_texts(leaf.get("text"), text)
    digest = leaf_digest(posted).hex()
    if leaf.get("sha256") != digest:
        yield Difference("leaf.sha256", _text(leaf.get("sha256")), digest, "SHA-256 of what was posted")


def _compare_texts(told: Any, text: str) -> Iterator[Difference]:
    said, own = str(told).split("|"), text.split("|")
    if len(said) != len(own):
        yield Difference("leaf.text", _text(told), text, "the canonical text of what was posted")
        return
    for name, before, now in zip(("form", *LEAF_FIELDS), said, own, strict=True):
        if before != now:
            yield Difference(f"posted.{posted_name(name)}", now, before, "the text of the leaf says so")


def _check_program(proof: Mapping[str, Any], posted: Posted) -> Iterator[Difference]:
    definition = _part(proof, "program").get("definition")
    if definition is None:
        return  # it names importers whose numbers the reader may not see: the leaf has its digest
    if not isinstance(definition, Mapping):
        raise Unreadable("program.definition", definition, "no part with fields")
    digest = definition_digest(definition)
    if digest != posted.definition_sha256:
        yield Difference(
            "program.definition", digest, posted.definition_sha256, "SHA-256 of the revision that was in force"
        )
    try:
        rules = definition_from_json(definition)
    except (LookupError, TypeError, ValueError, AttributeError) as wrong:
        yield Difference("program.definition", None, None, f"it cannot be read: {type(wrong).__name__}: {wrong}")
        return
    yield from _check_rules(posted, rules)
    if isinstance(money := proof.get("money"), Mapping):
        yield from _check_terms(money, rules)


def _check_rules(posted: Posted, rules: Definition) -> Iterator[Difference]:
    if rules.program != posted.program:
        yield Difference("posted.program", posted.program, rules.program, "the program of the definition")
    for each in posted.headings:
        if not rules.has_heading(each):
            yield Difference("posted.headings", each, None, "the definition does not remove duty under it")
    cohort = next((each for each in rules.cohorts if each.name == posted.cohort), None)
    if cohort is None:
        yield Difference("posted.cohort", posted.cohort, None, "the definition has no such cohort")


def _check_terms(money: Mapping[str, Any], rules: Definition) -> Iterator[Difference]:
    since = rules.money.ordered_from
    ordered = {
        "terms": rules.money.interest,
        "ordered_rate_pct": rules.money.ordered_rate_pct,
        "ordered_from": since.isoformat() if since is not None else None,
    }
    if rules.money.interest != "ordered":
        ordered = {"terms": rules.money.interest}
    for name, value in ordered.items():
        if money.get(name) != value:
            yield Difference(f"money.{name}", _text(money.get(name)), value, "the definition")


def _check_lines(proof: Mapping[str, Any], posted: Posted) -> Iterator[Difference]:
    removed, headings, seen = 0, set[str](), set[tuple[int, str]]()
    for place, line in enumerate(_list(proof, "lines", "")):
        at = f"lines[{place}]"
        if not isinstance(line, Mapping):
            raise Unreadable(at, line, "no part with fields")
        number = read_count(f"{at}.line_number", line.get("line_number"))
        hts = line.get("hts")
        if not isinstance(hts, str):
            raise Unreadable(f"{at}.hts", hts, "no tariff number")
        if (number, hts) in seen:
            yield Difference(at, f"line {number}, {hts}", None, "it stands there twice")
        seen.add((number, hts))
        before, gone, after = (
            read_usd(f"{at}.{name}", line.get(name)) for name in ("before_usd", "removed_usd", "after_usd")
        )
        if before != gone:
            follows = format_cents(gone)
            yield Difference(
                f"{at}.before_usd", line["before_usd"], follows, "the whole duty under a number is removed"
            )
        if after:
            yield Difference(
                f"{at}.after_usd", line["after_usd"], format_cents(0), "nothing is left of what is removed"
            )
        removed += gone
        headings.add(hts)
    if removed != posted.removed_cents:
        told = format_cents(posted.removed_cents)
        yield Difference("posted.removed_usd", told, format_cents(removed), "what was removed from the lines adds up")
    if headings != set(posted.headings):
        told, follows = ", ".join(sorted(posted.headings)), ", ".join(sorted(headings))
        yield Difference("posted.headings", told, follows, "the headings of the lines")


def _check_money(proof: Mapping[str, Any], posted: Posted) -> Iterator[Difference]:
    if proof.get("money") is None:
        if posted.interest_cents is not None:
            told = format_cents(posted.interest_cents)
            yield Difference("money", None, told, "interest was posted, and nothing says what it rests on")
        elif (posted.outcome, posted.refund_cents) not in (("no-change", 0), ("undetermined", None)):
            yield Difference("posted.outcome", posted.outcome, None, "nothing says what the act comes to")
        elif (posted.outcome == "undetermined") is not (posted.missing is not None):
            yield Difference("posted.missing", posted.missing, None, "the fact that an undetermined act lacks")
        return
    money = _part(proof, "money")
    segments, payee, terms = _read_segments(money), _read_payee(money), _read_terms(money, posted)
    for place, (segment, told) in enumerate(zip(segments, money["segments"], strict=True)):
        yield from _check_rates(f"money.segments[{place}].rates", segment, payee, terms, told.get("rates"))
    yield from _check_payee(payee, segments, terms)
    yield from _check_days(segments, posted, terms)
    yield from _check_owed(money, segments, posted)
    reading = _read_leap_years(money, segments)
    try:
        reckoned = accrue_segments(segments, payee, MoneySettings(days_in_leap_year=reading), terms)
    except InterestRateUnknown as unknown:
        yield Difference("money.interest_usd", _text(money.get("interest_usd")), None, str(unknown))
        return
    if not isinstance(reckoned, Interest):
        yield Difference("money.payee", _text(money.get("payee")), None, reckoned.why)
        return
    yield from _check_sums(money, posted, reckoned.cents)


def _read_payee(money: Mapping[str, Any]) -> PayeeKind | None:
    payee = money.get("payee")
    if payee is not None and payee not in get_args(PayeeKind):
        raise Unreadable("money.payee", payee, "no kind of payee: corporate or non-corporate")
    kind: PayeeKind | None = payee
    return kind


def _read_terms(money: Mapping[str, Any], posted: Posted) -> Terms:
    interest, rate, since = (money.get(name) for name in ("terms", "ordered_rate_pct", "ordered_from"))
    if interest not in get_args(InterestTerms):
        raise Unreadable("money.terms", interest, "no terms of interest: 1505c, none or ordered")
    if interest != "ordered":
        for name, value in (("ordered_rate_pct", rate), ("ordered_from", since)):
            if value is not None:
                raise Unreadable(f"money.{name}", value, "said though no rate was ordered")
        return Terms(posted.program, "none" if interest == "none" else "1505c")
    if not isinstance(rate, str) or _PERCENT.fullmatch(rate) is None:
        raise Unreadable("money.ordered_rate_pct", rate, "no rate in percent")
    return Terms(posted.program, "ordered", ordered_rate_pct=rate, ordered_from=read_day("money.ordered_from", since))


def _read_segments(money: Mapping[str, Any]) -> list[Segment]:
    segments = []
    for place, told in enumerate(_list(money, "segments", "money.")):
        at = f"money.segments[{place}]"
        if not isinstance(told, Mapping):
            raise Unreadable(at, told, "no part with fields")
        if told.get("debtor") not in get_args(Debtor):
            raise Unreadable(f"{at}.debtor", told.get("debtor"), "nobody who owes: importer or cbp")
        cents = read_usd(f"{at}.amount_usd", told.get("amount_usd"))
        start, end = (read_day(f"{at}.{name}", told.get(name)) for name in ("start", "end"))
        if cents <= 0 or end <= start:
            raise Unreadable(at, f"{told['amount_usd']} from {start} to {end}", "no amount owed for a time")
        segments.append(Segment(told["debtor"], cents, start, end))
    return segments


def _read_leap_years(money: Mapping[str, Any], segments: Sequence[Segment]) -> Any:
    reading = money.get("days_in_leap_year")
    if not leap_years_matter(segments):
        if reading is not None:
            raise Unreadable("money.days_in_leap_year", reading, "said though no day of a leap year bears interest")
        return 365
    if type(reading) is not int or reading not in (365, 366):
        raise Unreadable("money.days_in_leap_year", reading, "neither 365 nor 366")
    return reading


def _check_rates(at: str, segment: Segment, payee: PayeeKind | None, terms: Terms, told: Any) -> Iterator[Difference]:
    if not isinstance(told, list):
        raise Unreadable(at, told, "no list")
    try:
        published = list_rates(segment, payee, terms)
    except InterestRateUnknown as unknown:
        yield Difference(at, None, None, str(unknown))
        return
    for place, (said, rate) in enumerate(zip_longest(told, published)):
        if not isinstance(said, Mapping) or rate is None:
            told_rate, follows = (None if each is None else str(each) for each in (said, rate))
            yield Difference(f"{at}[{place}]", told_rate, follows, "the quarters of the segment")
            continue
        for name, value in rate.items():
            if said.get(name) != value or type(said.get(name)) is not type(value):
                why = "the published rates of interest" if terms.interest == "1505c" else "the terms of the order"
                yield Difference(f"{at}[{place}].{name}", _text(said.get(name)), _text(value), why)


def _check_payee(payee: PayeeKind | None, segments: Sequence[Segment], terms: Terms) -> Iterator[Difference]:
    """Said where the rate depends on it, and nowhere else: rule int-rate-source [S], 26 USC 6621(a)(1)."""
    is_needed = terms.interest == "1505c" and any(each.debtor == "cbp" for each in segments)
    if payee is not None and not is_needed:
        yield Difference("money.payee", payee, None, "no interest depends on the kind of payee")


def _is_first(posted: Posted) -> bool:
    """Whether no other act on the money of the entry can have come before: the number of a refund counts them."""
    return posted.act_key == LIQUIDATION_KEY or posted.refund_number == f"{posted.entry_number}-R01"


def _check_days(segments: Sequence[Segment], posted: Posted, terms: Terms) -> Iterator[Difference]:
    """Rules int-underpay, int-overpay [S], 19 USC 1505(c): from a payment to the act, or from when an order says.

    Of the first act on the money the one payment is known when no other version of the summary names another.
    """
    since, act, is_first = terms.ordered_from, posted.liquidated_on, _is_first(posted)
    paid_on = posted.paid_on if is_first and posted.version == 1 else None
    for place, each in enumerate(segments):
        at = f"money.segments[{place}]"
        if each.end > act:
            yield Difference(f"{at}.end", str(each.end), str(act), "the day of the act")
        if each.debtor == "importer":
            if paid_on is not None and each.end not in (paid_on, act):
                yield Difference(f"{at}.end", str(each.end), str(paid_on), "the day of the payment")
            continue
        if terms.interest == "none":
            yield Difference(f"{at}.debtor", each.debtor, None, "the order gives no interest on what CBP owes")
        if since is not None and each.start < since:
            yield Difference(f"{at}.start", str(each.start), str(since), "the day from which the order gives interest")
        if paid_on is not None and each.start < paid_on:
            yield Difference(f"{at}.start", str(each.start), str(paid_on), "the day of the payment")
        if is_first and each.end < act:
            yield Difference(f"{at}.end", str(each.end), str(act), "the day of the act: nothing was paid back before")


def _check_owed(money: Mapping[str, Any], segments: Sequence[Segment], posted: Posted) -> Iterator[Difference]:
    """What stands open at the first act on the money of an entry is what the act changes: one deposit lies there.

    Decisions that change a liquidation beside the program may have left what the importer owes without a day of
    interest, so CBP may owe more then.
    """
    if not _is_first(posted):
        return
    change, before = (read_usd(f"money.{name}", money.get(name)) for name in ("change_usd", "assessed_before_usd"))
    if before:
        yield Difference("money.assessed_before_usd", format_cents(before), format_cents(0), "no act was before it")
    if posted.act == "reliquidate" and change != -posted.removed_cents:
        follows = format_cents(-posted.removed_cents)
        yield Difference("money.change_usd", format_cents(change), follows, "what was removed from the lines")
    open_now = [each for each in segments if each.end == posted.liquidated_on]
    if not any(each.debtor == "cbp" for each in segments):
        return
    owed = sum(each.cents if each.debtor == "cbp" else -each.cents for each in open_now)
    is_whole = change == -posted.removed_cents or any(each.debtor == "importer" for each in open_now)
    if owed < -change or (is_whole and owed > -change):
        yield Difference("money.segments", format_cents(owed), format_cents(-change), "what the act changes is owed")


def _check_sums(money: Mapping[str, Any], posted: Posted, reckoned: int) -> Iterator[Difference]:
    interest, before, change, total = (
        read_usd(f"money.{name}", money.get(name))
        for name in ("interest_usd", "assessed_before_usd", "change_usd", "total_usd")
    )
    if interest != reckoned:
        told = format_cents(interest)
        yield Difference("money.interest_usd", told, format_cents(reckoned), "reckoned anew by the published rates")
    if change + interest - before != total:
        follows = format_cents(change + interest - before)
        yield Difference("money.total_usd", format_cents(total), follows, "change and interest less that of before")
    yield from _check_outcome(money, posted, before - reckoned, total)


def _check_outcome(money: Mapping[str, Any], posted: Posted, interest: int, total: int) -> Iterator[Difference]:
    """What a small difference comes to, and all others: rules min-20-liquidation, min-20-reliquidation [S]."""
    is_disregarded = money.get("is_disregarded")
    if not isinstance(is_disregarded, bool):
        raise Unreadable("money.is_disregarded", is_disregarded, "neither true nor false")
    if is_disregarded and not 0 < abs(total) < MINIMUM_CENTS:
        yield Difference("money.is_disregarded", "True", "False", f"{format_cents(total)} is not below 20 dollars")
    outcome = "no-change" if is_disregarded or not total else "refund" if total < 0 else "increase"
    if posted.outcome != outcome:
        yield Difference("posted.outcome", posted.outcome, outcome, f"the act comes to {format_cents(total)}")
    follows = {
        "interest_usd": (posted.interest_cents, 0 if is_disregarded else interest, "reckoned anew by published rates"),
        "refund_usd": (posted.refund_cents, -total if outcome == "refund" else 0, "what the act comes to"),
    }
    for name, (told, cents, why) in follows.items():
        if told != cents:
            yield Difference(f"posted.{name}", _usd(told), format_cents(cents), why)


def _check_tree(proof: Mapping[str, Any], posted: Posted, published: Published | None) -> Iterator[Difference]:
    if proof.get("tree") is None:
        yield Difference("tree", None, None, "the run has no root yet: ask for the proof again when it is sealed")
        return
    tree = _part(proof, "tree")
    leaves, index = (read_count(f"tree.{name}", tree.get(name)) for name in ("leaves", "index"))
    path = [_read_node(f"tree.path[{n}]", each) for n, each in enumerate(_list(tree, "path", "tree."))]
    own = _read_node("tree.root", tree.get("root"))
    try:
        root = climb(hash_leaf(leaf_digest(posted)), index, leaves, path)
    except ValueError as wrong:
        yield Difference("tree.path", f"{len(path)} steps", None, str(wrong))
        return
    if root != own:
        yield Difference("tree.root", own.hex(), root.hex(), "where the path leads from what was posted")
    if published is not None and published.root != root:
        yield Difference("tree.root", root.hex(), published.root.hex(), "the root that was published")
    if published is not None and published.leaves not in (None, leaves):
        yield Difference("tree.leaves", str(leaves), str(published.leaves), "how many the published root is over")


def _read_node(field: str, value: Any) -> bytes:
    try:
        node = bytes.fromhex(value)
    except (TypeError, ValueError):
        raise Unreadable(field, value, "no digest in hexadecimal digits") from None
    if len(node) != _BYTES or node.hex() != value:
        raise Unreadable(field, value, "no digest of 64 small hexadecimal digits")
    return node
