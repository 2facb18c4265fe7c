"""A service whose acts are recorded: its routes for auditors, its rules for them, and the job that chains its acts."""

from dataclasses import replace

from shared.audit import api
from shared.audit.linking import link_waiting
from shared.audit.recording import Audited
from shared.service import Definition, Job


def with_audit(definition: Definition, audited: Audited) -> Definition:
    """Return a service that records its changing requests."""
    return replace(
        definition,
        routers=[*definition.routers, api.router],
        access=replace(definition.access, rules=[*definition.access.rules, *api.rules]),
        jobs=[*definition.jobs, Job("audit-links", link_waiting, 1.0)],
        audited=audited,
    )
