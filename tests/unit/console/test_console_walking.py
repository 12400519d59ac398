"""What walks every page finds what is wrong: forms that need a script, claims that were not there, rounds of calls."""

import httpx
import pytest

from tests.support.walking import Calls, claims_in, parts_of


@pytest.mark.parametrize(
    ("middle", "fault"),
    [
        ("<form method=post><button type=submit>Go</button></form>", "a form without where it goes"),
        ("<form action=/x method=post></form>", "a form without a button"),
        ("<button type=button>Go</button>", "a button that sends nothing"),
        ("<a href=#>Go</a>", "a link that leads nowhere"),
        ("<div hx-get=/x><p>Going on.</p></div>", "changes by a script alone"),
    ],
)
def test_what_needs_a_script_is_found(middle: str, fault: str) -> None:
    (found,) = parts_of(f"<body><main><h1>T</h1>{middle}</main></body>").faults
    assert found.startswith(fault)


def test_what_works_without_a_script_is_no_fault() -> None:
    page = "<main><h1>T</h1><form action=/x method=post><input name=a><button type=submit>Go</button></form>"
    page += '<div hx-get="/x"><p>Going on. <a href="/x">Look again</a></p></div>'
    page += "<form><button type=submit>Show</button></form>"
    parts = parts_of(page + "</main>")
    assert (parts.faults, parts.headings) == ([], 1)


def test_a_claim_that_there_is_nothing_counts_where_it_was_not_made_before() -> None:
    assert claims_in(["None.", "Protests", "0 entries"], ["Protests", "3 entries"]) == ["None.", "0 entries"]
    assert claims_in(["None.", "Nobody has it"], ["None.", "Nobody has it"]) == []
    assert claims_in(["None.", "None."], ["None."]) == ["None."]
    assert claims_in(["Notes", "Nothing yet.", "Norway"], []) == ["Nothing yet."]


def test_calls_at_once_are_one_round_and_what_follows_an_answer_is_another() -> None:
    calls, requests = Calls(), [httpx.Request("GET", f"http://x/{number}") for number in range(3)]
    calls.begin("routing", requests[0])
    calls.begin("workqueue", requests[1])
    calls.end(requests[0])
    calls.end(requests[1])
    calls.begin("routing", requests[2])
    assert (calls.rounds, calls.made) == (2, ["routing", "workqueue", "routing"])
