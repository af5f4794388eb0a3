"""The window desk: from the case number scanned to the label in the printer, and back to the applicant's hand.

One module a page; each reads its form, calls verbs of `logistics.services` and draws the next state. Nothing is decided
here that a rule decides: the pages ask `rules` what is open and say why something is barred.
"""
