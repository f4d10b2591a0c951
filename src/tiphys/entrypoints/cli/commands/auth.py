"""``tiphys auth``."""

from __future__ import annotations

import re
import sys
from datetime import timedelta

import click

from tiphys.entrypoints.cli import session
from tiphys.errors import NotFoundError, UsageError

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@click.group("auth")
def command() -> None:
    """Show, make, list and revoke tokens."""


@command.command("token")
def token() -> int:
    """Print the owner's credential for an Authorization header: ARGO_TOKEN if it is set, as argo has it."""
    from tiphys.entrypoints.server.auth.owner import OwnerToken

    chosen = session.settings()
    sys.stdout.write((chosen.token or f"Bearer {OwnerToken(chosen.home).token}") + "\n")
    return 0


@command.command("create-token")
@click.argument("account", metavar="SERVICEACCOUNT")
@click.option("--expiry", metavar="DURATION", help="Such as 30m, 12h or 90d; without it the token does not expire.")
def create(account: str, expiry: str | None) -> int:
    """Make a token of a ServiceAccount and print it; it cannot be shown again."""
    from tiphys.app.services.cluster.tokens import AccountTokens

    with session.local_system() as (local, space):
        made, _ = AccountTokens(local.store, local.clock).create(space, account, _duration(expiry))
    sys.stdout.write(f"{made}\n")
    return 0


@command.command("list-tokens")
@click.argument("account", metavar="[SERVICEACCOUNT]", required=False, default="")
def list_tokens(account: str) -> int:
    """List the tokens of a ServiceAccount, or of all of a namespace."""
    from tiphys.app.services.cluster.tokens import AccountTokens

    with session.local_system() as (local, space):
        found = AccountTokens(local.store, local.clock).list(space, account)
    sys.stdout.write(f"{'ID':<18}{'SERVICEACCOUNT':<24}{'CREATED':<22}EXPIRES\n")
    for item in found:
        until = f"{item.expires_at:%Y-%m-%dT%H:%M:%SZ}" if item.expires_at else "never"
        sys.stdout.write(f"{item.id:<18}{item.account:<24}{item.created_at:%Y-%m-%dT%H:%M:%SZ}  {until}\n")
    return 0


@command.command("revoke-token")
@click.argument("account", metavar="SERVICEACCOUNT")
@click.argument("number", metavar="[ID]", required=False, default="")
def revoke(account: str, number: str) -> int:
    """End one token of a ServiceAccount, or all of them; a running server refuses them at once."""
    from tiphys.app.services.cluster.tokens import AccountTokens

    with session.local_system() as (local, space):
        gone = AccountTokens(local.store, local.clock).revoke(space, account, number)
    if not gone:
        raise NotFoundError(f"{account} has no such token", "see tiphys auth list-tokens")
    sys.stdout.write(f"{gone} revoked\n")
    return 0


def _duration(text: str | None) -> timedelta | None:
    if text is None:
        return None
    parts = re.findall(r"(\d{1,9})([smhd])", text)
    if not parts or "".join(f"{number}{unit}" for number, unit in parts) != text:
        raise UsageError(f"{text!r} is not a duration", "write 30m, 12h or 90d", "--expiry")
    try:
        return timedelta(seconds=sum(int(number) * _UNITS[unit] for number, unit in parts))
    except OverflowError:
        raise UsageError(f"{text!r} is too long", "leave --expiry out for ever", "--expiry") from None
