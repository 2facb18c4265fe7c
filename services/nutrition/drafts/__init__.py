"""Drafts: menus nobody has been told of yet, however they came about, until they are published."""
