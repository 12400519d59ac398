"""Proofs that hold, and proofs of which any field was changed; the command that tells them apart without a database."""

import copy
import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.main import run
from services.liquidation.domain.money.interest import Segment
from services.liquidation.domain.money.terms import Terms
from services.liquidation.domain.program.merkle import EMPTY_ROOT, find_root, hash_leaf
from services.liquidation.domain.program.proof_checks import check_proof, read_published
from services.liquidation.domain.program.proof_documents import list_rates
from services.liquidation.domain.program.proving import definition_digest
from tests.support.proofs import DEFINITION, POSTED, build_proof

Place = tuple[str | int, ...]
SAMPLES = Path(__file__).parents[3] / "samples"
ORDERED = Terms("synthetic-order", "ordered", ordered_rate_pct="3.65", ordered_from=date(2026, 3, 31))
ORDERED_DEFINITION = {
    **DEFINITION,
    "money": {**DEFINITION["money"], "interest": "ordered", "ordered_rate_pct": "3.65", "ordered_from": "2026-03-31"},
}
OWED = Segment("cbp", 9_375_00, date(2025, 3, 12), date(2026, 5, 20))


def with_definition(definition: dict[str, Any]) -> Any:
    return replace(POSTED, definition_sha256=definition_digest(definition))


def cases() -> dict[str, tuple[dict[str, Any], str]]:
    """Proofs of every kind of interest, with their published roots."""
    none = {**DEFINITION, "money": {**DEFINITION["money"], "interest": "none"}}
    return {
        "statutory": build_proof(),
        "corporate": build_proof(payee="corporate"),
        "alone": build_proof(beside=0),
        "ordered": build_proof(with_definition(ORDERED_DEFINITION), terms=ORDERED, definition=ORDERED_DEFINITION),
        "none": build_proof(with_definition(none), terms=Terms("synthetic-order", "none"), definition=none),
        "two segments in a leap year": build_proof(
            replace(POSTED, paid_on=None),
            segments=(
                Segment("importer", 1_000_00, date(2024, 1, 10), date(2024, 3, 1)),
                Segment("cbp", 9_375_00, date(2024, 3, 1), date(2026, 5, 20)),
            ),
        ),
        "definition withheld": build_proof(definition=None),
        "paid before the version that governs": build_proof(
            replace(POSTED, version=3, paid_on=date(2025, 4, 1)), segments=(OWED,)
        ),
        "claimed after the payment": build_proof(segments=(replace(OWED, start=date(2025, 9, 1)),)),
        "each class by itself": build_proof(segments=(replace(OWED, cents=9_000_00), replace(OWED, cents=375_00))),
        "paid late": build_proof(
            segments=(Segment("importer", 20_000_00, date(2025, 2, 20), date(2025, 3, 12)), OWED),
        ),
        "after another refund": build_proof(
            replace(POSTED, act_key="reliquidation:2", refund_number="B7603245278-R02"),
            segments=(Segment("cbp", 500_00, date(2025, 3, 12), date(2026, 1, 9)), replace(OWED, cents=9_875_00)),
        ),
    }


CASES = cases()
SHAPES = ["definition withheld", "none", "ordered", "statutory", "two segments in a leap year"]
"""Proofs that differ in which fields they have."""


def test_interest_of_the_proof_is_that_of_the_vectors_of_the_design() -> None:
    proof, _ = CASES["statutory"]
    assert (proof["posted"]["interest_usd"], proof["posted"]["refund_usd"]) == ("799.68", "10174.68")
    assert CASES["corporate"][0]["posted"]["interest_usd"] == "679.43"
    # 3.65 % a year is a ten-thousandth a day, from the order's day on: 50 days.
    assert CASES["ordered"][0]["posted"]["interest_usd"] == "46.88"
    assert CASES["none"][0]["posted"]["interest_usd"] == "0.00"


@pytest.mark.parametrize("name", CASES)
def test_proof_holds_against_its_own_root_and_the_published_one(name: str) -> None:
    proof, root = CASES[name]
    for published in (None, read_published(root), read_published(root.partition(":")[2])):
        assert check_proof(json.loads(json.dumps(proof)), published) == []


