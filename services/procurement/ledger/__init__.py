"""The ledger: double entry, append-only. Every fen is in one account at any time, and every booking moves it."""
