"""The couriers' side of the wire, as local servers that check everything: for the demo, for training and for tests.

Nothing here is used to reach a real courier. All state is in one file that survives a kill.
"""
