"""A real Kafka broker without Docker: one KRaft node on random ports, from jars that Maven fetches once.

All processes of a test run share one broker (`ensure_shared_broker`): each test has topics of its own on it.
The jars go to `$CENTERLINE_CACHE` or `~/.cache/centerline`, outside the tree. A broker named in
`CENTERLINE_TEST_KAFKA` is used instead by tests that ask `broker_from_environment`.
"""

import atexit
import contextlib
import fcntl
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from xml.etree import ElementTree as ET

from tests.support.apt import NotInstalled, install
from tests.support.certificates import Authority

KAFKA_FILES = Path(__file__).resolve().parents[2] / "deploy" / "kafka"
LOOPBACK = "127.0.0.1"
CLUSTER_ID = "Q2VudGVybGluZS1UZXN0cw"  # sixteen bytes in base64, as Kafka wants it: "Centerline-Tests"
READY_WITHIN_SECONDS = 100.0
STOPPED_WITHIN_SECONDS = 15.0
POLL_SECONDS = 0.02
PID_FILE = "broker.pid"

# The serial collector starts no threads of its own: two cores are shared with everything else under test. The second
# compiler costs more than all that a test asks of a broker: with it a start takes four times the processor time.
JVM = ("-XX:+UseSerialGC", "-XX:-UsePerfData", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true")

SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "message.max.bytes": str(2 * 1024 * 1024),
    "auto.create.topics.enable": "false",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "8",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    # A broker that was killed may register again only when its old session has run out.
    "broker.session.timeout.ms": "2000",
    "broker.heartbeat.interval.ms": "500",
    "controller.quorum.election.timeout.ms": "200",
    "controller.quorum.election.backoff.max.ms": "200",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "background.threads": "2",
    "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
}


@dataclass(frozen=True, slots=True)
class Guards:
    """Listeners beside the open one: TLS with SCRAM-SHA-512 for one user, and TLS that asks for a certificate."""

    authority: Authority
    username: str
    password: str


class BrokerUnavailable(Exception):  # noqa: N818 - not an error of the code under test
    """No Kafka broker can be had here; the message says what to install."""


def broker_from_environment() -> str | None:
    """The bootstrap address of a broker that somebody else runs for the tests, if there is one."""
    return os.environ.get("CENTERLINE_TEST_KAFKA") or None


def ensure_shared_broker(folder: Path) -> str:
    """The bootstrap address of the one broker that the processes of a run share; the first that asks starts it.

    It outlives the process that started it: whoever began the run ends it with `end_shared_broker`.
    """
    address = folder / "kafka.address"
    with file_lock(folder / "kafka.lock"):
        if not address.exists():
            broker = KafkaBroker.start(folder / "kafka")
            broker.leave_running()
            address.write_text(broker.bootstrap)
    return address.read_text()


def end_shared_broker(folder: Path) -> None:
    """End the broker of a run, if one was started."""
    pid_file = folder / "kafka" / PID_FILE
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text())
    arguments = Path(f"/proc/{pid}/cmdline")
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has ended by itself
        if str(folder) in arguments.read_text(errors="replace"):
            os.kill(pid, signal.SIGKILL)


