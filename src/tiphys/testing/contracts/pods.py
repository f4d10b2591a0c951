"""What every runtime that runs containers must do with a Pod manifest beyond ``RuntimeContract``.

Subclass ``PodContract`` in a test module and give it a ``runtime`` fixture; commands are those of busybox.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from tiphys.ports.runtime import OutputParameter, PodReport, PodRequest, PodRuntime, PodSources
from tiphys.secret import Secret
from tiphys.testing.contracts.runtime import PATIENCE, RuntimeContract, log_of, request_of, run, shell_pod, wait_for

#: A secret value that must not be found in anything that is written.
CANARY = "tiphys-canary-7f3a"
SOURCES = PodSources(
    config_maps={"settings": {"color": b"blue", "conf.ini": b"[a]\nb=1\n", "not a name": b"x"}},
    secrets={"keys": {"token": Secret(CANARY.encode()), "user": Secret(b"me")}},
)


def container(name: str, script: str, **fields: object) -> dict[str, Any]:
    """A container that runs a shell script."""
    return {"name": name, "image": "busybox", "command": ["sh", "-c", script], **fields}


def pod_of(name: str, *containers: Mapping[str, Any], **spec: object) -> PodRequest:
    """A request for a pod of these containers that looks names up in ``SOURCES``."""
    manifest: Any = {"metadata": {"labels": {"app": "x"}}, "spec": {"containers": list(containers), **spec}}
    return replace(request_of(name, manifest), sources=SOURCES)


def result_of(runtime: PodRuntime, request: PodRequest) -> str:
    """What main prints; the pod must succeed."""
    report = run(runtime, replace(request, capture_result=True))
    said = [text for _, text in log_of(runtime, request.key)]
    assert report.phase == "Succeeded", (report.message, report.containers, said)
    assert report.outputs is not None and report.outputs.result is not None
    return report.outputs.result


def states(report: PodReport) -> list[tuple[str, str, int | None, str]]:
    """Name, state, exit code and reason of each container."""
    return [(item.name, item.state, item.exit_code, item.reason) for item in report.containers]


#: Probes that ask often and wait long: the second that Kubernetes gives an answer is short on a busy machine.
OFTEN = {"periodSeconds": 1, "timeoutSeconds": 60}


def until(runtime: PodRuntime, request: PodRequest, wanted: str) -> list[PodReport]:
    """Poll until the container ``wanted`` is ready: what the pod reported up to then."""
    found: list[PodReport] = []
    while reports := runtime.poll(PATIENCE):
        for report in reports:
            found += [report] if report.key == request.key else []
            if found and any(item.name == wanted and item.ready for item in found[-1].containers):
                return found
    raise AssertionError(f"nothing was reported, and {wanted} is not ready")


def written_with(text: str, folder: Path) -> list[Path]:
    """Every file below ``folder`` that contains ``text``."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return [path for path in files if text.encode() in path.read_bytes()]


