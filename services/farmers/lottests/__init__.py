"""Tests of lots: what a rapid test or a laboratory found; what fails is not packed."""
