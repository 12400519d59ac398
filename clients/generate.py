"""Makes the Python client's models, operations and codes from docs/contracts and the catalogue of problems.

For maintainers (`make client`). What is made is committed; `tests/contract/test_python_client.py` compares it.
"""

import json
import keyword
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from datamodel_code_generator import DataModelType, GenerateConfig, InputFileType, generate
from datamodel_code_generator.enums import OpenAPIScope
from datamodel_code_generator.format import Formatter, PythonVersion
from datamodel_code_generator.parser import LiteralType

from shared.customs.problems import problem_kinds

ROOT: Final = Path(__file__).resolve().parent.parent
DOCUMENTS: Final = ROOT / "docs" / "contracts" / "openapi"
PACKAGE: Final = ROOT / "clients" / "python" / "centerline_client"
SERVICES: Final = ("routing", "workqueue", "liquidation", "notifications")
_HEAD: Final = "made by `make client` from openapi/{service}.json, never by hand."
_BOUNDS: Final = frozenset(
    {
        *("examples", "example", "title", "default", "pattern", "minLength", "maxLength", "minimum", "maximum"),
        *("exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems", "uniqueItems", "multipleOf"),
        *("formatMinimum", "formatMaximum", "links", "maxProperties", "minProperties", "contentMediaType"),
    }
)
"""What a service judges by itself, and may judge otherwise tomorrow: a client that did so too would be out of date."""
_WORDS: Final = ("x-extensible-enum", "enum")
_UNSENT: Final = frozenset({"accept", "If-None-Match"})
_PYTHON: Final = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "object": "dict[str, Any]"}
_FORMATS: Final = {"date": "date", "date-time": "datetime", "uuid": "UUID"}


def made() -> Iterator[tuple[str, str]]:
    """Every made file of the package with its text, by its path below the package."""
    for service in SERVICES:
        document = json.loads((DOCUMENTS / f"{service}.json").read_text(encoding="utf-8"))
        _rename_schemas(document)
        yield f"models/{service}.py", _models(service, document)
        yield f"{service}.py", _tidy(_operations(service, document))
    yield "codes.py", _tidy(_codes())


def main() -> None:
    """Write every file that differs."""
    for name, text in made():
        (PACKAGE / name).write_text(text, encoding="utf-8")


def _tidy(text: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length=120", "--target-version=py311", "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout  # noqa: S603 - fixed


def _class_name(name: str) -> str:
    """The name of a schema as that of a class.

    >>> _class_name("Page_EntryOut_"), _class_name("Body_issue_token")
    ('PageEntryOut', 'BodyIssueToken')
    """
    return "".join(part[0].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name) if part)


