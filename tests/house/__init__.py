"""The house itself: who imports whom, the shape of its files, and that its documentation tells the truth."""
