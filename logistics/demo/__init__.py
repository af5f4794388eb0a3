"""Demo agencies and the whole story of one original, played on real parts.

It calls the same doors as people do; nothing in the product may import it.
"""
