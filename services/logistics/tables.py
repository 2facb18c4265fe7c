"""The base class of every table of logistics."""

from shared.models import table_base

Table = table_base()
