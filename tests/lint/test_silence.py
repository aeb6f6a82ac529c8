"""What rules leave alone: each case is a near miss of one rule."""

import pytest

from nb2prod.lint import Environment, lint
from nb2prod.notebook.percent import from_percent

_SK = "from sklearn.ensemble import RandomForestClassifier as RF\n"
_SPLIT = "from sklearn.model_selection import train_test_split, KFold\n"

FINE = {
    "NBH004": [
        "def f():\n    return later\nlater = 1",
        "def f():\n    try:\n        return nope\n    except NameError:\n        return 1",
        "from somewhere import *\ndef f():\n    return nope",
        "def f(a: 'Nope'):\n    return a",
        "class C:\n    def m(self):\n        return __class__",
    ],
    "NBH005": [
        "# %% count=1\nx = 1\n# %% count=2\nx",
        "# %%\nx = 1\n# %%\ny = 2\n# %% count=3\nx",
        '# %% count=1 error="ValueError"\nx\n# %%\nx = 1',
        '# %% tags=["injected-parameters"]\nx = 1\n# %% count=2\nx',
    ],
    "NBH006": [
        "x = 1\nx += 1",
        "# %%\nrows = []\n# %%\nrows = []\nrows.append(1)",
        "# %%\ndf = {}\n# %%\ndf['a'] = df['b'] / 2",
        "# %%\nm = True\n# %%\nm = m & True",
        "# %%\nfor i in range(3):\n    total = i\n# %%\nfor i in range(3):\n    i += 1",
        "# %%\nx = 1\n# %%\ndef f():\n    x = 1\n    x += 1",
    ],
    "NBH007": [
        "# %%\ndf = 1\n# %%\ndf\n# %%\ndf = df + 1",
        "# %%\nlimit = 1\n# %%\nlimit\n# %%\nlimit = 1",
        "# %%\nfig = 1\n# %%\nfig\n# %%\nfig = 2",
        "# %%\nlimit = 1\n# %%\nlimit = 2",
        "# %%\nfor row in [1]: pass\n# %%\nrow\n# %%\nfor row in [2]: pass",
    ],
    "NBH009": [
        '# %% count=1 tags=["raises-exception"] error="ValueError"\nx = 1',
        '# %% count=1 output="1"\nprint(1)',
        '# %% count=1 output="1"\n!echo 1',
    ],
    "NBO001": ["# %% count=1\nx = 1\n# %%\ny = 1\n# %% count=2\nz = 1"],
    "NBO002": [
        "# %% count=1\nx = 1\n# %% count=3\ny = 1\n# %% count=2\nprint(x)",
        "# %% count=2\nx = 1\n# %% count=2\nx = 2\n# %% count=1\nprint(x)",
        "# %% count=1\nimport math\n# %% count=3\nimport math\n# %% count=2\nmath.pi",
        "# %% count=1\nx = 1\n# %% count=4\nx = max(1, 2)\n# %% count=3\nprint(x)",
    ],
    "NBO003": ["# %% count=4\nx = 1\n# %% count=5\ny = 1", "# %% count=1\nx = 1\n# %%\ny = 1"],
    "NBO004": ["# %% count=1\nx = 1\n# %% count=2\nx = 1"],
    "NBO005": [
        "# %%\nx = 1\n# %%\ny = 1\n# %%\nz = 1\n# %% count=1\na = 1",
        "# %% count=1\nx = 1\n# %%\n# only a comment\n# %% count=2\ny = 1",
        "# %% count=1\nx = 1\n# %% count=2\ny = 1\n# %%\nz = 1",
    ],
    "NBO006": ["x = 1"],
    "NBO007": [
        "import json\nx = 1\n# %%\nimport math",
        '# %% tags=["imports"]\nimport json\n# %% tags=["features"]\nx = json.loads("1")',
        '# %% tags=["features"]\nimport json',
    ],
    "NBR001": [
        _SK + "RF(random_state=0)",
        _SK + "options = {}\nRF(**options)",
        "import numpy as np\nnp.random.seed(1)\n" + _SK + "RF()",
        _SPLIT + "train_test_split([1], shuffle=False)\nKFold(5)",
        "class RF: pass\nRF()",
        "from sklearn.linear_model import LogisticRegression, Ridge\nLogisticRegression()\nRidge()",
        "from sklearn.svm import SVC\nSVC()",
    ],
    "NBR002": [
        "import random\nrandom.seed(1)\nrandom.random()",
        "import numpy as np\nrng = np.random.default_rng(1)\nrng.normal()",
        "import torch\ntorch.manual_seed(0)\ntorch.rand(2)",
    ],
    "NBR003": [
        "import random\nrandom.sample([1], 1)",
        "df = 1\ndf.sample(5)",
        "df = 1\ndf.sample(n=5)\ny = df.sample(n=5, random_state=1)",
    ],
    "NBR004": ["import random\nrandom.seed(1)\nx = random.random()\nrandom.seed(2)"],
    "NBR005": [
        "import os\nx = sorted(os.listdir('.'))\ny = len(os.listdir('.'))",
        "import os\nos.listdir('.')",
        "import datetime\nx = datetime.datetime.now()",
        "x = set([1])\ny = sorted(set([2]))",
        "import time\nt = time.time()",
    ],
    "NBR006": [
        "import torch\ntorch.manual_seed(1)",
        "device = 'cuda'",
        "import xgboost as xgb\nm = xgb.XGBClassifier(device='cpu', n_jobs=-1)",
        "import lightgbm as lgb\nm = lgb.LGBMClassifier(n_jobs=1)",
        "import lightgbm as lgb\nm = lgb.LGBMClassifier(n_jobs=4, deterministic=True)",
        "import lightgbm as lgb\nm = lgb.LGBMClassifier(**{'n_jobs': 4})",
        "import os\nos.environ['OMP_NUM_THREADS'] = '1'\nimport numpy",
    ],
    "NBP004": [
        "route = '/api/items'",
        "x = open('data/a.csv')",
        "'''See /home/ann/readme for why.'''",
        "u = 'https://example.com/home/ann/a.csv'",
        "x = 'a/b'",
    ],
    "NBP005": ["x = open('a/b.csv')", "import re\nre.match('a\\\\d', 'a')"],
    "NBP007": [
        "def input(): return 1\ninput()",
        "import ipywidgets\nipywidgets.Button()",
        "x = 'input()'",
    ],
    "NBP010": [
        "df = 1\ndf.fillna(0, inplace=True)",
        "df = {}\ndf['a'] = df['a'].fillna(0)",
        "df = {}\ndf['a'].fillna(0, inplace=False)",
    ],
    "NBP011": ["df = 1\ndf.dtypes == 'str'\ndf.dtype == 'float64'", "x = 'object'\nx == 'object'"],
    "NBT006": [
        '# %% tags=["train"]\nk = 3\n# %% tags=["split"]\ny = 2\n# %% tags=["evaluate"]\nk',
        '# %% tags=["split"]\nk = 3\n# %% tags=["features"]\ny = k',
    ],
    "NBT007": [
        '# %% tags=["parameters"]\nn = 1\n# %%\ndef f():\n    return n',
        '# %% tags=["parameters"]\nn = 1\n# %%\n!run --n {n}',
    ],
    "NBT008": [
        '# %% tags=["parameters"]\nn = 1\n# %%\nn = n + 1',
        '# %% tags=["parameters"]\nn = 1\n# %% tags=["injected-parameters"]\nn = 2',
    ],
    "NBT009": [
        '# %% tags=["parameters"]\nn = 1\n# %% tags=["train"]\nf(m=1, k=n)',
        '# %% tags=["parameters"]\nn = 1\n# %%\nf(n=1)',
        '# %% tags=["parameters"]\nn = 1\n# %% tags=["train"]\nf(n=True)\nf(n=1.0)',
    ],
    "NBT011": [
        '# %% tags=["features", "train-only"]\nx = df.shift(1)',
        '# %% tags=["train"]\nx = df.shift(1)',
        '# %% tags=["features"]\nimport numpy as np\nx = np.diff([1])',
    ],
    "NBT012": ['# %% tags=["features"]\nx = df.apply(lambda v: v)'],
    "NBS001": [
        '# %% tags=["load"]\nimport os\npassword = os.environ["PASSWORD"]',
        '# %% tags=["load"]\npassword = "your-password-here"\ntoken = "<token>"',
        '# %% tags=["load"]\nurl = "postgresql://user:password@localhost/db"',
        '# %% tags=["load"]\nkeyword = "a plain sentence"\nkey_path = "data/keys/file.csv"',
    ],
    "NBS002": ['# %% count=1 output="risk-free sk-learn ghost"\nprint(1)'],
    "NBS003": [
        "import pickle\npickle.load(open('a', 'rb'))",
        '# %% tags=["load"]\nimport json\njson.load(f)',
    ],
    "NBS004": ['# %% tags=["features"]\ndf.eval("a + b")', "eval('1')"],
    "NBS005": ["import requests\nrequests.get('u', verify=True)", "f(verify=False)"],
    "NBS006": [
        '# %% count=1 output="one@mail.org"\nprint(1)',
        '# %% count=1 output="1234-5678 0.1234567890123456 2020-01-01"\nprint(1)',
    ],
}


