"""Each alert rule is made to fire, is quiet where all is well, and leads to what to do."""

import json
import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from cli.catalogue import EVERY_SERVICE, SERVICES
from shared.runtime.metrics import DECLARED, PREFIX
from tests.support.apt import install
from tests.support.product import ROOT

OBSERVABILITY = ROOT / "deploy" / "observability"
TESTS = sorted(OBSERVABILITY.glob("alerts_test*.yaml"))
DASHBOARDS = sorted((OBSERVABILITY / "dashboards").glob("*.json"))


def _rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((OBSERVABILITY / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def _promtool() -> str:
    if shutil.which("promtool") is None:
        install("promtool", "prometheus")
    found = shutil.which("promtool")
    assert found is not None
    return found


@pytest.mark.verify
@pytest.mark.sharing
@pytest.mark.timeout(600)
def test_each_alert_fires_on_what_it_is_for_and_on_nothing_else() -> None:
    done = subprocess.run([_promtool(), "test", "rules", *map(str, TESTS)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-5000:]


def test_each_alert_has_a_case_in_which_it_fires_and_one_in_which_it_is_quiet() -> None:
    fires, quiet = set(), set()
    for path in TESTS:
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]:
            for tried in case["alert_rule_test"]:
                (fires if tried["exp_alerts"] else quiet).add(tried["alertname"])
    names = {rule["alert"] for rule in _rules()}
    assert fires == names
    assert quiet == names


def test_each_alert_leads_to_its_section_of_the_runbooks() -> None:
    text = (ROOT / "docs" / "runbooks.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    assert sections.keys() == {rule["alert"] for rule in _rules()}
    for rule in _rules():
        name = rule["alert"]
        assert rule["annotations"]["runbook"] == f"docs/runbooks.md#{name.lower()}"
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert len(sections[name].split()) >= 15, name


def test_rules_and_dashboards_ask_by_labels_that_a_metric_has() -> None:
    """A label that nothing carries would make a panel empty and a rule silent."""
    labels = {PREFIX + each.name: {*each.labels, "job", "instance", "le"} for each in DECLARED}
    asked = [rule["expr"] for rule in _rules()]
    for path in DASHBOARDS:
        for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]:
            asked += [each["expr"] for each in panel["targets"]]
    for expression in asked:
        for metric, chosen in re.findall(rf"({PREFIX}[a-z_]+)(?:\{{([^}}]*)\}})?", expression):
            own = labels.get(metric) or labels[re.sub(r"_(bucket|sum|count)$", "", metric)]
            assert set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", chosen)) <= own, expression
        for by in re.findall(r"by \(([^)]*)\)", expression):
            known = {"job", "instance"}.union(
                *(own for metric, own in labels.items() if metric.split("_seconds")[0] in expression)
            )
            assert set(by.split(", ")) <= known, expression


def test_rules_that_go_by_jobs_name_jobs_of_the_schedule_and_of_every_service() -> None:
    """A name that no job has would be an alarm that never ends, or never comes."""
    shared = set(re.findall(r'Job\("([a-z-]+)"', (ROOT / "shared/runtime/events.py").read_text(encoding="utf-8")))
    scheduled = {
        service.name: shared
        | set(re.findall(r'Job\("([a-z-]+)"', (ROOT / f"services/{service.name}/jobs.py").read_text(encoding="utf-8")))
        for service in SERVICES
    }
    expressions = {rule["alert"]: rule["expr"] for rule in _rules()}
    named = [
        pair
        for expression in expressions.values()
        for pair in re.findall(r'job="([a-z]+)",job_name="([a-z-]+)"', expression)
    ]
    assert len(named) > 10
    assert [pair for pair in named if pair[1] not in scheduled[pair[0]]] == []
    absent = set(re.findall(r'absent_over_time\([a-z_]+\{job="([a-z]+)"\}', expressions["JobsStandStill"]))
    assert absent == set(scheduled)
    counted = expressions["AlarmsNotCounted"]
    (freshness,) = re.findall(r'job_name=~"([a-z|-]+)"', counted)
    assert set(freshness.split("|")) == {
        name for _, name in re.findall(r'job="([a-z]+)",job_name="([a-z-]+)"', counted)
    }


def test_no_label_of_ours_is_one_that_prometheus_gives() -> None:
    """Prometheus would rename it to `exported_…`, and rules that ask by it would be silent."""
    given = {"job", "instance", "service", "pod", "namespace", "endpoint", "container"}
    assert not {label for each in DECLARED for label in each.labels} & given


def test_each_declared_metric_is_on_a_dashboard() -> None:
    shown = "\n".join(path.read_text(encoding="utf-8") for path in DASHBOARDS)
    assert [each.name for each in DECLARED if PREFIX + each.name not in shown] == []
    assert [path.stem for path in DASHBOARDS] == ["law", "pipeline", "services"]
    for path in DASHBOARDS:
        identities = [panel["id"] for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]]
        assert len(set(identities)) == len(identities)


def test_durations_are_named_by_convention() -> None:
    """Prometheus: base units, `_total` for counters only, and `_duration_seconds` for how long something took."""
    for each in DECLARED:
        assert not each.name.endswith(("_ms", "_milliseconds", "_minutes"))
        if each.buckets and each.unit == "seconds":
            assert each.name.endswith("_duration_seconds"), each.name


def test_what_runbooks_ask_is_there() -> None:
    """A path that no service has, or a setting that there is not, would cost an hour of the night."""
    text = (ROOT / "docs" / "runbooks.md").read_text(encoding="utf-8")
    documents = ROOT / "docs" / "contracts" / "openapi"
    operations = {
        (method.upper(), path)
        for document in documents.glob("*.json")
        for path, methods in json.loads(document.read_text(encoding="utf-8"))["paths"].items()
        for method in methods
    }
    named = set(re.findall(r"`(GET|PUT|POST) (/[a-z/-]+)", text))
    assert len(named) >= 8
    assert named <= operations
    settings = {f"CENTERLINE_{name.upper()}" for service in EVERY_SERVICE for name in service.settings.model_fields}
    for variable in set(re.findall(r"CENTERLINE_[A-Z_]+\b\*?", text)):
        assert variable in settings or any(each.startswith(variable.rstrip("*")) for each in settings), variable
    values = (ROOT / "deploy" / "helm" / "centerline" / "values.yaml").read_text(encoding="utf-8")
    for value in re.findall(r"`services\.\*\.([a-z.]+)`", text):
        assert all(f"{name}:" in values for name in value.split(".")), value
