from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tiphys.app.services.eventconfig import EventConfig
from tiphys.core.plan.poddefaults import PodDefaults
from tiphys.entrypoints.controllerconfig import ControllerConfig, ImageCommand, parse_controller
from tiphys.entrypoints.settings import load
from tiphys.errors import UsageError


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def write_config(home: Path, text: str) -> Path:
    home.mkdir(exist_ok=True)
    file = home / "config.yaml"
    file.write_text(text)
    return file


class TestHome:
    def test_flag_comes_before_the_environment(self, tmp_path: Path) -> None:
        environment = {"TIPHYS_HOME": str(tmp_path / "b")}
        assert load(home=tmp_path / "a", environment=environment).home == tmp_path / "a"
        assert load(environment=environment).home == tmp_path / "b"

    def test_default_is_the_users_data_directory(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
        assert load(environment={"TIPHYS_HOME": ""}).home == tmp_path / "tiphys"

    def test_home_is_made_absolute(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.chdir(tmp_path)
        assert load(home=Path("~/x"), environment={}).home == tmp_path / "x"
        assert load(home=Path("y"), environment={}).home == tmp_path / "y"

    def test_unknown_user_is_a_usage_error(self) -> None:
        with pytest.raises(UsageError, match="no such home directory"):
            load(environment={"TIPHYS_HOME": "~nobody-of-this-name/x"})

    def test_loading_makes_nothing(self, home: Path) -> None:
        assert load(home=home, environment={}).database == home / "tiphys.db"
        assert not home.exists()

    def test_own_environment_is_the_default(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("TIPHYS_HOME", str(tmp_path / "mine"))
        assert load().home == tmp_path / "mine"


class TestVariables:
    def test_defaults(self, home: Path) -> None:
        settings = load(home=home, environment={})
        assert (settings.namespace, settings.runtime, settings.sandbox) == ("default", "auto", "auto")
        assert settings.host_paths == ()
        assert settings.controller == ControllerConfig()

    @pytest.mark.parametrize(
        ("flag", "environment", "expected"),
        [
            ("a", {"TIPHYS_NAMESPACE": "b", "ARGO_NAMESPACE": "c"}, "a"),
            (None, {"TIPHYS_NAMESPACE": "b", "ARGO_NAMESPACE": "c"}, "b"),
            (None, {"TIPHYS_NAMESPACE": "", "ARGO_NAMESPACE": "c"}, "c"),
        ],
    )
    def test_namespace(self, home: Path, flag: str | None, environment: dict[str, str], expected: str) -> None:
        assert load(home=home, namespace=flag, environment=environment).namespace == expected

    @pytest.mark.parametrize("name", ["", "A", "a.b", "../x", "-a", "a" * 64, "a\n"])
    def test_bad_namespace(self, home: Path, name: str) -> None:
        with pytest.raises(UsageError) as caught:
            load(home=home, namespace=name, environment={})
        assert caught.value.where == "--namespace"

    @pytest.mark.parametrize(
        ("value", "mode"), [("on", "on"), ("OFF", "off"), ("1", "on"), ("false", "off"), ("auto", "auto")]
    )
    def test_sandbox(self, home: Path, value: str, mode: str) -> None:
        assert load(home=home, environment={"TIPHYS_SANDBOX": value}).sandbox == mode

    def test_bad_sandbox(self, home: Path) -> None:
        with pytest.raises(UsageError, match="auto, on, off") as caught:
            load(home=home, environment={"TIPHYS_SANDBOX": "maybe"})
        assert caught.value.where == "TIPHYS_SANDBOX"

    def test_artifacts_are_tried_again_as_the_executor_of_argo_does(self, home: Path) -> None:
        environment = {"EXECUTOR_RETRY_BACKOFF_STEPS": "3", "EXECUTOR_RETRY_BACKOFF_DURATION": "1m30s"}
        options = load(home=home, environment=environment).artifact_options
        assert options == {"home": str(home), "retrySteps": "3", "retryDuration": "90.0"}
        assert load(home=home, environment={}).artifact_options == {"home": str(home)}

    @pytest.mark.parametrize(
        ("name", "value"), [("STEPS", "0"), ("STEPS", "1.5"), ("DURATION", "soon"), ("FACTOR", "x"), ("JITTER", "-1")]
    )
    def test_bad_back_off(self, home: Path, name: str, value: str) -> None:
        variable = f"EXECUTOR_RETRY_BACKOFF_{name}"
        with pytest.raises(UsageError) as caught:
            load(home=home, environment={variable: value})
        assert caught.value.where == variable

    def test_a_cluster_is_named_by_its_kubeconfig(self, home: Path) -> None:
        environment = {"TIPHYS_KUBECONFIG": "/etc/kube", "TIPHYS_KUBE_CONTEXT": "prod"}
        found = load(home=home, environment=environment)
        assert (found.kubeconfig, found.kube_context) == (Path("/etc/kube"), "prod")
        assert load(home=home, environment={"KUBECONFIG": "/etc/kube"}).kubeconfig is None
        with pytest.raises(UsageError, match="--context names a part of a kubeconfig"):
            load(home=home, environment={"TIPHYS_KUBE_CONTEXT": "prod"})

    def test_runtime(self, home: Path) -> None:
        assert load(home=home, environment={"TIPHYS_RUNTIME": "container"}).runtime == "container"

    def test_host_paths(self, home: Path) -> None:
        value = os.pathsep.join(["/srv/data", "", "/srv/data/", "/opt"])
        paths = load(home=home, environment={"TIPHYS_HOST_PATHS": value}).host_paths
        assert paths == (Path("/srv/data"), Path("/opt"))

    @pytest.mark.parametrize("value", ["data", "/a:b", "/a/../b", "."])
    def test_bad_host_paths(self, home: Path, value: str) -> None:
        with pytest.raises(UsageError, match="not an absolute path") as caught:
            load(home=home, environment={"TIPHYS_HOST_PATHS": value})
        assert caught.value.where == "TIPHYS_HOST_PATHS"


class TestConfigFile:
    def test_plain_file(self, home: Path) -> None:
        write_config(
            home,
            "parallelism: 4\nnamespaceParallelism: '2'\ninitialDelay: 5s\n"
            "workflowDefaults:\n  spec: {activeDeadlineSeconds: 60}\n",
        )
        assert load(home=home, environment={}).controller == ControllerConfig(
            parallelism=4,
            namespace_parallelism=2,
            workflow_defaults={"spec": {"activeDeadlineSeconds": 60}},
            ignored=("initialDelay",),
        )

    def test_which_events_are_told(self) -> None:
        assert parse_controller("{}", "f").events == EventConfig()
        text = "workflowEvents: {enabled: false}\nnodeEvents: {enabled: true, sendAsPod: true}"
        assert parse_controller(text, "f").events == EventConfig(workflows=False, as_pods=True)
        assert not parse_controller("nodeEvents: '{enabled: false}'", "f").events.nodes
        with pytest.raises(UsageError, match="enabled must be true or false"):
            parse_controller("nodeEvents: {enabled: never}", "f")

    def test_what_pods_do_where_manifests_do_not_say_it(self) -> None:
        assert parse_controller("{}", "f").pods == PodDefaults("5s", None)
        text = "podGCDeleteDelayDuration: 1m30s\npodGCGracePeriodSeconds: 0"
        assert parse_controller(text, "f").pods == PodDefaults("1m30s", 0)
        for wrong in ("podGCDeleteDelayDuration: soon", "podGCGracePeriodSeconds: -1", "podGCGracePeriodSeconds: true"):
            with pytest.raises(UsageError, match=wrong.partition(":")[0]):
                parse_controller(wrong, "f")

    def test_what_main_containers_have_where_their_templates_do_not_say_it(self) -> None:
        assert parse_controller("{}", "f").pods.main_container == {}
        for text in ("mainContainer: {imagePullPolicy: Never}", "mainContainer: '{imagePullPolicy: Never}'"):
            assert parse_controller(text, "f").pods.main_container == {"imagePullPolicy": "Never"}
        for wrong, said in (("{pull: x}", "unknown key 'pull'"), ("{tty: 3}", "mainContainer: "), ("[]", "a mapping")):
            with pytest.raises(UsageError, match=said):
                parse_controller(f"mainContainer: {wrong}", "f")

    def test_what_images_run(self) -> None:
        text = "{a/b:v1: {entrypoint: [tool, run], cmd: [all]}, c: {}}"
        wanted = {"a/b:v1": ImageCommand(("tool", "run"), ("all",)), "c": ImageCommand()}
        assert parse_controller(f"images: {text}", "f").images == wanted
        assert parse_controller(f"kind: ConfigMap\ndata: {{images: '{text}'}}", "f").images == wanted
        for wrong, said in (
            ("{a: {command: [x]}}", "images.a: .*command"),
            ("{a: {cmd: x}}", "images.a"),
            ("3", "images"),
        ):
            with pytest.raises(UsageError, match=said):
                parse_controller(f"images: {wrong}", "f")

    def test_single_flight_of_memoization(self) -> None:
        assert parse_controller("parallelism: 1", "f").single_flight
        assert not parse_controller("memoizationSingleFlight: false", "f").single_flight

    def test_how_long_memoized_outputs_are_kept(self, home: Path) -> None:
        variables = {"CACHE_GC_PERIOD": "1m", "CACHE_GC_AFTER_NOT_HIT_DURATION": "2h"}
        assert load(home=home, environment={}).cache_lifetime is None
        assert load(home=home, environment={**variables, "CACHE_GC_PERIOD": "0"}).cache_lifetime is None
        assert load(home=home, environment=variables).cache_lifetime == timedelta(hours=2)
        assert load(home=home, environment={"CACHE_GC_PERIOD": "1m"}).cache_lifetime == timedelta(seconds=30)
        with pytest.raises(UsageError) as caught:
            load(home=home, environment={"CACHE_GC_PERIOD": "soon"})
        assert caught.value.where == "CACHE_GC_PERIOD"

    def test_config_map_with_a_key_each(self) -> None:
        text = (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: workflow-controller-configmap}\ndata:\n"
            "  parallelism: '10'\n  workflowDefaults: |\n    metadata:\n      labels: {a: b}\n  retentionPolicy: |\n"
            "    completed: 10\n"
        )
        assert parse_controller(text, "f") == ControllerConfig(
            parallelism=10,
            workflow_defaults={"metadata": {"labels": {"a": "b"}}},
            retention={"Succeeded": 10, "Failed": 0, "Error": 0},
        )

    def test_config_map_with_one_key_for_all(self) -> None:
        text = "kind: ConfigMap\ndata:\n  config: |\n    parallelism: 3\n    instanceID: x\n"
        assert parse_controller(text, "f") == ControllerConfig(parallelism=3, instance="x")

    @pytest.mark.parametrize("mode", ["Strict", "Secure"])
    def test_template_referencing(self, mode: str, home: Path) -> None:
        write_config(home, f"workflowRestrictions: {{templateReferencing: {mode}}}\n")
        found = load(home=home, environment={"WORKFLOW_USER_OVERRIDE_ALLOWLIST": "HostNetwork, nodeSelector"})
        assert found.controller.template_referencing == mode
        assert found.overrides == ("HostNetwork", "nodeSelector")
        inside = f"kind: ConfigMap\ndata:\n  workflowRestrictions: |\n    templateReferencing: {mode}\n"
        assert parse_controller(inside, "f").template_referencing == mode

    @pytest.mark.parametrize("text", ["", "{}", "# nothing\n", "kind: ConfigMap\n", "parallelism:\n", "parallelism: 0"])
    def test_nothing_said_is_no_limit(self, text: str) -> None:
        assert parse_controller(text, "f") == ControllerConfig()

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("parallelsim: 4", "unknown key 'parallelsim'"),
            ("workflowRestrictions: {templateReferencing: strict}", "templateReferencing must be Strict or Secure"),
            ("workflowRestrictions: {templateReferncing: Strict}", "unknown key 'templateReferncing'"),
            ("memoizationSingleFlight: maybe", "memoizationSingleFlight must be true or false"),
            ("parallelism: many", "parallelism must be a whole number"),
            ("parallelism: -1", "parallelism must be a whole number"),
            ("parallelism: true", "parallelism must be a whole number"),
            ("parallelism: 1.5", "parallelism must be a whole number"),
            ("namespaceParallelism: []", "namespaceParallelism must be a whole number"),
            ("workflowDefaults: 3", "workflowDefaults must be a mapping"),
            ("workflowDefaults: {spec: []}", "workflowDefaults.spec must be a mapping"),
            ("workflowDefaults: {entrypoint: a}", "unknown key 'entrypoint'"),
            ("- a", "the file must be a mapping"),
            ("1: 2", "unknown key '1'"),
            ("kind: ConfigMap\ndata: {parallelism: 4}", "data.parallelism must be text"),
            ("kind: ConfigMap\ndata: []", "data must be a mapping"),
            ("kind: ConfigMap\ndata: {config: '[]'}", "data.config must be a mapping"),
        ],
    )
    def test_wrong_key_names_file_and_key(self, text: str, message: str) -> None:
        with pytest.raises(UsageError) as caught:
            parse_controller(text, "some/config.yaml")
        assert message in caught.value.message
        assert caught.value.where == "some/config.yaml"

    def test_text_that_is_no_yaml_names_the_place(self) -> None:
        with pytest.raises(UsageError) as caught:
            parse_controller("parallelism: 1\nworkflowDefaults: [\n", "f.yaml")
        assert (caught.value.where or "").startswith("f.yaml:3:")

    @pytest.mark.parametrize("text", ["!!python/object/apply:os.system ['true']", "a: \x07", "x: 2026-99-99"])
    def test_hostile_text_is_refused(self, text: str) -> None:
        with pytest.raises(UsageError):
            parse_controller(text, "f.yaml")

    def test_named_file_comes_first_and_must_exist(self, home: Path, tmp_path: Path) -> None:
        write_config(home, "parallelism: 1")
        named = tmp_path / "named.yaml"
        with pytest.raises(UsageError, match="no such file") as caught:
            load(home=home, environment={"TIPHYS_CONFIG": str(named)})
        assert caught.value.where == str(named)
        named.write_text("parallelism: 2")
        assert load(home=home, environment={"TIPHYS_CONFIG": str(named)}).controller.parallelism == 2

    def test_unreadable_file_is_a_usage_error(self, home: Path) -> None:
        file = write_config(home, "")
        file.write_bytes(b"parallelism: \xff")
        with pytest.raises(UsageError, match="UTF-8"):
            load(home=home, environment={})
        file.unlink()
        file.mkdir()
        with pytest.raises(UsageError, match="cannot be read"):
            load(home=home, environment={})


def test_settings_load_no_library_that_they_do_not_need(tmp_path: Path) -> None:
    code = (
        "import sys; from tiphys.entrypoints.settings import load; load(environment={'TIPHYS_HOME': sys.argv[1]});"
        "print([name for name in ('yaml', 'platformdirs', 'asyncio') if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    arguments = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == "[]\n"


def test_an_artifact_repository_is_configured() -> None:
    plain = parse_controller("artifactRepository: {s3: {bucket: b, endpoint: e}, archiveLogs: true}", "f")
    assert plain.artifact_repository == {"s3": {"bucket": "b", "endpoint": "e"}, "archiveLogs": True}
    text = "kind: ConfigMap\ndata:\n  artifactRepository: |\n    s3: {bucket: b}\n"
    assert parse_controller(text, "f").artifact_repository == {"s3": {"bucket": "b"}}
    assert parse_controller("artifactRepository: {}", "f").artifact_repository is None
    for bad, said in (
        ("{s4: {}}", "unknown key 's4'"),
        ("{s3: [1]}", "artifactRepository: "),
        ("[1]", "must be a mapping"),
    ):
        with pytest.raises(UsageError, match=said):
            parse_controller(f"artifactRepository: {bad}", "f")
