"""A thousand strings on which byte-level BPE tokenizers have been seen to go wrong, the same ones every time.

Random ones keep to code points that Unicode 14 has assigned (Python 3.11's tables), so that an engine's newer or older
tables can't split them differently; `NEW_LETTERS` are the ones that do depend on it. Lone surrogates are real: they
are what JavaScript strings can hold.
"""

import random
import unicodedata

END = "<|endoftext|>"

WRITTEN = [
    "", " ", "\n", "\t", "a", " a", "a ", "Once upon a time", "Hello, I am", "a\n\nb", "a\n\n\nb", "a \n b", "\n\n\n",
    "y is ?", " ?", "x != y , I 'm", "\uFEFFhi", "hi\uFEFF", "\uFEFF", "\uFEFF\uFEFF a", "a\uFEFF b",
    "I'm you're he'll it's they've we'd don't", "I'M YOU'RE HE'LL IT'S", "'s 't 're 've 'm 'll 'd", "''s '''t", "o'clock's",
    "rock 'n' roll", "’s ’t", "it’s", "'S", " 's", "  's", "a  b   c    d", "   leading", "trailing   ", " \t \n \r\n ",
    END, END * 3, "a" + END + "b", " " + END + " ", END + "\n", "<|endoftext", "|endoftext|>", "<|endoftext|", "<|end", "<|",
    "<|ENDOFTEXT|>", "< |endoftext|>", "<|endoftext|>>", "<<|endoftext|>", "<|endo" + END + "ftext|>", "<|endoftext |>",
    "\u0000", "\u0000\u0001\u001f\u007f\u0080\u009f", "a\u0000b", "\u0085", "a\u0085b", "a \u0085 b", "\u00a0", "a\u00a0b",
    "\u2028a\u2029b", "\u3000\u3000x", "\u200b", "a\u200bb", "\u200d\u200c", "\u180e", "\u1680 \u2003\u2009", "\u00ad",
    "👩‍👩‍👧‍👦", "👩🏽‍💻 writes", "🏳️‍🌈🏴‍☠️", "🇧🇷🇯🇵🇺", "❤️", "❤", "1️⃣2️⃣", "🤷🏻‍♂️🤷🏿‍♀️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👍👍🏻👍🏿", "🧑‍🤝‍🧑", "🫠🫶",
    "é", "e\u0301", "ａｂｃ１２３", "ﬁﬂ", "Ǆ", "İi", "ß", "ſ", "Å", "Å", "Z̴̢a̷l̸g̶o̵",
    "中文分词", "これは日本語です。", "한국어 문장", "가", "\u1112\u1161\u11ab", "ภาษาไทย", "हिन्दी में", "العربية", "עִבְרִית", "ქართული",
    "Não, você está à beira-mar; ações, pão e maçã.", "œuvre naïve façade Ærøskøbing", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝟙𝟚𝟛", "𐍈𐌰𐌹", "𒀀𒁀", "🄰🅰", "½ ¾ ² ³ ①②Ⅷ ٣٤ ४५",
    "3.14159 1,000,000 0x1F 1e-9", "2024-01-31T23:59:59Z", "https://example.org/a?b=c&d=%20#e", "user@example.org",
    "def f(x):\n    return x ** 2  # ok\n", "{\"a\": [1, 2, null]}", "<p class=\"x\">&nbsp;</p>", "\\n\\t\\u0000", "C:\\dir\\file",
    "~!@#$%^&*()_+{}|:\"<>?`-=[]\\;',./", "----====____", "....", "…", "“quoted” ‘single’ «guillemets» — – ‐",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "ABCDEFGHIJ", "ĠĊč Ġ Ã©", "Začnimo međa Ġx",
    " SolidGoldMagikarp", "camelCaseAndSNAKE_CASE", "ı̇", "\ue000\uf8ff", "\U000f0000\U0010fffd", "\ufffd", "\uffff\ufffe",
    "\ud800", "\udc00", "a\ud800b", "\udc00\ud800", "\ud83d", "\ud83d \ude00", "👍\ud83d", "\ude00👍", "\ud800" + END, "\udbff\udfff\udbff",
]

