"""Errors → status, code and body of Argo's API, in one table (``spec/api.md`` 4)."""

from __future__ import annotations

from typing import Final

from tiphys.core.manifest.diagnostics import ManifestError
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import Category, TiphysError

#: gRPC code → HTTP status, as the gateway has them.
HTTP_STATUS: Final = {
    0: 200, 1: 408, 2: 500, 3: 400, 4: 504, 5: 404, 6: 409, 7: 403, 8: 429, 9: 400, 10: 409, 11: 400, 12: 501,
    13: 500, 14: 503, 15: 500, 16: 401,
}  # fmt: skip

_CODES: Final = {
    Category.INVALID: 3,
    Category.UNSUPPORTED: 3,
    Category.NOT_FOUND: 5,
    Category.CONFLICT: 6,
    Category.GONE: 3,
    Category.FORBIDDEN: 7,
    Category.UNAVAILABLE: 14,
    Category.INTERNAL: 13,
}


class StatusError(TiphysError):
    """An answer with a gRPC code of its own; everything else gets the code of its category."""

    code = "T015"
    category = Category.INVALID
    grpc_code = 13
    #: The HTTP status where it is not the one of the code.
    status = 0


class InvalidArgumentError(StatusError):
    """The request itself is wrong."""

    grpc_code = 3


class FailedError(StatusError):
    """What Argo answers with code 13: the request is well formed, but cannot be carried out."""

    code = "T011"
    grpc_code = 13


class UnauthenticatedError(StatusError):
    """Nobody is signed in, or the token is no good."""

    code = "T012"
    grpc_code = 16

    def __init__(self) -> None:
        super().__init__("token not valid. see https://argo-workflows.readthedocs.io/en/latest/faq/")
        self.args = ()


class UnimplementedError(StatusError):
    """No such path, or not with this method."""

    code = "T013"
    grpc_code = 12

    def __init__(self) -> None:
        super().__init__("Not Implemented")
        self.args = ()


class ExhaustedError(StatusError):
    """Too many requests, or a body that is too large."""

    code = "T014"
    grpc_code = 8


class TooLargeError(ExhaustedError):
    """A file that is larger than uploads may be."""

    status = 413

    def __init__(self, limit: int) -> None:
        super().__init__(f"the upload is larger than {limit} bytes")
        self.args = (limit,)


def grpc_code(error: TiphysError) -> int:
    """The gRPC code of an error; never 0, which the Go client would take for success."""
    return error.grpc_code if isinstance(error, StatusError) else _CODES[error.category]


def http_status(error: TiphysError) -> int:
    """The HTTP status of an error."""
    return (isinstance(error, StatusError) and error.status) or HTTP_STATUS[grpc_code(error)]


def body(error: TiphysError) -> JsonObject:
    """The body of an error answer."""
    return {"code": grpc_code(error), "message": text(error)}


def frame(error: TiphysError) -> JsonObject:
    """An error inside a stream that has begun."""
    code = grpc_code(error)
    status = HTTP_STATUS[code]
    return {"error": {"grpc_code": code, "http_code": status, "message": text(error), "http_status": _reason(status)}}


def text(error: TiphysError) -> str:
    """What a client reads: the message alone, Argo's where it has one, for clients match on it."""
    return error.argo if isinstance(error, ManifestError) else error.message


def _reason(status: int) -> str:
    import http

    return http.HTTPStatus(status).phrase
