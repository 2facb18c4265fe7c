"""Where a browser gets pictures."""

from services.portal.pictures import of_dish


def test_another_photo_has_another_address() -> None:
    """A browser keeps what it saw under its address, which names the photo and whose library was asked for."""
    photo = {"photo_id": "p-1", "width_px": 320, "height_px": 240}
    dish = {"dish_code": "V01", "photo": photo}
    shown = of_dish(dish, {"canteen_id": "sch-1"})
    assert shown is not None
    assert (shown.address, shown.wide, shown.high) == ("/dishes/V01/photo?canteen_id=sch-1&of=p-1", 320, 240)
    other = of_dish(dish | {"photo": photo | {"photo_id": "p-2"}}, {"canteen_id": "sch-1"})
    assert other is not None
    assert other.address != shown.address
    assert of_dish(dish | {"photo": None}, {}) is None
