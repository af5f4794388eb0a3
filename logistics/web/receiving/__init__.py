"""Receiving: scan what arrived, count what is inside, against its list; at the authority and back at the hall."""
