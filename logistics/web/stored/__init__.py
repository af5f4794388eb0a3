"""Stored sentences of our own making, read to people who read English.

What failed, why something waits: kept in Chinese when it happened, shown in the reader's language. One entry a
sentence, with `{blanks}` for what stands in it. Nothing here writes to anything.
"""
