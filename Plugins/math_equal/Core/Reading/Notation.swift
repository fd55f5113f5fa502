// The tables of the tokenizer: what LaTeX commands, words and Unicode signs stand for.

/// Tables from spellings to tokens.
enum Notation {
  /// Commands that only place or size what follows.
  static let invisible: Set<String> = [
    "left", "right", "middle", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr",
    "biggl",
    "biggr", "Biggl", "Biggr", "displaystyle", "textstyle", "scriptstyle", "limits", "nolimits",
    "quad", "qquad", "hfill", "boxed", "fbox", "ensuremath", "mathstrut", "strut", "allowbreak",
    "nonumber", "notag", "enspace", "thinspace", "medspace", "thickspace", "negthinspace", "rm",
    "bf", "it", "mathop", "mathrel", "mathbin", "mathord", "smash", "Large", "large",
    "huge", "Huge", "normalsize", "small", "tiny", "LARGE", "noindent",
    "underbrace", "overbrace", "cancel", "hline", "par", "newline", "nobreakspace",
  ]

  /// Commands whose argument is not printed with the answer.
  static let unprinted: Set<String> = [
    "hspace", "vspace", "phantom", "vphantom", "hphantom", "tag", "label",
  ]

  /// Commands whose argument is text or letters of another shape.
  static let textual: Set<String> = [
    "text", "mbox", "textbf", "textit", "textrm", "textnormal", "texttt", "textsf", "textsc",
    "hbox",
    "operatorname", "mathrm", "mathbf", "mathit", "mathsf", "mathtt", "mathcal", "mathfrak",
    "mathscr", "boldsymbol", "bm", "emph", "pmb", "textup", "textmd", "underline", "text*",
    "operatorname*", "mathnormal", "bold",
  ]

  /// Commands that change the shape of a letter: a vector's name, not a word.
  static let lettering: Set<String> = [
    "mathbf", "boldsymbol", "bm", "mathit", "mathcal", "mathfrak", "mathscr", "mathsf", "pmb",
    "bold",
  ]

  /// Commands and words that name a function, an operator with arguments, or a construction.
  static let names: Set<String> = [
    "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "arccot", "arcsec",
    "arccsc", "sinh", "cosh", "tanh", "coth", "sech", "csch", "log", "ln", "lg", "exp", "sqrt",
    "max",
    "min", "gcd", "lcm", "det", "sum", "prod", "int", "lim", "frac", "binom", "overline", "hat",
    "vec", "tilde", "dot", "floor", "ceil", "abs", "sgn", "Re", "Im", "arg", "deg", "dim", "ker",
    "sup", "inf", "limsup", "liminf", "Pr", "iint", "oint", "cbrt", "not", "begin", "end", "pmod",
    "bmod", "mod", "artanh", "arsinh", "arcosh", "tr", "rank", "erf", "pfrac", "stackrel",
    "overset", "underset", "sqcup", "substack", "dots", "color",
  ]

  /// Other spellings of names.
  static let synonyms: [String: String] = [
    "dfrac": "frac", "tfrac": "frac", "cfrac": "frac", "flatfrac": "frac", "nicefrac": "frac",
    "sfrac": "frac", "dbinom": "binom",
    "tbinom": "binom", "bar": "overline", "overrightarrow": "vec", "overleftarrow": "vec",
    "widehat": "hat", "widetilde": "tilde", "cosec": "csc", "tg": "tan", "ctg": "cot",
    "cotg": "cot",
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "arctg": "arctan", "arctanh": "artanh",
    "atanh": "artanh", "asinh": "arsinh", "arcsinh": "arsinh", "acosh": "arcosh",
    "arccosh": "arcosh", "sign": "sgn", "ldots": "dots", "cdots": "dots", "dotsc": "dots",
    "dotsm": "dots", "dotsb": "dots", "vdots": "dots", "ddots": "dots", "floors": "floor",
    "ceiling": "ceil", "Sqrt": "sqrt", "overarc": "overline", "wideparen": "overline",
    "textcolor": "color", "iff": "iff",
  ]

