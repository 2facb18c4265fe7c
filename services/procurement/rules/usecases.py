"""What can happen to ordering rules."""

from collections.abc import Sequence

from services.procurement.rules import queries
from services.procurement.rules.domain import Place, Rule, check_row
from shared.bulk import Imported, refuse
from shared.errors import DomainError
from shared.unit_of_work import UnitOfWork


async def put_rules(uow: UnitOfWork, rows: Sequence[tuple[int, Rule]]) -> Imported:
    """Say what regions ask of orders; what was placed under an earlier rule stands. Bad rows are named."""
    done = Imported()
    wanted: dict[Place, Rule] = {}
    for index, rule in rows:
        try:
            check_row(rule, wanted)
        except DomainError as error:
            done.refused.append(refuse(index, error))
        else:
            wanted[rule.place] = rule
    present = await queries.present(uow.session, wanted)
    changed = [rule for place, rule in wanted.items() if present.get(place) != rule]
    await queries.put(uow, changed)
    done.created = len(wanted.keys() - present.keys())
    done.changed = len(changed) - done.created
    done.unchanged = len(wanted) - len(changed)
    return done
