"""What ``tiphys replay`` says."""

from __future__ import annotations

from tiphys.app.services.debugging import Difference, Replay
from tiphys.core.manifest.model.arguments import Outputs
from tiphys.core.manifest.model.workflow import NodeStatus
from tiphys.entrypoints.cli.commands.replay import report


def test_a_replay_is_shown_beside_what_was_recorded() -> None:
    recorded = NodeStatus(
        id="wf-1", name="wf", display_name="wf", type="Pod", phase="Failed", message="main: Error (exit code 3)",
        outputs=Outputs(exit_code="3"),
    )  # fmt: skip
    outputs = [
        Difference("result", "a\nb", "a\nc"),
        Difference("parameter p", "1", "1"),
        Difference("parameter q", None, "2"),
    ]
    replay = Replay(
        node_id="wf-1-replay-1", phase="Succeeded", message="", exit_code=0, recorded=recorded, outputs=outputs
    )
    assert report(replay) == (
        "replay:   Succeeded, exit code 0\n"
        "recorded: Failed, exit code 3: main: Error (exit code 3)\n"
        "result: differs\n"
        "  --- recorded\n"
        "  +++ replay\n"
        "  @@ -1,2 +1,2 @@\n"
        "   a\n"
        "  -b\n"
        "  +c\n"
        "parameter p: same\n"
        "parameter q: differs\n"
        "  --- recorded (none)\n"
        "  +++ replay\n"
        "  @@ -0,0 +1 @@\n"
        "  +2\n"
    )
