"""Proving the ledger's hash chains, and reports by its rows."""

import argparse
import sys

import uvloop

from services.procurement.ledger.proof import prove
from services.procurement.reports.proof import prove as prove_reports
from shared.settings import Settings


def run(options: argparse.Namespace, settings: Settings) -> None:
    """Say of each county's chain and of each report whether it holds, and where not; exit status 1 then."""
    proofs = uvloop.run(prove(settings, options.county))
    if options.county is None:
        proofs += uvloop.run(prove_reports(settings))
    for proof in proofs:
        print(proof.text)
    sys.exit(0 if all(proof.holds for proof in proofs) else 1)
