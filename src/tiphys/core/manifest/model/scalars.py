"""Scalar types of the manifest model.

They are plain Python types with a name that tells the decoder how Argo reads the value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]
    JsonObject = dict[str, JsonValue]
else:  # msgspec cannot build a decoder for a recursive alias
    JsonValue = Any
    JsonObject = dict[str, Any]

#: A string that may be written as a number or boolean (Argo's AnyString, ``spec/data.md`` 2.2).
AnyString = str
#: A Kubernetes quantity such as ``100Mi``; a number in the text becomes its decimal form.
Quantity = str
#: An integer, or a string that may hold a tag.
IntOrString = int | str
#: Whole numbers by the size that Go gives them; out of bounds is a wrong type.
Int32 = int
Int64 = int
Uint64 = int
#: RFC 3339.
Time = str
#: Bytes in base64, as on the wire.
Base64 = str
#: One element of ``withItems``: any JSON value.
Item = JsonValue
#: A number (metric buckets, gauge values).
Amount = float
