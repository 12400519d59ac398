"""The chart gives what Kubernetes takes and production accepts, and each of its values does something."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.catalogue import EVERY_SERVICE
from shared.runtime.events import consumer_settings
from shared.runtime.settings import Role, SettingsError, load_settings
from tests.support.helm import CHART, ChartError, check, render, render_text
from tests.support.product import ROOT
from tests.support.services import SERVICES

pytestmark = [pytest.mark.verify, pytest.mark.sharing, pytest.mark.timeout(900)]

WORKLOADS = {"Deployment", "StatefulSet", "Job"}
OF_THE_COMMAND = {"CENTERLINE_ARCHIVE", "CENTERLINE_DATA", "CENTERLINE_BUS", "CENTERLINE_ENV"}
BY_NAME = {service.name: service for service in EVERY_SERVICE}
EVERYTHING: Mapping[str, Any] = {
    "autoscaling": {"enabled": True},
    "podMonitor": {"enabled": True},
    "ingress": {
        "enabled": True,
        "className": "public",
        "tlsSecret": "centerline-tls",
        "hosts": {"console": "centerline.example.gov", "notifications": "notices.example.gov"},
    },
    "traces": {"url": "http://collector:4318/v1/traces", "share": 0.5},
    "kafka": {"certificateSecret": {"name": "centerline-kafka", "key": "client.pem"}},
    "files": {"url": "file:///files", "claim": "centerline-files"},
    "services": {"notifications": {"extraPorts": [{"name": "bounces", "port": 2525}]}},
}


@cache
def _rendered() -> str:
    return json.dumps(render())


def _example() -> list[dict[str, Any]]:
    return json.loads(_rendered())  # type: ignore[no-any-return]


def _workloads(objects: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each workload's name with the spec of its pods."""
    for each in objects:
        if each["kind"] in WORKLOADS:
            yield each["metadata"]["name"], each["spec"]["template"]["spec"]


def _component(each: dict[str, Any]) -> str:
    return str(each["metadata"]["labels"]["app.kubernetes.io/component"])


def _environment(pod: dict[str, Any]) -> dict[str, str]:
    (container,) = pod["containers"]
    return {each["name"]: each["value"] for each in container["env"] if "value" in each}


# --- what a cluster takes


@pytest.mark.parametrize("values", [{}, EVERYTHING], ids=["example", "everything"])
def test_every_object_is_what_kubernetes_and_its_extensions_take(values: Mapping[str, Any]) -> None:
    assert check(render_text(values=values)) == []


def test_a_field_that_kubernetes_does_not_know_is_found() -> None:
    """The check itself: a slip in a template would not pass."""
    wrong = render_text().replace("terminationGracePeriodSeconds", "terminationGraceSeconds")
    assert any("terminationGraceSeconds" in each for each in check(wrong))


def test_each_service_has_each_role_and_what_stands_beside_them() -> None:
    names = {(each["kind"], each["metadata"]["name"]) for each in _example()}
    expected = {
        ("StatefulSet" if role is Role.CONSUMER else "Deployment", f"centerline-{service.name}-{role}")
        for service in SERVICES
        for role in Role
    }
    expected |= {
        ("Deployment", "centerline-console"),
        ("StatefulSet", "centerline-archive"),
        ("Job", "centerline-migrate"),
        ("Job", "centerline-topics"),
    }
    assert {each for each in names if each[0] in WORKLOADS} == expected
    roles = {name: _environment(pod).get("CENTERLINE_ROLES") for name, pod in _workloads(_example())}
    assert all(roles[f"centerline-{service.name}-{role}"] == role for service in SERVICES for role in Role)


@pytest.mark.parametrize("derived", [False, True])
def test_the_archive_keeps_what_services_publish_where_it_is_asked_to(derived: bool) -> None:
    objects = render(values={"archive": {"derived": derived}})
    (container,) = next(pod for name, pod in _workloads(objects) if name == "centerline-archive")["containers"]
    assert ("--derived" in container["command"]) is derived


# --- what production accepts


