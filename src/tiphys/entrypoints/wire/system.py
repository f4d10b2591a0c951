"""What commands work on: this machine, or a server that is asked."""

from __future__ import annotations

from tiphys.entrypoints.wire.local import Local
from tiphys.entrypoints.wire.remote import Remote

System = Local | Remote
