"""The forms of acts on a protest ask for what the contract of liquidation takes: every act, every field, every code."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.console.domain.protest_acts import FORMS, NOTE, Field, form_of

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "contracts" / "openapi" / "liquidation.json"
SCHEMAS: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))["components"]["schemas"]
ENTRY = "B7603245278"


def bodies() -> dict[str, dict[str, Any]]:
    """The schema of each kind of act."""
    named = SCHEMAS["GroupActIn"]["properties"]["act"]["discriminator"]["mapping"]
    return {kind: SCHEMAS[reference.rpartition("/")[2]] for kind, reference in named.items()}


def codes_of(schema: dict[str, Any]) -> set[str] | None:
    inner = schema.get("items", schema)
    inner = next((each for each in inner.get("anyOf", ()) if each.get("type") != "null"), inner)
    if "$ref" in inner:
        inner = SCHEMAS[inner["$ref"].rpartition("/")[2]]
    found = inner.get("enum") or ([inner["const"]] if "const" in inner else None)
    return set(found) if found else None


def differences(field: Field, name: str, schema: dict[str, Any]) -> list[str]:
    if name not in schema["properties"]:
        return [f"{name} is not asked for"]
    codes = codes_of(schema["properties"][name])
    return [] if codes == (set(field.codes) if field.codes else None) else [f"{name}: {codes}"]


def test_every_act_has_a_form_and_every_form_an_act() -> None:
    assert set(FORMS) == set(bodies())


@pytest.mark.parametrize("act", FORMS)
def test_form_asks_for_what_the_act_takes(act: str) -> None:
    schema, form = bodies()[act], form_of(act, [ENTRY])
    header = {field.name: field for field in form.fields if "." not in field.name}
    rows = {field.name.partition(".")[2]: field for field in form.fields if "." in field.name}
    wrong = [each for name, field in header.items() for each in differences(field, name, schema)]
    wrong += [each for name, field in rows.items() for each in differences(field, name, SCHEMAS["DecisionItemIn"])]
    assert wrong == []
    assert form.has_note == (NOTE in schema["properties"])
    required = set(schema["required"]) - {"kind"}
    assert required <= {name for name, field in header.items() if field.is_required}


def test_a_code_that_is_not_taken_is_found() -> None:
    field = Field("ground", "Ground", "code", {"whim": "A whim"})
    assert differences(field, "ground", bodies()["reject"]) != []
