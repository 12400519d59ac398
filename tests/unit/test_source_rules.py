"""The house's source rules, read from the syntax tree, so that nobody has to remember them."""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

import pytest

from shared.contracts.registry import TOPICS
from tests.support.syntax import ROOT, nodes, parse, product, with_bodies

Finding = tuple[int, str]
"""The line and what is wrong there."""

SQL = re.compile(
    r"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|COPY|CREATE|ALTER|DROP|TRUNCATE|MERGE|LOCK|NOTIFY|LISTEN)\b"
)
GIVEN_FOLDER = "../" + "shared"  # what the product was made from, and must not read
MACHINE_PATH = re.compile(r"/(work|home|root|tmp|Users|mnt)/")
WALL_CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
RANDOMNESS = {"uuid1", "uuid4", "urandom", "SystemRandom", "token_bytes", "token_hex", "token_urlsafe", "randbits"}
SOURCE_OF_SERVICE = re.compile(r"urn:centerline:")
EVENT_MODULES = {contract.data.__module__ for contract in TOPICS.values() if contract.producer != "filers"}
EVENT_DATA = {contract.data.__name__ for contract in TOPICS.values() if contract.producer != "filers"}
LAW_TYPES = {"LawSettings", "MoneySettings", "MoneyPolicy", "CyclePolicy", "AssignmentPolicy"}
LAW_NAMES = {"law", "policy", "money_policy", "cycle_policy", "reading", "readings", "settings"}
NUMBERED = {"importer_number", "importer", "recipient", "asker", "owner", "consignee_number", "account", "party"}
"""What can be, or be named after, an importer number."""
MONEY_MODULES = ("shared/customs/*", "shared/contracts/*", "services/*/domain/*", "services/*/store/*")


@dataclass(frozen=True, slots=True)
class Rule:
    """What is looked for, where it is allowed, and one snippet each that breaks and keeps the rule."""

    name: str
    remedy: str
    find: Callable[[ast.Module], Iterator[Finding]]
    bad: tuple[str, ...]
    good: str
    within: tuple[str, ...] = ("*",)
    allowed: tuple[str, ...] = ()

    def covers(self, path: PurePosixPath) -> bool:
        return _is_one_of(path, self.within) and not _is_one_of(path, self.allowed)


def _is_one_of(path: PurePosixPath, patterns: tuple[str, ...]) -> bool:
    """`shared/db/*` stands for everything below; `*` in the middle for one name."""
    return any(
        pattern == "*"
        or (pattern.endswith("/*") and any(parent.match(pattern.removesuffix("/*")) for parent in path.parents))
        or path.match(pattern)
        for pattern in patterns
    )


