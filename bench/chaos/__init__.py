"""Chaos: parts are killed in the middle of a sale, and then three books are held against each other.

The database, the payment sandbox's ledger and the mail inbox are read by themselves; no part is asked about itself.
"""