class PodContract(RuntimeContract):
    """The sentences about pods.  ``home`` is a fixture too: where the runtime keeps things."""

    # --- variables

    def test_variables_come_from_config_maps_secrets_and_the_pod(self, runtime: PodRuntime) -> None:
        env: Sequence[Any] = [
            {"name": "COLOR", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "color"}}},
            {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "token"}}},
            {"name": "BOTH", "value": "$(COLOR)-$(TOKEN)"},
            {"name": "NONE", "valueFrom": {"secretKeyRef": {"name": "no", "key": "no", "optional": True}}},
            {"name": "APP", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['app']"}}},
            {"name": "CPU", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "1m"}}},
        ]
        more: Sequence[Any] = [{"prefix": "S_", "secretRef": {"name": "keys"}}, {"configMapRef": {"name": "settings"}}]
        script = "echo $COLOR $TOKEN $BOTH ${NONE-unset} $APP $S_user $color $ARGO_NODE_ID $ARGO_CONTAINER_NAME $CPU"
        main = container("main", script, env=env, envFrom=more, resources={"limits": {"cpu": "1500m"}})
        assert result_of(runtime, pod_of("a", main)) == (f"blue {CANARY} blue-{CANARY} unset x me blue a main 1500")

    def test_a_pod_knows_its_address(self, runtime: PodRuntime) -> None:
        own = [{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]
        host = [{"name": "HOST", "valueFrom": {"fieldRef": {"fieldPath": "status.hostIP"}}}]
        script = "echo at $IP:80 $HOST $0; sleep 100"
        main = {**container("main", script, env=[*own, *host]), "args": ["$(IP)"]}
        side = container("side", "echo $IP; sleep 100", env=own)
        request = pod_of("a", main, side)
        runtime.start(request)
        while not all(log_of(runtime, request.key, name) for name in ("main", "side")):
            ended = [report for report in runtime.poll(1) if report.phase in ("Failed", "Error")]
            assert not ended, ended
        runtime.kill(request.key, 0)
        report = wait_for(runtime, request.key)[request.key]
        address = report.pod_ip
        assert address and log_of(runtime, request.key, "side") == [("stdout", address)]
        ((_, said),) = log_of(runtime, request.key)
        assert said.startswith(f"at {address}:80 ") and said.endswith(f" {address}")

    def test_only_what_the_manifest_states_stands_behind_a_name(self, runtime: PodRuntime) -> None:
        env = [{"name": "OWN", "value": "own"}, {"name": "MORE", "value": "$(OWN) $(PATH)"}]
        main = {**container("main", 'echo "$MORE $*"', env=env), "args": ["sh", "$(OWN)", "$(PATH)", "$(HOSTNAME)"]}
        said = result_of(runtime, pod_of("a", main))
        assert said == "own $(PATH) own $(PATH) $(HOSTNAME)"

    def test_what_a_container_refers_to_must_exist(self, runtime: PodRuntime) -> None:
        cases: Mapping[str, tuple[Any, str]] = {
            "a": ({"configMapKeyRef": {"name": "none", "key": "k"}}, 'configmap "none" not found'),
            "b": ({"secretKeyRef": {"name": "none", "key": "k"}}, 'secret "none" not found'),
            "c": ({"secretKeyRef": {"name": "keys", "key": "k"}}, "couldn't find key k in Secret argo/keys"),
            "d": (
                {"configMapKeyRef": {"name": "settings", "key": "k"}},
                "couldn't find key k in ConfigMap argo/settings",
            ),
        }
        for name, (source, text) in cases.items():
            report = run(runtime, pod_of(name, container("main", "true", env=[{"name": "X", "valueFrom": source}])))
            (main,) = report.containers
            assert (report.phase, report.message) == ("Failed", "")
            assert (main.state, main.reason, main.message) == ("waiting", "CreateContainerConfigError", text)

    # --- volumes

    def test_volumes_hold_config_maps_secrets_and_the_pod(self, runtime: PodRuntime) -> None:
        volumes = [
            {"name": "conf", "configMap": {"name": "settings", "items": [{"key": "conf.ini", "path": "sub/c.ini"}]}},
            {"name": "keys", "secret": {"secretName": "keys", "defaultMode": 0o400}},
            {"name": "self", "downwardAPI": {"items": [
                {"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}},
            ]}},
            {"name": "all", "projected": {"sources": [
                {"secret": {"name": "keys", "items": [{"key": "user", "path": "in/who", "mode": 0o400}]}},
                {"configMap": {"name": "settings", "items": [{"key": "color", "path": "color", "mode": 0o600}]}},
            ]}},
            {"name": "none", "secret": {"secretName": "none", "optional": True}},
        ]  # fmt: skip
        mounts = [
            {"name": "conf", "mountPath": "/conf"}, {"name": "keys", "mountPath": "/etc/keys"},
            {"name": "keys", "mountPath": "/one/token", "subPath": "token"}, {"name": "self", "mountPath": "/self"},
            {"name": "all", "mountPath": "/all"}, {"name": "none", "mountPath": "/none"},
        ]  # fmt: skip
        script = (
            "cat /conf/sub/c.ini /etc/keys/token; echo; cat /one/token; echo; cat /self/labels; echo;"
            "cat /all/in/who /all/color; echo; ls -A /none; stat -L -c %a /etc/keys/token /all/color /all/in;"
            "echo x 2>/dev/null > /etc/keys/new || echo kept"
        )
        main = container("main", script, volumeMounts=mounts)
        said = result_of(runtime, pod_of("a", main, volumes=volumes)).splitlines()
        assert said == ["[a]", "b=1", CANARY, CANARY, 'app="x"', "meblue", "400", "600", "755", "kept"]

    def test_a_volume_that_cannot_be_had_is_named(self, runtime: PodRuntime) -> None:
        main = container("main", "true", volumeMounts=[{"name": "v", "mountPath": "/v"}])
        report = run(runtime, pod_of("a", main, volumes=[{"name": "v", "configMap": {"name": "none"}}]))
        assert report.containers[0].reason == "CreateContainerConfigError"
        assert 'configmap "none" not found' in report.containers[0].message
        claim = {"name": "v", "persistentVolumeClaim": {"claimName": "gone"}}
        assert run(runtime, pod_of("b", main, volumes=[claim])).message == 'persistentvolumeclaim "gone" not found'

    def test_containers_of_a_pod_share_its_empty_directories(self, runtime: PodRuntime) -> None:
        mounts = [{"name": "disk", "mountPath": "/disk"}, {"name": "memory", "mountPath": "/memory"}]
        first = container("first", "echo one > /disk/f; echo two > /memory/f", volumeMounts=mounts)
        main = container("main", "cat /disk/f /memory/f", volumeMounts=mounts)
        volumes = [{"name": "disk", "emptyDir": {}}, {"name": "memory", "emptyDir": {"medium": "Memory"}}]
        assert result_of(runtime, pod_of("a", main, initContainers=[first], volumes=volumes)) == "one\ntwo"

    def test_a_volume_that_grows_over_its_limit_ends_the_pod(self, runtime: PodRuntime) -> None:
        mounts = {"volumeMounts": [{"name": "small", "mountPath": "/small"}]}
        script = "dd if=/dev/zero of=/small/a bs=1024 count=3072 2>/dev/null; sleep 100"
        for name, volume in (("disk", {}), ("memory", {"medium": "Memory"})):
            small = {"name": "small", "emptyDir": {"sizeLimit": "2Mi", **volume}}
            report = run(runtime, pod_of(name, container("main", script, **mounts), volumes=[small]))
            assert report.phase == "Failed"
            assert report.message == 'Usage of EmptyDir volume "small" exceeds the limit "2Mi". '

    def test_sub_paths_and_expressions_choose_a_part_of_a_volume(self, runtime: PodRuntime) -> None:
        env = [{"name": "WHO", "value": "me"}]
        mounts = [
            {"name": "v", "mountPath": "/whole"},
            {"name": "v", "mountPath": "/part", "subPath": "a/b"},
            {"name": "v", "mountPath": "/mine", "subPathExpr": "$(WHO)/x"},
            {"name": "v", "mountPath": "/fixed", "readOnly": True},
        ]
        script = (
            "echo 1 > /part/f; echo 2 > /mine/f; cat /whole/a/b/f /whole/me/x/f;"
            "echo 3 2>/dev/null > /fixed/f || echo no"
        )
        main = container("main", script, env=env, volumeMounts=mounts)
        assert result_of(runtime, pod_of("a", main, volumes=[{"name": "v", "emptyDir": {}}])) == "1\n2\nno"

    # --- life

    def test_a_container_is_ready_when_its_probe_succeeds(self, runtime: PodRuntime) -> None:
        probe = {"exec": {"command": ["sh", "-c", "test -f /tmp/up && test -f /seen/go"]}, **OFTEN}
        mounts = [{"name": "v", "mountPath": "/seen"}]
        main = container("main", "touch /tmp/up; sleep 1000", readinessProbe=probe, volumeMounts=mounts)
        side = container("side", "sleep 1; touch /seen/go; sleep 1000", volumeMounts=mounts)
        request = pod_of("a", main, side, volumes=[{"name": "v", "emptyDir": {}}])
        runtime.start(request)
        *before, report = until(runtime, request, "main")
        assert "Running" in {each.phase for each in before}
        assert report.phase == "Running" and all(item.ready for item in report.containers)
        runtime.kill(request.key, 0)
        assert not any(item.ready for item in wait_for(runtime, request.key)[request.key].containers)

    def test_a_server_is_reached_at_the_address_of_its_pod(self, runtime: PodRuntime) -> None:
        page = "d=$(mktemp -d); echo 'hello from the daemon' > $d/index.html"
        script = f"{page}; exec busybox httpd -f -p 18080 -h $d"
        probe = {"tcpSocket": {"port": "web"}, **OFTEN}
        server = container("main", script, readinessProbe=probe, ports=[{"name": "web", "containerPort": 18080}])
        request = pod_of("server", server)
        runtime.start(request)
        address = until(runtime, request, "main")[-1].pod_ip
        assert address
        client = container("main", f"until busybox wget -q -O - http://{address}:18080/; do sleep 0.1; done")
        assert result_of(runtime, pod_of("client", client)) == "hello from the daemon"
        runtime.kill(request.key, 0)
        wait_for(runtime, request.key)

    def test_a_failing_liveness_probe_ends_the_container(self, runtime: PodRuntime) -> None:
        probe = {"exec": {"command": ["false"]}, **OFTEN, "failureThreshold": 1}
        report = run(runtime, pod_of("a", container("main", "sleep 1000", livenessProbe=probe)))
        assert (report.phase, report.containers[0].message) == ("Failed", "Liveness probe failed")

    def test_hooks_run_after_the_start_and_before_the_end(self, runtime: PodRuntime) -> None:
        hooks = {
            "postStart": {"exec": {"command": ["sh", "-c", "echo started > /v/a"]}},
            "preStop": {"exec": {"command": ["sh", "-c", "echo stopping > /v/b"]}},
        }
        mounts = [{"name": "v", "mountPath": "/v"}]
        side = container("side", "sleep 1000", lifecycle=hooks, volumeMounts=mounts)
        main = container("main", "while ! test -s /v/a; do sleep 0.1; done; cat /v/a", volumeMounts=mounts)
        request = pod_of("a", main, side, volumes=[{"name": "v", "emptyDir": {}}])
        wanted = (OutputParameter(name="p", path="/v/b"),)
        report = run(runtime, replace(request, capture_result=True, output_parameters=wanted))
        assert report.phase == "Succeeded", report.containers
        assert report.outputs is not None and report.outputs.result == "started"
        assert report.outputs.parameters == (("p", "stopping"),)

    def test_a_set_runs_in_order_and_each_container_as_often_as_it_may(self, runtime: PodRuntime) -> None:
        mounts = [{"name": "v", "mountPath": "/v"}]
        flaky = "echo try >> /v/log; test $(wc -l < /v/log) -ge 3"
        containers = [
            container("main", "cat /v/log", volumeMounts=mounts),
            container("flaky", flaky, volumeMounts=mounts),
        ]
        template: Any = {
            "containerSet": {
                "retryStrategy": {"retries": "3", "duration": "0s"},
                "containers": [{"name": "main", "dependencies": ["flaky"]}, {"name": "flaky"}],
            }
        }
        request = pod_of("a", *containers, volumes=[{"name": "v", "emptyDir": {}}])
        assert result_of(runtime, replace(request, template=template)) == "try\ntry\ntry"

    def test_progress_is_what_the_process_writes(self, runtime: PodRuntime) -> None:
        script = "echo 1/4 > $ARGO_PROGRESS_FILE; echo 4/4 >> $ARGO_PROGRESS_FILE; echo junk"
        assert run(runtime, pod_of("a", container("main", script))).progress == "4/4"

    def test_an_init_container_that_fails_keeps_its_log(self, runtime: PodRuntime) -> None:
        first = container("first", "echo why; exit 9")
        report = run(runtime, pod_of("a", container("main", "true"), initContainers=[first]))
        assert states(report) == [("first", "terminated", 9, "Error"), ("main", "waiting", None, "")]
        assert log_of(runtime, report.key, "first") == [("stdout", "why")]

    def test_a_signal_that_ended_a_container_is_in_its_exit_code_only(self, runtime: PodRuntime) -> None:
        (main,) = run(runtime, shell_pod("a", "kill -s USR1 $$$$")).containers
        assert (main.exit_code, main.message) == (138, "")

    def test_a_program_that_cannot_begin_is_named(self, runtime: PodRuntime) -> None:
        why = {
            "nosuch": "executable file not found in $PATH",
            "/no/such": "no such file or directory",
            "/etc": "permission denied",
        }
        for number, (command, text) in enumerate(why.items()):
            report = run(runtime, pod_of(f"n{number}", {**container("main", ""), "command": [command]}))
            (main,) = report.containers
            assert (report.phase, main.exit_code, main.reason) == ("Failed", 128, "StartError"), report
            assert main.message == f'exec: "{command}": {text}'
            assert log_of(runtime, report.key) == []

    # --- surroundings

    def test_a_container_runs_as_the_user_that_it_asks_for(self, runtime: PodRuntime) -> None:
        script = "id -u; id -g; touch /tmp/x && echo yes"
        main = container("main", script, securityContext={"runAsUser": 1234, "runAsGroup": 567})
        assert result_of(runtime, pod_of("a", main)) == "1234\n567\nyes"
        other = container("main", "id -u")
        assert result_of(runtime, pod_of("b", other, securityContext={"runAsUser": 77})) == "77"
        root = container("main", "id -u", securityContext={"runAsNonRoot": True, "runAsUser": 0})
        assert run(runtime, pod_of("c", root)).containers[0].reason == "CreateContainerConfigError"

    def test_what_is_written_to_a_volume_has_the_group_of_the_volumes(self, runtime: PodRuntime) -> None:
        mounts = [{"name": "v", "mountPath": "/v"}]
        main = container("main", "echo x > /v/f && stat -c %g /v/f", volumeMounts=mounts)
        request = pod_of("a", main, securityContext={"fsGroup": 4321}, volumes=[{"name": "v", "emptyDir": {}}])
        assert result_of(runtime, request) == "4321"

    def test_an_init_container_that_always_restarts_is_a_sidecar(self, runtime: PodRuntime) -> None:
        mounts = [{"name": "v", "mountPath": "/v"}]
        script = "echo x >> /v/started; test $(wc -l < /v/started) -gt 1 || exit 3; echo up > /v/up; exec sleep 1000"
        early = container("early", script, restartPolicy="Always", volumeMounts=mounts)
        probe = {"exec": {"command": ["test", "-s", "/v/up"]}, **OFTEN, "failureThreshold": 1000}
        early["startupProbe"] = probe
        then = container("then", "cat /v/up", volumeMounts=mounts)
        main = container("main", "cat /v/up", volumeMounts=mounts)
        request = pod_of("a", main, initContainers=[early, then], volumes=[{"name": "v", "emptyDir": {}}])
        assert result_of(runtime, request) == "up"
        assert log_of(runtime, request.key, "then") == [("stdout", "up")]

    def test_a_main_that_ends_before_its_sidecar_began_does_no_harm(self, runtime: PodRuntime) -> None:
        report = run(runtime, pod_of("a", container("main", "true"), container("side", "sleep 1000")))
        assert report.phase == "Succeeded", report

    def test_names_of_hosts_can_be_added(self, runtime: PodRuntime) -> None:
        aliases = [{"ip": "127.1.2.3", "hostnames": ["one.example", "two.example"]}]
        look = "grep -c 'two.example' /etc/hosts"
        shown = [{"name": "v", "mountPath": "/v"}]
        first = container("first", look)
        side = container("side", f"{look} > /v/seen; mv /v/seen /v/side; sleep 1000", volumeMounts=shown)
        main = container("main", f"until cat /v/side; do sleep 0.05; done 2>/dev/null; {look}", volumeMounts=shown)
        volumes = [{"name": "v", "emptyDir": {}}]
        request = pod_of("a", main, side, hostAliases=aliases, initContainers=[first], volumes=volumes)
        assert result_of(runtime, request) == "1\n1"
        assert log_of(runtime, request.key, "first") == [("stdout", "1")]

    def test_a_terminal_is_one_stream(self, runtime: PodRuntime) -> None:
        request = pod_of("a", container("main", "test -t 1 && echo tty; echo warn >&2", tty=True))
        assert run(runtime, request).phase == "Succeeded"
        assert log_of(runtime, request.key) == [("stdout", "tty"), ("stdout", "warn")]

    def test_too_much_memory_is_reported_as_such(self, runtime: PodRuntime) -> None:
        script = "exec busybox awk 'BEGIN { s = \"x\"; while (1) s = s s }'"
        limits = {"limits": {"memory": "48Mi", "cpu": "2"}}
        (main,) = run(runtime, pod_of("a", container("main", script, resources=limits))).containers
        assert (main.exit_code, main.reason) == (137, "OOMKilled")

    def test_a_root_file_system_can_be_read_only(self, runtime: PodRuntime) -> None:
        script = "echo x 2>/dev/null > /x || echo no; echo y > /v/y && echo yes"
        mounts = [{"name": "v", "mountPath": "/v"}]
        main = container("main", script, securityContext={"readOnlyRootFilesystem": True}, volumeMounts=mounts)
        assert result_of(runtime, pod_of("a", main, volumes=[{"name": "v", "emptyDir": {}}])) == "no\nyes"

    def test_a_set_of_the_annotation_is_a_set_too(self, runtime: PodRuntime) -> None:
        request = pod_of("a", container("b", "exit 3"), container("c", "true"), container("d", "true"))
        needs = json.dumps({"b": [], "c": ["b"], "d": ["c"]})
        manifest: Any = {**request.manifest, "metadata": {"annotations": {"tiphys.dev/container-set": needs}}}
        report = run(runtime, replace(request, manifest=manifest))
        assert [(item.exit_code, item.message) for item in report.containers] == [
            (3, ""),
            (64, 'dependency "b" exited with non-zero code: 3'),
            (64, 'dependency "c" exited with non-zero code: 3'),
        ]

    def test_secrets_are_in_nothing_that_is_written(self, runtime: PodRuntime, home: Path) -> None:
        env = [{"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "token"}}}]
        mounts = [{"name": "v", "mountPath": "/keys"}]
        fields = {"env": env, "volumeMounts": mounts}
        script = "test -n $TOKEN && test -s /keys/token && echo fine"
        main = {**container("main", script, **fields), "args": ["$(TOKEN)"]}
        volumes = [{"name": "v", "secret": {"secretName": "keys"}}]
        stays = pod_of("a", {**main, "command": ["sh", "-c", f"{script}; sleep 1000", "$(TOKEN)"]}, volumes=volumes)
        runtime.start(stays)
        while not log_of(runtime, stays.key):
            runtime.poll(1)
        assert written_with(CANARY, home) == []
        runtime.kill(stays.key, 0)
        report = wait_for(runtime, stays.key)[stays.key]
        assert CANARY not in repr(report) and CANARY not in repr(stays)
        ended = run(runtime, pod_of("b", main, volumes=volumes))
        assert ended.phase == "Succeeded" and CANARY not in repr(ended)
        assert written_with(CANARY, home) == []
