"""The pages people work on: Jinja and htmx, usable without a mouse and without script. How to add one: docs/pages.md.

It checks shape and calls services; it decides nothing and never calls out. A module here that has `pages` (a Blueprint)
is registered by itself; its `ENTRIES` (navigation) too. `visit` says who reads, `forms` reads fields, `page` draws.
"""
