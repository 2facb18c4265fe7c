"""Erasures: a household's name, phone and registry number are forgotten on request; what it earned stays."""
