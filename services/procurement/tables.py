"""The base class of every table of procurement."""

from shared.models import table_base

Table = table_base()
