"""The verbs: one function is one act of a person or a courier, in one transaction.

A service checks existence and permission first, asks a rule, and stores what the rule decided. Services never call
each other.
"""
