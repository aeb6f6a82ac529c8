"""Variables of the kernel's environment: an injected cell would come too late for these."""

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
"""What the numerical libraries read when they are loaded."""


def kernel_environment(seed: int, threads: int, *, deterministic: bool = False) -> dict[str, str]:
    """Return the variables that make two runs of one notebook the same.

    Args:
        seed: Orders sets and dictionaries of strings (``PYTHONHASHSEED``).
        threads: Threads of BLAS and OpenMP; sums over another number of threads round differently.
        deterministic: Also what deterministic algorithms of CUDA need.
    """
    variables = {"PYTHONHASHSEED": str(seed % 2**32)}
    variables |= dict.fromkeys(THREAD_VARIABLES, str(threads))
    if deterministic:
        variables |= {"CUBLAS_WORKSPACE_CONFIG": ":4096:8", "TF_DETERMINISTIC_OPS": "1"}
    return variables
