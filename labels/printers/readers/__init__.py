"""What a printer makes of the bytes: the subset of ZPL, TSPL and CPCL that we send, read again and drawn as dots.

The readers know the languages, not our writers or their model; whatever they do not know they refuse. `read(language,
data)` gives the 1-bit picture that would be on the paper.
"""
