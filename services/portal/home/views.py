"""What home shows: pure functions from who somebody is to what a template needs."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.portal.languages import N_
from shared.auth.principal import Role

ROLE_NAMES: dict[Role, str] = {
    Role.CANTEEN: N_("School canteen"),
    Role.NUTRITIONIST: N_("County nutritionist"),
    Role.CLERK: N_("Cooperative clerk"),
    Role.DISPATCHER: N_("Dispatcher"),
    Role.DRIVER: N_("Driver"),
    Role.OFFICIAL: N_("Education official"),
    Role.AUDITOR: N_("Auditor"),
    Role.ADMINISTRATOR: N_("Administrator"),
}
_TOLD: dict[Role, str] = {
    Role.CANTEEN: N_("Plan the week's menu, see what was ordered, weigh what arrives."),
    Role.NUTRITIONIST: N_("Look after the dishes and the standard of your county."),
    Role.CLERK: N_("Answer orders, say what will be harvested, hand over what was sold."),
    Role.DISPATCHER: N_("Plan trips and watch them on their way."),
    Role.DRIVER: N_("Drive today's stops, also without a network."),
    Role.OFFICIAL: N_("See where the money goes and what reaches the schools."),
    Role.AUDITOR: N_("Read everything, change nothing."),
    Role.ADMINISTRATOR: N_("Look after users and settings."),
}
_FIRST: dict[Role, tuple[str, ...]] = {
    Role.CANTEEN: (
        N_("Open next week's menu and let the system suggest one."),
        N_("Change what your school would not like, and publish it."),
        N_("Weigh what arrives at the gate, with somebody as second signer."),
        N_("Record lunch when it was eaten, and print its QR code for the serving hatch."),
    ),
    Role.CLERK: (
        N_("Offer what you can deliver: product, weight, price, days."),
        N_("Answer each order before its time is over."),
        N_("Pack what you accepted; the driver takes it along."),
    ),
    Role.DRIVER: (
        N_("Open your run sheet while there is a network; it stays on the phone."),
        N_("Tap when you arrive. What has no network is sent later by itself."),
    ),
    Role.DISPATCHER: (
        N_("Plan tomorrow's trips in the afternoon."),
        N_("Watch late, warm and silent trips first."),
    ),
    Role.OFFICIAL: (
        N_("Look at the month: money, households in need, the standard, the cold chain."),
        N_("Open a county or a school to see what is behind a figure."),
    ),
    Role.NUTRITIONIST: (
        N_("Look at schools whose menus miss the standard."),
        N_("Add dishes that schools may cook."),
    ),
}
_ORDER = list(ROLE_NAMES)


@dataclass(frozen=True, slots=True)
class Choice:
    """A sample user of the demo: its login, and what somebody like this is and does (msgids)."""

    login: str
    name: str
    told: str


def chooser(logins: Iterable[str]) -> list[Choice]:
    """Return the sample users in the order of the work; logins end in a role (`demo.clerk`), others are left out."""
    known = {login: Role(end) for login in logins if (end := login.rpartition(".")[2]) in set(Role)}
    named = [(_ORDER.index(role), login, role) for login, role in known.items() if role in ROLE_NAMES]
    return [Choice(login, ROLE_NAMES[role], _TOLD[role]) for _, login, role in sorted(named)]


def begun_with(roles: Iterable[Role]) -> list[str]:
    """Return the first steps of somebody of these roles, as sentences (msgids)."""
    held = set(roles)
    return [step for role in _ORDER if role in held for step in _FIRST.get(role, ())]
