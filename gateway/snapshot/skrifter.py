"""Which fonts a snapshot is set in: names in order of preference, and the SHA-256 of every file.

A new version of the fonts or of the typesetter is a new line here, on purpose: it changes bytes.
"""

SHA256 = {
    "NotoEmoji": "de6c18832938afc99caf132b39d6a30a19bac7f2e812e28db2535b4608d27551",
    "NotoSans-Italic": "28602f4b032ed8f5d91445e830585f34aba54ff9d3ac3e58c0b8834f3d6ae684",
    "NotoSansArabic": "3fae4d7239d1faa55b234bda8091019a5251ff79df40d5e29367d84bed2a8138",
    "NotoSansArmenian": "e979dfaed56ddb4bfd05121958b25425eb7593253d64b6b3654c77c11c5cda94",
    "NotoSansBengali": "dc9defe97bb041876b6609e9029d9e1e228a686259acde2fe2a9f99d793ee17d",
    "NotoSansDevanagari": "bf99bf762743ff3259e73196852520ab0ffe8d384238bff3e4806a84b981e972",
    "NotoSansEthiopic": "93f223089e300b983dbfd693c7be619e0e76565a70d639e71a4fe0bfd72cf66f",
    "NotoSansGeorgian": "42f4a8bf4fe0af8afd91ee3c19e81e14f1bc74ddbd9b6a59a4182f67a596adb4",
    "NotoSansGujarati": "83d1bde74d64fb389f97a5e27b2699d8ee8bad4c15a02be347228e6c10011248",
    "NotoSansGurmukhi": "8a3096ee2166f6383501e2df7b368fce88cfa4068c8d75bcb6af07da353a00ea",
    "NotoSansHebrew": "9d81d81ad592644487b03843da73a87b99cd28a2c4da4a096e1db8fbd14fda61",
    "NotoSansKannada": "b6b11505d76eddf916667d73adfec19095ec777742444dc662dae81471461f4e",
    "NotoSansKhmer": "56f89948a84cc0b01962ed6af573ac4ac885bd7bb6e7e40f9afc72a435728b70",
    "NotoSansLao": "fc138d605aa998d8407789ee6a7f5554aae8b54f5cd98d66dd2c33e79d15b67e",
    "NotoSansMalayalam": "94cddc94a03fa9a5e8d1784090ba97b267def6933d60762081eaa003751142c5",
    "NotoSansMyanmar": "e0b280aa3080aab922800c88fa9a2015a4bec3103bb8b70491a92e4a04f3a3a3",
    "NotoSansOriya": "37f482d0179d0a50e3128d004f007ff1c1741ad5f6b0b2bcc7238b257ef1caa0",
    "NotoSansSinhala": "3fd7c6a61cb6dfb8a2ca7af5b4078bd24e9c8ad9b55839a0177277db6e4d1326",
    "NotoSansSymbols": "63724daeff6755a45933b9a5e3a3b41df5df8fe925c0f4c991f2f68c08a4182d",
    "NotoSansTamil": "37e151cdec4a8cfb15c432f7bb164a83b98df69419d47e50b35aa7073963716b",
    "NotoSansTelugu": "6c06de88b2d420d899543724a13765994191cd29860c6226efca098b51fec64b",
    "NotoSansThai": "13f52f79b04f01f2751a81052a5dee2df639fd4e13f4ac30821ab45c8dd5f7e7",
    "NotoSans": "fb53504de62e767a54695416123d68d67f71c9b69722175184ad56e7dd13547b",
}
"""`<name>[wght].ttf` of manimgx-fonts 2026.9.26.post1 (Noto, SIL Open Font License)."""

FAMILIES = (
    "Noto Sans",
    "Noto Sans Symbols",
    "DejaVu Sans Mono",
    "Noto Emoji",
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Noto Sans Ethiopic",
    "Noto Sans Tamil",
    "Noto Sans Thai",
    "Noto Sans Devanagari",
    "Noto Sans Bengali",
    "Noto Sans Gurmukhi",
    "Noto Sans Gujarati",
    "Noto Sans Georgian",
    "Noto Sans Armenian",
    "Noto Sans Sinhala",
    "Noto Sans Telugu",
    "Noto Sans Kannada",
    "Noto Sans Malayalam",
    "Noto Sans Oriya",
    "Noto Sans Khmer",
    "Noto Sans Lao",
    "Noto Sans Myanmar",
)
"""Tried in this order for each character."""

DEJAVU_SANS_MONO = (
    (0x2010, 0x2023), (0x2026, 0x2026), (0x2030, 0x2037), (0x2039, 0x203A), (0x203C, 0x203F),
    (0x2045, 0x2049), (0x204B, 0x204B), (0x2070, 0x2071), (0x2074, 0x208E), (0x2090, 0x209C),
    (0x20A0, 0x20B5), (0x20B8, 0x20BA), (0x20BD, 0x20BD), (0x2102, 0x2102), (0x2105, 0x2105),
    (0x210D, 0x210F), (0x2115, 0x2117), (0x2119, 0x211A), (0x211D, 0x211D), (0x2122, 0x2122),
    (0x2124, 0x2124), (0x2126, 0x2126), (0x212A, 0x212B), (0x212E, 0x212E), (0x2148, 0x2148),
    (0x2150, 0x2151), (0x2153, 0x215F), (0x2189, 0x2189), (0x2190, 0x2213), (0x2215, 0x2215),
    (0x2217, 0x2220), (0x2223, 0x2224), (0x2227, 0x222D), (0x2234, 0x223D), (0x2241, 0x2269),
    (0x226D, 0x228B), (0x228D, 0x22A5), (0x22AC, 0x22AC), (0x22B2, 0x22B5), (0x22B8, 0x22B8),
    (0x22C2, 0x22C6), (0x22CD, 0x22D1), (0x22DA, 0x22ED), (0x22EF, 0x22EF), (0x2300, 0x2306),
    (0x2308, 0x2315), (0x2318, 0x2319), (0x231C, 0x2321), (0x2325, 0x2328), (0x232B, 0x232B),
    (0x2335, 0x237A), (0x237D, 0x237D), (0x2380, 0x2383), (0x2388, 0x238B), (0x2395, 0x2395),
    (0x239B, 0x23AE), (0x23CE, 0x23CF), (0x2423, 0x2423), (0x2500, 0x262F), (0x2638, 0x268B),
    (0x2690, 0x269C), (0x26A0, 0x26A1), (0x26B0, 0x26B1), (0x2701, 0x2704), (0x2706, 0x2709),
    (0x270C, 0x2727), (0x2729, 0x274B), (0x274D, 0x274D), (0x274F, 0x2752), (0x2756, 0x2756),
    (0x2758, 0x275E), (0x2761, 0x2775), (0x2794, 0x2794), (0x2798, 0x27AF), (0x27B1, 0x27BE),
    (0x27C2, 0x27C2), (0x27C5, 0x27C6), (0x27DC, 0x27DC), (0x27E0, 0x27E0), (0x27E6, 0x27EB),
    (0x27F5, 0x27F7), (0x2987, 0x2988), (0x2997, 0x2998), (0x29EB, 0x29EB), (0x29FA, 0x29FB),
    (0x2A00, 0x2A00), (0x2A2F, 0x2A2F), (0x2A6A, 0x2A6B), (0x2B05, 0x2B0D), (0x2B12, 0x2B1A),
)  # fmt: skip
"""Symbols of the one font used that is built into the typesetter and has no file to read."""
