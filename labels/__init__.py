"""A library about paper: labels, slips and covers as PDF and printer languages.

It must not import anything of the product; it draws values it is given and asks nobody.
"""