def _setting_names() -> dict[str, set[str]]:
    return {
        name: {f"CENTERLINE_{field.upper()}" for field in service.settings.model_fields}
        for name, service in BY_NAME.items()
    }


@pytest.mark.parametrize("values", [{}, EVERYTHING], ids=["example", "everything"])
def test_every_variable_is_a_setting_that_there_is(values: Mapping[str, Any]) -> None:
    known = _setting_names()
    for each in render(values=values):
        if each["kind"] not in WORKLOADS:
            continue
        component = _component(each)
        allowed = known.get(component) or known["routing"] | OF_THE_COMMAND
        named = {name.removesuffix("_FILE") for name in _environment(each["spec"]["template"]["spec"])}
        assert named <= allowed, (each["metadata"]["name"], named - allowed)


@pytest.mark.parametrize("values", [{}, EVERYTHING], ids=["example", "everything"])
def test_production_refuses_none_of_it(
    values: Mapping[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("CENTERLINE_")]:
        monkeypatch.delenv(name)
    contents = {
        "database-url": "postgresql://centerline@db.example/x?sslmode=verify-full",
        "smtp-url": "smtps://relay.example:465",
    }
    started = 0
    for each in render(values=values):
        service = BY_NAME.get(_component(each))
        if each["kind"] not in WORKLOADS or service is None:
            continue
        with monkeypatch.context() as patch:
            for name, value in _environment(each["spec"]["template"]["spec"]).items():
                if value.startswith("/etc/centerline/"):
                    file = tmp_path / Path(value).name
                    file.write_text(contents.get(file.name, "synthetic-" * 8))
                    patch.setenv(name, str(file))
                elif name.startswith("CENTERLINE_"):
                    patch.setenv(name, value)
            settings = load_settings(service.settings)
            assert settings.env == "production"
            assert settings.kafka_access.has_password or service.name == "console"
            started += 1
    assert started == 4 * 4 + 1


def test_without_a_private_network_each_service_needs_an_https_address() -> None:
    with pytest.raises(ChartError, match="an https URL is needed, or privateNetwork"):
        render(values={"privateNetwork": False})
    urls = {service.name: {"url": f"https://{service.name}.example.gov"} for service in SERVICES}
    objects = render(values={"privateNetwork": False, "services": urls})
    pods = dict(_workloads(objects))
    assert _environment(pods["centerline-console"])["CENTERLINE_ROUTING_URL"] == "https://routing.example.gov"
    with pytest.raises(ChartError, match="over https"):
        render(values={"privateNetwork": False, "services": urls | {"liquidation": {"url": "http://liquidation"}}})


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"kafka": {"bootstrap": ""}}, "kafka.bootstrap: name the brokers"),
        ({"services": {"routing": {"databaseSecret": None}}}, "services.routing.databaseSecret: name the Secret"),
        ({"database": {"migrateSecret": None}}, "database.migrateSecret: name the Secret"),
        ({"console": {"sessionKeySecret": None}}, "console.sessionKeySecret: name the Secret"),
        ({"replicas": 3}, "additional properties 'replicas' not allowed"),
        ({"services": {"routing": {"api": {"replicas": "two"}}}}, "services/routing/api/replicas"),
        ({"services": {"routing": {"secrets": {"token_secret": {"value": "x"}}}}}, "services/routing/secrets"),
        ({"environment": "staging"}, "environment"),
    ],
)
def test_what_is_missing_or_wrong_is_said_by_its_value(values: Mapping[str, Any], said: str) -> None:
    with pytest.raises(ChartError) as refused:
        render(values=values)
    assert said in str(refused.value)


# --- how the pods are run


def test_pods_run_as_nobody_in_particular_and_write_where_they_may() -> None:
    for name, pod in _workloads(_example()):
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert pod["automountServiceAccountToken"] is False
        assert {"cpu", "memory"} <= container["resources"]["requests"].keys(), name
        assert "memory" in container["resources"]["limits"], name
        mounted = {each["mountPath"] for each in container["volumeMounts"] if not each.get("readOnly")}
        assert mounted <= {"/tmp", "/files", "/archive"}


