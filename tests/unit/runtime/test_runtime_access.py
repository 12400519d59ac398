"""The policy: who may do what, where and since when, from the table."""

from datetime import date

import pytest

from shared.customs.authority import DECIDE, Scope, actions, authority_table, grants, holders
from shared.runtime.access import Matter, demand, granted, judge, legal_basis, reach_of
from shared.runtime.errors import Forbidden, NotFound
from shared.runtime.identity import Identity, RoleName
from shared.web import me

ON = date(2026, 3, 2)
MATTER = Matter("07-345678900", frozenset({"CEE007"}), filer_code="B76", surety_code="036")


def staff(role: RoleName, *centers: str, divisions: frozenset[str] = frozenset()) -> Identity:
    return Identity("kim", "Kim", frozenset({role}), frozenset(centers), divisions)


def test_specialist_acts_in_the_centers_of_the_token_and_learns_nothing_of_others() -> None:
    own, other = staff(RoleName.LIQUIDATION_SPECIALIST, "CEE007"), staff(RoleName.LIQUIDATION_SPECIALIST, "CEE003")
    assert demand(own, "entry.liquidate", ON, MATTER, "entry 1") == "entry.liquidate/center"
    with pytest.raises(NotFound, match="There is no entry 1"):
        demand(other, "entry.liquidate", ON, MATTER, "entry 1")


def test_token_that_names_no_center_reaches_no_center() -> None:
    nowhere = staff(RoleName.CENTER_DIRECTOR)
    reached = {action for action in actions() if reach_of(nowhere, action, ON).row_for(MATTER) is not None}
    of_centers = {row.action for row in authority_table() if row.scope in {Scope.CENTER, Scope.DIVISION}}
    national = {row.action for row in authority_table() if row.scope in {Scope.NATIONAL, Scope.PUBLIC}}
    assert reached & (of_centers - national) == set()


def test_what_no_center_has_yet_is_reached_by_the_specialists_of_each() -> None:
    kim = staff(RoleName.LIQUIDATION_SPECIALIST, "CEE003")
    assert demand(kim, "entry.extend", ON, Matter("07-345678900"), "entry 1") == "entry.extend/unassigned"
    pending = Matter("07-345678900", frozenset({"PNDING"}))
    assert demand(kim, "entry.extend", ON, pending, "entry 1") == "entry.extend/unassigned"


def test_who_may_read_and_not_act_is_told_why() -> None:
    auditor = staff(RoleName.AUDITOR)
    with pytest.raises(Forbidden, match="needs the role center-director or liquidation-specialist") as refused:
        demand(auditor, "entry.liquidate", ON, MATTER, "entry 1")
    assert refused.value.code == "role-required"


def test_division_is_reached_only_where_center_and_division_are_named() -> None:
    item = Matter("07-345678900", frozenset({"CEE007"}), "enforcement")
    role = RoleName.IMPORT_SPECIALIST
    whole = staff(role, "CEE007", divisions=frozenset({"enforcement"}))
    assert judge(whole, "item.work", ON, item).row_id == "item.work/division"
    for caller in (staff(role, "CEE007"), staff(role, "CEE003", divisions=frozenset({"enforcement"}))):
        assert judge(caller, "item.work", ON, item).code == "out-of-reach"


@pytest.mark.parametrize(
    ("code", "action", "is_reached"),
    [
        ("see", "entry.read", True),
        ("see", "protest.file", False),
        ("protest", "protest.file", True),
        ("protest", "entry.read", True),
        ("all", "protest.file", True),
        ("extend", "protest.file", False),
    ],
)
def test_what_is_delegated_reaches_as_far_as_its_scope(code: str, action: str, is_reached: bool) -> None:
    counsel = Identity(
        "lee",
        "Lee",
        frozenset({RoleName.TRADE_COUNSEL}),
        party="counsel:2001",
        delegations={code: frozenset({"07-345678900"})},
    )
    assert reach_of(counsel, action, ON).covers(MATTER) is is_reached


