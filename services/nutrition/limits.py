"""The numbers serving is judged by, as data: each with its unit, its source, and whether somebody has checked it."""

from dataclasses import dataclass

_ORDER_45 = "Order 45 of 2019 on food safety and nutrition in schools (ministry of education and others), article 40"
_MEMORY = "catering hygiene rules (GB 31654), from memory; to be checked against the text"
_OURS = "an assumption of this project"


@dataclass(frozen=True, slots=True)
class Limit:
    """A number, what it rules, and its source; `verified` says whether the source has been read."""

    name: str
    value: int
    unit: str
    says: str
    source: str
    verified: bool


HOT_C = Limit("hot-serving", 60, "°C", "hot food is served at this core temperature or above", _MEMORY, False)
SAMPLE_G = Limit(
    "sample-weight", 125, "g", "a sample of every dish of every meal weighs at least this", _ORDER_45, True
)
SAMPLE_HOURS = Limit("sample-hours", 48, "h", "a sample is kept in the cold at least this long", _ORDER_45, True)
SAMPLE_LOW_C = Limit("sample-lowest", 0, "°C", "samples are kept at this temperature or above", _MEMORY, False)
SAMPLE_HIGH_C = Limit("sample-highest", 8, "°C", "samples are kept at this temperature or below", _MEMORY, False)
SAMPLE_MOST_G = Limit("sample-most", 5_000, "g", "a sample heavier than this is a typing mistake", _OURS, False)
LEFTOVER_G = Limit("leftover-per-eater", 2_000, "g", "no meal leaves more than this for each who ate", _OURS, False)
REPORT_DAY = Limit(
    "month-closed", 5, "day", "a meal is corrected freely until this day of the month after its own", _OURS, False
)
FEEDBACK_DAYS = Limit(
    "feedback-days", 7, "days", "a meal is rated and its waste weighed up to so long after", _OURS, False
)
VOTES_PER_EATER = Limit(
    "votes-per-eater", 2, "votes", "a pupil and a parent: a dish of a meal gets no more", _OURS, False
)
PROBLEM_DAYS = Limit("problem-days", 30, "days", "a problem with a meal is reported up to so long after", _OURS, False)
MISSING_DAYS = Limit("missing-days", 7, "days", "samples nobody took are listed for so long", _OURS, False)

ALL: tuple[Limit, ...] = (
    HOT_C,
    SAMPLE_G,
    SAMPLE_HOURS,
    SAMPLE_LOW_C,
    SAMPLE_HIGH_C,
    SAMPLE_MOST_G,
    LEFTOVER_G,
    REPORT_DAY,
    FEEDBACK_DAYS,
    VOTES_PER_EATER,
    PROBLEM_DAYS,
    MISSING_DAYS,
)
