"""Proof for people who do not trust us: the archive package and its offline verifier.

It imports no database, no configuration and no network; it works on values and files alone.
"""
