"""What stands in for images: entry points, and small programs for the images of Argo's own examples.

Nothing is pulled.  An entry says what a container without ``command`` runs and which programs it brings along; the
programs are shell text of ours.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field


class ImageEntry(Struct, frozen=True):
    """What an image name stands for on this machine.

    ``programs`` are put into the private root: a bare name goes on the container's PATH, an absolute path where it
    says.  ``argv[0]`` of ``entrypoint`` may be one of them.
    """

    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    programs: Mapping[str, str] = field(default_factory=dict)


ARGOSAY = """#!/bin/sh
# Stands in for the program of the image argoproj/argosay.
verb=${1-}
[ $# -gt 0 ] && shift
case $verb in
'') echo hello argo ;;
assert_contains)
    grep -q -F -e "$2" -- "$1" && exit 0
    echo "$1 does not contain: $2" >&2
    exit 1 ;;
cat) exec cat -- "$@" ;;
echo)
    case $# in
    0) echo hello argo ;;
    1) printf '%s\\n' "$1" ;;
    2)  case $2 in */*) mkdir -p -- "${2%/*}" ;; esac
        printf '%s' "$1" > "$2" ;;
    *) echo 'usage: argosay echo [text] [file]' >&2; exit 64 ;;
    esac ;;
exit) exit "${1-0}" ;;
sh) exec sh "$@" ;;
sleep) exec sleep "${1-1}" ;;
*) echo "argosay: no command $verb" >&2; exit 64 ;;
esac
"""

COWSAY = """#!/bin/sh
# Stands in for the program of the image docker/whalesay: the words in a box, above a whale.
[ $# -gt 0 ] && text=$* || text=$(cat)
printf '%s\\n' "$text" | awk '
    { line[NR] = $0; if (length($0) > width) width = length($0) }
    END {
        for (i = 0; i < width + 2; i++) { top = top "_"; low = low "-" }
        print " " top
        for (i = 1; i <= NR; i++) printf("< %-" width "s >\\n", line[i])
        print " " low
        print "    \\\\"
        print "     \\\\   .--------.    /|"
        print "      \\\\ (  o       )__/ |"
        print "         `---------------'"'"'"
    }'
"""

_ARGOSAY = ImageEntry(("/argosay",), (), {"/argosay": ARGOSAY, "argosay": ARGOSAY})
_WHALESAY = ImageEntry((), ("cowsay", "Hello from the whale"), {"cowsay": COWSAY})

#: The first argosay was made from whalesay and has its program too.
_FIRST_ARGOSAY = ImageEntry(_ARGOSAY.entrypoint, (), {**_ARGOSAY.programs, "cowsay": COWSAY})
#: Images of bare systems have no entry point: what stands in ``args`` is the command.
_BARE = {name: ImageEntry((), ("sh",)) for name in ("alpine", "busybox", "debian", "ubuntu", "bash")}

#: Entries that are always there; configured ones come first.
BUILT_IN: Mapping[str, ImageEntry] = {
    "argoproj/argosay": _ARGOSAY,
    "argoproj/argosay:v1": _FIRST_ARGOSAY,
    "docker/whalesay": _WHALESAY,
    **_BARE,
}


def find(images: Mapping[str, ImageEntry], image: str) -> ImageEntry | None:
    """Find what stands in for an image: by its full name, then without digest, tag and default registry."""
    names = [image, _untagged(image)]
    for prefix in ("docker.io/library/", "docker.io/", "library/"):
        if names[1].startswith(prefix):
            names.append(names[1].removeprefix(prefix))
    for table in (images, BUILT_IN):
        for name in names:
            if name in table:
                return table[name]
    return None


def _untagged(image: str) -> str:
    name = image.partition("@")[0]
    head, slash, last = name.rpartition("/")
    return head + slash + last.partition(":")[0]
