"""The model as a service: online over HTTP, and file to file in ``app.batch``."""

import os

# The numerical libraries read these once, when they are first imported. One thread a worker is
# what the model was trained and proved with, and workers share the processor better so.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
