"""Sample people can do what they are there for."""

import json

from services.console.acts.people import SAMPLE_PEOPLE
from shared.runtime.identity import RoleName
from tests.support.product import ROOT


def test_people_of_a_port_are_of_one_where_the_sample_has_something_for_them() -> None:
    lines = (ROOT / "samples" / "matters.jsonl").read_text(encoding="utf-8").splitlines()
    of_matters = {json.loads(line).get("port") for line in lines}
    people = [each for each in SAMPLE_PEOPLE if each.identity.roles & {RoleName.PORT_DIRECTOR, RoleName.PORT_STAFF}]
    assert {each.identity.subject for each in people} == {"pat", "vera"}
    assert all(each.identity.ports and each.identity.ports <= of_matters for each in people)
