"""Photos of what was seen at the gate: they follow their receipt, which is put right to name them."""

from collections.abc import Callable

from services.portal.languages import N_
from services.portal.receiving.views import with_photo
from services.portal.upstream import Refused, Upstream

_PNG = b"\x89PNG"
_REASON = N_("Photo added")
_TRIES = 3


async def add_photo(
    services: Upstream, receipt_id: str, data: bytes, line_id: str, key: str, say: Callable[[str], str]
) -> None:
    """Keep a photo and name it at a line of a receipt, once for a key. Raises Refused, Away."""
    kind = "image/png" if data.startswith(_PNG) else "image/jpeg"
    photo = await services.send("POST", "logistics", "/photos", content=data, media_type=kind, key=key)
    for attempt in range(1, _TRIES + 1):
        receipt = await services.get("logistics", f"/receipts/{receipt_id}")
        body = with_photo(receipt, photo["photo_id"], line_id, say(_REASON))
        if body is None:
            return
        try:
            await services.put("logistics", f"/receipts/{receipt_id}", body, version=receipt["version"])
        except Refused as refused:
            if refused.rule != "stale-version" or attempt == _TRIES:
                raise
        else:
            return
