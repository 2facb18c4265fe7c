"""Proving the ledger's hash chains, and reports by its rows."""

import argparse

from services.commands import Answer
from services.commands.opening import require_database
from services.procurement.ledger.proof import prove
from services.procurement.reports.proof import prove as prove_reports
from shared.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say whose."""
    parser.add_argument("--county", metavar="CODE", help="default: every county")


async def run(options: argparse.Namespace, settings: Settings) -> Answer:
    """Say of each county's chain and of each report whether it holds, and where not."""
    require_database(settings, "procurement")
    proofs = await prove(settings, options.county)
    if options.county is None:
        proofs += await prove_reports(settings)
    found = [{"holds": proof.holds, "text": proof.text} for proof in proofs]
    return Answer({"proofs": found}, [proof.text for proof in proofs], well=all(proof.holds for proof in proofs))
