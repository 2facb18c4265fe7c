"""The demo's users: one of each role, with the things of the sample county; their passwords are made when it runs."""

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from services.generator import BadRow, read
from services.identity.address import address_of
from services.identity.rights import Rights
from services.identity.samples.usecases import make
from shared.auth.principal import EVERYWHERE, Role
from shared.service import Service


def samples(directory: Path, county: str) -> dict[str, Rights]:
    """Return the sample users of a county by login."""
    canteen, cooperative, driver = (
        _first(directory, file, column)
        for file, column in (
            ("canteens.csv", "canteen_id"),
            ("cooperatives.csv", "cooperative_id"),
            ("drivers.csv", "driver_id"),
        )
    )
    return {
        "demo.canteen": Rights((Role.CANTEEN,), canteens=(canteen,)),
        "demo.clerk": Rights((Role.CLERK,), cooperatives=(cooperative,)),
        "demo.driver": Rights((Role.DRIVER,), drivers=(driver,)),
        **{
            f"demo.{role}": Rights((role,), counties=(county,))
            for role in (Role.DISPATCHER, Role.NUTRITIONIST, Role.OFFICIAL)
        },
        "demo.auditor": Rights((Role.AUDITOR,)),
        "demo.administrator": Rights((Role.ADMINISTRATOR,), counties=(EVERYWHERE,)),
    }


def _first(directory: Path, file: str, column: str) -> str:
    return next(str(item[1][column]) for item in read(directory, file) if not isinstance(item, BadRow))


async def let_in(issuer: Service, wanted: Mapping[str, Rights], console: Console) -> None:
    """Let the sample users sign in while this process runs, and show how."""
    passwords = await make(issuer, wanted)
    table = Table("user", "password (until the demo ends)", "may act for")
    for login, rights in wanted.items():
        mine = (*rights.canteens, *rights.cooperatives, *rights.drivers, *rights.counties)
        table.add_row(login, passwords[login], ", ".join(mine) or "everything, to read")
    console.print(table)
    where = f"{address_of(issuer.settings)}/samples/demo.clerk/token"
    console.print(f"A token for the REST API: curl -X POST {where}", soft_wrap=True)
