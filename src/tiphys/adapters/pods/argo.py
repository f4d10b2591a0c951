"""The variables that Argo gives every main container."""

from __future__ import annotations

import msgspec

from tiphys.adapters.pods.downward import pod_uid
from tiphys.adapters.pods.manifest import Pod
from tiphys.ports.runtime import PodRequest

PROGRESS_FILE = "/var/run/argo/progress"
#: A single variable of a process may not be longer on Linux.
_LONGEST = 131_000
_NEVER = "0001-01-01T00:00:00Z"


def argo_variables(request: PodRequest, pod: Pod, container: str) -> dict[str, str]:
    """``ARGO_…`` of one container (``spec/features.md`` 19); a template that is too long for a variable is left out."""
    deadline = request.deadline
    found = {
        "ARGO_CONTAINER_NAME": container,
        "ARGO_NODE_ID": request.key.node_id,
        "ARGO_POD_NAME": request.pod_name,
        "ARGO_POD_UID": pod_uid(request, pod),
        "ARGO_WORKFLOW_NAME": request.workflow,
        "ARGO_WORKFLOW_UID": request.key.uid,
        "ARGO_INCLUDE_SCRIPT_OUTPUT": "true" if request.capture_result else "false",
        "ARGO_DEADLINE": deadline.isoformat(timespec="seconds").replace("+00:00", "Z") if deadline else _NEVER,
        "ARGO_PROGRESS_FILE": PROGRESS_FILE,
    }
    template = msgspec.json.encode(request.template).decode()
    if len(template) < _LONGEST:
        found["ARGO_TEMPLATE"] = template
    return found