def test_delegate_is_told_the_importers_that_delegated_what_the_action_needs() -> None:
    lee = Identity(
        "lee",
        "Lee",
        frozenset({RoleName.TRADE_COUNSEL}),
        party="counsel:2001",
        delegations={"see": frozenset({"07-111111100"}), "protest": frozenset({"07-222222200"})},
    )

    def told(action: str) -> list[str]:
        (row,) = [row for row in granted(lee, action, ON) if row.scope is Scope.DELEGATED]
        return me._where(row, lee)

    assert told("protest.file") == ["07-222222200"]
    assert told("protest.read") == ["07-111111100", "07-222222200"]


def test_filer_and_surety_reach_what_carries_their_code_in_their_role_only() -> None:
    broker = Identity("b", "B", frozenset({RoleName.BROKER}), filer_code="B76", surety_code="036")
    surety = Identity("s", "S", frozenset({RoleName.SURETY}), filer_code="B76", surety_code="036")
    assert reach_of(broker, "entry.read", ON).row_for(MATTER) == "entry.read/filed-by"
    assert reach_of(surety, "entry.read", ON).row_for(MATTER) == "entry.read/bonded-by"
    importer = Identity("i", "I", frozenset({RoleName.IMPORTER}), filer_code="B76", surety_code="036")
    assert not reach_of(importer, "entry.read", ON).covers(MATTER)


def test_port_is_reached_by_its_people_and_a_name_by_whoever_bears_it() -> None:
    pat = Identity("pat", "Pat", frozenset({RoleName.PORT_STAFF}), ports=frozenset({"2704"}))
    hal = Identity("hal", "Hal", frozenset({RoleName.HSI}), centers=frozenset({"CEE007"}), ports=frozenset({"2704"}))
    held = Matter("07-345678900", frozenset({"CEE007"}), ports=frozenset({"2704", "1303"}))
    referred = Matter("07-345678900", frozenset({"CEE007"}), named=frozenset({"hal", "pat"}))
    assert judge(pat, "item.act", ON, held).row_id == "item.act/port"
    assert judge(hal, "item.act", ON, referred).row_id == "item.act/named"
    for caller, matter in ((pat, referred), (hal, held), (pat, MATTER), (hal, MATTER)):
        assert judge(caller, "item.read", ON, matter).code == "out-of-reach"
    nowhere = Identity("poe", "Poe", frozenset({RoleName.PORT_DIRECTOR}))
    assert not reach_of(nowhere, "item.read", ON).covers(held)
    assert [me._where(row, pat) for row in granted(pat, "item.read", ON)] == [["2704"]]


def test_act_rests_on_who_holds_the_function_by_law_on_its_day() -> None:
    assert str(legal_basis("entry.liquidate", ON)).startswith("liquidation-center: 81 FR 92978")
    assert str(legal_basis("entry.liquidate", date(2013, 3, 2))).startswith("liquidation-port: ")
    assert legal_basis("cycle.read", ON) is not None
    assert legal_basis("account.read", ON) is None


def test_every_row_names_known_roles_and_every_action_can_be_read_first() -> None:
    for row in authority_table():
        assert set(row.roles) <= {*RoleName, "electronic"}, row.row_id
        assert (row.delegated is not None) == (row.scope is Scope.DELEGATED), row.row_id
        assert (row.evidence == "I") == (row.action != DECIDE), row.row_id
    known = set(actions())
    for subject in ("entry", "deemed-case", "protest", "bill", "refund", "preference-claim", "item", "filing"):
        assert f"{subject}.read" in known


def test_rows_of_the_law_are_no_grants_and_grants_are_no_law() -> None:
    assert all(row.action != DECIDE for action in actions() for row in grants(action, ON))
    assert all(row.action == DECIDE for row in holders("liquidation", ON))
    with pytest.raises(KeyError):
        grants("entry.burn", ON)
