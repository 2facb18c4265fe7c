"""The base class of every table of nutrition."""

from shared.models import table_base

Table = table_base()
