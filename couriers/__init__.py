"""A library about couriers: what they say on the wire and what it means.

It must not import anything of the product; it knows no database and no web framework.
"""
