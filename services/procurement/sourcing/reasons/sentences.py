"""Reasons in sentences, English and Chinese, for the farmer who got nothing and for whoever audits that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.procurement.sourcing.reasons.limits import FARTHEST, LineLimit, OfferLimit

SENSIBLE = 2
"""A cut of more than half of the price is advice to nobody."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """The same said in both languages."""

    en: str
    zh: str

    def __add__(self, other: "Sentence") -> "Sentence":
        """Return one after the other."""
        return Sentence(f"{self.en} {other.en}".strip(), self.zh + other.zh)


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """What was kept of an offer in a run, in g, fen per kg, m and days; UNKNOWN where it does not apply."""

    limit: OfferLimit
    planned_g: int
    left_g: int
    price: int
    cut: int
    worth: int
    missing_m: int
    missing_days: int
    lines: int
    minimum_lot_g: int
    lacks: str | None = None


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What was kept of a demand line in a run, in g and fen per kg; `held` offers lacked a certificate."""

    limit: LineLimit
    planned_g: int
    needed_g: int
    offers: int
    above: int
    price: int
    held: int = 0


def about_offer(facts: OfferFacts) -> Sentence:
    """Return what an offer got, what kept it from more, and what would have changed that."""
    return _got(facts) + _kept[facts.limit](facts)


def about_line(facts: LineFacts) -> Sentence:
    """Return what a demand line got and what bound it."""
    got, needed = _kg(facts.planned_g), _kg(facts.needed_g)
    head = Sentence(
        f"{got} of {needed} kg were planned; {facts.offers} offers could have served the line.",
        f"需要 {needed} 公斤，计划采购 {got} 公斤；可供选择的报价有 {facts.offers} 个。",
    )
    if facts.limit is LineLimit.UNMET:
        return head + (_USED_UP_BY_OTHERS if facts.offers else _NOBODY) + _held(facts)
    if facts.limit is LineLimit.BUDGET:
        return head + _NO_MONEY
    if facts.limit is LineLimit.RULES:
        return head + _RULES
    if facts.limit is LineLimit.CHEAPEST:
        return head + Sentence("All of it comes from its cheapest offer.", "全部来自最便宜的报价。")
    why = _USED_UP if facts.limit is LineLimit.CHEAPEST_USED_UP else _TOGETHER
    more = Sentence(
        f"On average it costs {yuan(facts.above)} a kg more than there.",
        f"平均每公斤比最便宜的贵 {yuan(facts.above)}。",
    )
    return head + why + more


def _held(facts: LineFacts) -> Sentence:
    if not facts.held:
        return Sentence("", "")
    return Sentence(
        f"{facts.held} more would be there if their cooperatives had the certificates they lack.",
        f"另有 {facts.held} 个报价因合作社缺少所需证件而暂停，补齐后即可供应。",
    )


_NOBODY = Sentence("Nobody can deliver this food on that day.", "当天无人能供应此食材。")
_USED_UP_BY_OTHERS = Sentence(
    "Nobody has the rest: every offer that may serve it is used up by lines like this one.",
    "其余部分无人可供：可供应的报价都已用完。",
)
_NO_MONEY = Sentence(
    "Offers have more, but what the school may spend on food in the week is spent: a cheaper menu, a higher budget or"
    " an official who orders the rest would change that.",
    "其余部分虽有报价，但学校本周伙食经费已用完；可调整菜谱、追加经费，或由主管人员另行采购。",
)
_RULES = Sentence(
    "Offers have more, but the county's rules keep it: what a cooperative can deliver in a day, what its households may"
    " earn in the season, or how many suppliers a school may have.",
    "其余部分虽有报价，但受本县规定限制：合作社每日供货上限、农户当季收入上限或每校供应商数量上限。",
)
_USED_UP = Sentence(
    "Its cheapest offer is used up: it saves more at other schools.", "最便宜的报价已用完：供给其他学校更合算。"
)
_TOGETHER = Sentence(
    "Its cheapest offer was passed over to save a delivery, or for more to reach poor households.",
    "没有选最便宜的报价，是为了减少送货次数，或让更多收入到达贫困户。",
)


def _got(facts: OfferFacts) -> Sentence:
    planned, offered = _kg(facts.planned_g), _kg(facts.planned_g + facts.left_g)
    if not facts.planned_g:
        return Sentence(f"None of {offered} kg was planned.", f"{offered} 公斤中没有安排采购。")
    return Sentence(f"{planned} of {offered} kg were planned.", f"{offered} 公斤中计划采购 {planned} 公斤。")


def _used_up(facts: OfferFacts) -> Sentence:
    if facts.worth >= FARTHEST:
        return Sentence(
            "It is used up; one kg more would have fed children.", "已全部用完；再多一公斤就能满足学生的需要。"
        )
    return Sentence(
        f"It is used up; one kg more would have saved {yuan(facts.worth)}.",
        f"已全部用完；再多一公斤可节省 {yuan(facts.worth)}。",
    )


def _price(facts: OfferFacts) -> Sentence:
    if facts.cut * SENSIBLE > facts.price:
        return Sentence(
            f"At {yuan(facts.price)} a kg it was too dear by more than a lower price could mend: others come to these"
            " schools anyway, or more of what is paid to them reaches poor households.",
            f"每公斤 {yuan(facts.price)}，降价也难以得到更多订单：其他合作社本来就给这些学校送货，或贫困户份额更高。",
        )
    return Sentence(
        f"At {yuan(facts.price)} a kg it was too dear, with deliveries and the share of poor households in view; it"
        f" would have been asked for more at {yuan(facts.price - facts.cut)}, that is {yuan(facts.cut)} less.",
        f"每公斤 {yuan(facts.price)} 偏高（已计入送货次数和贫困户份额）；降低 {yuan(facts.cut)}、即每公斤"
        f" {yuan(facts.price - facts.cut)} 时会得到更多订单。",
    )