def ensure_installed() -> Path:
    """Return the folder of Kafka's jars, fetched on first use; several processes may ask at once."""
    cache = Path(os.environ.get("CENTERLINE_CACHE") or Path.home() / ".cache" / "centerline")
    home = cache / f"kafka-{_kafka_version()}"
    complete = home / "complete"
    cache.mkdir(parents=True, exist_ok=True)
    with file_lock(cache / f"{home.name}.lock"):
        if _java_major() < 17:
            _install_by_apt("Java 17", "openjdk-17-jre-headless")
        if complete.exists():
            return home
        if shutil.which("mvn") is None:
            _install_by_apt("Maven", "maven")
        shutil.rmtree(home, ignore_errors=True)
        command = ["mvn", "--batch-mode", "--quiet", f"--file={KAFKA_FILES / 'pom.xml'}"]
        done = subprocess.run(
            [*command, f"-Dkafka.home={home}", "package"], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise BrokerUnavailable(f"Maven could not fetch Kafka:\n{(done.stdout + done.stderr)[-2000:]}")
        complete.touch()
    return home


class KafkaBroker:
    """One broker process with its data directory; ports and data stay the same over a restart."""

    def __init__(
        self, home: Path, data_dir: Path, port: int, controller_port: int, guards: Guards | None = None
    ) -> None:
        self.data_dir = data_dir
        self._guards = guards
        self._guarded = dict(zip(("SASL_SSL", "SSL"), _free_ports(2), strict=True)) if guards is not None else {}
        self.port = port
        self.bootstrap = f"{LOOPBACK}:{port}"
        self._controller_port = controller_port
        self._class_path = f"{home / 'libs'}/*"
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.kill)

    @classmethod
    def start(cls, data_dir: Path, *, port: int | None = None, guards: Guards | None = None) -> Self:
        """Start a broker on this data directory and wait until it answers; a new directory is formatted."""
        home = ensure_installed()
        data_dir.mkdir(parents=True, exist_ok=True)
        for is_last_try in (port is not None, True):
            free = _free_ports(2)
            broker = cls(home, data_dir, port or free[0], free[1], guards)
            try:
                broker._format()
                broker._launch()
            except BrokerUnavailable:
                if is_last_try or "Address already in use" not in broker._log.read_text(errors="replace"):
                    raise
            else:
                return broker
        raise AssertionError("the last try returns or raises")

    def guarded(self, protocol: str) -> str:
        """The address of a guarded listener: SASL_SSL or SSL."""
        return f"{LOOPBACK}:{self._guarded[protocol]}"

    def stop(self) -> None:
        """Shut down in order; a broker that takes too long over it is killed."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOPPED_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def leave_running(self) -> None:
        """Let the broker outlive this process; its number is in `PID_FILE` of the data directory."""
        assert self._process is not None
        atexit.unregister(self.kill)
        self._process.returncode = 0  # not ours to wait for any more
        self._process = None

    def kill(self) -> None:
        """End the broker with SIGKILL, as a crash would."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        self._process = None

    def restart(self) -> None:
        """Start again on the same ports and data; a running broker is stopped first."""
        self.stop()
        self._launch()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        atexit.unregister(self.kill)

    @property
    def _log(self) -> Path:
        return self.data_dir / "broker.log"

    @property
    def _settings_file(self) -> Path:
        return self.data_dir / "server.properties"

    def _format(self) -> None:
        """Write the settings, and the storage's identity unless it has one."""
        controller = f"{LOOPBACK}:{self._controller_port}"
        public = ",".join(
            [f"PLAINTEXT://{self.bootstrap}", *(f"{name}://{self.guarded(name)}" for name in self._guarded)]
        )
        settings = {
            **SETTINGS,
            **self._guard_settings(),
            "listeners": f"{public},CONTROLLER://{controller}",
            "advertised.listeners": public,
            "controller.quorum.voters": f"1@{controller}",
            "log.dirs": str(self.data_dir / "log"),
        }
        self._settings_file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        tool = ["kafka.tools.StorageTool", "format", "--ignore-formatted", f"--cluster-id={CLUSTER_ID}"]
        if self._guards is not None:
            user = f"name={self._guards.username},password={self._guards.password}"
            tool.append(f"--add-scram=SCRAM-SHA-512=[{user}]")
        with self._log.open("ab") as log:
            done = subprocess.run(
                self._java("-Xmx128m", *tool, f"--config={self._settings_file}"),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=False,
            )
        if done.returncode != 0:
            raise BrokerUnavailable(f"Kafka could not format its storage:\n{self._end_of_log()}")

    def _guard_settings(self) -> dict[str, str]:
        if self._guards is None:
            return {}
        chain = self._guards.authority.issue("broker")
        jaas = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        return {
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL",
            "inter.broker.listener.name": "PLAINTEXT",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(chain),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self._guards.authority.ca),
            "sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "listener.name.ssl.ssl.client.auth": "required",
            "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": jaas,
        }

    def _launch(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._java("-Xms256m", "-Xmx512m", "kafka.Kafka", str(self._settings_file)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C in the terminal is for the tests; they stop the broker
            )
        (self.data_dir / PID_FILE).write_text(str(self._process.pid))
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not _answers_as_leader(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise BrokerUnavailable(f"Kafka did not start:\n{self._end_of_log()}")
            time.sleep(POLL_SECONDS)

    def _java(self, *arguments: str) -> list[str]:
        logging = f"-Dlog4j2.configurationFile={KAFKA_FILES / 'log4j2.yaml'}"
        return ["java", *JVM, logging, "-cp", self._class_path, *arguments]

    def _end_of_log(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-15:])


def _answers_as_leader(port: int) -> bool:
    """Whether the broker answers a Metadata request (key 3, version 1, no topics) and counts itself alive."""
    body = struct.pack(">hhih5si", 3, 1, 1, 5, b"ready", 0)
    try:
        with socket.create_connection((LOOPBACK, port), timeout=5) as connection:
            connection.sendall(struct.pack(">i", len(body)) + body)
            answer = connection.recv(12)  # size, correlation, number of brokers
    except OSError:
        return False
    return len(answer) == 12 and struct.unpack(">iii", answer)[2] > 0


def _kafka_version() -> str:
    found = ET.parse(KAFKA_FILES / "pom.xml").findtext(".//{*}kafka.version")
    assert found is not None, "deploy/kafka/pom.xml names the property kafka.version"
    return found


def _java_major() -> int:
    """The major version of the Java on the path; 0 when there is none."""
    if shutil.which("java") is None:
        return 0
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    match = re.search(r'version "(\d+)', said)
    return int(match[1]) if match else 0


def _install_by_apt(what: str, package: str) -> None:
    try:
        install(what, package, ", or name a running broker in CENTERLINE_TEST_KAFKA")
    except NotInstalled as missing:
        raise BrokerUnavailable(str(missing)) from missing


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Hold a lock among processes; a dead holder's lock is free at once."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _free_ports(count: int) -> list[int]:
    """Ports that are free now and differ from each other."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()
