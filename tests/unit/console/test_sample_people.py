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


def test_there_is_somebody_of_every_role_that_looks_at_pages() -> None:
    roles = {role for each in SAMPLE_PEOPLE for role in each.identity.roles}
    assert set(RoleName) - roles == {RoleName.PUBLIC, RoleName.SERVICE}
    subjects = [each.identity.subject for each in SAMPLE_PEOPLE]
    assert len(set(subjects)) == len(subjects)
