"""Argo's variables of the server that are no flags."""

from __future__ import annotations

import ssl

import pytest

from tiphys.entrypoints.websettings import web_settings
from tiphys.errors import UsageError


def test_without_variables_everything_is_as_argo_has_it() -> None:
    found = web_settings({})
    assert (found.artifacts, found.artifact_policy, found.unlisted, found.address_headers) == (True, "", "", ())
    assert found.modals == ("feedback", "firstTimeUser", "newVersion")
    assert found.tls_minimum == ssl.TLSVersion.TLSv1_2


def test_variables() -> None:
    found = web_settings(
        {
            "ARGO_ARTIFACT_SERVER": "false",
            "FEEDBACK_MODAL": "false",
            "IP_KEY_FUNC_HEADERS": "X-Forwarded-For, X-Real-IP",
            "TLS_MIN_VERSION": "772",
            "ARGO_SERVER_MAX_ARTIFACT_UPLOAD_BYTES": "10",
            "GRPC_MESSAGE_SIZE": "20",
        }
    )
    assert (found.artifacts, found.modals) == (False, ("firstTimeUser", "newVersion"))
    assert found.address_headers == ("x-forwarded-for", "x-real-ip")
    assert found.tls_minimum == ssl.TLSVersion.TLSv1_3
    assert (found.upload_limit, found.body_limit) == (10, 20)


@pytest.mark.parametrize("text", ["1.2", "770", "-1"])
def test_versions_of_tls_that_are_none_or_too_old(text: str) -> None:
    with pytest.raises(UsageError, match="no version of TLS"):
        web_settings({"TLS_MIN_VERSION": text})


@pytest.mark.parametrize("text", ["0", "-1", "1e6", "1Gi"])
def test_sizes_that_are_none(text: str) -> None:
    with pytest.raises(UsageError, match="no number of bytes"):
        web_settings({"ARGO_SERVER_MAX_ARTIFACT_UPLOAD_BYTES": text})
