"""The product: mailing dossiers of original documents.

Rules decide, services act, store keeps, archive proves, api and web are the doors.
"""
