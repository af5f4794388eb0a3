"""The pages people work on: Jinja and htmx, usable without a mouse and without script.

It checks shape and calls services; it decides nothing and never calls out.
"""
