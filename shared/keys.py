"""What seals private data, for routes that take or show it."""

from typing import Annotated

from fastapi import Depends, Request

from shared.sealing import Sealer


async def _sealer(request: Request) -> Sealer:
    sealer: Sealer = request.app.state.service.sealer
    return sealer


Keys = Annotated[Sealer, Depends(_sealer)]