def places_of(value: Any, place: Place = ()) -> Iterator[Place]:
    """The places of all values of a document that have no parts."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not isinstance(value, (dict, list)):
        yield place
    for name, each in parts:
        yield from places_of(each, (*place, name))


WORDS: tuple[tuple[str, ...], ...] = (
    ("corporate", "non-corporate"),
    ("importer", "cbp"),
    ("1505c", "none", "ordered"),
    ("refund", "no-change", "increase", "undetermined"),
    ("liquidate", "reliquidate", "at-cycle"),
)


def others_than(value: Any) -> list[Any]:
    """Other values of the same kind, none, and values of another kind."""
    if value is None:
        return ["", "2026-01-01", "1.00", "corporate", 0, 365, [], {}]
    if isinstance(value, bool):
        return [not value, int(value), None]
    if isinstance(value, int):
        return [value + 1, float(value), str(value), None, [value]]
    changed: list[Any] = [None, value + "0", "x", "", 7, [value], {"x": value}]
    digits = [place for place, each in enumerate(value) if each.isdigit()]
    some = {*digits[:1], *digits[len(digits) // 2 :][:1], *digits[-1:]}
    changed += [value[:place] + str((int(value[place]) + 1) % 10) + value[place + 1 :] for place in some]
    with suppress(ValueError):
        changed.append((date.fromisoformat(value) + timedelta(days=1)).isoformat())
    return changed + [each for words in WORDS if value in words for each in words if each != value]


def is_bound_by_interest_alone(proof: dict[str, Any], place: Place) -> bool:
    """What an importer owed before the act follows from the whole of the entry, which is not in the proof."""
    return place[-1] == "amount_usd" and bool(value_at(proof, (*place[:-1], "debtor")) == "importer")


def lists_of(value: Any, place: Place = ()) -> Iterator[Place]:
    """The places of all lists of a document."""
    if isinstance(value, list):
        yield place
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in parts:
        yield from lists_of(each, (*place, name))


def value_at(document: Any, place: Place) -> Any:
    for step in place:
        document = document[step]
    return document


def put(document: dict[str, Any], place: Place, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    value_at(changed, place[:-1])[place[-1]] = value
    return changed


@pytest.mark.parametrize("name", SHAPES)
def test_whatever_field_is_changed_is_found_but_for_what_is_told_beside_the_proof(name: str) -> None:
    proof, root = CASES[name]
    published = read_published(root)
    for place in places_of(proof):
        if place[0] == "told" or place[-1] == "line_number":
            continue
        others = others_than(value_at(proof, place))
        if is_bound_by_interest_alone(proof, place):
            others = [None, "", "0.00", "2000.00"]
        for other in others:
            assert check_proof(put(proof, place, other), published), (place, other)
    for told in (("told", "importer_number"), ("lines", 0, "line_number")):
        if told[-1] == "line_number":
            assert check_proof(put(proof, told, 9), published) == []
        else:
            assert check_proof(put(proof, told, "07-345678900"), published) == []


@pytest.mark.parametrize("name", SHAPES)
def test_list_with_more_or_fewer_elements_is_found(name: str) -> None:
    proof, root = CASES[name]
    published = read_published(root)
    for place in lists_of(proof):
        found = value_at(proof, place)
        for other in [found[1:], found[:-1], [*found, *found[-1:]], [*found, None], [*found, {}], [*found, "x"]]:
            if other != found:
                assert check_proof(put(proof, place, other), published), (place, other)


PUT_IN = (
    ("0.00", "2026-03-31", "2026-05-20"),
    ("9375.00", "2026-05-20", "2026-05-20"),
    ("0.01", "2026-05-19", "2026-05-20"),
)
# After another act what was owed is bound by the interest alone, which a cent of a day does not change.
BOUND = [(name, *each) for name in CASES for each in PUT_IN if (name, each[0]) != ("after another refund", "0.01")]


@pytest.mark.parametrize(("name", "amount", "start", "end"), BOUND)
def test_segment_that_was_put_in_is_found_though_it_bears_no_interest(
    name: str, amount: str, start: str, end: str
) -> None:
    proof, root = CASES[name]
    terms = {"ordered": ORDERED, "none": Terms("synthetic-order", "none")}.get(name)
    payee = proof["money"]["payee"]
    days = date.fromisoformat(start), date.fromisoformat(end)
    for debtor in ("cbp", "importer"):
        put_in = {"debtor": debtor, "amount_usd": amount, "start": start, "end": end}
        put_in["rates"] = list_rates(Segment("cbp" if debtor == "cbp" else "importer", 1, *days), payee, terms)
        changed = put(proof, ("money", "segments"), [*proof["money"]["segments"], put_in])
        if name != "none" or debtor == "cbp" or amount == "0.00" or start == end:
            assert check_proof(changed, read_published(root)), put_in


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("statutory", ("money", "segments", 0, "amount_usd"), "9375.05"),
        ("ordered", ("money", "segments", 0, "amount_usd"), "9376.00"),
        ("ordered", ("money", "payee"), "corporate"),
        ("none", ("money", "payee"), "corporate"),
        ("statutory", ("posted", "missing"), ""),
        ("statutory", ("lines", 0, "before_usd"), "9000.05"),
        ("statutory", ("money", "segments", 0, "end"), "9999-12-31"),
    ],
)
def test_change_that_alters_no_sum_is_found(name: str, place: Place, value: Any) -> None:
    proof, root = CASES[name]
    assert check_proof(put(proof, place, value), read_published(root))


def test_refund_without_a_number_does_not_pass_with_an_empty_one() -> None:
    proof, root = build_proof(replace(POSTED, act_key="liquidation", act="liquidate", refund_number=None))
    assert check_proof(proof, read_published(root)) == []
    assert check_proof(put(proof, ("posted", "refund_number"), ""), read_published(root))


def test_duty_before_and_after_on_a_line_is_all_that_was_removed() -> None:
    proof, root = CASES["statutory"]
    changed = put(put(proof, ("lines", 0, "before_usd"), "99999.00"), ("lines", 0, "after_usd"), "90999.00")
    found = check_proof(changed, read_published(root))
    assert [each.field for each in found] == ["lines[0].before_usd", "lines[0].after_usd"]


@pytest.mark.parametrize("name", SHAPES)
def test_half_of_a_character_anywhere_is_a_difference_that_can_be_printed(name: str) -> None:
    proof, root = CASES[name]
    for place in places_of(proof):
        for half in ("\ud800", "2026\udfff"):
            (found,) = check_proof(put(proof, place, half), read_published(root))
            assert str(found.says).isascii()
            assert found.field.endswith(f"[{place[-1]}]" if isinstance(place[-1], int) else str(place[-1]))
    (found,) = check_proof({**proof, "\ud800": 1}, read_published(root))
    assert "half of a character" in found.why


@pytest.mark.parametrize("name", SHAPES)
def test_whatever_is_taken_out_is_found_but_for_what_was_not_there(name: str) -> None:
    proof, root = CASES[name]
    published = read_published(root)
    for part in [place[:n] for place in places_of(proof) for n in range(1, len(place) + 1)]:
        if part[0] == "told" or value_at(proof, part) is None:
            continue
        changed = copy.deepcopy(proof)
        del value_at(changed, part[:-1])[part[-1]]
        is_withheld = part == ("program", "definition")  # as if it named importers that the reader may not see
        assert bool(check_proof(changed, published)) is not is_withheld, part


@pytest.mark.parametrize(
    ("place", "value", "field"),
    [
        (("posted", "removed_usd"), "9375.01", "posted.removed_usd"),
        (("posted", "cohort"), "final", "posted.cohort"),
        (("posted", "liquidated_on"), "2026-05-21", "posted.liquidated_on"),
        (("posted", "revision"), "1", "posted.revision"),
        (("posted", "entry_number"), "B7603245279", "posted.entry_number"),
        (("lines", 0, "removed_usd"), "8999.00", "lines[0].before_usd"),
        (("lines", 0, "hts"), "84713001", "posted.headings"),
        (("money", "payee"), "corporate", "money.interest_usd"),
        (("money", "segments", 0, "rates", 5, "rate_pct"), "7", "money.segments[0].rates[5].rate_pct"),
        (("money", "total_usd"), "-10174.69", "money.total_usd"),
        (("program", "definition", "basis", "order"), "Another order", "program.definition"),
        (("tree", "root"), "ab" * 32, "tree.root"),
        (("tree", "index"), 99, "tree.path"),
        (("leaf", "sha256"), "ab" * 32, "leaf.sha256"),
        (("form",), "centerline-proof-2", "form"),
    ],
)
def test_difference_names_the_field_in_its_words(place: Place, value: Any, field: str) -> None:
    found = check_proof(put(CASES["statutory"][0], place, value), None)
    assert field in [each.field for each in found]
    assert all(each.why for each in found)


def test_sample_proof_is_the_first_of_these_and_holds() -> None:
    proof, root = CASES["statutory"]
    sample = json.loads((SAMPLES / "proof.json").read_text())
    assert sample == proof
    assert check_proof(sample, read_published(root)) == []


def test_leaves_of_another_run_do_not_pass_for_those_of_the_published_root() -> None:
    (proof, _), (_, other) = CASES["statutory"], CASES["corporate"]
    assert [each.field for each in check_proof(proof, read_published(other))] == ["tree.root"]


def test_interest_of_days_without_a_published_rate_is_told_and_not_guessed() -> None:
    proof, root = CASES["statutory"]
    late = put(proof, ("money", "segments", 0, "end"), "2199-05-20")
    assert any("2199" in each.why or "no interest rate" in each.why for each in check_proof(late, read_published(root)))


@pytest.mark.parametrize("root", ["", "xyz", "5:", "five:" + "ab" * 32, "ab" * 31, "-1:" + "ab" * 32])
def test_what_is_no_root_is_refused(root: str) -> None:
    with pytest.raises(ValueError, match=r"root|count|hexadecimal"):
        read_published(root)


def test_roots_are_those_of_certificate_transparency() -> None:
    """The vectors of its reference implementation (google/certificate-transparency, merkletree tests)."""
    data = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    roots = {
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    }
    for count, root in roots.items():
        assert find_root([hash_leaf(bytes.fromhex(each)) for each in data[:count]]).hex() == root
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_command_verifies_without_network_and_names_what_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*_: Any, **__: Any) -> None:
        raise AssertionError("a proof is checked without any connection")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    monkeypatch.delenv("CENTERLINE_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    (proof, root), file = CASES["statutory"], tmp_path / "proof.json"
    file.write_text(json.dumps(proof))
    for words in ([], ["--root", root], ["--root", root.partition(":")[2]]):
        assert run(["verify-proof", str(file), *words]) == 0
        said = capsys.readouterr()
        assert said.out == ""
        assert "leaf, path, lines and interest hold" in said.err
        shown = root if words == ["--root", root] else root.partition(":")[2]
        assert f"({shown})" in said.err  # how many leaves there are is proved by nothing but the published root
    assert run(["verify-proof", str(file), "--json", "--root", root.partition(":")[2]]) == 0
    assert json.loads(capsys.readouterr().out)["leaves"] is None
    file.write_text(json.dumps(put(proof, ("posted", "cohort"), "\ud800")))
    for words in ([], ["--json"]):
        assert run(["verify-proof", str(file), *words]) == 1
        assert "posted.cohort" in capsys.readouterr().out
    file.write_text(json.dumps(put(proof, ("posted", "removed_usd"), "9375.01")))
    assert run(["verify-proof", str(file), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["differences"][0] == {
        "field": "posted.removed_usd",
        "says": "937501",
        "follows": "937500",
        "why": "the text of the leaf says so",
    }
    file.write_text(json.dumps(proof))
    assert run(["verify-proof", str(file), "--root", "5:" + "ab" * 32]) == 1
    assert "the root that was published" in capsys.readouterr().out
    assert run(["verify-proof", str(file), "--root", "5:nonsense"]) == 1
    assert "is no root as HEX or LEAVES:HEX" in capsys.readouterr().err
    for content in ("no JSON", "[]", "[" * 100_000):
        file.write_text(content)
        assert run(["verify-proof", str(file)]) == 1
        assert "is no proof" in capsys.readouterr().err
