"""What is said of a location without credentials."""

from __future__ import annotations

from typing import NoReturn

import pytest

from tiphys.adapters.artifacts.access import Access
from tiphys.adapters.artifacts.drivers.s3 import make_driver
from tiphys.adapters.artifacts.objectstore import ObjectStoreDriver
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import ArtifactError
from tiphys.ports.artifacts import Location
from tiphys.secret import Secret

pytest.importorskip("obstore")
OBJECT = Location(driver="s3", key="k", fields={})
SENT_AWAY = "Generic S3 error: Error performing PUT http://169.254.169.254/latest/api/token in 30s - kind: Timeout"


def sent_away() -> NoReturn:
    raise RuntimeError(SENT_AWAY)


@pytest.mark.parametrize(
    ("keys", "said", "hint"),
    [
        ((), "no credentials: this machine has none of its own for this storage", None),
        (
            ("accessKeySecret", "secretKeySecret"),
            "no credentials: its location gives no accessKeySecret and secretKeySecret, "
            "and this machine has none of its own for this storage",
            "name secrets under accessKeySecret and secretKeySecret in the artifact or its repository",
        ),
    ],
)
def test_a_machine_without_credentials_is_said(keys: tuple[str, ...], said: str, hint: str | None) -> None:
    driver = ObjectStoreDriver(sent_away, Access(lambda name, key: None), silence=1.0, keys=keys)
    with pytest.raises(ArtifactError) as caught:
        driver.load(OBJECT, "/nowhere")
    assert (caught.value.message, caught.value.hint) == (f"failed to get file: {said}", hint)
    assert not caught.value.transient


@pytest.mark.parametrize(
    ("given", "lacking"), [("accessKeySecret", "secretKeySecret"), ("secretKeySecret", "accessKeySecret")]
)
def test_half_of_the_credentials_is_refused(given: str, lacking: str) -> None:
    fields: JsonObject = {"endpoint": "127.0.0.1:1", "bucket": "b", given: {"name": "n", "key": "k"}}
    with pytest.raises(ArtifactError, match=f"{given} is given and {lacking} is not"):
        make_driver(fields, lambda name, key: Secret(b"x"), {})
