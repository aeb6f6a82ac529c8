"""Names that a statement binds, reads, changes and deletes."""

import ast

import pytest

from nb2prod.notebook.names import Names, names_of


def _names(source: str) -> Names:
    return names_of(ast.parse(source).body[0])


@pytest.mark.parametrize(
    ("source", "binds", "reads"),
    [
        ("x = y", "x", "y"),
        ("x, (y, *z) = a", "x y z", "a"),
        ("x = y = z", "x y", "z"),
        ("x += y", "x", "x y"),
        ("x: T = y", "x", "T y"),
        ("x: T", "", "T"),
        ("x: 'T' = 1", "x", ""),
        ("import a.b", "a", ""),
        ("import a.b as c", "c", ""),
        ("from a import b, c as d", "b d", ""),
        ("from a import *", "", ""),
        ("for i in xs: f(i)", "i", "xs f"),
        ("for i in xs:\n    t = t + i", "i t", "t xs"),
        ("for i in xs: pass\nelse: g(j)", "i", "xs g j"),
        ("while (n := f()): g(n)", "n", "f g"),
        ("with a as b, c: d", "b", "a c d"),
        ("try:\n    x\nexcept E as e:\n    f(e)\nfinally:\n    z = 1", "z", "x E f"),
        ("[i + k for i in xs for j in i if j]", "", "k xs"),
        ("[(t := i) for i in xs]", "t", "xs"),
        ("{k: v for k, v in d.items()}", "", "d"),
        ("[i for i in i]", "", "i"),
        ("lambda a, b=c: a + d", "", "c d"),
        (
            "match v:\n    case {'a': x, **r} if x > n: y = x\n    case [P(q), *s]: pass",
            "x r y q s",
            "v n P",
        ),
        ("def f(a: T = d, *, b=e) -> R: return g(a, b)", "f", "T d e R"),
        ("@deco\ndef f(): pass", "f", "deco"),
        ("class C(B, metaclass=M):\n    x = y\n    z = x", "C", "B M y"),
        ("class C:\n    a = 1\n    b = [a for _ in r]", "C", "r"),
        ("df.loc[m, 'a'] = v", "", "df m v"),
        ("df.query('a > @limit and b < @top')", "", "df limit top"),
        ("del x, y[0]", "", "x y"),
        ("f'{x!r:{w}}'", "", "x w"),
        ("print(x) if x else print(y)", "", "print x y"),
        ("async def f(): return x", "f", ""),
        ("globals()['x'] = 1", "x", "globals"),
        ("if a:\n    x = 1\nelse:\n    x = b", "x", "a b"),
        ("if a:\n    x = 1\nprint", "x", "a"),
    ],
)
def test_bound_and_read_names(source: str, binds: str, reads: str) -> None:
    names = _names(source)
    assert names.binds == frozenset(binds.split())
    assert names.reads == frozenset(reads.split())


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("if a:\n    x = 1\n    y = x", "a"),
        ("if a:\n    x = 1\nelse:\n    y = x", "a x"),
        ("for i in xs:\n    if i: x = 1\n    y = x", "xs x"),
        ("with a as x: y = x", "a"),
        ("while True:\n    x = 1\n    f(x)", "f"),
    ],
    ids=["same branch", "other branch", "maybe bound", "with", "certain loop"],
)
def test_a_read_counts_unless_the_statement_surely_bound_it_before(source: str, reads: str) -> None:
    assert _names(source).reads == frozenset(reads.split())


@pytest.mark.parametrize(
    ("source", "mutates"),
    [
        ("df['a'] = 1", "df"),
        ("df.loc[m, 'a'] = 1", "df"),
        ("df.columns = c", "df"),
        ("df['a'] += 1", "df"),
        ("x += 1", "x"),
        ("del df['a']", "df"),
        ("del o.a", "o"),
        ("xs.append(1)", "xs"),
        ("d.update(e)", "d"),
        ("y = df.pop('a')", "df"),
        ("df.insert(0, 'a', v)", "df"),
        ("df.drop('a', axis=1, inplace=True)", "df"),
        ("df['a'].fillna(0, inplace=True)", "df"),
        ("df.drop('a', inplace=False)", ""),
        ("scaler.fit(X)", "scaler"),
        ("Z = scaler.fit_transform(X)", "scaler"),
        ("m = LinearRegression().fit(X, y)", ""),
        ("y = df.add(1)", ""),
        ("s.add(1)", "s"),
        ("y = df.append(row)", ""),
        ("[out.append(i) for i in xs]", "out"),
        ("random.shuffle(xs)", "xs"),
        ("setattr(o, 'a', 1)", "o"),
        ("f(x)[0] = 1", ""),
        ("for r in rows: out.append(r)", "out"),
        ("(seen or seen.add(1))", "seen"),
    ],
)
def test_changed_objects(source: str, mutates: str) -> None:
    assert _names(source).mutates == frozenset(mutates.split())


@pytest.mark.parametrize(
    ("source", "needs"),
    [
        ("def f(a):\n    b = a + g\n    return np.log(b)", "g np"),
        ("def f():\n    global n\n    n = m", "m"),
        ("def f():\n    x = 1\n    def g():\n        return x + y\n    return g", "y"),
        ("def f():\n    def g():\n        nonlocal x\n        x = 2\n    x = k\n    g()", "k"),
        ("def f(n): return f(n - 1) * k", "k"),
        ("f = lambda v: v * k", "k"),
        ("class C:\n    z = 1\n    def m(self): return z + self.z + q", "z q"),
        ("class C(B):\n    pass", "B"),
        ("def f():\n    cache[1] = 2", "cache"),
        ("def f():\n    return [i + k for i in range(3)]", "k range"),
        ("x = 1", ""),
    ],
)
def test_what_calls_will_need(source: str, needs: str) -> None:
    assert _names(source).calls_need == frozenset(needs.split())


@pytest.mark.parametrize(
    ("source", "is_blind"),
    [
        ("from a import *", True),
        ("exec(code)", True),
        ("globals().update(d)", True),
        ("globals()[name] = 1", True),
        ("get_ipython().run_line_magic('run', 'a.py')", True),
        ("globals()['x'] = 1", False),
        ("d.update(e)", False),
    ],
)
def test_statements_that_may_bind_any_name(source: str, is_blind: bool) -> None:
    assert _names(source).is_blind is is_blind


def test_deleted_names() -> None:
    names = _names("del x, y, z[0]")
    assert names.deletes == {"x", "y"}


def test_deep_nesting_is_read_flatly() -> None:
    statement = ast.parse("z = a").body[0]
    assert isinstance(statement, ast.Assign)
    for _ in range(3000):
        statement.value = ast.UnaryOp(ast.Not(), statement.value)
    names = names_of(statement)
    assert names.binds == {"z"}
    assert names.reads == {"a"}
