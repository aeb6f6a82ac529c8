"""What draws random numbers, and what makes the draws repeatable."""

import ast
from collections.abc import Iterable

from nb2prod.lint.calls import Call, has_open_keywords, keyword

_ALWAYS = {
    "sklearn.ensemble.": (
        "RandomForestClassifier RandomForestRegressor ExtraTreesClassifier ExtraTreesRegressor "
        "GradientBoostingClassifier GradientBoostingRegressor BaggingClassifier BaggingRegressor "
        "AdaBoostClassifier AdaBoostRegressor IsolationForest RandomTreesEmbedding"
    ),
    "sklearn.tree.": (
        "DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier ExtraTreeRegressor"
    ),
    "sklearn.neural_network.": "MLPClassifier MLPRegressor BernoulliRBM",
    "sklearn.linear_model.": (
        "SGDClassifier SGDRegressor SGDOneClassSVM Perceptron PassiveAggressiveClassifier "
        "PassiveAggressiveRegressor RANSACRegressor TheilSenRegressor"
    ),
    "sklearn.cluster.": "KMeans MiniBatchKMeans BisectingKMeans SpectralClustering",
    "sklearn.manifold.": "TSNE MDS",
    "sklearn.mixture.": "GaussianMixture BayesianGaussianMixture",
    "sklearn.decomposition.": (
        "TruncatedSVD LatentDirichletAllocation FastICA MiniBatchNMF DictionaryLearning"
    ),
    "sklearn.model_selection.": (
        "RandomizedSearchCV HalvingRandomSearchCV ShuffleSplit StratifiedShuffleSplit "
        "GroupShuffleSplit RepeatedKFold RepeatedStratifiedKFold"
    ),
    "sklearn.utils.": "resample shuffle",
    "sklearn.inspection.": "permutation_importance",
    "sklearn.datasets.": (
        "make_classification make_regression make_blobs make_moons make_circles "
        "make_multilabel_classification make_friedman1"
    ),
    "imblearn.over_sampling.": (
        "SMOTE SMOTENC SMOTEN ADASYN BorderlineSMOTE SVMSMOTE KMeansSMOTE RandomOverSampler"
    ),
    "imblearn.under_sampling.": "RandomUnderSampler ClusterCentroids",
    "imblearn.combine.": "SMOTEENN SMOTETomek",
}
_RANDOM = frozenset(module + name for module, names in _ALWAYS.items() for name in names.split())
_LIBRARIES = ("sklearn.", "imblearn.")
_SOLVERS = frozenset({"sag", "saga", "liblinear", "randomized", "arpack"})
_SHUFFLERS = frozenset({"KFold", "StratifiedKFold", "StratifiedGroupKFold"})

_NUMPY_DRAWS = frozenset(
    [
        "rand",
        "randn",
        "randint",
        "random",
        "random_sample",
        "ranf",
        "sample",
        "choice",
        "shuffle",
        "permutation",
        "uniform",
        "normal",
        "binomial",
        "poisson",
        "beta",
        "gamma",
        "exponential",
        "standard_normal",
        "multivariate_normal",
        "lognormal",
        "laplace",
        "bytes",
        "triangular",
    ]
)
_PYTHON_DRAWS = frozenset(
    [
        "random",
        "randint",
        "randrange",
        "choice",
        "choices",
        "shuffle",
        "sample",
        "uniform",
        "gauss",
        "normalvariate",
        "betavariate",
        "expovariate",
        "triangular",
        "lognormvariate",
    ]
)
_TORCH_DRAWS = frozenset(
    [
        "rand",
        "randn",
        "randint",
        "randperm",
        "rand_like",
        "randn_like",
        "normal",
        "bernoulli",
        "multinomial",
    ]
)
_TF_DRAWS = frozenset(["normal", "uniform", "shuffle", "truncated_normal", "categorical"])

SEEDERS = {
    "numpy.random.seed": "numpy",
    "random.seed": "random",
    "torch.manual_seed": "torch",
    "tensorflow.random.set_seed": "tensorflow",
    "tensorflow.set_random_seed": "tensorflow",
}
"""Calls that seed a global generator, and which."""

SEED_ALL = frozenset(
    {"set_seed", "seed_everything", "set_random_seed", "set_all_seeds", "seed_all", "fix_seed"}
)
"""Names under which libraries and people seed everything at once."""

SEEDING = SEED_ALL | {path.rpartition(".")[2] for path in SEEDERS}
"""The last parts of all these."""

DRAWING = _NUMPY_DRAWS | _PYTHON_DRAWS | _TORCH_DRAWS | _TF_DRAWS | {"default_rng"}
"""The last parts of calls that draw from a global generator, or make one."""


def generator_drawn_from(path: str) -> str | None:
    """Return the global generator that a call draws from, or None."""
    module, _, name = path.rpartition(".")
    if module == "numpy.random" and name in _NUMPY_DRAWS:
        return "numpy"
    if module == "random" and name in _PYTHON_DRAWS:
        return "random"
    if module == "torch" and name in _TORCH_DRAWS:
        return "torch"
    if module == "tensorflow.random" and name in _TF_DRAWS:
        return "tensorflow"
    return None


def generators_seeded(call: Call) -> frozenset[str]:
    """Return the global generators that a call seeds."""
    if call.path in SEEDERS:
        return frozenset({SEEDERS[call.path]})
    if call.method in SEED_ALL:
        return frozenset(SEEDERS.values())
    return frozenset()


def is_unseeded(call: Call) -> bool:
    """Say whether a call makes something random of scikit-learn and gives it no seed."""
    if not call.path.startswith(_LIBRARIES):
        return False
    state = keyword(call.node, "random_state")
    is_given = state is not None and not _is_none(state)
    if is_given or has_open_keywords(call.node):
        return False
    if call.path in _RANDOM:
        return True
    return call.path.startswith("sklearn.") and _is_random_by_option(call)


def _is_random_by_option(call: Call) -> bool:
    """Judge what is random only with some options."""
    name = call.method
    if name == "train_test_split":
        return not _is(keyword(call.node, "shuffle"), value=False)
    if name in _SHUFFLERS:
        return _is(keyword(call.node, "shuffle"), value=True)
    if name in ("SVC", "NuSVC"):
        return _is(keyword(call.node, "probability"), value=True)
    solver = keyword(call.node, "solver") or keyword(call.node, "svd_solver")
    return isinstance(solver, ast.Constant) and solver.value in _SOLVERS and name != "LinearSVC"


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is(node: ast.expr | None, *, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def seeded_before(calls: Iterable[Call]) -> dict[int, frozenset[str]]:
    """Return, by the identity of each call, which generators are seeded when it happens.

    Calls are taken in the order in which they stand; a seed within a function counts from there on
    too, because such a function is there to be called.
    """
    seeded: frozenset[str] = frozenset()
    found: dict[int, frozenset[str]] = {}
    for call in calls:
        found[id(call.node)] = seeded
        if call.method in SEEDING:
            seeded |= generators_seeded(call)
    return found