def _rename_schemas(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    names = {name: _class_name(name) for name in schemas}
    if len(set(names.values())) != len(names):
        raise ValueError(f"two schemas of {document['info']['title']} would have one name")
    document["components"]["schemas"] = {names[name]: schema for name, schema in schemas.items()}
    for node in _nodes(document):
        if isinstance(node.get("$ref"), str) and node["$ref"].startswith("#/components/schemas/"):
            node["$ref"] = "#/components/schemas/" + names[node["$ref"].rpartition("/")[2]]
        mapping = node.get("mapping")
        if isinstance(mapping, dict):
            node["mapping"] = {
                word: "#/components/schemas/" + names[place.rpartition("/")[2]] for word, place in mapping.items()
            }


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _nodes(each)
    elif isinstance(value, list):
        for each in value:
            yield from _nodes(each)


def _models(service: str, document: Mapping[str, Any]) -> str:
    """The schemas as pydantic models: lists of words are closed in what is sent, and open in what is read."""
    schemas = document["components"]["schemas"]
    sent = _reached(schemas, [operation.get("requestBody", {}) for _, _, operation in _each(document)])
    eased = {name: _eased(schema, is_closed=name in sent) for name, schema in schemas.items() if name != "Problem"}
    eased = {name: schema for name, schema in eased.items() if name not in {"FieldProblem", "HTTPValidationError"}}
    used = _reached(eased, [schema.get("properties", {}) for schema in eased.values()])
    eased = {name: schema for name, schema in eased.items() if name in used or schema.get("type") == "object"}
    source = {"openapi": "3.1.0", "info": {"title": service, "version": "1"}, "paths": {}}
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "models.py"
        generate(
            json.dumps({**source, "components": {"schemas": eased}}),
            config=GenerateConfig(
                input_file_type=InputFileType.OpenAPI,
                openapi_scopes=[OpenAPIScope.Schemas],
                output=output,
                output_model_type=DataModelType.PydanticV2BaseModel,
                target_python_version=PythonVersion.PY_311,
                formatters=[Formatter.BUILTIN],
                base_class="centerline_client.model.Model",
                disable_timestamp=True,
                use_annotated=True,
                use_standard_collections=True,
                use_union_operator=True,
                use_schema_description=True,
                use_field_description=True,
                collapse_root_models=True,
                enum_field_as_literal=LiteralType.All,
                custom_file_header=f'"""What {service} takes and gives; {_HEAD.format(service=service)}"""',
            ),
        )
        return output.read_text(encoding="utf-8")


def _reached(schemas: Mapping[str, Any], roots: list[Any]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [*roots]
    while waiting:
        for node in _nodes(waiting.pop()):
            name = str(node.get("$ref", "")).rpartition("/")[2]
            if name in schemas and name not in found:
                found.add(name)
                waiting.append(schemas[name])
    return frozenset(found)


def _eased(schema: Any, *, is_closed: bool, is_of_fields: bool = False) -> Any:
    """A schema without bounds; `is_of_fields` where the keys are names of fields."""
    if isinstance(schema, list):
        return [_eased(each, is_closed=is_closed) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if is_of_fields:
        return {name: _eased(each, is_closed=is_closed) for name, each in schema.items()}
    eased = {
        name: _eased(each, is_closed=is_closed, is_of_fields=name == "properties")
        for name, each in schema.items()
        if name not in _BOUNDS
    }
    if not is_closed and (words := next((eased[key] for key in _WORDS if key in eased), None)):
        listed = f"Words: {', '.join(map(str, words))}; there may be others."
        eased = {name: each for name, each in eased.items() if name not in _WORDS}
        eased["description"] = " ".join(filter(None, (eased.get("description"), listed)))
    return eased


def _each(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _operations(service: str, document: Mapping[str, Any]) -> str:
    lines = [
        f'"""Operations of {service}; {_HEAD.format(service=service)}"""',
        "",
        "from collections.abc import Mapping, Sequence",
        "from datetime import date, datetime",
        "from typing import Any, Literal",
        "from uuid import UUID",
        "",
        "from centerline_client.core import Answer, File, Service",
        f"from centerline_client.models import {service} as models",
        "",
        "",
        f"class {service.capitalize()}(Service):",
        f'    """{document["info"]["summary"]}"""',
    ]
    for path, method, operation in _each(document):
        lines += ["", *_method(document, path, method, operation)]
    return _without_unused("\n".join(lines) + "\n")


def _without_unused(text: str) -> str:
    """Leave out the imports that no operation of this service needs."""
    for line in re.findall(r"^from .*$", text, flags=re.MULTILINE):
        module, _, names = line.partition(" import ")
        if " as " in names:
            continue
        rest = text.replace(line, "")
        used = [name for name in names.split(", ") if re.search(rf"\b{name}\b", rest)]
        text = text.replace(line, f"{module} import {', '.join(used)}" if used else "").replace(
            "\n\n\n\nfrom", "\nfrom"
        )
    return re.sub(r"\n{2,}from collections", "\n\nfrom collections", text)


def _method(document: Mapping[str, Any], path: str, method: str, operation: dict[str, Any]) -> Iterator[str]:
    parameters = [each for each in operation.get("parameters", ()) if each["name"] not in _UNSENT]
    by_place: dict[str, list[dict[str, Any]]] = {"path": [], "query": [], "header": []}
    for each in parameters:
        by_place[each["in"]].append(each)
    keyed = [each for each in by_place["header"] if each["name"] == "Idempotency-Key"]
    takes = _Body(document, operation.get("requestBody", {}))
    returned = _returned(document, operation)
    yield f"    def {_argument(operation['operationId'])}("
    yield "        self,"
    for each in by_place["path"]:
        yield f"        {_argument(each['name'])}: {_type(document, each['schema'])},"
    yield from (f"        {line}," for line in takes.positional)
    named = [*takes.named]
    for each in (*by_place["query"], *by_place["header"]):
        is_needed = each.get("required", False) and each not in keyed
        kind = _type(document, each["schema"])
        kind = kind if is_needed else f"{kind.removesuffix(' | None')} | None = None"
        named.append((is_needed, f"{_argument(each['name'])}: {kind}"))
    if named:
        yield "        *,"
        yield from (f"        {line}," for _, line in sorted(named, key=lambda each: not each[0]))
    yield f"    ) -> Answer[{returned}]:"
    yield f'        """{operation["summary"]}'
    yield ""
    yield f"        {method.upper()} {path}"
    yield '        """'
    yield "        return self._call("
    yield f'            "{method.upper()}",'
    yield f'            "{path}",'
    yield f"            returns={returned},"
    for word, place in (("names", "path"), ("query", "query")):
        if by_place[place]:
            pairs = ", ".join(f'"{each["name"]}": {_argument(each["name"])}' for each in by_place[place])
            yield f"            {word}={{{pairs}}},"
    if by_place["header"]:
        pairs = ", ".join(f'"{each["name"]}": {_argument(each["name"])}' for each in by_place["header"])
        yield f"            headers={{{pairs}}},"
    if keyed:
        yield "            takes_key=True,"
    yield from (f"            {line}," for line in takes.passed)
    yield "        )"


class _Body:
    """How the body of an operation is given: as a model, as text of some kind, or as a file with fields."""

    def __init__(self, document: Mapping[str, Any], described: Mapping[str, Any]) -> None:
        contents = described.get("content", {})
        self.positional: list[str] = []
        self.named: list[tuple[bool, str]] = []
        self.passed: list[str] = []
        if not contents:
            return
        if set(contents) == {"application/json"}:
            schema = contents["application/json"]["schema"]
            kind = _type(document, schema)
            kind = kind if kind.startswith("dict") else f"{kind.removesuffix(' | None')} | Mapping[str, Any]"
            if described.get("required"):
                self.positional.append(f"body: {kind}")
            else:
                self.positional.append(f"body: {kind} | None = None")
            self.passed.append("body=body")
        elif "multipart/form-data" in contents:
            schema = contents["multipart/form-data"]["schema"]
            fields = {name: each for name, each in schema["properties"].items() if name != "file"}
            self.positional.append("file: File")
            for name, each in fields.items():
                kind = _type(document, each).removesuffix(" | None")
                self.named.append((False, f"{_argument(name)}: {kind} | None = None"))
            pairs = ", ".join(f'"{name}": {_argument(name)}' for name in fields)
            self.passed += ["file=file", f"form={{{pairs}}}"]
        else:
            words = ", ".join(f'"{each}"' for each in contents)
            self.named += [(True, "content: str | bytes"), (True, f"content_type: Literal[{words}]")]
            self.passed += ["content=content", "content_type=content_type"]


def _returned(document: Mapping[str, Any], operation: Mapping[str, Any]) -> str:
    kinds = []
    for code, answer in operation["responses"].items():
        if not code.startswith("2"):
            continue
        content = answer.get("content", {})
        if "application/json" in content:
            kinds.append(_type(document, content["application/json"].get("schema", {})))
        else:
            kinds.append("bytes" if content else "None")
    return " | ".join(dict.fromkeys(kinds))


def _type(document: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """The Python type of a schema."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        target = document["components"]["schemas"][name]
        return _type(document, target) if "enum" in target else f"models.{name}"
    several = schema.get("anyOf") or schema.get("oneOf")
    if several:
        kinds = dict.fromkeys(_type(document, each) for each in several)
        return " | ".join([*(kind for kind in kinds if kind != "None"), *(kind for kind in kinds if kind == "None")])
    if "enum" in schema:
        return f"Literal[{', '.join(repr(word) for word in schema['enum'])}]"
    kind = schema.get("type")
    if kind == "null":
        return "None"
    if kind == "array":
        inner = _type(document, schema.get("items", {}))
        return f"list[{inner}]" if "models." in inner else f"Sequence[{inner}]"
    if kind == "string" and schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    return _PYTHON.get(str(kind), "Any")


def _argument(name: str) -> str:
    """The name of a parameter as that of an argument.

    >>> _argument("If-Match"), _argument("from"), _argument("entry_number")
    ('if_match', 'from_', 'entry_number')
    """
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower())
    return f"{plain}_" if keyword.iskeyword(plain) else plain


def _codes() -> str:
    lines = [
        '"""Codes of problems, made from the catalogue of problems by `make client`; never edited by hand."""',
        "",
        "from enum import StrEnum",
        "",
        "",
        "class Code(StrEnum):",
        '    """Every code that a problem had when this was made; a service may know newer ones."""',
        "",
    ]
    for kind in sorted(problem_kinds().values(), key=lambda each: each.code):
        lines.append(f'    {_constant(kind.code)} = "{kind.code}"')
        lines.append(f'    """{kind.title}: {kind.meaning}"""')
    return "\n".join(lines) + "\n"


def _constant(code: str) -> str:
    return re.sub(r"[^A-Z0-9]+", "_", code.upper())


if __name__ == "__main__":
    main()
