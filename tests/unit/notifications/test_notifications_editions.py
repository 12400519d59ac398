"""Editions of the words: none changes without a new edition, and what was said before is told as it was."""

import hashlib
import json
from dataclasses import asdict

from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.editions import PAST_WORDS, find_edition, words_in_edition
from services.notifications.domain.kind import EDITIONS, VERSION, Wording

DIGESTS = {3: "48905fc79402ce8fce88db4c69c6d8126b474582a2e4f0c6ed936918bf659fd3"}
"""Of the words of an edition. Another digest: make a new edition, and keep what it replaces in `PAST_WORDS`."""

ADDED = {
    "N-42": "376afdddf901dc458a961f904eaf49329b00d7443944968976972f987c852777",
    "N-43": "04c655a401f897c2dccba540f0e698d4248ae015d5cd111a1b1eea7da17e27d7",
    "N-44": "18c7a80824a93f4fcb8108582a6fbae77897affa88c41b9fec1d24e5e51cd24b",
    "N-45": "fb892cde3fe5b222309b2b2289fd0c9ab5c21da1bf2b92a325242835e4845d0c",
    "N-46": "38a3d9c348dab005c9c750f530d38d71a681ef01bcf0cee2110b92da56ef19ce",
    "N-47": "6f8d066597eb98dc6f06e56c564c264f29154d42e51ac0903ad861cd7b27c74e",
    "N-48": "622f034b0d7235593f7bb302f92250d89560f6fc1115992838dfb701cd2a2474",
    "N-49": "a67fca72a02c962c80d4b1bcbc470b7367a746be79b558e1ff0b66d3f7d60bf0",
    "N-33 party": "cc394eadc27759c22eb7e8414d3900e409fb491d012c8976de821a4ec9996d72",
    "N-33 correction": "7781376c9bdeb5fb5d1203f1f1399160ceb2afdc611d4e27549db4d2c1d9fbb1",
}
"""Of kinds, and cases of kinds, that came while an edition was in use: nothing was said in their words before, so they
need no new one.
"""


def words_of(version: int, *kinds: str) -> str:
    cases = {f"{kind} {case}": (kind, case) for kind in CATALOGUE for case in (None, *CATALOGUE[kind].variants)}
    added = {name for name, (kind, _) in cases.items() if kind in ADDED or name in ADDED}
    wanted = [name for name, (kind, _) in cases.items() if kind in kinds or name in kinds] or cases.keys() - added
    words = {name: asdict(words_in_edition(*cases[name], version)) for name in wanted}
    return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()


def test_the_words_of_an_edition_are_those_that_it_began_with() -> None:
    assert {version: words_of(version) for version in DIGESTS} == DIGESTS
    assert VERSION in DIGESTS
    assert {kind: words_of(VERSION, kind) for kind in ADDED} == ADDED


def test_past_words_are_of_kinds_and_editions_that_there_are() -> None:
    for (kind, variant), replaced in PAST_WORDS.items():
        assert variant is None or variant in CATALOGUE[kind].variants
        assert set(replaced) <= {edition.version for edition in EDITIONS[:-1]}


def test_an_edition_says_what_it_said_until_its_words_were_replaced() -> None:
    past = {("N-16", None): {2: Wording("first", "a"), 4: Wording("second", "b")}}
    said = [words_in_edition("N-16", None, version, past).text for version in (1, 2, 3, 4, 5)]
    assert said == ["first", "first", "second", "second", CATALOGUE["N-16"].text]


def test_editions_are_found_by_number_and_begin_one_after_the_other() -> None:
    assert [find_edition(version) for version in (1, VERSION, VERSION + 1)] == [EDITIONS[0], EDITIONS[-1], None]
    assert [each.used_from for each in EDITIONS] == sorted(each.used_from for each in EDITIONS)