  /// Commands that stand for a mark.
  static let marks: [String: String] = [
    "cdot": "*", "times": "*", "ast": "*", "cdotp": "*", "bullet": "*", "div": "/", "pm": "±",
    "mp": "∓", "le": "≤", "leq": "≤", "leqslant": "≤", "leqq": "≤", "ge": "≥", "geq": "≥",
    "geqslant": "≥", "geqq": "≥", "lt": "<", "gt": ">", "ne": "≠", "neq": "≠", "approx": "≈",
    "approxeq": "≈", "simeq": "≈", "thickapprox": "≈", "doteq": "≈", "equiv": "≡", "cong": "≡",
    "sim": "~", "in": "∈", "isin": "∈", "notin": "∉", "ni": "∋", "cup": "∪", "bigcup": "∪",
    "cap": "∩",
    "bigcap": "∩", "setminus": "\\", "backslash": "\\", "smallsetminus": "\\", "subset": "⊂",
    "subseteq": "⊂", "supset": "⊃", "supseteq": "⊃", "to": "→", "rightarrow": "→", "mapsto": "→",
    "longrightarrow": "→", "Rightarrow": "⇒", "implies": "⇒", "Longrightarrow": "⇒", "iff": "⇔",
    "Leftrightarrow": "⇔", "leftrightarrow": "⇔", "lbrace": "\\{", "rbrace": "\\}", "lbrack": "[",
    "rbrack": "]", "lparen": "(", "rparen": ")", "langle": "⟨", "rangle": "⟩", "lfloor": "⌊",
    "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "lvert": "|", "rvert": "|", "vert": "|",
    "mid": "mid",
    "lVert": "‖", "rVert": "‖", "Vert": "‖", "|": "‖", "colon": ":", "degree": "°", "circ": "°",
    "prime": "'", "percent": "%", "wedge": "∧", "land": "∧", "vee": "∨", "lor": "∨", "neg": "¬",
    "lnot": "¬", "perp": "⊥", "parallel": "∥", "angle": "∠", "measuredangle": "∠", "triangle": "△",
    "oplus": "⊕", "otimes": "⊗", "forall": "∀", "exists": "∃", "therefore": "∴", "choose": "choose",
    "over": "over", "atop": "over", "star": "⋆", "dagger": "†", "square": "□", "checkmark": "✓",
    "pounds": "£", "euro": "€", "textdollar": "\\$", "textdegree": "°", "textpercent": "%",
  ]

  /// Commands and words that stand for a constant or a set of its own.
  static let constants: [String: String] = [
    "pi": "pi", "infty": "∞", "infinity": "∞", "Infinity": "∞", "oo": "∞", "emptyset": "∅",
    "varnothing": "∅", "Pi": "Pi", "imath": "i", "jmath": "j", "ell": "ell", "hbar": "hbar",
    "Reals": "ℝ", "R": "ℝ",
  ]

  /// Names of Greek letters; variants count as the letter.
  static let greek: [String: String] = {
    var table: [String: String] = [:]
    for name in [
      "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
      "lambda",
      "mu", "nu", "xi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "Gamma",
      "Delta", "Theta", "Lambda", "Xi", "Sigma", "Upsilon", "Phi", "Psi", "Omega", "nabla",
      "partial",
    ] { table[name] = name }
    for name in ["epsilon", "theta", "rho", "sigma", "phi", "kappa"] { table["var" + name] = name }
    return table
  }()

  /// Words of plain text that are math: what `\` may be missing from.
  static let plainNames: Set<String> = [
    "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh",
    "log", "ln", "lg", "exp", "sqrt", "cbrt", "max", "min", "gcd", "lcm", "floor", "ceil", "abs",
    "asin", "acos", "atan", "arccot", "sgn", "sign", "Sqrt", "ceiling", "frac", "binom", "mod",
    "det",
  ]

