"""All SQL of the product: tables at rest, unit of work, queries, queues, ledger, encryption.

It decides nothing: what may happen is decided in rules and ordered by services.
"""
