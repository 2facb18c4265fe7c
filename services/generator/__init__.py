"""A fictional county or province of real shape, the same bytes for the same seed, and the readers of its files."""

from services.generator.generate import generate
from services.generator.reader import BadRow, Manifest, read, read_manifest

__all__ = ["BadRow", "Manifest", "generate", "read", "read_manifest"]