  /// Unicode signs and what they are in marks, symbols or digits.
  static let signs: [Unicode.Scalar: Token] = {
    var table: [Unicode.Scalar: Token] = [:]
    let marks: [(String, String)] = [
      ("−–—‐‑﹣", "-"), ("×⋅·∙∗✕•", "*"), ("÷∕⁄", "/"), ("≤⩽≦", "≤"), ("≥⩾≧", "≥"), ("≠", "≠"),
      ("≈≃≅", "≈"), ("≡", "≡"), ("±", "±"), ("∓", "∓"), ("∈", "∈"), ("∉", "∉"), ("∪", "∪"),
      ("∩", "∩"),
      ("∖", "\\"), ("⊂⊆", "⊂"), ("⊃⊇", "⊃"), ("→⟶↦", "→"), ("⇒⟹", "⇒"), ("⇔⟺", "⇔"), ("°º", "°"),
      ("′’‘", "'"), ("⌊", "⌊"), ("⌋", "⌋"), ("⌈", "⌈"), ("⌉", "⌉"), ("⟨〈", "⟨"), ("⟩〉", "⟩"),
      ("∠", "∠"),
      ("△", "△"), ("‖", "‖"), ("、،", ","), ("∶", ":"), ("€", "€"), ("£", "£"), ("¥￥", "¥"),
      ("₹", "₹"),
      ("∧", "∧"), ("∨", "∨"), ("∴", "∴"), ("∣", "mid"), ("¢", "¢"),
    ]
    for (spellings, mark) in marks {
      for scalar in spellings.unicodeScalars { table[scalar] = .mark(mark) }
    }
    for (spelling, symbol) in [
      ("π", "pi"), ("∞", "∞"), ("∅", "∅"), ("⌀", "∅"), ("ℝ", "ℝ"), ("ℤ", "ℤ"), ("ℕ", "ℕ"),
      ("ℚ", "ℚ"),
      ("ℂ", "ℂ"), ("α", "alpha"), ("β", "beta"), ("γ", "gamma"), ("δ", "delta"), ("ε", "epsilon"),
      ("ζ", "zeta"), ("η", "eta"), ("θ", "theta"), ("κ", "kappa"), ("λ", "lambda"), ("μ", "mu"),
      ("µ", "mu"), ("ν", "nu"), ("ξ", "xi"), ("ρ", "rho"), ("σ", "sigma"), ("τ", "tau"),
      ("φ", "phi"),
      ("ϕ", "phi"), ("χ", "chi"), ("ψ", "psi"), ("ω", "omega"), ("Γ", "Gamma"), ("Δ", "Delta"),
      ("Θ", "Theta"), ("Λ", "Lambda"), ("Σ", "Sigma"), ("Φ", "Phi"), ("Ψ", "Psi"), ("Ω", "Omega"),
      ("∂", "partial"), ("ℓ", "ell"),
    ] { for scalar in spelling.unicodeScalars { table[scalar] = .symbol(symbol) } }
    for (spelling, name) in [
      ("√", "sqrt"), ("∛", "cbrt"), ("∑", "sum"), ("∏", "prod"), ("∫", "int"), ("…⋯", "dots"),
    ] { for scalar in spelling.unicodeScalars { table[scalar] = .name(name) } }
    return table
  }()

  /// Digits and letters above the line.
  static let superscripts: [Unicode.Scalar: Unicode.Scalar] = [
    "⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8",
    "⁹": "9", "⁻": "-", "⁺": "+", "ⁿ": "n", "ˣ": "x", "⁽": "(", "⁾": ")",
  ]

  /// Digits and letters below the line.
  static let subscripts: [Unicode.Scalar: Unicode.Scalar] = [
    "₀": "0", "₁": "1", "₂": "2", "₃": "3", "₄": "4", "₅": "5", "₆": "6", "₇": "7", "₈": "8",
    "₉": "9", "₋": "-", "₊": "+", "ₙ": "n", "ₓ": "x", "ₖ": "k", "ᵢ": "i", "ⱼ": "j",
  ]

  /// True for a decimal digit on the line: not for one above or below it.
  static func isForeignDigit(_ scalar: Unicode.Scalar) -> Bool {
    superscripts[scalar] == nil && subscripts[scalar] == nil
  }

  /// Fractions of one sign.
  static let vulgarFractions: [Unicode.Scalar: (Int, Int)] = [
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5),
    "⅗": (3, 5), "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8),
    "⅞": (7, 8), "⅐": (1, 7), "⅑": (1, 9), "⅒": (1, 10),
  ]
}
