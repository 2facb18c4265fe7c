"""Routes of contracts."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Path, Query, Response

from services.farmers.contracts import queries, usecases
from services.farmers.contracts.domain import Contract, ContractStatus
from services.farmers.contracts.schemas import (
    ContractAmendment,
    ContractEnd,
    ContractPage,
    ContractRead,
    ContractVersionPage,
    ContractVersionRead,
    NewContract,
    PricedRead,
)
from services.farmers.paging import next_after
from shared.fields import Code, Day, Id
from shared.routing import ExpectedVersion, Page, UoW, service_router

router = service_router(prefix="/contracts", tags=["contracts"])

ContractId = Annotated[Id, Path()]


@router.post("", status_code=201)
async def sign_contract(uow: UoW, body: NewContract, response: Response) -> ContractRead:
    """Sign a contract with a cooperative for a food and a season; two never share a day."""
    contract = await usecases.sign_contract(uow, body.cooperative_id, body.terms())
    response.headers["Location"] = f"/contracts/{contract.contract_id}"
    return await _tagged(uow, contract, response)


@router.put("/{contract_id}")
async def amend_contract(
    uow: UoW, contract_id: ContractId, body: ContractAmendment, expected: ExpectedVersion, response: Response
) -> ContractRead:
    """Amend a contract, never below what is offered under it; what was agreed before is kept."""
    contract = await usecases.amend_contract(uow, contract_id, body.terms(), body.reason, expected)
    return await _tagged(uow, contract, response)


@router.post("/{contract_id}/cancel")
async def cancel_contract(
    uow: UoW, contract_id: ContractId, body: ContractEnd, expected: ExpectedVersion, response: Response
) -> ContractRead:
    """Cancel a contract: nothing more is offered under it, offers made under it stand."""
    return await _tagged(uow, await usecases.cancel_contract(uow, contract_id, body.reason, expected), response)


@router.get("")
async def list_contracts(
    uow: UoW,
    page: Page,
    cooperative_id: Annotated[Id | None, Query()] = None,
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
    food_code: Annotated[Code | None, Query()] = None,
    status: Annotated[ContractStatus | None, Query()] = None,
) -> ContractPage:
    """List contracts with what is left of them and what they pay today, ordered by id."""
    wanted = {"cooperative_id": cooperative_id, "food_code": food_code, "status": status}
    contracts = await queries.page(uow.session, page, wanted, county_code)
    items = await _shown(uow, contracts)
    return ContractPage(items=items, next=next_after(page, [item.contract_id for item in items]))


@router.get("/{contract_id}")
async def get_contract(uow: UoW, contract_id: ContractId, response: Response) -> ContractRead:
    """Return one contract; its version is the ETag."""
    return await _tagged(uow, await queries.one(uow.session, contract_id), response)


@router.get("/{contract_id}/price")
async def get_price(uow: UoW, contract_id: ContractId, day: Annotated[Day, Query()]) -> PricedRead:
    """Return what a contract pays on a day of its season; for a day to come, by what is known today."""
    return PricedRead.of(await usecases.price_of(uow, contract_id, day), day)


@router.get("/{contract_id}/versions")
async def list_versions(uow: UoW, page: Page, contract_id: ContractId) -> ContractVersionPage:
    """List everything that was ever agreed in a contract, oldest first."""
    await queries.one(uow.session, contract_id)
    items = [ContractVersionRead.of(row) for row in await queries.versions(uow.session, contract_id, page)]
    return ContractVersionPage(items=items, next=next_after(page, [str(item.version) for item in items]))


async def _tagged(uow: UoW, contract: Contract, response: Response) -> ContractRead:
    response.headers["ETag"] = f'"{contract.version}"'
    return (await _shown(uow, [contract]))[0]


async def _shown(uow: UoW, contracts: Sequence[Contract]) -> list[ContractRead]:
    return [ContractRead.of(each) for each in await usecases.shown(uow, contracts)]
