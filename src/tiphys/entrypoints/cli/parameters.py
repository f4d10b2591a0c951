"""Parameters and labels on the command line (``spec/data.md`` 19.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tiphys.errors import UsageError


def parse_parameters(pairs: Iterable[str], flag: str = "-p") -> dict[str, str]:
    """``name=value`` pairs of an option.

    Raises:
        UsageError: a pair without ``=`` (the message is Argo's), or a name given twice.
    """
    found: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            raise UsageError(
                f"expected parameter of the form: NAME=VALUE. Received: {pair}", f"write {flag} name=value", flag
            )
        if name in found:
            raise UsageError(f"parameter {name!r} is given twice", where=flag)
        found[name] = value
    return found


def parse_labels(texts: Iterable[str]) -> dict[str, str]:
    """``key=value`` labels, several separated by commas.

    Raises:
        UsageError: a label without ``=``.
    """
    found: dict[str, str] = {}
    for text in texts:
        for pair in text.split(","):
            key, sign, value = pair.partition("=")
            if not sign or not key:
                form = "expected labels of the form: NAME1=VALUE2,NAME2=VALUE2"
                raise UsageError(f"{form}. Received: {text}: unexpected label spec: {pair}", "write -l key=value", "-l")
            found[key] = value
    return found


def read_parameter_file(file: str) -> dict[str, str]:
    """Parameters from a YAML or JSON map, of a file or URL; a value that is not a string becomes its JSON text.

    Raises:
        UsageError: the file cannot be read, or is not a map.
    """
    from tiphys.entrypoints.files import read

    try:
        text = read(file).decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError("cannot read the parameter file: not UTF-8", where=file) from None
    return as_parameters(_decode(text, file), file)


def as_parameters(data: object, file: str) -> dict[str, str]:
    """The values of a map as parameter texts.

    Raises:
        UsageError: not a map.
    """
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise UsageError("the parameter file must be a map of names to values", where=file)
    return {str(name): _text(value) for name, value in data.items()}


def _text(value: object) -> str:
    import json  # only parameter files need it

    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _decode(text: str, file: str) -> object:
    import msgspec

    try:
        decoded: object = msgspec.yaml.decode(text)
    except (msgspec.DecodeError, ValueError):
        raise _not_yaml(text, file) from None
    return decoded


def _not_yaml(text: str, file: str) -> UsageError:
    """Where and why a text is no YAML, as manifests are told."""
    from tiphys.core.manifest.yaml import YamlError, parse

    try:
        list(parse(text))
    except YamlError as error:
        return UsageError(f"the parameter file is not valid YAML: {error.message}", where=f"{file}:{error.place(text)}")
    return UsageError("the parameter file must hold one map of names to values", where=file)


def unquoted(value: str) -> str:
    """A value without its double quotes and their escapes; one that is not quoted properly as it is."""
    if len(value) < 2 or not (value[0] == value[-1] == '"'):
        return value
    import json  # only quoted values need it

    try:
        found = json.loads(value)
    except ValueError:
        return value
    return found if isinstance(found, str) else value
