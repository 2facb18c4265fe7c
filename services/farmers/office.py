"""Files for office programs: how money, weights and the answer itself are written."""

from fastapi import Response


def csv_answer(data: bytes, name: str) -> Response:
    """Return a CSV file to be saved under a name."""
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type="text/csv; charset=utf-8", headers=headers)


def yuan(fen: int) -> str:
    """Return fen as yuan, e.g. `-1.05`."""
    return _decimal(fen, 2)


def kilograms(grams: int) -> str:
    """Return grams as kilograms, e.g. `12.500`."""
    return _decimal(grams, 3)


def _decimal(number: int, places: int) -> str:
    digits = f"{abs(number):0{places + 1}}"
    return f"{'-' if number < 0 else ''}{digits[:-places]}.{digits[-places:]}"