@pytest.mark.parametrize(
    ("code", "text"),
    [
        pytest.param(code, text, id=f"{code}-{number}")
        for code, texts in FINE.items()
        for number, text in enumerate(texts)
    ],
)
def test_near_misses_are_left_alone(code: str, text: str) -> None:
    notebook = from_percent(text if "# %%" in text else f"# %%\n{text}")
    assert [one for one in lint(notebook, Environment()) if one.code == code] == []


FOUND = {
    "NBH004 method": ("class C:\n    def m(self):\n        return nope", "NBH004", "nope"),
    "NBH004 lambda": ("f = lambda: nope", "NBH004", "nope"),
    "NBH005": ("# %%\nx = 1\n# %% count=1\nz = 1\n# %% count=3\nx", "NBH005", "x"),
    "NBH006 column": ("# %%\nd = {}\n# %%\nd['a'] = d['a'] / 2", "NBH006", "d"),
    "NBH006 append": ("# %%\nrows = []\n# %%\nrows.append(1)", "NBH006", "rows"),
    "NBH006 counts": (
        "# %% count=1\nx = 1\n# %% count=4\nx = x + 1\n# %% count=3\nprint(x)",
        "NBH006",
        "x",
    ),
    "NBO002 change": (
        "# %% count=1\nx = [1]\n# %% count=4\nx.append(2)\n# %% count=2\nx\n# %% count=3\ny = 1",
        "NBO002",
        "x",
    ),
    "NBR001 grid": (
        "from sklearn.linear_model import LogisticRegression as L\nL(solver='saga')",
        "NBR001",
        "LogisticRegression",
    ),
    "NBR002 numpy": ("import numpy as np\nnp.random.rand(3)", "NBR002", "numpy.random.rand"),
    "NBR002 generator": (
        "import numpy as np\nnp.random.default_rng()",
        "NBR002",
        "numpy.random.default_rng",
    ),
    "NBR005 pathlib": ("from pathlib import Path\nx = list(Path('.').glob('*'))", "NBR005", "glob"),
    "NBR005 uuid": (
        '# %% tags=["features"]\nimport uuid\nx = uuid.uuid4()',
        "NBR005",
        "uuid.uuid4",
    ),
    "NBR006 keras": (
        "import keras\nkeras.utils.set_random_seed(1)\nx = 'GPU'",
        "NBR006",
        "keras.utils.set_random_seed",
    ),
    "NBR006 boosted trees": (
        "import xgboost as xgb\nm = xgb.XGBClassifier(tree_method='gpu_hist')",
        "NBR006",
        "xgboost.XGBClassifier",
    ),
    "NBR006 catboost": (
        "from catboost import CatBoostClassifier\nm = CatBoostClassifier(task_type='GPU')",
        "NBR006",
        "catboost.CatBoostClassifier",
    ),
    "NBR006 threads": (
        "import lightgbm as lgb\nm = lgb.LGBMClassifier(n_jobs=-1)",
        "NBR006",
        "lightgbm.LGBMClassifier",
    ),
    "NBR006 too late": (
        "import os\nimport numpy\nos.environ['OMP_NUM_THREADS'] = '1'",
        "NBR006",
        "OMP_NUM_THREADS",
    ),
    "NBP004 drive": ("x = open('C:/data/a.csv')", "NBP004", "C:/data/a.csv"),
    "NBP004 home": ("x = '~/data/a.csv'", "NBP004", "~/data/a.csv"),
    "NBP007 function": ("def ask():\n    return input()", "NBP007", "input"),
    "NBP008 python 2": (
        '# metadata: {"language_info": {"version": "2.7.1"}}\n# %% count=1\nx = 1',
        "NBP008",
        None,
    ),
    "NBT008 twice": ('# %% tags=["parameters"]\nn = 1\nn = 2\n# %%\nn', "NBT008", "n"),
    "NBS001 token": (
        f'# %% tags=["load"]\nx = "ghp_{"a1B2" * 9}"',
        "NBS001",
        "a GitHub token",
    ),
    "NBS002 output": (
        f'# %% count=1 output="AKIA{"ABCD" * 4}"\nprint(1)',
        "NBS002",
        "an AWS access key",
    ),
    "NBS002 bound": (
        'api_key = "f3Ab9Zq81LmN04xT"',
        "NBS002",
        "the value of `api_key`",
    ),
    "NBS006 cards": (
        '# %% count=1 output="4111111111111111 5500005555555559 4012888888881881"\nprint(1)',
        "NBS006",
        "card numbers",
    ),
}


@pytest.mark.parametrize(("text", "code", "subject"), FOUND.values(), ids=FOUND)
def test_what_is_meant_is_found(text: str, code: str, subject: str | None) -> None:
    notebook = from_percent(text if "# %%" in text else f"# %%\n{text}")
    (found,) = [one for one in lint(notebook) if one.code == code]
    assert found.subject == subject
    assert found.hint
    assert "AKIA" not in found.message


def test_a_second_run_that_counts_prove_is_an_error() -> None:
    text, code, _ = FOUND["NBH006 counts"]
    (found,) = [one for one in lint(from_percent(text)) if one.code == code]
    assert found.severity == "error"
    assert "cell 3" in found.message
