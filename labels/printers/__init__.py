"""Labels in a thermal printer's own words: ZPL, TSPL and CPCL at 203 and 300 dots an inch.

`press.press(paper, language, dpi) -> bytes` is the one door. Text is bitmap, bar codes are the printer's own; what a
printer would make of the bytes is drawn here, decoded and compared before they are given out. Knows no network.
"""