def test_pods_have_their_probes_and_the_time_to_drain() -> None:
    for name, pod in _workloads(render(values={"drainSeconds": 33, "pod": {"preStopSeconds": 7}})):
        (container,) = pod["containers"]
        environment = _environment(pod)
        if "CENTERLINE_PORT" not in environment:
            continue
        assert environment["CENTERLINE_DRAIN_SECONDS"] == "33"
        # docs/operations.md, Stopping: the drain and about ten seconds for open requests.
        assert pod["terminationGracePeriodSeconds"] >= 7 + 33 + 10, name
        assert container["ports"][0]["containerPort"] == int(environment["CENTERLINE_PORT"])
        assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
        assert container["startupProbe"]["httpGet"]["path"] == "/healthz"
        assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"


def test_a_secret_is_only_ever_a_file_and_each_service_has_its_own() -> None:
    objects = render(values=EVERYTHING)
    assert not any(each["kind"] == "Secret" for each in objects)
    held = {}
    for name, pod in _workloads(objects):
        (container,) = pod["containers"]
        assert not any("secretKeyRef" in each.get("valueFrom", {}) for each in container["env"])
        assert not container.get("envFrom")
        held[name] = {
            (source["secret"]["name"], item["key"])
            for volume in pod["volumes"]
            for source in volume.get("projected", {}).get("sources", [])
            for item in source["secret"]["items"]
        }
    assert ("centerline-webhooks", "key") in held["centerline-notifications-scheduler"]
    for name, secrets in held.items():
        databases = {secret for secret, key in secrets if key == "url"} - {"centerline-mail"}
        component = name.split("-")[1]
        allowed = {"archive": set(), "topics": set()}.get(component, {f"centerline-{component}"})
        assert databases == allowed, name
        assert (("centerline-login", "secret") in secrets) == (component == "console")


def test_what_may_be_away_at_once_is_bounded_for_every_workload() -> None:
    objects = _example()
    budgets = [each["spec"]["selector"]["matchLabels"] for each in objects if each["kind"] == "PodDisruptionBudget"]
    for each in objects:
        if each["kind"] in {"Deployment", "StatefulSet"}:
            assert each["spec"]["selector"]["matchLabels"] in budgets, each["metadata"]["name"]


