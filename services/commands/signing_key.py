"""The key that signs tokens of the embedded issuer: another one is made."""

import argparse

from services.commands import ISSUER, Answer
from services.commands.acting import acting, ask, asking, done_or_tried
from services.commands.opening import opened
from services.identity.keys.signing import new_key
from services.identity.keys.usecases import rotate
from shared.errors import DomainError
from shared.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say how soon."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    rotating = verbs.add_parser("rotate", help="publish the next key; it signs an hour later")
    rotating.add_argument("--at-once", action="store_true", help="a key is no secret any more: end every token now")
    asking(rotating)


async def run(options: argparse.Namespace, settings: Settings) -> Answer:
    """Make the next key. Raises DomainError `keys-elsewhere` where tokens come from another issuer."""
    if not settings.embedded:
        raise DomainError("keys-elsewhere", "they are those of the issuer that CLOUD_AUTH_ISSUER names (Keycloak)")
    if options.at_once:
        ask(options, "End every token that was given, and sign with a new key now? ")
    async with opened(settings, ISSUER) as service:
        now = service.clock.now()
        fresh = await new_key(service.sealer, now, now)
        async with acting(service, options, "signing-key rotate", {"at_once": options.at_once}) as act:
            key = await rotate(act.uow, fresh, at_once=options.at_once)
            act.said["kid"] = key.kid
    words = done_or_tried(options, f"{key.kid} signs from {key.signs_from:%F %T} UTC")
    return Answer({"kid": key.kid, "signs_from": key.signs_from, "dry_run": options.dry_run}, [words])
