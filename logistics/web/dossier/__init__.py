"""One dossier as pages: where it stands, what happened, what is late; its ledger; the acts of the authority."""