def _dotted(node: ast.expr) -> str:
    """`a.b.c` of an attribute chain; what is not a name is left out: `f().c` gives `c`."""
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    for call in nodes(tree, ast.Call):
        yield call, _dotted(call.func)


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every imported module and name, in full: `from time import time` gives `time` and `time.time`."""
    for plain in nodes(tree, ast.Import):
        yield from ((plain.lineno, alias.name) for alias in plain.names)
    for node in nodes(tree, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        yield node.lineno, module
        yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def _documented(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in with_bodies(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            value = body[0].value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value


def _texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """String constants that are no docstrings; of an f-string its first part."""
    skipped = {id(node) for node in _documented(tree)}
    for joined in nodes(tree, ast.JoinedStr):
        skipped |= {id(part) for part in joined.values[1:]}
    for node in nodes(tree, ast.Constant):
        if isinstance(node.value, str) and id(node) not in skipped:
            yield node.lineno, node.value


def find_commits(tree: ast.Module) -> Iterator[Finding]:
    for call, name in _calls(tree):
        last = name.rpartition(".")[2]
        if last in {"commit", "begin_nested"} or (last == "begin" and not call.args and not call.keywords):
            yield call.lineno, f"{name}()"


def find_driver_access(tree: ast.Module) -> Iterator[Finding]:
    for node in nodes(tree, ast.Attribute):
        if node.attr in {"get_raw_connection", "driver_connection"}:
            yield node.lineno, node.attr
        elif _dotted(node) == "tx.driver":
            yield node.lineno, "tx.driver"
    for number, module in _imports(tree):
        if module.split(".")[0] in {"asyncpg", "psycopg", "psycopg2"}:
            yield number, f"import of {module}"


def find_wall_clocks(tree: ast.Module) -> Iterator[Finding]:
    for node in nodes(tree, ast.Attribute):
        if ".".join(_dotted(node).split(".")[-2:]) in WALL_CLOCKS:
            yield node.lineno, _dotted(node)
    for number, name in _imports(tree):
        if name in {"time.time", "time.time_ns"}:
            yield number, f"import of {name}"


def find_tasks(tree: ast.Module) -> Iterator[Finding]:
    for call, name in _calls(tree):
        if name.rpartition(".")[2] in {"create_task", "ensure_future", "TaskGroup"}:
            yield call.lineno, name


def find_lonely_gather(tree: ast.Module) -> Iterator[Finding]:
    for call, name in _calls(tree):
        kept = [each.value for each in call.keywords if each.arg == "return_exceptions"]
        if name.rpartition(".")[2] == "gather" and not any(isinstance(v, ast.Constant) and v.value for v in kept):
            yield call.lineno, name


def find_sql(tree: ast.Module) -> Iterator[Finding]:
    for number, text in _texts(tree):
        if SQL.match(text):
            yield number, repr(text.strip()[:40])


def find_missing_module_docstring(tree: ast.Module) -> Iterator[Finding]:
    if not ast.get_docstring(tree):
        yield 1, "no docstring"


def find_missing_docstrings(tree: ast.Module) -> Iterator[Finding]:
    for node in tree.body:
        is_named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if is_named and not node.name.startswith("_") and not ast.get_docstring(node):
            yield node.lineno, node.name


def find_bare_excepts(tree: ast.Module) -> Iterator[Finding]:
    for node in nodes(tree, ast.ExceptHandler):
        if node.type is None or _dotted(node.type) == "BaseException":
            last = node.body[-1]
            goes_on = isinstance(last, ast.Raise) and last.exc is None and node.type is not None
            if not goes_on:
                yield node.lineno, "except of everything"


def find_prints(tree: ast.Module) -> Iterator[Finding]:
    return ((call.lineno, name) for call, name in _calls(tree) if name in {"print", "builtins.print", "pprint"})


def find_floats(tree: ast.Module) -> Iterator[Finding]:
    for node in nodes(tree, ast.Constant):
        if isinstance(node.value, float):
            yield node.lineno, repr(node.value)
    for name in nodes(tree, ast.Name):
        if name.id == "float":
            yield name.lineno, "float"


def find_places(tree: ast.Module) -> Iterator[Finding]:
    for number, text in _texts(tree):
        if MACHINE_PATH.search(text) or GIVEN_FOLDER in text:
            yield number, repr(text[:60])
    for number, module in _imports(tree):
        if module.startswith("."):
            yield number, f"import of {module}"


def find_randomness(tree: ast.Module) -> Iterator[Finding]:
    for call, name in _calls(tree):
        first, _, last = name.rpartition(".")
        if last in RANDOMNESS or (first == "random" and last not in {"Random", "getrandbits"}):
            yield call.lineno, name


def find_impure_imports(tree: ast.Module) -> Iterator[Finding]:
    for number, module in _imports(tree):
        first = module.split(".")[0]
        is_own = first == "services"  # which room of which service, import-linter says
        is_customs = module == "shared.customs" or module.startswith("shared.customs.")
        if first not in sys.stdlib_module_names and not is_own and not is_customs:
            yield number, f"import of {module}"


def find_sources(tree: ast.Module) -> Iterator[Finding]:
    for number, text in _texts(tree):
        if SOURCE_OF_SERVICE.match(text):
            yield number, repr(text)


def find_built_events(tree: ast.Module) -> Iterator[Finding]:
    known = _names_of_event_data(tree)
    for call, name in _calls(tree):
        built = name.removesuffix(".model_construct")
        if built in known:
            yield call.lineno, f"{built}(...)"
        elif name.rpartition(".")[2] in {"lean_type", "partial"}:
            yield from ((call.lineno, f"{name}({_dotted(each)})") for each in call.args if _dotted(each) in known)


def _names_of_event_data(tree: ast.Module) -> set[str]:
    """As what a module knows the data of events: `EntryChanged`, `Changed` after `as`, `contracts.EntryChanged`."""
    known = {f"{module}.{kind}" for module in EVENT_MODULES for kind in EVENT_DATA}
    for node in nodes(tree, ast.ImportFrom):
        for alias in node.names if node.module is not None else ():
            if node.module in EVENT_MODULES and alias.name in EVENT_DATA:
                known.add(alias.asname or alias.name)
            elif f"{node.module}.{alias.name}" in EVENT_MODULES:
                known |= {f"{alias.asname or alias.name}.{kind}" for kind in EVENT_DATA}
    for alias in [alias for node in nodes(tree, ast.Import) for alias in node.names]:
        if alias.name in EVENT_MODULES and alias.asname:
            known |= {f"{alias.asname}.{kind}" for kind in EVENT_DATA}
    return known


def find_default_law(tree: ast.Module) -> Iterator[Finding]:
    law_names = LAW_NAMES | _law_fields()
    for function in nodes(tree, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda):
        for given, default in _defaults(function.args):
            if default is not None and _is_law(given.arg, given.annotation, law_names):
                yield given.lineno, f"{given.arg} = {ast.unparse(default)}"
    for item in [item for node in nodes(tree, ast.ClassDef) for item in node.body]:
        if isinstance(item, ast.AnnAssign) and item.value is not None and _is_law("", item.annotation, set()):
            yield item.lineno, ast.unparse(item)
    for call, called in _calls(tree):
        if called == "getattr" and len(call.args) == 3:
            name = call.args[1]
            if isinstance(name, ast.Constant) and name.value in law_names:
                yield call.lineno, ast.unparse(call)


def find_numbers_in_cursors(tree: ast.Module) -> Iterator[Finding]:
    functions = {node.name: node for node in nodes(tree, ast.FunctionDef)}
    for call, name in _calls(tree):
        if name.rpartition(".")[2] == "encode_cursor":
            keys: list[ast.AST] = list(call.args)
        elif name.rpartition(".")[2] == "build_page":
            keys = [each.value for each in call.keywords if each.arg == "key"]
        else:
            continue
        for key in [functions.get(each.id, each) if isinstance(each, ast.Name) else each for each in keys]:
            for part in ast.walk(key):
                said = part.attr if isinstance(part, ast.Attribute) else part.id if isinstance(part, ast.Name) else ""
                if said in NUMBERED:
                    yield call.lineno, f"{said} in a cursor"


def find_silent_texts(tree: ast.Module) -> Iterator[Finding]:
    """A required text of a request that may be empty."""
    for model in nodes(tree, ast.ClassDef):
        for field in model.body if model.name.endswith("In") else ():
            if (
                isinstance(field, ast.AnnAssign)
                and field.value is None
                and ast.unparse(field.annotation) == "ShortText"
            ):
                yield field.lineno, ast.unparse(field)


@cache
def _law_fields() -> set[str]:
    """Every single reading: what the records of law, policy and money are made of."""
    kinds = [
        node
        for path, tree in product().items()
        if path.match("services/*/domain/*.py") or path.match("services/*/domain/*/*.py")
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name in LAW_TYPES
    ]
    fields = [item.target for kind in kinds for item in kind.body if isinstance(item, ast.AnnAssign)]
    return {field.id for field in fields if isinstance(field, ast.Name)} - {"version"}


def _defaults(arguments: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    by_position = [*arguments.posonlyargs, *arguments.args]
    without: list[ast.expr | None] = [None] * (len(by_position) - len(arguments.defaults))
    yield from zip(by_position, [*without, *arguments.defaults], strict=True)
    yield from zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)


def _is_law(name: str, annotation: ast.expr | None, names: set[str]) -> bool:
    """Whether a parameter or field is a reading of law, policy or money, by its name or by what it is."""
    parts = [] if annotation is None else list(ast.walk(annotation))
    kinds = {part.id for part in parts if isinstance(part, ast.Name)}
    kinds |= {part.attr for part in parts if isinstance(part, ast.Attribute)}
    return name in names or not kinds.isdisjoint(LAW_TYPES)


RULES = (
    Rule(
        name="commits stand in the transaction module only",
        remedy="open a `shared.db.transaction.transaction` and let its block end",
        find=find_commits,
        bad=("await session.commit()", "async with engine.begin() as connection: ...", "connection.begin_nested()"),
        good="async with transaction(engine) as tx: ...\nreporter.begin('events', 3)",
        # What Kafka calls a commit is a word about offsets, of no transaction.
        allowed=("shared/db/transaction.py", "shared/db/migrate.py", "shared/bus/kafka.py"),
    ),
    Rule(
        name="the driver is touched in shared/db only",
        remedy="use `shared.db.bulk`",
        find=find_driver_access,
        bad=(
            "raw = await connection.get_raw_connection()",
            "x.driver_connection.execute('')",
            "import asyncpg",
            "from asyncpg import connect",
            "await tx.driver.fetch('')",
        ),
        good="await bulk.fetch(tx, statement)",
        allowed=("shared/db/*",),
    ),
    Rule(
        name="the wall clock is read in the clock module only",
        remedy="take a `Clock`, or the date as a parameter",
        find=find_wall_clocks,
        bad=(
            "datetime.now(UTC)",
            "datetime.datetime.now()",
            "datetime.utcnow()",
            "date.today()",
            "time.time()",
            "from time import time",
            "field(default_factory=datetime.now)",
        ),
        good="clock.now()\nimport time\ntime.monotonic()",
        allowed=("shared/runtime/clock.py",),
    ),
    Rule(
        name="tasks are made by the supervisor, the consumer and the command line only",
        remedy="give the supervisor a `RoleTask`: a lost task loses its error",
        find=find_tasks,
        bad=("asyncio.create_task(work())", "loop.create_task(work())", "asyncio.ensure_future(work())"),
        good="await together(one(), two())",
        allowed=("shared/runtime/supervisor.py", "shared/bus/consumer.py", "cli/*"),
    ),
    Rule(
        name="nothing goes on alone when what was begun with it has failed",
        remedy="use `shared.runtime.together`, which waits for all, or ask gather for the failures",
        find=find_lonely_gather,
        bad=("await asyncio.gather(one(), two())", "asyncio.gather(*work)", "gather(*work, return_exceptions=False)"),
        good="await asyncio.gather(one(), two(), return_exceptions=True)\nawait together(one(), two())",
    ),
    Rule(
        name="SQL stands in stores and in the platform's database rooms only",
        remedy="move the statement to the service's store",
        find=find_sql,
        bad=(
            "text('SELECT 1')",
            "Q = '''\n  INSERT INTO t VALUES (1)'''",
            "f'DELETE FROM {table}'",
            "q = 'WITH x AS (SELECT 1)'",
        ),
        good='"""SELECT is what this module is about."""\nx = "Selected", "Update your copy", f"{n} UPDATE"',
        allowed=(
            "services/*/store/*",
            "services/*/migrations/*",
            "shared/db/*",
            "shared/bus/*",
            "shared/files/*",
            "shared/parties/*",
            "shared/calendars/store.py",
            "shared/calendars/migrations.py",
        ),
    ),
    Rule(
        name="every module begins with what it is about",
        remedy="begin the module with one sentence",
        find=find_missing_module_docstring,
        bad=("", "x = 1", "# about"),
        good='"""What it is about."""',
    ),
    Rule(
        name="public functions and classes say what they mean",
        remedy="write the meaning, units, errors and source",
        find=find_missing_docstrings,
        bad=("def routes(): ...", "class Entry: ...", "async def route():\n    return 1"),
        good='def _private(): ...\nclass Entry:\n    """An entry."""',
        allowed=("services/*/migrations/versions/*",),
    ),
    Rule(
        name="no except catches everything unseen",
        remedy="name the errors",
        find=find_bare_excepts,
        bad=("try: f()\nexcept: raise", "try: f()\nexcept BaseException: pass"),
        good="try: f()\nexcept ValueError: pass\nexcept BaseException:\n    undo()\n    raise",
    ),
    Rule(
        name="nothing prints",
        remedy="log, or use the command line's console",
        find=find_prints,
        bad=("print('x')",),
        good="out.print('x')",
    ),
    Rule(
        name="money code has no floats",
        remedy="use integer cents or Decimal",
        find=find_floats,
        bad=("rate = 0.3464", "float('1.2')", "def f(duty: float): ...", "1e-2"),
        good="Decimal('0.3464') * 3",
        within=MONEY_MODULES,
        allowed=(
            "shared/contracts/documents.py",  # compares bounds of schemas
            "shared/contracts/content.py",  # compares what filers write; sums are text there
            "shared/contracts/faults.py",  # shows what came, numbers as they were written
            "services/console/domain/words.py",  # says spans of time; sums come as the services say them
        ),
    ),
    Rule(
        name="no source names a place on somebody's machine or imports by position",
        remedy="derive the path from __file__ or take it as a setting; import absolutely",
        find=find_places,
        bad=(
            "open('/home/me/x')",
            "Path('/tmp/data')",
            f"x = '{GIVEN_FOLDER}/sample'",
            "from ..shared import db",
            "from . import x",
        ),
        good="from shared.db import bulk\nx = '/readyz', 'text/html'",
    ),
    Rule(
        name="randomness is handed in",
        remedy="take a `random.Random`, or ids from `shared.runtime.ids`",
        find=find_randomness,
        bad=("uuid4()", "uuid.uuid4()", "random.random()", "random.choice(x)", "secrets.token_hex()", "os.urandom(8)"),
        good="event_id(number)\nchance.random()\nRandom(7)\nrandom.getrandbits(12)",
        allowed=(
            "shared/bus/postgres.py",  # names of group members
            "services/console/acts/secrets.py",  # what nobody may guess: ids of sessions, keys of forms
            "cli/environment.py",  # the token secret of a data folder
            "shared/runtime/tracing.py",  # the default for ids of traces, which no decision depends on
            "shared/web/middleware.py",  # ids of requests, likewise
            "shared/webhooks/signature.py",  # the secrets of webhooks
            "shared/calendars/feed.py",  # the addresses of calendar feeds
        ),
    ),
    Rule(
        name="domain imports the standard library and customs only",
        remedy="take what is needed as a parameter, in terms of the rule",
        find=find_impure_imports,
        bad=(
            "import pydantic",
            "from sqlalchemy import text",
            "import holidays",
            "from shared.runtime.clock import Clock",
            "from shared import db",
            "import shared.contracts.work",
            "def f():\n    import orjson",
        ),
        good="from datetime import date\nfrom shared.customs.calendar import add_days\nimport services.routing.domain",
        within=("services/*/domain/*",),
    ),
    Rule(
        name="a service says in publishing only which source it is",
        remedy="take SOURCE from publishing, or hand it in",
        find=find_sources,
        bad=(
            "x = 'urn:centerline:routing'",
            "SOURCE: Final = 'urn:centerline:liquidation'",
            "f'urn:centerline:{name}'",
        ),
        good="x = 'urn:filer:B76', 'urn:centerlines', SOURCE",
        within=("services/*",),
        allowed=("services/*/publishing.py",),
    ),
    Rule(
        name="events are built in publishing only",
        remedy="give publishing a builder that makes the event from rows and decisions",
        find=find_built_events,
        bad=(
            "from shared.contracts.liquidation import EntryChanged\nEntryChanged(entry_number='x')",
            "from shared.contracts.work import ReviewDecided as Decided\nx = [Decided(**row) for row in rows]",
            "from shared.contracts import notice\nnotice.NoticeChanged()",
            "import shared.contracts.routing as contracts\ncontracts.EntryRouted()",
            "import shared.contracts.routing\nshared.contracts.routing.FilingRouted()",
            "from shared.contracts.routing import AccountAssigned\nlean.lean_type(AccountAssigned)",
            "from shared.contracts.work import RequestIssued\nRequestIssued.model_construct()",
            "from shared.contracts.liquidation import ProtestChanged\npartial(ProtestChanged, sequence=1)",
        ),
        good="from shared.contracts.liquidation import EntryChanged, ProtestOutcome\n"
        "def on(data: EntryChanged) -> bool: return isinstance(data, EntryChanged)\n"
        "TOPIC_OF_DATA[EntryChanged]\nProtestOutcome(outcome='allowed')\nReason(code='x')",
        within=("services/*",),
        allowed=("services/*/publishing.py",),
    ),
    Rule(
        name="no cursor holds an importer number",
        remedy="page by an ordinal: a cursor is read by whoever gets it, and the number may be masked for them",
        find=find_numbers_in_cursors,
        bad=(
            "build_page(rows, page, key=lambda row: (row.recipient,), item=out)",
            "pagination.build_page(rows, page, key=lambda row: (row.at, row.fact.importer_number))",
            "def _place(row): return row.due_on, row.owner\nbuild_page(rows, page, key=_place)",
            "encode_cursor((importer_number,))",
        ),
        good="def _place(row): return row.due_on, row.item_id\nbuild_page(rows, page, key=_place)\n"
        "build_page(rows, page, key=lambda row: (row.ordinal,), item=lambda row: row.recipient)\nencode_cursor((at,))",
        within=("services/*", "shared/*"),
    ),
    Rule(
        name="what a request must say is not empty",
        remedy="name it SaidText (shared.contracts.terms), or let it be left out",
        find=find_silent_texts,
        bad=("class ReasonIn(BaseModel):\n    reason: ShortText",),
        good="class ReasonIn(BaseModel):\n    reason: SaidText\n    more: ShortText | None = None\n"
        "class ReasonOut(BaseModel):\n    reason: ShortText",
        within=("services/*", "shared/*"),
    ),
    Rule(
        name="nothing has a default for law, policy or money",
        remedy="demand it: a forgotten argument would silently apply another reading; settings.py knows the defaults",
        find=find_default_law,
        bad=(
            "def due(on: date, law: LawSettings = LAW): ...",
            "async def act(*, law=None): ...",
            "def assess(how: money.MoneyPolicy | None = None): ...",
            "def accrue(on: date, days_in_leap_year: Literal[365, 366] = 365): ...",
            "def is_business_day(on: date, closures: frozenset[date] = NO_CLOSURES): ...",
            "x = lambda policy=POLICY: policy",
            "class Facts:\n    law: LawSettings = LAW",
            "class Policy:\n    cycle: CyclePolicy = field(default_factory=CyclePolicy)",
            "getattr(request.app.state, 'law', LAW)",
        ),
        good="def due(on: date, law: LawSettings, *, months: int = 0): ...\ngetattr(state, 'law')\n"
        "getattr(x, 'name', 1)\nclass Facts:\n    law: LawSettings\n    name: str = ''\nLAW: Final = LawSettings()",
        within=("services/*", "shared/customs/*"),
        allowed=(
            "services/*/settings.py",
            "services/liquidation/domain/law.py",  # states the default of each reading, once
        ),
    ),
)


def violations(rule: Rule) -> list[str]:
    """One line for each, as editors understand it."""
    return [
        f"{path}:{number}: {what}"
        for path, tree in product().items()
        if rule.covers(path)
        for number, what in sorted(set(rule.find(tree)))
    ]


def test_tests_leave_nothing_running_either() -> None:
    """A poll that goes on after its test takes a connection of an engine that is gone."""
    paths = sorted(path for folder in ("tests", "bench") for path in (ROOT / folder).rglob("*.py"))
    assert paths
    assert [
        f"{path.relative_to(ROOT)}:{number}"
        for path in paths
        if "gather" in path.read_text(encoding="utf-8")
        for number, _ in find_lonely_gather(parse(path))
    ] == []


def by_name(rule: Rule) -> str:
    return rule.name.replace(" ", "-")


@pytest.mark.parametrize("rule", RULES, ids=by_name)
def test_source_keeps_the_rule(rule: Rule) -> None:
    found = violations(rule)
    assert not found, "\n".join([f"{rule.name}: {rule.remedy}", *found])


@pytest.mark.parametrize(("rule", "bad"), [(rule, bad) for rule in RULES for bad in rule.bad])
def test_rule_finds_what_breaks_it(rule: Rule, bad: str) -> None:
    assert list(rule.find(ast.parse(bad)))


@pytest.mark.parametrize("rule", RULES, ids=by_name)
def test_rule_lets_pass_what_keeps_it(rule: Rule) -> None:
    assert list(rule.find(ast.parse(rule.good))) == []


@pytest.mark.parametrize("rule", RULES, ids=by_name)
def test_rule_covers_modules_and_its_exceptions_are_needed(rule: Rule) -> None:
    assert any(rule.covers(path) for path in product())
    for pattern in rule.allowed:
        needing = [path for path, tree in product().items() if _is_one_of(path, (pattern,)) and any(rule.find(tree))]
        is_room = "*" in pattern
        assert needing or is_room, f"{pattern} needs no exception from: {rule.name}"


@pytest.mark.parametrize(
    ("path", "pattern", "is_one"),
    [
        ("shared/db/bulk.py", "shared/db/*", True),
        ("services/routing/store/tables/core.py", "services/*/store/*", True),
        ("services/routing/migrations/versions/0001.py", "services/*/migrations/*", True),
        ("services/routing/handlers.py", "services/*/store/*", False),
        ("shared/dbx/bulk.py", "shared/db/*", False),
        ("services/routing/api/entries.py", "shared/*", False),
    ],
)
def test_patterns_name_whole_rooms(path: str, pattern: str, is_one: bool) -> None:
    assert _is_one_of(PurePosixPath(path), (pattern,)) is is_one
