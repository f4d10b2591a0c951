"""Our own routes below ``/api/x/v1``: times and backfills of schedules, plans of retries, history, rights."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from tests.api.conftest import Running
from tests.waiting import until

SPEC = {
    "entrypoint": "main",
    "templates": [{"name": "main", "container": {"image": "x", "command": ["true"]}}],
}
CRON = {
    "metadata": {"name": "hourly"},
    "spec": {
        "schedules": ["0 * * * *"],
        "timezone": "Europe/Berlin",
        "suspend": True,
        "workflowSpec": SPEC,
    },
}
X = "/api/x/v1"
#: Runs as Kubernetes has them: without those that only the archive keeps.
LIVE = "/apis/argoproj.io/v1alpha1/namespaces/default/workflows"


def test_a_schedule_says_when_it_fires_and_makes_up_each_run_once(server: Running) -> None:
    with server.client() as client:
        made = client.post("/api/v1/cron-workflows/default", json={"cronWorkflow": CRON})
        assert made.status_code == 200, made.text
        path = f"{X}/cron-workflows/default/hourly"
        query = {"from": "2026-01-01T12:00:00Z", "to": "2026-01-01T14:30:00Z"}
        assert client.get(f"{path}/times", params=query).json() == {
            "times": ["2026-01-01T13:00:00Z", "2026-01-01T14:00:00Z"]
        }
        assert client.get(f"{path}/times", params={**query, "limit": "1"}).json() == {"times": ["2026-01-01T13:00:00Z"]}
        assert len(client.get(f"{path}/times").json()["times"]) == 20
        assert client.get(f"{path}/times", params={"limit": "1001"}).status_code == 400
        assert client.get(f"{X}/cron-workflows/default/absent/times").status_code == 404

        agenda = f"{X}/agenda/default"
        planned = {each["name"]: each for each in client.get(agenda, params=query).json()["items"]}
        assert planned["hourly"]["times"] == ["2026-01-01T13:00:00Z", "2026-01-01T14:00:00Z"]
        assert planned["hourly"]["more"] is False
        (first,) = [
            e for e in client.get(agenda, params={**query, "limit": "1"}).json()["items"] if e["name"] == "hourly"
        ]
        assert (first["times"], first["more"]) == (["2026-01-01T13:00:00Z"], True)
        assert client.get(agenda, params={**query, "to": "2026-03-01T00:00:00Z"}).status_code == 400

        draft = {"from": query["from"], "timezone": "Europe/Berlin", "limit": "2"}
        twice = "schedule=0+*+*+*+*&schedule=30+13+*+*+*"
        assert client.get(f"{agenda}/draft?{twice}&{urlencode(draft)}").json() == {
            "times": ["2026-01-01T12:30:00Z", "2026-01-01T13:00:00Z"]
        }
        for wrong in ({"schedule": "61 * * * *"}, {"timezone": "No/Where"}, {"limit": "0"}):
            assert client.get(f"{agenda}/draft", params={"schedule": "0 * * * *", **draft, **wrong}).status_code == 400

        body = {"start": query["from"], "end": query["to"], "name": "again", "parallel": True}
        names = client.post(f"{path}/backfill", json=body).json()["names"]
        assert len(names) == 2
        assert client.post(f"{path}/backfill", json=body).json() == {"names": []}
        label = {"listOptions.labelSelector": "workflows.argoproj.io/backfill=again"}
        listed = client.get("/api/v1/workflows/default", params=label).json()["items"]
        assert sorted(item["metadata"]["name"] for item in listed) == sorted(names)
        assert client.post(f"{path}/backfill", json={"start": "soon"}).status_code == 400
        assert client.post(f"{path}/backfill", json={"start": "1990-01-01T00:00:00Z"}).status_code == 400


def test_the_runs_of_a_schedule_go_with_it_or_stay_without_it(server: Running) -> None:
    def schedule(name: str) -> tuple[str, str]:
        """A schedule with a run of its own."""
        cron = {"metadata": {"name": name}, "spec": CRON["spec"]}
        assert client.post("/api/v1/cron-workflows/default", json={"cronWorkflow": cron}).status_code == 200
        body = {"resourceKind": "CronWorkflow", "resourceName": name}
        made = client.post("/api/v1/workflows/default/submit", json=body).json()["metadata"]
        return f"/api/v1/cron-workflows/default/{name}", f"{LIVE}/{made['name']}"

    with server.client() as client:
        policy = "deleteOptions.propagationPolicy"
        first, run = schedule("goes")
        server.finished(run.rpartition("/")[2])
        assert client.delete(first, params={"deleteOptions.dryRun": "All"}).json() == {}
        assert client.get(first).status_code == client.get(run).status_code == 200
        for wrong in ({policy: "Never"}, {policy: "Orphan", "deleteOptions.orphanDependents": "true"}):
            assert client.delete(first, params=wrong).status_code == 400
        assert client.delete(first).status_code == 200
        assert client.get(run).status_code == 404

        for number, kept in enumerate(({policy: "Orphan"}, {"deleteOptions.orphanDependents": "true"})):
            other, run = schedule(f"leaves-{number}")
            assert client.delete(other, params=kept).status_code == 200
            server.finished(run.rpartition("/")[2])
            assert client.get(run).json()["metadata"].get("ownerReferences", []) == []


def test_a_retry_can_be_looked_at_first_and_changes_nothing(server: Running) -> None:
    step = {"name": "main", "steps": [[{"name": "a", "template": "a"}], [{"name": "b", "template": "b"}]]}
    templates = [
        step,
        {"name": "a", "container": {"image": "x", "command": ["true"]}},
        {"name": "b", "container": {"image": "x", "command": ["false"]}},
    ]
    with server.client() as client:
        workflow = {"metadata": {"generateName": "plan-"}, "spec": {"entrypoint": "main", "templates": templates}}
        name = client.post("/api/v1/workflows/default", json={"workflow": workflow}).json()["metadata"]["name"]
        before = server.finished(name)
        plan = client.post(f"{X}/workflows/default/{name}/retry-plan", json={}).json()["nodes"]
        actions = {node["displayName"]: node["action"] for node in plan}
        assert (actions["a"], actions["b"], actions[name]) == ("keep", "rerun", "reset")
        assert client.get(f"/api/v1/workflows/default/{name}").json() == before
        uid = before["metadata"]["uid"]
        client.delete(f"/api/v1/workflows/default/{name}").raise_for_status()
        kept = client.get(f"/api/v1/archived-workflows/{uid}").json()
        again = client.post(f"{X}/archived-workflows/{uid}/retry-plan", json={})
        assert again.json()["nodes"] == plan
        assert client.get(f"/api/v1/archived-workflows/{uid}").json() == kept
        assert client.post(f"{X}/archived-workflows/no-such/retry-plan", json={}).status_code == 404


def test_an_archived_run_is_retried_as_its_plan_says(server: Running) -> None:
    """Also when nodes were chosen: the plan and the retry read the same request."""
    failing = {"container": {"image": "x", "command": ["false"]}}
    steps = {"name": "main", "steps": [[{"name": name, "template": name} for name in ("one", "two")]]}
    templates = [steps, {"name": "one", **failing}, {"name": "two", **failing}]
    with server.client() as client:
        workflow = {"metadata": {"generateName": "chosen-"}, "spec": {"entrypoint": "main", "templates": templates}}
        name = client.post("/api/v1/workflows/default", json={"workflow": workflow}).json()["metadata"]["name"]
        uid = server.finished(name)["metadata"]["uid"]
        client.delete(f"/api/v1/workflows/default/{name}").raise_for_status()
        chosen = {"namespace": "default", "nodes": ["one"]}
        plan = client.post(f"{X}/archived-workflows/{uid}/retry-plan", json=chosen).json()["nodes"]
        assert [node["displayName"] for node in plan if node["action"] == "rerun"] == ["one"]
        client.put(f"/api/v1/archived-workflows/{uid}/retry", json=chosen).raise_for_status()
        server.finished(name)
        items = client.get(f"{X}/workflows/default/{name}/history").json()["items"]
    retried = [item["message"] for item in items if item["reason"] == "WorkflowRetried"]
    assert retried == [f"Workflow retried: {name}[0].one"]


def test_what_happened_in_a_run_can_be_read_later(server: Running) -> None:
    name = server.submit("false")
    server.finished(name)
    with server.client() as client:
        items = until(
            lambda: client.get(f"{X}/workflows/default/{name}/history").json()["items"],
            lambda items: "WorkflowFailed" in [item["reason"] for item in items],
        )
    reasons = [item["reason"] for item in items]
    assert reasons[0] == "WorkflowRunning"
    assert "WorkflowNodeFailed" in reasons
    moments = [datetime.fromisoformat(item["eventTime"]) for item in items]
    assert moments == sorted(moments)
    assert any(moment.microsecond for moment in moments)
    whole = [moment.replace(microsecond=0) for moment in moments]
    assert whole == [datetime.fromisoformat(item["firstTimestamp"]) for item in items]


def test_the_owner_may_do_everything(server: Running) -> None:
    with server.client() as client:
        rights = client.get(f"{X}/rights/default").json()["rights"]
    assert rights["workflows"] == ["get", "list", "watch", "create", "update", "delete"]


def test_runs_are_counted_and_those_that_wait_are_found(server: Running) -> None:
    templates = [
        {"name": "main", "steps": [[{"name": "ask-ana", "template": "gate"}]]},
        {"name": "gate", "suspend": {}},
        {"name": "quick", "container": {"image": "x", "command": ["true"]}},
    ]
    with server.client() as client:

        def start(name: str, entrypoint: str) -> None:
            spec = {"entrypoint": entrypoint, "templates": templates}
            workflow = {"metadata": {"name": name, "labels": {"counted": "yes"}}, "spec": spec}
            made = client.post("/api/v1/workflows/overview", json={"workflow": workflow})
            assert made.status_code == 200, made.text

        start("counted-waits", "main")
        start("counted-quick", "quick")
        server.finished("counted-quick", "overview")
        (item,) = until(lambda: client.get(f"{X}/waiting/overview").json()["items"])
        assert (item["name"], item["displayName"]) == ("counted-waits", "ask-ana")
        phases = client.get(f"{X}/facets/overview", params={"listOptions.labelSelector": "counted=yes"}).json()[
            "phases"
        ]
        assert phases == {"Pending": 0, "Running": 1, "Succeeded": 1, "Failed": 0, "Error": 0}
        none = client.get(f"{X}/facets/overview", params={"listOptions.labelSelector": "counted=no"}).json()["phases"]
        assert set(none.values()) == {0}
        client.put("/api/v1/workflows/overview/counted-waits/resume", json={})
        server.finished("counted-waits", "overview")
        assert client.get(f"{X}/waiting/overview").json() == {"items": []}


def test_an_event_is_tried_out_on_the_bindings(server: Running) -> None:
    def binding(name: str, selector: str) -> dict[str, object]:
        parameter = {"name": "who", "valueFrom": {"event": "payload.who"}}
        submit = {"workflowTemplateRef": {"name": "greet"}, "arguments": {"parameters": [parameter]}}
        return {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "WorkflowEventBinding",
            "metadata": {"name": name},
            "spec": {"event": {"selector": selector}, "submit": submit},
        }

    kube = "/apis/argoproj.io/v1alpha1/namespaces/try-events/workfloweventbindings"
    with server.client() as client:
        for name, selector in (("fits", 'payload.who != ""'), ("not", "false"), ("odd", "payload.none.such")):
            made = client.post(kube, json=binding(name, selector))
            assert made.status_code == 201, made.text
        tried = client.post(f"{X}/workflow-event-bindings/try-events/try", json={"who": "Ana"}).json()["items"]
        found = {item["name"]: item for item in tried}
        parameters = found["fits"]["workflow"]["spec"]["arguments"]["parameters"]
        assert parameters == [{"name": "who", "value": "Ana"}]
        assert found["not"] == {"name": "not"}
        assert found["odd"]["problem"]
        assert client.get("/api/v1/workflows/try-events").json()["items"] is None


def test_counts_are_of_what_is_listed_live_and_archived(server: Running) -> None:
    for name in ("gone-a", "gone-b"):
        server.submit("false", namespace="counting", name=name)
        server.finished(name, "counting")
    with server.client() as client:
        assert client.delete("/api/v1/workflows/counting/gone-a").status_code == 200

        def failed(**query: str) -> int:
            return int(client.get(f"{X}/facets/counting", params=query).json()["phases"]["Failed"])

        listed = client.get("/api/v1/workflows/counting").json()["items"]
        assert len(listed) == failed() == 2
        assert (failed(archived="yes"), failed(archived="no")) == (1, 1)
        one = {"listOptions.fieldSelector": "metadata.name=e-b", "nameFilter": "Contains"}
        assert len(client.get("/api/v1/workflows/counting", params=one).json()["items"]) == failed(**one) == 1
        assert client.get(f"{X}/facets/counting", params={"archived": "perhaps"}).status_code == 400


def test_the_steps_of_runs_have_figures(server: Running) -> None:
    name = server.submit("false", generateName="step-", labels={"of": "figures"})
    server.finished(name)
    with server.client() as client:
        label = {"listOptions.labelSelector": "of=figures"}
        found = client.get(f"{X}/insights/default/steps", params=label).json()
    assert (found["runs"], found["cut"]) == (1, False)
    (step,) = found["flaky"]
    assert (step["name"], step["failed"], step["failure"]["name"]) == ("main", 1, name)
    assert [each["name"] for each in found["slowest"]] == ["main"]


def test_a_template_says_what_it_was_before(server: Running) -> None:
    def template(text: str) -> dict[str, object]:
        main = {"name": "main", "container": {"image": "x", "command": ["echo", text]}}
        return {"template": {"metadata": {"name": "versioned"}, "spec": {"templates": [main]}}}

    path = "/api/v1/workflow-templates/default"
    with server.client() as client:
        assert client.post(path, json=template("one")).status_code == 200
        for text in ("two", "three"):
            assert client.put(f"{path}/versioned", json=template(text)).status_code == 200
        items = client.get(f"{X}/workflow-templates/default/versioned/versions").json()["items"]
        texts = [item["manifest"]["spec"]["templates"][0]["container"]["command"][1] for item in items]
        assert texts == ["three", "two", "one"]
        assert [item["generation"] for item in items] == [3, 2, 1]
        assert ["until" in item for item in items] == [False, True, True]
        assert client.get(f"{X}/workflow-templates/default/absent/versions").status_code == 404


def test_preferences_are_kept_for_the_person_who_asks(server: Running) -> None:
    with server.client() as client:
        assert client.put(f"{X}/preferences/ext-views", json={"value": {"mine": {"text": "x"}}}).status_code == 200
        assert client.get(f"{X}/preferences").json()["preferences"]["ext-views"] == {"mine": {"text": "x"}}
        made = client.post(f"{X}/tokens/default/default", json={}).json()
        with server.client(made["token"]) as other:
            assert other.get(f"{X}/preferences").json() == {"preferences": {}}
        assert client.put(f"{X}/preferences/ext-views", json={"value": None}).status_code == 200
        assert "ext-views" not in client.get(f"{X}/preferences").json()["preferences"]
        assert client.put(f"{X}/preferences/ext-views", json={}).status_code == 400
        assert client.put(f"{X}/preferences/Odd_Name", json={"value": 1}).status_code == 400


def test_tokens_are_made_shown_once_and_revoked(server: Running) -> None:
    with server.client() as client:
        path = f"{X}/tokens/token-page"
        made = client.post(f"{path}/default", json={"expirySeconds": 3600}).json()
        (item,) = client.get(path).json()["items"]
        assert item == {key: made[key] for key in ("id", "account", "createdAt", "expiresAt")}
        with server.client(made["token"]) as other:
            assert other.get("/api/v1/userinfo").status_code == 200
            assert other.get(path).status_code == 403
            assert other.post(f"{path}/default", json={}).status_code == 403
            assert client.delete(f"{path}/default/{made['id']}").status_code == 200
            assert other.get("/api/v1/userinfo").status_code == 401
        assert client.get(path).json() == {"items": []}
        assert client.delete(f"{path}/default/{made['id']}").status_code == 404
        assert client.post(f"{path}/nobody", json={}).status_code == 404
        assert client.post(f"{path}/default", json={"expirySeconds": 0}).status_code == 400


def test_a_text_is_linted_with_places_and_the_templates_that_are_kept(server: Running) -> None:
    text = """apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: linted-}
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - name: a
        templateRef: {name: lint-kept, template: absent}
    - - name: b
        template: b
  - name: b
    container: {imagee: x}