NEW_LETTERS = ["\U00011b00\U00011b01", "\U00011f02\U00011f04 x", "\U0001e4d0\U0001e4d1", "\U00010d40\U00010d4a1",
               "a\U000105c0b", "\ua7cb\ua7da", "\u1c89\u1c8a", "\U0001ccf0\U0001ccf9", "\U00031350中", "\U0002ebf0 \U0002ebf1"]

SCRIPTS = [(0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x4FF), (0x590, 0x5FF),
           (0x600, 0x6FF), (0x900, 0x97F), (0xE00, 0xE7F), (0x1100, 0x11FF), (0x1E00, 0x1EFF), (0x2000, 0x206F),
           (0x2070, 0x218F), (0x2190, 0x2BFF), (0x3000, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xE000, 0xE0FF),
           (0xFE00, 0xFFEF), (0x10330, 0x1034A), (0x12000, 0x12399), (0x1D400, 0x1D7FF), (0x1F300, 0x1F64F),
           (0x1F680, 0x1F6FF), (0x20000, 0x2A6DF)]
WORDS = ("the of and to in is that was he for it with as his on be at by had not are but from or have an they which one "
         "you were her all she there would their we him been has when who will no more if out so said what up its about "
         "into than them can only other new some could time these two may then do first any my now such like our over "
         "Once upon owl moon dark star wood light morning quantum perspicacious antidisestablishmentarianism").split()
SPACES = [" ", "  ", "   ", "\n", "\n\n", "\t", "\r\n", "\r", "\u00a0", "\u2003", "\u3000", "\u0085", "\u2028", "\x0b", "\x0c", " \n ", "\n "]
EMOJI = ["😀", "👍", "🏽", "\u200d", "\ufe0f", "👩", "👨", "👧", "💻", "🇧", "🇷", "❤", "♂", "🏳", "🌈", "⃣", "\U000e0067", "🧑", "🤝"]
PUNCTUATION = list("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") + ["—", "…", "“", "”", "’", "¿", "«"]


def assigned(draw: random.Random, ranges=SCRIPTS) -> str:
    while True:
        c = chr(draw.randint(*draw.choice(ranges)))
        if unicodedata.category(c) not in ("Cn", "Cs"):
            return c


PIECES = {
    "words": lambda d: d.choice(["", " "]) + d.choice(WORDS),
    "case": lambda d: d.choice(WORDS).upper() + d.choice(["'S", "'s", "’s", "'LL", "'ll", "'"]),
    "space": lambda d: d.choice(SPACES) * d.choice([1, 1, 2, 5]),
    "control": lambda d: chr(d.choice([*range(0x20), *range(0x7F, 0xA0)])),
    "number": lambda d: str(d.randint(0, 10 ** d.randint(1, 12))) + d.choice(["", ".", ",", " ", "%"]),
    "punctuation": lambda d: d.choice(PUNCTUATION) * d.choice([1, 1, 1, 2, 4]),
    "script": lambda d: assigned(d),
    "one script": lambda d: (lambda r: "".join(assigned(d, [r]) for _ in range(4)))(d.choice(SCRIPTS)),
    "emoji": lambda d: d.choice(EMOJI),
    "marker": lambda d: d.choice([END, END[: d.randint(1, 12)], END[d.randint(1, 12):], "<|", "|>"]),
    "surrogate": lambda d: chr(d.randint(0xD800, 0xDFFF)),
}
MIXES = [["words", "space"], ["words", "punctuation", "number"], ["case", "punctuation"], ["space"], ["control", "words"],
         ["script"], ["one script", "space"], ["emoji"], ["emoji", "words"], ["marker", "words", "space"], ["marker"],
         ["surrogate", "emoji", "words"], ["punctuation"], ["number", "script"], list(PIECES)]


def as_javascript(text: str) -> str:
    """Two halves of a surrogate pair side by side are one character there."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def tricky_strings(count: int, seed: int) -> list[str]:
    """The written ones, then random mixes, no string twice."""
    draw, found = random.Random(seed), dict.fromkeys(map(as_javascript, WRITTEN))
    while len(found) < count:
        mix = draw.choice(MIXES)
        pieces = [PIECES[draw.choice(mix)](draw) for _ in range(draw.randint(1, 14))]
        found[as_javascript("".join(pieces))] = None
    return list(found)
