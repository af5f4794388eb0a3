"""Decisions as pure functions of values: same input, same answer.

Nothing here reads the clock, the environment, a database or a network, or draws a random number.
"""
