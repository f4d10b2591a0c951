"""Settings: flags, then the environment, then the configuration file.  Nothing else reads the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from msgspec import Struct, field

from tiphys.entrypoints.controllerconfig import ControllerConfig, parse_controller
from tiphys.entrypoints.tuning import Tuning, tuning_of
from tiphys.entrypoints.websettings import WebSettings, web_settings
from tiphys.errors import UsageError
from tiphys.secret import Secret

HOME = "TIPHYS_HOME"
#: In the data directory: where its server was last started.
ADDRESS_FILE = "server-address"
CONFIG = "TIPHYS_CONFIG"
#: Argo's variable: how long a server that is silent is taken for alive by the others on its database.
LEASE = "LEADER_ELECTION_LEASE_DURATION"
#: A PostgreSQL database instead of the SQLite file; not a flag, for it may hold a password.
DATABASE_URL = "TIPHYS_DATABASE_URL"
RUNTIME = "TIPHYS_RUNTIME"
SANDBOX = "TIPHYS_SANDBOX"
#: Where the container engine answers; users of Docker have ``DOCKER_HOST`` set already.
ENGINE = "TIPHYS_ENGINE"
DOCKER_HOST = "DOCKER_HOST"
HOST_PATHS = "TIPHYS_HOST_PATHS"
#: Not ``KUBECONFIG``: who has that for other programs did not mean this one.
KUBECONFIG = "TIPHYS_KUBECONFIG"
KUBE_CONTEXT = "TIPHYS_KUBE_CONTEXT"
NAMESPACE = "TIPHYS_NAMESPACE"
#: How long a storage of artifacts may say nothing.
ARTIFACT_TIMEOUT = "TIPHYS_ARTIFACT_TIMEOUT"
#: How long the sandboxes of failed steps are kept; ``0`` is not at all.
KEEP_FAILED = "TIPHYS_KEEP_FAILED"
#: Fields of the spec that users may set beside a protected template, with commas between them; the name is Argo's.
OVERRIDES = "WORKFLOW_USER_OVERRIDE_ALLOWLIST"
#: What users of ``argo`` have set already; ``TIPHYS_NAMESPACE`` comes first.
ARGO_NAMESPACE = "ARGO_NAMESPACE"
ARGO_SERVER = "ARGO_SERVER"
#: Argo's variables for memoized outputs: whether they are ever removed, and after which time without a hit.
CACHE_GC_PERIOD, CACHE_GC_AFTER = "CACHE_GC_PERIOD", "CACHE_GC_AFTER_NOT_HIT_DURATION"
#: A whole credential with its scheme, as ``argo`` has it.
TOKEN = "ARGO_TOKEN"
#: The label of workflows of one controller among several.
INSTANCE = "ARGO_INSTANCEID"
#: OpenTelemetry's own variables: either says that traces are sent, and where.
TRACES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
#: Whether ServiceAccounts of a request's namespace may stand for who signed in.
DELEGATE = "SSO_DELEGATE_RBAC_TO_NAMESPACE"

METRICS_AUTH = "ARGO_SERVER_METRICS_AUTH"
#: Argo's variables: the form of the names of pods, and which further failures pass.
POD_NAMES, PASSING = "POD_NAMES", "TRANSIENT_ERROR_PATTERN"

#: ``auto`` uses a sandbox where bubblewrap works and says so where it does not; ``on`` refuses to run without.
SANDBOX_MODES = ("auto", "on", "off")
_SANDBOX_WORDS = {"true": "on", "1": "on", "yes": "on", "false": "off", "0": "off", "no": "off"}

#: Variables of this process that containers run as processes get too.
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ")

_DNS_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)


class ServerSettings(Struct, frozen=True, kw_only=True):
    """The server that commands ask, as Argo's command is told of it: ``ARGO_SERVER`` and its companions.

    ``authorities``, ``certificate`` and ``key`` are PEM files.  ``name`` is what the server's certificate says instead
    of the host.  ``seconds`` is how long an answer may take; None is for ever.
    """

    host: str
    token: Secret
    secure: bool = True
    verify: bool = True
    base_href: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    authorities: str = ""
    certificate: str = ""
    key: str = ""
    name: str = ""
    proxy: str = ""
    seconds: float | None = 30.0
    compressed: bool = True


class Settings(Struct, frozen=True, kw_only=True):
    """How this process is to work.

    ``home`` is the data directory; it need not exist.  ``host_paths`` are the directories of this machine that
    ``hostPath`` volumes may show, with all that is below them; without any, none may.  ``runtime`` is a name that
    the wiring knows; ``auto`` is a container engine that answers, else processes.  ``engine`` is its address,
    else it is looked for in the usual places and in ``runtime_directory``.
    ``executor`` says how often artifacts that cannot be moved are tried again, see ``retries.Backoff.of``, and how
    long their storages may say nothing (``timeout``).
    ``kubeconfig`` names a cluster, in one of its contexts, whose objects stand in for those of the data directory.
    ``overrides`` are fields that users may set beside a protected template, besides those that Argo lets them.
    ``cache_lifetime`` is how long memoized outputs are kept that nobody hits; None is for ever.  ``server`` is asked
    instead of the data directory.  ``keep_failed`` is how long the sandboxes of failed steps stay.
    ``token`` is the credential with which commands go to a server; ``delegate_rbac`` lets ServiceAccounts of any
    namespace stand for who signed in.  ``instance`` is the controller whose workflows commands see and make.
    ``managed_namespace`` is the only one that a namespaced installation looks after; empty: all.
    ``traces`` says that somebody collects traces.
    ``database_url`` is a PostgreSQL database that is used instead of the SQLite file;
    ``lease`` is how long its servers take each other for alive without a sign of life.
    ``pod_names`` is the form of the names of pods, ``passing`` a pattern of messages of failures that pass.
    ``metrics_auth`` False shows the server's metrics to everybody.
    """

    home: Path
    executor: Mapping[str, str] = field(default_factory=dict)
    namespace: str = "default"
    runtime: str = "auto"
    engine: str | None = None
    runtime_directory: str | None = None
    sandbox: str = "auto"
    host_paths: tuple[Path, ...] = ()
    kubeconfig: Path | None = None
    kube_context: str = ""
    controller: ControllerConfig = field(default_factory=ControllerConfig)
    overrides: tuple[str, ...] = ()
    keep_failed: timedelta = timedelta(days=1)
    process_environment: Mapping[str, str] = field(default_factory=dict)

    cache_lifetime: timedelta | None = None
    server: ServerSettings | None = None
    token: str = ""
    instance: str = ""
    managed_namespace: str = ""
    log_level: str = "info"
    log_format: str = "text"
    traces: bool = False
    database_url: Secret | None = None
    lease: timedelta = timedelta(seconds=15)
    delegate_rbac: bool = False
    pod_names: str = "v2"
    passing: str = ""
    metrics_auth: bool = True
    web: WebSettings = WebSettings()
    tuning: Tuning = Tuning()

    @property
    def database(self) -> Path:
        """The SQLite file of the data directory."""
        return self.home / "tiphys.db"

    @property
    def artifact_options(self) -> dict[str, str]:
        """The options of artifact drivers."""
        return {"home": str(self.home), **self.executor}


def load(
    *,
    home: Path | None = None,
    namespace: str | None = None,
    flags: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """Settings of flags (those that are not None), of the environment and of the configuration file.

    Args:
        home: The flag ``--home``.
        namespace: The flag ``--namespace``.
        flags: Other flags, each by the ``ARGO_…`` variable that says the same.
        environment: Stands in for the process's own.  A variable that is empty counts as not set.

    Raises:
        UsageError: a variable or a key of the file is wrong, or the named file cannot be read; names it.
    """
    if environment is None:
        environment = os.environ  # noqa: TID251 - the only reader of the environment
    variables = {name: value for name, value in {**environment, **(flags or {})}.items() if value}
    place = _home(home, variables)
    if KUBE_CONTEXT in variables and KUBECONFIG not in variables:
        raise UsageError("--context names a part of a kubeconfig", "give --kubeconfig FILE too", "--context")
    controller = _controller(place, variables)
    return Settings(
        home=place,
        executor=_executor(variables),
        namespace=_namespace(namespace, variables),
        runtime=variables.get(RUNTIME, "auto"),
        engine=variables.get(ENGINE) or variables.get(DOCKER_HOST),
        runtime_directory=variables.get("XDG_RUNTIME_DIR"),
        sandbox=_sandbox(variables.get(SANDBOX, "auto")),
        host_paths=_host_paths(variables.get(HOST_PATHS, "")),
        kubeconfig=_absolute(Path(variables[KUBECONFIG]), KUBECONFIG) if KUBECONFIG in variables else None,
        kube_context=variables.get(KUBE_CONTEXT, ""),
        controller=controller,
        overrides=tuple(filter(None, re.split(r"[,\s]+", variables.get(OVERRIDES, "")))),
        cache_lifetime=_cache_lifetime(variables),
        server=_server(variables),
        keep_failed=timedelta(microseconds=_duration(KEEP_FAILED, variables.get(KEEP_FAILED, "24h")) // 1000),
        token=_credential(variables),
        instance=variables.get(INSTANCE, ""),
        managed_namespace=_managed(controller.managed_namespace, namespace, variables),
        log_level="debug" if variables.get("ARGO_VERBOSE") == "true" else variables.get("ARGO_LOGLEVEL", "info"),
        log_format=variables.get("ARGO_LOG_FORMAT", "text"),
        traces=any(name in variables for name in TRACES) and variables.get("OTEL_TRACES_EXPORTER") != "none",
        database_url=Secret(variables[DATABASE_URL].encode()) if DATABASE_URL in variables else controller.database,
        lease=timedelta(microseconds=_duration(LEASE, variables.get(LEASE, "15s")) // 1000),
        delegate_rbac=variables.get(DELEGATE, "") == "true",
        pod_names="v1" if variables.get(POD_NAMES) == "v1" else "v2",
        metrics_auth=variables.get(METRICS_AUTH, "true").lower() != "false",
        web=web_settings(variables),
        passing=_pattern(PASSING, variables.get(PASSING, "")),
        tuning=tuning_of(variables),
        process_environment={name: variables[name] for name in PASSED_ON if name in variables},
    )


def _managed(configured: str, namespace: str | None, variables: Mapping[str, str]) -> str:
    """The namespace of a namespaced installation: its own unless it manages another (``spec/cli.md``, server)."""
    if variables.get("ARGO_NAMESPACED", "").lower() != "true":
        return configured
    return variables.get("ARGO_MANAGED_NAMESPACE") or _namespace(namespace, variables)


def _executor(variables: Mapping[str, str]) -> dict[str, str]:
    """The options of ``EXECUTOR_RETRY_BACKOFF_…`` and of the longest silence; durations become seconds."""
    found = {}
    if ARTIFACT_TIMEOUT in variables:
        seconds = _duration(ARTIFACT_TIMEOUT, variables[ARTIFACT_TIMEOUT]) / 1e9
        if seconds <= 0:
            raise UsageError(f"{variables[ARTIFACT_TIMEOUT]!r} is out of range", None, ARTIFACT_TIMEOUT)
        found["timeout"] = str(seconds)
    for name in ("Steps", "Duration", "Factor", "Jitter"):
        variable = f"EXECUTOR_RETRY_BACKOFF_{name.upper()}"
        text = variables.get(variable)
        if text is None:
            continue
        try:
            number = _duration(variable, text) / 1e9 if name == "Duration" else float(text)
        except ValueError:
            raise UsageError(f"{text!r} is not a number", None, variable) from None
        if number < 0 or (name == "Steps" and not (text.isascii() and text.isdigit() and number >= 1)):
            raise UsageError(f"{text!r} is out of range", None, variable)
        found[f"retry{name}"] = text if name == "Steps" else str(number)
    return found


def _server(variables: Mapping[str, str]) -> ServerSettings | None:
    host = variables.get(ARGO_SERVER)
    if host is None:
        return None
    if INSTANCE in variables:
        raise UsageError("cannot use instance ID with Argo Server", "the server has its own", "--instanceid")
    certificate, key = variables.get("ARGO_CLIENT_CERTIFICATE", ""), variables.get("ARGO_CLIENT_KEY", "")
    if bool(certificate) != bool(key):
        raise UsageError("--client-certificate and --client-key must be provided together")
    return ServerSettings(
        host=host,
        token=Secret(_credential(variables).encode()),
        secure=variables.get("ARGO_SECURE", "true").lower() != "false",
        verify=variables.get("ARGO_INSECURE_SKIP_VERIFY", "false").lower() != "true",
        base_href=variables.get("ARGO_BASE_HREF", "").rstrip("/"),
        headers=_headers(variables.get("ARGO_HEADER", "")),
        authorities=_file("ARGO_CERTIFICATE_AUTHORITY", variables),
        certificate=_file("ARGO_CLIENT_CERTIFICATE", variables),
        key=_file("ARGO_CLIENT_KEY", variables),
        name=variables.get("ARGO_TLS_SERVER_NAME", ""),
        proxy=variables.get("ARGO_PROXY_URL", ""),
        seconds=_timeout(variables.get("ARGO_REQUEST_TIMEOUT", "30s")),
        compressed=variables.get("ARGO_DISABLE_COMPRESSION", "").lower() != "true",
    )


def _credential(variables: Mapping[str, str]) -> str:
    """What goes into the header Authorization: a whole credential, else one made of a token, or name and password."""
    if TOKEN in variables:
        return variables[TOKEN]
    if "ARGO_BEARER" in variables:
        return f"Bearer {variables['ARGO_BEARER']}"
    if "ARGO_USERNAME" in variables:
        import base64

        pair = f"{variables['ARGO_USERNAME']}:{variables.get('ARGO_PASSWORD', '')}"
        return f"Basic {base64.b64encode(pair.encode()).decode()}"
    return ""


def _headers(text: str) -> tuple[tuple[str, str], ...]:
    found = []
    for part in filter(None, text.split(",")):
        name, sign, value = part.partition(":")
        if not sign or not name.strip():
            raise UsageError(f"additional headers must be colon(:)-separated: {part}", "write -H name:value", "-H")
        found.append((name.strip(), value.strip()))
    return tuple(found)


def _file(variable: str, variables: Mapping[str, str]) -> str:
    text = variables.get(variable, "")
    if text and not Path(text).is_file():
        flag = "--" + variable.removeprefix("ARGO_").lower().replace("_", "-")
        raise UsageError(f"{text} is no file", None, flag)
    return text


def _timeout(text: str) -> float | None:
    """Seconds of a duration, or of a plain number; nothing for ``0``."""
    seconds = float(text) if text.isascii() and text.isdigit() else _duration("--request-timeout", text) / 1e9
    return seconds or None


def _home(flag: Path | None, variables: Mapping[str, str]) -> Path:
    if flag is None and HOME in variables:
        flag = Path(variables[HOME])
    if flag is None:
        from platformdirs import user_data_path

        flag = user_data_path("tiphys", appauthor=False)
    return _absolute(flag, HOME)


def _absolute(path: Path, where: str) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError as error:  # ``~nobody``
        raise UsageError(f"{str(path)!r}: no such home directory", None, where) from error


def _namespace(flag: str | None, variables: Mapping[str, str]) -> str:
    named = {"--namespace": flag, NAMESPACE: variables.get(NAMESPACE), ARGO_NAMESPACE: variables.get(ARGO_NAMESPACE)}
    for where, value in named.items():
        if value is not None:
            if not _DNS_LABEL.fullmatch(value):
                hint = "use up to 63 lower-case letters, digits and hyphens"
                raise UsageError(f"{value!r} is not the name of a namespace", hint, where)
            return value
    return "default"


def _sandbox(value: str) -> str:
    mode = _SANDBOX_WORDS.get(value.lower(), value.lower())
    if mode not in SANDBOX_MODES:
        raise UsageError(f"{value!r} is not one of {', '.join(SANDBOX_MODES)}", None, SANDBOX)
    return mode


def _host_paths(value: str) -> tuple[Path, ...]:
    paths = []
    for text in filter(None, value.split(os.pathsep)):
        path = Path(text).expanduser() if text.startswith("~/") else Path(text)
        if not path.is_absolute() or ".." in path.parts:
            hint = f"separate absolute paths without '..' by {os.pathsep!r}"
            raise UsageError(f"{text!r} is not an absolute path", hint, HOST_PATHS)
        paths.append(path)
    return tuple(dict.fromkeys(paths))


def _controller(home: Path, variables: Mapping[str, str]) -> ControllerConfig:
    named = CONFIG in variables
    file = _absolute(Path(variables[CONFIG]), CONFIG) if named else home / "config.yaml"
    try:
        text = file.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError) as error:
        if named:
            raise UsageError("there is no such file", f"it is named by {CONFIG}", str(file)) from error
        return ControllerConfig()
    except OSError as error:
        raise UsageError(f"the file cannot be read: {error.strerror}", None, str(file)) from error
    except UnicodeDecodeError as error:
        raise UsageError("the file is not UTF-8 text", None, str(file)) from error
    return parse_controller(text, str(file), database=DATABASE_URL not in variables)


def _cache_lifetime(variables: Mapping[str, str]) -> timedelta | None:
    """Argo's variables; without a period, or with 0, nothing is ever removed."""
    if _duration(CACHE_GC_PERIOD, variables.get(CACHE_GC_PERIOD, "0")) <= 0:
        return None
    return timedelta(microseconds=_duration(CACHE_GC_AFTER, variables.get(CACHE_GC_AFTER, "30s")) // 1000)


def _pattern(name: str, text: str) -> str:
    if text:
        from tiphys.core.expr.failure import Fault
        from tiphys.core.expr.regex import compile_pattern

        try:
            compile_pattern(text)
        except Fault as error:
            raise UsageError(str(error), "write a pattern of RE2", name) from None
    return text


def _duration(name: str, text: str) -> int:
    from tiphys.core.engine.durations import parse_go_duration

    try:
        return parse_go_duration(text)
    except ValueError as error:
        raise UsageError(str(error), "write a duration such as 30s or 1h", name) from None
