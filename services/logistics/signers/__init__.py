"""Signers: who the people are that sign at a school's gate. Receipts know them by pseudonyms alone."""
