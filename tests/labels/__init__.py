"""Papers: what they show, what they hide, and that an archive and a scanner accept them."""
