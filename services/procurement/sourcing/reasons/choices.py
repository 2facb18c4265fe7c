"""Why a line was ordered from an offer, and why it went short, in sentences of both languages."""

from collections.abc import Mapping

from services.procurement.sourcing.against import OF_LINES, Against, Why
from services.procurement.sourcing.reasons.sentences import Sentence, yuan

AGAINST: Mapping[Against, Sentence] = {
    Against.ANOTHER_FOOD: Sentence("of another food", "是其他食材"),
    Against.TOO_LATE: Sentence("too late", "已来不及"),
    Against.NOT_THAT_DAY: Sentence("not available that day", "当天不供应"),
    Against.NOT_FRESH: Sentence("not fresh that day", "当天不在保鲜期内"),
    Against.GIVEN_UP: Sentence("declined, cut short or packed short before", "此前已被拒绝、削减或备货不足"),
    Against.REACH: Sentence("out of reach", "超出送货距离"),
    Against.CLASS_REACH: Sentence("too far for its temperature class", "超出该温度类别的运输距离"),
    Against.VEHICLE_CLASS: Sentence("without a vehicle of its temperature class", "没有符合温度要求的车辆"),
    Against.USED_UP: Sentence("used up", "已用完"),
    Against.RULES: Sentence("at a limit of the rules", "已达规定上限"),
    Against.BUDGET: Sentence("beyond the budget of the school's week", "超出学校本周经费"),
    Against.DAY_TOO_NEAR: Sentence("The delivery day is too near.", "离送货日太近，来不及采购。"),
    Against.NOT_OFFERED: Sentence("Nobody offers this food.", "没有人供应此食材。"),
    Against.BY_HAND: Sentence("An official ordered a part of it by hand.", "主管人员已手工采购其中一部分。"),
    Against.EXACT: Sentence("The best plan for the whole week leaves it out.", "全周最优方案未能满足这一部分。"),
}
"""What is said of an offer as a part of a sentence, of a line (`OF_LINES`) as a whole one."""


def about_shortfall(why: Why) -> Sentence:
    """Return why nobody had the rest of a line."""
    whole = [AGAINST[code] for code in why if code in OF_LINES]
    counted = [(AGAINST[code], count) for code, count in why.items() if code not in OF_LINES]
    told = Sentence("", "")
    for sentence in whole:
        told += sentence
    if not counted:
        return told
    total = sum(count for _, count in counted)
    said = Sentence(
        ", ".join(f"{count} {each.en}" for each, count in counted),
        "，".join(f"{count} 个{each.zh}" for each, count in counted),
    )
    offers = "1 offer" if total == 1 else f"{total} offers"
    return told + Sentence(f"{offers} of this food: {said.en}.", f"此食材共有 {total} 个报价：{said.zh}。")


def about_choice(rank: int, price_fen_per_kg: int, poor_share_permille: int, distance_m: int | None) -> Sentence:
    """Return why an offer was taken: its place among a line's; 0 where the market supplier steps in."""
    price, poor = yuan(price_fen_per_kg), f"{poor_share_permille / 10:g}"
    if not rank:
        return Sentence(
            f"No cooperative had it: the market supplier brings it at the reference price, {price} a kg.",
            f"没有合作社能供应，由定点市场供应商按参考价每公斤 {price} 供应。",
        )
    far = Sentence("distance unknown", "距离不明")
    if distance_m is not None:
        far = Sentence(f"{distance_m / 1000:.1f} km away", f"距离 {distance_m / 1000:.1f} 公里")
    return Sentence(
        f"Number {rank} of the offers left: {price} a kg, {poor} % to poor households, {far.en}.",
        f"在可选报价中排第 {rank}：每公斤 {price}，{poor}% 归贫困户，{far.zh}。",
    )
