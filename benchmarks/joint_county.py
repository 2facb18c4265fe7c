"""A county's week planned with its farms by procurement's master, against menus first and supply second (J1).

The same made county, planner, supplies and rules; what differs is who knows what when. Menus first: each class of
schools plans at the quotes of offers as nutrition does by itself, what reaches poor households held dear, as if there
were enough for it; then these menus are supplied as well as it can be done, at the premium the county's rules came to.
The first round of the joint plan is told beside it: menus made at what the cheapest offers cost. What all
cost is what is really paid, not what the planner reckoned with.
"""

from benchmarks.buying import Buyer
from benchmarks.county_rounds import SCHOOLS, jointly, made_county, menus_first, proved_gap, rounded
from benchmarks.harness import Options, Outcome, benchmark, cpu_seconds
from services.nutrition.planning.problem import Weights
from services.procurement.joint.steps import Bill
from services.procurement.sourcing.rules.defaults import default_rules

OFFERED = 67 / 78
"""Of the foods villages grow, the share that is on offer in the sample county's week (data/county/offers.csv)."""


@benchmark("procurement.joint_county")
def joint_county(options: Options) -> Outcome:
    """A county's week planned with its farms by its rules, against menus first (J1): cost, poor share, gap, rounds."""
    county = made_county(options.seed, options.scaled(SCHOOLS), OFFERED)
    menus_first(county, Weights(), 0.0)
    cpu = cpu_seconds()
    buyer = Buyer(county.supplies, default_rules().terms)
    joint = jointly(county, buyer)
    cpu = cpu_seconds() - cpu
    first = menus_first(county, Weights(), joint.premium)
    details = _change(joint.whole.bill, first.bill) | {
        "gap": round(proved_gap(county, buyer, joint), 4),
        "rounds": len(joint.gaps),
        "premium": round(joint.premium, 3),
        "poor_share": round(joint.whole.bill.poor_share, 4),
        "objective_change": round(joint.whole.objective / first.objective - 1, 4),
        "against_first_round": _change(joint.whole.bill, joint.first.bill),
        "gap_by_round": rounded(joint.gaps),
        "unsettled_by_round": rounded(joint.unsettled),
        "schools": county.schools,
        "classes": len(county.classes),
        "menus": joint.menus,
        "cpu_seconds_joint": round(cpu, 2),
        "cpu_seconds_master": round(joint.master_seconds, 2),
    }
    return Outcome(
        input=f"{county.schools} schools, made",
        value=joint.whole.bill.cost / 100,
        unit="yuan a week, planned jointly",
        reference="menus first, supply second",
        reference_value=first.bill.cost / 100,
        details=details,
    )


def _change(bill: Bill, before: Bill) -> dict[str, float]:
    return {
        "cost_change": round(bill.cost / before.cost - 1, 4),
        "poor_share_change": round(bill.poor_share - before.poor_share, 4),
        "shortfall_change": round(bill.shortfall - before.shortfall, 4),
    }
