"""Effects of decisions by accounting class: they come to the duty and fees that stand beside them."""

import orjson
import pytest
from pydantic import ValidationError

from services.liquidation.domain.money.amounts import (
    ADDITIONAL_DUTY,
    ANTIDUMPING,
    COUNTERVAILING,
    DUTY,
    UNSPECIFIED_DUTY,
)
from services.liquidation.publishing import describe_effect
from shared.contracts.decision import DUTY_CLASSES, MoneyEffect


def test_contract_and_record_name_the_same_classes_of_duty() -> None:
    assert {DUTY, ADDITIONAL_DUTY, ANTIDUMPING, COUNTERVAILING, UNSPECIFIED_DUTY} == DUTY_CLASSES


@pytest.mark.parametrize(
    ("classes", "fault"),
    [
        ([("duty", "9.00")], "classes-do-not-add-up"),
        ([("duty", "10.00"), ("499", "1.00")], "classes-do-not-add-up"),
        ([("duty", "4.00"), ("duty", "6.00")], "duplicate-class"),
        ([("excise", "10.00")], "string_pattern_mismatch"),
    ],
)
def test_classes_that_do_not_come_to_the_effect_are_refused(classes: list[tuple[str, str]], fault: str) -> None:
    given = [{"class_code": code, "change_usd": change} for code, change in classes]
    with pytest.raises(ValidationError) as refused:
        MoneyEffect.model_validate_json(orjson.dumps({"duty_usd": "10.00", "by_class": given}))
    assert [error["type"] for error in refused.value.errors()] == [fault]


def test_an_effect_without_named_classes_tells_duty_and_fees_only() -> None:
    told = describe_effect({"duty-unspecified": 70_00, "fees-unspecified": -5_00})
    assert (told.duty_usd, told.fees_usd, told.by_class) == ("70.00", "-5.00", ())
