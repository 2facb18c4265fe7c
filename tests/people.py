"""People who sign in, for `world.client(service, as_=clerk("coop-1"))`."""

from shared.auth.principal import EVERYWHERE, Principal, Role


def canteen(*ids: str) -> Principal:
    """The staff of canteens."""
    return Principal("canteen-staff", frozenset({Role.CANTEEN}), canteens=frozenset(ids))


def clerk(*ids: str) -> Principal:
    """A clerk of cooperatives."""
    return Principal("clerk", frozenset({Role.CLERK}), cooperatives=frozenset(ids))


def driver(*ids: str) -> Principal:
    """A driver."""
    return Principal("driver", frozenset({Role.DRIVER}), drivers=frozenset(ids))


def nutritionist(*counties: str) -> Principal:
    """A nutritionist of counties."""
    return of_county(Role.NUTRITIONIST, *counties)


def dispatcher(*counties: str) -> Principal:
    """A dispatcher of counties."""
    return of_county(Role.DISPATCHER, *counties)


def official(*counties: str) -> Principal:
    """An official of counties, or of the province."""
    return of_county(Role.OFFICIAL, *counties)


def administrator(*counties: str) -> Principal:
    """An administrator of counties, or of the province."""
    return of_county(Role.ADMINISTRATOR, *counties)


def device(*counties: str) -> Principal:
    """A machine that sends readings from a county."""
    return of_county(Role.DEVICE, *counties)


def auditor() -> Principal:
    """An auditor."""
    return Principal("auditor", frozenset({Role.AUDITOR}))


def of_county(role: Role, *counties: str) -> Principal:
    """Somebody who is bound by counties; by none said, the province's."""
    return Principal(str(role), frozenset({role}), counties=frozenset(counties or {EVERYWHERE}))