def _days(facts: OfferFacts) -> Sentence:
    return Sentence(
        f"It can be delivered fresh on no day that needs this food; {facts.missing_days} days more would have done.",
        f"可供应且保鲜的日期内没有学校需要；若相差的 {facts.missing_days} 天能够补上，就会被考虑。",
    )


def _reach(facts: OfferFacts) -> Sentence:
    if facts.missing_m >= FARTHEST:
        return Sentence(
            "It is of another county, and where it or the schools are is not known.", "属于外县，且位置不明。"
        )
    far = f"{facts.missing_m / 1000:.1f}"
    return Sentence(
        f"It is of another county and {far} km too far from the nearest school that needs this food.",
        f"属于外县，离最近的需求学校超出规定距离 {far} 公里。",
    )


def _class_reach(facts: OfferFacts) -> Sentence:
    far = f"{facts.missing_m / 1000:.1f}"
    return Sentence(
        f"It is {far} km farther than food of its temperature class may travel to the nearest school that needs it.",
        f"离最近的需求学校超出该温度类别食材的运输距离 {far} 公里。",
    )


def _lot(facts: OfferFacts) -> Sentence:
    lot = _kg(facts.minimum_lot_g)
    return Sentence(
        f"No school needs its minimum lot of {lot} kg at once; a smaller lot would have been considered.",
        f"没有学校一次需要其最小批量 {lot} 公斤；降低最小批量就会被考虑。",
    )


CERTIFICATES = {
    "business_licence": Sentence("business licence", "营业执照"),
    "inspection_report": Sentence("inspection report", "检验报告"),
    "quarantine": Sentence("quarantine certificate", "动物检疫合格证明"),
    "compliance": Sentence("compliance certificate", "承诺达标合格证"),
}


def _certificate(facts: OfferFacts) -> Sentence:
    kinds = [CERTIFICATES.get(kind, Sentence(kind, kind)) for kind in (facts.lacks or "").split(",")]
    lacks = Sentence(" and ".join(kind.en for kind in kinds), "、".join(kind.zh for kind in kinds))
    return Sentence(
        f"The cooperative lacks a valid {lacks.en} for it; with that it would have been considered.",
        f"合作社缺少该食材所需的有效{lacks.zh}；补齐后就会被考虑。",
    )


_SERVED = Sentence("No school that it may serve needed more of it.", "可供应的学校不需要更多。")
_OUTSIDE = Sentence(
    "It is of another county; offers of the own county come first, whatever they cost.",
    "属于外县；本县报价无论价格都优先。",
)
_DECLINED = Sentence(
    "The cooperative declined or cut every line that it may serve; those go to others.",
    "合作社此前拒绝或削减了所有可供应的需求，已转给其他合作社。",
)
_HANDLING = Sentence(
    "On the days it is needed the cooperative delivers as much as it can.",
    "需要的日期里，该合作社的供货量已达每日上限。",
)
_INCOME = Sentence(
    "The cooperative's households earn what they may in the season; the rest goes to others.",
    "该合作社农户当季收入已达上限，其余需求由其他合作社供应。",
)
_VEHICLE_CLASS = Sentence(
    "No vehicle comes to the cooperative that keeps food of its temperature class cold enough.",
    "没有符合该食材温度要求的车辆到达该合作社。",
)
_BUDGET = Sentence(
    "The schools that still need it have spent what they may in the week; at a lower price they could have paid more.",
    "仍有需要的学校本周伙食经费已用完；价格更低时可多采购一些。",
)
_SUPPLIERS = Sentence(
    "The schools it may serve have as many suppliers as the county allows: others bring more of what they need.",
    "可供应的学校，供应商数量已达本县上限：入选的合作社能供应学校所需的更多品种。",
)
_kept: Mapping[OfferLimit, Callable[[OfferFacts], Sentence]] = {
    OfferLimit.USED_UP: _used_up,
    OfferLimit.PRICE: _price,
    OfferLimit.SERVED: lambda _facts: _SERVED,
    OfferLimit.OUTSIDE: lambda _facts: _OUTSIDE,
    OfferLimit.MINIMUM_LOT: _lot,
    OfferLimit.DAYS: _days,
    OfferLimit.REACH: _reach,
    OfferLimit.HANDLING: lambda _facts: _HANDLING,
    OfferLimit.INCOME: lambda _facts: _INCOME,
    OfferLimit.BUDGET: lambda _facts: _BUDGET,
    OfferLimit.SUPPLIERS: lambda _facts: _SUPPLIERS,
    OfferLimit.CLASS_REACH: _class_reach,
    OfferLimit.VEHICLE_CLASS: lambda _facts: _VEHICLE_CLASS,
    OfferLimit.CERTIFICATE: _certificate,
    OfferLimit.DECLINED: lambda _facts: _DECLINED,
}


def _kg(grams: int) -> str:
    return f"{grams / 1000:,.3f}".rstrip("0").rstrip(".")


def yuan(fen: int) -> str:
    """Return fen as yuan."""
    return f"¥{fen / 100:.2f}"
