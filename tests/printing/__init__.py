"""Printing in the product: verbs, the door to the printers, the pages."""
