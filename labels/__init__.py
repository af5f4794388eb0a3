"""A library about paper: labels, slips and covers as PDF and printer languages.

`labels.draw.draw(paper) -> bytes` makes the PDF of any value in `labels.papers`, `labels.batch.draw_batch` one PDF of
many, `labels.printers.press.press` a printer's bytes; the same paper gives the same bytes.
It must not import anything of the product; it draws values it is given and asks nobody.
"""
