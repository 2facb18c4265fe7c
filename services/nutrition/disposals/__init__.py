"""Disposals: what leaves the store uneaten, because it is past its day, recalled or spoilt."""
