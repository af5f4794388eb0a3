"""JSON over HTTP for other systems, and the hooks couriers push to.

It checks shape and calls the same services as the pages; it decides nothing.
"""
