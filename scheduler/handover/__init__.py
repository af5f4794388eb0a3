"""Where packages are handed over to: a folder, a medium, a bucket. Writes what is given, create-only, reads it back.

Knows no database; `scheduler.transfers` says what goes and records what came of it.
"""
