"""Loops over rows, written as comprehensions over columns."""

import ast
from textwrap import dedent

import pytest

from nb2prod.notebook.row_loops import as_comprehension

WRITTEN = {
    "values of a column": (
        """
        for p in proba:
            if p > 0.3:
                labels.append(1)
            else:
                labels.append(0)
        """,
        "labels = [labels_of_row(p) for p in proba]",
        "def labels_of_row(p): if p > 0.3: return 1 else: return 0",
    ),
    "positions": (
        """
        for i in range(0, len(df)):
            t = re.sub("x", " ", df["note"][i])
            out.append(t + df.loc[i, "city"] + s.iloc[i] + df.iloc[i]["plan"])
        """,
        (
            "out = [out_of_row(note, city, s_value, plan) "
            "for note, city, s_value, plan in zip(df['note'], df['city'], s, df['plan'])]"
        ),
        (
            "def out_of_row(note, city, s_value, plan): "
            "t = re.sub('x', ' ', note) return t + city + s_value + plan"
        ),
    ),
    "rows, and a round that ends early": (
        """
        for i, row in df.iterrows():
            if row["a"] > 3 and row.city == "x":
                out.append("hi")
                continue
            out.append("lo")
        """,
        "out = [out_of_row(a, city) for a, city in zip(df['a'], df['city'])]",
        "def out_of_row(a, city): if a > 3 and city == 'x': return 'hi' return 'lo'",
    ),
    "named rows": (
        "for row in df.itertuples(): out.append(row.a + row.b)",
        "out = [out_of_row(a, b) for a, b in zip(df['a'], df['b'])]",
        "def out_of_row(a, b): return a + b",
    ),
    "a list of its own within a round": (
        """
        for t in df.note:
            words = []
            for w in t.split():
                if w in stop:
                    continue
                words.append(w)
            out.append(" ".join(words))
        """,
        "out = [out_of_row(t) for t in df.note]",
        (
            "def out_of_row(t): words = [] for w in t.split(): if w in stop: continue words.append(w) "
            "return ' '.join(words)"
        ),
    ),
    "a value that may not be read": (
        """
        for a, b in zip(df.a, df.b):
            try:
                x = float(a)
            except ValueError:
                x = 0.0
            out.append(x + b)
        """,
        "out = [out_of_row(a, b) for a, b in zip(df.a, df.b)]",
        "def out_of_row(a, b): try: x = float(a) except ValueError: x = 0.0 return x + b",
    ),
    "an array in place": (
        "for i, v in enumerate(p):\n  if v < 0: p[i] = 0",
        "p[:] = [p_value_of_row(v, p_value) for v, p_value in zip(p, p)]",
        "def p_value_of_row(v, p_value): if v < 0: p_value = 0 return p_value",
    ),
    "a column of a table, in several steps": (
        """
        for i in df.index:
            if df.loc[i, "a"] > 3:
                df.loc[i, "b"] = 1
            if df.at[i, "a"] > 5:
                df.at[i, "b"] += 2
        """,
        "df['b'] = [b_of_row(a, b) for a, b in zip(df['a'], df['b'])]",
        "def b_of_row(a, b): if a > 3: b = 1 if a > 5: b += 2 return b",
    ),
    "a new column": (
        "for i, v in df['a'].items(): df.loc[i, 'b'] = v * 2",
        "df['b'] = [b_of_row(v) for v in df['a']]",
        "def b_of_row(v): b = v * 2 return b",
    ),
}


def _loop(text: str) -> ast.stmt:
    return ast.parse(dedent(text)).body[0]


def _joined(node: ast.AST) -> str:
    return " ".join(ast.unparse(ast.fix_missing_locations(node)).split())


@pytest.mark.parametrize(("text", "store", "definition"), WRITTEN.values(), ids=WRITTEN)
def test_a_loop_over_rows_is_a_comprehension(text: str, store: str, definition: str) -> None:
    made = as_comprehension(_loop(text))
    assert made is not None
    assert made.definition is not None
    assert _joined(made.store) == store
    assert _joined(made.definition) == definition


OTHERWISE = {
    "the row before": "for i in range(len(df)): out.append(df.a[i] - df.a[i - 1])",
    "some rows only": "for i in range(1, len(df)): out.append(df.a[i])",
    "a running sum": "for v in df.a:\n  total += v\n  out.append(total)",
    "what an earlier round bound": "for v in df.a:\n  if v > 3: last = v\n  out.append(last)",
    "no value for some rows": "for v in df.a:\n  if v > 3: out.append(v)",
    "two values for some rows": "for v in df.a:\n  if v > 3: out.append(v)\n  out.append(v)",
    "what is known of earlier rows": "for v in df.a:\n  seen[v] = 1\n  out.append(len(seen))",
    "its own list": "for v in df.a: out.append(out[-1] + v if out else v)",
    "its position": "for i, v in enumerate(df.a): out.append(v * i)",
    "two lists": "for v in df.a:\n  out.append(v)\n  more.append(v)",
    "two columns": "for i in df.index:\n  df.loc[i, 'a'] = 1\n  df.loc[i, 'b'] = 2",
    "a list and a column": "for i in df.index:\n  out.append(i)\n  df.loc[i, 'b'] = 2",
    "what it stored before": "for i in range(len(p)): p[i] = p[i] / max(p)",
    "an end before all rows": "for v in df.a:\n  if v > 3: break\n  out.append(v)",
    "an else": "for v in df.a: out.append(v)\nelse: print(1)",
    "the whole row": "for i, row in df.iterrows(): out.append(row.sum())",
    "something else besides": "for v in df.a:\n  print(v)\n  out.append(v)",
}


@pytest.mark.parametrize("text", OTHERWISE.values(), ids=OTHERWISE)
def test_a_loop_that_does_more_stays_a_loop(text: str) -> None:
    assert as_comprehension(_loop(text)) is None
