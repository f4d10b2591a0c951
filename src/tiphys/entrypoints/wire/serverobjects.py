"""What a server reads of its own store before it serves: its configuration and its certificate."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from tiphys.app.services.cluster.secretkeys import KeyRef, value_of
from tiphys.entrypoints.controllerconfig import parse_controller
from tiphys.entrypoints.settings import Settings
from tiphys.entrypoints.tls import Certificate, keep
from tiphys.entrypoints.wire.local import Local
from tiphys.entrypoints.wire.stores import connect_existing
from tiphys.errors import UsageError
from tiphys.ports.store import ObjectKey


def configured(settings: Settings, name: str) -> Settings:
    """The settings with the configuration of a ConfigMap of the server's namespace instead of a file's.

    Raises:
        UsageError: there is no such ConfigMap, or it says something wrong.
    """
    store = connect_existing(settings)
    key = ObjectKey("ConfigMap", settings.namespace, name, "")
    try:
        stored = store.get(key) if store is not None else None
    finally:
        if store is not None:
            store.close()
    if stored is None:
        raise UsageError(
            f"there is no ConfigMap {name!r} in {settings.namespace!r}", "make it with tiphys apply", "--configmap"
        )
    data = msgspec.json.decode(stored.data).get("data")
    text = msgspec.json.encode({"kind": "ConfigMap", "data": data}).decode()  # JSON is YAML
    controller = parse_controller(text, f"the ConfigMap {name}", database=False)
    managed = settings.managed_namespace or controller.managed_namespace
    return replace(settings, controller=controller, managed_namespace=managed)


def certificate_of(local: Local, name: str) -> Certificate:
    """The certificate in a Secret of the server's namespace, as files of the data directory.

    Raises:
        UsageError: there is no such Secret, or it lacks ``tls.crt`` or ``tls.key``.
    """
    settings = local.settings
    certificate, key = (
        value_of(local.objects, settings.namespace, KeyRef(name=name, key=entry)).reveal()
        for entry in ("tls.crt", "tls.key")
    )
    return keep(settings.home, certificate, key)
