"""Names of people: how they are written, and what is shown of them to those who need not know."""

from typing import Annotated

from pydantic import StringConstraints

from shared.fields import Name

PersonName = Annotated[Name, StringConstraints(max_length=60)]


def masked_name(name: str) -> str:
    """Return the first character of a name; how many follow is not told either.

    >>> masked_name("李小花")
    '李**'
    """
    return f"{name[:1]}**"