"""
    kept = {"metadata": {"name": "lint-kept"}, "spec": SPEC}
    with server.client() as client:
        assert client.post("/api/v1/workflow-templates/default", json={"template": kept}).status_code == 200
        path = f"{X}/lint/default"
        found = client.post(path, json={"text": text}).json()["items"]
        assert [(each["line"], each["severity"], each["code"]) for each in found][:1] == [(14, "error", "T105")], found
        mended = text.replace("imagee: x", "image: x, command: [a]")
        found = client.post(path, json={"text": mended}).json()["items"]
        assert [(each["line"], each["severity"]) for each in found if "absent" in each["message"]] == [(10, "error")]
        assert client.post(path, json={"text": mended.replace("absent", "main")}).json() == {"items": []}
        [broken] = client.post(path, json={"text": "a: [1"}).json()["items"]
        assert (broken["line"], broken["severity"]) == (1, "error")
        assert client.post(path, json={"text": 1}).status_code == 400


def test_containers_of_a_pod_say_when_they_ran(server: Running) -> None:
    template = {
        "name": "main",
        "initContainers": [{"name": "fetch", "image": "x", "command": ["true"]}],
        "container": {"image": "x", "command": ["true"]},
    }
    with server.client() as client:
        workflow = {"metadata": {"generateName": "times-"}, "spec": {"entrypoint": "main", "templates": [template]}}
        name = client.post("/api/v1/workflows/default", json={"workflow": workflow}).json()["metadata"]["name"]
        server.finished(name)
        (pod,) = client.get(f"{X}/workflows/default/{name}/containers").json()["items"]
        assert pod["nodeId"] == name
        fetch, main = pod["containers"]
        assert [(each["name"], each["role"]) for each in (fetch, main)] == [("fetch", "init"), ("main", "main")]
        assert (fetch["exitCode"], main["exitCode"]) == (0, 0)
        moments = [fetch["startedAt"], fetch["finishedAt"], main["startedAt"], main["finishedAt"]]
        assert moments == sorted(moments)
        assert datetime.fromisoformat(moments[0]).utcoffset() is not None
        assert client.get(f"{X}/workflows/default/absent/containers").status_code == 404