def test_topics_and_tables_are_made_before_anything_starts() -> None:
    weights = {
        _component(each): int(each["metadata"]["annotations"]["helm.sh/hook-weight"])
        for each in _example()
        if each["kind"] == "Job"
    }
    assert weights["topics"] < weights["migrate"] < 0
    own = {each["metadata"]["name"] for each in _example() if each["kind"] == "ServiceAccount"}
    for each in _example():
        if each["kind"] == "Job":
            assert each["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
            # Nothing of the chart is there yet.
            assert each["spec"]["template"]["spec"]["serviceAccountName"] not in own


def test_consumers_are_scaled_by_the_lag_of_their_own_group() -> None:
    objects = render(values=EVERYTHING)
    scaled = {_component(each): each["spec"] for each in objects if each["kind"] == "ScaledObject"}
    assert scaled.keys() == {service.name for service in SERVICES}
    targets = {each["metadata"]["name"]: each["spec"] for each in objects if each["kind"] == "StatefulSet"}
    topics = yaml.safe_load((ROOT / "deploy" / "kafka" / "topics.yaml").read_text(encoding="utf-8"))["topics"]
    for service in SERVICES:
        (trigger,) = scaled[service.name]["triggers"]
        settings = service.settings.model_construct(
            **{name: field.default for name, field in service.settings.model_fields.items()}
        )
        assert trigger["metadata"]["consumerGroup"] == consumer_settings(service, settings).group
        assert "replicas" not in targets[scaled[service.name]["scaleTargetRef"]["name"]]
        partitions = max(each["partitions"] for each in topics if service.name in each["readers"])
        assert scaled[service.name]["maxReplicaCount"] * settings.consumer_members <= partitions
        assert scaled[service.name]["minReplicaCount"] >= 1, "a legal clock never waits"


# --- who may talk to whom


def _chosen(policy: dict[str, Any], labels: Mapping[str, str]) -> bool:
    selector = policy["spec"]["podSelector"]
    return all(labels.get(name) == value for name, value in selector.get("matchLabels", {}).items()) and all(
        labels.get(each["key"]) in each["values"] for each in selector.get("matchExpressions", [])
    )


def _ways_out(objects: list[dict[str, Any]], labels: Mapping[str, str]) -> set[int]:
    """The ports that a pod with these labels may reach."""
    return {
        port["port"]
        for each in objects
        if each["kind"] == "NetworkPolicy" and _chosen(each, labels)
        for rule in each["spec"].get("egress", [])
        for port in rule["ports"]
    }


def test_nothing_is_let_in_or_out_but_what_is_needed() -> None:
    values = {"networkPolicy": {"identity": {"port": 8443}, "webhooks": {"port": 444}, "objects": {"port": 9000}}}
    objects = render(values=values)
    (deny,) = [
        each for each in objects if each["kind"] == "NetworkPolicy" and each["metadata"]["name"].endswith("-deny")
    ]
    assert deny["spec"]["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in deny["spec"]
    assert "egress" not in deny["spec"]
    pods = {
        each["metadata"]["name"].removeprefix("centerline-"): each["spec"]["template"]["metadata"]["labels"]
        for each in objects
        if each["kind"] in WORKLOADS
    }
    assert all(_chosen(deny, labels) for labels in pods.values())
    common = {53, 5432, 9093, 8443}
    expected = {
        "console": {53, 5432, 8443, 8001, 8002, 8003, 8004},
        "archive": {53, 9093},
        "topics": {53, 9093},
        "migrate": {53, 5432},
    }
    expected |= {f"routing-{role}": common | {9000} for role in Role}
    expected |= {f"liquidation-{role}": common | {9000} for role in Role}
    expected |= {f"workqueue-{role}": common | {9000, 8001, 8003} for role in Role}
    expected |= {f"notifications-{role}": common | {587, 8002, 8003} for role in Role}
    expected["notifications-scheduler"] = expected["notifications-scheduler"] | {444}
    assert {name: _ways_out(objects, labels) for name, labels in pods.items()} == expected


def test_who_asks_a_service_is_let_in_there() -> None:
    """Each address that a component is given leads through the policies of both ends."""
    objects = _example()
    policies = {each["metadata"]["name"]: each for each in objects if each["kind"] == "NetworkPolicy"}
    asked = set()
    for each in objects:
        if each["kind"] in WORKLOADS and _component(each) in BY_NAME:
            for name, value in _environment(each["spec"]["template"]["spec"]).items():
                if name.endswith("_URL") and (found := re.fullmatch(r"http://centerline-([a-z]+):\d+", value)):
                    asked.add((_component(each), found[1]))
    assert len(asked) == 8
    for who, whom in asked:
        rules = policies[f"centerline-into-{whom}"]["spec"]["ingress"]
        named = [peer for rule in rules for peer in rule.get("from", []) if "matchExpressions" in peer["podSelector"]]
        assert who in named[0]["podSelector"]["matchExpressions"][0]["values"]
        assert f"centerline-{who}-to-{whom}" in policies


# --- each value does something


def _leaves(values: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(values, dict) and values:
        for name, value in values.items():
            yield from _leaves(value, (*path, name))
    else:
        yield path, values


_SECRET = {"name": "tried-secret", "key": "tried-key"}
TRIED: Mapping[str, Any] = {
    "image.pullSecrets": [{"name": "tried"}],
    "image.pullPolicy": "Always",
    "environment": "development",
    "logLevel": "WARNING",
    "trustedProxies": ["192.0.2.0/24"],
    "privateNetwork": False,
    "ingress.enabled": False,
    "autoscaling.enabled": False,
    "podMonitor.enabled": False,
    "kafka.protocol": "SSL",
    "kafka.mechanism": "PLAIN",
    "identity.issuer": "https://tried.example",
    "identity.jwksUrl": "https://tried.example/keys",
    "traces.share": 0.25,
    "podDisruptionBudget.maxUnavailable": 3,
    "ingress.hosts": {"console": "tried.example"},
    "networkPolicy.webhooks.except": ["198.51.100.0/24"],
    "pod.tolerations": [{"key": "tried", "operator": "Exists"}],
    "pod.affinity": {"nodeAffinity": {}},
}
_BY_LAST: Mapping[str, Any] = {
    "settings": {"batch_max_records": 77},
    "secrets": {"token_secret": _SECRET},
    "extraPorts": [{"name": "tried", "port": 2626}],
    "to": [{"ipBlock": {"cidr": "192.0.2.7/32"}}],
    "from": [{"namespaceSelector": {"matchLabels": {"tried": "yes"}}}],
    "annotations": {"tried": "yes"},
    "labels": {"tried": "yes"},
    "nodeSelector": {"tried": "yes"},
}


def _another(path: tuple[str, ...], value: Any) -> Any:
    """Another value than the one that stands."""
    dotted = ".".join(path)
    if dotted in TRIED:
        return TRIED[dotted]
    if path[-1].endswith("Secret"):
        return "tried" if isinstance(value, str) else _SECRET
    if path[-1] in _BY_LAST:
        return _BY_LAST[path[-1]]
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if path[-1] in {"cpu", "memory"}:
        return "3" if path[-1] == "cpu" else "3Gi"
    assert isinstance(value, str), dotted
    return "https://tried.example" if path[-1] == "url" else "tried"


def _merged(below: Any, above: Any) -> Any:
    if isinstance(below, dict) and isinstance(above, dict):
        return {name: _merged(below.get(name), above[name]) if name in above else below[name] for name in below | above}
    return above


def _set(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    for name in reversed(path):
        value = {name: value}
    return value  # type: ignore[no-any-return]


def _tried_paths() -> list[tuple[tuple[str, ...], Any]]:
    """Every leaf of values.yaml: of the four services routing's, since one template makes all of them."""
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    return [(path, value) for path, value in _leaves(values) if path[0] != "services" or path[1] == "routing"]


def test_each_value_changes_what_is_rendered() -> None:
    urls = {service.name: {"url": f"https://{service.name}.example.gov"} for service in SERVICES}
    base = _merged(dict(EVERYTHING), {"files": {"url": "s3://bucket", "claim": ""}, "services": urls})
    before = render_text(values=base)
    tried = [(path, _merged(base, _set(path, _another(path, value)))) for path, value in _tried_paths()]
    with ThreadPoolExecutor(4) as pool:
        rendered = pool.map(lambda each: render_text(values=each[1]), tried)
        same = [".".join(path) for (path, _), changed in zip(tried, rendered, strict=True) if changed == before]
    assert same == []
    assert len(tried) > 100


def test_the_four_services_take_the_same_values() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))["services"]
    assert values.keys() == {service.name for service in SERVICES}
    for one, other in pairwise(values.values()):
        assert one == other
    changed = {name: {"settings": {"batch_max_records": 70 + number}} for number, name in enumerate(values)}
    pods = dict(_workloads(render(values={"services": changed})))
    for number, name in enumerate(values):
        told = _environment(pods[f"centerline-{name}-consumer"])["CENTERLINE_BATCH_MAX_RECORDS"]
        assert told == str(70 + number)


def test_large_whole_numbers_come_out_whole() -> None:
    pods = dict(_workloads(render(values={"settings": {"max_event_bytes": 10_000_000}})))
    assert _environment(pods["centerline-routing-api"])["CENTERLINE_MAX_EVENT_BYTES"] == "10000000"


def test_every_value_is_explained_beside_it() -> None:
    text = (CHART / "values.yaml").read_text(encoding="utf-8")
    groups = [block for block in text.split("\n\n") if not block.startswith("# Every")]
    for block in groups:
        assert "#" in block, block


def test_the_settings_of_development_do_not_pass_for_production() -> None:
    """What the test above proves is refused where it should be."""
    with pytest.raises(SettingsError, match="identity provider"):
        load_settings(
            BY_NAME["routing"].settings,
            env="production",
            database_url="postgresql://localhost/x",
            bus="kafka",
            kafka_bootstrap="localhost:9092",
            token_secret="x" * 32,
        )
