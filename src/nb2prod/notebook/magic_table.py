"""What each magic means for the code of a cell.

Names are those of IPython and of the extensions that data scientists load most. Anything absent is
unknown, which a compiled cell must not hold.
"""

KEPT = frozenset({"time", "prun"})
"""Magics that run their statement in the notebook's namespace and only measure or decorate it."""

KEPT_CELLS = KEPT | {"capture", "notify", "snakeviz", "pyinstrument", "wandb", "mprun"}
"""Cell magics that run the cell in the notebook's namespace."""

DISPLAY = frozenset(
    {
        "matplotlib",
        "config",
        "load_ext",
        "reload_ext",
        "unload_ext",
        "autoreload",
        "aimport",
        "pdb",
        "debug",
        "tb",
        "xmode",
        "colors",
        "precision",
        "pprint",
        "who",
        "who_ls",
        "whos",
        "pinfo",
        "pinfo2",
        "pdoc",
        "pdef",
        "psource",
        "pfile",
        "psearch",
        "history",
        "hist",
        "lsmagic",
        "magic",
        "quickref",
        "page",
        "pycat",
        "automagic",
        "autocall",
        "autosave",
        "autoindent",
        "doctest_mode",
        "gui",
        "rehashx",
        "alias",
        "unalias",
        "alias_magic",
        "logstart",
        "logstop",
        "logon",
        "logoff",
        "logstate",
        "connect_info",
        "qtconsole",
        "watermark",
        "tensorboard",
        "pwd",
        "ls",
        "ll",
        "lf",
        "lk",
        "lx",
        "ldir",
        "cat",
        "less",
        "more",
        "man",
        "timeit",
        "memit",
        "mprun",
        "lprun",
        "snakeviz",
        "pyinstrument",
        "profile",
        "killbgscripts",
        "bookmark",
        "dhist",
        "notebook",
        "save",
        "macro",
        "html",
        "javascript",
        "js",
        "latex",
        "markdown",
        "svg",
        "config_inline_backend",
        "black",
        "nb_black",
        "blackcellmagic",
        "code_wrap",
        "jupyter_black",
        "flake8_on",
        "flake8_off",
        "pycodestyle_on",
        "pycodestyle_off",
        "dirs",
    }
)
"""Line magics without effect on the values of names."""

DISPLAY_CELLS = frozenset(
    {"html", "javascript", "js", "latex", "markdown", "svg", "mermaid", "timeit", "memit", "lprun"}
)
"""Cell magics whose body binds nothing in the notebook's namespace and leaves nothing behind."""

INSTALLERS = frozenset({"pip", "conda", "mamba", "micromamba", "uv"})
"""Line magics that may install packages."""

BLIND = frozenset(
    {
        "run",
        "pylab",
        "load",
        "loadpy",
        "store",
        "reset",
        "reset_selective",
        "rerun",
        "recall",
        "xdel",
        "kedro",
    }
)
"""Line magics that may bind or remove any name."""

SUBPROCESS_CELLS = frozenset(
    {
        "bash",
        "sh",
        "script",
        "system",
        "sx",
        "cmd",
        "perl",
        "ruby",
        "python",
        "python2",
        "python3",
        "pypy",
        "writefile",
        "file",
    }
)
"""Cell magics whose body is another program or a file."""

ADVICE = {
    "run": "Import what the script defines, or paste its code into a cell.",
    "pylab": "Write `import numpy as np` and `import matplotlib.pyplot as plt` instead.",
    "load": "Paste the file's code into the cell.",
    "store": "Save and read the value as a file beside the notebook.",
    "cd": "Write paths from the notebook's folder instead of changing folders.",
    "pushd": "Write paths from the notebook's folder instead of changing folders.",
    "popd": "Write paths from the notebook's folder instead of changing folders.",
    "env": "Write `import os; os.environ['NAME'] = 'value'` instead.",
    "set_env": "Write `import os; os.environ['NAME'] = 'value'` instead.",
    "sql": "Run the query through `pandas.read_sql` in the `load` cell.",
    "bigquery": "Run the query through its client library in the `load` cell.",
    "writefile": "Keep the file beside the notebook and import it.",
    "R": "Only Python can be compiled; do this step in Python.",
    "reset": "Remove the line: a build starts from an empty session anyway.",
}
"""The way out for magics that people use most."""

LOOKING = frozenset(
    {
        "ls",
        "ll",
        "dir",
        "pwd",
        "cat",
        "head",
        "tail",
        "echo",
        "nvidia-smi",
        "nvcc",
        "which",
        "whereis",
        "python",
        "python3",
        "df",
        "du",
        "free",
        "lscpu",
        "wc",
        "date",
        "whoami",
        "uname",
        "tree",
        "find",
        "grep",
        "file",
        "stat",
        "hostname",
        "nproc",
        "lsb_release",
        "java",
        "printenv",
        "env",
        "history",
        "less",
        "more",
        "top",
        "ps",
        "type",
        "tasklist",
    }
)
"""Shell commands that only show something."""

AUTOMAGIC = frozenset(
    {
        "ls",
        "ll",
        "pwd",
        "who",
        "whos",
        "who_ls",
        "history",
        "hist",
        "lsmagic",
        "dhist",
        "cls",
        "clear",
        "tb",
    }
)
"""Names that IPython takes for a magic when they stand alone and nothing has bound them."""
