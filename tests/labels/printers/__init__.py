"""The printers' languages: what leaves for a printer is what was meant."""
