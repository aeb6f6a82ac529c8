"""From a notebook and its recording to a training script and a serving function."""
