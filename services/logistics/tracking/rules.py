"""What can happen to the rules of following trips."""

from services.logistics.tracking import queries
from services.logistics.tracking.domain import Rule
from services.logistics.tracking.schemas import RuleRow, RuleRows
from shared.bulk import Imported, parse, refuse
from shared.errors import DomainError
from shared.unit_of_work import UnitOfWork


async def put_rules(uow: UnitOfWork, rows: RuleRows) -> Imported:
    """Say how trips of days from one on are followed; days before keep what held for them."""
    good, refused = parse(RuleRow, rows)
    wanted: dict[object, Rule] = {}
    taken = 0
    for index, row in good:
        if row.keep_days < row.thin_after_days:
            detail = f"readings are thinned after {row.thin_after_days} days, and forgotten after {row.keep_days}"
            refused.append(refuse(index, DomainError("forgotten-before-thinned", detail, field="keep_days")))
        else:
            wanted[row.valid_from] = Rule(**row.model_dump())
            taken += 1
    present = {rule.valid_from: rule for rule in await queries.all_rules(uow)}
    new = [rule for rule in wanted.values() if rule.valid_from not in present]
    changed = [rule for rule in wanted.values() if present.get(rule.valid_from, rule) != rule]
    await queries.put_rules(uow, new + changed)
    refused.sort(key=lambda refusal: refusal.index)
    return Imported(created=len(new), changed=len(changed), unchanged=taken - len(new) - len(changed), refused=refused)
