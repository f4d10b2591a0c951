"""What a container may do, as the engine's ``HostConfig`` has it."""

from __future__ import annotations

from tiphys.adapters.pods import manifest
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue

_NOTHING = manifest.SecurityContext()


def host_options(pod: manifest.PodSpec, container: manifest.Container) -> JsonObject:
    """Capabilities, profiles, parameters of the kernel and name servers; what a container says comes before its pod."""
    common, own = pod.security_context or _NOTHING, container.security_context or _NOTHING
    options: list[JsonValue] = []
    if not own.allow_privilege_escalation:
        options.append("no-new-privileges")
    for name, profile in (
        ("seccomp", own.seccomp_profile or common.seccomp_profile),
        ("apparmor", own.app_armor_profile or common.app_armor_profile),
    ):
        chosen = _profile(profile)
        if chosen:
            options.append(f"{name}={chosen}")
    capabilities, names = own.capabilities or manifest.Capabilities(), pod.dns_config or manifest.DnsConfig()
    label = own.se_linux_options or common.se_linux_options or manifest.SeLinux()
    parts = {"user": label.user, "role": label.role, "type": label.type, "level": label.level}
    options += [f"label={part}:{value}" for part, value in parts.items() if value]
    found: dict[str, JsonValue] = {
        "CapAdd": [*capabilities.add],
        "CapDrop": [*capabilities.drop],
        "SecurityOpt": options,
        "Sysctls": {each.name: each.value for each in common.sysctls},
        "Dns": [*names.nameservers],
        "DnsSearch": [*names.searches],
        "DnsOptions": [f"{each.name}:{each.value}" if each.value else each.name for each in names.options],
    }
    return {name: value for name, value in found.items() if value}


def _profile(profile: manifest.Profile | None) -> str:
    """The engine's own profile has no name."""
    if profile is None or profile.type == "RuntimeDefault":
        return ""
    return "unconfined" if profile.type == "Unconfined" else profile.localhost_profile
