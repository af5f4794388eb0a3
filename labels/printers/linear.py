"""Code 128 (ISO/IEC 15417) as symbol characters, so that a printer can be told which ones to print.

Only printable ASCII, so code sets B and C suffice. `codes.code128_modules` gives the same widths for the PDF.
"""

import functools

CODE_C, CODE_B, START_B, START_C, STOP = 99, 100, 104, 105, 106
_CHECK = 103
#: ISO/IEC 15417, table 1: widths of bar, space, bar, … for the symbol characters 0 to 105 and the stop.
_PATTERNS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
)


@functools.lru_cache(maxsize=256)
def symbols(value: str) -> tuple[int, ...]:
    """The fewest symbol characters for the value, from the start on, without check and stop."""
    # ways[at][c]: the shortest way to have written all before `at` and then to be in code set C (else in B)
    ways: list[dict[bool, tuple[int, ...]]] = [{False: (START_B,), True: (START_C,)}]
    for at in range(1, len(value) + 1):
        here: dict[bool, tuple[int, ...]] = {}
        if (before := ways[at - 1].get(False)) is not None:
            here[False] = (*before, ord(value[at - 1]) - 32)
        pair = value[max(at - 2, 0) : at]
        if len(pair) == 2 and pair.isdigit() and (before := ways[at - 2].get(True)) is not None:
            here[True] = (*before, int(pair))
        ways.append(_switched(here))
    return min(ways[-1].values(), key=len)


def _switched(here: dict[bool, tuple[int, ...]]) -> dict[bool, tuple[int, ...]]:
    """The ways again, with a change of code set where that is shorter or the only way."""
    found = dict(here)
    for wanted, code in ((True, CODE_C), (False, CODE_B)):
        other = here.get(not wanted)
        if other is not None and (wanted not in here or len(other) + 1 < len(here[wanted])):
            found[wanted] = (*other, code)
    return found


def widths(characters: tuple[int, ...]) -> tuple[int, ...]:
    """Modules of bar, space, …, bar for the symbol characters with check character and stop."""
    check = (characters[0] + sum(n * one for n, one in enumerate(characters))) % _CHECK
    return tuple(int(width) for one in (*characters, check, STOP) for width in _pattern(one))


def _pattern(one: int) -> str:
    """Six widths; the stop, last in the table, has seven."""
    return _PATTERNS[7 * one : 7 * one + 7].rstrip()
