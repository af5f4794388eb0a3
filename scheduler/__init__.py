"""The clock and the doors out: empties inbox and outbox, fires reminders, signs checkpoints.

Its own process, any number of them. It decides nothing: it calls services.
"""
