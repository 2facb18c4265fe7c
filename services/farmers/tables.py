"""The base class of every table of farmers."""

from shared.models import table_base

Table = table_base()
